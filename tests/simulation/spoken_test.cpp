// Walks that read every page of every record each minute, and hold what it says against the world.
#include <fmt/format.h>

#include "sim/spoken_facts.h"
#include "walk.h"

namespace dz::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class WalkOfSentences : public Walk {
 protected:
  World& in_service_and_drained() {
    WorldOptions o;
    o.window = minutes{120};
    o.qa_every = minutes{12};
    o.activators = 1;
    auto& world = begin(o, o.window + minutes{15});
    world.start_all();
    world.run(minutes{12});
    EXPECT_TRUE(world.drain_link(kSecondWan, Status::SoftDrained));
    world.run(minutes{6});
    facts_ = std::make_unique<SpokenFacts>(world);
    run_to_second(45);  // the pass over the minute that closed at 30 is over
    return world;
  }
  void read_for(minutes time) {
    for (minutes past{0}; past < time; past += minutes{1}) {
      world_->run(minutes{1});
      facts_->check();
    }
  }
  void TearDown() override {
    std::string read;
    for (const auto& [kind, count] : facts_->read()) read += fmt::format("{}: {}; ", kind, count);
    std::printf("read %s\n", read.c_str());
    for (std::size_t i = 0; i < std::min<std::size_t>(facts_->untrue().size(), 20); ++i) {
      ADD_FAILURE() << facts_->untrue()[i];
    }
    facts_.reset();
    Walk::TearDown();
  }
  int read(const std::string& kind) const {
    const auto found = facts_->read().find(kind);
    return found == facts_->read().end() ? 0 : found->second;
  }

  std::unique_ptr<SpokenFacts> facts_;
};

TEST_F(WalkOfSentences, EveryFactOfEverySentenceIsTrueWhenItIsRead) {
  auto& world = in_service_and_drained();
  auto& random = world.random();
  for (int i = 0; i < 24; ++i) {
    const auto device = static_cast<std::size_t>(random.between(0, 2));
    auto& faults = world.faults(device);
    const auto port = static_cast<std::size_t>(random.between(0, static_cast<int>(faults.ports.size()) - 1));
    auto& of_port = faults.ports[port];
    bool* const kinds[] = {&of_port.errors, &of_port.silent, &of_port.idle, &faults.no_config_agent, &faults.silent};
    auto& fault = *kinds[static_cast<std::size_t>(random.between(0, 4))];
    fault = true;
    read_for(minutes{random.between(1, 6)});
    fault = false;
    read_for(minutes{random.between(1, 9)});
  }
  for (const auto* kind : {"good minutes", "bad minutes", "clean since", "failing since", "met at", "sides",
                           "State: failing", "State: recovering", "State: good"}) {
    EXPECT_GT(read(kind), 20) << kind;
  }
}

// A port that is gone for longer than the window: no time is named, and nothing is said to fail that was never heard.
TEST_F(WalkOfSentences, APortThatIsGoneForGoodHasNoTime) {
  auto& world = in_service_and_drained();
  silence(kSecondWan, true);
  read_for(minutes{130});
  EXPECT_GT(read("nothing in the whole window"), 5);
  const auto page = world.explain_link(kSecondWan);
  EXPECT_NE(page.find("State: needs the contributor"), std::string::npos) << page;
  EXPECT_EQ(page.find("if it stays clean"), std::string::npos) << page;
}

}  // namespace
}  // namespace dz::sim
