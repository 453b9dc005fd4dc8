// Solana's AddressLookupTable program: tables of keys for transactions of version 0.
#include "wire/lookup_table.h"

#include <fmt/format.h>

#include "program/runtime/accounts.h"
#include "program/runtime/execution.h"
#include "wire/borsh.h"
#include "wire/pda.h"

namespace dz::program {
namespace {

using Kind = wire::InstructionErrorKind;

constexpr std::uint64_t kRecentSlots = 512;  // whose hashes the network remembers

enum class Tag : std::uint32_t { Create = 0, Freeze = 1, Extend = 2, Deactivate = 3, Close = 4 };

Check check_signed(const AccountRef& at) {
  if (at.signer) return {};
  return reject(Kind::MissingRequiredSignature, fmt::format("{} {} did not sign", at.what, to_text(at.key)));
}

// Lamports from the payer, by the System program, until the table holds the rent-exempt minimum of its size.
Check pay_rent(const AccountRef& payer, const AccountRef& table, std::size_t size) {
  const auto needed = rent_exempt_minimum(size);
  if (table.account->lamports >= needed) return {};
  const auto missing = needed - table.account->lamports;
  if (payer.account->lamports < missing) {
    return tl::unexpected<Rejection>(Rejection{
        to_error(SystemError::ResultWithNegativeLamports),
        fmt::format("{} has {} lamports, {} are needed", to_text(payer.key), payer.account->lamports, missing)});
  }
  payer.account->lamports -= missing;
  table.account->lamports += missing;
  return {};
}

template <typename... T>
Check read_args(wire::BorshCursor& data, T&... values) {
  if ((data.get(values) && ...)) return {};
  return reject(Kind::InvalidInstructionData, "the instruction's data ends too early");
}

// One table that its authority changes.
struct Owned {
  AccountRef at;
  wire::LookupTable table;
};

Outcome<Owned> take_owned(Accounts& accounts) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("lookup table"));
  DZ_TRY_ASSIGN(const auto authority, accounts.next("authority"));
  if (at.account->owner != wire::lookup_table_program_id()) {
    return reject(Kind::InvalidAccountOwner, to_text(at.key) + " is not of this program");
  }
  DZ_TRY(check_signed(authority));
  auto table = wire::decode_lookup_table(at.account->data);
  if (!table) return reject(Kind::UninitializedAccount, to_text(at.key) + ": " + table.error().message);
  if (!table->authority) return reject(Kind::Immutable, to_text(at.key) + " is frozen");
  if (*table->authority != authority.key) {
    return reject(Kind::IncorrectAuthority, fmt::format("the authority of {} is {}, found {}", to_text(at.key),
                                                        to_text(*table->authority), to_text(authority.key)));
  }
  return Owned{at, std::move(*table)};
}

Check check_not_deactivated(const Owned& owned) {
  if (owned.table.deactivated_in == wire::LookupTable::kNever) return {};
  return reject(Kind::InvalidArgument, to_text(owned.at.key) + " is deactivated");
}

void save(const Owned& owned) { owned.at.account->data = encode(owned.table); }

Check create(Accounts& accounts, wire::BorshCursor& data, const LedgerClock& clock) {
  std::uint64_t slot = 0;
  std::uint8_t bump = 0;
  DZ_TRY(read_args(data, slot, bump));
  DZ_TRY_ASSIGN(const auto at, accounts.next("lookup table"));
  DZ_TRY_ASSIGN(const auto authority, accounts.next("authority"));
  DZ_TRY_ASSIGN(const auto payer, accounts.next("payer"));
  DZ_TRY(check_signed(payer));
  // Also the current one: here it is final as soon as it has begun, and getSlot names it.
  if (slot > clock.slot.value || clock.slot.value - slot > kRecentSlots) {
    return reject(Kind::InvalidInstructionData,
                  fmt::format("{} is not a recent slot: expected {} or one of the {} before it", slot, clock.slot.value,
                              kRecentSlots));
  }
  wire::BorshWriter slot_bytes;
  slot_bytes(slot);
  const Bytes slot_seed = std::move(slot_bytes).take();
  const ByteView seeds[] = {authority.key.view(), slot_seed, ByteView(&bump, 1)};
  if (wire::create_program_address(seeds, wire::lookup_table_program_id()) != at.key) {
    return reject(Kind::InvalidArgument, to_text(at.key) + " is not the address of authority, slot and bump");
  }
  if (at.account->owner == wire::lookup_table_program_id()) return {};  // it is there already
  DZ_TRY(pay_rent(payer, at, wire::kLookupTableHead));
  wire::LookupTable table;
  table.authority = authority.key;
  at.account->data = encode(table);
  at.account->owner = wire::lookup_table_program_id();
  return {};
}

Check extend(Accounts& accounts, wire::BorshCursor& data, const LedgerClock& clock) {
  std::uint64_t count = 0;
  DZ_TRY(read_args(data, count));
  std::vector<Pubkey> added;
  for (std::uint64_t i = 0; i < count; ++i) DZ_TRY(read_args(data, added.emplace_back()));
  DZ_TRY_ASSIGN(auto owned, take_owned(accounts));
  DZ_TRY(check_not_deactivated(owned));
  auto& table = owned.table;
  if (table.keys.size() >= wire::kMaxLookupTableKeys) return reject(Kind::InvalidArgument, "the table is full");
  if (added.empty() || table.keys.size() + added.size() > wire::kMaxLookupTableKeys) {
    return reject(Kind::InvalidInstructionData, fmt::format("expected 1 to {} keys more, found {}",
                                                            wire::kMaxLookupTableKeys - table.keys.size(), count));
  }
  if (clock.slot.value != table.extended_in) {
    table.extended_in = clock.slot.value;
    table.keys_before = static_cast<std::uint8_t>(table.keys.size());
  }
  table.keys.insert(table.keys.end(), added.begin(), added.end());
  save(owned);
  const auto needed = rent_exempt_minimum(owned.at.account->data.size());
  if (owned.at.account->lamports >= needed) return {};
  DZ_TRY_ASSIGN(const auto payer, accounts.next("payer"));
  DZ_TRY(check_signed(payer));
  return pay_rent(payer, owned.at, owned.at.account->data.size());
}

Check freeze(Accounts& accounts) {
  DZ_TRY_ASSIGN(auto owned, take_owned(accounts));
  DZ_TRY(check_not_deactivated(owned));
  if (owned.table.keys.empty()) return reject(Kind::InvalidInstructionData, "an empty table cannot be frozen");
  owned.table.authority.reset();
  save(owned);
  return {};
}

Check deactivate(Accounts& accounts, const LedgerClock& clock) {
  DZ_TRY_ASSIGN(auto owned, take_owned(accounts));
  DZ_TRY(check_not_deactivated(owned));
  owned.table.deactivated_in = clock.slot.value;
  save(owned);
  return {};
}

Check close_table(Accounts& accounts, const LedgerClock& clock) {
  DZ_TRY_ASSIGN(const auto owned, take_owned(accounts));
  DZ_TRY_ASSIGN(const auto receiver, accounts.next("recipient"));
  if (owned.table.is_active(clock.slot.value) || receiver.key == owned.at.key) {
    return reject(
        Kind::InvalidArgument,
        fmt::format("expected a table deactivated more than {} slots ago, and another account for its lamports",
                    kRecentSlots));
  }
  return close(owned.at, receiver);
}

Check run_lookup_table(Invocation& invocation) {
  wire::BorshCursor data(invocation.data);
  Accounts accounts(invocation);
  std::uint32_t tag = 0;
  DZ_TRY(read_args(data, tag));
  switch (static_cast<Tag>(tag)) {
    case Tag::Create: return create(accounts, data, invocation.clock);
    case Tag::Freeze: return freeze(accounts);
    case Tag::Extend: return extend(accounts, data, invocation.clock);
    case Tag::Deactivate: return deactivate(accounts, invocation.clock);
    case Tag::Close: return close_table(accounts, invocation.clock);
  }
  return reject(Kind::InvalidInstructionData,
                fmt::format("expected an AddressLookupTable instruction of 0 to 4, found {}", tag));
}

}  // namespace

ProgramResult execute_lookup_table(Invocation& invocation) { return report(invocation, run_lookup_table(invocation)); }

}  // namespace dz::program
