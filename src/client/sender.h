// From instructions to a known outcome: sign, send, follow, send again while the block hash is good. A request that was
// lost, or whose answer was lost, is followed like any other; what cannot be known is said to be unknown, and the
// caller reads the ledger again before signing anything else.
//
// A write that rests on what was read is sent with the block hash that was taken before the reading (ledger_view.h) and
// with no other. Without one the sender takes its own; transactions signed within a few seconds then share it. Those
// on their way are looked at together.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "client/clock.h"
#include "client/ledger_client.h"

namespace dz::client {

struct Landed {
  Slot slot;
  bool operator==(const Landed&) const = default;
};
// Nothing changed on the ledger but, when it landed, the fee.
struct Rejected {
  wire::TransactionError error;
  std::vector<std::string> logs;  // of the ledger's preflight; empty when it failed only after that
};
// It may have landed, it may still land until its block hash expires, or never.
struct Unknown {
  std::string reason;
};

struct SendOutcome {
  wire::Signature signature;
  std::variant<Landed, Rejected, Unknown> result;
};

// What is asked for by compute budget instructions, in front of the caller's. Errors still count the caller's own.
struct BudgetPolicy {
  bool on = false;                       // off: nothing is asked for, as the embedded ledger charges by the signature
  std::uint32_t most_units = 1'400'000;  // of one transaction
  double spare = 1.2;                    // units asked for: those that the simulation used, times this
  std::uint64_t price = 0;               // micro-lamports a unit; 0: no priority is paid for
  std::uint64_t most_priority = 50'000;  // lamports of one transaction, whatever price and units make of it
  bool operator==(const BudgetPolicy&) const = default;
};

struct SenderOptions {
  Commitment commitment = Commitment::Confirmed;     // what counts as landed
  Duration poll = std::chrono::milliseconds{200};    // between looks at the status
  Duration slow_poll = std::chrono::seconds{1};      // the same, once it takes longer than `resend`
  Duration resend = std::chrono::seconds{2};         // between repeats of the same transaction
  Duration give_up = std::chrono::seconds{90};       // for the whole of it
  Duration blockhash_age = std::chrono::seconds{5};  // until the next one is asked for
  bool skip_preflight = false;
  BudgetPolicy budget;
};

// A transaction on its way, for callers that look at it from a loop of their own.
struct PendingTransaction {
  wire::Transaction transaction;
  wire::Signature signature;
  std::uint64_t last_valid_block_height = 0;
  std::size_t prefix = 0;  // instructions in front of the caller's
  bool skip_preflight = false;
  bool send_again = true;  // while it is not seen; not once what it rests on has changed
  Timestamp first_sent, last_sent, next_look;
};

// Who signs besides the payer, and with which block hash: none: the sender's own, for what rests on no reading.
struct Signing {
  std::span<const wire::Keypair* const> others = {};
  std::optional<LatestBlockhash> anchor = {};
};

class TransactionSender {
 public:
  TransactionSender(LedgerClient& ledger, Clock clock, SenderOptions options = {});

  // An error means that nothing was sent: no block hash to be had, one that the ledger does not know, a missing key, a
  // transaction too large, or one that the ledger would not look at. Blocks until the outcome, at most options.give_up.
  Result<SendOutcome> send(std::span<const wire::Instruction> instructions, const wire::Keypair& payer,
                           const Signing& signing = {});

  // The same in two steps that never sleep: submit once, then look every options.poll until there is a result. A look
  // asks only when it is due.
  Result<std::variant<PendingTransaction, SendOutcome>> submit(std::span<const wire::Instruction> instructions,
                                                               const wire::Keypair& payer, const Signing& signing = {});
  std::optional<SendOutcome> look(PendingTransaction& pending);
  // At all of them, with one request for many: in their order, the outcome of each that has one.
  std::vector<std::optional<SendOutcome>> look(std::span<PendingTransaction* const> pending);

  // How many of the instructions, from the first on, one transaction has room for.
  std::size_t room_for(std::span<const wire::Instruction> instructions, const Pubkey& payer) const;

 private:
  struct Prepared;
  struct RecentHash {
    LatestBlockhash latest;
    Timestamp at;
    std::set<wire::Signature> used;  // what was signed with it: the same bytes would be the same transaction
  };
  Result<Prepared> prepare(std::span<const wire::Instruction> instructions, const wire::Keypair& payer,
                           const Signing& signing);
  Result<wire::Transaction> sign(std::span<const wire::Instruction> instructions, const wire::Keypair& payer,
                                 const Signing& signing);
  Result<void> refresh_hash(bool anew);
  void use_hash(const LatestBlockhash& hash);
  Result<std::optional<SignatureStatus>> status_of(const PendingTransaction& pending);
  std::optional<SendOutcome> settle(PendingTransaction& pending, const Result<std::optional<SignatureStatus>>& answer);
  std::optional<SendOutcome> send_again(PendingTransaction& pending);
  bool has_expired(const PendingTransaction& pending);

  LedgerClient& ledger_;
  Clock clock_;
  SenderOptions options_;
  std::optional<RecentHash> hash_;
};

}  // namespace dz::client
