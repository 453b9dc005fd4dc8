#include "quorum/statement_proof.h"

#include <algorithm>

#include <fmt/format.h>

namespace dz::quorum {
namespace {

// The most windows that end within kApart of each other.
std::size_t most_together(std::vector<Minute> ends) {
  std::sort(ends.begin(), ends.end());
  std::size_t most = 0;
  for (std::size_t from = 0, to = 0; to < ends.size(); ++to) {
    while (ends[to] - ends[from] > kApart) ++from;
    most = std::max(most, to - from + 1);
  }
  return most;
}

// Opinions stay what they are: only their time tells that they are of another day.
Result<void> check_times(const Claim& claim) {
  const auto at = claim.judged_at;
  if (claim.landed_at && at > *claim.landed_at + kAhead) {
    return refused(fmt::format("expected a statement judged before it landed at {}, found one judged at {}",
                               dz::to_text(*claim.landed_at), dz::to_text(at)));
  }
  if (claim.landed_at && at + kLongestWay < *claim.landed_at) {
    return refused(fmt::format("expected a statement judged at most {} before it landed at {}, found one judged at {}",
                               duration_text(kLongestWay), dz::to_text(*claim.landed_at), dz::to_text(at)));
  }
  if (claim.changed_at && at + kAhead < *claim.changed_at) {
    return refused(fmt::format("expected a statement judged after the record changed at {}, found one judged at {}",
                               dz::to_text(*claim.changed_at), dz::to_text(at)));
  }
  return {};
}

}  // namespace

Result<std::size_t> check_claim(const Claim& claim, const Rules& rules) {
  DZ_TRY(check_times(claim));
  if (claim.opinions.size() > kMostOpinions) {
    return refused(
        fmt::format("expected at most {} opinions behind a statement, found {}", kMostOpinions, claim.opinions.size()));
  }
  auto matter = claim.matter;
  matter.window_end.reset();  // each judge has its own
  const auto counted = count_opinions(matter, claim.opinions, rules.judges, claim.judged_at);
  std::vector<Minute> ends;
  for (const auto& agreeing : counted.agreeing) ends.push_back(agreeing.opinion.window_end);
  const auto together = most_together(std::move(ends));
  if (together >= rules.k) return together;
  std::string others;
  for (const auto& r : counted.refused)
    others += fmt::format("{}judge {}: {}", others.empty() ? "; " : ", ", to_text(r.opinion.judge), to_text(r.why));
  if (together < counted.agreeing.size())
    others += fmt::format("; the windows of {} that agree end more than {} apart", counted.agreeing.size(),
                          duration_text(kApart));
  return refused(fmt::format("expected the opinions of {} judges behind the statement, found {} that count{}", rules.k,
                             together, others));
}

}  // namespace dz::quorum
