// One transaction over working copies: what it would change, or why it fails. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/account_lookup.h"
#include "program/runtime/runtime.h"
#include "wire/transaction.h"
#include "wire/transaction_error.h"

namespace dz::ledger {

inline constexpr std::uint64_t kFeePerSignature = 5000;
inline constexpr std::uint32_t kInvariantBroken = 10099;  // custom error: a rule of check_invariants

struct Execution {
  std::optional<wire::TransactionError> error;
  // False when the transaction could not even pay its fee: then it changes nothing and leaves no record.
  bool landed = false;
  std::vector<std::string> logs;  // as Solana prints them
  std::uint64_t fee = 0;
  std::uint64_t units_consumed = 0;  // nominal: nothing is metered here
  std::vector<Pubkey> keys;          // of all accounts, those looked up in tables among them
  // Parallel to the keys. An account without lamports is Account{}.
  std::vector<wire::Account> before, after;
};

struct ExecutionContext {
  FindAccount find;
  program::LedgerClock clock;
  const wire::ProgramIds* ids = nullptr;
  const Profile* profile = nullptr;
  program::ProgramOptions options;
};

// keys: all accounts of the message, from look_up_accounts(). The caller has checked signatures, block hash and
// repetition.
Execution execute(const wire::Message& message, std::vector<Pubkey> keys, const ExecutionContext& context);

}  // namespace dz::ledger
