#include "activator/activator_proofs.h"

#include <algorithm>
#include <cmath>

namespace dz::activator {
namespace {

constexpr Duration kAfterAFailure = std::chrono::seconds{5};
constexpr Duration kAfterAMismatch = std::chrono::seconds{10};
constexpr Duration kBetweenReads = std::chrono::seconds{1};
constexpr Duration kLongestOutage = std::chrono::minutes{1};  // between tries at a trail that cannot be read on
constexpr Duration kLongestWait = std::chrono::hours{1};      // between questions for what was passed over
constexpr double kRequestsATurn = 5;
constexpr double kMostLooksAgain = 10;  // at once, after a calm time

// Every turn begins with a request for what is new: with fewer a long trail would never be read further.
constexpr double kFewestATurn = 2;
double fewest_at_once(const ProofOptions& options) { return std::max(kFewestATurn, options.requests_per_second); }
Duration wait_after(int failures, Duration longest) {
  return std::min<Duration>(longest, kAfterAFailure * (1 << std::min(failures, 20)));
}
double most_at_once(const ProofOptions& options) { return 2 * fewest_at_once(options); }

}  // namespace

ActivatorProofs::ActivatorProofs(client::LedgerClient& ledger, wire::ProgramIds ids, ProofOptions options)
    : ledger_(ledger), ids_(ids), options_(options), allowance_(most_at_once(options)), looks_again_(kMostLooksAgain) {}

void ActivatorProofs::on_event(const Pubkey& record) {
  if (entries_.contains(record)) urgent_.insert(record);
}

void ActivatorProofs::update(const Profile& profile, const control::GovernedRecords& records,
                             const control::Witnesses& witnesses, Timestamp now) {
  refill(now);
  follow(profile, records, now);
  if ((!not_before_ || now >= *not_before_) && allowance_ >= fewest_at_once(options_)) take_turns(witnesses, now);
  plan_next_look(now);
}

void ActivatorProofs::take_turns(const control::Witnesses& witnesses, Timestamp now) {
  while (allowance_ >= kFewestATurn) {
    const auto* first = next_of(urgent_next_ ? urgent_ : due_, now);
    if (first == nullptr) first = next_of(urgent_next_ ? due_ : urgent_, now);
    if (first == nullptr) return;
    urgent_next_ = !urgent_next_;
    if (!read(Pubkey(*first), witnesses, now)) return;
  }
}

// The one that has waited longest for a turn, of those that may have one; null: none may.
const Pubkey* ActivatorProofs::next_of(const std::set<Pubkey>& waiting, Timestamp now) const {
  const Pubkey* next = nullptr;
  std::uint64_t oldest = 0;
  for (const auto& key : waiting) {
    const auto& entry = entries_.at(key);
    if (now < entry.not_before || (next != nullptr && entry.turn >= oldest)) continue;
    next = &key;
    oldest = entry.turn;
  }
  return next;
}

bool ActivatorProofs::is_asked_for(const Profile& profile, const control::GovernedRecord& record) const {
  return needed_proof(profile, record) != Needs::Nothing || (options_.of_health && rests_on_health(profile, record));
}

// Entries are there for exactly the records that need a proof; what changed is due.
void ActivatorProofs::follow(const Profile& profile, const control::GovernedRecords& records, Timestamp now) {
  if (profile_ != &profile) entries_.clear();  // its numbers mean something else
  profile_ = &profile;
  std::erase_if(entries_, [&](const auto& entry) {
    const auto record = records.find(entry.first);
    return record == records.end() || !is_asked_for(profile, record->second);
  });
  std::vector<std::pair<Timestamp, Pubkey>> quiet;
  for (const auto& [key, record] : records) {
    if (!is_asked_for(profile, record)) continue;
    const auto [entry, is_new] =
        entries_.try_emplace(key, Entry{client::RecordTrail(key, ids_, profile, options_.trail), record, now});
    if (is_new) {
      due_.insert(key);
    } else if (entry->second.record != record) {
      entry->second.record = record;
      proofs_.erase(key);
      urgent_.insert(key);
    } else if (const auto at = looks_again_at(entry->second); now >= at && !due_.contains(key)) {
      quiet.emplace_back(at, key);
    }
  }
  look_again_at(std::move(quiet));
  const auto gone = [&](const auto& key) { return !entries_.contains(key); };
  std::erase_if(urgent_, gone);
  std::erase_if(due_, gone);
  std::erase_if(proofs_, [&](const auto& proof) { return gone(proof.first); });
}

// Those that have waited longest, as many as may be.
void ActivatorProofs::look_again_at(std::vector<std::pair<Timestamp, Pubkey>> quiet) {
  const auto count = std::min(quiet.size(), static_cast<std::size_t>(looks_again_));
  std::partial_sort(quiet.begin(), quiet.begin() + static_cast<std::ptrdiff_t>(count), quiet.end());
  for (std::size_t i = 0; i < count; ++i) due_.insert(quiet[i].second);
  looks_again_ -= static_cast<double>(count);
}

// When a trail is looked at again of which nothing was heard.
Timestamp ActivatorProofs::looks_again_at(const Entry& entry) const {
  const auto at = entry.looked_at + options_.look_again;
  return entry.asked > 0 ? std::min(at, entry.asks_again_at) : at;
}

// One turn. False: nobody else has one now.
bool ActivatorProofs::read(const Pubkey& key, const control::Witnesses& witnesses, Timestamp now) {
  auto& entry = entries_.at(key);
  entry.turn = ++turns_;
  const auto allowed = static_cast<std::size_t>(std::floor(std::min(kRequestsATurn, allowance_)));
  auto requests = allowed;
  control::Proof proof;
  auto done = look_again(entry, requests, now);
  if (done && *done) done = prove_with(entry, proof, witnesses, requests);
  allowance_ -= static_cast<double>(allowed - requests);
  requests_made_ += allowed - requests;
  if (!done) {
    failed(key, entry, done.error(), now);
    return done.error().kind != ErrorKind::Retry;
  }
  problem_.clear();
  if (*done) proven(key, entry, proof, now);
  return true;
}

void ActivatorProofs::proven(const Pubkey& key, Entry& entry, control::Proof proof, Timestamp now) {
  entry.looked_at = now;
  entry.failures = 0;
  urgent_.erase(key);
  due_.erase(key);
  if (proof.missing == control::Unproven::TrailTooShort) {
    if (entry.trail.passed_over()) proof.missing = control::Unproven::TransactionNotShown;
    if (now >= entry.asks_again_at) entry.asks_again_at = now + wait_after(entry.asked++, kLongestWait);
  } else {
    entry.asked = 0;
  }
  proofs_.insert_or_assign(key, proof);
  // The trail does not agree with the record: one of the two was read earlier, so look again before long.
  if (proof.missing == control::Unproven::TrailNotKnown) entry.looked_at = now - options_.look_again + kAfterAMismatch;
}

void ActivatorProofs::failed(const Pubkey& key, Entry& entry, const Error& error, Timestamp now) {
  entry.not_before = now + wait_after(entry.failures++, kLongestOutage);
  if (error.kind == ErrorKind::Retry) not_before_ = now + kAfterAFailure;
  problem_ = error.message;
  proofs_.erase(key);
  if (entry.trail.not_shown() != nullptr) proofs_[key].missing = control::Unproven::TransactionNotShown;
}

std::optional<HeldByTransaction> ActivatorProofs::held_by(const Pubkey& record) const {
  const auto proof = proofs_.find(record);
  if (proof == proofs_.end() || proof->second.missing != control::Unproven::TransactionNotShown) return std::nullopt;
  const auto& entry = entries_.at(record);
  const auto* transaction = entry.trail.not_shown();
  if (transaction == nullptr) return std::nullopt;
  return HeldByTransaction{*transaction, entry.asked > 0 ? entry.asks_again_at : entry.not_before};
}

// Asks for what the ledger did not show or list, when it is time and what came after it did not decide.
Result<bool> ActivatorProofs::look_again(Entry& entry, std::size_t& requests, Timestamp now) {
  return entry.asked > 0 && now >= entry.asks_again_at ? entry.trail.look_again(ledger_, requests) : true;
}

// Reads on until the answer is final, or there is nothing older to be had.
Result<bool> ActivatorProofs::prove_with(Entry& entry, control::Proof& proof, const control::Witnesses& witnesses,
                                         std::size_t& requests) {
  DZ_TRY_ASSIGN(const bool current, entry.trail.catch_up(ledger_, requests));
  if (!current) return false;
  const auto needs = needed_proof(*profile_, entry.record);
  const bool of_health = options_.of_health && rests_on_health(*profile_, entry.record);
  while (true) {
    proof = of_health ? prove_with_health(needs, entry.trail.known(), entry.record, witnesses)
                      : prove(needs, entry.trail.known(), entry.record, witnesses);
    if (!proof.needs_older || entry.trail.exhausted()) break;
    DZ_TRY_ASSIGN(const bool read, entry.trail.reach_back(ledger_, requests));
    if (!read) return false;
  }
  entry.trail.forget_unread();
  return true;
}

bool ActivatorProofs::still_proven(const control::StatusChange& change, const control::Witnesses& witnesses,
                                   Timestamp now) {
  if (profile_ == nullptr || !is_asked_for(*profile_, change.before)) return true;
  const auto entry = entries_.find(change.key);
  if (entry == entries_.end() || entry->second.record != change.before) return false;
  constexpr std::size_t kMost = 20;
  std::size_t requests = kMost;
  control::Proof proof;
  const auto done = prove_with(entry->second, proof, witnesses, requests);
  requests_made_ += kMost - requests;
  if (done && *done) {
    proven(change.key, entry->second, proof, now);
    return proof.proven();
  }
  proofs_.erase(change.key);
  urgent_.insert(change.key);
  if (!done) failed(change.key, entry->second, done.error(), now);
  return false;
}

void ActivatorProofs::refill(Timestamp now) {
  const auto since = refilled_at_ ? now - *refilled_at_ : Duration{};
  refilled_at_ = now;
  const auto seconds = std::chrono::duration<double>(since).count();
  allowance_ = std::min(allowance_ + seconds * options_.requests_per_second, most_at_once(options_));
  looks_again_ = std::min(looks_again_ + seconds * options_.looks_again_a_second, kMostLooksAgain);
}

void ActivatorProofs::plan_next_look(Timestamp now) {
  next_look_.reset();
  const std::chrono::duration<double> until_allowed{std::max(0.0, 1 - looks_again_) / options_.looks_again_a_second};
  const auto allowed = now + std::chrono::ceil<Duration>(until_allowed);
  const auto look_at = [&](Timestamp at) { next_look_ = next_look_ ? std::min(*next_look_, at) : at; };
  for (const auto& [key, entry] : entries_) {
    const bool waits = urgent_.contains(key) || due_.contains(key);
    look_at(waits ? std::max(now + kBetweenReads, entry.not_before) : std::max(allowed, looks_again_at(entry)));
  }
  if (next_look_ && not_before_) next_look_ = std::max(*next_look_, *not_before_);
}

}  // namespace dz::activator
