// From instructions to a known outcome: sign, send, follow, send again while the block hash is good. A request that was
// lost, or whose answer was lost, is followed like any other; what cannot be known is said to be unknown, and the
// caller reads the ledger again before signing anything else.
#pragma once

#include <span>
#include <string>
#include <variant>
#include <vector>

#include "client/clock.h"
#include "client/ledger_client.h"

namespace dz {

struct Landed {
  Slot slot;
  bool operator==(const Landed&) const = default;
};
// Nothing changed on the ledger but, when it landed, the fee.
struct Rejected {
  TransactionError error;
  std::vector<std::string> logs;  // of the ledger's preflight; empty when it failed only after that
};
// It may have landed, it may still land until its block hash expires, or never.
struct Unknown {
  std::string reason;
};

struct SendOutcome {
  Signature signature;
  std::variant<Landed, Rejected, Unknown> result;
};

struct SenderOptions {
  Commitment commitment = Commitment::Confirmed;   // what counts as landed
  Duration poll = std::chrono::milliseconds{200};  // between looks at the status
  Duration resend = std::chrono::seconds{2};       // between repeats of the same transaction
  Duration give_up = std::chrono::seconds{90};     // for the whole of it
  bool skip_preflight = false;
};

// A transaction on its way, for callers that look at it from a loop of their own.
struct PendingTransaction {
  Transaction transaction;
  Signature signature;
  std::uint64_t last_valid_block_height = 0;
  Timestamp first_sent, last_sent;
};

class TransactionSender {
 public:
  TransactionSender(LedgerClient& ledger, Clock clock, SenderOptions options = {});

  // An error means that nothing was sent: no block hash to be had, a missing key, a transaction too large, or one that
  // the ledger would not look at. Blocks until the outcome, at most options.give_up.
  Result<SendOutcome> send(std::span<const Instruction> instructions, const Keypair& payer,
                           std::span<const Keypair* const> others = {});

  // The same in two steps that never sleep: submit once, then look every options.poll until there is a result.
  Result<std::variant<PendingTransaction, SendOutcome>> submit(std::span<const Instruction> instructions,
                                                               const Keypair& payer,
                                                               std::span<const Keypair* const> others = {});
  std::optional<SendOutcome> look(PendingTransaction& pending);

 private:
  Result<std::optional<SignatureStatus>> status_of(const PendingTransaction& pending);
  bool has_expired(const PendingTransaction& pending);

  LedgerClient& ledger_;
  Clock clock_;
  SenderOptions options_;
};

}  // namespace dz
