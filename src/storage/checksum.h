// Checksums of what is kept on disk: 64 bits of BLAKE2b. They notice damage, not forgery.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace dz::storage {

// Of the bytes added so far, in order.
class Checksum {
 public:
  Checksum();
  Checksum& add(ByteView bytes);
  Checksum& add(std::string_view text) { return add(as_bytes(text)); }
  Checksum& add(std::uint64_t number);  // as 8 bytes, little-endian
  std::uint64_t value() const;

 private:
  static constexpr std::size_t kStateSize = 384;
  alignas(64) std::array<std::uint8_t, kStateSize> state_;
};

std::uint64_t checksum_of(ByteView bytes);
inline std::uint64_t checksum_of(std::string_view text) { return checksum_of(as_bytes(text)); }

// 16 hexadecimal digits.
std::string checksum_text(std::uint64_t checksum);

}  // namespace dz::storage
