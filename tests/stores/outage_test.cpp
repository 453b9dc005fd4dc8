// A real store that is stopped or killed while the monitor follows it: nothing is raised, nothing in service is
// lowered, and afterwards the monitor catches up. And one that allows less than is asked.
#include <gmock/gmock.h>

#include <fmt/format.h>

#include "activator/activator.h"
#include "pulling_monitor.h"
#include "stores/store_server.h"
#include "stores/store_writer.h"
#include "testbed/small_network.h"

namespace dz {
namespace {

using namespace std::chrono_literals;

const Timestamp kStart{std::chrono::hours{494'000}};
constexpr const char* kDatabase = "doublezero-test";
constexpr std::chrono::minutes kWindow{120};

class StoreOutage : public testing::TestWithParam<telemetry::StoreKind> {
 protected:
  void SetUp() override {
    if (const auto program = stores::store_program(GetParam()); !program) GTEST_SKIP() << program.error().message;
    auto started = stores::StoreServer::start(GetParam(), "", limits());
    ASSERT_TRUE(started) << started.error().message;
    store = std::move(*started);
    auto opened = stores::StoreWriter::open(GetParam(), store->url(), kDatabase);
    ASSERT_TRUE(opened) << opened.error().message;
    writer = std::move(*opened);
    devices = {network.add_device("ams", network.alpha), network.add_device("fra", network.alpha)};
    network.add_link("old", LinkType::Wan, "ams", "Switch1/1/1", "fra", "Switch1/1/1");
    network.add_link("young", LinkType::Wan, "ams", "Switch1/2/1", "fra", "Switch1/2/1");
    // The young link's ports begin to speak 10 minutes after the old one's: its window is not full yet.
    for (Timestamp at = kStart - kWindow; at < kStart; at += 30s) say(at);
    write();
    auto settings =
        monitor_settings(fmt::format("[[source]]\nname = \"store\"\nkind = \"{}\"\nurl = \"{}\"\ndatabase = "
                                     "\"{}\"\nserves = [\"counters\"]\nlag = \"60s\"\n",
                                     to_text(GetParam()), store->url(), kDatabase));
    settings.policy.window = settings.policy.recovery_window = kWindow;
    monitor = std::make_unique<PullingMonitor>(network.client(), settings, network.monitor, kStart);
  }

  virtual stores::StoreLimits limits() const { return stores::StoreLimits::Usual; }
  void say(Timestamp at) {
    const auto octets = 1'000'000'000 + (at - kStart + 24h) / 1s * 1000;
    for (const Pubkey& device : devices) {
      for (const char* port : {"Switch1/1/1", "Switch1/2/1"}) {
        if (std::string_view(port) == "Switch1/2/1" && at < kStart - kWindow + 10min) continue;
        waiting += fmt::format("intfCounters,dzd_pubkey={},intf={} in-octets={}i,out-octets={}i {}\n", to_text(device),
                               port, octets, octets, at.time_since_epoch().count() * 1000);
      }
    }
  }
  // What cannot be written waits at the collectors.
  void write() {
    if (writer->write(waiting, network.now())) waiting.clear();
  }
  void run(Duration time) {
    for (const Timestamp end = network.now() + time; network.now() < end;) {
      network.advance(30s);
      say(network.now());
      write();
      monitor->run_until(network.now());
      activator.step(network.now());
    }
  }
  Health health(const char* link) { return network.link(link).health; }
  std::string why(const char* link) {
    const auto snapshot = network.read();
    return monitor->monitor().assessment(client::find_record(snapshot.links, "link", link)->key)->sentence;
  }

  testbed::SmallNetwork network{kStart};
  activator::Activator activator{network.client(), network.activator,
                                 activator::ActivatorOptions{.ids = wire::local_program_ids()},
                                 [](service::LogLevel, std::string_view, const service::LogFields&) {}};
  std::vector<Pubkey> devices;
  std::string waiting;
  std::unique_ptr<stores::StoreServer> store;
  std::unique_ptr<stores::StoreWriter> writer;
  std::unique_ptr<PullingMonitor> monitor;
};

TEST_P(StoreOutage, RaisesNothingLowersNothingInServiceAndIsCaughtUpAfterwards) {
  run(4min);
  ASSERT_EQ(health("old"), Health::Healthy) << why("old");
  ASSERT_EQ(health("young"), Health::Pending) << why("young");
  ASSERT_EQ(network.link("old").status, Status::Activated);
  store->kill();
  run(30min);
  EXPECT_EQ(health("old"), Health::Healthy) << why("old");
  EXPECT_EQ(health("young"), Health::Pending) << why("young");
  ASSERT_TRUE(store->resume());
  run(8min);  // the monitor asks again after a pause of at most 5 minutes
  EXPECT_EQ(health("old"), Health::Healthy) << why("old");
  EXPECT_EQ(health("young"), Health::Healthy) << why("young");
}

TEST_P(StoreOutage, AStopOfAMinuteIsNotNoticed) {
  run(2min);
  store->stop();
  run(1min);
  ASSERT_TRUE(store->resume());
  run(12min);
  EXPECT_EQ(health("old"), Health::Healthy) << why("old");
  EXPECT_EQ(health("young"), Health::Healthy) << why("young");
}

class StoreLimit : public StoreOutage {
 protected:
  stores::StoreLimits limits() const override { return stores::StoreLimits::Tight; }
};

TEST_P(StoreLimit, D10_AStoreThatAllowsLessThanAnHourIsAskedForLess) {
  run(4min);
  EXPECT_EQ(health("old"), Health::Healthy) << why("old");
  EXPECT_EQ(health("young"), Health::Pending) << why("young");
  run(20min);
  EXPECT_EQ(health("young"), Health::Healthy) << why("young");
  for (const auto& talk : monitor->monitor().pulled().talks()) {
    const auto& state = talk.pull.state();
    const auto too_large = state.failures[static_cast<std::size_t>(telemetry::PullFailure::TooLarge)];
    EXPECT_EQ(state.last_error, "") << talk.about;
    EXPECT_GT(too_large, 0U) << "the limit was met";
    EXPECT_LT(too_large, 12U) << "and not run into again and again";
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreLimit,
                         testing::Values(telemetry::StoreKind::InfluxDb, telemetry::StoreKind::ClickHouse),
                         [](const auto& kind) { return std::string(to_text(kind.param)); });
INSTANTIATE_TEST_SUITE_P(Stores, StoreOutage,
                         testing::Values(telemetry::StoreKind::InfluxDb, telemetry::StoreKind::ClickHouse),
                         [](const auto& kind) { return std::string(to_text(kind.param)); });

}  // namespace
}  // namespace dz
