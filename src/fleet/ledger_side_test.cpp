// What the fleet does to a ledger, against the real one.
#include <gtest/gtest.h>

#include "client/snapshot.h"
#include "fleet/fleet.h"
#include "fleet/ledger_bench.h"
#include "fleet/onboarding.h"
#include "fleet/sample_writer.h"
#include "network/apply_network.h"
#include "wire/addresses.h"

namespace dz::fleet {
namespace {

using namespace std::chrono_literals;

struct Network {
  LedgerBench bench;
  FleetTopology topology = carried_testnet(DZ_SOURCE_DIR);
  OnboardingKeys keys = bench.keys_for(topology);
  Result<void> onboarded = onboard({bench.client, bench.clock, wire::local_program_ids()}, topology, keys);
  client::Snapshot snapshot = *fetch_snapshot(bench.client, wire::local_program_ids());

  Pubkey device(const std::string& code) const { return client::find_record(snapshot.devices, "device", code)->key; }
  SampleRoute route(const Direction& direction) {
    const Pubkey link = client::find_record(snapshot.links, "link", direction.link)->key;
    return {direction, {device(direction.origin), device(direction.target), link}, &keys.agents.at(direction.origin)};
  }
  std::vector<SampleRoute> routes() {
    std::vector<SampleRoute> out;
    for (const Direction& direction : probed_directions(topology)) out.push_back(route(direction));
    return out;
  }
  LatencySamples account(const SampleRoute& route) {
    const Pubkey key = wire::latency_samples_address(wire::local_program_ids().telemetry, route.path.origin_device,
                                                     route.path.target_device, route.path.link, 0)
                           .address;
    return *wire::decode_latency_samples((*bench.client.get_account(key))->data);
  }
};

std::vector<Sample> samples_from(Timestamp from, int count) {
  std::vector<Sample> out;
  for (int i = 0; i < count; ++i) out.push_back({from + i * kProbeInterval, static_cast<std::uint32_t>(1000 + i)});
  return out;
}

TEST(Onboarding, BringsTheWholeTestnetHardDrained) {
  Network network;
  ASSERT_TRUE(network.onboarded) << network.onboarded.error().message;
  EXPECT_EQ(network.snapshot.locations.size(), 8U);
  EXPECT_EQ(network.snapshot.exchanges.size(), 8U);
  EXPECT_EQ(network.snapshot.contributors.size(), 2U);
  ASSERT_EQ(network.snapshot.devices.size(), 9U);
  ASSERT_EQ(network.snapshot.links.size(), 9U);
  EXPECT_EQ(network.snapshot.global_state->health_oracle, network.keys.monitor);
  EXPECT_EQ(network.snapshot.global_state->activator_authority, network.keys.activator);
  for (const auto& [key, device] : network.snapshot.devices) {
    EXPECT_EQ(device.status, Status::HardDrained) << device.code;
    EXPECT_EQ(device.max_users, 0);
    int dia = 0;
    for (const Interface& port : device.interfaces) {
      if (port.dia == Dia::Dia) dia += port.status == InterfaceStatus::Activated ? 1 : 0;
    }
    EXPECT_EQ(dia, 1) << device.code;
  }
  for (const auto& [key, link] : network.snapshot.links) {
    EXPECT_EQ(link.status, Status::HardDrained) << link.code;
    EXPECT_EQ(link.mtu, 9000U);
  }
  EXPECT_TRUE(network.snapshot.devices.at(network.device("fra-dz-001-x")).metrics_publisher.is_zero());
}

// The foundation founds, and nothing else: each contributor signs for its devices, and both for the link between them.
TEST(Onboarding, EveryRoleWritesItsOwn) {
  Network network;
  ASSERT_TRUE(network.onboarded) << network.onboarded.error().message;
  const auto files = onboarding_files(network_of(network.topology), network.keys);
  EXPECT_TRUE(files.sites.devices.empty() && files.sites.links.empty());
  EXPECT_TRUE(files.records.contributors.empty());
  const network::NetworkLedger to{network.bench.client, network.bench.clock, wire::local_program_ids()};
  for (const auto& [code, key] : network.keys.contributors) {
    const auto again = apply_network(to, files.records, key);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->written, 0U) << code;
    EXPECT_TRUE(again->waiting.empty()) << code << ": " << again->waiting.front();
  }
}

TEST(Onboarding, ARefusalNamesTheRecord) {
  LedgerBench bench;
  FleetTopology topology = carried_testnet(DZ_SOURCE_DIR);
  topology.devices[2].public_ip = *parse_ipv4("10.0.0.1");  // private
  const OnboardingKeys keys = bench.keys_for(topology);
  const auto done = onboard({bench.client, bench.clock, wire::local_program_ids()}, topology, keys);
  ASSERT_FALSE(done);
  EXPECT_TRUE(done.error().message.starts_with("device 'tyo-dz001': ")) << done.error().message;
}

TEST(SampleWriter, AHistoryIsWrittenInOrderAndGoesOn) {
  Network network;
  const auto routes = network.routes();
  SampleWriter writer(network.bench.client, network.bench.clock, wire::local_program_ids().telemetry, routes);
  EXPECT_EQ(*writer.end_on_ledger(0), std::nullopt);
  const Timestamp start = network.bench.now - 3h;
  for (std::size_t i = 0; i < writer.routes(); ++i) writer.add(i, samples_from(start, 1000));
  const SubmitReport report = writer.submit();
  EXPECT_TRUE(report.complaints.empty()) << report.complaints.front();
  EXPECT_EQ(report.written, routes.size() * 1000);
  EXPECT_EQ(writer.pending(), 0U);
  EXPECT_EQ(*writer.end_on_ledger(3), start + 1000 * kProbeInterval);
  writer.add(3, samples_from(start + 1000 * kProbeInterval, 6));
  EXPECT_EQ(writer.submit().written, 6U);
  const LatencySamples account = network.account(routes[3]);
  ASSERT_EQ(account.rtt_us.size(), 1006U);
  EXPECT_EQ(account.sampling_interval_us, 10'000'000U);
  for (std::size_t i = 0; i < 1000; ++i) ASSERT_EQ(account.rtt_us[i], 1000 + i);
}

TEST(SampleWriter, AWriteWhoseAnswerWasLostIsNotWrittenTwice) {
  Network network;
  SampleWriter writer(network.bench.client, network.bench.clock, wire::local_program_ids().telemetry,
                      {network.route({"nyc-dz001:lon-dz001", "nyc-dz001", "lon-dz001"})});
  writer.add(0, samples_from(network.bench.now, 6));
  ASSERT_EQ(writer.submit().written, 6U);
  bool lose = true;
  network.bench.lose_answer = [&] { return lose; };
  writer.add(0, samples_from(network.bench.now + 1min, 6));
  EXPECT_EQ(writer.submit().written, 0U);  // not even the epoch was answered
  int calls = 0;
  network.bench.lose_answer = [&] { return ++calls > 2; };  // epoch and block hash answered, then nothing
  EXPECT_EQ(writer.submit().written, 0U);
  EXPECT_EQ(writer.pending(), 6U);
  network.bench.lose_answer = nullptr;
  EXPECT_TRUE(writer.submit().complaints.empty());
  EXPECT_EQ(writer.pending(), 0U);
  EXPECT_EQ(network.account(network.route({"nyc-dz001:lon-dz001", "nyc-dz001", "lon-dz001"})).rtt_us.size(), 12U);
}

TEST(SampleWriter, ARefusalKeepsTheSamplesAndSaysWhose) {
  Network network;
  SampleRoute route = network.route({"nyc-dz001:lon-dz001", "nyc-dz001", "lon-dz001"});
  const wire::Keypair stranger = network.bench.funded();
  route.agent = &stranger;
  SampleWriter writer(network.bench.client, network.bench.clock, wire::local_program_ids().telemetry, {route});
  writer.add(0, samples_from(network.bench.now, 6));
  const SubmitReport report = writer.submit();
  ASSERT_EQ(report.complaints.size(), 1U);
  EXPECT_TRUE(report.complaints[0].starts_with("nyc-dz001:lon-dz001 from nyc-dz001: ")) << report.complaints[0];
  EXPECT_EQ(writer.pending(), 6U);
}

}  // namespace
}  // namespace dz::fleet
