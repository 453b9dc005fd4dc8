// What the handlers of records share: how an instruction opens a record, creation under the common index, references.
#pragma once

#include <algorithm>

#include <fmt/format.h>

#include "program/rules/authorize.h"
#include "program/runtime/accounts.h"

namespace dz::program {

using AddressOf = wire::ProgramAddress (*)(const Pubkey& program, AccountIndex index);

// Where a record of this type is, by its index.
template <typename T>
inline constexpr AddressOf kAddressOf = nullptr;
template <>
inline constexpr AddressOf kAddressOf<Location> = wire::location_address;
template <>
inline constexpr AddressOf kAddressOf<Exchange> = wire::exchange_address;
template <>
inline constexpr AddressOf kAddressOf<Contributor> = wire::contributor_address;
template <>
inline constexpr AddressOf kAddressOf<Device> = wire::device_address;
template <>
inline constexpr AddressOf kAddressOf<Link> = wire::link_address;

// Creates the record under the next index and counts the index up. record.owner is the caller's to set.
template <typename T>
Check create_indexed(const Accounts& accounts, Record<GlobalState>& state, const AccountRef& at, T record) {
  ++state->account_index;
  const auto address = kAddressOf<T>(accounts.program(), state->account_index);
  record.index = state->account_index;
  record.bump = address.bump;
  DZ_TRY(accounts.create(at, address, record));
  return accounts.save(state);
}

// A record and the global state by which the signer's rights are judged.
template <typename T>
struct Opened {
  Record<T> record;
  Record<GlobalState> state;
};

// The accounts of most instructions: one record, the global state, the tail. Rights are the caller's to check.
template <typename T>
Outcome<Opened<T>> open_record(Accounts& accounts, std::string_view what) {
  DZ_TRY_ASSIGN(auto record, accounts.record<T>(what));
  DZ_TRY_ASSIGN(auto state, accounts.record<GlobalState>("global state"));
  DZ_TRY(accounts.tail());
  return Opened<T>{std::move(record), std::move(state)};
}

// The same list taken whole before anything in it is read, and of that only the global state: rights come before the
// record. The record can be written.
struct Opening {
  AccountRef at;  // the record
  Record<GlobalState> state;
};
inline Outcome<Opening> open_list(Accounts& accounts, std::string_view what) {
  DZ_TRY_ASSIGN(const auto at, accounts.next(what));
  DZ_TRY_ASSIGN(const auto state_at, accounts.next("global state"));
  DZ_TRY(accounts.tail());
  DZ_TRY(accounts.check_owner(at, state_at));
  DZ_TRY(check_writable(at));
  DZ_TRY_ASSIGN(auto state, accounts.load<GlobalState>(state_at));
  return Opening{at, std::move(state)};
}
// The same with the record, for those whose rights depend on it.
template <typename T>
Outcome<Opened<T>> open_writable_record(Accounts& accounts, std::string_view what) {
  DZ_TRY_ASSIGN(auto opening, open_list(accounts, what));
  DZ_TRY_ASSIGN(auto record, accounts.load<T>(opening.at));
  return Opened<T>{std::move(record), std::move(opening.state)};
}

// Of each of these records.
template <typename... T>
void add_reference(Record<T>&... records) {
  (++records->reference_count, ...);
}
template <typename T>
void drop_reference(Record<T>& record) {
  if (record->reference_count > 0) --record->reference_count;
}
template <typename... T>
requires(sizeof...(T) > 1) void drop_reference(Record<T>&... records) { (drop_reference(records), ...); }

template <typename T>
Check check_unreferenced(const Record<T>& record) {
  if (record->reference_count == 0) return {};
  return reject(wire::ProgramError::ReferenceCountNotZero,
                fmt::format("{} '{}' is still named by {} records; delete those first", record.at.what, record->code,
                            record->reference_count));
}

// Else InvalidStatus.
template <typename T, typename Status>
Check check_status(const Record<T>& record, Status expected) {
  if (record->status == expected) return {};
  return reject(wire::ProgramError::InvalidStatus,
                fmt::format("{} '{}' is {}, expected {}", record.at.what, record->code, to_text(record->status),
                            to_text(expected)));
}

inline bool contains(const std::vector<Pubkey>& keys, const Pubkey& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

// Sets a field when a value was given.
template <typename T, typename U>
void set_if(T& field, const std::optional<U>& value) {
  if (value) field = *value;
}

}  // namespace dz::program
