// The activator's flags, each of which is a key of its settings file too: docs/operating/activator.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "activator/activator.h"
#include "client/environments.h"
#include "service/connection_limits.h"
#include "service/settings.h"

namespace dz::activator_main {

struct Flags {
  std::string environment, url, websocket_url, program_id, keypair;  // empty: not named
  std::string listen = "127.0.0.1", ports_file;
  std::string state = "doublezero-activator.state";
  std::string writes_per_minute, fleet_percent;  // empty: the default of the environment
  std::vector<std::string> health_authorities;
  std::vector<std::string> monitor_keys, monitor_urls;  // each may be several, with commas
  net::BrowserRules browsers;
  service::ConnectionSettings connections;
  Duration poll_interval = std::chrono::seconds{60}, dwell = std::chrono::minutes{10};
  Duration max_block_age = client::ViewOptions{}.most_age;
  std::uint16_t port = 8091;
  std::uint32_t require_quorum = 0;  // 0: no judges are asked for
  std::uint64_t unit_price = client::BudgetPolicy{}.price, most_priority_fee = client::BudgetPolicy{}.most_priority;
  bool observe = false, write = false, staged = false, allow_foundation_key = false, allow_readable_secrets = false,
       verbose = false;
};

// `flags` outlives `settings`.
void declare(service::Settings& settings, Flags& flags);

// Which ledger they name. Refused: an unknown environment or program id, or a text that is not a URL.
Result<client::LedgerSettings> ledger_of(const Flags& flags);

// Whose opinions are asked for. Refused: k without as many keys, or without a URL; keys or URLs without k.
Result<activator::BackingOptions> backing_of(const Flags& flags);

// Refused, with what was expected: flags that contradict each other, limits and keys that are none.
Result<activator::ActivatorOptions> options_of(const Flags& flags, const client::LedgerSettings& ledger);

}  // namespace dz::activator_main
