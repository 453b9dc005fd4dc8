// X2: what settling one port costs is bounded by counting, whatever its rows are, and many ports are settled in pieces.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "evidence/counters.h"
#include "evidence/octets_past.h"
#include "evidence/port_history.h"
#include "evidence/snapshot.h"
#include "evidence/testing.h"

namespace dz::evidence {
namespace {

using namespace std::chrono_literals;

constexpr int kRows = 20'000;
const MinuteIndex kFirst = index_of(kDay);

// A port alone, settled with so much work at a time.
struct Port {
  Port() { minutes.resize(1); }
  // Returns in how many pieces.
  int settle(MinuteIndex to, std::size_t most) {
    PortRing ring(minutes, 0);
    const PortShelf places(shelf, device, "Ethernet1");
    for (int pieces = 1;; ++pieces) {
      auto work = most;
      closed = counters.settle(closed, to, {ring, places, rows}, work);
      if (closed == to) return pieces;
    }
  }
  PortCounters counters;
  PortMinutes minutes;
  PortOctets::Rows rows;
  MemoryShelf shelf;
  Pubkey device;
  MinuteIndex closed = kFirst;
};

TEST(SettleCost, X2_TheGreatestOfATimeIsTheOneThatAWalkFinds) {
  Dice dice(7);
  for (const std::size_t size : {1U, 2U, 3U, 8U, 63U, 64U, 65U}) {
    std::vector<Reading> readings;
    for (std::size_t i = 0; i < size; ++i) readings.push_back({Timestamp{Duration{i / 2}}, dice() % 1000});
    const Greatest greatest(readings);
    for (int after = -1; after < 34; ++after) {
      for (int until = after; until < 34; ++until) {
        std::uint64_t wanted = 0;
        for (const auto& [at, value] : readings) {
          if (at > Timestamp{Duration{after}} && at <= Timestamp{Duration{until}}) wanted = std::max(wanted, value);
        }
        ASSERT_EQ(greatest.within(Timestamp{Duration{after}}, Timestamp{Duration{until}}), wanted);
      }
    }
  }
}

TEST(SettleCost, X2_OctetsThatGoUpAndDownLeaveFewFalls) {
  for (const bool late : {false, true}) {
    Port port;
    if (late) port.settle(kFirst + 60, SIZE_MAX);
    std::size_t most = 0;
    for (int i = 0; i < kRows; ++i) {
      const auto value = static_cast<std::uint64_t>(i % 2 == 0 ? 1'000'000 - i : 5);  // resets, every one
      port.counters.add({day_time(i / 500, i % 500 * 0.1), value, value + 1, {}, {}, {}}, late);
      if (i % 250 == 249) port.settle(late ? port.closed : kFirst + (i + 1) / 500, SIZE_MAX);
      most = std::max(most, port.counters.octets().falls().size());
    }
    EXPECT_LE(most, 2 * PortOctets::kMostFallsAMinute * 40) << (late ? "late" : "in time");
    EXPECT_GT(most, 0U);
  }
}

TEST(SettleCost, X2_WhereThereAreVeryManyFallsAMinuteKeepsOne) {
  Port port;
  for (int m = 0; m < 200; ++m) {
    for (int i = 0; i < 24; ++i) {
      const auto value = static_cast<std::uint64_t>(i % 2 == 0 ? 1'000'000 - m * 100 - i : 5);
      port.counters.add({day_time(m, i * 2), value, value + 1, {}, {}, {}}, false);
    }
    port.settle(kFirst + m + 1, SIZE_MAX);
  }
  EXPECT_LE(port.counters.octets().falls().size(), PortOctets::kMostFalls + 2 * 12);
}

// Rows of many minutes that close at once: one stage after the other, each of them once.
TEST(SettleCost, X2_APortIsSettledInPiecesAndEndsTheSame) {
  Port whole, pieces;
  for (auto* port : {&whole, &pieces}) {
    for (int m = 0; m < 100; ++m) {
      const auto value = static_cast<std::uint64_t>(m % 7 * 100);
      port->counters.add({day_time(m, 20), value, value, value, {}, {}}, false);
    }
  }
  EXPECT_EQ(whole.settle(kFirst + 120, SIZE_MAX), 1);
  EXPECT_GE(pieces.settle(kFirst + 120, 1), 100);
  for (int plane = 0; plane < kPortPlanes; ++plane) {
    for (MinuteIndex m = kFirst; m < kFirst + 120; ++m) {
      ASSERT_EQ(whole.minutes.test(0, plane, m), pieces.minutes.test(0, plane, m)) << plane << " " << m - kFirst;
    }
  }
}

TEST(SettleCost, X2_ErrorValuesHaveABoundAndTimeMakesRoom) {
  Watched w;
  w.close(10);
  const auto add = [&](int i) {
    return *w.evidence.add_counters(numbered_key(1), "Ethernet1",
                                    {day_time(8, 59) - Duration{i}, {}, {}, static_cast<std::uint64_t>(i), {}, {}},
                                    w.now());
  };
  int taken = 0;
  while (taken < kRows && add(taken) == RowOutcome::Taken) ++taken;
  EXPECT_GE(taken, static_cast<int>(ErrorHistory::kMostValues));
  EXPECT_LE(taken, static_cast<int>(ErrorHistory::kMostValues) + 512);
  w.close(40);
  EXPECT_EQ(add(kRows), RowOutcome::Taken);
}

// Many interfaces with late rows. Between two pieces nobody sees a minute more than before, and a row that comes then
// is late, as in a replay of the journal, where the close is done at once.
TEST(SettleCost, X2_ManyPortsAreSettledInPiecesAndRowsBetweenThemAreLate) {
  constexpr int kPorts = 300;
  Watched pieces, whole;
  const auto row = [](int port, int minute, std::uint64_t value) {
    return CounterRow{
        day_time(minute, port % 60), value, value, port % 3 == 0 ? std::optional(value) : std::nullopt, {}, {}};
  };
  const auto tell = [&](Evidence& evidence, int port, int minute, std::uint64_t value) {
    EXPECT_TRUE(evidence.add_counters(numbered_key(1), "Ethernet" + std::to_string(port), row(port, minute, value),
                                      day_time(21, 45)));
  };
  for (auto* w : {&pieces, &whole}) {
    w->close(20);
    for (int port = 0; port < kPorts; ++port) {
      for (const int minute : {3, 20}) tell(w->evidence, port, minute, 100 + static_cast<std::uint64_t>(minute));
    }
  }
  std::vector<int> told;
  const auto between = [&] {
    EXPECT_EQ(pieces.evidence.state(Source::Counters).watermark, day_minute(20));
    const int port = static_cast<int>(told.size()) * 37 % kPorts;
    told.push_back(port);
    tell(pieces.evidence, port, 20, 7);
  };
  pieces.evidence.advance(day_time(21, 31), {.work = 500, .between = between});
  EXPECT_EQ(pieces.evidence.state(Source::Counters).watermark, day_minute(21));
  EXPECT_GE(told.size(), 100U) << "one piece settles a port or two, whatever others have";
  whole.evidence.advance(day_time(21, 31));
  for (const int port : told) tell(whole.evidence, port, 20, 7);
  for (auto* w : {&pieces, &whole}) w->evidence.advance(day_time(21, 50));
  EXPECT_EQ(snapshot_of(pieces.evidence), snapshot_of(whole.evidence));
}

}  // namespace
}  // namespace dz::evidence
