#include "verdict/health_table.h"

#include <set>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace dz {
namespace {

// The table of the design, written a second time as a list of rows, so that every one of the 288 inputs is decided by
// a row or stays as it is.
struct Row {
  Health from;
  bool activated;
  bool (*when)(const HealthInputs&);
  Health to;
};

constexpr Row kRows[] = {
    {Health::Unknown, false, [](const HealthInputs&) { return true; }, Health::Pending},
    {Health::Unknown, true, [](const HealthInputs&) { return true; }, Health::Pending},
    {Health::Pending, false,
     [](const HealthInputs& i) { return i.e == Judgement::Met && i.r == Judgement::Met && i.stayed; }, Health::Healthy},
    {Health::Pending, true, [](const HealthInputs& i) { return i.e == Judgement::Met; }, Health::Healthy},
    {Health::Pending, true, [](const HealthInputs& i) { return i.e != Judgement::Met && i.damped_failure; },
     Health::Impaired},
    {Health::Healthy, false, [](const HealthInputs& i) { return i.e == Judgement::NotMet; }, Health::Impaired},
    {Health::Healthy, false, [](const HealthInputs& i) { return i.e == Judgement::Unknown && i.held_too_long; },
     Health::Impaired},
    {Health::Healthy, true, [](const HealthInputs& i) { return i.damped_failure; }, Health::Impaired},
    {Health::Impaired, false, [](const HealthInputs& i) { return i.e == Judgement::Met && i.stayed; }, Health::Healthy},
    {Health::Impaired, true, [](const HealthInputs& i) { return i.e == Judgement::Met; }, Health::Healthy},
};

template <typename Visit>
void for_every_input(Visit visit) {
  for (const auto health : {Health::Unknown, Health::Pending, Health::Healthy, Health::Impaired}) {
    for (const auto e : {Judgement::Met, Judgement::NotMet, Judgement::Unknown}) {
      for (const auto r : {Judgement::Met, Judgement::NotMet, Judgement::Unknown}) {
        for (int bits = 0; bits < 16; ++bits) {
          visit(HealthInputs{health, (bits & 1) != 0, e, r, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0});
        }
      }
    }
  }
}

std::string describe(const HealthInputs& i) {
  return fmt::format("{} {} E {} R {} D {} held {} stayed {}", to_text(i.health), i.activated, to_text(i.e),
                     to_text(i.r), i.damped_failure, i.held_too_long, i.stayed);
}

TEST(HealthTable, SaysWhatItsRowsSayForEveryInput) {
  int inputs = 0;
  for_every_input([&](const HealthInputs& in) {
    ++inputs;
    Health expected = in.health;
    for (const auto& row : kRows) {
      if (row.from == in.health && row.activated == in.activated && row.when(in)) {
        expected = row.to;
        break;
      }
    }
    EXPECT_EQ(next_health(in).health, expected) << describe(in);
  });
  EXPECT_EQ(inputs, 4 * 3 * 3 * 16);
}

TEST(HealthTable, GivesEachReasonInItsCellOnly) {
  std::set<HealthReason> seen;
  for_every_input([&](const HealthInputs& in) {
    const auto out = next_health(in);
    seen.insert(out.reason);
    const bool moves = out.health != in.health;
    const std::set<HealthReason> moving{HealthReason::FirstSight,    HealthReason::BecameHealthy,
                                        HealthReason::DampedFailure, HealthReason::BadEvidence,
                                        HealthReason::HoldExpired,   HealthReason::Recovered};
    EXPECT_EQ(moves, moving.contains(out.reason)) << describe(in) << " " << to_text(out.reason);
  });
  EXPECT_EQ(seen.size(), kHealthReasonCount);
}

// No evidence raises nothing, and lowers nothing that carries traffic.
TEST(HealthTable, WithoutEvidenceNothingRisesAndNothingInServiceFalls) {
  for_every_input([](HealthInputs in) {
    if (in.e != Judgement::Unknown) return;
    const auto out = next_health(in);
    if (in.health != Health::Healthy) {
      EXPECT_NE(out.health, Health::Healthy) << describe(in);
    }
    in.damped_failure = false;
    if (in.activated && in.health == Health::Healthy) {
      EXPECT_EQ(next_health(in).health, Health::Healthy) << describe(in);
    }
  });
}

TEST(HealthTable, RecordCriteriaAreReadOnTheWayOutOfPendingOnly) {
  for_every_input([](HealthInputs in) {
    if (in.health == Health::Pending && !in.activated) return;
    const auto out = next_health(in);
    for (const auto r : {Judgement::Met, Judgement::NotMet, Judgement::Unknown}) {
      in.r = r;
      EXPECT_EQ(next_health(in), out) << describe(in);
    }
  });
}

}  // namespace
}  // namespace dz
