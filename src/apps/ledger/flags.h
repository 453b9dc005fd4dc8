// The ledger's flags, each of which is a key of its settings file too: docs/operating/ledger.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ledger/ledger.h"
#include "ledger/subscriptions.h"
#include "service/connection_limits.h"
#include "service/settings.h"

namespace dz::ledger_main {

struct Flags {
  std::string data, bind = "127.0.0.1", profile = "rfc", start = "activated", ports_file, verify;
  net::BrowserRules browsers;
  service::ConnectionSettings connections;
  ledger::SubscriptionLimits subscriptions;
  Duration genesis_age{0}, history = std::chrono::days{30};
  bool memory = false, verbose = false, transition_hook = false;
  std::uint16_t rpc_port = 8899;
  std::optional<std::uint16_t> ws_port;  // by default the port after rpc_port
  std::uint32_t slot_ms = 400;
  std::uint64_t faucet_lamports = ledger::LedgerOptions{}.faucet_lamports;
};

// `settings` were made for `app`; `flags` outlives them.
void declare(CLI::App& app, service::Settings& settings, Flags& flags);

// Refused: an unknown profile, and what the profile's program does not have.
Result<ledger::LedgerOptions> ledger_options(const Flags& flags);

}  // namespace dz::ledger_main
