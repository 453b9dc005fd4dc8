// A ledger address: 32 bytes, base58 as text. Value type, ordered and hashable.
#pragma once

#include <array>
#include <compare>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace dz {

struct Pubkey {
  std::array<std::uint8_t, 32> bytes{};

  auto operator<=>(const Pubkey&) const = default;
  bool is_zero() const { return *this == Pubkey{}; }
  ByteView view() const { return bytes; }
};

std::string to_text(const Pubkey& key);

// Refused unless the text is base58 of exactly 32 bytes.
Result<Pubkey> parse_pubkey(std::string_view text);

// For constants only: a text that does not parse is a bug.
Pubkey pubkey_literal(std::string_view text);

}  // namespace dz

template <>
struct std::hash<dz::Pubkey> {
  std::size_t operator()(const dz::Pubkey& key) const noexcept {
    std::size_t value;  // addresses are hashes already
    std::memcpy(&value, key.bytes.data(), sizeof value);
    return value;
  }
};
