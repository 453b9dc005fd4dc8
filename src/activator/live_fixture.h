// A ledger as the live network has it, with four links, for tests of the activator.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "activator/activator.h"
#include "testbed/small_network.h"

namespace dz::activator {

using std::chrono::minutes;
using std::chrono::seconds;

class LiveActivator : public testing::Test {
 protected:
  explicit LiveActivator(program::ProgramOptions program = {})
      : network(kStart, ledger::make_memory_archive(), {.profile = &v034_profile(), .program = program}) {
    network.grant(network.activator.pubkey(), permission::kNetworkAdmin);
    ams = network.add_device("ams", network.alpha);
    network.add_device("fra", network.alpha);
    for (const auto* port : {"Switch1/1/1", "Switch1/2/1", "Switch1/3/1", "Switch1/4/1"}) {
      codes.push_back(std::string("link") + port[8]);
      links.push_back(network.add_link(codes.back(), LinkType::Wan, "ams", port, "fra", port));
    }
  }

  std::unique_ptr<Activator> make(ActivatorOptions options = {}) { return make_on(network.client(), options); }
  std::unique_ptr<Activator> make_on(client::LedgerClient& client, ActivatorOptions options = {}) {
    options.ids = wire::local_program_ids();
    return std::make_unique<Activator>(
        client, network.activator, options,
        [this](service::LogLevel, std::string_view event, const service::LogFields&) { log.emplace_back(event); });
  }
  void run(Activator& activator, Duration time, Duration step = seconds{1}) {
    for (const auto end = network.now() + time; network.now() < end; network.advance(step))
      activator.step(network.now());
  }
  void update(int i, const wire::UpdateLinkArgs& args, const wire::Keypair& signer) {
    const auto at = static_cast<std::size_t>(i);
    const auto record = network.link(codes[at]);
    const auto written = network.as(signer).update_link({links[at], &record}, args);
    ASSERT_TRUE(written) << written.error().message;
    network.advance(seconds{1});
  }
  void drain(int i) {
    update(i, {.status = Status::HardDrained, .desired_status = DesiredStatus::HardDrained}, network.alpha);
  }
  void undrain(int i) { update(i, {.desired_status = DesiredStatus::Activated}, network.alpha); }
  void judge(int i, Health health) { judge_as(network.monitor, i, health); }
  void judge_as(const wire::Keypair& signer, int i, Health health) {
    const auto written = network.as(signer).set_link_health(links[static_cast<std::size_t>(i)], health);
    ASSERT_TRUE(written) << written.error().message;
    network.advance(seconds{1});
  }
  void device(Health health) {
    const auto written = network.as(network.monitor).set_device_health(ams, health);
    ASSERT_TRUE(written) << written.error().message;
    network.advance(seconds{1});
  }
  Status status(int i) { return network.link(codes[static_cast<std::size_t>(i)]).status; }
  int said(std::string_view event) const { return static_cast<int>(std::count(log.begin(), log.end(), event)); }

  static constexpr Timestamp kStart{std::chrono::hours{494'000}};
  testbed::SmallNetwork network;
  Pubkey ams;
  std::vector<Pubkey> links;
  std::vector<std::string> codes;
  std::vector<std::string> log;
};

}  // namespace dz::activator
