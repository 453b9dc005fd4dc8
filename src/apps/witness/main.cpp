// doublezero-witness: cosigns checkpoints of logs of decisions. main() is the wiring diagram; the work is
// transparency/witness.h.
#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "apps/version/version.h"
#include "apps/witness/flags.h"
#include "apps/witness/pages.h"
#include "client/key_file.h"
#include "net/loop.h"
#include "service/connection_limits.h"
#include "service/daemon_figures.h"
#include "service/memory_return.h"
#include "service/ports_file.h"
#include "service/settings.h"
#include "service/stderr_log.h"

namespace dz::witness {
namespace {

// What the settings make it, once they are known to be right.
struct Wanted {
  std::vector<transparency::NoteKey> logs;
  std::optional<wire::Keypair> key;  // none: the settings are only looked at
};

Result<Wanted> wanted_by(const service::Settings& settings, const Flags& flags, bool without_key) {
  const auto rules = client::secret_rules_of_process(flags.allow_readable_secrets);
  DZ_TRY(service::check_settings_file(settings, rules));
  DZ_TRY(service::check_listen_address(flags.listen));
  DZ_TRY(net::check_browser_rules(flags.browsers));
  DZ_TRY(service::check_connections(flags.connections, kMostRequest));
  Wanted wanted;
  DZ_TRY_ASSIGN(wanted.logs, logs_of(flags));
  if (without_key) return wanted;
  if (flags.keypair.empty()) return refused("expected --keypair with the key file that cosigns, found none");
  DZ_TRY_ASSIGN(wanted.key, client::read_optional_key_file(flags.keypair, rules));
  if (!wanted.key)
    return refused("expected a key in " + flags.keypair + ", found none: make one with doublezero keygen");
  return wanted;
}

void say_key(const std::string& name, const wire::Keypair& key, const service::LogSink& log) {
  const auto verifier = to_text(transparency::NoteKey{name, transparency::SignatureType::Cosignature, key.pubkey()});
  log(service::LogLevel::Info, "started", {{"version", version::text()}, {"verifier", verifier}});
}

Result<int> run(Wanted wanted, const Flags& flags) {
  const auto log = service::stderr_log(flags.verbose);
  auto& loop = net::Loop::of_process();
  loop.on_exception(service::failure_log(log, "callback_failed"));
  say_key(flags.name, *wanted.key, log);
  DZ_TRY_ASSIGN(auto database, storage::SqliteDatabase::open(flags.store));
  DZ_TRY_ASSIGN(auto witness,
                transparency::Witness::open(database, flags.name, std::move(*wanted.key), std::move(wanted.logs)));
  const auto connections = std::make_shared<net::Connections>(service::limits_of(flags.connections));
  service::give_memory_back(loop, *connections);
  const service::DaemonFigures figures{"doublezero_witness_", *connections};
  const auto answer = [&](const net::HttpRequest& request) {
    return service::with_daemon_figures(answer_witness_request(witness, request, net::system_now()), request, figures);
  };
  DZ_TRY_ASSIGN(
      const auto server,
      net::HttpServer::listen(loop,
                              {.address = flags.listen,
                               .port = flags.port,
                               .max_body = kMostRequest,
                               .browsers = flags.browsers,
                               .connections = connections},
                              {.on_request = answer, .on_failure = service::failure_log(log, "request_failed")}));
  if (!flags.ports_file.empty()) DZ_TRY(service::write_ports_file(flags.ports_file, {{"http", server->port()}}));
  log(service::LogLevel::Info, "listening", {{"address", flags.listen}, {"port", std::to_string(server->port())}});
  loop.on_terminate([&] {
    log(service::LogLevel::Info, "stopping", {});
    loop.stop();
  });
  loop.run();
  return 0;
}

int start(int argc, char** argv) {
  Flags flags;
  CLI::App app(
      "Cosigns checkpoints of logs of decisions that only ever grow, and never two that contradict each other.",
      "doublezero-witness");
  service::Settings settings({&app});
  declare(settings, flags);
  app.set_version_flag("--version,-V", "doublezero-witness " + version::text());
  bool check_config = false, print_settings = false;
  app.add_flag("--check-config", check_config, "Read the settings, say whether they are right, and end; needs no key");
  app.add_flag("--print-settings", print_settings, "Print a settings file with every key and its default, and end");
  if (const auto end = settings.parse(app, argc, argv)) return *end;
  if (print_settings) return std::printf("%s", settings.render_file().c_str()) < 0 ? 1 : 0;
  auto wanted = wanted_by(settings, flags, check_config);
  if (!wanted) return service::refuse_settings(wanted.error());
  if (check_config) {
    std::printf("The settings are right: %s watches over %zu logs.\n", flags.name.c_str(), wanted->logs.size());
    return 0;
  }
  const auto code = run(std::move(*wanted), flags);
  if (code) return *code;
  service::say_error(code.error());
  return 1;
}

}  // namespace
}  // namespace dz::witness

int main(int argc, char** argv) { return dz::witness::start(argc, argv); }
