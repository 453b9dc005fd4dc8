#include "sim/judges_truth.h"

#include <iterator>

namespace dz::sim {
namespace {

using std::chrono::minutes;

// Before a write of health landed: what its statement may have rested on. Two minutes are those of an opinion, five
// those of a statement's way.
constexpr minutes kMostBefore{7};

}  // namespace

bool JudgesTruth::is_bad(Minute minute) const {
  const auto after = bad_.upper_bound(minute);
  return after != bad_.begin() && std::prev(after)->second;
}

int JudgesTruth::bad_minutes(Minute until, minutes length) const {
  int bad = 0;
  for (auto m = until - length; m < until; m += minutes{1}) bad += is_bad(m) ? 1 : 0;
  return bad;
}

bool JudgesTruth::was_good(Timestamp at, Duration most_lag) const {
  for (auto until = minute_of(at - minutes{2} - most_lag); until <= minute_of(at); until += minutes{1}) {
    if (bad_minutes(until, kWindow) == 0) return true;
  }
  return false;
}

void JudgesTruth::account_is(const quorum::Hash& account, bool afresh, Timestamp at) {
  accounts_.emplace_back(at, account);
  if (afresh) changed_at_ = at;
}

void JudgesTruth::signed_healthy(const Pubkey& judge, const quorum::Hash& account, Timestamp at) {
  signed_.insert({judge, account, at});
}

std::size_t JudgesTruth::judges_behind(const std::vector<Named>& named, Timestamp landed) const {
  std::set<quorum::Hash> since;
  for (const auto& [at, account] : accounts_) {
    if (at >= changed_at_ && at <= landed) since.insert(account);
  }
  std::set<Pubkey> judges;
  for (const auto& one : named) {
    const bool in_time = one.at >= landed - kMostBefore && one.at <= landed;
    if (in_time && since.contains(one.account) && signed_.contains(one)) judges.insert(one.judge);
  }
  return judges.size();
}

}  // namespace dz::sim
