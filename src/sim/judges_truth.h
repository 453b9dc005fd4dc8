// What is true in a world of judges, for its checker: how the link was at each minute, what its account was when, and
// which judge's key truly signed what. It is told by the world when these happen, and knows neither statements nor how
// agreement is found.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "domain/words.h"
#include "quorum/opinion.h"

namespace dz::sim {

class JudgesTruth {
 public:
  static constexpr std::chrono::minutes kWindow{10};  // of good minutes before a link may carry traffic

  // The link, from that minute on.
  void turns(Minute from, bool bad) { bad_[from] = bad; }
  int bad_minutes(Minute until, std::chrono::minutes length) const;
  // All the minutes before some time in the last two minutes, as late as a judge may see them, were good.
  bool was_good(Timestamp at, Duration most_lag) const;

  // The account is like this from now on; afresh: its status or what is wanted of it is not what it was.
  void account_is(const quorum::Hash& account, bool afresh, Timestamp at);
  Timestamp changed_at() const { return changed_at_; }  // afresh
  // Somebody with this judge's key signed that the account is healthy: the judge, for what it held, or what it made up.
  void signed_healthy(const Pubkey& judge, const quorum::Hash& account, Timestamp made_at);
  // What somebody puts behind a health of healthy: that this judge held it of that account at that time.
  struct Named {
    Pubkey judge;
    quorum::Hash account;
    Timestamp at;
    auto operator<=>(const Named&) const = default;
  };
  // Judges that are named in what landed then, and whose keys did sign it, in the minutes before, of the account as it
  // was at some time since it changed.
  std::size_t judges_behind(const std::vector<Named>& named, Timestamp landed) const;

 private:
  bool is_bad(Minute minute) const;

  std::map<Minute, bool> bad_;  // as it was before, where it says nothing
  std::vector<std::pair<Timestamp, quorum::Hash>> accounts_;
  std::set<Named> signed_;
  Timestamp changed_at_;
};

}  // namespace dz::sim
