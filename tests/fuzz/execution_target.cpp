// Transactions in a row on a ledger with a small network. What holds after each, whether it failed or not: the rules of
// check_invariants, no lamport made or lost but the fee, nothing changed that the transaction could not write.
//
// An input is a list of transactions. Of each: the profile (first one only); signers, a bit each of the six people;
// how many instructions (up to 3), and of each the program's key, the number of accounts and their keys with a bit for
// writable, and the data behind its length. Keys are numbers (small_ledger.h); a number beyond them is a key of its
// own.
#include "base/check.h"
#include "execution_input.h"
#include "input.h"
#include "ledger/execution.h"
#include "small_ledger.h"
#include "targets.h"

namespace dz::fuzz {
namespace {

using Accounts = std::map<Pubkey, wire::Account>;

unsigned __int128 lamports_of(const std::vector<wire::Account>& accounts) {
  unsigned __int128 sum = 0;
  for (const auto& account : accounts) sum += account.lamports;
  return sum;
}

void check_execution(const wire::Message& message, const ledger::Execution& execution) {
  for (const auto& log : execution.logs) DZ_CHECK(log.size() < 65'536);
  // A program that breaks its own rules is stopped by the ledger; it must not come to that.
  DZ_CHECK(!execution.error || execution.error->error.custom != ledger::kInvariantBroken);
  if (!execution.landed) return;
  DZ_CHECK(execution.before.size() == message.account_keys.size());
  DZ_CHECK(execution.after.size() == message.account_keys.size());
  DZ_CHECK(lamports_of(execution.before) == lamports_of(execution.after) + execution.fee);
  for (std::size_t i = 0; i < message.account_keys.size(); ++i) {
    DZ_CHECK(message.is_writable(i) || execution.before[i] == execution.after[i]);
  }
}

void keep(const wire::Message& message, const ledger::Execution& execution, Accounts& accounts) {
  for (std::size_t i = 0; execution.landed && i < message.account_keys.size(); ++i) {
    if (execution.after[i].exists()) {
      accounts[message.account_keys[i]] = execution.after[i];
    } else {
      accounts.erase(message.account_keys[i]);
    }
  }
}

}  // namespace

int execution_target(ByteView bytes) {
  Input input(bytes);
  const auto profiles = all_profiles();
  const auto& small = SmallLedger::of(*profiles[input.choice(profiles.size())]);
  Accounts accounts = small.snapshot().accounts;
  ledger::ExecutionContext context;
  context.find = [&](const Pubkey& key) {
    const auto found = accounts.find(key);
    return found == accounts.end() ? nullptr : &found->second;
  };
  context.clock = {small.snapshot().slot, 0, small.now()};
  context.ids = &wire::local_program_ids();
  context.profile = &small.profile();
  for (int n = 0; n < 8 && !input.empty(); ++n) {
    const auto transaction = read_unsigned(input, small);
    if (!transaction) continue;
    const auto execution = ledger::execute(transaction->message, transaction->message.account_keys, context);
    check_execution(transaction->message, execution);
    keep(transaction->message, execution, accounts);
    context.clock.now += std::chrono::seconds{1};
    ++context.clock.slot.value;
  }
  return 0;
}

}  // namespace dz::fuzz
