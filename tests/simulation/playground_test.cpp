// What a visitor may do to the simulated network: nothing unsafe happens, and it comes back.
#include "sim/playground.h"

#include <gtest/gtest.h>

namespace dz::sim {
namespace {

using std::chrono::minutes;

std::string list_of(const std::vector<std::string>& lines) {
  std::string all;
  for (const auto& line : lines) all += line + "\n";
  return all;
}

TEST(Playground, EachFaultIsTurnedOnAndOffAndNothingUnsafeHappens) {
  Playground playground;
  const auto names = playground.fault_names();
  EXPECT_GE(names.size(), 12U);
  for (const auto& name : names) {
    ASSERT_TRUE(playground.turn(name, true)) << name;
    playground.run(minutes{6});
    ASSERT_TRUE(playground.turn(name, false)) << name;
    playground.run(minutes{3});
  }
  EXPECT_EQ(list_of(playground.world().violations()), "");
  playground.run(Playground::kWindow + minutes{45});
  EXPECT_EQ(list_of(playground.world().violations()), "");
  for (std::size_t i = 0; i < playground.world().links().size(); ++i) {
    const auto* link = playground.world().link(i);
    ASSERT_NE(link, nullptr);
    EXPECT_EQ(link->status, Status::Activated) << link->code;
    EXPECT_EQ(link->health, Health::Healthy) << link->code;
  }
}

TEST(Playground, AllAtOnceTooAndMendingEndsThemAll) {
  Playground playground(7);
  for (const auto& name : playground.fault_names()) ASSERT_TRUE(playground.turn(name, true)) << name;
  playground.run(minutes{30});
  int on = 0;
  for (const auto& fault : playground.look().faults) on += fault.since ? 1 : 0;
  EXPECT_EQ(on, static_cast<int>(playground.fault_names().size()) - 3);  // of three stores and two nodes one each
  playground.mend();
  playground.run(Playground::kWindow + minutes{45});
  const auto mended = playground.look();
  EXPECT_EQ(list_of(playground.world().violations()), "");
  EXPECT_TRUE(mended.violations.empty());
  for (const auto& record : mended.records) {
    EXPECT_EQ(record.status, "activated") << record.code;
    EXPECT_EQ(record.health, "healthy") << record.code;
  }
  for (const auto& process : mended.processes) EXPECT_TRUE(process.runs) << process.name;
}

TEST(Playground, WhatIsNoFaultIsRefused) {
  Playground playground;
  EXPECT_FALSE(playground.turn("steal-the-key", true));
}

}  // namespace
}  // namespace dz::sim
