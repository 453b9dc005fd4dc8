// Walks that read every page of every record each minute, and hold what it says against the world.
#include <functional>

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
  World& in_service_and_drained(bool live = false) {
    WorldOptions o;
    o.live = live;
    return in_service_and_drained(o);
  }
  World& in_service_and_drained(WorldOptions o) {
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
    for (std::size_t i = 0; i < std::min<std::size_t>(facts_->untrue().size(), 2000); ++i) {
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

// Up to three faults at a time, so that one subject has several; people drain and undrain meanwhile. Then nothing is
// wrong until everything is back.
void hurt_and_mend(World& world, const std::function<void(minutes)>& read_for, int times, bool clocks = true) {
  auto& random = world.random();
  for (int i = 0; i < times; ++i) {
    std::vector<std::function<void(bool)>> now;
    auto device = static_cast<std::size_t>(random.between(0, 2));
    auto port = static_cast<std::size_t>(random.between(0, 2));
    for (int fault = static_cast<int>(random.between(1, 3)); fault > 0; --fault) {
      auto& faults = world.faults(device);
      auto& of_port = faults.ports[port];
      bool* const kinds[] = {&of_port.errors,
                             &of_port.silent,
                             &of_port.idle,
                             &faults.no_config_agent,
                             &faults.silent,
                             &faults.qa_fails,
                             &faults.no_telemetry_agent,
                             &faults.probes_lost,
                             &of_port.flaps,
                             &of_port.discards};
      const auto last = static_cast<std::int64_t>(std::size(kinds)) - (clocks ? 0 : 1);
      const auto kind = static_cast<std::size_t>(random.between(0, last));
      if (kind == std::size(kinds)) {
        now.push_back([&faults](bool on) { faults.clock_ahead = on ? minutes{9} : minutes{0}; });
      } else {
        now.push_back([at = kinds[kind]](bool on) { *at = on; });
      }
      now.back()(true);
      if (random.chance(50)) read_for(minutes{random.between(1, 3)});
      if (random.chance(60)) device = static_cast<std::size_t>(random.between(0, 2));
      if (random.chance(60)) port = static_cast<std::size_t>(random.between(0, 2));
    }
    if (i % 6 == 1)
      world.drain_link(kWan, Status::HardDrained, i % 4 == 1 ? World::Person::Alpha : World::Person::Foundation);
    if (i % 6 == 4) world.undrain_link(kWan);
    if (i % 9 == 2) world.drain_device(kLon, Status::SoftDrained, World::Person::Beta);
    if (i % 9 == 6) world.undrain_device(kLon, World::Person::Beta);
    read_for(minutes{random.between(1, 6)});
    for (const auto& fault : now) fault(false);
    read_for(minutes{random.between(1, 9)});
  }
  world.undrain_link(kWan);
  world.undrain_device(kLon, World::Person::Beta);
  read_for(world.options().window + minutes{10});
}

TEST_F(WalkOfSentences, EveryFactOfEverySentenceIsTrueWhenItIsRead) {
  hurt_and_mend(
      in_service_and_drained(), [this](minutes time) { read_for(time); }, 24);
  for (const auto* kind :
       {"good minutes", "bad minutes", "clean since", "failing since", "met at", "sides", "State: failing",
        "State: recovering", "State: good", "cause: a port", "cause: a silent device", "cause: config agent",
        "QA results", "candidates", "who drained", "alarm: impaired", "alarm: recovering", "title"}) {
    EXPECT_GT(read(kind), 20) << kind;
  }
  for (const auto* kind : {"cause: QA", "cause: clock", "cause: telemetry agent", "find out why", "Slack: entries",
                           "its cause has gone", "why: desired status"}) {
    EXPECT_GT(read(kind), 0) << kind;
  }
}

TEST_F(WalkOfSentences, OnTheLiveNetworkToo) {
  hurt_and_mend(
      in_service_and_drained(true), [this](minutes time) { read_for(time); }, 14);
  for (const auto* kind : {"good minutes", "bad minutes", "clean since", "failing since", "State: failing",
                           "State: recovering", "cause: a port"}) {
    EXPECT_GT(read(kind), 20) << kind;
  }
}

// Of one port that has errors and carries nothing, each is said to go on since its own time.
TEST_F(WalkOfSentences, TwoFaultsOfOnePortHaveEachItsOwnTime) {
  auto& world = in_service_and_drained();
  auto& port = world.faults(kAms).ports[0];
  auto& other = world.faults(kFra).ports[2];
  bool* const pairs[][2] = {
      {&port.idle, &port.errors}, {&port.errors, &port.idle},     {&port.silent, &port.idle},
      {&port.idle, &port.silent}, {&other.errors, &other.silent}, {&other.silent, &other.errors},
      {&port.flaps, &port.idle},  {&port.errors, &port.flaps},    {&other.discards, &other.flaps}};
  for (const auto& [first, second] : pairs) {
    *first = true;
    read_for(minutes{3});
    *second = true;
    read_for(minutes{3});
    *first = false;
    read_for(minutes{2});
    *second = false;
    read_for(minutes{2});
  }
  EXPECT_GT(read("cause: a port"), 50);
}

// Carrier transitions and discards: how many, in how many minutes, of which counters, until when.
TEST_F(WalkOfSentences, CarrierTransitionsAndDiscardsAreToldInTrueNumbers) {
  auto& world = in_service_and_drained();
  for (const auto device : {kAms, kFra, kLon}) {
    for (std::size_t i = 0; i < world.faults(device).ports.size(); ++i) {
      auto& port = world.faults(device).ports[i];
      port.flaps = true;
      read_for(minutes{2});
      port.discards = true;
      read_for(minutes{1});
      port.flaps = false;
      read_for(minutes{2});
      port.discards = false;
      if (i == 1) world.faults(device).silent = true;
      read_for(minutes{1});
      world.faults(device).silent = false;
    }
  }
  for (std::size_t i = 0; i < world.faults(kLon).ports.size(); ++i) world.faults(kLon).ports[i].flaps = true;
  read_for(minutes{4});
  for (std::size_t i = 0; i < world.faults(kLon).ports.size(); ++i) world.faults(kLon).ports[i].flaps = false;
  read_for(minutes{4});
  EXPECT_GT(read("events"), 200);
  EXPECT_GT(read("cause: a port"), 50);
  EXPECT_GT(read("candidates"), 50);
}

// A device comes back with a clock that is behind: its rows come minutes late, and none is stamped before an older one.
TEST_F(WalkOfSentences, OfAClockThatIsBehindEverySentenceIsTrue) {
  auto& world = in_service_and_drained();
  for (const auto behind : {minutes{4}, minutes{7}}) {
    world.faults(kFra).silent = true;
    read_for(behind + minutes{1});
    world.faults(kFra).silent = false;
    world.faults(kFra).clock_ahead = -behind;
    read_for(minutes{15});
    world.faults(kFra).clock_ahead = Duration{};
    read_for(minutes{15});
  }
  EXPECT_GT(read("cause: late rows"), 20);
}

// A device's clock is set back while it sends: its rows are stamped before earlier ones, so that its counters seem to
// fall, and for a minute nobody knows whether they are late for good.
TEST_F(WalkOfSentences, OfAClockThatStepsBackEverySentenceIsTrue) {
  auto& world = in_service_and_drained();
  facts_->expect_disorder(kFra);
  for (const auto by : {minutes{1}, minutes{4}}) {
    world.faults(kFra).clock_ahead = -by;
    read_for(minutes{12});
    world.faults(kFra).clock_ahead = Duration{};
    read_for(minutes{12});
  }
  EXPECT_GT(read("cause: times back"), 10);
  EXPECT_GT(read("cause: late rows"), 5);
  EXPECT_EQ(read("cause: counters fell"), 0) << "nothing was reset";
}

// A port begins to count anew, and another shows old readings again.
TEST_F(WalkOfSentences, OfCountersThatFellEverySentenceIsTrue) {
  auto& world = in_service_and_drained();
  facts_->expect_disorder(kAms);
  facts_->expect_disorder(kFra);
  for (int i = 0; i < 3; ++i) {
    world.reset_counters(kAms, 0);
    read_for(minutes{6});
    world.faults(kFra).ports[2].replay = true;
    read_for(minutes{4});
    world.faults(kFra).ports[2].replay = false;
    read_for(minutes{12});
  }
  EXPECT_GT(read("cause: counters fell"), 5);
  EXPECT_EQ(read("cause: times back"), 0);
}

// The clock of the monitor's machine is wrong: nobody is said to fail for it.
TEST_F(WalkOfSentences, OfTheMonitorsOwnClockEverySentenceIsTrue) {
  auto& world = in_service_and_drained();
  world.set_monitor_clock(0, -minutes{20});
  read_for(minutes{4});
  world.set_monitor_clock(0, Duration{});
  read_for(minutes{6});
  EXPECT_GT(read("the clock of the monitor"), 5);
}

// Interfaces for users: every one of them counts, with traffic once users are allowed.
TEST_F(WalkOfSentences, OfInterfacesForUsersEverySentenceIsTrue) {
  WorldOptions o;
  o.cyoa = true;
  auto& world = in_service_and_drained(o);
  const auto last = world.device(kAms).spec().ports.size() - 1;
  ASSERT_TRUE(world.device(kAms).spec().ports[last].cyoa);
  auto& port = world.faults(kAms).ports[last];
  for (bool* fault : {&port.errors, &port.silent, &port.idle, &port.flaps, &port.discards}) {
    *fault = true;
    read_for(minutes{3});
    *fault = false;
    read_for(minutes{3});
  }
  EXPECT_GT(read("candidates"), 50);
}

// A store does not answer: what it last answered for is said, and nobody fails by it.
TEST_F(WalkOfSentences, OfAStoreThatDoesNotAnswerEverySentenceIsTrue) {
  WorldOptions o;
  o.store = telemetry::StoreKind::InfluxDb;
  auto& world = in_service_and_drained(o);
  world.set_store(StoreFault::Unreachable);
  read_for(minutes{20});
  world.set_store(StoreFault::None);
  read_for(minutes{8});
  EXPECT_GT(read("cause: a source without answers"), 20);
  EXPECT_GT(read("a source to bring back"), 20);
}

// Somebody else writes health, and more is impaired at once than the limits let this monitor write.
TEST_F(WalkOfSentences, OfHealthThatSomebodyElseWritesEverySentenceIsTrue) {
  auto& world = in_service_and_drained();
  EXPECT_TRUE(world.write_health(kWan, Health::Impaired));
  read_for(minutes{6});
  EXPECT_TRUE(world.write_health(kWan, Health::Healthy));
  read_for(minutes{4});
  EXPECT_GT(read("alarm: health of somebody else"), 3);
}

TEST_F(WalkOfSentences, OfABudgetThatIsUsedUpEverySentenceIsTrue) {
  WorldOptions o;
  o.limits = control::ChangeLimits{10, 1.0};
  auto& world = in_service_and_drained(o);
  silence(kWan, true);
  silence(kSecondWan, true);
  world.faults(kLon).silent = true;
  read_for(minutes{25});
  silence(kWan, false);
  silence(kSecondWan, false);
  world.faults(kLon).silent = false;
  read_for(minutes{10});
  EXPECT_GT(read("alarm: the budget"), 3);
  EXPECT_GT(read("alarm: held by the budget"), 3);
}

// Somebody works on a link, and on a device: every page says so with his name until it is over, and nobody is alarmed.
TEST_F(WalkOfSentences, OfMaintenancesEverySentenceIsTrue) {
  auto& world = in_service_and_drained();
  const auto until = [&](minutes time) { return std::chrono::floor<seconds>(world.now()) + time; };
  EXPECT_TRUE(world.tell_maintenance(world.link_key(kWan), until(minutes{20}), "new optics", World::Person::Alpha));
  silence(kWan, true);
  read_for(minutes{8});
  EXPECT_TRUE(world.tell_maintenance(world.device(kLon).key(), until(minutes{12}), "a new line card",
                                     World::Person::Foundation));
  world.faults(kLon).silent = true;
  read_for(minutes{16});
  silence(kWan, false);
  read_for(minutes{6});
  world.faults(kLon).silent = false;
  read_for(minutes{10});
  EXPECT_GT(read("in maintenance"), 30);
  EXPECT_GT(read("alarm: impaired") + read("alarm: recovering"), 5) << "when it is over";
}

// Every config agent stops: the controller is suspected, not the agents.
TEST_F(WalkOfSentences, OfASilenceOfAllConfigAgentsEverySentenceIsTrue) {
  auto& world = in_service_and_drained();
  const auto stop = [&](std::size_t device, bool stopped) { world.faults(device).no_config_agent = stopped; };
  for (std::size_t i = 0; i < world.devices(); ++i) stop(i, true);
  read_for(minutes{10});
  stop(kLon, false);
  read_for(minutes{4});
  for (std::size_t i = 0; i < world.devices(); ++i) stop(i, false);
  read_for(minutes{10});
  EXPECT_GT(read("cause: silent together"), 5);
  EXPECT_GT(read("a source to check"), 5);
}

// Everybody falls silent: the source is suspected, by name and number, and nobody is said to fail.
TEST_F(WalkOfSentences, OfAMassSilenceEverySentenceIsTrue) {
  auto& world = in_service_and_drained();
  for (std::size_t i = 0; i < world.devices(); ++i) world.faults(i).silent = true;
  read_for(minutes{12});
  world.faults(kAms).silent = false;
  read_for(minutes{5});
  for (std::size_t i = 0; i < world.devices(); ++i) world.faults(i).silent = false;
  read_for(minutes{20});
  for (const auto* kind : {"cause: silent together", "alarm: silent together", "unobserved minutes"}) {
    EXPECT_GT(read(kind), 5) << kind;
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

// ---- over restarts of the monitor

struct Restarts {
  std::uint64_t seed = 1;
  bool live = false;
};

std::string name_of(const testing::TestParamInfo<Restarts>& info) {
  return fmt::format("{}{}", info.param.live ? "v034_" : "rfc_", info.param.seed);
}

class WalkOverRestarts : public WalkOfSentences, public testing::WithParamInterface<Restarts> {
 protected:
  // Agents that keep what they could not deliver, oldest or newest first, or lose it.
  World& begin_walk() {
    WorldOptions o;
    o.seed = GetParam().seed;
    o.live = GetParam().live;
    Random random(o.seed * 7919);
    o.buffering = random.chance(60);
    o.newest_first = random.chance(30);
    return in_service_and_drained(o);
  }
  // From now on the monitor dies every now and then, at any moment: between two steps of it, or in a call to the ledger
  // in the midst of one. It is down for some seconds up to an hour.
  void let_it_die() {
    auto& world = *world_;
    auto& random = world.random();
    const auto down = random.chance(40)   ? random.between(seconds{1}, seconds{50})
                      : random.chance(65) ? random.between(minutes{1}, minutes{10})
                                          : random.between(minutes{10}, minutes{60});
    world.after(random.between(minutes{2}, minutes{30}), [this, &world, &random, down] {
      if (calm_) return;
      ++deaths_;
      if (random.chance(50)) {
        world.crash_monitor(0, static_cast<int>(random.between(1, 10)), down);
      } else if (world.monitor_runs(0)) {
        world.stop_monitor(0);
        world.after(down, [&world] { world.start_monitor(0); });
      }
      world.after(down, [this] { let_it_die(); });
    });
  }
  // Each minute, once a pass has judged what came.
  void read_between(minutes time) {
    const auto end = world_->now() + time;
    while (world_->now() < end) {
      world_->run(seconds{1});
      run_to_second(45);
      // And what it wrote by that has been read again.
      const auto is_judged = [&] {
        const auto at = world_->judged_at(0);
        return at && number_of(*at - seconds{30}) == number_of(world_->now() - seconds{30});
      };
      const auto is_steady = [&] { return is_judged() && world_->now() - world_->safety().last_change() > seconds{4}; };
      for (int i = 0; i < 50 && world_->monitor_runs(0) && !is_steady(); ++i) world_->run(seconds{1});
      if (world_->monitor_runs(0) && is_steady()) facts_->check();
    }
  }

  bool calm_ = false;
  int deaths_ = 0;
};

TEST_P(WalkOverRestarts, EverySentenceIsTrueAndToldOnce) {
  auto& world = begin_walk();
  let_it_die();
  const auto read = [this](minutes time) { read_between(time); };
  // Rows from the future that an agent keeps are taken once their time has come, among those of then.
  hurt_and_mend(world, read, 14, !world.options().buffering);
  calm_ = true;
  read_between(minutes{70});
  facts_->check_all_told();
  EXPECT_GT(deaths_, 5);
  EXPECT_GT(this->read("continuity: incidents followed"), 50);
  EXPECT_GT(this->read("told to the end"), 0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, WalkOverRestarts,
                         testing::Values(Restarts{1}, Restarts{2}, Restarts{3}, Restarts{4}, Restarts{5}, Restarts{6},
                                         Restarts{7, true}, Restarts{8, true}, Restarts{9, true}),
                         name_of);

}  // namespace
}  // namespace dz::sim
