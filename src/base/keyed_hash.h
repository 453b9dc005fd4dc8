// The hash of tables whose keys come from outside: nobody who does not know this process's random key can choose many
// that meet in one place. The order of such a table is another one in each process, so nothing may depend on it.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/bytes.h"

namespace dz {

std::size_t keyed_hash(ByteView bytes) noexcept;  // SipHash

// For tables of texts, and of what shows its bytes with view(): addresses, signatures.
struct KeyedHash {
  std::size_t operator()(std::string_view text) const noexcept { return keyed_hash(as_bytes(text)); }
  template <typename Key>
  requires requires(const Key& key) { ByteView{key.view()}; }
  std::size_t operator()(const Key& key) const noexcept { return keyed_hash(key.view()); }
};

}  // namespace dz
