// Address lookup tables of Solana: accounts that hold keys, for transactions of version 0 to name by their place.
// docs/formats/transactions.md.
#pragma once

#include <limits>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/pubkey.h"
#include "base/result.h"

namespace dz::wire {

inline constexpr std::size_t kLookupTableHead = 56;  // bytes before the keys
inline constexpr std::size_t kMaxLookupTableKeys = 256;

struct LookupTable {
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

  std::uint64_t deactivated_in = kNever;  // a slot
  std::uint64_t extended_in = 0;          // the last time; a slot
  std::uint8_t keys_before = 0;           // how many there were before that slot
  std::optional<Pubkey> authority;        // none: nobody may change it again
  std::vector<Pubkey> keys;
  bool operator==(const LookupTable&) const = default;

  // It serves for 512 slots after the one in which it was deactivated.
  bool is_active(std::uint64_t slot) const;
  // How many of its keys a transaction of that slot may name: those added in the slot itself only later.
  std::size_t usable_keys(std::uint64_t slot) const;
};

Bytes encode(const LookupTable& table);
Result<LookupTable> decode_lookup_table(ByteView data);

}  // namespace dz::wire
