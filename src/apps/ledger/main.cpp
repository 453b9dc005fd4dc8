// doublezero-ledger: the embedded DZ ledger. main() is the wiring diagram; the work is ledger/.
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "ledger/ledger.h"
#include "ledger/ledger_archive.h"
#include "net/loop.h"
#include "node.h"
#include "service/ports_file.h"
#include "service/settings.h"
#include "service/stderr_log.h"

namespace dz::ledger_main {
namespace {

constexpr const char* kVersion = DZ_VERSION;
constexpr const char* kFileName = "ledger.db";

struct Flags {
  std::string data, bind = "127.0.0.1", profile = "rfc", start = "activated", ports_file;
  Duration genesis_age{0}, history = std::chrono::days{30};
  bool memory = false, verbose = false, transition_hook = false;
  std::uint16_t rpc_port = 8899;
  std::optional<std::uint16_t> ws_port;  // by default the port after rpc_port
  std::uint32_t slot_ms = 400;
  std::uint64_t faucet_lamports = ledger::LedgerOptions{}.faucet_lamports;
};

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
  settings.flag({"--verbose"}, f.verbose, "Log every transaction");
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

Result<std::unique_ptr<ledger::LedgerArchive>> open_archive(const Flags& flags) {
  if (flags.memory) return ledger::make_memory_archive();
  ::umask(0077);  // the file holds the faucet's key
  std::error_code error;
  std::filesystem::create_directories(flags.data, error);
  if (error) return refused("creating the folder " + flags.data + ": " + error.message());
  return ledger::open_sqlite_archive((std::filesystem::path(flags.data) / kFileName).string());
}

Result<void> run(const Flags& flags) {
  const auto log = service::stderr_log(flags.verbose);
  DZ_TRY_ASSIGN(const ledger::LedgerOptions options, ledger_options(flags));
  DZ_TRY_ASSIGN(auto archive, open_archive(flags));
  DZ_TRY_ASSIGN(const auto ledger, ledger::Ledger::open(std::move(archive), options, net::system_now()));
  log(service::LogLevel::Info, "started",
      {{"version", kVersion},
       {"profile", std::string(options.profile->name)},
       {"data", flags.memory ? "memory" : flags.data},
       {"slot", std::to_string(ledger->bank().slot().value)},
       {"accounts", std::to_string(ledger->bank().account_count())},
       {"transactions", std::to_string(ledger->bank().transaction_count())}});

  net::Loop loop;
  LedgerNode node(loop, *ledger, log);
  const int next_port = flags.rpc_port == 0 ? 0 : flags.rpc_port + 1;
  const int ws_port = flags.ws_port ? *flags.ws_port : next_port;
  DZ_TRY(node.listen({flags.bind, flags.rpc_port, static_cast<std::uint16_t>(ws_port)}));
  if (!flags.ports_file.empty()) {
    DZ_TRY(service::write_ports_file(flags.ports_file, {{"rpc", node.rpc_port()}, {"ws", node.ws_port()}}));
  }
  log(service::LogLevel::Info, "listening",
      {{"address", flags.bind}, {"rpc", std::to_string(node.rpc_port())}, {"ws", std::to_string(node.ws_port())}});

  loop.on_terminate([&] { loop.stop(); });
  loop.run();
  if (const auto committed = ledger->commit(); !committed) {
    return with_context("the ledger cannot write and stopped; what was confirmed is safe, so mend this and start again",
                        committed.error());
  }
  log(service::LogLevel::Info, "stopped", {{"slot", std::to_string(ledger->bank().slot().value)}});
  return {};
}

int start(int argc, char** argv) {
  Flags flags;
  CLI::App app("The DZ ledger on one machine: Solana's JSON-RPC, and DoubleZero's programs run natively.",
               "doublezero-ledger");
  service::Settings settings({&app});
  settings.on({app.add_option_group("where the ledger is kept (one of)")});
  declare_place(settings, flags);
  settings.on({&app});
  declare_sockets(settings, flags);
  declare_chain(settings, flags);
  app.set_version_flag("--version,-V", std::string("doublezero-ledger ") + kVersion);
  if (const auto end = service::parse_command_line(app, argc, argv)) return *end;
  const auto read = settings.read();
  if (read && flags.data.empty() != flags.memory) {
    std::fprintf(stderr, "expected either --data DIR or --memory, found %s\n", flags.memory ? "both" : "neither");
    return 2;
  }
  const auto done = read.and_then([&] { return run(flags); });
  if (done) return 0;
  std::fprintf(stderr, "Error: %s\n", done.error().message.c_str());
  return 1;
}

}  // namespace
}  // namespace dz::ledger_main

int main(int argc, char** argv) { return dz::ledger_main::start(argc, argv); }
