// The rules of control/provenance.h: cases with names, and every short history against the same rules written the other
// way round, as "there are such events".
#include "control/provenance.h"

#include <algorithm>
#include <functional>

#include <gtest/gtest.h>

namespace dz::control {
namespace {

Pubkey key(std::uint8_t n) {
  Pubkey k;
  k.bytes[0] = n;
  return k;
}
const Pubkey kMonitor = key(1), kFoundation = key(2), kSideA = key(3), kSideZ = key(4), kActivator = key(5);
const Witnesses kWitnesses{{kMonitor}, kActivator};

RecordEvent status(Status s, Pubkey by = kSideA) { return {.signer = by, .status = s}; }
RecordEvent wish(DesiredStatus d, Pubkey by = kSideA) { return {.signer = by, .desired_status = d}; }
RecordEvent health(Health h, Pubkey by = kMonitor) { return {.signer = by, .health = h}; }
RecordEvent drain(Pubkey by = kSideA) {  // as the CLI does
  return {.signer = by, .status = Status::HardDrained, .desired_status = DesiredStatus::HardDrained};
}
RecordEvent undrain(Pubkey by = kSideA) { return wish(DesiredStatus::Activated, by); }
const RecordEvent kCreated{.kind = RecordEventKind::Created, .signer = kSideA};
const RecordEvent kAccepted{.kind = RecordEventKind::Accepted, .signer = kSideZ};
const RecordEvent kImpaired = health(Health::Impaired), kReady = health(Health::Healthy);

constexpr GovernedRecord kBack{RecordKind::Link, Status::HardDrained, DesiredStatus::Activated, Health::Healthy};
constexpr GovernedRecord kNew{RecordKind::Link, Status::Provisioning, DesiredStatus::Activated, Health::Healthy};

// Of a whole history.
Proof of(Needs needs, std::vector<RecordEvent> events, GovernedRecord record) {
  events.insert(events.begin(), kCreated);
  return prove(needs, {std::move(events), true}, record, kWitnesses);
}
std::optional<Unproven> of_undrain(std::vector<RecordEvent> events, GovernedRecord record = kBack) {
  return of(Needs::Undrain, std::move(events), record).missing;
}
std::optional<Unproven> of_health(std::vector<RecordEvent> events, GovernedRecord record = kNew) {
  return of(Needs::OwnHealth, std::move(events), record).missing;
}

TEST(ProofOfUndrain, DrainUndrainImpairedReady) {
  EXPECT_EQ(of_undrain({drain(), kImpaired, undrain(), kImpaired, kReady}), std::nullopt);
  // The wish first, the status by the activator.
  EXPECT_EQ(of_undrain({wish(DesiredStatus::HardDrained), status(Status::HardDrained, kActivator), undrain(), kImpaired,
                        kReady}),
            std::nullopt);
}

TEST(ProofOfUndrain, DrainedByHandStaysDrained) {
  EXPECT_EQ(of_undrain({status(Status::HardDrained)}), Unproven::DrainedByHand);
  EXPECT_EQ(of_undrain({status(Status::HardDrained), kImpaired, kReady}), Unproven::DrainedByHand);
  // A wish repeated says nothing new.
  EXPECT_EQ(of_undrain({status(Status::HardDrained), undrain(), kImpaired, kReady}), Unproven::DrainedByHand);
  // It came back once, and was then drained by hand.
  EXPECT_EQ(of_undrain({drain(), undrain(), kImpaired, kReady, status(Status::Activated, kActivator),
                        status(Status::HardDrained), kImpaired, kReady}),
            Unproven::DrainedByHand);
}

TEST(ProofOfUndrain, ADrainByHandIsUndoneByTwoWishesInOneTransaction) {
  EXPECT_EQ(of_undrain({status(Status::HardDrained), wish(DesiredStatus::HardDrained), undrain(), kImpaired, kReady}),
            std::nullopt);
  EXPECT_EQ(of_undrain({status(Status::HardDrained), wish(DesiredStatus::HardDrained), undrain()}),
            Unproven::AwaitsJudgement);
}

TEST(ProofOfUndrain, DrainAndUndrainInOneTransaction) {
  EXPECT_EQ(of_undrain({kReady, drain(), undrain()}), Unproven::AwaitsJudgement);
  EXPECT_EQ(of_undrain({kReady, drain(), undrain(), kImpaired, kReady}), std::nullopt);
  // The wish before the drain that it would undo.
  EXPECT_EQ(of_undrain({wish(DesiredStatus::HardDrained), undrain(), status(Status::HardDrained), kImpaired, kReady}),
            Unproven::DrainedByHand);
  // Both in one instruction: a drain by hand.
  EXPECT_EQ(of_undrain({wish(DesiredStatus::HardDrained),
                        {.status = Status::HardDrained, .desired_status = DesiredStatus::Activated},
                        kImpaired,
                        kReady}),
            Unproven::DrainedByHand);
}

TEST(ProofOfUndrain, DrainedByOneSideAndUndrainedByTheOther) {
  EXPECT_EQ(of_undrain({drain(kSideA), undrain(kSideZ), kImpaired, kReady}), std::nullopt);
  // Each of them drained it, one undrained it.
  EXPECT_EQ(of_undrain({drain(kSideA), undrain(kSideA), kImpaired, kReady, status(Status::HardDrained, kSideZ)}),
            Unproven::DrainedByHand);
  EXPECT_EQ(of_undrain({drain(kSideA), drain(kSideZ), undrain(kSideA), kImpaired, kReady}), std::nullopt);
}

TEST(ProofOfUndrain, AJudgementFromBeforeTheUndrainIsNone) {
  EXPECT_EQ(of_undrain({drain(), kImpaired, undrain(), kReady}), Unproven::AwaitsJudgement);
  EXPECT_EQ(of_undrain({drain(), kImpaired, kReady, undrain()}), Unproven::AwaitsJudgement);
  EXPECT_EQ(of_undrain({drain(), undrain(), kReady, kImpaired, kReady}), std::nullopt);
}

TEST(ProofOfUndrain, OnlyTheAuthoritysHealthCounts) {
  const auto forced_bad = health(Health::Impaired, kFoundation), forced_good = health(Health::Healthy, kFoundation);
  EXPECT_EQ(of_undrain({drain(), undrain(), kImpaired, forced_good}), Unproven::AwaitsJudgement);
  EXPECT_EQ(of_undrain({drain(), undrain(), forced_bad, kReady}), Unproven::AwaitsJudgement);
  EXPECT_EQ(of_undrain({drain(), undrain(), kImpaired, kReady, forced_good}), std::nullopt);
  EXPECT_EQ(of_undrain({drain(), undrain(), kImpaired, kReady, forced_bad, forced_good}), Unproven::AwaitsJudgement);
  EXPECT_EQ(of_undrain({drain(), undrain(), kImpaired, forced_bad, kReady}), std::nullopt);
}

TEST(ProofOfUndrain, AskedBackAndDrainedAndAskedBackAgain) {
  EXPECT_EQ(of_undrain({drain(), undrain(), kImpaired, kReady, wish(DesiredStatus::SoftDrained), undrain()}),
            Unproven::AwaitsJudgement);
  EXPECT_EQ(of_undrain({drain(), undrain(), kImpaired, kReady, undrain()}), std::nullopt);
  EXPECT_EQ(of_undrain({drain(), wish(DesiredStatus::Pending), undrain(), kImpaired, kReady}), Unproven::DrainedByHand);
}

TEST(ProofOfUndrain, TheStagedStepIsNoDrain) {
  auto soft = kBack;
  soft.status = Status::SoftDrained;
  const std::vector<RecordEvent> back{drain(), undrain(), kImpaired, kReady};
  auto staged = back;
  staged.push_back(status(Status::SoftDrained, kActivator));
  EXPECT_EQ(of_undrain(staged, soft), std::nullopt);
  auto by_hand = back;
  by_hand.push_back(status(Status::SoftDrained, kSideA));
  EXPECT_EQ(of_undrain(by_hand, soft), Unproven::DrainedByHand);
  staged.push_back(status(Status::HardDrained, kSideA));
  EXPECT_EQ(of_undrain(staged, kBack), Unproven::DrainedByHand);
  // What the activator does as it was told is a drain like any other.
  EXPECT_EQ(of_undrain({drain(), undrain(), kImpaired, kReady, wish(DesiredStatus::SoftDrained),
                        status(Status::SoftDrained, kActivator), undrain(), kImpaired, kReady},
                       soft),
            std::nullopt);
}

TEST(ProofOfUndrain, AHistoryThatDoesNotAgreeWithTheRecordProvesNothing) {
  const std::vector<RecordEvent> back{drain(), undrain(), kImpaired, kReady};
  auto soft = kBack;
  soft.status = Status::SoftDrained;
  EXPECT_EQ(of_undrain(back, soft), Unproven::TrailNotKnown);
  EXPECT_EQ(of_undrain({drain(), undrain(), kImpaired}), Unproven::TrailNotKnown);
  EXPECT_EQ(of_undrain({}), Unproven::TrailNotKnown);
  EXPECT_EQ(of_undrain({drain(), undrain(), kImpaired, kReady, kAccepted}), Unproven::TrailNotKnown);
}

TEST(ProofOfUndrain, ATruncatedHistoryIsEnoughFromTheDrainOn) {
  const auto of_part = [](std::vector<RecordEvent> events) {
    return prove(Needs::Undrain, {std::move(events), false}, kBack, kWitnesses);
  };
  EXPECT_TRUE(of_part({drain(), undrain(), kImpaired, kReady}).proven());
  EXPECT_TRUE(of_part({undrain(), kImpaired, kReady}).needs_older);
  EXPECT_TRUE(of_part({kReady}).needs_older);
  EXPECT_TRUE(of_part({}).needs_older);
  // Whether the wish changed depends on what it was before.
  EXPECT_TRUE(of_part({status(Status::HardDrained), undrain(), kImpaired, kReady}).needs_older);
  EXPECT_TRUE(
      of_part({status(Status::HardDrained), wish(DesiredStatus::HardDrained), undrain(), kImpaired, kReady}).proven());
  // Drained by hand, whatever was before.
  const auto by_hand = of_part({status(Status::HardDrained), kReady});
  EXPECT_EQ(by_hand.missing, Unproven::DrainedByHand);
  EXPECT_FALSE(by_hand.needs_older);
}

TEST(ProofOfHealth, MustBeTheAuthoritysAndTheLast) {
  EXPECT_EQ(of_health({kReady}), std::nullopt);
  EXPECT_EQ(of_health({}), Unproven::HealthNotByAuthority);  // forced at creation
  EXPECT_EQ(of_health({health(Health::Healthy, kFoundation)}), Unproven::HealthNotByAuthority);
  EXPECT_EQ(of_health({kReady, health(Health::Healthy, kFoundation)}), Unproven::HealthNotByAuthority);
  EXPECT_EQ(of_health({health(Health::Healthy, kFoundation), kReady}), std::nullopt);
}

TEST(ProofOfHealth, MustComeAfterTheRecordEnteredProvisioning) {
  EXPECT_EQ(of_health({kReady, status(Status::Activated), status(Status::Provisioning)}), Unproven::AwaitsJudgement);
  EXPECT_EQ(of_health({kReady, kAccepted}), Unproven::AwaitsJudgement);
  EXPECT_EQ(of_health({status(Status::Provisioning), kReady}), std::nullopt);
  constexpr GovernedRecord kStage{RecordKind::Device, Status::LinkProvisioning, DesiredStatus::Activated,
                                  Health::Healthy};
  const auto device = status(Status::DeviceProvisioning), links = status(Status::LinkProvisioning, kActivator);
  EXPECT_EQ(of_health({device, kReady, links}, kStage), std::nullopt);  // a step within
  EXPECT_EQ(of_health({kReady, links}, kStage), Unproven::AwaitsJudgement);
  EXPECT_EQ(of_health({device, kReady, links, device, links}, kStage), Unproven::AwaitsJudgement);
}

TEST(ProofOfHealth, OfATruncatedHistoryTheLastWriteIsEnough) {
  const auto of_part = [](std::vector<RecordEvent> events, Status now = Status::Provisioning) {
    return prove(Needs::OwnHealth, {std::move(events), false},
                 {RecordKind::Device, now, DesiredStatus::Activated, Health::Healthy}, kWitnesses);
  };
  EXPECT_TRUE(of_part({kReady}).proven());
  EXPECT_TRUE(of_part({undrain()}).needs_older);
  EXPECT_EQ(of_part({kReady, status(Status::Provisioning)}).missing, Unproven::AwaitsJudgement);
  EXPECT_TRUE(of_part({kReady, status(Status::LinkProvisioning)}, Status::LinkProvisioning).needs_older);
  EXPECT_FALSE(of_part({health(Health::Healthy, kFoundation)}).needs_older);
}

TEST(Proof, SaysSinceWhenTheStatusIsWhatItIs) {
  auto soft = status(Status::HardDrained);
  soft.time = Timestamp{std::chrono::hours{7}};
  EXPECT_EQ(of(Needs::Undrain, {soft, kReady}, kBack).status_since, soft.time);
}

// ---- every short history ----

const std::vector<RecordEvent> kAlphabet{
    drain(),
    status(Status::HardDrained),
    status(Status::SoftDrained, kActivator),
    status(Status::Activated, kActivator),
    wish(DesiredStatus::HardDrained),
    undrain(),
    wish(DesiredStatus::Pending),
    kImpaired,
    kReady,
    health(Health::Impaired, kFoundation),
    health(Health::Healthy, kFoundation),
};

// The record that a whole history leads to.
GovernedRecord led_to(const std::vector<RecordEvent>& events) {
  GovernedRecord record{RecordKind::Link, Status::Activated, DesiredStatus::Activated, Health::Healthy};
  for (const auto& e : events) {
    record.status = e.status.value_or(record.status);
    record.desired_status = e.desired_status.value_or(record.desired_status);
    record.health = e.health.value_or(record.health);
  }
  return record;
}

DesiredStatus wished_before(const std::vector<RecordEvent>& events, std::size_t end) {
  return led_to({events.begin(), events.begin() + static_cast<std::ptrdiff_t>(end)}).desired_status;
}
Status status_before(const std::vector<RecordEvent>& events, std::size_t end) {
  return led_to({events.begin(), events.begin() + static_cast<std::ptrdiff_t>(end)}).status;
}

// The four steps, as a search: there are events a < c < d < e such that ...
bool there_are_such_events(const std::vector<RecordEvent>& events) {
  const auto n = events.size();
  const auto none_after = [&](std::size_t from, const std::function<bool(std::size_t)>& what) {
    for (std::size_t i = from + 1; i < n; ++i) {
      if (what(i)) return false;
    }
    return true;
  };
  const auto drains = [&](std::size_t i) {
    const auto& s = events[i].status;
    if (!s || !is_drained(*s)) return false;
    return !(events[i].signer == kActivator && *s == Status::SoftDrained &&
             status_before(events, i) == Status::HardDrained && wished_before(events, i) == DesiredStatus::Activated);
  };
  const auto writes_health = [&](std::size_t i, bool ready) {
    return events[i].health && events[i].signer == kMonitor && (*events[i].health == Health::Healthy) == ready;
  };
  for (std::size_t a = 0; a < n; ++a) {
    if (!drains(a) || !none_after(a, drains)) continue;
    for (std::size_t c = a + 1; c < n; ++c) {
      if (events[c].desired_status != DesiredStatus::Activated || !is_drained(wished_before(events, c))) continue;
      if (!none_after(c, [&](auto i) {
            return events[i].desired_status && *events[i].desired_status != DesiredStatus::Activated;
          }))
        continue;
      for (std::size_t d = c + 1; d < n; ++d) {
        if (!writes_health(d, false)) continue;
        for (std::size_t e = d + 1; e < n; ++e) {
          if (writes_health(e, true) &&
              none_after(e, [&](auto i) { return events[i].health && *events[i].health != Health::Healthy; }))
            return true;
        }
      }
    }
  }
  return false;
}

void for_every_history(std::size_t length, const std::function<void(const std::vector<RecordEvent>&)>& check) {
  std::vector<std::size_t> digits(length, 0);
  while (true) {
    std::vector<RecordEvent> events;
    for (const auto digit : digits) events.push_back(kAlphabet[digit]);
    check(events);
    std::size_t at = 0;
    while (at < length && ++digits[at] == kAlphabet.size()) digits[at++] = 0;
    if (at == length) return;
  }
}

bool undrain_row_fires(const GovernedRecord& r) {
  return is_drained(r.status) && r.desired_status == DesiredStatus::Activated && r.health == Health::Healthy;
}

TEST(ProofOfUndrain, EveryShortHistoryIsDecidedAsTheRuleSays) {
  int seen = 0, good = 0;
  for (std::size_t length = 0; length <= 5; ++length) {
    for_every_history(length, [&](const auto& events) {
      const auto record = led_to(events);
      if (!undrain_row_fires(record)) return;
      ++seen;
      const auto proof = of(Needs::Undrain, events, record);
      ASSERT_FALSE(proof.needs_older);
      ASSERT_EQ(proof.proven(), there_are_such_events(events));
      good += proof.proven() ? 1 : 0;
    });
  }
  EXPECT_GT(seen, 10'000);
  EXPECT_GT(good, 20);
}

// What the newest part of a history decides, the whole decides alike; and reading back far enough always decides.
TEST(ProofOfUndrain, APartNeverDecidesOtherwiseThanTheWhole) {
  for (std::size_t length = 1; length <= 5; ++length) {
    for_every_history(length, [&](const auto& events) {
      const auto record = led_to(events);
      if (!undrain_row_fires(record)) return;
      const auto whole = of(Needs::Undrain, events, record);
      for (std::size_t cut = 0; cut <= events.size(); ++cut) {
        RecordEvents part{{events.begin() + static_cast<std::ptrdiff_t>(cut), events.end()}, false};
        const auto proof = prove(Needs::Undrain, part, record, kWitnesses);
        if (!proof.needs_older) ASSERT_EQ(proof.missing, whole.missing);
      }
    });
  }
}

// No order of events other than the full sequence, in order, moves a record.
TEST(ProofOfUndrain, OnlyOneOrderOfTheFourStepsIsAProof) {
  std::vector<int> order{0, 1, 2, 3};
  const std::vector<RecordEvent> steps{drain(), undrain(), kImpaired, kReady};
  int proofs = 0;
  do {
    std::vector<RecordEvent> events;
    for (const int i : order) events.push_back(steps[static_cast<std::size_t>(i)]);
    const auto record = led_to(events);
    if (undrain_row_fires(record) && of(Needs::Undrain, events, record).proven()) ++proofs;
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_EQ(proofs, 1);
}

// The write of health that stands, and what came before it.
RecordEvent at(RecordEvent event, int minute, std::string signature) {
  event.time = Timestamp{std::chrono::minutes{minute}};
  event.signature = std::move(signature);
  return event;
}

TEST(ProofOfHealth, NamesTheWriteThatStands) {
  auto ready = at(kReady, 3, "c");
  ready.root.emplace().fill(7);
  const RecordEvents trail{
      {at(kCreated, 1, "a"), at(kImpaired, 2, "b"), ready, at(status(Status::SoftDrained), 4, "d")}, true};
  auto record = kBack;
  record.status = Status::SoftDrained;
  const auto proof = prove_with_health(Needs::Nothing, trail, record, kWitnesses);
  ASSERT_TRUE(proof.proven());
  EXPECT_EQ(proof.health,
            (HealthWrite{"c", ready.root, Timestamp{std::chrono::minutes{3}}, Timestamp{std::chrono::minutes{2}}}));
}

// Whatever was written before it counts, a wish too.
TEST(ProofOfHealth, TellsWhenTheRecordChangedBeforeIt) {
  const RecordEvents trail{{at(kCreated, 1, "a"), at(undrain(), 5, "b"), at(kReady, 9, "c")}, true};
  EXPECT_EQ(prove_with_health(Needs::Nothing, trail, kBack, kWitnesses).health->changed_at,
            Timestamp{std::chrono::minutes{5}});
}

TEST(ProofOfHealth, OfAPartOfTheTrailNothingIsTakenForGranted) {
  const auto of_part = [](std::vector<RecordEvent> events) {
    return prove_with_health(Needs::Nothing, {std::move(events), false}, kBack, kWitnesses);
  };
  EXPECT_TRUE(of_part({}).needs_older);
  EXPECT_FALSE(of_part({}).proven());
  EXPECT_TRUE(of_part({kReady}).needs_older);  // what came before it may be a later judgement
  EXPECT_FALSE(of_part({kReady}).proven());
  EXPECT_TRUE(of_part({kImpaired, kReady}).proven());
}

TEST(ProofOfHealth, ThereIsNoneOfAHealthThatNobodyWrote) {
  EXPECT_EQ(prove_with_health(Needs::Nothing, {{kCreated}, true}, kBack, kWitnesses).missing,
            Unproven::HealthNotByAuthority);
  EXPECT_EQ(prove_with_health(Needs::Nothing, {{kCreated, kImpaired}, true}, kBack, kWitnesses).missing,
            Unproven::TrailNotKnown);
}

TEST(ProofOfHealth, WhatTheRowNeedsIsNeededToo) {
  const RecordEvents by_hand{{kCreated, status(Status::HardDrained), kImpaired, kReady}, true};
  EXPECT_EQ(prove_with_health(Needs::Undrain, by_hand, kBack, kWitnesses).missing, Unproven::DrainedByHand);
  EXPECT_EQ(prove_with_health(Needs::Nothing, by_hand, kBack, kWitnesses).missing, std::nullopt);
}

}  // namespace
}  // namespace dz::control
