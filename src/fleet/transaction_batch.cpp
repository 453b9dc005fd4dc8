#include "fleet/transaction_batch.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace dz::fleet {
namespace {

constexpr Duration kLook = std::chrono::milliseconds{100};
constexpr std::size_t kStatusesACall = 256;

std::string reason_of(const client::Rejected& rejected) {
  std::string out = to_text(rejected.error);
  for (const std::string& line : rejected.logs) out += "\n" + line;
  return out;
}

}  // namespace

TransactionBatch::TransactionBatch(client::LedgerClient& ledger, client::Clock clock,
                                   std::optional<client::LatestBlockhash> anchor, Duration give_up)
    : ledger_(ledger), clock_(clock), anchor_(std::move(anchor)), give_up_(give_up), sender_(ledger, clock) {}

std::size_t TransactionBatch::add(std::span<const wire::Instruction> instructions, const wire::Keypair& payer) {
  const std::size_t number = outcomes_.size();
  outcomes_.push_back({false, "the outcome is unknown: the ledger did not show it in time"});
  const auto submitted = sender_.submit(instructions, payer, {.others = {}, .anchor = anchor_});
  if (!submitted) {
    outcomes_.back().reason = submitted.error().message;
  } else if (const auto* pending = std::get_if<client::PendingTransaction>(&*submitted)) {
    open_.push_back({number, pending->signature});
  } else if (const auto* rejected = std::get_if<client::Rejected>(&std::get<client::SendOutcome>(*submitted).result)) {
    outcomes_.back().reason = reason_of(*rejected);
  }
  return number;
}

std::vector<BatchOutcome> TransactionBatch::finish() {
  const Timestamp until = clock_.now() + give_up_;
  while (!open_.empty() && clock_.now() < until) {
    const std::size_t count = std::min(kStatusesACall, open_.size());
    std::vector<wire::Signature> signatures;
    for (std::size_t i = 0; i < count; ++i) signatures.push_back(open_[i].signature);
    const auto statuses = ledger_.get_signature_statuses(signatures);
    std::vector<Open> still;
    for (std::size_t i = 0; i < open_.size(); ++i) {
      const bool asked = i < count && statuses && i < statuses->size() && (*statuses)[i];
      const bool settled =
          asked && ((*statuses)[i]->error || (*statuses)[i]->commitment >= client::Commitment::Confirmed);
      if (!settled) {
        still.push_back(open_[i]);
        continue;
      }
      const auto& error = (*statuses)[i]->error;
      outcomes_[open_[i].number] = {!error, error ? to_text(*error) : ""};
    }
    const bool progress = still.size() < open_.size();
    open_ = std::move(still);
    if (!progress) clock_.sleep(kLook);
  }
  open_.clear();
  return std::exchange(outcomes_, {});
}

}  // namespace dz::fleet
