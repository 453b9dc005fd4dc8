#include "apps/cli/command_line.h"

#include <sstream>

#include <CLI/CLI.hpp>

#include "apps/cli/verbs/verbs.h"
#include "apps/version/version.h"

namespace dz::cli {
namespace {

constexpr const char* kAbout =
    "doublezero: provision devices and links of the DoubleZero network.\n"
    "Records are named by pubkey or code, keys by pubkey or 'me'. Errors go to stderr; exit codes: 0 done, 1 failed, 2 "
    "wrong usage.";

// The parser refers to flags and verb: one object, never moved.
struct Parser {
  GlobalFlags flags;
  Verb verb;
  CLI::App app{kAbout, "doublezero"};

  Parser() {
    app.fallthrough();
    app.require_subcommand(0, 1);
    app.set_version_flag("-V,--version", "doublezero " + version::text());
    app.add_option("-e,--env", flags.environment, "network: local, devnet, testnet, mainnet-beta")->type_name("NAME");
    app.add_option("--url", flags.url, "ledger RPC (DZ_LEDGER_RPC_URL)")->type_name("URL");
    app.add_option("--ws", flags.websocket_url, "ledger WebSocket (DZ_LEDGER_WS_RPC_URL)")->type_name("URL");
    app.add_option("--program-id", flags.program_id, "serviceability program, or the name of a network")
        ->type_name("PUBKEY");
    app.add_option("--keypair", flags.keypair, "signing key file (DOUBLEZERO_KEYPAIR)")->type_name("PATH");
    app.add_option("--monitor-url", flags.monitor_url, "the monitor's API (DOUBLEZERO_MONITOR_URL)")->type_name("URL");
    app.add_option("--profile", flags.profile,
                   "read and write the ledger as this profile, whatever its version: rfc, v0.34")
        ->type_name("NAME");
    app.add_flag(client::kAllowReadableSecrets, flags.allow_readable_secrets, client::kAllowReadableSecretsHelp);
    app.add_flag("--no-version-warning", flags.no_version_warning, "do not warn of a newer ledger program");
    app.add_option_function<std::string>(
           "--log-level",
           [this](const std::string& level) { flags.trace_calls = level == "debug" || level == "trace"; },
           "stderr diagnostics: off, error, warn, info; debug and trace show every call to the ledger")
        ->type_name("LEVEL")
        ->check(CLI::IsMember({"off", "error", "warn", "info", "debug", "trace"}));
    Commands top(app, verb);
    add_key_verbs(top);
    add_init(top);
    add_config(top);
    add_global_config(top);
    add_location(top);
    add_exchange(top);
    add_contributor(top);
    add_permission(top);
    add_resource(top);
    add_device(top);
    add_link(top);
    add_completion(top, command_tree);
  }
};

bool is_hidden(const CLI::App& app) { return app.get_group().empty(); }

CommandTree tree_of(const CLI::App& app) {
  CommandTree tree{app.get_name(), app.get_description(), {}, {}};
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) tree.options.push_back("--" + name);
    for (const auto& name : option->get_snames()) tree.options.push_back("-" + name);
  }
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!is_hidden(*command)) tree.commands.push_back(tree_of(*command));
  }
  return tree;
}

}  // namespace

CommandLine parse_command_line(const std::vector<std::string>& arguments) {
  Parser parser;
  CommandLine line;
  try {
    parser.app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    std::ostringstream out, err;
    const bool fine = parser.app.exit(error, out, err) == 0;  // --help and --version end up here too
    line.exit_code = fine ? kExitOk : kExitUsage;
    line.out = out.str();
    line.err = err.str();
    return line;
  }
  line.flags = parser.flags;
  line.verb = parser.verb;
  if (!line.verb) {
    line.exit_code = kExitOk;
    line.out = parser.app.help();
  }
  return line;
}

CommandTree command_tree() {
  const Parser parser;
  return tree_of(parser.app);
}

}  // namespace dz::cli
