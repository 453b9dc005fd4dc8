#include "verdict/health_table.h"

#include <set>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace dz::verdict {
namespace {

// The table of the design, written a second time as a list of rows, so that every one of the 7,200 inputs is decided
// by a row or stays as it is. The first row that fits decides.
struct Row {
  Health from;
  bool activated;
  bool (*when)(const HealthInputs&);
  Health to;
};

bool all_good(const HealthInputs& i) {
  return i.evidence_judgement == Judgement::Met && i.record_judgement == Judgement::Met && i.stayed;
}
bool good_for_links(const HealthInputs& i) {
  return i.stages && i.links_evidence_judgement == Judgement::Met && i.links_record_judgement == Judgement::Met &&
         i.stayed;
}

constexpr Row kRows[] = {
    {Health::Unknown, false, [](const HealthInputs&) { return true; }, Health::Pending},
    {Health::Unknown, true, [](const HealthInputs&) { return true; }, Health::Pending},
    {Health::Pending, false, all_good, Health::Healthy},
    {Health::Pending, false, good_for_links, Health::ReadyForLinks},
    {Health::Pending, true, [](const HealthInputs& i) { return i.evidence_judgement == Judgement::Met; },
     Health::Healthy},
    {Health::Pending, true,
     [](const HealthInputs& i) { return i.evidence_judgement != Judgement::Met && i.damped_failure; },
     Health::Impaired},
    {Health::ReadyForLinks, false,
     [](const HealthInputs& i) { return i.links_evidence_judgement == Judgement::NotMet; }, Health::Impaired},
    {Health::ReadyForLinks, false,
     [](const HealthInputs& i) { return i.links_evidence_judgement == Judgement::Unknown && i.held_too_long; },
     Health::Impaired},
    {Health::ReadyForLinks, false,
     [](const HealthInputs& i) { return i.links_evidence_judgement == Judgement::Met && all_good(i); },
     Health::Healthy},
    {Health::ReadyForLinks, true, [](const HealthInputs& i) { return i.evidence_judgement == Judgement::Met; },
     Health::Healthy},
    {Health::ReadyForLinks, true, [](const HealthInputs& i) { return i.damped_failure; }, Health::Impaired},
    {Health::Healthy, false, [](const HealthInputs& i) { return i.evidence_judgement == Judgement::NotMet; },
     Health::Impaired},
    {Health::Healthy, false,
     [](const HealthInputs& i) { return i.evidence_judgement == Judgement::Unknown && i.held_too_long; },
     Health::Impaired},
    {Health::Healthy, true, [](const HealthInputs& i) { return i.damped_failure; }, Health::Impaired},
    {Health::Impaired, false, [](const HealthInputs& i) { return i.evidence_judgement == Judgement::Met && i.stayed; },
     Health::Healthy},
    {Health::Impaired, false, good_for_links, Health::ReadyForLinks},
    {Health::Impaired, true, [](const HealthInputs& i) { return i.evidence_judgement == Judgement::Met; },
     Health::Healthy},
};

constexpr Judgement kJudgements[] = {Judgement::Met, Judgement::NotMet, Judgement::Unknown};

template <typename Visit>
void for_every_input(Visit visit) {
  for (const auto health :
       {Health::Unknown, Health::Pending, Health::ReadyForLinks, Health::Healthy, Health::Impaired}) {
    for (const auto e : kJudgements) {
      for (const auto r : kJudgements) {
        for (int bits = 0; bits < 16; ++bits) {
          HealthInputs in{health, (bits & 1) != 0, e, r, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0};
          visit(in);
          in.stages = true;
          for (const auto links_evidence : kJudgements) {
            for (const auto links_record : kJudgements) {
              in.links_evidence_judgement = links_evidence;
              in.links_record_judgement = links_record;
              visit(in);
            }
          }
        }
      }
    }
  }
}

std::string describe(const HealthInputs& i) {
  return fmt::format("{} {} E {} R {} D {} held {} stayed {} stages {} e {} r {}", to_text(i.health), i.activated,
                     to_text(i.evidence_judgement), to_text(i.record_judgement), i.damped_failure, i.held_too_long,
                     i.stayed, i.stages, to_text(i.links_evidence_judgement), to_text(i.links_record_judgement));
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
  EXPECT_EQ(inputs, 5 * 3 * 3 * 16 * (1 + 3 * 3));
}

TEST(HealthTable, GivesEachReasonInItsCellOnly) {
  std::set<HealthReason> seen;
  for_every_input([&](const HealthInputs& in) {
    const auto out = next_health(in);
    seen.insert(out.reason);
    const bool moves = out.health != in.health;
    const std::set<HealthReason> moving{HealthReason::FirstSight,         HealthReason::BecameHealthy,
                                        HealthReason::DampedFailure,      HealthReason::BadEvidence,
                                        HealthReason::HoldExpired,        HealthReason::Recovered,
                                        HealthReason::BecameReadyForLinks};
    EXPECT_EQ(moves, moving.contains(out.reason)) << describe(in) << " " << to_text(out.reason);
  });
  EXPECT_EQ(seen.size(), kTableReasonCount);
}

// No evidence raises nothing, and lowers nothing that carries traffic.
TEST(HealthTable, WithoutEvidenceNothingRisesAndNothingInServiceFalls) {
  for_every_input([](HealthInputs in) {
    if (in.evidence_judgement != Judgement::Unknown) return;
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

// Links, and devices of a network without stages: nothing but a ledger's own doing shows them ready-for-links.
TEST(HealthTable, WithoutStagesNothingBecomesReadyForLinks) {
  for_every_input([](const HealthInputs& in) {
    if (in.stages || in.health == Health::ReadyForLinks) return;
    EXPECT_NE(next_health(in).health, Health::ReadyForLinks) << describe(in);
  });
}

// What is not good for links is not ready for them, and is not healthy by way of them.
TEST(HealthTable, ReadyForLinksRestsOnItsOwnEvidence) {
  for_every_input([](const HealthInputs& in) {
    if (in.activated || !in.stages || in.links_evidence_judgement != Judgement::NotMet) return;
    const auto out = next_health(in).health;
    EXPECT_NE(out, Health::ReadyForLinks) << describe(in);
    if (in.health == Health::ReadyForLinks) {
      EXPECT_EQ(out, Health::Impaired) << describe(in);
    }
  });
}

TEST(HealthTable, RecordCriteriaAreReadOnTheWayUpFromPendingOnly) {
  for_every_input([](HealthInputs in) {
    if ((in.health == Health::Pending || in.health == Health::ReadyForLinks) && !in.activated) return;
    const auto out = next_health(in);
    for (const auto r : {Judgement::Met, Judgement::NotMet, Judgement::Unknown}) {
      in.record_judgement = r;
      EXPECT_EQ(next_health(in), out) << describe(in);
    }
  });
}

}  // namespace
}  // namespace dz::verdict
