// The embedded ledger in this process, reached as over the network but without sockets, on a clock that moves only when
// somebody sleeps. For tests.
#pragma once

#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "client/rpc_client.h"
#include "fleet/onboarding.h"
#include "ledger/ledger.h"
#include "ledger/ledger_archive.h"
#include "ledger/rpc.h"

namespace dz::fleet {

struct LedgerBench {
  Timestamp now = *parse_timestamp("2026-03-01T12:00:00Z");
  std::unique_ptr<ledger::Ledger> ledger =
      *ledger::Ledger::open(ledger::make_memory_archive(), ledger::LedgerOptions{}, now);
  std::function<bool()> lose_answer;  // true: the request is carried out and its answer lost
  client::Clock clock{[this] { return now; },
                      [this](Duration d) {
                        now += d;
                        ledger->advance(now);
                        EXPECT_TRUE(ledger->commit());
                      }};
  client::RpcClient client{[this](std::string_view body) -> Result<std::string> {
                             std::string answer = ledger::handle_rpc(body, *ledger);
                             if (lose_answer && lose_answer()) return fail(ErrorKind::Retry, "the answer was lost");
                             return answer;
                           },
                           clock, client::RetryOptions{.attempts = 1}};

  wire::Keypair funded() {
    wire::Keypair key = wire::Keypair::generate();
    EXPECT_TRUE(client.request_airdrop(key.pubkey(), 1'000'000'000'000));
    return key;
  }
  OnboardingKeys keys_for(const FleetTopology& topology) {
    OnboardingKeys keys{funded(), {}, {}, funded().pubkey(), funded().pubkey()};
    for (const std::string& code : topology.contributors) keys.contributors.emplace(code, funded());
    for (const TopologyDevice& device : topology.devices) {
      if (device.has_metrics_publisher) keys.agents.emplace(device.code, funded());
    }
    return keys;
  }
};

inline FleetTopology carried_testnet(const std::string& source_dir) {
  std::ifstream file(source_dir + "/data/network/testnet-2025.toml");
  std::stringstream text;
  text << file.rdbuf();
  return *read_topology("testnet-2025.toml", text.str());
}

}  // namespace dz::fleet
