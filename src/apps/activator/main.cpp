// doublezero-activator: ledger in, status out. main() is the wiring diagram; the work is activator/activator.h.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "activator/activator.h"
#include "activator/activator_report.h"
#include "client/environments.h"
#include "client/key_file.h"
#include "client/ledger_url.h"
#include "client/rpc_client.h"
#include "client/subscription.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "service/loop_driver.h"
#include "service/metrics.h"
#include "service/ports_file.h"
#include "service/stderr_log.h"

namespace {

using namespace dz;

constexpr const char* kVersion = DZ_VERSION;

struct Flags {
  client::LedgerFlags ledger;
  std::string listen = "127.0.0.1", ports_file, poll_interval = "60s", dwell = "10m";
  std::string writes_per_minute, fleet_percent;  // empty: the default of the environment
  std::vector<std::string> health_authorities;
  std::uint16_t port = 8091;
  std::uint64_t unit_price = client::BudgetPolicy{}.price, most_priority_fee = client::BudgetPolicy{}.most_priority;
  bool observe = false, write = false, staged = false, allow_foundation_key = false, verbose = false;
};

void declare_ledger(CLI::App& app, Flags& f) {
  app.add_option("--env,-e", f.ledger.environment, "Network: local (default), devnet, testnet, mainnet-beta");
  app.add_option("--url,--ledger-url", f.ledger.url, "JSON-RPC of the DZ ledger; also DZ_LEDGER_RPC_URL");
  app.add_option("--ws,--ws-url", f.ledger.websocket_url,
                 "WebSocket of the DZ ledger; by default the RPC URL as ws://; also DZ_LEDGER_WS_RPC_URL");
  app.add_option("--program-id", f.ledger.program_id, "Serviceability program, instead of the environment's");
  app.add_option("--keypair", f.ledger.keypair, "Key file; also DOUBLEZERO_KEYPAIR. Not needed to observe");
}

void declare(CLI::App& app, Flags& f) {
  app.set_config("--config", "", "Settings from a TOML file: the names of these flags, without the dashes");
  declare_ledger(app, f);
  auto* write = app.add_flag("--write", f.write, "Write status; needed on every network but a local one");
  app.add_flag("--observe,--dry-run", f.observe, "Show and log what would be written, write nothing")->excludes(write);
  app.add_option("--max-writes-per-minute", f.writes_per_minute,
                 "N or unlimited; by default 10, unlimited on a local network");
  app.add_option("--max-fleet-percent-per-hour", f.fleet_percent,
                 "Per cent of all records, or unlimited; by default 5, unlimited on a local network");
  app.add_flag("--staged-undrain", f.staged, "Bring a hard-drained link back through soft-drained");
  app.add_option("--staged-dwell", f.dwell, "How long it stays soft-drained")->capture_default_str();
  app.add_option("--health-authority", f.health_authorities,
                 "Key whose health counts as a judgement; may be repeated; by default those that the ledger names");
  app.add_option("--poll-interval", f.poll_interval, "Everything is re-read this often")->capture_default_str();
  app.add_option("--unit-price", f.unit_price, "Micro-lamports a compute unit, for priority")->capture_default_str();
  app.add_option("--most-priority-fee", f.most_priority_fee, "Lamports of priority a transaction, whatever the price")
      ->capture_default_str();
  app.add_option("--listen", f.listen, "Address of /metrics, /status and /healthz")->capture_default_str();
  app.add_option("--port", f.port, "Port of /metrics, /status and /healthz; 0 lets the system choose")
      ->capture_default_str();
  app.add_option("--ports-file", f.ports_file, "Write the chosen port here as JSON");
  app.add_flag("--allow-foundation-key", f.allow_foundation_key, "Accept a key that is also foundation");
  app.add_flag("--verbose", f.verbose, "Log at debug");
  app.set_version_flag("--version,-V", std::string("doublezero-activator ") + kVersion);
}

std::optional<std::string> variable(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Result<activator::ActivatorOptions> options_of(const Flags& flags, const client::LedgerSettings& ledger) {
  activator::ActivatorOptions options;
  options.ids = ledger.ids;
  options.gather = std::chrono::milliseconds{20};
  options.budget = {.on = is_live(ledger), .price = flags.unit_price, .most_priority = flags.most_priority_fee};
  options.observe = flags.observe || (is_live(ledger) && !flags.write);
  options.allow_foundation_key = flags.allow_foundation_key;
  DZ_TRY_ASSIGN(options.poll_interval, parse_duration(flags.poll_interval));
  options.staged.on = flags.staged;
  DZ_TRY_ASSIGN(options.staged.dwell, parse_duration(flags.dwell));
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

net::HttpResponse answer(const net::HttpRequest& request, const activator::Activator& activator,
                         Duration poll_interval) {
  const auto now = net::system_now();
  if (request.method != "GET") return {405, "application/json", R"({"error":"expected GET"})", {}};
  if (request.path == "/metrics")
    return {200, service::kMetricsContentType, render_activator_metrics(activator, kVersion, now), {}};
  if (request.path == "/status") return {200, "application/json", render_activator_status(activator, now), {}};
  if (request.path == "/healthz") {
    auto health = activator_health(activator, poll_interval, now);
    return {health.healthy ? 200 : 503, "application/json", std::move(health.json), {}};
  }
  return {404, "application/json", R"({"error":"expected /metrics, /status or /healthz"})", {}};
}

Result<int> run(const Flags& flags) {
  const auto log = service::stderr_log(flags.verbose);
  DZ_TRY_ASSIGN(const auto ledger, resolve_ledger(flags.ledger, variable, {}));
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

  client::ProgramSubscription subscription(loop, ledger.websocket_url.value, program,
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

  DZ_TRY_ASSIGN(const auto server, net::HttpServer::listen(loop, {.address = flags.listen, .port = flags.port},
                                                           {.on_request = [&](const net::HttpRequest& r) {
                                                             return answer(r, activator, poll_interval);
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

}  // namespace

int main(int argc, char** argv) {
  Flags flags;
  CLI::App app("Moves links and devices along the lifecycle: desired_status and health in, status out.",
               "doublezero-activator");
  declare(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const auto code = run(flags);
  if (code) return *code;
  std::fprintf(stderr, "Error: %s\n", code.error().message.c_str());
  return 1;
}
