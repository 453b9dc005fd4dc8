// doublezero-activator: ledger in, status out. main() is the wiring diagram; the work is daemon/activator.h.
#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "client/key_file.h"
#include "client/ledger_url.h"
#include "client/rpc_client.h"
#include "client/subscription.h"
#include "daemon/activator.h"
#include "daemon/activator_report.h"
#include "daemon/loop_driver.h"
#include "daemon/metrics.h"
#include "daemon/ports_file.h"
#include "daemon/stderr_log.h"
#include "net/http_server.h"
#include "net/loop.h"

namespace {

using namespace dz;

constexpr const char* kVersion = DZ_VERSION;

struct Flags {
  std::string ledger_url = "http://127.0.0.1:8899", ws_url, keypair, environment = "local", program_id;
  std::string listen = "127.0.0.1", ports_file, poll_interval = "60s";
  std::uint16_t port = 8091;
  std::uint64_t unit_price = BudgetPolicy{}.price, most_priority_fee = BudgetPolicy{}.most_priority;
  bool dry_run = false, allow_foundation_key = false, verbose = false;
};

void declare(CLI::App& app, Flags& f) {
  app.add_option("--ledger-url,--url", f.ledger_url, "JSON-RPC of the DZ ledger")
      ->envname("DZ_LEDGER_RPC_URL")
      ->capture_default_str();
  app.add_option("--ws-url,--ws", f.ws_url, "WebSocket of the DZ ledger; by default the RPC URL as ws://")
      ->envname("DZ_LEDGER_WS_RPC_URL");
  app.add_option("--keypair", f.keypair, "Key file of the activator authority")
      ->envname("DOUBLEZERO_KEYPAIR")
      ->required();
  app.add_option("--env,-e", f.environment, "Environment, for the program id: local, devnet, testnet, mainnet-beta")
      ->capture_default_str();
  app.add_option("--program-id", f.program_id, "Serviceability program, instead of the environment's");
  app.add_option("--poll-interval", f.poll_interval, "Everything is re-read this often")->capture_default_str();
  app.add_option("--unit-price", f.unit_price, "Micro-lamports a compute unit, for priority")->capture_default_str();
  app.add_option("--most-priority-fee", f.most_priority_fee, "Lamports of priority a transaction, whatever the price")
      ->capture_default_str();
  app.add_option("--listen", f.listen, "Address of /metrics and /healthz")->capture_default_str();
  app.add_option("--port", f.port, "Port of /metrics and /healthz; 0 lets the system choose")->capture_default_str();
  app.add_option("--ports-file", f.ports_file, "Write the chosen port here as JSON");
  app.add_flag("--dry-run", f.dry_run, "Log what would be written, write nothing");
  app.add_flag("--allow-foundation-key", f.allow_foundation_key, "Accept a key that is also foundation");
  app.add_flag("--verbose", f.verbose, "Log at debug");
  app.set_version_flag("--version,-V", std::string("doublezero-activator ") + kVersion);
}

net::HttpResponse answer(const net::HttpRequest& request, const Activator& activator, Duration poll_interval) {
  const auto now = net::system_now();
  if (request.method != "GET") return {405, "application/json", R"({"error":"expected GET"})", {}};
  if (request.path == "/metrics")
    return {200, kMetricsContentType, render_activator_metrics(activator, kVersion, now), {}};
  if (request.path == "/healthz") {
    auto health = activator_health(activator, poll_interval, now);
    return {health.healthy ? 200 : 503, "application/json", std::move(health.json), {}};
  }
  return {404, "application/json", R"({"error":"expected /metrics or /healthz"})", {}};
}

Result<int> run(const Flags& flags) {
  const auto log = stderr_log(flags.verbose);
  DZ_TRY_ASSIGN(const auto url, expand_rpc_url(flags.ledger_url));
  DZ_TRY_ASSIGN(const auto derived_ws, websocket_url_of(url));
  DZ_TRY_ASSIGN(const auto poll_interval, parse_duration(flags.poll_interval));
  DZ_TRY_ASSIGN(const auto* environment, find_environment(flags.environment));
  DZ_TRY_ASSIGN(auto key, read_key_file(flags.keypair));
  auto ids = environment->ids;
  if (!flags.program_id.empty()) {
    DZ_TRY_ASSIGN(ids.serviceability, parse_pubkey(flags.program_id));
  }

  net::Loop loop;
  RpcClient client(http_transport(url, std::chrono::seconds{10}), system_clock(), without_waiting());
  log(LogLevel::Info, "started",
      {{"version", kVersion},
       {"ledger", public_part(url)},
       {"key", to_text(key.pubkey())},
       {"dry_run", flags.dry_run ? "true" : "false"}});
  Activator activator(client, std::move(key),
                      {.ids = ids,
                       .poll_interval = poll_interval,
                       .gather = std::chrono::milliseconds{20},
                       .budget = {.on = environment->name != "local",
                                  .price = flags.unit_price,
                                  .most_priority = flags.most_priority_fee},
                       .dry_run = flags.dry_run,
                       .allow_foundation_key = flags.allow_foundation_key},
                      log);
  LoopDriver driver(loop, [&](Timestamp now) { return activator.step(now); });

  ProgramSubscription subscription(loop, flags.ws_url.empty() ? derived_ws : flags.ws_url, ids.serviceability,
                                   {.on_account =
                                        [&](const AccountNotification& change) {
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
                                          log(LogLevel::Warn, "events_lost", {{"reason", reason}});
                                        }});

  DZ_TRY_ASSIGN(const auto server, net::HttpServer::listen(loop, {.address = flags.listen, .port = flags.port},
                                                           {.on_request = [&](const net::HttpRequest& r) {
                                                             return answer(r, activator, poll_interval);
                                                           }}));
  if (!flags.ports_file.empty()) DZ_TRY(write_ports_file(flags.ports_file, {{"http", server->port()}}));
  log(LogLevel::Info, "listening", {{"address", flags.listen}, {"port", std::to_string(server->port())}});

  loop.on_terminate([&] {
    log(LogLevel::Info, "stopping", {});
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
