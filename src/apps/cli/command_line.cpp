#include "apps/cli/command_line.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "apps/cli/ui/nearest.h"
#include "apps/cli/verbs/verbs.h"
#include "apps/version/version.h"
#include "wire/program_ids.h"

namespace dz::cli {
namespace {

constexpr const char* kAbout =
    "doublezero: provision devices and links of the DoubleZero network.\n"
    "Records are named by pubkey or code, keys by pubkey or 'me'. Errors go to stderr; exit codes: 0 done, 1 failed, 2 "
    "wrong usage.";

std::vector<std::string> environment_names() {
  std::vector<std::string> names;
  for (const auto& environment : wire::known_environments()) names.emplace_back(environment.name);
  return names;
}
std::vector<std::string> profile_names() {
  std::vector<std::string> names;
  for (const auto* profile : all_profiles()) names.emplace_back(profile->name);
  return names;
}

// The parser refers to flags and to what was parsed: one object, never moved.
struct Parser {
  GlobalFlags flags;
  Parsed parsed;
  CLI::App app{kAbout, "doublezero"};
  CLI::App* help = nullptr;

  Parser() {
    app.fallthrough();
    app.require_subcommand(0, 1);
    app.set_version_flag("-V,--version", "doublezero " + version::text());
    declare_ledger_flags();
    declare_other_flags();
    Commands top(app, parsed);
    add_key_verbs(top);
    add_init(top);
    add_status(top);
    add_maintenance(top);
    add_decision(top);
    add_config(top);
    add_global_config(top);
    add_location(top);
    add_exchange(top);
    add_contributor(top);
    add_permission(top);
    add_resource(top);
    add_device(top);
    add_link(top);
    add_user(top);
    add_access_pass(top);
    add_network(top);
    add_index(top);
    add_migrate(top);
    add_ledger_verbs(top);
    add_completion(top);
    help = app.add_subcommand("help", "what a command does: help link create wan");
    help->fallthrough(false)->prefix_command();
  }

 private:
  void declare_ledger_flags() {
    auto* environment = app.add_option("-e,--env", flags.environment, "network: local, devnet, testnet, mainnet-beta");
    environment->type_name("NAME")->check([](const std::string& text) {
      const auto found = wire::find_environment(text);
      return found ? std::string() : found.error().message + did_you_mean(text, environment_names());
    });
    parsed.candidates[environment] = {.words = environment_names()};
    app.add_option("--url", flags.url, "ledger RPC (DZ_LEDGER_RPC_URL)")->type_name("URL");
    app.add_option("--ws", flags.websocket_url, "ledger WebSocket (DZ_LEDGER_WS_RPC_URL)")->type_name("URL");
    parsed
        .candidates[app.add_option("--program-id", flags.program_id, "serviceability program, or the name of a network")
                        ->type_name("PUBKEY")] = {.words = environment_names()};
    parsed.candidates[app.add_option("--keypair", flags.keypair, "signing key file (DOUBLEZERO_KEYPAIR)")
                          ->type_name("PATH")] = {.files = true};
    parsed.candidates[app.add_option("--profile", flags.profile,
                                     "read and write the ledger as this profile, whatever its version: rfc, v0.34")
                          ->type_name("NAME")] = {.words = profile_names()};
  }
  void declare_other_flags() {
    app.add_option("--monitor-url", flags.monitor_url, "the monitor's API (DOUBLEZERO_MONITOR_URL)")->type_name("URL");
    app.add_option("--activator-url", flags.activator_url, "the activator's API (DOUBLEZERO_ACTIVATOR_URL)")
        ->type_name("URL");
    app.add_flag(client::kAllowReadableSecrets, flags.allow_readable_secrets, client::kAllowReadableSecretsHelp);
    app.add_flag("--no-version-warning", flags.no_version_warning, "do not warn of a newer ledger program");
    const std::vector<std::string> levels{"off", "error", "warn", "info", "debug", "trace"};
    auto* level = app.add_option_function<std::string>(
        "--log-level", [this](const std::string& text) { flags.trace_calls = text == "debug" || text == "trace"; },
        "stderr diagnostics: off, error, warn, info; debug and trace show every call to the ledger");
    level->type_name("LEVEL")->check([levels](const std::string& text) {
      if (std::find(levels.begin(), levels.end(), text) != levels.end()) return std::string();
      return fmt::format("expected one of {}, found '{}'{}", fmt::join(levels, ", "), text, did_you_mean(text, levels));
    });
    parsed.candidates[level] = {.words = levels};
  }
};

bool is_hidden(const CLI::App& app) { return app.get_group().empty(); }

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}
std::vector<std::string> shown_commands(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* command : commands_of(app)) {
    if (!is_hidden(*command)) names.push_back(command->get_name());
  }
  return names;
}
std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    for (const auto& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

// How far the words of the command line made sense: "link create", and the command that they name.
struct Reached {
  const CLI::App* command;
  std::string path;
};
Reached reached(const CLI::App& app) {
  Reached at{&app, ""};
  for (auto next = app.get_subcommands(); !next.empty(); next = next.front()->get_subcommands()) {
    at = {next.front(), at.path + (at.path.empty() ? "" : " ") + next.front()->get_name()};
  }
  return at;
}

std::string wrong_word_text(const CLI::App& app, const Reached& at, const std::string& word) {
  const auto name = at.path.empty() ? std::string("doublezero") : "'" + at.path + "'";
  if (word.starts_with('-') && word.size() > 1) {
    auto names = option_names(*at.command);
    for (auto& global : option_names(app)) names.push_back(std::move(global));
    const auto flag = word.substr(0, word.find('='));
    return fmt::format("{} has no flag {}{}", name, flag, did_you_mean(flag, names));
  }
  const auto commands = shown_commands(*at.command);
  if (commands.empty()) return fmt::format("{} takes no word '{}' here", name, word);
  return fmt::format("{} has no command '{}'{}", name, word, did_you_mean(word, commands));
}

// What is wrong, in our words; what the library says of it where that is clear enough.
std::string usage_text(const CLI::App& app, const Reached& at, const CLI::ParseError& error) {
  // Unknown words first: what else is missing may be missing because of them.
  const auto unknown = app.remaining(true);
  if (!unknown.empty()) return wrong_word_text(app, at, unknown.front());
  if (at.command->get_require_subcommand_min() > 0 && at.command->get_subcommands().empty()) {
    return fmt::format("'{}' is followed by one of: {}", at.path, fmt::join(shown_commands(*at.command), ", "));
  }
  // "--url: At Most 1 required but received 2", "--code: 1 required VALUE missing"
  const std::string said = error.what();
  const auto flag = said.substr(0, said.find(':'));
  if (said.find(": At Most 1 required") != std::string::npos) return flag + " is given more than once";
  if (said.find(": 1 required ") != std::string::npos) return flag + " is given without its value";
  return said;
}

CommandLine usage_error(const Parser& parser, const CLI::ParseError& error) {
  CommandLine line;
  const auto at = reached(parser.app);
  line.flags = parser.flags;
  line.exit_code = kExitUsage;
  line.err = render_usage_error(usage_text(parser.app, at, error), at.path);
  if (parser.parsed.wrong_word) {
    line.wrong_word = [wrong = parser.parsed.wrong_word, path = at.path](const Profile* profile) {
      return render_usage_error(wrong(profile), path);
    };
  }
  return line;
}

// "doublezero help link create" is "doublezero link create --help", but for words that name no command.
CommandLine help_on(const CLI::App& app, const std::vector<std::string>& words) {
  Reached at{&app, ""};
  for (const auto& word : words) {
    const auto commands = commands_of(*at.command);
    const auto found = std::find_if(commands.begin(), commands.end(),
                                    [&](const CLI::App* command) { return command->get_name() == word; });
    if (found == commands.end()) {
      return {.exit_code = kExitUsage, .err = render_usage_error(wrong_word_text(app, at, word), at.path)};
    }
    at = {*found, at.path + (at.path.empty() ? "" : " ") + word};
  }
  auto asked = words;
  asked.emplace_back("--help");
  return parse_command_line(asked);
}

// The global flags among the words count: codes are those of the ledger that they name.
CommandLine completion_of(const std::vector<std::string>& words) {
  CommandLine line;
  if (!words.empty()) line.flags = parse_command_line({words.begin(), words.end() - 1}).flags;
  line.verb = [words](Context& context) { return complete(context, command_tree(), words); };
  return line;
}

CommandTree tree_of(const Parser& parser, const CLI::App& app) {
  CommandTree tree{app.get_name(), app.get_description(), {}, {}};
  for (const auto* option : app.get_options()) {
    TreeOption entry{.takes_value = option->get_items_expected_max() > 0,
                     .positional = option->get_positional(),
                     .help = option->get_description()};
    for (const auto& name : option->get_lnames()) entry.names.push_back("--" + name);
    for (const auto& name : option->get_snames()) entry.names.push_back("-" + name);
    const auto known = parser.parsed.candidates.find(option);
    if (known != parser.parsed.candidates.end()) entry.value = known->second;
    tree.options.push_back(std::move(entry));
  }
  for (const auto* command : commands_of(app)) {
    if (!is_hidden(*command)) tree.commands.push_back(tree_of(parser, *command));
  }
  return tree;
}

}  // namespace

std::string render_usage_error(std::string_view message, const std::string& after) {
  return fmt::format("Error: {}\nSee 'doublezero help{}{}'.\n", message, after.empty() ? "" : " ", after);
}

CommandLine parse_command_line(const std::vector<std::string>& arguments) {
  // What shells ask is no command line yet: it ends in the middle of a word.
  if (!arguments.empty() && arguments.front() == "complete")
    return completion_of({arguments.begin() + 1, arguments.end()});
  Parser parser;
  CommandLine line;
  try {
    parser.app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    std::ostringstream out, err;
    if (parser.app.exit(error, out, err) != 0) return usage_error(parser, error);
    line.exit_code = kExitOk;  // --help and --version end up here too
    line.out = out.str();
    return line;
  }
  if (parser.help->parsed()) return help_on(parser.app, parser.help->remaining());
  line.flags = parser.flags;
  line.verb = parser.parsed.verb;
  line.output = parser.parsed.output;
  if (!line.verb) {
    line.exit_code = kExitOk;
    line.out = parser.app.help();
  }
  return line;
}

CommandTree command_tree() {
  const Parser parser;
  return tree_of(parser, parser.app);
}

}  // namespace dz::cli
