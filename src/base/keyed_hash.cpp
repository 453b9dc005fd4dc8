#include "base/keyed_hash.h"

#include <sodium/crypto_shorthash.h>

#include <array>
#include <cstring>

namespace dz {
namespace {

static_assert(sizeof(std::size_t) == crypto_shorthash_BYTES);

using Key = std::array<unsigned char, crypto_shorthash_KEYBYTES>;

// Where the system has put this process's image and its stack: random for each process, and never shown, so nobody
// outside knows it and nothing that a process says depends on it.
Key key_of_process() noexcept {
  static const char kInImage = 0;
  static const Key kKey = [] {
    const char on_stack = 0;
    const std::array<const char*, 2> addresses{&kInImage, &on_stack};
    static_assert(sizeof addresses == sizeof(Key));
    Key key;
    std::memcpy(key.data(), addresses.data(), key.size());
    return key;
  }();
  return kKey;
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
