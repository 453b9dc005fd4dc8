// A store that was away, and agents that deliver what they kept one after the other.
#include "telemetry/store_refill.h"

#include <bit>

#include <gtest/gtest.h>

#include "telemetry/pull_testing.h"

namespace dz::telemetry {
namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;

constexpr int kStall = 10;  // minutes

// What stands between the store and its rows.
struct Away {
  std::string name;
  std::function<void(Conversation&)> begin, end;
};
const std::vector<Away> kAway = {
    {"no agent reaches the store", [](Conversation& c) { c.store.holds_to = kDay0; },
     [](Conversation& c) { c.store.holds_to = 1 << 20; }},
    {"nobody reaches the store",
     [](Conversation& c) {
       c.fault = [](std::size_t) -> Fault { return [](auto) { return fail(ErrorKind::Retry, "down"); }; };
     },
     [](Conversation& c) { c.fault = nullptr; }},
    {"the store declines",
     [](Conversation& c) {
       c.fault = [](std::size_t) -> Fault { return [](auto) { return StoreReply{{401, "no"}, {}, {}}; }; };
     },
     [](Conversation& c) { c.fault = nullptr; }},
    {"the monitor is away", [](Conversation& c) { c.now = evidence::day_time(kDay0 + kStall); },
     [](Conversation& c) { c.restart(); }},
};

class Refill : public testing::Test {
 protected:
  // The store is back, and holds all of devices 1 and 3, and nothing that device 2 kept.
  void come_back(const Away& away, Conversation& c, int stall = kStall) {
    c.limits.retry_most = 20s;
    c.restart();
    c.run(evidence::day_time(kDay0 + 1));
    ASSERT_EQ(c.watermark(), evidence::day_minute(kDay0));
    away.begin(c);
    c.run(evidence::day_time(kDay0 + stall, 50));
    ASSERT_EQ(c.watermark(), evidence::day_minute(kDay0));
    away.end(c);
    for (int m = 0; m <= stall; ++m) c.store.silent.insert({2, kDay0 + m});
  }
  static int bad(const Conversation& c, int device = 2) { return c.tally(evidence::Signal::Data, device).bad; }
};

TEST_F(Refill, WhoDeliversWithinALagOfTheOthersWasNeverSilent) {
  for (const auto& away : kAway) {
    SCOPED_TRACE(away.name);
    Conversation c;
    come_back(away, c);
    c.run(evidence::day_time(kDay0 + kStall + 1, 40));
    EXPECT_EQ(bad(c), 0);
    EXPECT_EQ(c.watermark(), evidence::day_minute(kDay0)) << "nothing is taken yet";
    c.store.silent.clear();
    c.run(evidence::day_time(kDay0 + kStall + 3));
    EXPECT_EQ(c.watermark(), evidence::day_minute(kDay0 + kStall + 2));
    EXPECT_EQ(bad(c), 0);
    EXPECT_EQ(c.tally(evidence::Signal::Data, 2).good, 1440);
  }
}

TEST_F(Refill, WhoIsDeadHoldsNothingUpForLongerThanALag) {
  for (const auto& away : kAway) {
    SCOPED_TRACE(away.name);
    Conversation c;
    come_back(away, c);
    c.run(evidence::day_time(kDay0 + kStall + 2, 30));
    EXPECT_GE(c.watermark(), evidence::day_minute(kDay0 + kStall + 1));
    EXPECT_EQ(bad(c), kStall + 1);
    EXPECT_EQ(std::popcount(c.tally(evidence::Signal::Data, 2).damped_bad), 0)
        << "all of it was over when the store was back, in however many steps it was answered for";
    EXPECT_EQ(bad(c, 1), 0);
  }
}

TEST_F(Refill, WhoDeliversBeyondTheOverlapIsLookedForAgainAFewTimes) {
  Conversation c;
  come_back(kAway[1], c);  // the wait begins at 11:00 and ends at 12:00
  const auto deliver = [&](int minute) { c.store.silent.erase({2, kDay0 + minute}); };
  const auto run = [&](int minute) { c.run(evidence::day_time(kDay0 + minute, 30)); };
  run(15);
  EXPECT_EQ(bad(c), 11);
  deliver(0);
  run(16);
  EXPECT_EQ(bad(c), 11);
  run(17);
  EXPECT_EQ(bad(c), 10) << "one overlap after the wait";
  deliver(1);
  run(26);
  EXPECT_EQ(bad(c), 10);
  run(27);
  EXPECT_EQ(bad(c), 9) << "ten minutes later";
  deliver(2);
  run(47);
  EXPECT_EQ(bad(c), 8) << "20 minutes later";
  deliver(3);
  run(86);
  EXPECT_EQ(bad(c), 8);
  run(87);
  EXPECT_EQ(bad(c), 7) << "40 minutes later";
  deliver(4);
  run(400);
  EXPECT_EQ(bad(c), 7) << "and no more";
}

// Looking back goes in chunks of what the store allows, hides nothing that is new, and is no back-fill.
TEST_F(Refill, ALookBackIsAskedForInChunks) {
  Conversation c;
  c.limits.chunk = 6min;
  come_back(kAway[1], c, 20);  // the wait ends at 22:00
  c.run(evidence::day_time(kDay0 + 26, 30));
  EXPECT_EQ(bad(c), 21);
  c.store.silent.clear();
  while (c.turn(evidence::day_time(kDay0 + 27, 30))) EXPECT_FALSE(c.pull->state().back_fill.has_value());
  EXPECT_EQ(bad(c), 0);
  EXPECT_EQ(c.watermark(), evidence::day_minute(kDay0 + 26));
}

// The outage began in the midst of a minute: who had not delivered it yet does so after the outage, however long it
// was.
TEST_F(Refill, TheLastMinutesBeforeALongOutageAreAskedForAgain) {
  Conversation c;
  c.store.holds_to = kDay0;
  c.store.silent = {{2, kDay0 - 1}};
  c.run(evidence::day_time(kDay0 + 200));
  EXPECT_EQ(c.watermark(), evidence::day_minute(kDay0));
  EXPECT_EQ(bad(c), 1);
  c.store.holds_to = 1 << 20;
  c.store.silent.clear();
  c.run(evidence::day_time(kDay0 + 202));
  EXPECT_EQ(c.watermark(), evidence::day_minute(kDay0 + 201));
  EXPECT_EQ(bad(c), 0);
}

TEST_F(Refill, WithoutAnOverlapNobodyLooksBack) {
  Conversation c;
  c.limits.overlap = 0min;
  come_back(kAway[1], c);
  c.run(evidence::day_time(kDay0 + 13));
  c.store.silent.clear();
  c.run(evidence::day_time(kDay0 + 200));
  EXPECT_EQ(bad(c), 11);
}

TEST_F(Refill, AStoreThatIsAwayAgainIsWaitedForAnew) {
  Conversation c;
  come_back(kAway[1], c);
  c.run(evidence::day_time(kDay0 + kStall + 1, 20));
  EXPECT_EQ(c.watermark(), evidence::day_minute(kDay0));
  kAway[1].begin(c);
  c.run(evidence::day_time(kDay0 + kStall + 9));
  kAway[1].end(c);
  c.run(evidence::day_time(kDay0 + kStall + 9, 40));
  EXPECT_EQ(c.watermark(), evidence::day_minute(kDay0)) << "the first answer is not taken this time either";
  c.store.silent.clear();
  c.run(evidence::day_time(kDay0 + kStall + 11));
  EXPECT_EQ(c.watermark(), evidence::day_minute(kDay0 + kStall + 10));
  EXPECT_EQ(bad(c), 0);
}

// A request that fails now and then, or every other one, costs lags and no progress.
TEST_F(Refill, AStoreThatFailsEveryOtherTimeIsFollowedAllTheSame) {
  Conversation c;
  c.run(evidence::day_time(kDay0 + 1));
  c.fault = [](std::size_t n) -> Fault {
    if (n % 2 == 0) return nullptr;
    return [](auto) { return fail(ErrorKind::Retry, "no answer: timed out"); };
  };
  for (int m = 10; m < 120; m += 10) {
    c.run(evidence::day_time(kDay0 + m));
    EXPECT_GE(c.watermark(), evidence::day_minute(kDay0 + m - 4)) << m;
  }
  EXPECT_EQ(bad(c, 1), 0);
}

// It answers small questions only, and says nothing to larger ones: what it can be asked is not grown while it is
// waited for, else the wait would begin anew for ever.
TEST_F(Refill, AStoreThatIsTooSlowForLargeQuestionsIsFollowedAllTheSame) {
  Conversation c;
  c.limits.lag = 10s;
  c.restart();
  c.run(evidence::day_time(kDay0 + 1));
  kAway[1].begin(c);
  c.run(evidence::day_time(kDay0 + 120));
  c.fault = [&](std::size_t n) -> Fault {
    if (c.asked[n].to - c.asked[n].from <= 15min) return nullptr;
    return [&](auto) {
      c.now += 30s;
      return fail(ErrorKind::Retry, "no answer: timed out");
    };
  };
  c.run(evidence::day_time(kDay0 + 150));
  EXPECT_GE(c.watermark(), evidence::day_minute(kDay0 + 147));
  EXPECT_EQ(c.tally(evidence::Signal::Data).good, 1440);
}

TEST(StoreRefill, AStallThatNobodyLookedAtYetIsJoinedByTheNext) {
  StoreRefill refill(60s, 5min);
  const auto at = [](int minute) { return evidence::day_time(minute); };
  const auto stall = [&](int from, int now) {
    refill.stalled();
    EXPECT_EQ(refill.wait_until(evidence::day_minute(from), at(now)), at(now + 1));
    EXPECT_FALSE(refill.wait_until(evidence::day_minute(from), at(now + 1)));
    EXPECT_FALSE(refill.begin_sweep(at(now + 1)));
    refill.end_sweep(true, evidence::day_minute(now), at(now + 1));
  };
  stall(0, 10);
  stall(12, 14);
  EXPECT_FALSE(refill.begin_sweep(at(15)));
  EXPECT_EQ(refill.begin_sweep(at(16)), evidence::day_minute(0 - 5)) << "and the overlap before it";
  refill.end_sweep(true, evidence::day_minute(15), at(16));
  stall(18, 20);
  EXPECT_EQ(refill.begin_sweep(at(26)), evidence::day_minute(18 - 5)) << "what was looked at once gives its place";
}

}  // namespace
}  // namespace dz::telemetry
