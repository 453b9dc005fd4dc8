#include "activator/activator_proofs.h"

#include <algorithm>
#include <cmath>

namespace dz::activator {
namespace {

constexpr Duration kAfterAFailure = std::chrono::seconds{5};
constexpr Duration kAfterAMismatch = std::chrono::seconds{10};
constexpr Duration kBetweenReads = std::chrono::seconds{1};

// Every turn begins with a request for what is new: with fewer at once a long trail would never be read further.
double fewest_at_once(const ProofOptions& options) { return std::max(2.0, options.requests_per_second); }
double most_at_once(const ProofOptions& options) { return 2 * fewest_at_once(options); }

}  // namespace

ActivatorProofs::ActivatorProofs(client::LedgerClient& ledger, wire::ProgramIds ids, ProofOptions options)
    : ledger_(ledger), ids_(ids), options_(options), allowance_(most_at_once(options)) {}

void ActivatorProofs::on_event(const Pubkey& record) {
  if (entries_.contains(record)) urgent_.insert(record);
}

void ActivatorProofs::update(const Profile& profile, const control::GovernedRecords& records,
                             const control::Witnesses& witnesses, Timestamp now) {
  follow(profile, records, now);
  refill(now);
  if ((!not_before_ || now >= *not_before_) && allowance_ >= fewest_at_once(options_)) {
    const std::vector<Pubkey> first(urgent_.begin(), urgent_.end());
    for (const auto& key : first) {
      if (!read(key, witnesses, now)) break;
    }
    const std::vector<Pubkey> rest =
        urgent_.empty() ? std::vector<Pubkey>(due_.begin(), due_.end()) : std::vector<Pubkey>{};
    for (const auto& key : rest) {
      if (!read(key, witnesses, now)) break;
    }
  }
  plan_next_look(now);
}

// Entries are there for exactly the records that need a proof; what changed is due.
void ActivatorProofs::follow(const Profile& profile, const control::GovernedRecords& records, Timestamp now) {
  if (profile_ != &profile) entries_.clear();  // its numbers mean something else
  profile_ = &profile;
  std::erase_if(entries_, [&](const auto& entry) {
    const auto record = records.find(entry.first);
    return record == records.end() || control::needed_proof(profile, record->second) == Needs::Nothing;
  });
  for (const auto& [key, record] : records) {
    if (needed_proof(profile, record) == Needs::Nothing) continue;
    const auto [entry, is_new] =
        entries_.try_emplace(key, Entry{client::RecordTrail(key, ids_, profile, options_.trail), record, now});
    if (is_new) {
      due_.insert(key);
    } else if (entry->second.record != record) {
      entry->second.record = record;
      proofs_.erase(key);
      urgent_.insert(key);
    } else if (now - entry->second.looked_at >= options_.look_again) {
      due_.insert(key);
    }
  }
  const auto gone = [&](const auto& key) { return !entries_.contains(key); };
  std::erase_if(urgent_, gone);
  std::erase_if(due_, gone);
  std::erase_if(proofs_, [&](const auto& proof) { return gone(proof.first); });
}

// False: enough for now.
bool ActivatorProofs::read(const Pubkey& key, const control::Witnesses& witnesses, Timestamp now) {
  auto& entry = entries_.at(key);
  const auto allowed = static_cast<std::size_t>(std::max(0.0, std::floor(allowance_)));
  auto requests = allowed;
  control::Proof proof;
  const auto done = prove_with(entry, proof, witnesses, requests);
  allowance_ -= static_cast<double>(allowed - requests);
  requests_made_ += allowed - requests;
  if (!done) {
    problem_ = done.error().message;
    not_before_ = now + kAfterAFailure;
    return false;
  }
  problem_.clear();
  if (!*done) return false;
  proofs_.insert_or_assign(key, proof);
  entry.looked_at = now;
  urgent_.erase(key);
  due_.erase(key);
  // The trail does not agree with the record: one of the two was read earlier, so look again before long.
  if (proof.missing == control::Unproven::TrailNotKnown) entry.looked_at = now - options_.look_again + kAfterAMismatch;
  return true;
}

// Reads on until the answer is final, or there is nothing older to be had.
Result<bool> ActivatorProofs::prove_with(Entry& entry, control::Proof& proof, const control::Witnesses& witnesses,
                                         std::size_t& requests) {
  DZ_TRY_ASSIGN(const bool current, entry.trail.catch_up(ledger_, requests));
  if (!current) return false;
  const auto needs = needed_proof(*profile_, entry.record);
  while (true) {
    proof = prove(needs, entry.trail.known(), entry.record, witnesses);
    if (!proof.needs_older || entry.trail.exhausted()) break;
    DZ_TRY_ASSIGN(const bool read, entry.trail.reach_back(ledger_, requests));
    if (!read) return false;
  }
  entry.trail.forget_unread();
  return true;
}

bool ActivatorProofs::still_proven(const Profile& profile, const Pubkey& key, const control::GovernedRecord& record,
                                   const control::Witnesses& witnesses) {
  if (needed_proof(profile, record) == Needs::Nothing) return true;
  const auto entry = entries_.find(key);
  if (entry == entries_.end() || entry->second.record != record) return false;
  constexpr std::size_t kMost = 20;
  std::size_t requests = kMost;
  control::Proof proof;
  const auto done = prove_with(entry->second, proof, witnesses, requests);
  requests_made_ += kMost - requests;
  if (done && *done) {
    proofs_.insert_or_assign(key, proof);
    return proof.proven();
  }
  if (!done) problem_ = done.error().message;
  proofs_.erase(key);
  urgent_.insert(key);
  return false;
}

void ActivatorProofs::refill(Timestamp now) {
  const auto since = refilled_at_ ? now - *refilled_at_ : Duration{};
  refilled_at_ = now;
  allowance_ += std::chrono::duration<double>(since).count() * options_.requests_per_second;
  allowance_ = std::min(allowance_, most_at_once(options_));
}

void ActivatorProofs::plan_next_look(Timestamp now) {
  next_look_.reset();
  if (!urgent_.empty() || !due_.empty()) {
    next_look_ = now + kBetweenReads;
    if (not_before_) next_look_ = std::max(*next_look_, *not_before_);
    return;
  }
  for (const auto& [key, entry] : entries_) {
    const auto at = entry.looked_at + options_.look_again;
    next_look_ = next_look_ ? std::min(*next_look_, at) : at;
  }
}

}  // namespace dz::activator
