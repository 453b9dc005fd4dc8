// doublezero-activator: ledger in, status out. main() is the wiring diagram; the work is activator/activator.h.
#include <cstdio>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "activator/activator_api.h"
#include "apps/activator/flags.h"
#include "apps/version/version.h"
#include "base/shown_url.h"
#include "client/key_file.h"
#include "client/rpc_client.h"
#include "client/subscription.h"
#include "net/async_client.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "service/connection_limits.h"
#include "service/daemon_figures.h"
#include "service/memory_return.h"
#include "service/off_turn_client.h"
#include "service/pass_thread.h"
#include "service/ports_file.h"
#include "service/settings.h"
#include "service/stderr_log.h"

namespace dz::activator_main {
namespace {

constexpr const char* kVersion = DZ_VERSION;  // of the metrics

// What the settings make it, once they are known to be right.
struct Wanted {
  client::LedgerSettings ledger;
  std::string url;
  activator::ActivatorOptions options;
  std::optional<wire::Keypair> key;  // none: it observes and signs nothing
};

Result<std::optional<wire::Keypair>> key_of(const client::LedgerSettings& ledger, bool observes,
                                            const client::SecretRules& rules) {
  std::optional<wire::Keypair> key;
  if (ledger.keypair.origin == "flag" || ledger.keypair.origin == "environment variable") {
    DZ_TRY_ASSIGN(key, client::read_optional_key_file(ledger.keypair.value, rules));
  }
  if (key || observes) return key;
  return refused(
      "expected --keypair FILE or DOUBLEZERO_KEYPAIR with a key, found none; to write nothing, start with --observe");
}

Result<Wanted> wanted_by(const service::Settings& settings, const Flags& flags, bool without_key) {
  const auto rules = client::secret_rules_of_process(flags.allow_readable_secrets);
  DZ_TRY(service::check_settings_file(settings, rules));
  DZ_TRY(service::check_listen_address(flags.listen));
  Wanted wanted;
  DZ_TRY_ASSIGN(wanted.ledger, ledger_of(flags));
  DZ_TRY_ASSIGN(wanted.url, rpc_url_of(wanted.ledger));
  DZ_TRY_ASSIGN(wanted.options, options_of(flags, wanted.ledger));
  if (!without_key) {
    DZ_TRY_ASSIGN(wanted.key, key_of(wanted.ledger, wanted.options.observe, rules));
  }
  return wanted;
}

std::string judges_text(const activator::BackingOptions& backing) {
  return backing.on() ? fmt::format("{} of {}", backing.rules.k, backing.rules.judges.size()) : "none";
}

Result<int> run(Wanted wanted, const Flags& flags) {
  auto& [ledger, url, options, key] = wanted;
  const auto log = service::stderr_log(flags.verbose);
  const auto poll_interval = options.poll_interval;
  const auto program = options.ids.serviceability;

  auto& loop = net::Loop::of_process();
  loop.on_exception(service::failure_log(log, "callback_failed"));
  service::Turn turn;
  std::unique_ptr<activator::Activator> activator;
  service::PassThread passes(turn, {.step = [&](Timestamp now) { return activator->step(now); },
                                    .on_hints_lost = [&] { activator->on_stream_lost(); },
                                    .on_failure = service::failure_log(log, "pass_failed")});
  client::RpcClient rpc(client::http_transport(url, {.stop = passes.stopping()}), client::system_clock(),
                        client::without_waiting());
  service::OffTurnClient client(rpc, turn);
  log(service::LogLevel::Info, "started",
      {{"version", version::text()},
       {"environment", std::string(ledger.environment->name)},
       {"ledger", shown_url(url)},
       {"key", key ? to_text(key->pubkey()) : "none"},
       {"mode", options.observe ? "observe" : "write"},
       {"judges", judges_text(options.backing)}});
  // Who observes signs nothing: any key will do.
  activator = std::make_unique<activator::Activator>(client, key ? std::move(*key) : wire::Keypair::generate(),
                                                     std::move(options), log);

  net::AsyncClient web(loop);
  activator->connect_monitors(
      {service::ask_over_http(service::http_of_passes(loop, web, passes)), [&] { passes.wake(); }});
  client::ProgramSubscription subscription(loop, {ledger.websocket_url.value, program},
                                           {.on_account =
                                                [&](const client::AccountNotification& change) {
                                                  passes.hint([&, change] { activator->on_event(change); });
                                                },
                                            .on_connected = [&] { passes.hint([&] { activator->on_stream_lost(); }); },
                                            .on_disconnected =
                                                [&](const std::string& reason) {
                                                  log(service::LogLevel::Warn, "events_lost", {{"reason", reason}});
                                                }});

  const auto connections = std::make_shared<net::Connections>(service::limits_of(flags.connections));
  service::give_memory_back(loop, *connections);
  const service::DaemonFigures figures{"doublezero_activator_", *connections, &passes.timings(), &client.calls()};
  const auto answer = [&](const net::HttpRequest& r) {
    const std::lock_guard in_turn(turn);
    return service::with_daemon_figures(
        activator::answer_activator_request({*activator, poll_interval, kVersion, net::system_now()}, r), r, figures);
  };
  DZ_TRY_ASSIGN(
      const auto server,
      net::HttpServer::listen(
          loop, {.address = flags.listen, .port = flags.port, .browsers = flags.browsers, .connections = connections},
          {.on_request = answer, .on_failure = service::failure_log(log, "request_failed")}));
  if (!flags.ports_file.empty()) DZ_TRY(service::write_ports_file(flags.ports_file, {{"http", server->port()}}));
  log(service::LogLevel::Info, "listening", {{"address", flags.listen}, {"port", std::to_string(server->port())}});

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

int say_settings(const Wanted& wanted) {
  std::printf("The settings are right: it %s on %s.\n", wanted.options.observe ? "observes" : "writes status",
              shown_url(wanted.url).c_str());
  const auto& backing = wanted.options.backing;
  if (!backing.on()) return 0;
  std::printf("It acts on a healthy record when %s judges hold it, as %zu monitors tell:\n",
              judges_text(backing).c_str(), backing.monitors.size());
  for (const auto& judge : backing.rules.judges) std::printf("  judge %s\n", to_text(judge).c_str());
  for (const auto& url : backing.monitors) std::printf("  monitor %s\n", shown_url(url).c_str());
  return 0;
}

int start(int argc, char** argv) {
  Flags flags;
  CLI::App app("Moves links and devices along the lifecycle: desired_status and health in, status out.",
               "doublezero-activator");
  service::Settings settings({&app});
  declare(settings, flags);
  app.set_version_flag("--version,-V", "doublezero-activator " + version::text());
  bool check_config = false, print_settings = false;
  app.add_flag("--check-config", check_config, "Read the settings, say whether they are right, and end; needs no key");
  app.add_flag("--print-settings", print_settings, "Print a settings file with every key and its default, and end");
  if (const auto end = settings.parse(app, argc, argv)) return *end;
  if (print_settings) return std::printf("%s", settings.render_file().c_str()) < 0 ? 1 : 0;
  auto wanted = wanted_by(settings, flags, check_config);
  if (!wanted) return service::refuse_settings(wanted.error());
  if (check_config) return say_settings(*wanted);
  const auto code = run(std::move(*wanted), flags);
  if (code) return *code;
  service::say_error(code.error());
  return 1;
}

}  // namespace
}  // namespace dz::activator_main

int main(int argc, char** argv) { return dz::activator_main::start(argc, argv); }
