#include "control/health_decision.h"

#include <gtest/gtest.h>

#include "evidence/evidence.h"

namespace dz::control {
namespace {

using namespace std::chrono_literals;
using verdict::Judgement;

constexpr Timestamp kNoon = std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + 12h;

// A device that is ready for links, of which nothing has been known for an hour, and whose links are down: a whole look
// at it says "not met", and what its health rests on says nothing.
verdict::Assessment hold_expired() {
  verdict::Assessment a;
  a.from = Health::ReadyForLinks;
  a.to = Health::Impaired;
  a.reason = verdict::HealthReason::HoldExpired;
  a.evidence_judgement = Judgement::NotMet;
  a.links_evidence_judgement = Judgement::Unknown;
  return a;
}

class HealthDecision : public testing::Test {
 protected:
  Decision decide_on(const verdict::Assessment& a) {
    const SeenRecord seen{{}, {RecordKind::Device, Status::LinkProvisioning, DesiredStatus::Activated, a.from}};
    MonitorInputs inputs{links, devices, 1, evidence, policy, WriteMode::Write, true, kNoon};
    observe(seen, inputs, memory);
    return decide(seen, inputs, a, memory);
  }

  std::map<Pubkey, Link> links;
  std::map<Pubkey, Device> devices;
  evidence::Evidence evidence;
  verdict::Policy policy;
  verdict::RecordMemory memory;
};

// Its write may be lost on the way: at the next pass the hold is as long over.
TEST_F(HealthDecision, AHoldThatIsOverStaysOverUntilTheWriteLands) {
  const auto known = kNoon - 1h - 1us;
  memory.evidence_known_at = known;
  memory.own_health = Health::ReadyForLinks;
  const auto decision = decide_on(hold_expired());
  ASSERT_TRUE(decision.change);
  EXPECT_EQ(decision.change->to, Health::Impaired);
  EXPECT_EQ(memory.evidence_known_at, known);
}

TEST_F(HealthDecision, WhatIsKnownOfItsOwnBeginsTheHoldAnew) {
  memory.evidence_known_at = kNoon - 30min;
  memory.own_health = Health::ReadyForLinks;
  auto a = hold_expired();
  a.to = Health::ReadyForLinks;
  decide_on(a);
  EXPECT_EQ(memory.evidence_known_at, kNoon - 30min) << "its links alone were looked at";
  a.links_evidence_judgement = Judgement::Met;
  decide_on(a);
  EXPECT_EQ(memory.evidence_known_at, kNoon);
}

}  // namespace
}  // namespace dz::control
