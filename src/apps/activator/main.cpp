// doublezero-activator: ledger in, status out. main() is the wiring diagram; the work is activator/activator.h.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "activator/activator.h"
#include "activator/activator_api.h"
#include "client/environments.h"
#include "client/key_file.h"
#include "client/ledger_url.h"
#include "client/rpc_client.h"
#include "client/subscription.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "service/loop_driver.h"
#include "service/ports_file.h"
#include "service/settings.h"
#include "service/stderr_log.h"

namespace dz::activator_main {
namespace {

constexpr const char* kVersion = DZ_VERSION;

constexpr service::SpanRange kAnySpan{Duration{0}, std::chrono::days{36'500}};

struct Flags {
  std::string environment, url, websocket_url, program_id, keypair;  // empty: not named
  std::string listen = "127.0.0.1", ports_file;
  std::string writes_per_minute, fleet_percent;  // empty: the default of the environment
  std::vector<std::string> health_authorities;
  Duration poll_interval = std::chrono::seconds{60}, dwell = std::chrono::minutes{10};
  std::uint16_t port = 8091;
  std::uint64_t unit_price = client::BudgetPolicy{}.price, most_priority_fee = client::BudgetPolicy{}.most_priority;
  bool observe = false, write = false, staged = false, allow_foundation_key = false, verbose = false;
};

void declare_ledger(service::Settings& settings, Flags& f) {
  settings.text({"--env,-e"}, f.environment, "Network: local (default), devnet, testnet, mainnet-beta");
  settings.text({"--url,--ledger-url"}, f.url, "JSON-RPC of the DZ ledger; also DZ_LEDGER_RPC_URL");
  settings.text({"--ws,--ws-url"}, f.websocket_url,
                "WebSocket of the DZ ledger; by default the RPC URL as ws://; also DZ_LEDGER_WS_RPC_URL");
  settings.text({"--program-id"}, f.program_id, "Serviceability program, instead of the environment's");
  settings.text({"--keypair"}, f.keypair, "Key file; also DOUBLEZERO_KEYPAIR. Not needed to observe");
  settings.span({"--poll-interval"}, f.poll_interval, kAnySpan, "Everything is re-read this often");
  settings.number({"--unit-price"}, f.unit_price, {}, "Micro-lamports a compute unit, for priority");
  settings.number({"--most-priority-fee"}, f.most_priority_fee, {},
                  "Lamports of priority a transaction, whatever the price");
}

void declare_writing(service::Settings& settings, Flags& f) {
  settings.flag({"--write"}, f.write, "Write status; needed on every network but a local one");
  settings.flag({"--observe,--dry-run"}, f.observe, "Show and log what would be written, write nothing")
      .excludes("--write");
  settings.amount({"--max-writes-per-minute"}, f.writes_per_minute,
                  "N or unlimited; by default 10, unlimited on a local network");
  settings.amount({"--max-fleet-percent-per-hour"}, f.fleet_percent,
                  "Per cent of all records, or unlimited; by default 5, unlimited on a local network");
  settings.flag({"--staged-undrain"}, f.staged, "Bring a hard-drained link back through soft-drained");
  settings.span({"--staged-dwell"}, f.dwell, kAnySpan, "How long it stays soft-drained");
  settings.texts({"--health-authority"}, f.health_authorities,
                 "Key whose health counts as a judgement; may be repeated; by default those that the ledger names");
  settings.flag({"--allow-foundation-key"}, f.allow_foundation_key, "Accept a key that is also foundation");
}

void declare_serving(service::Settings& settings, Flags& f) {
  settings.text({"--listen"}, f.listen, "Address of /metrics, /status and /healthz");
  settings.number({"--port"}, f.port, {0, 65535}, "Port of /metrics, /status and /healthz; 0 lets the system choose");
  settings.text({"--ports-file"}, f.ports_file, "Write the chosen port here as JSON");
  settings.flag({"--verbose"}, f.verbose, "Log at debug");
}

std::optional<std::string> variable(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::optional<std::string> given(const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); }

Result<client::LedgerSettings> ledger_of(const Flags& flags) {
  return client::resolve_ledger({.environment = given(flags.environment),
                                 .url = given(flags.url),
                                 .websocket_url = given(flags.websocket_url),
                                 .program_id = given(flags.program_id),
                                 .keypair = given(flags.keypair)},
                                variable, {});
}

Result<activator::ActivatorOptions> options_of(const Flags& flags, const client::LedgerSettings& ledger) {
  if (flags.observe && flags.write) return refused("expected either write or observe (dry-run), found both");
  activator::ActivatorOptions options;
  options.ids = ledger.ids;
  options.gather = std::chrono::milliseconds{20};
  options.budget = {.on = is_live(ledger), .price = flags.unit_price, .most_priority = flags.most_priority_fee};
  options.observe = flags.observe || (is_live(ledger) && !flags.write);
  options.allow_foundation_key = flags.allow_foundation_key;
  options.poll_interval = flags.poll_interval;
  options.staged = {.on = flags.staged, .dwell = flags.dwell};
  options.limits = control::default_change_limits(!is_live(ledger));
  if (!flags.writes_per_minute.empty()) {
    DZ_TRY_ASSIGN(options.limits.writes_per_minute, control::parse_writes_per_minute(flags.writes_per_minute));
  }
  if (!flags.fleet_percent.empty()) {
    DZ_TRY_ASSIGN(options.limits.fleet_percent_per_hour, control::parse_fleet_percent(flags.fleet_percent));
  }
  for (const auto& text : flags.health_authorities) {
    DZ_TRY_ASSIGN(const auto key, parse_pubkey(text));
    options.health_authorities.insert(key);
  }
  return options;
}

// Who only observes signs nothing.
Result<wire::Keypair> key_of(const client::LedgerSettings& ledger, bool observes) {
  const bool named = ledger.keypair.origin == "flag" || ledger.keypair.origin == "environment variable";
  if (named) return client::read_key_file(ledger.keypair.value);
  if (observes) return wire::Keypair::generate();
  return refused(
      "expected --keypair FILE or DOUBLEZERO_KEYPAIR, found neither; to write nothing, start with --observe");
}

Result<int> run(const Flags& flags) {
  const auto log = service::stderr_log(flags.verbose);
  DZ_TRY_ASSIGN(const auto ledger, ledger_of(flags));
  DZ_TRY_ASSIGN(const auto url, rpc_url_of(ledger));
  DZ_TRY_ASSIGN(auto options, options_of(flags, ledger));
  DZ_TRY_ASSIGN(auto key, key_of(ledger, options.observe));
  const auto poll_interval = options.poll_interval;
  const auto program = options.ids.serviceability;

  net::Loop loop;
  client::RpcClient client(client::http_transport(url, std::chrono::seconds{10}), client::system_clock(),
                           client::without_waiting());
  log(service::LogLevel::Info, "started",
      {{"version", kVersion},
       {"environment", std::string(ledger.environment->name)},
       {"ledger", client::public_part(url)},
       {"key", to_text(key.pubkey())},
       {"mode", options.observe ? "observe" : "write"}});
  activator::Activator activator(client, std::move(key), std::move(options), log);
  service::LoopDriver driver(loop, [&](Timestamp now) { return activator.step(now); });

  client::ProgramSubscription subscription(loop, {ledger.websocket_url.value, program},
                                           {.on_account =
                                                [&](const client::AccountNotification& change) {
                                                  activator.on_event(change);
                                                  driver.wake();
                                                },
                                            .on_connected =
                                                [&] {
                                                  activator.on_stream_lost();
                                                  driver.wake();
                                                },
                                            .on_disconnected =
                                                [&](const std::string& reason) {
                                                  log(service::LogLevel::Warn, "events_lost", {{"reason", reason}});
                                                }});

  DZ_TRY_ASSIGN(
      const auto server,
      net::HttpServer::listen(
          loop, {.address = flags.listen, .port = flags.port}, {.on_request = [&](const net::HttpRequest& r) {
            return activator::answer_activator_request({activator, poll_interval, kVersion, net::system_now()}, r);
          }}));
  if (!flags.ports_file.empty()) DZ_TRY(service::write_ports_file(flags.ports_file, {{"http", server->port()}}));
  log(service::LogLevel::Info, "listening", {{"address", flags.listen}, {"port", std::to_string(server->port())}});

  loop.on_terminate([&] {
    log(service::LogLevel::Info, "stopping", {});
    loop.stop();
  });
  driver.wake();
  loop.run();
  return 0;
}

int start(int argc, char** argv) {
  Flags flags;
  CLI::App app("Moves links and devices along the lifecycle: desired_status and health in, status out.",
               "doublezero-activator");
  service::Settings settings({&app});
  declare_ledger(settings, flags);
  declare_writing(settings, flags);
  declare_serving(settings, flags);
  app.set_version_flag("--version,-V", std::string("doublezero-activator ") + kVersion);
  if (const auto end = service::parse_command_line(app, argc, argv)) return *end;
  const auto code = settings.read().and_then([&] { return run(flags); });
  if (code) return *code;
  std::fprintf(stderr, "Error: %s\n", code.error().message.c_str());
  return 1;
}

}  // namespace
}  // namespace dz::activator_main

int main(int argc, char** argv) { return dz::activator_main::start(argc, argv); }
