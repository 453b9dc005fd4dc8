// What the handlers of records share: creation under the common index, and reference counts.
#pragma once

#include <fmt/format.h>

#include "program/rules/authorize.h"
#include "program/runtime/accounts.h"

namespace dz::program {

using AddressOf = wire::ProgramAddress (*)(const Pubkey& program, AccountIndex index);

// Creates the record under the next index and counts the index up. record.owner is the caller's to set.
template <typename T>
Check create_indexed(const Accounts& accounts, Record<GlobalState>& state, const AccountRef& at, AddressOf address_of,
                     T record) {
  ++state->account_index;
  const auto address = address_of(accounts.program(), state->account_index);
  record.index = state->account_index;
  record.bump = address.bump;
  DZ_TRY(accounts.create(at, address, record));
  return accounts.save(state);
}

template <typename T>
void add_reference(Record<T>& record) {
  ++record->reference_count;
}
template <typename T>
void drop_reference(Record<T>& record) {
  if (record->reference_count > 0) --record->reference_count;
}

template <typename T>
Check check_unreferenced(const Record<T>& record) {
  if (record->reference_count == 0) return {};
  return reject(wire::ProgramError::ReferenceCountNotZero,
                fmt::format("{} '{}' is still named by {} records; delete those first", record.at.what, record->code,
                            record->reference_count));
}

// Sets a field when a value was given.
template <typename T, typename U>
void set_if(T& field, const std::optional<U>& value) {
  if (value) field = *value;
}

}  // namespace dz::program
