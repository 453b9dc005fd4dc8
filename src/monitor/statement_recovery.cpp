#include "monitor/statement_recovery.h"

#include <algorithm>

#include "attest/memo.h"
#include "client/record_writes.h"

namespace dz::monitor {
namespace {

constexpr int kMostStatements = 100;    // the newest; of a monitor that is killed again and again
constexpr std::size_t kNewest = 20;     // transactions of a record
constexpr int kRequestsAPass = 8;
constexpr int kRounds = 2;
constexpr Duration kBetweenRounds = std::chrono::minutes{2};

}  // namespace

void StatementRecovery::begin(Timestamp now) {
  ++rounds_;
  next_round_ = now + kBetweenRounds;
  open_.clear();
  to_list_.clear();
  seen_.clear();
  const auto interrupted = memory_.statements().interrupted(kMostStatements);
  if (!interrupted) return;
  for (auto stored = interrupted->rbegin(); stored != interrupted->rend(); ++stored) {
    const auto statement = attest::decode_statement(stored->bytes);
    if (statement) open_[statement->record].push_back({stored->index, stored->hash, statement->to});
  }
  for (const auto& [record, statements] : open_) to_list_.push_back(record);
}

void StatementRecovery::step(client::LedgerClient& ledger, const Profile& profile, Timestamp now) {
  if (to_list_.empty() && to_read_.empty()) {
    if (rounds_ == kRounds || (next_round_ && now < *next_round_)) return;
    begin(now);
  }
  for (int requests = 0; requests < kRequestsAPass; ++requests) {
    if (!to_read_.empty()) {
      const auto signature = to_read_.back();
      to_read_.pop_back();
      look_at(ledger, profile, signature);
    } else if (!to_list_.empty()) {
      const auto record = to_list_.back();
      to_list_.pop_back();
      if (!open_.contains(record)) continue;
      const auto listed = ledger.get_signatures_for_address(record, {.limit = kNewest});
      if (!listed) continue;
      for (const auto& entry : *listed) {
        if (!entry.failed && seen_.insert(entry.signature).second) to_read_.push_back(entry.signature);
      }
    } else {
      return;
    }
  }
}

void StatementRecovery::look_at(client::LedgerClient& ledger, const Profile& profile,
                                const wire::Signature& signature) {
  const auto found = ledger.get_transaction(signature);
  if (!found || !*found || (*found)->failed) return;
  const auto transaction = wire::parse_transaction((*found)->bytes);
  if (!transaction) return;
  const auto root = attest::root_in(transaction->message, transaction->message.account_keys);
  const auto told = client::record_writes(**found, ids_, profile);
  if (!root || !told) return;
  std::vector<std::pair<Pubkey, Health>> writes;
  for (const auto& write : *told) {
    if (write.readable && write.event.health) writes.emplace_back(write.record, *write.event.health);
  }
  make_true(writes, *root, signature);
}

// Statements of one transaction were made together: each stands behind the one before it.
void StatementRecovery::make_true(const std::vector<std::pair<Pubkey, Health>>& writes, const attest::Hash& root,
                                   const wire::Signature& signature) {
  if (writes.empty() || !open_.contains(writes.front().first)) return;
  for (const auto& first : open_.at(writes.front().first)) {
    std::vector<attest::Hash> hashes;
    std::vector<StatementArchive::Outcome> landed;
    for (auto at = first.index; const auto& [record, health] : writes) {
      const auto known = open_.find(record);
      if (known == open_.end()) break;
      const auto next = std::find_if(known->second.begin(), known->second.end(),
                                     [&](const Interrupted& s) { return s.index >= at && s.to == health; });
      if (next == known->second.end()) break;
      at = next->index + 1;
      hashes.push_back(next->hash);
      landed.push_back({next->index, StatementOutcome::Landed, to_text(signature)});
    }
    if (landed.size() != writes.size() || transparency::tree_root(hashes) != root) continue;
    memory_.settle(landed);
    return;
  }
}

}  // namespace dz::monitor
