#include "control/restored_facts.h"

#include <gtest/gtest.h>

namespace dz::control {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kStart{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + std::chrono::hours{12}};
constexpr Duration kLateness = 30s;

Pubkey device_of(std::uint8_t n) {
  Pubkey key;
  key.bytes.fill(n);
  return key;
}
const Pubkey kAms = device_of(1);

class RestoredFactsTest : public testing::Test {
 protected:
  static RestoredFacts of(Cause cause, IncidentState state = IncidentState::Failing) {
    Incident incident;
    cause.device = kAms;
    incident.cause = cause;
    incident.state = state;
    return {std::span(&incident, 1), kStart + 150s};
  }
  static KnownFacts after(RestoredFacts& restored, Duration time, KnownFacts facts = {}) {
    restored.add_to(facts, kLateness, kStart + time);
    return facts;
  }
  static KnownFacts heard(Timestamp newest, bool perhaps_late = false) {
    KnownFacts facts;
    facts.heard = [newest](const Pubkey& device) { return device == kAms ? std::optional(newest) : std::nullopt; };
    if (perhaps_late) facts.perhaps_late.insert(kAms);
    return facts;
  }
};

TEST_F(RestoredFactsTest, LateRowsStandUntilItIsKnownWhetherTheyStillAre) {
  auto restored = of({.kind = CauseKind::RowsLate, .by = 4min});
  EXPECT_EQ(after(restored, 5s).rows_late.at(kAms), 4min) << "nothing has come yet";
  EXPECT_EQ(after(restored, 30s, heard(kStart - 200s, true)).rows_late.at(kAms), 4min);
  EXPECT_EQ(after(restored, 200s, heard(kStart - 30s, true)).rows_late.at(kAms), 4min) << "for as long as that takes";
  KnownFacts known = heard(kStart);
  known.rows_late.emplace(kAms, 6min);
  EXPECT_EQ(after(restored, 210s, known).rows_late.at(kAms), 6min);
  EXPECT_TRUE(after(restored, 215s).rows_late.empty()) << "what was known since is no more restored";
}

TEST_F(RestoredFactsTest, RowsThatComeInTimeEndLateOnes) {
  auto restored = of({.kind = CauseKind::RowsLate, .by = 4min});
  EXPECT_TRUE(after(restored, 20s, heard(kStart + 20s)).rows_late.empty());
  EXPECT_TRUE(after(restored, 25s).rows_late.empty());
}

TEST_F(RestoredFactsTest, WhatDoesNotShowAgainIsOver) {
  auto restored = of({.kind = CauseKind::RowsLate, .by = 4min});
  EXPECT_FALSE(after(restored, 149s).rows_late.empty());
  EXPECT_TRUE(after(restored, 150s).rows_late.empty());
  auto recovering = of({.kind = CauseKind::RowsLate, .by = 4min}, IncidentState::Recovering);
  EXPECT_TRUE(after(recovering, 1s).rows_late.empty());
  auto silent = of({.kind = CauseKind::DeviceSilent});
  EXPECT_TRUE(after(silent, 1s).rows_late.empty());
}

TEST_F(RestoredFactsTest, AClockAndAnOldPubkeyStandUntilARowIsHeard) {
  auto clock = of({.kind = CauseKind::ClockAhead, .by = 9min});
  EXPECT_EQ(after(clock, 5s).clock_ahead.at(kAms), 9min);
  EXPECT_TRUE(after(clock, 9s, heard(kStart + 9s)).clock_ahead.empty());
  auto pubkey = of({.kind = CauseKind::PubkeyChanged, .detail = to_text(device_of(2))});
  EXPECT_EQ(pubkey.old_pubkeys(), (std::map<Pubkey, Pubkey>{{device_of(2), kAms}}));
  EXPECT_EQ(after(pubkey, 5s).old_pubkey.at(kAms), device_of(2));
  EXPECT_TRUE(after(pubkey, 9s, heard(kStart + 9s)).old_pubkey.empty());
}

TEST_F(RestoredFactsTest, TimesThatWentBackStandWhateverIsHeard) {
  auto restored = of({.kind = CauseKind::TimesBack, .by = 2min, .since = kStart - 1min});
  EXPECT_EQ(after(restored, 9s, heard(kStart + 9s)).times_back.at(kAms).at, kStart - 1min);
  EXPECT_TRUE(after(restored, 150s).times_back.empty());
}

}  // namespace
}  // namespace dz::control
