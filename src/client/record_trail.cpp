#include "client/record_trail.h"

#include <algorithm>
#include <utility>

namespace dz::client {

RecordTrail::RecordTrail(Pubkey record, wire::ProgramIds ids, const Profile& profile, TrailLimits limits)
    : record_(record), ids_(ids), profile_(&profile), limits_(limits) {}

Result<bool> RecordTrail::catch_up(LedgerClient& ledger, std::size_t& requests) {
  if (!newest_) return list_first(ledger, requests);
  // What an earlier call listed and did not come to read, then what landed after that.
  DZ_TRY_ASSIGN(const bool earlier_read, read_fresh(ledger, requests));
  if (!earlier_read) return false;
  DZ_TRY_ASSIGN(const bool listed, list_new(ledger, requests));
  if (!listed) return false;
  return read_fresh(ledger, requests);
}

Result<bool> RecordTrail::list_first(LedgerClient& ledger, std::size_t& requests) {
  if (requests == 0) return false;
  --requests;
  DZ_TRY_ASSIGN(const auto page, ledger.get_signatures_for_address(record_, {.limit = limits_.page}));
  if (page.empty()) return true;
  newest_ = page.front();
  before_newest_ = page.size() > 1 ? std::optional(page[1].signature) : std::nullopt;
  exhausted_ = list_ended_ = false;
  older_.assign(page.begin(), page.end());
  if (page.size() >= limits_.page) oldest_ = page.back().signature;
  return true;
}

// What is asked for reaches back to the newest that is known: only a list that holds it has all that came after it. A
// server that has forgotten it, or never heard of it, may leave out what lies between, or tell what is known twice.
Result<bool> RecordTrail::list_new(LedgerClient& ledger, std::size_t& requests) {
  while (true) {
    if (requests == 0) return false;
    --requests;
    TrailRange range{.until = before_newest_, .limit = limits_.page};
    if (!fresh_pages_.empty()) range.before = fresh_pages_.back().signature;
    DZ_TRY_ASSIGN(const auto page, ledger.get_signatures_for_address(record_, range));
    const auto known = std::find_if(page.begin(), page.end(),
                                    [&](const auto& entry) { return entry.signature == newest_->signature; });
    fresh_pages_.insert(fresh_pages_.end(), page.begin(), known);
    if (known != page.end()) break;
    const bool is_older = std::any_of(page.begin(), page.end(), [&](const auto& e) { return e.slot < newest_->slot; });
    if (!is_older && page.size() >= limits_.page) continue;
    *this = RecordTrail(record_, ids_, *profile_, limits_);
    return list_first(ledger, requests);
  }
  if (!fresh_pages_.empty()) {
    before_newest_ = fresh_pages_.size() > 1 ? fresh_pages_[1].signature : newest_->signature;
    newest_ = fresh_pages_.front();
  }
  fresh_.insert(fresh_.end(), fresh_pages_.rbegin(), fresh_pages_.rend());
  fresh_pages_.clear();
  return true;
}

Result<bool> RecordTrail::read_fresh(LedgerClient& ledger, std::size_t& requests) {
  while (!fresh_.empty()) {
    if (!fresh_.front().failed) {
      if (requests == 0) return false;
      --requests;
      DZ_TRY_ASSIGN(const auto transaction, show(ledger, fresh_.front().signature));
      append(tell(transaction));
    }
    fresh_.pop_front();
  }
  return true;
}

Result<bool> RecordTrail::reach_back(LedgerClient& ledger, std::size_t& requests) {
  while (!exhausted_) {
    if (older_.empty()) {
      DZ_TRY_ASSIGN(const bool listed, list_older(ledger, requests));
      if (!listed) return false;
      continue;
    }
    if (older_.front().failed) {
      take_oldest();
      continue;
    }
    if (looked_at_ >= limits_.transactions) {
      stop_reaching_back();
      break;
    }
    if (requests == 0) return false;
    --requests;
    DZ_TRY_ASSIGN(const auto transaction, show(ledger, older_.front().signature));
    ++looked_at_;
    take_oldest();
    auto told = tell(transaction);
    const bool found = !told.events.empty();
    prepend(std::move(told));
    if (found) break;
  }
  return true;
}

Result<bool> RecordTrail::list_older(LedgerClient& ledger, std::size_t& requests) {
  if (!oldest_) {
    stop_reaching_back();
    list_ended_ = true;
    return true;
  }
  return list_before(*oldest_, ledger, requests);
}

Result<bool> RecordTrail::list_before(const wire::Signature& entry, LedgerClient& ledger, std::size_t& requests) {
  if (requests == 0) return false;
  --requests;
  DZ_TRY_ASSIGN(const auto page, ledger.get_signatures_for_address(record_, {.before = entry, .limit = limits_.page}));
  older_.assign(page.begin(), page.end());
  oldest_.reset();
  if (page.size() >= limits_.page) oldest_ = page.back().signature;
  return true;
}

// Another node, or this one on another day, keeps more of it.
Result<bool> RecordTrail::list_again(LedgerClient& ledger, std::size_t& requests) {
  const auto listed = list_before(wire::Signature(*last_taken_), ledger, requests);
  if (listed && *listed && !older_.empty()) exhausted_ = list_ended_ = false;
  return listed;
}

Result<bool> RecordTrail::look_again(LedgerClient& ledger, std::size_t& requests) {
  if (!passed_over_) return list_ended_ && last_taken_ ? list_again(ledger, requests) : true;
  if (requests == 0) return false;
  --requests;
  const auto transaction = ledger.get_transaction(passed_over_->signature);
  if (!transaction && transaction.error().kind == ErrorKind::Retry) return tl::unexpected(transaction.error());
  if (transaction && *transaction) *this = RecordTrail(record_, ids_, *profile_, limits_);
  return true;
}

const NotShown* RecordTrail::not_shown() const {
  if (failing_) return &*failing_;
  return passed_over_ ? &*passed_over_ : nullptr;
}

// That the ledger does not answer at all says nothing about the transaction, so only its answers are tries.
Result<std::optional<ConfirmedTransaction>> RecordTrail::show(LedgerClient& ledger, const wire::Signature& signature) {
  auto answer = ledger.get_transaction(signature);
  if (answer && *answer) {
    failing_.reset();
    tries_ = 0;
    return answer;
  }
  const Error error = answer ? Error{ErrorKind::NotFound, "the ledger lists it, and does not have it"} : answer.error();
  if (!failing_ || failing_->signature != signature) tries_ = 0;
  failing_ = NotShown{signature, error.message};
  if (error.kind == ErrorKind::Retry) return tl::unexpected(error);
  if (++tries_ < limits_.tries) return with_context("transaction " + to_text(signature), error);
  passed_over_ = std::exchange(failing_, std::nullopt);
  tries_ = 0;
  return std::optional<ConfirmedTransaction>();
}

RecordTrail::Told RecordTrail::tell(const std::optional<ConfirmedTransaction>& transaction) const {
  Told told;
  if (!transaction) {
    told.not_readable = true;
    return told;
  }
  auto writes = record_writes(*transaction, ids_, *profile_);
  told.not_readable = !writes;
  if (!writes) return told;
  for (auto& write : *writes) {
    if (write.record != record_) continue;
    if (write.readable) {
      told.events.push_back(std::move(write.event));
    } else {
      told.events.clear();
      told.not_readable = true;
    }
  }
  return told;
}

void RecordTrail::append(Told told) {
  if (told.not_readable) {
    known_ = {};
    stop_reaching_back();
  }
  for (auto& event : told.events) known_.events.push_back(std::move(event));
}

void RecordTrail::prepend(Told told) {
  const auto created = std::find_if(told.events.begin(), told.events.end(),
                                    [](const auto& event) { return event.kind == RecordEventKind::Created; });
  if (created != told.events.end()) known_.from_creation = true;
  known_.events.insert(known_.events.begin(), told.events.begin(), told.events.end());
  if (told.not_readable || known_.from_creation) stop_reaching_back();
}

void RecordTrail::take_oldest() {
  last_taken_ = older_.front().signature;
  older_.pop_front();
}

void RecordTrail::forget_unread() {
  if (older_.empty() || !last_taken_) return;
  older_.clear();
  older_.shrink_to_fit();
  oldest_ = last_taken_;
}

void RecordTrail::stop_reaching_back() {
  exhausted_ = true;
  older_.clear();
  oldest_.reset();
}

}  // namespace dz::client
