// doublezero-monitor: telemetry in, health out. main() is the wiring diagram; the work is monitor/monitor.h.
#include <cstdio>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "apps/console/built_console.h"
#include "apps/monitor/backtest_command.h"
#include "apps/monitor/diff_command.h"
#include "apps/monitor/network.h"
#include "apps/monitor/witness_door.h"
#include "apps/version/version.h"
#include "backtest/backtest_runs.h"
#include "base/shown_url.h"
#include "client/key_file.h"
#include "client/rpc_client.h"
#include "client/subscription.h"
#include "lake/lake_writer.h"
#include "lake/schema.h"
#include "monitor/event_streams.h"
#include "monitor/monitor.h"
#include "monitor/monitor_doors.h"
#include "monitor/store_transport.h"
#include "net/async_client.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "notify/notifier.h"
#include "service/connection_limits.h"
#include "service/daemon_figures.h"
#include "service/memory_return.h"
#include "service/off_turn_client.h"
#include "service/pass_thread.h"
#include "service/ports_file.h"
#include "service/settings.h"
#include "service/stderr_log.h"
#include "storage/salvage.h"
#include "wire/program_ids.h"

namespace dz::monitor_main {
namespace {

Result<monitor::MonitorSettings> settings_from(const service::Settings& flags) {
  DZ_TRY_ASSIGN(auto settings, read_settings_file(flags.file(), {.choose = choose_profile, .flags = flags.given()}));
  DZ_TRY_ASSIGN(const auto network, network_of(settings));
  DZ_TRY(settle_for(network.live, settings));
  DZ_TRY(check_monitor_settings(settings));
  return settings;
}

Result<std::optional<wire::Keypair>> key_of(const monitor::MonitorSettings& settings) {
  std::optional<wire::Keypair> key;
  if (!settings.keypair.empty()) {
    DZ_TRY_ASSIGN(key, client::read_optional_key_file(
                           settings.keypair, client::secret_rules_of_process(settings.allow_readable_secrets)));
  }
  DZ_TRY(check_key_is_there(settings, key.has_value()));
  return key;
}

// None: opinions are signed with the health authority's key.
Result<std::optional<wire::Keypair>> judge_key_of(const monitor::MonitorSettings& settings) {
  if (settings.quorum.keypair.empty()) return std::optional<wire::Keypair>();
  DZ_TRY_ASSIGN(auto key, client::read_key_file(settings.quorum.keypair,
                                                client::secret_rules_of_process(settings.allow_readable_secrets)));
  return std::optional(std::move(key));
}

// Draws from [0, 1): failed sends of several monitors do not come back together.
std::function<double()> random_jitter() {
  return [engine = std::mt19937_64(std::random_device{}())]() mutable {
    return std::uniform_real_distribution<double>(0, 1)(engine);
  };
}

int print_settings_file(const service::Settings& flags) {
  std::printf("%s", flags.render_file().c_str());
  return 0;
}

int show_settings(const monitor::MonitorSettings& settings) {
  if (settings.keypair.empty() && settings.write_mode == control::WriteMode::Write)
    std::printf("# no keypair is named here: to write health it needs --keypair FILE, else --observe\n");
  for (const auto& hook : settings.hooks) std::printf("# notify %s\n", render_hook(hook).c_str());
  std::printf("%s", render_sources(settings.sources, settings.policy).c_str());
  std::printf("%s", render_quorum(settings.quorum).c_str());
  std::printf("# policy %s\n%s", policy_digest(settings.policy).c_str(), render_policy(settings.policy).c_str());
  return 0;
}

// For the other servers of a cluster.
Result<int> print_history_schema(const std::string& config) {
  monitor::MonitorSettings settings;
  if (!config.empty()) {
    DZ_TRY_ASSIGN(settings, read_settings_file(config, {}));
  }
  if (!settings.lake.on()) {
    return refused("expected --config FILE with [history] and kind = \"clickhouse\", found history.kind = \"" +
                   settings.lake.kind + "\"");
  }
  for (const auto& statement : lake::schema_statements(settings.lake, settings.lake.keep > Duration{}))
    std::printf("%s;\n", statement.c_str());
  return 0;
}

// What the settings make it, once they are known to be right.
struct Wanted {
  monitor::MonitorSettings settings;
  Network network;
  std::optional<wire::Keypair> key, judge_key;
};

Result<Wanted> wanted_by(monitor::MonitorSettings settings) {
  DZ_TRY_ASSIGN(auto network, network_of(settings));
  DZ_TRY_ASSIGN(auto key, key_of(settings));
  DZ_TRY_ASSIGN(auto judge_key, judge_key_of(settings));
  const auto& judge = judge_key ? judge_key : key;
  DZ_TRY(rules_of(settings.quorum, judge ? std::optional(judge->pubkey()) : std::nullopt));
  return Wanted{std::move(settings), std::move(network), std::move(key), std::move(judge_key)};
}

Result<int> run(Wanted wanted) {
  const auto& [settings, network, _, __] = wanted;
  auto& key = wanted.key;
  const auto log = service::stderr_log(settings.verbose);
  auto& loop = net::Loop::of_process();
  loop.on_exception(service::failure_log(log, "callback_failed"));
  DZ_TRY_ASSIGN(auto store, storage::open_or_salvage(settings.store_path));
  auto& database = store.database;
  DZ_TRY(database.sync_when_asked());
  service::Turn turn;
  std::unique_ptr<monitor::Monitor> monitor;
  service::PassThread passes(turn, {.step = [&](Timestamp now) { return monitor->step(now); },
                                    .on_hints_lost = [&] { monitor->on_events_missed(); },
                                    .on_failure = service::failure_log(log, "pass_failed")});
  client::RpcClient rpc(client::http_transport(network.url, {.stop = passes.stopping()}), client::system_clock(),
                        client::without_waiting());
  service::OffTurnClient ledger(rpc, turn);
  log(service::LogLevel::Info, "started",
      {{"version", version::text()},
       {"ledger", shown_url(network.url)},
       {"key", key ? to_text(key->pubkey()) : "none"},
       {"environment", settings.environment},
       {"profile", std::string(settings.policy.profile->name)},
       {"policy", policy_digest(settings.policy)},
       {"standby", settings.asked.standby ? "true" : "false"},
       {"dry_run", settings.asked.dry_run ? "true" : "false"}});
  DZ_TRY_ASSIGN(
      monitor,
      monitor::Monitor::open(
          ledger, database,
          {.settings = settings,
           .ids = network.ids,
           .key = std::move(key),
           .judge_key = std::move(wanted.judge_key),
           .log = log,
           .damage = std::move(store.damage),
           .steady =
               [] { return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()); },
           .away = [&turn](const std::function<void()>& call) { turn.away(call); },
           .times =
               [&] {
                 return std::vector{monitor::TimesOf{"pass", passes.timings().so_far(), passes.timings().lately()},
                                    monitor::TimesOf{"ledger call", ledger.calls().so_far(), ledger.calls().lately()}};
               },
           .version = version::text()},
          net::system_now()));
  net::AsyncClient web(loop);
  const auto send = service::http_of_passes(loop, web, passes);
  DZ_TRY_ASSIGN(const auto notifier,
                notify::Notifier::open(database,
                                       {.hooks = settings.hooks,
                                        .environment = settings.environment,
                                        .policy = policy_digest(settings.policy),
                                        .page_url = settings.page_url,
                                        .muted = settings.write_mode != control::WriteMode::Write},
                                       {.send = send, .jitter = random_jitter(), .wake = [&] { passes.wake(); }}, log));
  monitor->announce_to(*notifier);
  monitor->log_desk().connect(send);
  monitor->connect_sources(monitor::http_stores(send, random_jitter(), [&] { passes.wake(); }));
  monitor->connect_judges(monitor::http_peers(send, [&] { passes.wake(); }));
  std::optional<lake::LakeWriter> lake_writer;
  std::optional<lake::LakeShelf> lake_shelf;
  if (settings.lake.on()) {
    DZ_TRY_ASSIGN(const auto store_id, lake::store_id(database));
    lake_writer.emplace(lake::LakeWriter::Settings{settings.store_path, store_id, settings.lake, log});
    lake_shelf.emplace(settings.lake, store_id);
    monitor->connect_lake(*lake_writer, *lake_shelf);
  }
  client::ProgramSubscription subscription(loop, {network.ws_url, network.ids.serviceability},
                                           {.on_account =
                                                [&](const client::AccountNotification& change) {
                                                  passes.hint([&, change] { monitor->on_ledger_event(change); });
                                                },
                                            .on_connected = [&] { passes.hint([&] { monitor->on_events_missed(); }); },
                                            .on_disconnected =
                                                [&](const std::string& reason) {
                                                  log(service::LogLevel::Debug, "events_lost", {{"reason", reason}});
                                                }});
  monitor::MonitorDoors doors(loop, turn, *monitor);
  monitor->connect_looks({.wanted = [&] { passes.wake(); }, .done = [&] { doors.looked(); }});

  std::unique_ptr<net::HttpServer> server;
  monitor::EventStreams streams(
      settings.max_streams, [&](net::SessionId session, std::string text) { server->send(session, std::move(text)); });
  doors.connect_streams(streams);
  monitor->on_changes(
      [&](std::uint64_t last, const std::string& text) { loop.post([&, last, text] { streams.tell(last, text); }); });
  loop.every(monitor::EventStreams::kBeat, [&] { streams.beat(); });

  backtest::BacktestRuns backtests(
      loop, {.recorded = {settings.store_path, settings.lake},
             .profile = settings.policy.profile,
             .send = [&](net::SessionId session, std::string text) { server->send(session, std::move(text)); },
             .close = [&](net::SessionId session) { server->close(session); }});
  doors.connect_backtests(
      [&](const net::HttpRequest& request, const net::Answer& done) { backtests.answer(request, done); });

  net::ServerOptions server_options{.address = settings.address, .port = settings.port, .browsers = settings.browsers};
  server_options.max_body = std::size_t{settings.max_body_mib} << 20;
  const auto connections = std::make_shared<net::Connections>(service::limits_of(settings.connections));
  server_options.connections = connections;
  server_options.gzip_answers = true;
  service::give_memory_back(loop, *connections);
  const service::DaemonFigures figures{"doublezero_monitor_", *connections, &passes.timings(), &ledger.calls()};
  DZ_TRY_ASSIGN(const auto witness, WitnessDoor::open(settings, log));
  const auto answer = [&](net::HttpRequest request, net::Answer done) {
    if (witness) {
      if (auto word = witness->answer(request, net::system_now())) return done(std::move(*word));
    }
    if (auto page = monitor::answer_console(console::built_console(), request)) return done(std::move(*page));
    auto taken = service::with_daemon_figures(std::move(done), request, figures);
    if (witness) taken = witness->with_conflicts(std::move(taken), request);
    doors.answer(std::move(request), std::move(taken));
  };
  DZ_TRY_ASSIGN(server, net::HttpServer::listen(loop, server_options,
                                                {.on_exchange = answer,
                                                 .on_close =
                                                     [&](net::SessionId session) {
                                                       streams.closed(session);
                                                       backtests.closed(session);
                                                     },
                                                 .on_failure = service::failure_log(log, "request_failed")}));
  if (!settings.ports_file.empty()) DZ_TRY(service::write_ports_file(settings.ports_file, {{"http", server->port()}}));
  log(service::LogLevel::Info, "listening", {{"address", settings.address}, {"port", std::to_string(server->port())}});

  loop.on_terminate([&] {
    log(service::LogLevel::Info, "stopping", {});
    loop.stop();
  });
  passes.start();
  passes.wake();
  loop.run();
  passes.stop();
  return 0;
}

int start(int argc, char** argv) {
  CLI::App app("Turns 24 hours of telemetry into the health of links and devices.", "doublezero-monitor");
  monitor::MonitorSettings defaults;
  service::Settings flags({&app});
  declare_monitor_settings(flags, defaults);
  bool check_config = false, print_settings = false;
  app.add_flag("--check-config", check_config, "Read the settings, print the policy in force, and end; needs no key");
  app.add_flag("--print-settings", print_settings, "Print a settings file with every key and its default, and end");
  app.set_version_flag("--version,-V", "doublezero-monitor " + version::text());
  BacktestFlags backtest_flags;
  const auto* backtest = declare_backtest(app, backtest_flags);
  DiffFlags diff_flags;
  const auto* diff = declare_diff(app, diff_flags);
  std::string schema_config;
  auto* history_schema = app.add_subcommand("history-schema", "Print the statements that make ClickHouse's tables");
  history_schema->add_option("--config", schema_config, "The monitor's settings file, for [history]");
  if (const auto end = service::parse_command_line(app, argc, argv)) return *end;
  if (print_settings) return print_settings_file(flags);
  Result<int> code = 0;
  if (backtest->parsed()) {
    code = run_backtest_command(backtest_flags, net::system_now());
  } else if (history_schema->parsed()) {
    code = print_history_schema(schema_config);
  } else if (diff->parsed()) {
    code = run_diff_command(diff_flags);
  } else {
    auto settings = settings_from(flags);
    if (settings && check_config) return show_settings(*settings);
    auto wanted = settings.and_then(wanted_by);
    if (!wanted) return service::refuse_settings(wanted.error());
    code = run(std::move(*wanted));
  }
  if (code) return *code;
  service::say_error(code.error());
  return 1;
}

}  // namespace
}  // namespace dz::monitor_main

int main(int argc, char** argv) { return dz::monitor_main::start(argc, argv); }
