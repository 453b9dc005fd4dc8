#include "monitor/transaction_desk.h"

#include <algorithm>
#include <utility>

namespace dz::monitor {
namespace {

TransactionDesk::Known known_by(Result<std::optional<client::ConfirmedTransaction>> answer) {
  if (!answer) return {std::nullopt, std::move(answer.error().message)};
  if (!*answer) return {std::nullopt, "the ledger has no such transaction, or its node keeps it no longer"};
  return {std::move(*answer), {}};
}

}  // namespace

TransactionDesk::Known TransactionDesk::find(const wire::Signature& signature) const {
  const auto kept = kept_.find(signature);
  return kept == kept_.end() ? Known{} : kept->second.known;
}

bool TransactionDesk::is_due(const wire::Signature& signature, Timestamp now) const {
  const auto kept = kept_.find(signature);
  if (kept == kept_.end()) return true;
  return !kept->second.known.transaction && (now < kept->second.read_at || now - kept->second.read_at >= kAgainAfter);
}

void TransactionDesk::ask(const wire::Signature& signature, Timestamp now) {
  if (const auto kept = kept_.find(signature); kept != kept_.end()) kept->second.asked_at = now;
  if (!is_due(signature, now)) return;
  if (asked_.size() >= kMostAsked && !asked_.contains(signature)) return;  // they ask again
  asked_[signature] = now;
  if (wanted_) wanted_();
}

void TransactionDesk::make_room() {
  if (kept_.size() < kMostKept) return;
  const auto earlier = [](const auto& a, const auto& b) { return a.second.asked_at < b.second.asked_at; };
  kept_.erase(std::min_element(kept_.begin(), kept_.end(), earlier));
}

void TransactionDesk::step(client::LedgerClient& ledger, Timestamp now) {
  if (asked_.empty() || now < next(now)) return;
  stepped_ = now;
  const auto wishes = asked_;
  std::size_t requests = kRequestsAStep;
  for (const auto& [signature, asked_at] : wishes) {
    if (requests-- == 0) break;
    auto known = known_by(ledger.get_transaction(signature));
    if (!kept_.contains(signature)) make_room();
    kept_[signature] = {std::move(known), asked_at, now};
    asked_.erase(signature);
  }
  if (read_) read_();
}

Timestamp TransactionDesk::next(Timestamp now) const {
  if (asked_.empty()) return Timestamp::max();
  return stepped_ && *stepped_ <= now ? *stepped_ + kEvery : now;
}

}  // namespace dz::monitor
