#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <sstream>

#include "lifecycle/authority.h"
#include "lifecycle/table.h"

namespace dz::lifecycle {
namespace {

constexpr Status kStatuses[] = {Status::Pending,   Status::Activated,   Status::Deleting,   Status::Rejected,
                                Status::Requested, Status::SoftDrained, Status::HardDrained};
constexpr DesiredStatus kDesired[] = {DesiredStatus::Activated, DesiredStatus::SoftDrained, DesiredStatus::HardDrained,
                                      DesiredStatus::Deleted};
constexpr Health kHealths[] = {Health::Unknown, Health::Pending, Health::Healthy, Health::Impaired};

// Every state there is, DZX holds included.
void for_each_state(const std::function<void(const LifecycleState&)>& visit) {
  for (const auto status : kStatuses) {
    for (const auto desired : kDesired) {
      for (const auto health : kHealths) {
        visit({status, desired, health, {}, false});
        for (int holds = 0; holds < 4; ++holds)
          visit({status, desired, health, {(holds & 1) != 0, (holds & 2) != 0}, true});
      }
    }
  }
}

void for_each_roles(const std::function<void(const Roles&)>& visit) {
  for (int bits = 0; bits < 32; ++bits) {
    visit({(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, (bits & 16) != 0});
  }
}

// The RFC's rules and the design's table written out once more, by hand, as one literal: a change of the table must be
// made here too.
TEST(Lifecycle, TableIsExactlyTheSpecified) {
  for (const auto status : kStatuses) {
    for (const auto desired : kDesired) {
      for (const auto health : kHealths) {
        std::optional<Status> expected;
        const bool soft = status == Status::SoftDrained, hard = status == Status::HardDrained,
                   up = status == Status::Activated;
        if (desired == DesiredStatus::Activated && health == Health::Healthy && (soft || hard))
          expected = Status::Activated;
        if (desired == DesiredStatus::SoftDrained && (up || hard)) expected = Status::SoftDrained;
        if (desired == DesiredStatus::HardDrained && (up || soft)) expected = Status::HardDrained;
        if (desired == DesiredStatus::Deleted && (up || soft)) expected = Status::HardDrained;
        EXPECT_EQ(next_status(status, desired, health), expected)
            << to_text(status) << to_text(desired) << to_text(health);
      }
    }
  }
}

TEST(Lifecycle, EveryTransitionIsAFixedPoint) {
  for (const auto status : kStatuses) {
    for (const auto desired : kDesired) {
      for (const auto health : kHealths) {
        if (const auto next = next_status(status, desired, health)) {
          EXPECT_EQ(next_status(*next, desired, health), std::nullopt);
        }
      }
    }
  }
}

TEST(Authority, ActivatorAloneMovesStatusOnlyAlongTheTable) {
  const Roles activator{.activator = true};
  for_each_state([&](const LifecycleState& before) {
    for (const auto to : kStatuses) {
      const auto after = apply_write(before, {to, {}}, activator);
      const bool legal = next_status(before.status, before.desired_status, before.health) == to;
      ASSERT_EQ(after.has_value(), legal);
      if (!legal) {
        EXPECT_EQ(after.error(), Refusal::NotAlongTable);
        continue;
      }
      EXPECT_EQ(after->status, to);
      EXPECT_EQ(after->desired_status, before.desired_status);
      EXPECT_EQ(after->holds, before.holds);
      EXPECT_EQ(after->health, before.status == Status::Activated ? Health::Impaired : before.health);
    }
    for (const auto desired : kDesired) EXPECT_FALSE(apply_write(before, {{}, desired}, activator));
  });
}

TEST(Authority, OnlyTheFoundationActivatesWhatIsNotHealthy) {
  for_each_roles([&](const Roles& roles) {
    for_each_state([&](const LifecycleState& before) {
      const auto after = apply_write(before, {Status::Activated, {}}, roles);
      if (!after || before.status == Status::Activated) return;
      const bool by_table = roles.activator && is_drained(before.status) &&
                            before.desired_status == DesiredStatus::Activated && before.health == Health::Healthy;
      EXPECT_TRUE(by_table || roles.foundation);
    });
  });
}

TEST(Authority, NobodyElseWritesAnything) {
  for_each_state([&](const LifecycleState& before) {
    for (const auto& roles : {Roles{}, Roles{.health_authority = true}}) {
      for (const auto to : kStatuses) EXPECT_FALSE(apply_write(before, {to, {}}, roles));
      for (const auto desired : kDesired) EXPECT_FALSE(apply_write(before, {{}, desired}, roles));
    }
    for (const auto health : kHealths) {
      EXPECT_FALSE(apply_health(before, health, {.side_a = true, .side_z = true, .activator = true}));
      EXPECT_EQ(apply_health(before, health, {.health_authority = true})->health, health);
    }
  });
}

TEST(Authority, AContributorDrainsFromServiceAndNothingElse) {
  const Roles owner{.side_a = true};
  for_each_state([&](const LifecycleState& before) {
    if (before.two_sided) return;
    for (const auto to : kStatuses) {
      const auto after = apply_write(before, {to, {}}, owner);
      ASSERT_EQ(after.has_value(), kInService.contains(before.status) && is_drained(to));
      if (!after) continue;
      EXPECT_EQ(after->status, to);
      EXPECT_EQ(after->desired_status, *same_word(to));
    }
  });
}

TEST(Authority, ADirectStatusWriteTakesDesiredStatusWithIt) {
  for_each_roles([&](const Roles& roles) {
    if (roles.activator || !(roles.contributor() || roles.foundation)) return;
    for_each_state([&](const LifecycleState& before) {
      for (const auto to : kStatuses) {
        for (const auto desired : kDesired) {
          const auto after = apply_write(before, {to, desired}, roles);
          if (same_word(to) != desired) EXPECT_FALSE(after);
          if (after) EXPECT_EQ(*after, *apply_write(before, {to, {}}, roles));
        }
      }
    });
  });
}

TEST(Authority, NothingComesBackOnAnOldJudgement) {
  for_each_roles([&](const Roles& roles) {
    for_each_state([&](const LifecycleState& before) {
      const auto check = [&](const tl::expected<LifecycleState, Refusal>& after) {
        if (!after) return;
        if (before.status == Status::Activated && after->status != Status::Activated)
          EXPECT_EQ(after->health, Health::Impaired);
        const bool asked =
            before.desired_status != DesiredStatus::Activated && after->desired_status == DesiredStatus::Activated;
        if (after->status != Status::Activated && asked) EXPECT_NE(after->health, Health::Healthy);
        if (after->health == Health::Healthy) EXPECT_EQ(before.health, Health::Healthy);
      };
      for (const auto to : kStatuses) check(apply_write(before, {to, {}}, roles));
      for (const auto desired : kDesired) check(apply_write(before, {{}, desired}, roles));
    });
  });
}

TEST(Authority, AHealthNamingAnotherStateComesToNothing) {
  const Roles monitor{.health_authority = true};
  for_each_state([&](const LifecycleState& before) {
    for_each_state([&](const LifecycleState& other) {
      const JudgedState judged{other.status, other.desired_status, other.health};
      const auto after = apply_health(before, Health::Healthy, monitor, judged);
      const bool same = judged == JudgedState{before.status, before.desired_status, before.health};
      ASSERT_EQ(after.has_value(), same);
      if (!same) ASSERT_EQ(after.error(), Refusal::JudgedOtherwise);
    });
  });
}

TEST(Holds, EachSideClearsOnlyItsOwn) {
  const Roles a{.side_a = true}, z{.side_z = true};
  LifecycleState link{Status::Activated, DesiredStatus::Activated, Health::Healthy, {}, true};
  link = *apply_write(link, {Status::SoftDrained, {}}, a);
  EXPECT_EQ(link.holds, (Holds{true, false}));
  EXPECT_EQ(apply_write(link, {{}, DesiredStatus::Activated}, z).error(), Refusal::HeldByOtherSide);
  link = *apply_write(link, {Status::HardDrained, {}}, z);  // harder is allowed
  EXPECT_EQ(link.holds, (Holds{true, true}));
  EXPECT_EQ(apply_write(link, {Status::SoftDrained, {}}, a).error(), Refusal::HeldByOtherSide);
  link = *apply_write(link, {{}, DesiredStatus::Activated}, a);  // gives up its own hold; Z's stands
  EXPECT_EQ(link.holds, (Holds{false, true}));
  EXPECT_EQ(link.desired_status, DesiredStatus::HardDrained);
  EXPECT_EQ(apply_write(link, {{}, DesiredStatus::Activated}, a).error(), Refusal::HeldByOtherSide);
  link = *apply_write(link, {{}, DesiredStatus::Activated}, z);
  EXPECT_EQ(link.holds, Holds{});
  EXPECT_EQ(link.desired_status, DesiredStatus::Activated);
}

TEST(Holds, ASideNeverUndrainsOrSoftensWhatTheOtherHolds) {
  for_each_state([&](const LifecycleState& before) {
    if (!before.holds.side_z || before.holds.side_a) return;
    const Roles a{.side_a = true};
    for (const auto desired : kDesired) {
      const auto after = apply_write(before, {{}, desired}, a);
      if (after) EXPECT_GE(static_cast<int>(after->desired_status), static_cast<int>(before.desired_status));
      if (after) EXPECT_TRUE(after->holds.side_z);
    }
    for (const auto to : {Status::SoftDrained, Status::HardDrained}) {
      const auto after = apply_write(before, {to, {}}, a);
      if (after && before.status == Status::HardDrained) EXPECT_EQ(after->status, Status::HardDrained);
    }
  });
}

TEST(Holds, ARequestedLinkDrainedBySideAStaysSo) {
  LifecycleState link{Status::Requested, DesiredStatus::Activated, Health::Unknown, {}, true};
  EXPECT_EQ(apply_write(link, {Status::HardDrained, {}}, {.side_a = true}).error(), Refusal::NotInService);
  link = *apply_write(link, {{}, DesiredStatus::HardDrained}, {.side_a = true});
  EXPECT_EQ(link.status, Status::Requested);
  EXPECT_TRUE(link.holds.side_a);
}

TEST(StateMachinePage, IsGeneratedFromTheTable) {
  std::ifstream file(DZ_SOURCE_DIR "/docs/state-machine.md");
  std::stringstream page;
  page << file.rdbuf();
  EXPECT_EQ(page.str(), render_state_machine()) << "run ./dev docs";
}

}  // namespace
}  // namespace dz::lifecycle
