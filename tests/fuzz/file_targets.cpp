// Files that people write: policy, settings, keys, the CLI's configuration, topologies. A file is read or refused in
// words, and what can be written comes back as it was.
#include <boost/json/parse.hpp>

#include "base/check.h"
#include "client/config_file.h"
#include "client/environments.h"
#include "client/ledger_url.h"
#include "fleet/topology.h"
#include "input.h"
#include "monitor/monitor_settings.h"
#include "network/network_file.h"
#include "targets.h"
#include "verdict/policy.h"
#include "wire/keypair.h"

namespace dz::fuzz {

int policy_target(ByteView bytes) {
  for (const Profile* profile : {static_cast<const Profile*>(nullptr), &v034_profile()}) {
    const auto policy = verdict::parse_policy(as_text(bytes), "policy.toml", profile);
    if (!policy) {
      DZ_CHECK(is_text(policy.error().message));
      continue;
    }
    DZ_CHECK(verdict::check_policy(*policy).has_value());
    DZ_CHECK(verdict::longest_window(*policy) <= evidence::kLongestWindow);
    const auto text = verdict::render_policy(*policy);
    const auto again = verdict::parse_policy(text, "policy.toml", profile);
    DZ_CHECK(again.has_value() && *again == *policy);
    DZ_CHECK(verdict::render_policy(*again) == text);
    DZ_CHECK(verdict::policy_digest(*again) == verdict::policy_digest(*policy));
  }
  return 0;
}

// The file, and behind a line of "--" what the other files that it names hold.
int settings_target(ByteView bytes) {
  const auto text = as_text(bytes);
  const auto end = text.find("\n--\n");
  const std::string other(end == std::string_view::npos ? std::string_view{} : text.substr(end + 4));
  const auto read_file = [&](const std::string& path) -> Result<std::string> {
    if (other.empty()) return not_found("no file " + path);
    return other;
  };
  auto settings = monitor::parse_monitor_settings(text.substr(0, end), "monitor.toml", read_file);
  if (!settings) {
    DZ_CHECK(is_text(settings.error().message));
    return 0;
  }
  const auto checked = monitor::check_monitor_settings(*settings);
  if (!checked) DZ_CHECK(is_text(checked.error().message));
  for (const bool live : {false, true}) {
    auto settled = *settings;
    if (const auto result = monitor::settle_for(live, settled); !result) DZ_CHECK(is_text(result.error().message));
  }
  DZ_CHECK(is_text(monitor::render_sources(settings->sources, settings->policy)));
  return 0;
}

int key_file_target(ByteView bytes) {
  const auto text = as_text(bytes);
  if (const auto key = wire::Keypair::parse_json(text)) {
    const auto again = wire::Keypair::parse_json(key->to_json());
    DZ_CHECK(again.has_value() && again->pubkey() == key->pubkey());
    DZ_CHECK(wire::verify(key->sign(as_bytes("x")), key->pubkey(), as_bytes("x")));
  } else {
    // A file that is nearly a key is still a secret: no run of its numbers is told.
    const auto& told = key.error().message;
    DZ_CHECK(can_be_told(told));
    for (std::size_t at = 0; at + 24 <= text.size(); at += 8) {
      const auto run = text.substr(at, 24);
      const bool numbers = run.find_first_not_of("0123456789, ") == std::string_view::npos;
      DZ_CHECK(!numbers || told.find(run) == std::string::npos);
    }
  }
  if (const auto key = parse_pubkey(text)) DZ_CHECK(parse_pubkey(to_text(*key)) == *key);
  if (const auto signature = wire::parse_signature(text)) {
    DZ_CHECK(wire::parse_signature(to_text(*signature)) == *signature);
  }
  if (const auto url = client::expand_rpc_url(text)) (void)client::websocket_url_of(*url);
  return 0;
}

int config_file_target(ByteView bytes) {
  const auto config = client::parse_config(as_text(bytes));
  if (!config) {
    DZ_CHECK(can_be_told(config.error().message));
    return 0;
  }
  const auto again = client::parse_config(client::render_config(*config));
  DZ_CHECK(again.has_value() && *again == *config);
  return 0;
}

// A network file, and the fleet's reading of it. What was read is written and read again as the same.
int network_file_target(ByteView bytes) {
  const auto me = Pubkey{};
  for (const char* name : {"n.toml", "n.json"}) {
    const auto read = network::read_network_file(name, as_text(bytes), me);
    for (const auto& complaint : read.complaints) DZ_CHECK(can_be_told(complaint));
    if (!read.complaints.empty()) continue;
    const auto text = render_network_file(read.file, network::NetworkFormat::Toml);
    const auto again = network::read_network_file("n.toml", text, std::nullopt);
    DZ_CHECK(again.complaints.empty() && render_network_file(again.file, network::NetworkFormat::Toml) == text);
    const auto topology = fleet::topology_of(read.file);
    if (!topology) {
      DZ_CHECK(can_be_told(topology.error().message));
      continue;
    }
    for (const auto& link : topology->links) {
      DZ_CHECK(find_device(*topology, link.side_a) != nullptr && find_device(*topology, link.side_z) != nullptr);
    }
    for (const auto& device : topology->devices) (void)fleet::counted_ports(device);
  }
  return 0;
}

}  // namespace dz::fuzz
