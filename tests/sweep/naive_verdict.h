// Test support: the verdict table read off minutes, the obvious way. The oracle that the assessments are compared with:
// written from the rules as people read them, with none of the code that judges. Whatever is asked is counted anew, a
// minute at a time.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "domain/words.h"
#include "verdict/naive_tally.h"

namespace dz::verdict::naive {

using std::chrono::minutes;

enum class Answer : std::uint8_t { Met, NotMet, Unknown, NotApplicable };

struct Rules {
  minutes window{}, recovery{}, stale{}, qa_stale{}, hold{}, qa_gap{};
  int bad = 0, unobserved = 0, qa_successes = 0;
};
struct Feed {
  std::optional<Minute> watermark;
  Duration delay{};
  bool disputed = false;
};
struct QaRun {
  Timestamp at;
  std::optional<bool> own;  // none: another device's
};

// One enforced or shadowed criterion of the evidence kind. `any_of`: candidates, each with its signals; one candidate
// is enough. A single signal is one candidate with one signal.
struct Evidence {
  bool enforced = true;
  int feed = 0;
  std::vector<std::vector<NaiveSeries>> any_of;
};

struct Case {
  Rules rules;
  Timestamp now;
  bool activated = false, was_in_service = false;  // healthy or impaired
  Timestamp present_since, known_at;
  std::array<Feed, 4> feeds;
  std::vector<Evidence> evidence;
  std::vector<std::pair<bool, bool>> records;  // enforced, holds
  bool qa_enforced = false, qa_applies = false;
  std::vector<QaRun> qa;  // oldest first
  int qa_feed = 2;
};

inline minutes window_of(const Case& c) { return c.was_in_service ? c.rules.recovery : c.rules.window; }

inline bool stale(const Case& c, int feed) {
  const auto& f = c.feeds[static_cast<std::size_t>(feed)];
  const auto most = feed == c.qa_feed ? c.rules.qa_stale : c.rules.stale;
  return f.disputed || !f.watermark || c.now - Timestamp{*f.watermark} > most;
}

inline evidence::MinuteState state_at(const NaiveSeries& s, Minute m, Minute good_from) {
  return m >= good_from ? evidence::MinuteState::Good : s.at(m).state;
}

// Over [from, to), were every minute from good_from on good.
inline Answer over(const Case& c, const NaiveSeries& s, Minute from, Minute to, Minute good_from, bool is_stale) {
  int bad = 0, unobserved = 0;
  for (auto m = from; m < to; m += minutes{1}) {
    bad += state_at(s, m, good_from) == evidence::MinuteState::Bad ? 1 : 0;
    unobserved += state_at(s, m, good_from) == evidence::MinuteState::Unobserved ? 1 : 0;
  }
  if (bad > c.rules.bad) return Answer::NotMet;
  const bool begins_unseen = state_at(s, from, good_from) == evidence::MinuteState::Unobserved;
  return unobserved > c.rules.unobserved || begins_unseen || is_stale ? Answer::Unknown : Answer::Met;
}

inline Answer signal(const Case& c, const NaiveSeries& s, int feed) {
  const auto& wm = c.feeds[static_cast<std::size_t>(feed)].watermark;
  return wm ? over(c, s, *wm - window_of(c), *wm, *wm, stale(c, feed)) : Answer::Unknown;
}

// All have to hold: a failure decides, then what is not known.
inline Answer worst(Answer a, Answer b) {
  if (a == Answer::NotMet || b == Answer::NotMet) return Answer::NotMet;
  return a == Answer::Unknown || b == Answer::Unknown ? Answer::Unknown : Answer::Met;
}

inline Answer criterion(const Case& c, const Evidence& e) {
  bool met = false, unknown = false;
  for (const auto& candidate : e.any_of) {
    auto all = Answer::Met;
    for (const auto& s : candidate) all = worst(all, signal(c, s, e.feed));
    met |= all == Answer::Met;
    unknown |= all == Answer::Unknown;
  }
  return met ? Answer::Met : unknown ? Answer::Unknown : Answer::NotMet;
}

inline bool bad_for_all(const Evidence& e, Minute m) {
  return !e.any_of.empty() && std::all_of(e.any_of.begin(), e.any_of.end(), [&](const auto& candidate) {
    return std::any_of(candidate.begin(), candidate.end(), [&](const NaiveSeries& s) {
      return s.at(m).state == evidence::MinuteState::Bad && !s.at(m).baseline;
    });
  });
}

// 3 of the last 5 minutes, or 10 of the last 60.
inline bool damped(const Case& c, const Evidence& e) {
  const auto& wm = c.feeds[static_cast<std::size_t>(e.feed)].watermark;
  if (stale(c, e.feed)) return false;
  int in_five = 0, in_sixty = 0;
  for (int back = 1; back <= 60; ++back) {
    if (!bad_for_all(e, *wm - minutes{back})) continue;
    in_five += back <= 5 ? 1 : 0;
    ++in_sixty;
  }
  return in_five >= 3 || in_sixty >= 10;
}

struct QaWindow {
  std::vector<QaRun> runs;
  Timestamp from, to;
};
inline std::optional<QaWindow> qa_window(const Case& c) {
  const auto& wm = c.feeds[static_cast<std::size_t>(c.qa_feed)].watermark;
  if (!wm) return std::nullopt;
  QaWindow w{{}, Timestamp{*wm - window_of(c)}, Timestamp{*wm}};
  for (const auto& run : c.qa) {
    if (run.at >= w.from && run.at < w.to) w.runs.push_back(run);
  }
  return w;
}

inline Answer qa(const Case& c) {
  if (!c.qa_applies) return Answer::NotApplicable;
  const auto w = qa_window(c);
  if (!w) return Answer::Unknown;
  std::vector<Timestamp> marks{w->from};
  int successes = 0;
  for (const auto& run : w->runs) {
    if (run.own == false) return Answer::NotMet;
    if (run.own == true) {
      ++successes;
      marks.push_back(run.at);
    }
  }
  marks.push_back(w->to);
  bool too_long = false;
  for (std::size_t i = 1; i < marks.size(); ++i) {
    if (marks[i] - marks[i - 1] <= c.rules.qa_gap) continue;
    too_long = true;
    for (const auto& run : w->runs) {
      // Whoever's run: one took place in the gap, so its result is missing.
      const bool inside = (i == 1 ? run.at >= marks[i - 1] : run.at > marks[i - 1]) && run.at < marks[i];
      if (inside) return Answer::NotMet;
    }
  }
  return too_long || successes < c.rules.qa_successes || stale(c, c.qa_feed) ? Answer::Unknown : Answer::Met;
}

inline bool qa_damped(const Case& c) {
  const auto w = c.qa_applies ? qa_window(c) : std::nullopt;
  if (!w || stale(c, c.qa_feed)) return false;
  std::vector<bool> own;
  for (const auto& run : w->runs) {
    if (run.own) own.push_back(*run.own);
  }
  return own.size() >= 2 && !own[own.size() - 1] && !own[own.size() - 2];
}

struct Together {
  Answer evidence = Answer::Unknown, record = Answer::Unknown;
  bool damped = false, stayed = true;
};

inline Together together(const Case& c) {
  Together t;
  std::optional<Answer> e, r;
  // The stay rule: a whole minute that began after the present state was first seen.
  const auto needed = minute_of(c.present_since) + minutes{2};
  for (const auto& one : c.evidence) {
    if (!one.enforced) continue;
    e = worst(e.value_or(Answer::Met), criterion(c, one));
    t.damped |= damped(c, one);
    const auto& wm = c.feeds[static_cast<std::size_t>(one.feed)].watermark;
    if (!c.activated && (!wm || *wm < needed)) t.stayed = false;
  }
  if (c.qa_enforced && c.qa_applies) {
    e = worst(e.value_or(Answer::Met), qa(c));
    t.damped |= qa_damped(c);
  }
  for (const auto& [enforced, holds] : c.records) {
    if (enforced) r = worst(r.value_or(Answer::Met), holds ? Answer::Met : Answer::NotMet);
  }
  t.evidence = e.value_or(Answer::Unknown);  // nothing enforced: never healthy
  t.record = r.value_or(Answer::Unknown);
  return t;
}

// The table of the design, row by row.
inline Health next(const Case& c, Health health) {
  const auto t = together(c);
  const bool met = t.evidence == Answer::Met, not_met = t.evidence == Answer::NotMet;
  switch (health) {
    case Health::Unknown: return Health::Pending;
    case Health::Pending:
      if (c.activated) return met ? Health::Healthy : t.damped ? Health::Impaired : health;
      return met && t.record == Answer::Met && t.stayed ? Health::Healthy : health;
    case Health::Healthy:
      if (c.activated) return t.damped ? Health::Impaired : health;
      return not_met || (!met && c.now - c.known_at > c.rules.hold) ? Health::Impaired : health;
    case Health::Impaired: return met && (c.activated || t.stayed) ? Health::Healthy : health;
    case Health::ReadyForLinks: break;
  }
  return health;
}

// Whether time alone meets a candidate: each of its unmet signals was good in the newest minute.
inline bool time_brings(const Case& c, const std::vector<NaiveSeries>& candidate, int feed) {
  const auto& wm = c.feeds[static_cast<std::size_t>(feed)].watermark;
  return std::all_of(candidate.begin(), candidate.end(), [&](const NaiveSeries& s) {
    return signal(c, s, feed) == Answer::Met || (wm && s.at(*wm - minutes{1}).state == evidence::MinuteState::Good);
  });
}
// Whether time alone meets an unmet criterion: its source answers, and some candidate's unmet signals were all good in
// the newest minute. Without that no time is named, for it would slide a minute a minute.
inline bool time_brings(const Case& c, const Evidence& e) {
  if (criterion(c, e) == Answer::Met) return true;
  if (stale(c, e.feed)) return false;
  return std::any_of(e.any_of.begin(), e.any_of.end(),
                     [&](const auto& candidate) { return time_brings(c, candidate, e.feed); });
}
// A source is late, so that what was due a minute ago is not there: then a time may be left out.
inline bool some_source_is_late(const Case& c) {
  return std::any_of(c.feeds.begin(), c.feeds.end(), [&](const Feed& f) {
    return !f.watermark || *f.watermark + minutes{1} < minute_of(c.now - f.delay);
  });
}
// One of several candidates is enough for some criterion.
inline bool has_a_choice(const Case& c) {
  return std::any_of(c.evidence.begin(), c.evidence.end(), [](const Evidence& e) { return e.any_of.size() > 1; });
}
inline bool time_brings_all(const Case& c) {
  return std::all_of(c.evidence.begin(), c.evidence.end(),
                     [&](const Evidence& e) { return !e.enforced || time_brings(c, e); });
}
// The table asks the record only on its way into service.
inline bool asks_record(const Case& c, Health health) {
  return !c.activated && (health == Health::Unknown || health == Health::Pending);
}

// The first pass at which it would turn healthy were every minute from now on good, by candidates that time brings. A
// close of a minute at a time; none within `most`. Without QA: its runs are no minutes.
inline std::optional<Timestamp> healthy_from(const Case& c, Health health, minutes most) {
  for (minutes ahead{0}; ahead <= most; ahead += minutes{1}) {
    auto later = c;
    later.now = c.now + ahead;
    for (auto& f : later.feeds) {
      const auto closed = minute_of(later.now - f.delay);
      if (ahead == minutes{0}) continue;
      f.disputed = false;
      f.watermark = std::max(f.watermark.value_or(closed), closed);
    }
    for (auto& e : later.evidence) {
      std::erase_if(e.any_of, [&](const auto& candidate) { return !time_brings(c, candidate, e.feed); });
      for (auto& candidate : e.any_of) {
        for (auto& s : candidate) {
          const auto& known = c.feeds[static_cast<std::size_t>(e.feed)].watermark;
          const auto end = known.value_or(minute_of(c.now) + minutes{1});
          s.minutes.resize(static_cast<std::size_t>(std::max<std::int64_t>(0, (end - s.start).count())),
                           NaiveMinute{evidence::MinuteState::Unobserved});
          s.minutes.resize(s.minutes.size() + static_cast<std::size_t>((most + minutes{120}).count()), NaiveMinute{});
        }
      }
    }
    if (next(later, health) == Health::Healthy) return later.now;
  }
  return std::nullopt;
}

}  // namespace dz::verdict::naive
