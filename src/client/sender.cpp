#include "client/sender.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "wire/instructions/solana.h"

namespace dz::client {
namespace {

constexpr std::uint32_t kHeapBytes = 256 * 1024;  // what the program's other clients ask for
constexpr std::size_t kMostStatuses = 256;        // one request can ask for

// A refusal that says nothing about our instructions, only that this very transaction is known or its block hash is
// not: it may have landed by an earlier copy, so the status decides.
bool may_have_landed(const SendFailure& failure) {
  if (!failure.rejected) return failure.error.kind == ErrorKind::Retry || failure.error.kind == ErrorKind::Corrupt;
  return failure.rejected->kind == wire::TransactionErrorKind::AlreadyProcessed;
}

bool is_unknown_hash(const std::optional<wire::TransactionError>& error) {
  return error && error->kind == wire::TransactionErrorKind::BlockhashNotFound;
}

std::vector<wire::Instruction> budget_instructions(const BudgetPolicy& policy, std::uint32_t units) {
  if (!policy.on) return {};
  std::vector<wire::Instruction> prefix{wire::compute_unit_limit(units), wire::heap_frame(kHeapBytes)};
  const auto most_price = policy.most_priority * 1'000'000 / std::max<std::uint32_t>(units, 1);
  const auto price = std::min(policy.price, most_price);
  if (price > 0) prefix.push_back(wire::compute_unit_price(price));
  return prefix;
}

std::vector<wire::Instruction> with_prefix(std::vector<wire::Instruction> prefix,
                                           std::span<const wire::Instruction> instructions) {
  prefix.insert(prefix.end(), instructions.begin(), instructions.end());
  return prefix;
}

// The error in terms of the caller's instructions.
SendOutcome rejection(const wire::Signature& signature, wire::TransactionError error, std::vector<std::string> logs,
                      std::size_t prefix) {
  if (error.kind == wire::TransactionErrorKind::InstructionError) {
    if (error.instruction < prefix) {
      return {signature, Unknown{"the compute budget in front of it was refused: " + to_text(error)}};
    }
    error.instruction = static_cast<std::uint8_t>(error.instruction - prefix);
  }
  return {signature, Rejected{error, std::move(logs)}};
}

}  // namespace

// Signed and ready to go, or known to fail.
struct TransactionSender::Prepared {
  wire::Transaction transaction;
  std::size_t prefix = 0;
  bool simulated = false;
  std::optional<wire::TransactionError> refused;  // by the simulation
  std::vector<std::string> logs;
};

TransactionSender::TransactionSender(LedgerClient& ledger, Clock clock, SenderOptions options)
    : ledger_(ledger), clock_(std::move(clock)), options_(options) {}

// ---- signing

Result<void> TransactionSender::refresh_hash(bool anew) {
  const auto now = clock_.now();
  if (!anew && hash_ && now - hash_->at < options_.blockhash_age) return {};
  DZ_TRY_ASSIGN(const auto latest, ledger_.get_latest_blockhash());
  use_hash(latest);
  return {};
}

void TransactionSender::use_hash(const LatestBlockhash& hash) {
  const bool same = hash_ && hash_->latest.hash == hash.hash;
  hash_ = RecentHash{hash, clock_.now(), same ? std::move(hash_->used) : std::set<wire::Signature>{}};
}

// The same instructions with the same block hash would be the same transaction, which the ledger runs only once.
Result<wire::Transaction> TransactionSender::sign(std::span<const wire::Instruction> instructions,
                                                  const wire::Keypair& payer, const Signing& signing) {
  for (const bool anew : {false, true}) {
    if (signing.anchor) {
      use_hash(*signing.anchor);
    } else {
      DZ_TRY(refresh_hash(anew));
    }
    DZ_TRY_ASSIGN(auto transaction, sign_transaction(instructions, payer, signing.others, hash_->latest.hash));
    if (!hash_->used.contains(transaction.signatures.front())) return transaction;
    if (signing.anchor) break;
  }
  return fail(ErrorKind::Retry, "the same was sent a moment ago: it can be sent again once the ledger has a new block");
}

Result<TransactionSender::Prepared> TransactionSender::prepare(std::span<const wire::Instruction> instructions,
                                                               const wire::Keypair& payer, const Signing& signing) {
  Prepared prepared;
  const auto& policy = options_.budget;
  auto prefix = budget_instructions(policy, policy.most_units);
  prepared.prefix = prefix.size();
  DZ_TRY_ASSIGN(prepared.transaction, sign(with_prefix(prefix, instructions), payer, signing));
  if (!policy.on) return prepared;
  DZ_TRY_ASSIGN(auto simulation, ledger_.simulate_transaction(prepared.transaction));
  prepared.simulated = true;
  prepared.refused = simulation.error;
  prepared.logs = std::move(simulation.logs);
  if (prepared.refused || simulation.units_consumed == 0) return prepared;
  const auto wanted = std::ceil(static_cast<double>(simulation.units_consumed) * policy.spare);
  const auto units = static_cast<std::uint32_t>(std::min<double>(wanted, policy.most_units));
  prefix = budget_instructions(policy, units);
  prepared.prefix = prefix.size();
  DZ_TRY_ASSIGN(prepared.transaction, sign(with_prefix(std::move(prefix), instructions), payer, signing));
  return prepared;
}

std::size_t TransactionSender::room_for(std::span<const wire::Instruction> instructions, const Pubkey& payer) const {
  BudgetPolicy priced = options_.budget;
  priced.price = std::max<std::uint64_t>(priced.price, 1);  // room for the instructions that go in front
  priced.most_priority = UINT32_MAX;
  const auto fits = [&](std::size_t count) {
    const auto all = with_prefix(budget_instructions(priced, 1), instructions.first(count));
    const auto message = compile_message(all, payer, wire::Blockhash{});
    const std::size_t bytes = 1 + 64 * std::size_t{message.required_signatures} + encode(message).size();
    return bytes <= wire::kMaxTransactionBytes && message.account_keys.size() <= wire::kMaxTransactionAccounts;
  };
  std::size_t count = instructions.size();
  while (count > 0 && !fits(count)) --count;
  return count;
}

// ---- sending

Result<std::variant<PendingTransaction, SendOutcome>> TransactionSender::submit(
    std::span<const wire::Instruction> instructions, const wire::Keypair& payer, const Signing& signing) {
  for (const bool last_try : {false, true}) {
    DZ_TRY_ASSIGN(auto prepared, prepare(instructions, payer, signing));
    const wire::Signature signature = prepared.transaction.signatures.front();
    const bool skip_preflight = options_.skip_preflight || prepared.simulated;
    tl::expected<wire::Signature, SendFailure> sent = signature;
    const auto now = clock_.now();
    if (prepared.refused) {
      sent = tl::unexpected(
          SendFailure{{ErrorKind::Refused, to_text(*prepared.refused)}, prepared.refused, std::move(prepared.logs)});
    } else {
      hash_->used.insert(signature);
      sent = ledger_.send_transaction(prepared.transaction, {skip_preflight});
    }
    if (!sent && is_unknown_hash(sent.error().rejected) && signing.anchor) {
      return fail(ErrorKind::Retry,
                  "the ledger does not know the block hash that was taken before the state was read, or no longer: a "
                  "newer one would say that newer state was read, so take one and read again");
    }
    if (!sent && is_unknown_hash(sent.error().rejected) && !last_try) {
      DZ_TRY(refresh_hash(true));  // the node that was asked does not know it, or no longer
      continue;
    }
    if (!sent && !may_have_landed(sent.error())) {
      if (!sent.error().rejected) return tl::unexpected(sent.error().error);
      return rejection(signature, *sent.error().rejected, sent.error().logs, prepared.prefix);
    }
    return PendingTransaction{.transaction = std::move(prepared.transaction),
                              .signature = signature,
                              .last_valid_block_height = hash_->latest.last_valid_block_height,
                              .prefix = prepared.prefix,
                              .skip_preflight = skip_preflight,
                              .first_sent = now,
                              .last_sent = now,
                              .next_look = now};
  }
  return fail(ErrorKind::Retry, "no block hash that the ledger knows");
}

Result<SendOutcome> TransactionSender::send(std::span<const wire::Instruction> instructions, const wire::Keypair& payer,
                                            const Signing& signing) {
  DZ_TRY_ASSIGN(auto submitted, submit(instructions, payer, signing));
  if (auto* outcome = std::get_if<SendOutcome>(&submitted)) return std::move(*outcome);
  auto& pending = std::get<PendingTransaction>(submitted);
  for (;;) {
    if (auto outcome = look(pending)) return std::move(*outcome);
    clock_.sleep(options_.poll);
  }
}

// ---- following

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
  PendingTransaction* const one[] = {&pending};
  return std::move(look(one).front());
}

std::vector<std::optional<SendOutcome>> TransactionSender::look(std::span<PendingTransaction* const> pending) {
  std::vector<std::optional<SendOutcome>> outcomes(pending.size());
  const auto now = clock_.now();
  std::vector<std::size_t> due;
  for (std::size_t i = 0; i < pending.size(); ++i) {
    if (now >= pending[i]->next_look) due.push_back(i);
  }
  for (std::size_t at = 0; at < due.size(); at += kMostStatuses) {
    const auto part = std::span(due).subspan(at, std::min(kMostStatuses, due.size() - at));
    std::vector<wire::Signature> signatures;
    for (const auto i : part) signatures.push_back(pending[i]->signature);
    const auto answer = ledger_.get_signature_statuses(signatures);
    for (std::size_t k = 0; k < part.size(); ++k) {
      auto& one = *pending[part[k]];
      one.next_look = now + (now - one.first_sent < options_.resend ? options_.poll : options_.slow_poll);
      Result<std::optional<SignatureStatus>> status = std::nullopt;
      if (!answer) {
        status = tl::unexpected(answer.error());
      } else if (answer->size() != part.size()) {
        status = corrupt("getSignatureStatuses: not one status for each signature");
      } else {
        status = (*answer)[k];
      }
      outcomes[part[k]] = settle(one, status);
    }
  }
  return outcomes;
}

std::optional<SendOutcome> TransactionSender::settle(PendingTransaction& pending,
                                                     const Result<std::optional<SignatureStatus>>& answer) {
  const auto unknown = [&](std::string reason) { return SendOutcome{pending.signature, Unknown{std::move(reason)}}; };
  const bool seen = answer && *answer;
  if (seen) {
    const auto& status = **answer;
    if (status.error) return rejection(pending.signature, *status.error, {}, pending.prefix);
    if (status.commitment >= options_.commitment) return SendOutcome{pending.signature, Landed{status.slot}};
  }
  const auto now = clock_.now();
  if (now - pending.first_sent >= options_.give_up) {
    return unknown(answer ? "the ledger did not confirm it in time"
                          : "the ledger stopped answering: " + answer.error().message);
  }
  if (seen || now - pending.last_sent < options_.resend) return std::nullopt;
  pending.last_sent = now;
  if (answer && has_expired(pending)) return unknown("its block hash expired before the ledger showed it");
  return pending.send_again ? send_again(pending) : std::nullopt;
}

std::optional<SendOutcome> TransactionSender::send_again(PendingTransaction& pending) {
  const auto sent = ledger_.send_transaction(pending.transaction, {pending.skip_preflight});
  // The ledger looks for copies before it runs instructions: a refused instruction means that no copy was run.
  const bool refused_now =
      !sent && sent.error().rejected && sent.error().rejected->kind == wire::TransactionErrorKind::InstructionError;
  if (!refused_now) return std::nullopt;
  return rejection(pending.signature, *sent.error().rejected, sent.error().logs, pending.prefix);
}

}  // namespace dz::client
