#include "telemetry/store_pull.h"

#include <gtest/gtest.h>

#include "telemetry/pull_testing.h"

namespace dz::telemetry {
namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;
using enum evidence::MinuteState;

constexpr auto kCounters = evidence::Source::Counters;

TEST(StorePull, TakesBaselinesThenADayInChunksThenEachMinuteAtItsTime) {
  Conversation c;
  c.run(evidence::day_time(kDay0, 30));
  ASSERT_EQ(c.asked.size(), 26U);
  EXPECT_EQ(c.asked[0].subject, StoreSubject::Baselines);
  EXPECT_EQ(c.asked[0].to, evidence::day_minute(kDay0 - 1 - 1440));
  EXPECT_EQ(c.asked[0].to - c.asked[0].from, 30 * 24h);
  EXPECT_EQ(c.asked[1].from, evidence::day_minute(kDay0 - 1 - 1440));
  EXPECT_EQ(c.asked[1].to - c.asked[1].from, 1h);
  EXPECT_EQ(c.asked[25].subject, StoreSubject::FutureRows);
  EXPECT_EQ(c.watermark(), evidence::day_minute(kDay0 - 1));
  EXPECT_EQ(c.tally(evidence::Signal::Data).good, 1440);
  EXPECT_EQ(c.tally(evidence::Signal::Errors).good, 1440);
  EXPECT_FALSE(c.pull->state().back_fill.has_value());

  // Exactly lag after the minute's end.
  EXPECT_EQ(c.pull->due(), evidence::day_time(kDay0 + 1));
  c.run(evidence::day_time(kDay0 + 1));
  EXPECT_EQ(c.watermark(), evidence::day_minute(kDay0));
  EXPECT_EQ(c.asked.back().from, evidence::day_minute(kDay0 - 1 - 5));
  EXPECT_EQ(c.asked.back().to, evidence::day_minute(kDay0));
}

// A table of before there were such columns: the same question is asked without them at once, and an hour later once
// more with them.
TEST(StorePull, AStoreWithoutEventsIsAskedWithoutThem) {
  Conversation c;
  bool widened = false;
  c.fault = [&](std::size_t n) -> Fault {
    if (!c.asked[n].events || widened) return nullptr;
    return [](auto) -> Result<StoreReply> {
      return StoreReply{{404,
                         "Code: 47, e.displayText() = DB::Exception: Unknown identifier: carrier_transitions, e.what() "
                         "= DB::Exception\n"},
                        {},
                        {}};
    };
  };
  c.settings.kind = StoreKind::ClickHouse;
  c.restart();
  c.run(evidence::day_time(kDay0, 30));
  EXPECT_EQ(c.watermark(), evidence::day_minute(kDay0 - 1));
  EXPECT_EQ(c.tally(evidence::Signal::Data).good, 1440);
  EXPECT_TRUE(c.pull->state().lacks_events);
  EXPECT_EQ(c.pull->state().failed_in_a_row, 0);
  const auto with_events = [&] {
    return std::count_if(c.asked.begin(), c.asked.end(), [](const auto& q) { return q.events; });
  };
  EXPECT_EQ(with_events(), 1);
  EXPECT_EQ(c.asked[0].subject, c.asked[1].subject) << "the same again";
  EXPECT_EQ(c.asked[0].from, c.asked[1].from);
  c.run(evidence::day_time(kDay0 + 59, 30));
  EXPECT_EQ(with_events(), 1);
  widened = true;
  c.run(evidence::day_time(kDay0 + 62, 30));
  EXPECT_GE(with_events(), 2);
  EXPECT_FALSE(c.pull->state().lacks_events);
  EXPECT_EQ(c.watermark(), evidence::day_minute(kDay0 + 61));
}

TEST(StorePull, ARestartAsksForTheGapOnly) {
  Conversation c;
  c.run(evidence::day_time(kDay0, 30));
  c.asked.clear();
  c.restart();
  c.now = evidence::day_time(kDay0 + 20, 30);
  c.run(c.now + 1min);
  ASSERT_EQ(c.asked.size(), 3U);
  EXPECT_EQ(c.asked[0].subject, StoreSubject::Counters);
  EXPECT_EQ(c.asked[0].from, evidence::day_minute(kDay0 - 1 - 5));
  EXPECT_EQ(c.asked[0].to, evidence::day_minute(kDay0 + 19));
  EXPECT_EQ(c.asked[1].from, c.asked[0].from) << "a lag later, for the store may be filling up";
  EXPECT_EQ(c.asked[1].to, evidence::day_minute(kDay0 + 20));
  EXPECT_EQ(c.tally(evidence::Signal::Data).good, 1440);
}

TEST(StorePull, ARestartWithinTheMinuteHasNothingToAskWithoutAnOverlap) {
  Conversation c;
  c.limits.overlap = 0min;
  c.restart();
  c.run(evidence::day_time(kDay0, 30));
  c.asked.clear();
  c.restart();
  c.run(evidence::day_time(kDay0, 40));
  for (const auto& question : c.asked) EXPECT_EQ(question.subject, StoreSubject::FutureRows);
  c.run(evidence::day_time(kDay0 + 1));
  EXPECT_EQ(c.watermark(), evidence::day_minute(kDay0));
}

TEST(StorePull, BackFillTellsHowFarItIs) {
  Conversation c;
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(c.turn(c.now));
  ASSERT_TRUE(c.pull->next(c.now, c.evidence));
  const auto& progress = c.pull->state().back_fill;
  ASSERT_TRUE(progress.has_value());
  EXPECT_EQ(progress->at - progress->from, 6h);
  EXPECT_EQ(progress->to - progress->from, 24h);
}

TEST(StorePull, RowsThatComeLateAreTakenInTheOverlap) {
  Conversation c;
  c.store.silent = {{2, kDay0}, {2, kDay0 + 1}};
  c.run(evidence::day_time(kDay0 + 3));
  EXPECT_EQ(c.tally(evidence::Signal::Data, 2).bad, 2);
  c.store.silent.clear();
  c.run(evidence::day_time(kDay0 + 5));
  EXPECT_EQ(c.tally(evidence::Signal::Data, 2).bad, 0);
  EXPECT_EQ(c.tally(evidence::Signal::Utilization, 2).good, 1440);
}

TEST(StorePull, TheWatermarkStaysWhereRowsEndAndGoesOnWithThem) {
  Conversation c;
  c.store.holds_to = kDay0 + 2;
  c.run(evidence::day_time(kDay0 + 300));
  EXPECT_EQ(c.watermark(), evidence::day_minute(kDay0 + 2));
  const auto before = c.asked.size();
  c.run(evidence::day_time(kDay0 + 310));
  EXPECT_LE(c.asked.size() - before, 12U) << "a store with old rows is asked once a minute";
  c.store.holds_to = 1 << 20;
  c.run(evidence::day_time(kDay0 + 312));
  EXPECT_EQ(c.watermark(), evidence::day_minute(kDay0 + 311));
  EXPECT_EQ(c.tally(evidence::Signal::Data).good, 1440);
}

TEST(StorePull, AnEmptyStoreAnswersForNothing) {
  Conversation c;
  c.store.holds_to = -100'000;
  c.run(evidence::day_time(kDay0 + 3));
  EXPECT_FALSE(c.watermark().has_value());
  EXPECT_GT(c.pull->state().requests, 48U);
}

TEST(StorePull, AStoreYoungerThanTheWindowSpeaksFromItsFirstRowOn) {
  Conversation c;
  for (int d = 1; d <= 3; ++d) {
    for (int m = kDay0 - 2000; m < kDay0 - 100; ++m) c.store.silent.insert({d, m});
  }
  c.run(evidence::day_time(kDay0 + 2, 30));
  EXPECT_EQ(c.tally(evidence::Signal::Data).good, 101);
  EXPECT_EQ(c.tally(evidence::Signal::Data).bad, 0);
  EXPECT_EQ(c.tally(evidence::Signal::Data).unobserved, 1440 - 101);
}

TEST(StorePull, AnErrorValueThatWasThereBeforeTheWindowIsNoError) {
  Conversation c;
  c.store.errors = {{{1, kDay0 - 700}, 4}, {{2, kDay0 - 700}, 5}};
  c.run(evidence::day_time(kDay0, 30));
  EXPECT_EQ(c.tally(evidence::Signal::Errors, 1).bad, 0);
  EXPECT_EQ(c.tally(evidence::Signal::Errors, 2).bad, 1);
}

TEST(StorePull, AnAnswerTooLargeIsAskedForInHalvesAtOnce) {
  Conversation c;
  std::size_t large = 0;
  c.fault = [&](std::size_t n) -> Fault {
    if (c.asked[n].subject != StoreSubject::Counters || c.asked[n].to - c.asked[n].from <= 15min) return nullptr;
    ++large;
    return [](auto) { return fail(ErrorKind::Refused, "too large"); };
  };
  c.run(evidence::day_time(kDay0, 30));
  EXPECT_EQ(c.tally(evidence::Signal::Data).good, 1440);
  EXPECT_GT(large, 1U);
  EXPECT_EQ(c.pull->state().failures[static_cast<std::size_t>(PullFailure::TooLarge)], large);
}

// A store that answers questions up to a size, and says "too much" in InfluxDB's words to larger ones.
Fault declines_more_than(minutes most, const StoreQuestion& asked) {
  if (asked.to - asked.from <= most) return nullptr;
  return [](auto) {
    return StoreReply{
        {200, R"x({"results":[{"statement_id":0,"error":"max-select-buckets limit exceeded: (60/30)"}]})x"}, {}, {}};
  };
}
std::uint64_t too_large(const Conversation& c) {
  return c.pull->state().failures[static_cast<std::size_t>(PullFailure::TooLarge)];
}

TEST(StorePull, D10_WhatIsTooMuchForTheStoreIsAskedForInHalvesAtOnceAndNotTriedAgainSoon) {
  Conversation c;
  auto most = 15min;
  c.fault = [&](std::size_t n) {
    return c.asked[n].subject == StoreSubject::Counters ? declines_more_than(most, c.asked[n]) : Fault{};
  };
  c.run(evidence::day_time(kDay0, 30));
  EXPECT_EQ(c.tally(evidence::Signal::Data).good, 1440);
  EXPECT_EQ(c.tally(evidence::Signal::Errors).good, 1440);
  EXPECT_EQ(too_large(c), 2U) << "60 and 30 minutes, once each";
  // A day of minutes is asked for again after an outage: the size that was too much is tried once in ten minutes.
  c.fault = [](std::size_t) -> Fault { return [](auto) { return fail(ErrorKind::Retry, "down"); }; };
  c.run(evidence::day_time(kDay0 + 300));
  most = 60min;
  c.fault = [&](std::size_t n) { return declines_more_than(most, c.asked[n]); };
  c.asked.clear();
  c.run(evidence::day_time(kDay0 + 320));
  EXPECT_EQ(c.watermark(), evidence::day_minute(kDay0 + 319));
  minutes largest{};
  for (const auto& question : c.asked) {
    if (question.subject == StoreSubject::Counters) largest = std::max(largest, question.to - question.from);
  }
  EXPECT_GT(largest, 30min) << "grows again when the store allows it";
}

// A limit of the store on what it reads does not ask what the question is about.
TEST(StorePull, D10_EveryKindOfQuestionIsHalvedUntilTheStoreAllowsIt) {
  Conversation c;
  c.fault = [&](std::size_t n) { return declines_more_than(12min, c.asked[n]); };
  c.run(evidence::day_time(kDay0, 30));
  EXPECT_EQ(c.watermark(), evidence::day_minute(kDay0 - 1));
  EXPECT_EQ(c.tally(evidence::Signal::Data).good, 1440);
  c.run(evidence::day_time(kDay0 + 300));
  EXPECT_TRUE(std::any_of(c.asked.begin(), c.asked.end(), [](const StoreQuestion& q) {
    return q.subject == StoreSubject::FutureRows && q.to - q.from <= 12min;
  }));
}

// Without a word of "too much", a store that was away keeps a look back that is worth its name.
TEST(StorePull, AStoreThatIsAwayIsStillAskedForAnHourOfBaselines) {
  Conversation c;
  c.fault = [](std::size_t n) -> Fault {
    if (n >= 30) return nullptr;
    return [](auto) { return fail(ErrorKind::Retry, "down"); };
  };
  c.run(evidence::day_time(kDay0 + 200));
  ASSERT_EQ(c.asked[30].subject, StoreSubject::Baselines);
  EXPECT_EQ(c.asked[30].to - c.asked[30].from, 1h);
}

TEST(StorePull, D10_OverlapFitsIntoWhatTheStoreAllows) {
  Conversation c;
  c.fault = [&](std::size_t n) {
    return c.asked[n].subject == StoreSubject::Counters ? declines_more_than(3min, c.asked[n]) : Fault{};
  };
  c.store.silent = {{2, kDay0}};
  c.run(evidence::day_time(kDay0 + 2));
  EXPECT_EQ(c.tally(evidence::Signal::Data, 2).bad, 1);
  c.store.silent.clear();  // the row comes a minute late
  c.run(evidence::day_time(kDay0 + 3, 30));
  EXPECT_EQ(c.tally(evidence::Signal::Data, 2).bad, 0);
}

TEST(StorePull, D10_TheSmallestQuestionThatIsTooMuchIsSaidAndAskedForEver) {
  for (const auto subject : {StoreSubject::Counters, StoreSubject::Baselines, StoreSubject::FutureRows}) {
    Conversation c;
    bool declines = true;
    c.fault = [&](std::size_t n) {
      return declines && c.asked[n].subject == subject ? declines_more_than(0min, c.asked[n]) : Fault{};
    };
    c.run(evidence::day_time(kDay0 + 200));
    if (subject != StoreSubject::FutureRows) {
      EXPECT_NE(c.pull->state().last_error.find("max-select-buckets limit exceeded"), std::string::npos);
      EXPECT_NE(c.pull->state().last_error.find("there is no smaller question than these 1 min: raise the store's"),
                std::string::npos)
          << c.pull->state().last_error;
      EXPECT_TRUE(c.pull->state().too_much_at_smallest);
      EXPECT_LT(too_large(c), 80U) << "a question every five minutes at most";
    } else {
      EXPECT_EQ(c.watermark(), evidence::day_minute(kDay0 + 199)) << "rows ahead of the clock hold nothing up";
    }
    declines = false;
    c.run(evidence::day_time(kDay0 + 215));
    EXPECT_EQ(c.watermark(), evidence::day_minute(kDay0 + 214));
    EXPECT_EQ(c.tally(evidence::Signal::Data).good, 1440);
    EXPECT_FALSE(c.pull->state().too_much_at_smallest);
    EXPECT_EQ(c.pull->state().last_error, "");
  }
}

TEST(StorePull, D10_EachStoreIsAskedForLessInItsOwnWords) {
  struct Case {
    StoreKind kind;
    StorePull::Subject subject;
    StoreAnswer answer;
  };
  const StorePull::Subject counters{StoreSubject::Counters, kCounters, nullptr, StorePull::Role::Check};
  const StorePull::Subject agents{StoreSubject::ConfigAgent, evidence::Source::ConfigAgent, nullptr,
                                  StorePull::Role::Serve};
  const StoreAnswer prometheus{422, R"({"status":"error","errorType":"execution","error":"query processing would load )"
                                    R"(too many samples into memory in query execution"})"};
  const StoreAnswer influx{200, R"x({"results":[{"error":"max-select-buckets limit exceeded: (60/30)"}]})x"};
  const StoreAnswer clickhouse{500, "Code: 396, e.displayText() = DB::Exception: Limit for result rows exceeded"};
  for (const auto& [kind, subject, answer] :
       {Case{StoreKind::Prometheus, agents, prometheus}, Case{StoreKind::InfluxDb, counters, influx},
        Case{StoreKind::ClickHouse, counters, clickhouse}, Case{StoreKind::Prometheus, agents, {413, "<html>"}},
        Case{StoreKind::InfluxDb, counters, {504, "<html>"}}, Case{StoreKind::ClickHouse, counters, {413, "<html>"}}}) {
    Conversation c(subject);
    c.settings.kind = kind;
    c.fault = [&, said = answer](std::size_t) -> Fault { return [said](auto) { return StoreReply{said, {}, {}}; }; };
    ASSERT_TRUE(c.turn(c.now));
    ASSERT_TRUE(c.turn(c.now)) << "at once";
    ASSERT_EQ(c.asked.size(), 2U);
    EXPECT_EQ((c.asked[1].to - c.asked[1].from) * 2, c.asked[0].to - c.asked[0].from) << answer.body;
  }
}

TEST(StorePull, PausesDoubleWithJitterAndARetryAfterIsKept) {
  Conversation c;
  c.limits.retry_most = 60s;
  c.restart();
  c.fault = [](std::size_t) -> Fault { return [](auto) { return fail(ErrorKind::Retry, "refused"); }; };
  std::vector<Duration> pauses;
  for (int i = 0; i < 8; ++i) {
    ASSERT_TRUE(c.turn(c.now + 1h));
    pauses.push_back(c.pull->due() - c.now);
  }
  EXPECT_EQ(pauses, (std::vector<Duration>{1500ms, 3s, 6s, 12s, 24s, 45s, 45s, 45s}));
  EXPECT_EQ(c.pull->state().failed_in_a_row, 8);
  EXPECT_EQ(c.pull->state().last_error, "refused");
  c.fault = [](std::size_t) -> Fault { return [](auto) { return StoreReply{{429, "slow down"}, 200s, {}}; }; };
  ASSERT_TRUE(c.turn(c.now + 1h));
  EXPECT_EQ(c.pull->due() - c.now, 200s);
  c.fault = nullptr;
  ASSERT_TRUE(c.turn(c.now + 1h));
  EXPECT_EQ(c.pull->state().failed_in_a_row, 0);
  EXPECT_EQ(c.pull->state().last_error, "");
}

TEST(StorePull, WhatCouldNotBeKeptIsAskedForAgain) {
  Conversation c;
  c.run(evidence::day_time(kDay0, 30));
  c.now = evidence::day_time(kDay0 + 1);
  const auto ask = c.pull->next(c.now, c.evidence);
  ASSERT_TRUE(ask);
  ASSERT_TRUE(c.pull->on_reply(StoreReply{{}, {}, c.store.answer(ask->question)}, c.now, 0, c.evidence));
  c.pull->not_kept(c.now);
  c.run(evidence::day_time(kDay0 + 2));
  EXPECT_EQ(c.watermark(), evidence::day_minute(kDay0 + 1));
  EXPECT_EQ(c.tally(evidence::Signal::Data).good, 1440);
}

TEST(StorePull, QaIsCompleteWhereverItAnswered) {
  Conversation c({StoreSubject::Qa, evidence::Source::Qa, nullptr, StorePull::Role::Serve});
  c.run(evidence::day_time(kDay0, 30));
  EXPECT_EQ(c.watermark(), evidence::day_minute(kDay0 - 1));
  EXPECT_EQ(c.asked.size(), 12U);
}

// A run is stamped with its begin and published at its end; an hour's chunk must not hide that from two hours' overlap.
TEST(StorePull, QaIsLookedForAgainForTwoHours) {
  Conversation c({StoreSubject::Qa, evidence::Source::Qa, nullptr, StorePull::Role::Serve});
  c.run(evidence::day_time(kDay0, 30));
  c.asked.clear();
  c.run(evidence::day_time(kDay0 + 1));
  ASSERT_EQ(c.asked.size(), 1U);
  EXPECT_EQ(c.asked[0].from, evidence::day_minute(kDay0 - 1 - 120));
  EXPECT_EQ(c.asked[0].to, evidence::day_minute(kDay0));
}

TEST(StorePull, ACheckAsksForTheLastMinutesAndMovesNothing) {
  Conversation c({StoreSubject::Counters, kCounters, nullptr, StorePull::Role::Check});
  c.run(evidence::day_time(kDay0 + 3));
  EXPECT_EQ(c.asked.size(), 4U);
  EXPECT_EQ(c.asked.back().to - c.asked.back().from, StorePull::kChecked);
  EXPECT_FALSE(c.watermark().has_value());
}

// ---- every fault at every step

const std::vector<std::pair<std::string, Fault>> kFaults = {
    {"down", [](auto) { return fail(ErrorKind::Retry, "no answer: connection refused"); }},
    {"slow", [](auto) { return fail(ErrorKind::Retry, "no answer: timed out"); }},
    {"cut off", [](auto) { return fail(ErrorKind::Retry, "no answer: transfer closed"); }},
    {"too large", [](auto) { return fail(ErrorKind::Refused, "expected an answer of at most"); }},
    {"a page",
     [](auto) {
       return StoreReply{{200, "<html>Welcome</html>"}, {}, {}};
     }},
    {"other JSON",
     [](auto) {
       return StoreReply{{200, R"({"status":"success","data":[]})"}, {}, {}};
     }},
    {"nothing",
     [](auto) {
       return StoreReply{{200, ""}, {}, {}};
     }},
    {"half JSON",
     [](auto) {
       return StoreReply{{200, R"({"results":[{"statement_id":0,"series":[{"na)"}, {}, {}};
     }},
    {"401",
     [](auto) {
       return StoreReply{{401, R"({"error":"authorization failed"})"}, {}, {}};
     }},
    {"404",
     [](auto) {
       return StoreReply{{404, R"({"error":"database not found"})"}, {}, {}};
     }},
    {"429",
     [](auto) {
       return StoreReply{{429, ""}, 7s, {}};
     }},
    {"503",
     [](auto) {
       return StoreReply{{503, R"({"error":"timeout"})"}, {}, {}};
     }},
    {"empty",
     [](auto) {
       return StoreReply{{}, {}, StoreRows{}};
     }},
};

// After any fault at any step the evidence is what it would have been, and during it nothing was made up.
TEST(StorePullFaults, LeaveNoTraceInTheEvidence) {
  const auto error_at = std::pair{2, kDay0 - 300};
  Conversation straight;
  straight.store.errors[error_at] = 9;
  straight.run(evidence::day_time(kDay0 + 40));
  const std::size_t steps = 26 + 6;  // baselines, a day of chunks, rows ahead of the clock, a few minutes
  for (const auto& [name, fault] : kFaults) {
    for (std::size_t step = 0; step < steps; step += step < 3 || step > 22 ? 1 : 5) {
      for (const std::size_t times : {std::size_t{1}, std::size_t{4}}) {
        // Empty answers are good ones. Without baselines the first value in the window is of unknown size; an hour of
        // history that is empty twice is believed.
        if (name == "empty" && (step == 0 || (step < 25 && times > 1))) continue;
        Conversation c;
        c.store.errors[error_at] = 9;
        c.fault = [&, fault = fault](std::size_t n) { return n >= step && n < step + times ? fault : nullptr; };
        c.run(evidence::day_time(kDay0 + 40));
        SCOPED_TRACE(name + " at question " + std::to_string(step) + ", " + std::to_string(times) + " times");
        ASSERT_EQ(c.watermark(), straight.watermark());
        for (int d = 1; d <= 3; ++d) {
          for (const auto signal : {evidence::Signal::Data, evidence::Signal::Errors, evidence::Signal::Utilization}) {
            ASSERT_EQ(c.tally(signal, d), straight.tally(signal, d)) << to_text(signal) << " of " << d;
          }
        }
      }
    }
  }
}

TEST(StorePullFaults, WhileTheyLastMinutesAreNeitherGoodNorBad) {
  for (const auto& [name, fault] : kFaults) {
    SCOPED_TRACE(name);
    Conversation c;
    c.run(evidence::day_time(kDay0, 30));
    c.fault = [&, fault = fault](std::size_t) { return fault; };
    c.run(evidence::day_time(kDay0 + 30));
    EXPECT_EQ(c.watermark(), evidence::day_minute(kDay0 - 1));
    EXPECT_EQ(c.tally(evidence::Signal::Data).good, 1440);
    c.fault = nullptr;
    c.run(evidence::day_time(kDay0 + 60));
    EXPECT_EQ(c.watermark(), evidence::day_minute(kDay0 + 59));
    EXPECT_EQ(c.tally(evidence::Signal::Data).good, 1440);
    EXPECT_EQ(c.tally(evidence::Signal::Utilization).good, 1440);
  }
}

}  // namespace
}  // namespace dz::telemetry
