// What tests of the log share.
#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/check.h"
#include "wire/keypair.h"

namespace dz::transparency::testing {

inline wire::Keypair key_of(std::uint8_t n) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(n);
  return wire::Keypair::from_seed(seed);
}

// Entries first, first + 1, ... of one endless list.
inline std::vector<Bytes> some_entries(std::size_t first, std::size_t count) {
  std::vector<Bytes> entries;
  for (std::size_t i = first; i < first + count; ++i) {
    const auto text = "statement " + std::to_string(i);
    entries.emplace_back(text.begin(), text.end());
  }
  return entries;
}

// A folder of its own, gone with this object.
struct TempFolder {
  TempFolder() {
    auto name = (std::filesystem::temp_directory_path() / "dz-log-XXXXXX").string();
    DZ_CHECK(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~TempFolder() { std::filesystem::remove_all(path); }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  std::string path;
};

}  // namespace dz::transparency::testing
