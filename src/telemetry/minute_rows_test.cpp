// The minutes a store aggregated against the raw rows they were made of.
#include "telemetry/minute_rows.h"

#include <algorithm>
#include <map>
#include <random>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "evidence/readings.h"
#include "evidence/snapshot.h"
#include "evidence/testing.h"

namespace dz::telemetry {
namespace {

using enum evidence::MinuteState;

evidence::EvidenceSettings pulled() {
  return {.pulled = 1U << static_cast<int>(evidence::Source::Counters) |
                    1U << static_cast<int>(evidence::Source::ConfigAgent)};
}

using Minutes = std::map<int, StoreRows::CounterMinute>;

void widen(std::optional<CounterSpan>& span, const std::optional<std::uint64_t>& value) {
  if (!value) return;
  if (!span) {
    span = CounterSpan{*value, *value, *value};
  } else {
    span->most = std::max(span->most, *value);
    span->last = *value;
  }
}

// What a store would make of raw rows in order of time.
Minutes aggregated(const std::vector<evidence::CounterRow>& rows) {
  Minutes minutes;
  for (const auto& row : rows) {
    auto& m = minutes[static_cast<int>((minute_of(row.at) - evidence::kDay).count())];
    m.minute = minute_of(row.at);
    widen(m.in_octets, row.in_octets);
    widen(m.out_octets, row.out_octets);
    widen(m.in_errors, row.in_errors);
    widen(m.out_errors, row.out_errors);
    widen(m.in_fcs_errors, row.in_fcs_errors);
    widen(m.out_discards, row.out_discards);
    widen(m.carrier_transitions, row.carrier_transitions);
  }
  return minutes;
}

// One device and one port, fed by answers.
struct Puller {
  evidence::Evidence store{pulled()};

  void take(const Minutes& minutes, int from, int closed, int to) {
    StoreRows answer;
    answer.ports = {{evidence::numbered_key(1), "Ethernet1", {}}};
    for (auto it = minutes.lower_bound(from); it != minutes.end() && it->first < to; ++it) {
      answer.counters.push_back(it->second);
    }
    feed(rows_of_counters(answer, evidence::day_minute(closed), store), evidence::day_time(to, 30));
    store.answered(evidence::Source::Counters,
                   {evidence::day_minute(closed), evidence::day_minute(to), evidence::day_time(to, 30)});
  }
  void feed(const RowBatch& batch, Timestamp now) {
    for (const auto& c : batch.counters) {
      const auto& port = batch.ports[c.port];
      EXPECT_EQ(store.add_counters(port.device, port.interface, c.row, now).value(), evidence::RowOutcome::Taken);
    }
    rows += batch.counters.size();
  }
  evidence::MinuteState state(evidence::Signal signal, int m) const {
    return store.minute(store.find_interface(evidence::numbered_key(1), "Ethernet1"), signal, evidence::day_minute(m));
  }
  evidence::SignalTally tally(evidence::Signal signal, int to) const {
    return store.tally(store.find_interface(evidence::numbered_key(1), "Ethernet1"), signal,
                       {evidence::day_minute(0), evidence::day_minute(to), 0, 15});
  }
  std::size_t rows = 0;
};

evidence::CounterRow octets_at(int m, double s, std::uint64_t value) {
  return {evidence::day_time(m, s), value, value + 1, {}, {}, {}};
}
evidence::CounterRow errors_at(int m, double s, std::uint64_t value) {
  return {evidence::day_time(m, s), {}, {}, value, {}, {}};
}

std::vector<evidence::CounterRow> steady(int minutes) {
  std::vector<evidence::CounterRow> rows;
  for (int m = 0; m < minutes; ++m) {
    for (int s = 3; s < 60; s += 20) rows.push_back(octets_at(m, s, static_cast<std::uint64_t>(1000 * m + s)));
  }
  return rows;
}

void add(std::vector<evidence::CounterRow>& rows, evidence::CounterRow row) {
  rows.insert(std::upper_bound(rows.begin(), rows.end(), row, [](auto& a, auto& b) { return a.at < b.at; }), row);
}

TEST(MinuteRows, ACounterThatGoesOnRisingIsOneRowAMinute) {
  Puller p;
  p.take(aggregated(steady(60)), 0, 0, 60);
  EXPECT_EQ(p.rows, 61U);  // the first minute says where it began
  EXPECT_EQ(p.tally(evidence::Signal::Data, 60).good, 60);
  EXPECT_EQ(p.tally(evidence::Signal::Utilization, 60).good, 60);
}

TEST(MinuteRows, AMinuteAskedForAgainTellsNothingNew) {
  Puller p;
  auto rows = steady(30);
  add(rows, errors_at(3, 30, 4));
  add(rows, errors_at(20, 30, 7));
  const auto minutes = aggregated(rows);
  p.take(minutes, 0, 0, 25);
  const auto before = snapshot_of(p.store);
  const auto told = p.rows;
  for (int again = 0; again < 3; ++again) p.take(minutes, 15, 25, 25);
  EXPECT_EQ(p.rows, told);
  EXPECT_EQ(snapshot_of(p.store), before);
}

evidence::CounterRow carrier_at(int m, double s, std::uint64_t value) {
  auto row = octets_at(m, s, 0);
  row.in_octets = row.out_octets = std::nullopt;
  row.carrier_transitions = value;
  return row;
}

// In time or in the overlap, of each counter what it is judged by; and each once.
TEST(MinuteRows, CarrierAndDiscardsAreToldLikeErrors) {
  using enum evidence::Signal;
  Puller p;
  auto rows = steady(30);
  add(rows, carrier_at(0, 30, 4));
  add(rows, carrier_at(10, 20, 6));
  add(rows, carrier_at(10, 40, 9));
  p.take(aggregated(rows), 0, 0, 20);
  EXPECT_EQ(p.state(Carrier, 10), Bad);
  EXPECT_EQ(p.tally(Carrier, 20).bad, 1);
  EXPECT_EQ(p.tally(Carrier, 20).rise, 5U);
  EXPECT_EQ(p.tally(Errors, 20).bad, 0);
  add(rows, carrier_at(17, 30, 10));
  p.take(aggregated(rows), 15, 20, 21);
  EXPECT_EQ(p.state(Carrier, 17), Bad);
  EXPECT_EQ(p.state(Discards, 17), Good);
  const auto told = p.rows;
  p.take(aggregated(rows), 15, 21, 21);
  EXPECT_EQ(p.rows, told);
}

TEST(MinuteRows, BaselinesOfEventsAreWhatTheFirstValueIsComparedWith) {
  Puller p;
  StoreRows answer;
  answer.ports = {{evidence::numbered_key(1), "Ethernet1", {}}};
  StoreRows::Baseline baseline{0, evidence::day_time(0), {}, {}, {}};
  baseline.carrier_transitions = 4;
  baseline.out_discards = 9;
  answer.baselines = {baseline};
  p.feed(rows_of_baselines(answer, evidence::day_minute(0), evidence::day_time(20, 30)), evidence::day_time(20, 30));
  auto rows = steady(20);
  add(rows, carrier_at(5, 20, 4));
  add(rows, carrier_at(10, 20, 5));
  p.take(aggregated(rows), 0, 0, 20);
  EXPECT_EQ(p.state(evidence::Signal::Carrier, 5), Good);
  EXPECT_EQ(p.state(evidence::Signal::Carrier, 10), Bad);
  EXPECT_EQ(p.tally(evidence::Signal::Carrier, 20).rise, 1U);
}

TEST(MinuteRows, ALateErrorIsFoundInTheOverlapOnce) {
  Puller p;
  auto rows = steady(30);
  p.take(aggregated(rows), 0, 0, 20);
  EXPECT_EQ(p.state(evidence::Signal::Errors, 17), Good);
  add(rows, errors_at(17, 30, 7));
  p.take(aggregated(rows), 15, 20, 21);
  EXPECT_EQ(p.state(evidence::Signal::Errors, 17), Bad);
  const auto told = p.rows;
  p.take(aggregated(rows), 15, 21, 21);
  EXPECT_EQ(p.rows, told);
}

// Stores that repeat every counter in every row: a minute that comes late repeats what later ones said already.
TEST(MinuteRows, ALateMinuteThatRepeatsAnErrorCounterIsNoError) {
  Puller p;
  auto rows = steady(30);
  for (auto& row : rows) row.in_errors = 5;
  auto minutes = aggregated(rows);
  auto without = minutes;
  without.erase(17);
  p.take(without, 0, 0, 20);
  EXPECT_EQ(p.state(evidence::Signal::Data, 17), Bad);
  p.take(minutes, 15, 20, 21);
  EXPECT_EQ(p.state(evidence::Signal::Data, 17), Good);
  EXPECT_EQ(p.state(evidence::Signal::Utilization, 17), Good);
  EXPECT_EQ(p.tally(evidence::Signal::Errors, 21).good, 21);
}

TEST(MinuteRows, AResetWithZeroErrorsIsNoErrorAndLastMinutesErrorIsNotTouched) {
  Puller p;
  std::vector<evidence::CounterRow> rows = steady(10);
  add(rows, errors_at(0, 3.5, 6));
  add(rows, errors_at(9, 50, 6));  // a repeated value just before the reset
  for (int m = 10; m < 20; ++m) rows.push_back(octets_at(m, 8, static_cast<std::uint64_t>(m)));
  add(rows, errors_at(10, 9, 0));
  p.take(aggregated(rows), 0, 0, 20);
  EXPECT_EQ(p.tally(evidence::Signal::Errors, 20).bad, 0);
  add(rows, errors_at(15, 9, 1));
  Puller q;
  q.take(aggregated(rows), 0, 0, 20);
  EXPECT_EQ(q.tally(evidence::Signal::Errors, 20).bad, 1);
  EXPECT_EQ(q.state(evidence::Signal::Errors, 15), Bad);
}

TEST(MinuteRows, ABaselineFromBeforeTheWindowMakesTheFirstErrorARiseOrNone) {
  for (const bool known : {false, true}) {
    Puller p;
    StoreRows answer;
    answer.ports = {{evidence::numbered_key(1), "Ethernet1", {}}};
    answer.baselines = {{0, Timestamp{evidence::day_minute(0)}, 7, {}, {}}};  // the store does not say when
    if (known)
      p.feed(rows_of_baselines(answer, evidence::day_minute(0), evidence::day_time(30)), evidence::day_time(30));
    auto rows = steady(30);
    add(rows, errors_at(12, 30, 7));
    add(rows, errors_at(20, 30, 7));
    p.take(aggregated(rows), 0, 0, 30);
    EXPECT_EQ(p.tally(evidence::Signal::Errors, 30).bad, known ? 0 : 1);
    EXPECT_EQ(p.store.minute(p.store.find_device(evidence::numbered_key(1)), evidence::Signal::Reporting,
                             evidence::day_minute(-1)),
              Unobserved);
  }
}

TEST(MinuteRows, ABaselineWhoseTimeIsKnownKeepsIt) {
  StoreRows answer;
  answer.ports = {{evidence::numbered_key(1), "Ethernet1", {}}};
  answer.baselines = {{0, evidence::day_time(-5, 3), 7, {}, {}}};
  EXPECT_EQ(rows_of_baselines(answer, evidence::day_minute(0), evidence::day_time(30)).counters[0].row.at,
            evidence::day_time(-5, 3));
}

TEST(MinuteRows, GetconfigsAlreadyTakenAreNotToldAgain) {
  Puller p;
  StoreRows answer;
  for (int m = 0; m < 10; ++m)
    answer.getconfigs.push_back({evidence::numbered_key(1), evidence::day_minute(m), m == 4 ? 0U : 12U});
  auto batch = rows_of_getconfigs(answer, evidence::day_minute(0), p.store);
  EXPECT_EQ(batch.getconfigs.size(), 9U);
  for (const auto& row : batch.getconfigs)
    (void)p.store.add_getconfig(row.device, row.at, row.count, evidence::day_time(10, 5));
  p.store.answered(evidence::Source::ConfigAgent,
                   {evidence::day_minute(0), evidence::day_minute(10), evidence::day_time(10, 5)});
  EXPECT_TRUE(rows_of_getconfigs(answer, evidence::day_minute(10), p.store).getconfigs.empty());
  answer.getconfigs[4].count = 1;
  EXPECT_EQ(rows_of_getconfigs(answer, evidence::day_minute(10), p.store).getconfigs.size(), 1U);
}

// ---- random histories, without trickery inside a minute (minute_rows.h says what that is)

class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed) {}

  std::vector<evidence::CounterRow> rows(int minutes) {
    std::vector<evidence::CounterRow> out;
    bool first = true;
    for (int m = below(4); m < minutes; ++m) {
      if (chance(12)) {
        m += chance(2) ? 1 + below(3) : 8 + below(4);
        first = true;
      }
      if (m >= minutes) break;
      // Far enough from the last one that nothing is back at its high-water mark within 10 minutes: that is a replay.
      const bool reset = octets_ > 30'000 && chance(15);
      if (reset) octets_ = errors_ = 0;
      if (reset) reset_at_ = m;
      minute(out, m, first, reset);
      first = false;
    }
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    return out;
  }
  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool chance(int one_in) { return below(one_in) == 0; }

 private:
  void minute(std::vector<evidence::CounterRow>& out, int m, bool first, bool reset) {
    const double start = below(8);
    const bool idle = chance(6);
    int shown = 0;
    for (double s = start; s < 58; s += 4 + below(15), ++shown) {
      if (!idle) octets_ += static_cast<std::uint64_t>(below(3) * 100);
      out.push_back(octets_at(m, s, octets_));
      // A replay: the row after it is at the high-water mark again. Not while a reset may still be one.
      if (m > reset_at_ + 11 && s < 30 && shown > 0 && chance(20)) out.push_back(octets_at(m, s + 1, octets_ / 2));
    }
    // EOS tells error counters beside the first octets, and again when they change.
    if ((first && chance(2)) || (reset && errors_known_)) {
      out.push_back(errors_at(m, start + 1, errors_));
      errors_known_ = true;
    } else if (!first && chance(8)) {
      errors_ += static_cast<std::uint64_t>(below(3));
      out.push_back(errors_at(m, 40 + below(15), errors_));
      errors_known_ = true;
    }
  }

  std::mt19937_64 random_;
  std::uint64_t octets_ = 100'000, errors_ = 3;
  bool errors_known_ = false;
  int reset_at_ = -100;
};

constexpr int kMinutes = 120;

void expect_same_minutes(const Puller& p, const evidence::Evidence& raw) {
  for (const auto signal : {evidence::Signal::Data, evidence::Signal::Errors, evidence::Signal::Utilization}) {
    for (int m = 0; m < kMinutes; ++m) {
      const auto ref = raw.find_interface(evidence::numbered_key(1), "Ethernet1");
      const auto expected = raw.minute(ref, signal, evidence::day_minute(m));
      if (p.state(signal, m) != expected) RC_LOG() << to_text(signal) << " of minute " << m << '\n';
      RC_ASSERT(p.state(signal, m) == expected);
    }
    const auto ref = raw.find_interface(evidence::numbered_key(1), "Ethernet1");
    // But for the damped judgement, which makes less of silence in what was answered for late: the raw rows were.
    auto expected = raw.tally(ref, signal, {evidence::day_minute(0), evidence::day_minute(kMinutes), 0, 15});
    const auto found = p.tally(signal, kMinutes);
    expected.damped_bad = found.damped_bad;
    RC_ASSERT(found == expected);
  }
}

RC_GTEST_PROP(MinuteRowsProperty, AggregatesAndRawRowsTellTheSame, (std::uint64_t seed)) {
  History history(seed);
  const auto rows = history.rows(kMinutes);
  evidence::Evidence raw(pulled());
  for (const auto& row : rows) (void)raw.add_counters(evidence::numbered_key(1), "Ethernet1", row, row.at);
  raw.answered(evidence::Source::Counters,
               {evidence::day_minute(0), evidence::day_minute(kMinutes), evidence::day_time(kMinutes, 30)});

  Puller p;
  const auto minutes = aggregated(rows);
  for (int closed = 0; closed < kMinutes;) {
    const int to = std::min(kMinutes, closed + 1 + history.below(30));
    p.take(minutes, std::max(0, closed - history.below(8)), closed, to);
    closed = to;
  }
  expect_same_minutes(p, raw);
}

RC_GTEST_PROP(MinuteRowsProperty, RestartsChangeNothing, (std::uint64_t seed)) {
  History history(seed);
  const auto minutes = aggregated(history.rows(kMinutes));
  Puller straight, restarted;
  evidence::MemoryShelf shelf;
  restarted.store.keep_readings_on(shelf);
  for (int closed = 0; closed < kMinutes;) {
    const int to = std::min(kMinutes, closed + 1 + history.below(10));
    straight.take(minutes, std::max(0, closed - 5), closed, to);
    restarted.take(minutes, std::max(0, closed - 5), closed, to);
    if (history.chance(3)) {
      restarted.store = *evidence::restore_evidence(snapshot_of(restarted.store));
      restarted.store.keep_readings_on(shelf);
    }
    if (history.chance(4)) restarted.take(minutes, std::max(0, to - 6), to, to);
    closed = to;
  }
  expect_same_minutes(restarted, straight.store);
}

// Minutes that the store has later than the first asking end as if they had been there: the same data, and errors where
// there were errors. Which minute an error is in may differ when errors of later minutes were known before.
RC_GTEST_PROP(MinuteRowsProperty, LateMinutesAreMadeUpFor, (std::uint64_t seed)) {
  History history(seed);
  const auto minutes = aggregated(history.rows(kMinutes));
  Puller on_time, late;
  StoreRows known;
  known.ports = {{evidence::numbered_key(1), "Ethernet1", {}}};
  known.baselines = {{0, Timestamp{evidence::day_minute(0)}, 3, {}, {}}};
  for (auto* p : {&on_time, &late})
    p->feed(rows_of_baselines(known, evidence::day_minute(0), evidence::day_time(1)), evidence::day_time(1));
  on_time.take(minutes, 0, 0, kMinutes);
  std::map<int, int> seen_at;
  for (const auto& [m, minute] : minutes) seen_at[m] = history.chance(6) ? m + 1 + history.below(5) : m + 1;
  for (int to = 1; to <= kMinutes + 5; ++to) {
    Minutes now;
    for (const auto& [m, minute] : minutes) {
      if (seen_at[m] <= to) now.emplace(m, minute);
    }
    late.take(now, std::max(0, to - 6), to - 1, to);
  }
  bool any_error = false, any_late_error = false;
  for (int m = 0; m < kMinutes; ++m) {
    RC_ASSERT(late.state(evidence::Signal::Data, m) == on_time.state(evidence::Signal::Data, m));
    any_error = any_error || on_time.state(evidence::Signal::Errors, m) == Bad;
    any_late_error = any_late_error || late.state(evidence::Signal::Errors, m) == Bad;
  }
  if (any_error) RC_ASSERT(any_late_error);
}

}  // namespace
}  // namespace dz::telemetry
