// For tests alone: what the minutes of a port are, written down the naive way and once. All rows that are known are
// sorted and walked over, from the first to the last, for every minute that closed. It shares no code with counters.h.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "evidence/evidence.h"

namespace dz::evidence {

class PortReference {
 public:
  // A row as it came: minutes before `closed` (minutes since the epoch) had closed before.
  struct Told {
    CounterRow row;
    std::int64_t closed = 0;
  };
  enum class Finding : std::uint8_t { None, First, Undecided, Rise };
  struct Port {
    bool data = false;
    std::array<bool, 2> rose{};   // in-octets, out-octets
    std::array<bool, 2> below{};  // a fall that was a replay, or of which it is not known what it was
    // in-errors, out-errors, in-fcs-errors, in-discards, out-discards, carrier-transitions
    std::array<Finding, 6> errors{};
    bool operator==(const Port&) const = default;
  };

  explicit PortReference(std::vector<Told> told) : told_(std::move(told)) {}

  // Every minute before `closed` about which there is something to say.
  std::map<std::int64_t, Port> minutes(std::int64_t closed) const;

 private:
  struct Value {
    std::int64_t at = 0;  // microseconds
    std::uint64_t number = 0;
    std::int64_t known = 0;  // usable for what is decided when this many minutes are closed
    bool late = false;
  };
  using Series = std::vector<Value>;
  struct Fall {
    std::int64_t at = 0;
    bool decided = false;
  };

  static constexpr std::int64_t kMinute = 60'000'000, kSecond = 1'000'000, kTenMinutes = 10 * kMinute;

  // The counter's values among the rows that were known when the minutes before `closed` closed.
  Series series(int counter, std::int64_t closed, bool all) const;
  bool contact(std::int64_t at, const Series& in, const Series& out) const;
  static void find_resets(const Series& octets, std::int64_t closed, std::vector<Fall>& resets);
  std::vector<Finding> findings(const Series& errors, const Series& in, const Series& out, std::int64_t closed) const;
  void judge_octets(const Series& octets, std::size_t counter, std::int64_t closed,
                    std::map<std::int64_t, Port>& minutes) const;
  static std::optional<std::uint64_t> field(const CounterRow& row, int counter);

  std::vector<Told> told_;
};

inline std::optional<std::uint64_t> PortReference::field(const CounterRow& row, int counter) {
  switch (counter) {
    case 0: return row.in_octets;
    case 1: return row.out_octets;
    case 2: return row.in_errors;
    case 3: return row.out_errors;
    case 4: return row.in_fcs_errors;
    case 5: return row.in_discards;
    case 6: return row.out_discards;
    default: return row.carrier_transitions;
  }
}

inline PortReference::Series PortReference::series(int counter, std::int64_t closed, bool all) const {
  Series values;
  for (const auto& [row, closed_then] : told_) {
    const auto number = field(row, counter);
    if (!number) continue;
    Value value;
    value.at = row.at.time_since_epoch().count();
    value.number = *number;
    const auto minute = value.at / kMinute;
    value.late = minute < closed_then;
    value.known = value.late ? closed_then + 1 : minute + 1;
    if (minute >= closed || (!all && value.known > closed)) continue;
    values.push_back(value);
  }
  std::sort(values.begin(), values.end(), [](const Value& a, const Value& b) {
    if (a.at != b.at) return a.at < b.at;
    if (a.number != b.number) return a.number < b.number;
    return a.known < b.known;
  });
  values.erase(std::unique(values.begin(), values.end(),
                           [](const Value& a, const Value& b) { return a.at == b.at && a.number == b.number; }),
               values.end());
  return values;
}

inline bool PortReference::contact(std::int64_t at, const Series& in, const Series& out) const {
  const auto before = [&](const Value& value) { return value.at >= at - 5 * kMinute && value.at < at - 10 * kSecond; };
  return std::any_of(in.begin(), in.end(), before) || std::any_of(out.begin(), out.end(), before);
}

// Rows below the row before them that are not followed by one that is back within 10 minutes.
inline void PortReference::find_resets(const Series& octets, std::int64_t closed, std::vector<Fall>& resets) {
  for (std::size_t i = 1; i < octets.size(); ++i) {
    if (octets[i].number >= octets[i - 1].number) continue;
    bool back = false;
    for (auto j = i + 1; j < octets.size(); ++j) {
      if (octets[j].at - octets[i].at <= kTenMinutes && octets[j].number >= octets[i - 1].number) back = true;
    }
    if (!back) resets.push_back({octets[i].at, closed > (octets[i].at + kTenMinutes) / kMinute});
  }
}

inline std::vector<PortReference::Finding> PortReference::findings(const Series& errors, const Series& in,
                                                                   const Series& out, std::int64_t closed) const {
  enum class Anew { No, Perhaps, Yes };
  std::vector<Anew> anew(errors.size(), Anew::No);
  std::vector<Fall> resets;
  find_resets(in, closed, resets);
  find_resets(out, closed, resets);
  for (const auto& reset : resets) {
    std::optional<std::size_t> row;
    for (std::size_t i = 0; i < errors.size(); ++i) {
      if (errors[i].at < reset.at && reset.at - errors[i].at <= 5 * kSecond) row = i;
    }
    for (std::size_t i = 0; i < errors.size() && !row; ++i) {
      if (errors[i].at >= reset.at && errors[i].at - reset.at <= 5 * kSecond) row = i;
    }
    if (row) anew[*row] = std::max(anew[*row], reset.decided ? Anew::Yes : Anew::Perhaps);
  }

  std::vector<Finding> found(errors.size(), Finding::None);
  std::optional<std::uint64_t> certain, below;
  for (std::size_t i = 0; i < errors.size(); ++i) {
    const auto number = errors[i].number;
    if (anew[i] == Anew::Yes) {
      if (number > 0) found[i] = Finding::Rise;
      certain = number;
      below.reset();
      continue;
    }
    if (anew[i] == Anew::Perhaps) {
      if (number > 0) found[i] = certain && number > *certain ? Finding::Rise : Finding::Undecided;
      below = number;
      if (!certain) certain = number;
      continue;
    }
    if (below) {
      if (number > *below || (number < *below && number > 0)) {
        found[i] = number > *certain ? Finding::Rise : Finding::Undecided;
      }
      below = number;
      continue;
    }
    if (!certain) {
      if (number > 0 && contact(errors[i].at, in, out)) found[i] = Finding::First;
      certain = number;
      continue;
    }
    if (number >= *certain) {
      if (number > *certain) found[i] = Finding::Rise;
      certain = number;
      continue;
    }
    std::optional<std::size_t> back;
    for (auto j = i + 1; j < errors.size() && !back && anew[j] == Anew::No; ++j) {
      if (errors[j].at - errors[i].at <= kTenMinutes && errors[j].number >= *certain) back = j;
    }
    if (back) {
      i = *back - 1;  // what lies between is nothing
    } else if (closed > (errors[i].at + kTenMinutes) / kMinute) {
      if (number > 0) found[i] = Finding::Rise;
      certain = number;
    } else {
      if (number > 0) found[i] = Finding::Undecided;
      below = number;
    }
  }
  return found;
}

inline void PortReference::judge_octets(const Series& octets, std::size_t counter, std::int64_t closed,
                                        std::map<std::int64_t, Port>& minutes) const {
  std::vector<Value> last;  // of each minute
  for (const auto& value : octets) {
    if (!last.empty() && last.back().at / kMinute == value.at / kMinute) last.pop_back();
    last.push_back(value);
  }
  const auto rose = [&](const Value& value, bool yes) { minutes[value.at / kMinute].rose[counter] = yes; };
  std::optional<std::uint64_t> before;
  for (std::size_t i = 0; i < last.size(); ++i) {
    const auto number = last[i].number;
    if (!before) {
      rose(last[i], octets.front().at / kMinute == last[i].at / kMinute && number > octets.front().number);
      before = number;
    } else if (number >= *before) {
      rose(last[i], number > *before);
      before = number;
    } else {
      std::optional<std::size_t> back;
      for (auto j = i + 1; j < last.size() && !back; ++j) {
        if (last[j].at - last[i].at <= kTenMinutes && last[j].number >= *before) back = j;
      }
      const auto below = [&](std::int64_t end) {
        for (auto& [m, minute] : minutes) {
          if (m >= last[i].at / kMinute && m < end && minute.data) minute.below[counter] = true;
        }
      };
      if (back) {
        below(last[*back].at / kMinute);
        i = *back - 1;
      } else if (closed > (last[i].at + kTenMinutes) / kMinute) {
        rose(last[i], number > 0);
        before = number;
      } else {
        below(closed);
        return;
      }
    }
  }
}

inline std::map<std::int64_t, PortReference::Port> PortReference::minutes(std::int64_t closed) const {
  std::map<std::int64_t, Port> minutes;
  for (int counter = 2; counter < 8; ++counter) {
    struct Decided {
      bool done = false;
      Finding finding = Finding::None;
    };
    std::map<std::pair<std::int64_t, std::uint64_t>, Decided> decided;  // of values that came in time
    const auto all = series(counter, closed, true);
    if (all.empty()) continue;
    for (auto k = all.front().at / kMinute + 1; k <= closed; ++k) {
      const auto known = series(counter, k, false);
      const auto found = findings(known, series(0, k, false), series(1, k, false), k);
      for (std::size_t i = 0; i < known.size(); ++i) {
        auto& own = decided[{known[i].at, known[i].number}];
        if (known[i].late || own.done || found[i] == Finding::Undecided) continue;
        own = {true, found[i]};
      }
    }
    const auto found = findings(all, series(0, closed, true), series(1, closed, true), closed);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto worst = std::max(found[i], decided[{all[i].at, all[i].number}].finding);
      auto& error = minutes[all[i].at / kMinute].errors[static_cast<std::size_t>(counter - 2)];
      error = std::max(error, worst);
    }
  }
  for (const int counter : {0, 1}) {
    for (const auto& value : series(counter, closed, true)) minutes[value.at / kMinute].data = true;
  }
  for (const std::size_t counter : {0U, 1U}) {
    judge_octets(series(static_cast<int>(counter), closed, true), counter, closed, minutes);
  }
  return minutes;
}

}  // namespace dz::evidence
