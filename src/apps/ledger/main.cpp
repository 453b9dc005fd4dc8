// doublezero-ledger: the embedded DZ ledger. main() is the wiring diagram; the work is ledger/.
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "apps/ledger/flags.h"
#include "apps/ledger/node.h"
#include "apps/version/version.h"
#include "base/safe_text.h"
#include "ledger/ledger.h"
#include "ledger/ledger_archive.h"
#include "net/loop.h"
#include "service/memory_return.h"
#include "service/ports_file.h"
#include "service/settings.h"
#include "service/stderr_log.h"

namespace dz::ledger_main {
namespace {

constexpr const char* kFileName = "ledger.db";

Result<std::unique_ptr<ledger::LedgerArchive>> open_archive(const Flags& flags) {
  if (flags.memory) return ledger::make_memory_archive();
  ::umask(0077);  // the file holds the faucet's key
  std::error_code error;
  std::filesystem::create_directories(flags.data, error);
  if (error) return refused("creating the folder " + flags.data + ": " + error.message());
  const auto file = std::filesystem::path(flags.data) / kFileName;
  constexpr auto kOthers = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
  const auto found = std::filesystem::status(file, error).permissions();
  if (std::filesystem::exists(file, error) && (found & kOthers) != std::filesystem::perms::none) {
    std::filesystem::permissions(file, kOthers, std::filesystem::perm_options::remove, error);
    if (error)
      return refused("taking the access of others from " + file.string() + ": " + error.message() +
                     "; make the folder one that can be written, or chmod 600 the file");
  }
  return ledger::open_sqlite_archive(file.string());
}

Result<ledger::LedgerOptions> options_of(const Flags& flags) {
  if (flags.data.empty() != flags.memory)
    return refused(std::string("expected either --data DIR or --memory, found ") + (flags.memory ? "both" : "neither"));
  DZ_TRY(service::check_listen_address(flags.bind));
  return ledger_options(flags);
}

Result<void> run(const Flags& flags, const ledger::LedgerOptions& options) {
  const auto log = service::stderr_log(flags.verbose);
  DZ_TRY_ASSIGN(auto archive, open_archive(flags));
  DZ_TRY_ASSIGN(const auto ledger, ledger::Ledger::open(std::move(archive), options, net::system_now()));
  log(service::LogLevel::Info, "started",
      {{"version", version::text()},
       {"profile", std::string(options.profile->name)},
       {"data", flags.memory ? "memory" : flags.data},
       {"slot", std::to_string(ledger->bank().slot().value)},
       {"accounts", std::to_string(ledger->bank().account_count())},
       {"transactions", std::to_string(ledger->bank().transaction_count())}});

  net::Loop loop;
  loop.on_exception(service::failure_log(log, "callback_failed"));
  LedgerNode node(loop, *ledger, log, {service::limits_of(flags.connections), flags.subscriptions});
  const int next_port = flags.rpc_port == 0 ? 0 : flags.rpc_port + 1;
  const int ws_port = flags.ws_port ? *flags.ws_port : next_port;
  DZ_TRY(node.listen({flags.bind, flags.rpc_port, static_cast<std::uint16_t>(ws_port), flags.browsers}));
  if (!flags.ports_file.empty()) {
    DZ_TRY(service::write_ports_file(flags.ports_file, {{"rpc", node.rpc_port()}, {"ws", node.ws_port()}}));
  }
  log(service::LogLevel::Info, "listening",
      {{"address", flags.bind}, {"rpc", std::to_string(node.rpc_port())}, {"ws", std::to_string(node.ws_port())}});

  service::give_memory_back(loop, node.connections());
  loop.on_terminate([&] { loop.stop(); });
  loop.run();
  if (const auto committed = ledger->commit(); !committed) {
    return with_context("the ledger cannot write and stopped; what was confirmed is safe, so mend this and start again",
                        committed.error());
  }
  log(service::LogLevel::Info, "stopped", {{"slot", std::to_string(ledger->bank().slot().value)}});
  return {};
}

// Only reads. 0: the file is what was written.
int verify(const std::string& path) {
  const auto say = [](std::string_view what) {
    std::printf("checking %s\n", std::string(what).c_str());
    std::fflush(stdout);
  };
  const auto whole = ledger::verify_sqlite_archive(path, say);
  if (whole) {
    std::printf("%s is whole: everything in it is what was written.\n", path.c_str());
    return 0;
  }
  const auto* verdict = whole.error().kind == ErrorKind::Corrupt ? "cannot be trusted" : "could not be checked";
  std::printf("%s %s: %s\n", path.c_str(), verdict, escaped_lines(whole.error().message).c_str());
  return 1;
}

int start(int argc, char** argv) {
  Flags flags;
  CLI::App app("The DZ ledger on one machine: Solana's JSON-RPC, and DoubleZero's programs run natively.",
               "doublezero-ledger");
  service::Settings settings({&app});
  declare(app, settings, flags);
  app.add_option("--verify", flags.verify, "Check the ledger.db FILE, say whether it is whole, and end")
      ->type_name("FILE");
  app.set_version_flag("--version,-V", "doublezero-ledger " + version::text());
  bool check_config = false, print_settings = false;
  app.add_flag("--check-config", check_config, "Read the settings, say whether they are right, and end");
  app.add_flag("--print-settings", print_settings, "Print a settings file with every key and its default, and end");
  if (const auto end = settings.parse(app, argc, argv)) return *end;
  if (print_settings) return std::printf("%s", settings.render_file().c_str()) < 0 ? 1 : 0;
  if (!flags.verify.empty()) return verify(flags.verify);
  const auto options = options_of(flags);
  if (!options) return service::refuse_settings(options.error());
  if (check_config) {
    std::printf("The settings are right: profile %s, %s.\n", std::string(options->profile->name).c_str(),
                flags.memory ? "in memory" : flags.data.c_str());
    return 0;
  }
  const auto done = run(flags, *options);
  if (done) return 0;
  service::say_error(done.error());
  return 1;
}

}  // namespace
}  // namespace dz::ledger_main

int main(int argc, char** argv) { return dz::ledger_main::start(argc, argv); }
