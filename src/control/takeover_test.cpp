#include "control/takeover.h"

#include <gtest/gtest.h>

namespace dz::control {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kStart{std::chrono::hours{494'000}};
const Pubkey kA{{1}}, kB{{2}};

// Two links that a writer keeps healthy or not, watched by a monitor that takes over after ten minutes.
struct Watch {
  Watch() {
    for (const auto& key : {kA, kB})
      records[key] = {RecordKind::Link, Status::Activated, DesiredStatus::Activated, Health::Healthy};
  }
  bool pass(Duration later = 1min) {
    now += later;
    std::vector<RecordVerdict> verdicts;
    for (const auto& [key, record] : records) {
      RecordVerdict verdict;
      verdict.key = key;
      verdict.health = record.health;
      verdict.verdict = evidence.contains(key) ? evidence.at(key) : record.health;
      verdicts.push_back(verdict);
    }
    return rule.step({now, verdicts, records, can_write, true, records_an_hour});
  }
  bool passes(int minutes) {
    bool writes = rule.writes();
    for (int i = 0; i < minutes; ++i) writes = pass();
    return writes;
  }

  GovernedRecords records;
  std::map<Pubkey, Health> evidence;  // what the evidence says; of others, what the ledger has
  bool can_write = true;
  std::optional<std::size_t> records_an_hour;
  Timestamp now = kStart;
  Takeover rule{10min};
};

TEST(Takeover, NothingDueIsNoSilence) {
  Watch w;
  EXPECT_FALSE(w.passes(24 * 60));
  EXPECT_EQ(w.rule.silent(w.now), 0s);
}

TEST(Takeover, WhatIsDueAndNotWrittenIsWrittenAfterTheTimeAndNotBefore) {
  Watch w;
  w.pass();
  w.evidence[kA] = Health::Impaired;
  EXPECT_FALSE(w.passes(10));  // due since the first of these
  EXPECT_EQ(w.rule.silent(w.now), 9min);
  EXPECT_TRUE(w.pass());
}

TEST(Takeover, AWriterThatWritesAnythingIsAlive) {
  Watch w;
  w.pass();
  w.evidence = {{kA, Health::Impaired}, {kB, Health::Impaired}};
  EXPECT_FALSE(w.passes(9));
  w.records[kB].health = Health::Impaired;
  EXPECT_FALSE(w.passes(10));
  EXPECT_TRUE(w.pass());  // of kA, ten minutes after the writer's last word
}

TEST(Takeover, WhatComesAndGoesIsNotDue) {
  Watch w;
  for (int i = 0; i < 5; ++i) {
    w.evidence[kA] = Health::Impaired;
    EXPECT_FALSE(w.passes(9));
    w.evidence.clear();
    EXPECT_FALSE(w.pass());
  }
}

TEST(Takeover, NothingCountsWhileTheLedgerIsNotSeenFreshly) {
  Watch w;
  w.pass();
  w.evidence[kA] = Health::Impaired;
  w.can_write = false;
  EXPECT_FALSE(w.passes(60));
  w.can_write = true;
  EXPECT_FALSE(w.passes(10));
  EXPECT_TRUE(w.pass());
}

TEST(Takeover, StepsBackAtTheFirstHealthThatSomebodyElseWrote) {
  Watch w;
  w.pass();
  w.evidence[kA] = Health::Impaired;
  ASSERT_TRUE(w.passes(11));
  w.rule.wrote(kA, Health::Impaired);
  w.records[kA].health = Health::Impaired;
  EXPECT_TRUE(w.pass());  // its own
  w.records[kB].health = Health::Pending;
  EXPECT_FALSE(w.pass());
}

TEST(Takeover, TheProgramsOwnResetIsNobodysWord) {
  Watch w;
  w.pass();
  w.evidence[kA] = Health::Impaired;
  EXPECT_FALSE(w.passes(9));
  w.records[kB].status = Status::HardDrained;
  w.records[kB].health = Health::Impaired;
  EXPECT_FALSE(w.pass());
  EXPECT_TRUE(w.pass());
}

TEST(Takeover, AHealthSetAgainstTheEvidenceIsLeftToPeople) {
  Watch w;
  w.pass();
  w.records[kA].health = Health::Impaired;  // by hand: the evidence says healthy
  w.evidence[kA] = Health::Healthy;
  EXPECT_FALSE(w.passes(24 * 60));
  EXPECT_TRUE(w.rule.leaves_alone(kA));
  w.evidence[kA] = Health::Impaired;
  w.pass();
  EXPECT_FALSE(w.rule.leaves_alone(kA));
}

TEST(Takeover, AWriterWhoseBudgetIsSpentIsNotSilent) {
  Watch w;
  w.records_an_hour = 1;
  w.pass();
  w.evidence = {{kA, Health::Impaired}, {kB, Health::Impaired}};
  w.pass();
  w.records[kB].health = Health::Impaired;
  EXPECT_FALSE(w.passes(60));
  EXPECT_FALSE(w.passes(10));
  EXPECT_TRUE(w.passes(2));  // an hour after its write, and ten minutes more
}

}  // namespace
}  // namespace dz::control
