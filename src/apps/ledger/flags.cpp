#include "apps/ledger/flags.h"

#include <CLI/CLI.hpp>

namespace dz::ledger_main {
namespace {

constexpr service::NumberRange kPort{0, 65535};
constexpr service::SpanRange kAnySpan{Duration{0}, std::chrono::days{36'500}};

void declare_place(service::Settings& settings, Flags& f) {
  settings.text({"--data"}, f.data, "Folder of the ledger; created when missing");
  settings.flag({"--memory"}, f.memory, "Keep nothing: the ledger ends with the process");
}

void declare_sockets(service::Settings& settings, Flags& f) {
  settings.text({"--bind"}, f.bind, "Address to listen on. Anybody who reaches it can take from the faucet");
  settings.number({"--rpc-port"}, f.rpc_port, kPort, "JSON-RPC over HTTP and WebSocket; 0 lets the system choose");
  settings.number({"--ws-port"}, f.ws_port, kPort,
                  "WebSocket for clients that derive its port; by default --rpc-port + 1");
  settings.text({"--ports-file"}, f.ports_file, "Write the chosen ports here as JSON");
  service::declare_browser_rules(settings, f.browsers);
  settings.flag({"--verbose"}, f.verbose, "Log every transaction");
}

void declare_limits(service::Settings& settings, Flags& f) {
  service::declare_connections(settings, f.connections, "");
  service::declare_websockets(settings, f.connections, "");
  settings.number({"--max-subscriptions"}, f.subscriptions.of_session, {1, 1'000'000}, "Of one connection");
  settings.number({"--max-subscriptions-in-all"}, f.subscriptions.all, {1, 100'000'000}, "Of all connections");
  settings.number({"--kept-subscriptions"}, f.subscriptions.each, {0, 1'000'000},
                  "Kept free for each connection, whatever others hold; fewer where those of all would not do");
}

void declare_chain(service::Settings& settings, Flags& f) {
  settings.number({"--slot-ms"}, f.slot_ms, {1, 3'600'000}, "Length of a slot");
  settings.span({"--history"}, f.history, kAnySpan, "Transactions are kept this long; at least 1h");
  settings.text({"--profile"}, f.profile, "Which program runs: rfc, or v0.34 as on the live network");
  settings.word({"--start"}, f.start, {"activated", "provisioning"},
                "Profile v0.34: the status in which devices and links start");
  settings.flag({"--transition-hook"}, f.transition_hook,
                "Profile v0.34: run the program's own status transitions, switched off on the live network");
  settings.number({"--faucet-lamports"}, f.faucet_lamports, {}, "New ledger: all the lamports there are");
  settings.span({"--genesis-age"}, f.genesis_age, kAnySpan, "New ledger: slot 0 began this long ago, such as 48h");
}

}  // namespace

void declare(CLI::App& app, service::Settings& settings, Flags& flags) {
  settings.on({app.add_option_group("where the ledger is kept (one of)")});
  declare_place(settings, flags);
  settings.on({&app});
  declare_sockets(settings, flags);
  declare_limits(settings, flags);
  declare_chain(settings, flags);
}

Result<ledger::LedgerOptions> ledger_options(const Flags& flags) {
  ledger::LedgerOptions options;
  DZ_TRY_ASSIGN(options.profile, find_profile(flags.profile));
  options.program = {flags.start == "provisioning", flags.transition_hook};
  if (options.profile->guarded && options.program != program::ProgramOptions{}) {
    return refused("--start and --transition-hook: expected profile v0.34, found " + flags.profile +
                   ", whose program has one way only; leave them out");
  }
  options.slot_length = std::chrono::milliseconds{flags.slot_ms};
  options.faucet_lamports = flags.faucet_lamports;
  options.genesis_age = flags.genesis_age;
  options.history = flags.history;
  options.secret = wire::Keypair::generate().pubkey().bytes;
  return options;
}

}  // namespace dz::ledger_main
