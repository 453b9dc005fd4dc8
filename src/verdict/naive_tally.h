// Test support: tallies counted minute by minute, the obvious way. The oracle that faster ones are compared with,
// and what verdict scripts are judged on.
#pragma once

#include <vector>

#include "evidence/tally.h"

namespace dz::verdict {

struct NaiveMinute {
  evidence::MinuteState state = evidence::MinuteState::Good;
  evidence::CounterBits counters = 0;
  bool baseline = false;  // bad in the strict counts only: a first value of unknown size
};

// Minutes from `start` on; what lies outside is unobserved.
struct NaiveSeries {
  Minute start;
  std::vector<NaiveMinute> minutes;

  NaiveMinute at(Minute m) const {
    const auto i = (m - start).count();
    if (i < 0 || i >= static_cast<std::int64_t>(minutes.size())) return {evidence::MinuteState::Unobserved};
    return minutes[static_cast<std::size_t>(i)];
  }
};

// Walks back from the end while a window that starts there would pass; minutes from the end on count as good.
inline Minute naive_earliest_from(const NaiveSeries& series, const evidence::TallyQuery& q) {
  auto earliest = q.to;
  int bad = 0, unobserved = 0;
  for (auto s = q.to; s > q.from;) {
    s -= std::chrono::minutes{1};
    const auto state = series.at(s).state;
    bad += state == evidence::MinuteState::Bad ? 1 : 0;
    unobserved += state == evidence::MinuteState::Unobserved ? 1 : 0;
    if (bad > q.bad_allowed || unobserved > q.unobserved_allowed) break;
    if (state != evidence::MinuteState::Unobserved) earliest = s;
  }
  return earliest;
}

inline evidence::SignalTally naive_tally(const NaiveSeries& series, const evidence::TallyQuery& q) {
  using std::chrono::minutes;
  evidence::SignalTally t;
  t.from = q.from;
  t.to = q.to;
  for (auto m = q.from; m < q.to; m += minutes{1}) {
    const auto minute = series.at(m);
    if (minute.state == evidence::MinuteState::Good) ++t.good;
    if (minute.state == evidence::MinuteState::Bad) {
      ++t.bad;
      if (!t.first_bad) t.first_bad = evidence::Offence{m, minute.counters};
      t.last_bad = evidence::Offence{m, minute.counters};
    }
    if (minute.state == evidence::MinuteState::Unobserved) {
      ++t.unobserved;
      if (!t.first_unobserved) t.first_unobserved = m;
      t.last_unobserved = m;
    }
  }
  t.first_minute_observed = q.from < q.to && series.at(q.from).state != evidence::MinuteState::Unobserved;
  for (auto m = q.to - minutes{1}; m >= q.from && series.at(m).state == evidence::MinuteState::Bad; m -= minutes{1}) {
    t.bad_since = m;
  }
  t.earliest_from = naive_earliest_from(series, q);
  for (int i = 0; i < 60; ++i) {
    const auto minute = series.at(q.to - minutes{1 + i});
    if (minute.state == evidence::MinuteState::Bad && !minute.baseline) t.damped_bad |= std::uint64_t{1} << i;
  }
  return t;
}

}  // namespace dz::verdict
