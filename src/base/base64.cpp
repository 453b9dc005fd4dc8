#include "base/base64.h"

#include <sodium.h>

namespace dz {

std::string encode_base64(ByteView bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
  text.pop_back();  // the zero that ends C's strings
  return text;
}

Result<Bytes> decode_base64(std::string_view text) {
  Bytes bytes(text.size() / 4 * 3 + 1);  // libsodium wants a place even for nothing
  std::size_t size = 0;
  const int failed = sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, nullptr,
                                       sodium_base64_VARIANT_ORIGINAL);
  if (failed != 0) return refused("base64: expected A-Z a-z 0-9 + / in groups of four, padded with =");
  bytes.resize(size);
  return bytes;
}

}  // namespace dz
