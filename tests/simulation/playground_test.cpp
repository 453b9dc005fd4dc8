// What a visitor may do to the simulated network: nothing unsafe happens, and it comes back.
#include "sim/playground.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

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
  const auto hurt = playground.state();
  for (const auto& fault : hurt.at("faults").as_array()) on += fault.at("since").is_null() ? 0 : 1;
  EXPECT_EQ(on, static_cast<int>(playground.fault_names().size()) - 3);  // of three stores and two nodes one each
  playground.mend();
  playground.run(Playground::kWindow + minutes{45});
  const auto state = playground.state();
  EXPECT_EQ(list_of(playground.world().violations()), "");
  EXPECT_TRUE(state.at("violations").as_array().empty());
  for (const auto& record : state.at("records").as_array()) {
    EXPECT_EQ(record.at("status").as_string(), "activated") << boost::json::serialize(record);
    EXPECT_EQ(record.at("health").as_string(), "healthy") << boost::json::serialize(record);
  }
  for (const auto& process : state.at("processes").as_array()) EXPECT_TRUE(process.at("runs").as_bool());
}

TEST(Playground, WhatIsNoFaultIsRefused) {
  Playground playground;
  EXPECT_FALSE(playground.turn("steal-the-key", true));
}

}  // namespace
}  // namespace dz::sim
