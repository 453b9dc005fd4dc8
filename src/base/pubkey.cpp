#include "base/pubkey.h"

#include <algorithm>

#include "base/base58.h"
#include "base/check.h"
#include "base/safe_text.h"

namespace dz {

std::string to_text(const Pubkey& key) { return encode_base58(key.view()); }

Result<Pubkey> parse_pubkey(std::string_view text) {
  auto bytes = decode_base58(text, 64);
  if (!bytes) return with_context("pubkey '" + valid_utf8(one_line(text, 64)) + "'", bytes.error());
  if (bytes->size() != 32) {
    return refused("pubkey '" + std::string(text) + "': expected 32 bytes, found " + std::to_string(bytes->size()));
  }
  Pubkey key;
  std::copy(bytes->begin(), bytes->end(), key.bytes.begin());
  return key;
}

Pubkey pubkey_literal(std::string_view text) {
  auto key = parse_pubkey(text);
  DZ_CHECK(key.has_value());
  return *key;
}

}  // namespace dz
