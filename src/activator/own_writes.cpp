#include "activator/own_writes.h"

#include <algorithm>

#include "client/record_writes.h"

namespace dz::activator {
namespace {

constexpr std::size_t kPage = 1000;
constexpr int kMostTries = 10;
constexpr Duration kLongestWindow = std::chrono::hours{1};

// Stands for the record that a transaction wrote when the transaction is not shown or cannot be read: it counts as one
// record, and what came before it is read all the same.
Pubkey some_record(const wire::Signature& signature) {
  Pubkey record;
  std::copy_n(signature.bytes.begin(), record.bytes.size(), record.bytes.begin());
  return record;
}

}  // namespace

Result<bool> OwnWrites::restore(control::ChangeBudget& budget, Turn turn, Timestamp now) {
  while (budget.needs_history()) {
    if (is_enough(budget, turn.fleet, now)) {
      budget.restore(writes_, now);
      break;
    }
    if (!unread_.empty() && unread_.front().failed) {
      unread_.pop_front();
      continue;
    }
    if (turn.requests == 0) return false;
    --turn.requests;
    if (unread_.empty()) {
      DZ_TRY(list());
    } else {
      DZ_TRY(read(turn.profile, now));
    }
  }
  return true;
}

bool OwnWrites::is_enough(const control::ChangeBudget& budget, std::size_t fleet, Timestamp now) const {
  if (unread_.empty()) return listed_ || budget.is_enough(writes_, fleet, now);
  const auto& next = unread_.front();
  return (next.block_time && *next.block_time <= now - kLongestWindow) || budget.is_enough(writes_, fleet, now);
}

Result<void> OwnWrites::list() {
  DZ_TRY_ASSIGN(const auto page, ledger_.get_signatures_for_address(key_, {.before = oldest_, .limit = kPage}));
  unread_.assign(page.begin(), page.end());
  listed_ = page.size() < kPage;
  if (!page.empty()) oldest_ = page.back().signature;
  return {};
}

Result<void> OwnWrites::read(const Profile& profile, Timestamp now) {
  const auto entry = unread_.front();
  const auto transaction = ledger_.get_transaction(entry.signature);
  const bool no_answer = !transaction && transaction.error().kind == ErrorKind::Retry;
  if (no_answer && ++tries_ < kMostTries) return tl::unexpected(transaction.error());
  tries_ = 0;
  unread_.pop_front();
  const auto at = entry.block_time.value_or(now);
  const bool shown = transaction && *transaction;
  const auto writes = shown ? record_writes(**transaction, ids_, profile)
                            : Result<std::vector<client::RecordWrite>>(corrupt("not shown"));
  if (!writes) {
    writes_.push_back({at, some_record(entry.signature)});
    return {};
  }
  for (const auto& write : *writes) {
    if (write.readable && write.event.signer == key_) writes_.push_back({at, write.record});
  }
  return {};
}

}  // namespace dz::activator
