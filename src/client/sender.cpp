#include "client/sender.h"

#include <utility>

namespace dz {
namespace {

// A refusal that says nothing about our instructions, only that this very transaction is known or its block hash is
// not: it may have landed by an earlier copy, so the status decides.
bool may_have_landed(const SendFailure& failure) {
  if (!failure.rejected) return failure.error.kind == ErrorKind::Retry || failure.error.kind == ErrorKind::Corrupt;
  return failure.rejected->kind == TransactionErrorKind::AlreadyProcessed;
}

}  // namespace

TransactionSender::TransactionSender(LedgerClient& ledger, Clock clock, SenderOptions options)
    : ledger_(ledger), clock_(std::move(clock)), options_(options) {}

Result<std::variant<PendingTransaction, SendOutcome>> TransactionSender::submit(
    std::span<const Instruction> instructions, const Keypair& payer, std::span<const Keypair* const> others) {
  DZ_TRY_ASSIGN(const auto latest, ledger_.get_latest_blockhash());
  DZ_TRY_ASSIGN(auto transaction, sign_transaction(instructions, payer, others, latest.hash));
  const Signature signature = transaction.signatures.front();
  const auto now = clock_.now();
  const auto sent = ledger_.send_transaction(transaction, {options_.skip_preflight});
  if (!sent && !may_have_landed(sent.error())) {
    if (!sent.error().rejected) return tl::unexpected(sent.error().error);
    return SendOutcome{signature, Rejected{*sent.error().rejected, sent.error().logs}};
  }
  return PendingTransaction{std::move(transaction), signature, latest.last_valid_block_height, now, now};
}

Result<std::optional<SignatureStatus>> TransactionSender::status_of(const PendingTransaction& pending) {
  DZ_TRY_ASSIGN(const auto first, ledger_.get_signature_statuses({&pending.signature, 1}));
  if (first.empty()) return corrupt("getSignatureStatuses: expected one status, found none");
  return first.front();
}

// A status that is absent after the height was above the last valid one stays absent.
bool TransactionSender::has_expired(const PendingTransaction& pending) {
  const auto height = ledger_.get_block_height();
  if (!height || *height <= pending.last_valid_block_height) return false;
  const auto last_look = status_of(pending);
  return last_look && !*last_look;
}

std::optional<SendOutcome> TransactionSender::look(PendingTransaction& pending) {
  const auto unknown = [&](std::string reason) { return SendOutcome{pending.signature, Unknown{std::move(reason)}}; };
  const auto answer = status_of(pending);
  const bool seen = answer && *answer;
  if (seen) {
    const auto& status = **answer;
    if (status.error) return SendOutcome{pending.signature, Rejected{*status.error, {}}};
    if (status.commitment >= options_.commitment) return SendOutcome{pending.signature, Landed{status.slot}};
  } else if (answer && has_expired(pending)) {
    return unknown("its block hash expired before the ledger showed it");
  }
  const auto now = clock_.now();
  if (now - pending.first_sent >= options_.give_up) {
    return unknown(answer ? "the ledger did not confirm it in time"
                          : "the ledger stopped answering: " + answer.error().message);
  }
  if (seen || now - pending.last_sent < options_.resend) return std::nullopt;
  pending.last_sent = now;
  const auto sent = ledger_.send_transaction(pending.transaction, {options_.skip_preflight});
  // The ledger looks for copies before it runs instructions: a refused instruction means that no copy was run.
  const bool refused_now =
      !sent && sent.error().rejected && sent.error().rejected->kind == TransactionErrorKind::InstructionError;
  if (!refused_now) return std::nullopt;
  return SendOutcome{pending.signature, Rejected{*sent.error().rejected, sent.error().logs}};
}

Result<SendOutcome> TransactionSender::send(std::span<const Instruction> instructions, const Keypair& payer,
                                            std::span<const Keypair* const> others) {
  DZ_TRY_ASSIGN(auto submitted, submit(instructions, payer, others));
  if (auto* outcome = std::get_if<SendOutcome>(&submitted)) return std::move(*outcome);
  auto& pending = std::get<PendingTransaction>(submitted);
  for (;;) {
    if (auto outcome = look(pending)) return std::move(*outcome);
    clock_.sleep(options_.poll);
  }
}

}  // namespace dz
