// What a native program sees of the bank: the accounts of one instruction, its data, and the clock. The bank gives a
// working copy and throws it away when the instruction fails, so a program may fail at any point.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "base/bytes.h"
#include "base/pubkey.h"
#include "base/time.h"
#include "domain/profile.h"
#include "wire/instruction.h"
#include "wire/ledger_account.h"
#include "wire/program_ids.h"
#include "wire/transaction_error.h"

namespace dz::program {

struct LedgerClock {
  Slot slot;
  std::uint64_t epoch = 0;
  Timestamp now;  // the time of the slot
};

// How the live program differs from what it does by itself on the network: for tests and demonstrations. The guarded
// program has no such choice.
struct ProgramOptions {
  bool start_provisioning =
      false;                     // records start in a provisioning status with health pending, not activated and ready
  bool transition_hook = false;  // the lifecycle that upstream wrote and switched off runs
  bool operator==(const ProgramOptions&) const = default;
};

// One instruction being executed. accounts[i] belongs to metas[i]; the same key twice is the same object.
struct Invocation {
  Pubkey program;
  std::span<const wire::AccountMeta> metas;
  std::span<wire::Account* const> accounts;
  ByteView data;
  LedgerClock clock;
  const wire::ProgramIds* ids = nullptr;
  const Profile* profile = nullptr;
  std::vector<std::string>* log = nullptr;  // lines for people, without "Program log: "
  ProgramOptions options;
};

// Custom numbers of the System program, also where it pays for others.
enum class SystemError : std::uint32_t {
  AccountAlreadyInUse = 0,
  ResultWithNegativeLamports = 1,
  InvalidAccountDataLength = 3,
  AddressWithSeedMismatch = 5
};
constexpr wire::InstructionError to_error(SystemError code) {
  return {wire::InstructionErrorKind::Custom, static_cast<std::uint32_t>(code)};
}

using ProgramResult = tl::expected<void, wire::InstructionError>;

ProgramResult execute_serviceability(Invocation& invocation);
ProgramResult execute_telemetry(Invocation& invocation);
ProgramResult execute_system(Invocation& invocation);          // all but nonces
ProgramResult execute_lookup_table(Invocation& invocation);    // create, freeze, extend, deactivate, close
ProgramResult execute_compute_budget(Invocation& invocation);  // does nothing: the ledger reads it
ProgramResult execute_memo(Invocation& invocation);            // SPL Memo; its log is never null
ProgramResult execute_old_memo(Invocation& invocation);        // its first version

// Lamports an account of that many bytes must hold.
constexpr std::uint64_t rent_exempt_minimum(std::size_t data_length) {
  return (128 + std::uint64_t{data_length}) * 6960;
}

// An account that a transaction names, before and after the whole transaction, changed or not.
struct AccountChange {
  Pubkey key;
  const wire::Account* before;  // never null; an absent account is Account{}
  const wire::Account* after;
};

// What the rules below know of a transaction besides its accounts.
struct TransactionFacts {
  std::span<const Pubkey> signers;
  const GlobalState* global_state = nullptr;       // before the transaction; null before InitGlobalState
  std::span<const unsigned __int128> permissions;  // activated bits before the transaction; parallel to signers
  const wire::ProgramIds* ids = nullptr;
  const Profile* profile = nullptr;
};
// Rules that hold over every transaction of the guarded program, whatever its instructions did: reference counts,
// interface states, allocations, holds, and no field written by somebody who may not. `changes` has every account of
// the transaction, also those that stayed as they were (the contributor of a link is read from there). Empty when all
// rules hold, and on the live network, which has none; else the broken rule.
std::string check_invariants(std::span<const AccountChange> changes, const TransactionFacts& facts);

}  // namespace dz::program
