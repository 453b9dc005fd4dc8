#include "base/keyed_hash.h"

#include <sodium/crypto_shorthash.h>
#include <sodium/randombytes.h>

#include <array>
#include <cstring>

namespace dz {
namespace {

static_assert(sizeof(std::size_t) == crypto_shorthash_BYTES);

// Drawn once. It is never shown, so nothing that a process says depends on it.
const std::array<unsigned char, crypto_shorthash_KEYBYTES>& key_of_process() noexcept {
  static const auto key = [] {
    std::array<unsigned char, crypto_shorthash_KEYBYTES> drawn;
    randombytes_buf(drawn.data(), drawn.size());
    return drawn;
  }();
  return key;
}

}  // namespace

std::size_t keyed_hash(ByteView bytes) noexcept {
  unsigned char out[crypto_shorthash_BYTES];
  crypto_shorthash(out, bytes.data(), bytes.size(), key_of_process().data());
  std::size_t value = 0;
  std::memcpy(&value, out, sizeof value);
  return value;
}

}  // namespace dz
