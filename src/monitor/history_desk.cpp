#include "monitor/history_desk.h"

#include <algorithm>

#include <fmt/format.h>

namespace dz::monitor {

HistoryDesk::Known HistoryDesk::find(const Pubkey& record, Timestamp now) const {
  const auto found = kept_.find(record);
  if (found == kept_.end()) return {};
  const auto& kept = found->second;
  Known known{history_of(*kept.trail), kept.read_at && now - *kept.read_at <= kFresh, kept.trouble};
  if (known.history.older && kept.requests >= kMostRequests) {
    known.history.older = false;
    known.history.ends = fmt::format("{} transactions were looked at, and older ones are left", kMostRequests);
  }
  return known;
}

void HistoryDesk::ask(const Pubkey& record, std::size_t events, Timestamp now) {
  if (asked_.size() >= kMostRecords && !asked_.contains(record)) return;  // they ask again
  auto& asked = asked_[record];
  asked = {std::max(asked.events, events), now};
  if (wanted_) wanted_();
}

void HistoryDesk::follow(const client::MirrorUpdate& update) {
  if (update.everything) return kept_.clear();
  for (const auto& record : update.records) {
    if (const auto kept = kept_.find(record); kept != kept_.end()) kept->second.read_at.reset();
  }
}

bool HistoryDesk::is_read(const Kept& kept, std::size_t events) const {
  if (!kept.trail || !kept.read_at) return false;
  return kept.trail->exhausted() || kept.requests >= kMostRequests || kept.trail->known().events.size() >= events;
}

HistoryDesk::Kept& HistoryDesk::keep(const Pubkey& record, const client::Snapshot& records, Timestamp asked_at) {
  if (kept_.size() >= kMostRecords && !kept_.contains(record)) {
    const auto earlier = [](const auto& a, const auto& b) { return a.second.asked_at < b.second.asked_at; };
    kept_.erase(std::min_element(kept_.begin(), kept_.end(), earlier));
  }
  auto& kept = kept_[record];
  if (!kept.trail) kept.trail = std::make_unique<client::RecordTrail>(record, records.ids, *records.profile);
  kept.asked_at = asked_at;
  return kept;
}

void HistoryDesk::step(client::LedgerClient& ledger, const client::Snapshot& records, Timestamp now) {
  if (asked_.empty() || records.profile == nullptr || now < next(now)) return;
  stepped_ = now;
  std::size_t requests = kRequestsAStep;
  const auto wishes = asked_;
  for (const auto& [record, asked] : wishes) {
    auto& kept = keep(record, records, asked.at);
    if (requests == 0 || now < kept.not_before) continue;
    read(ledger, record, asked.events, requests, now);
    const auto wish = asked_.find(record);
    if (is_read(kept, wish->second.events) || !kept.trouble.empty()) asked_.erase(wish);
  }
  if (read_) read_();
}

void HistoryDesk::read(client::LedgerClient& ledger, const Pubkey& record, std::size_t events, std::size_t& requests,
                       Timestamp now) {
  auto& kept = kept_.at(record);
  const auto before = requests;
  kept.trouble.clear();
  auto went = kept.trail->catch_up(ledger, requests);
  if (went && *went) kept.read_at = now;
  while (went && *went && !is_read(kept, events)) went = kept.trail->reach_back(ledger, requests);
  kept.requests += before - requests;
  // Another error is about one transaction, which is passed over after some tries.
  if (went || went.error().kind != ErrorKind::Retry) return;
  kept.trouble = went.error().message;
  kept.not_before = now + kAgainAfter;
}

Timestamp HistoryDesk::next(Timestamp now) const {
  if (asked_.empty()) return Timestamp::max();
  return stepped_ && *stepped_ <= now ? *stepped_ + kEvery : now;
}

}  // namespace dz::monitor
