#include "telemetry/derived_minutes.h"

#include "telemetry/pull_testing.h"

namespace dz::telemetry {
namespace {

using evidence::MinuteState;
using evidence::Signal;

DerivedSpan span_of_an_hour() {
  DerivedSpan span;
  span.from = evidence::day_minute(kDay0 - 70);
  span.to = evidence::day_minute(kDay0 - 10);
  span.counters = true;
  for (int d = 1; d <= 3; ++d) span.interfaces.push_back({evidence::numbered_key(d), "ethernet1"});
  return span;
}

evidence::MinuteSeries series(const evidence::Evidence& from, int device, Signal signal, const DerivedSpan& span) {
  return from.series(from.find_interface(evidence::numbered_key(device), "Ethernet1"), signal, span.from, span.to);
}

// A monitor that pulled for a day and somebody who asks for the hour alone find the same.
TEST(DerivedMinutes, AreThoseOfAMonitorThatPulledFromTheSameStore) {
  Conversation monitor;
  monitor.store.silent = {{1, kDay0 - 30}, {1, kDay0 - 29}, {2, kDay0 - 60}};
  monitor.store.errors = {{{2, kDay0 - 90}, 5}, {{2, kDay0 - 40}, 7}, {{3, kDay0 - 20}, 6}};
  monitor.run(evidence::day_time(kDay0, 30));
  const auto span = span_of_an_hour();
  ASSERT_GE(monitor.evidence.state(evidence::Source::Counters).watermark, span.to);
  const auto derived =
      derive_minutes(span, [&](const StoreQuestion& q) -> Result<StoreRows> { return monitor.store.answer(q); });
  ASSERT_TRUE(derived) << derived.error().message;
  int bad = 0;
  for (int device = 1; device <= 3; ++device) {
    for (const auto signal : {Signal::Data, Signal::Errors, Signal::Utilization}) {
      const auto found = series(derived->evidence, device, signal, span);
      EXPECT_EQ(found, series(monitor.evidence, device, signal, span)) << device << " " << to_text(signal);
      bad += static_cast<int>(std::count(found.states.begin(), found.states.end(), MinuteState::Bad));
    }
  }
  EXPECT_GT(bad, 3);
  EXPECT_TRUE(derived->has_counters);
  EXPECT_FALSE(derived->has_config_agent);  // it was not asked for
}

TEST(DerivedMinutes, AStoreThatDoesNotAnswerSaysSo) {
  const auto derived = derive_minutes(
      span_of_an_hour(), [](const StoreQuestion&) -> Result<StoreRows> { return fail(ErrorKind::Retry, "no answer"); });
  ASSERT_FALSE(derived);
  EXPECT_EQ(derived.error().message, "no answer");
}

// Discards and carrier transitions are left out where the store has none; the others are derived all the same.
TEST(DerivedMinutes, AStoreWithoutCountersOfEventsIsAskedWithoutThem) {
  FakeStore store;
  auto span = span_of_an_hour();
  span.events = true;
  int with = 0;
  const auto derived = derive_minutes(span, [&](const StoreQuestion& q) -> Result<StoreRows> {
    with += q.events ? 1 : 0;
    if (q.events) return not_found("no column in-discards");
    return store.answer(q);
  });
  ASSERT_TRUE(derived) << derived.error().message;
  EXPECT_EQ(with, 1);
}

}  // namespace
}  // namespace dz::telemetry
