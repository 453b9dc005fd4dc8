// What every walk has: a world, what is expected of its records, and its story when something else came about.
#pragma once

#include <fstream>
#include <span>
#include <string>

#include <gtest/gtest.h>

#include "sim/random_walk.h"
#include "sim/recording.h"

namespace dz::sim {

constexpr std::size_t kWan = 0, kDzx = 1, kSecondWan = 3;  // links of the world
constexpr std::size_t kAms = 0, kFra = 1, kLon = 2;

// Where the decisions of the walk are recorded; empty: nowhere.
inline std::string record_to;

inline void record_decisions(std::span<const attest::Bundle> decisions) {
  if (record_to.empty()) return;
  const auto file = encode_recording(decisions);
  std::ofstream(record_to, std::ios::binary) << as_text(file);
}

// Every decision of every monitor, judged again by what it recorded of it, says the same.
inline void judge_decisions_again(World& world) {
  const auto decisions = recorded_decisions(world);
  ASSERT_TRUE(decisions) << decisions.error().message;
  for (const auto& differs : differ_when_judged_again(*decisions)) ADD_FAILURE() << differs;
  record_decisions(*decisions);
}

class Walk : public testing::Test {
 protected:
  World& begin(WorldOptions options, Duration history) {
    world_ = std::make_unique<World>(options);
    if (history > Duration{}) world_->backfill(history);
    return *world_;
  }
  // Everything in service after a clean day.
  World& in_service(WorldOptions options = {}) {
    auto& world = begin(options, std::chrono::hours{24} + std::chrono::minutes{15});
    world.start_all();
    world.run(std::chrono::minutes{12});
    for (std::size_t i = 0; i < world.links().size(); ++i) expect_link(i, Status::Activated, Health::Healthy);
    for (std::size_t i = 0; i < world.devices(); ++i) expect_device(i, Status::Activated, Health::Healthy);
    return world;
  }
  void expect_link(std::size_t which, Status status, Health health) {
    const auto* link = world_->link(which);
    ASSERT_NE(link, nullptr);
    EXPECT_EQ(to_text(link->status), to_text(status)) << link->code;
    EXPECT_EQ(to_text(link->health), to_text(health)) << link->code << "\n" << world_->explain_link(which);
  }
  void expect_device(std::size_t which, Status status, Health health) {
    const auto* device = world_->device_record(which);
    EXPECT_EQ(to_text(device->status), to_text(status)) << device->code;
    EXPECT_EQ(to_text(device->health), to_text(health)) << device->code << "\n" << world_->explain_device(which);
  }
  // Runs until the clock shows that second of a minute.
  void run_to_second(int second) {
    const auto into = world_->now() - Timestamp{minute_of(world_->now())};
    auto wait = std::chrono::seconds{second} - into;
    if (wait < Duration{}) wait += std::chrono::minutes{1};
    world_->run(wait);
  }
  // Both ports of a link say nothing, as when the line cards are swapped.
  void silence(std::size_t link, bool silent) {
    const auto& spec = world_->links()[link];
    world_->faults(spec.device_a).ports[spec.port_a].silent = silent;
    world_->faults(spec.device_z).ports[spec.port_z].silent = silent;
  }
  void TearDown() override {
    if (!world_) return;
    judge_decisions_again(*world_);
    for (const auto& violation : world_->violations()) ADD_FAILURE() << violation;
    for (const auto& broken : world_->promises().broken()) ADD_FAILURE() << broken;
    if (!HasFailure()) return;
    for (const auto& line : world_->story()) std::printf("%s\n", line.substr(0, 300).c_str());
    std::printf("To see it again: ./dev sim --walk %s\n",
                testing::UnitTest::GetInstance()->current_test_info()->name());
  }

  std::unique_ptr<World> world_;
};

}  // namespace dz::sim
