#include "wire/lookup_table.h"

#include <algorithm>

#include "wire/borsh.h"

namespace dz::wire {
namespace {

constexpr std::uint32_t kTable = 1;          // 0: not initialized
constexpr std::uint64_t kSlotsServed = 512;  // after deactivation: as many as the network remembers the hashes of

}  // namespace

bool LookupTable::is_active(std::uint64_t slot) const {
  if (deactivated_in == kNever) return true;
  return deactivated_in <= slot && slot - deactivated_in <= kSlotsServed;
}

std::size_t LookupTable::usable_keys(std::uint64_t slot) const {
  return slot > extended_in ? keys.size() : std::min<std::size_t>(keys_before, keys.size());
}

Bytes encode(const LookupTable& table) {
  BorshWriter out;
  out(kTable, table.deactivated_in, table.extended_in, table.keys_before, table.authority.has_value());
  if (table.authority) out(*table.authority);
  out.zeros(kLookupTableHead - out.size());
  for (const auto& key : table.keys) out(key);
  return std::move(out).take();
}

Result<LookupTable> decode_lookup_table(ByteView data) {
  if (data.size() < kLookupTableHead || (data.size() - kLookupTableHead) % sizeof(Pubkey::bytes) != 0) {
    return corrupt("expected the 56 bytes of a lookup table's head and whole keys after it");
  }
  BorshCursor in(data);
  LookupTable table;
  std::uint32_t kind = 0;
  std::uint8_t has_authority = 0;
  in.get(kind);
  in.get(table.deactivated_in);
  in.get(table.extended_in);
  in.get(table.keys_before);
  in.get(has_authority);
  if (kind != kTable || has_authority > 1) return corrupt("expected a lookup table, found other bytes");
  if (has_authority == 1) in.get(table.authority.emplace());
  BorshCursor keys(data.subspan(kLookupTableHead));
  while (!keys.empty()) keys.get(table.keys.emplace_back());
  return table;
}

}  // namespace dz::wire
