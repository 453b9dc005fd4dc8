#include "ledger/account_lookup.h"

#include "wire/lookup_table.h"
#include "wire/program_ids.h"

namespace dz::ledger {
namespace {

using Kind = wire::TransactionErrorKind;
using Keys = std::vector<Pubkey>;

tl::unexpected<Kind> failed(Kind kind) { return tl::unexpected<Kind>(kind); }

// One that is no longer active may be gone at any moment, so it counts as gone.
tl::expected<wire::LookupTable, Kind> find_table(const Pubkey& key, Slot slot, const FindAccount& find) {
  const wire::Account* account = find(key);
  if (account == nullptr) return failed(Kind::AddressLookupTableNotFound);
  if (account->owner != wire::lookup_table_program_id()) return failed(Kind::InvalidAddressLookupTableOwner);
  auto table = wire::decode_lookup_table(account->data);
  if (!table) return failed(Kind::InvalidAddressLookupTableData);
  if (!table->is_active(slot.value)) return failed(Kind::AddressLookupTableNotFound);
  return std::move(*table);
}

// False: an index is not, or not yet, of the table.
bool add_keys(const wire::LookupTable& table, Slot slot, const std::vector<std::uint8_t>& indexes, Keys& keys) {
  const auto usable = table.usable_keys(slot.value);
  for (const auto index : indexes) {
    if (index >= usable) return false;
    keys.push_back(table.keys[index]);
  }
  return true;
}

}  // namespace

tl::expected<Keys, Kind> look_up_accounts(const wire::Message& message, Slot slot, const FindAccount& find) {
  Keys keys = message.account_keys;
  Keys read_only;
  for (const auto& lookup : message.lookups) {
    const auto table = find_table(lookup.table, slot, find);
    if (!table) return failed(table.error());
    if (!add_keys(*table, slot, lookup.writable, keys) || !add_keys(*table, slot, lookup.read_only, read_only)) {
      return failed(Kind::InvalidAddressLookupTableIndex);
    }
  }
  keys.insert(keys.end(), read_only.begin(), read_only.end());
  return keys;
}

}  // namespace dz::ledger
