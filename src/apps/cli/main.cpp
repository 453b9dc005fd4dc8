// The doublezero command: command line and environment in, one verb over the ledger, text out.
#include <sys/ioctl.h>
#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/command_line.h"
#include "apps/cli/run.h"
#include "apps/cli/ui/daemons.h"
#include "client/rpc_client.h"
#include "net/loop.h"
#include "wire/accounts.h"
#include "wire/addresses.h"

namespace dz::cli {
namespace {

Writer to_file(std::FILE* file) {
  return [file](std::string_view text) { std::fwrite(text.data(), 1, text.size(), file); };
}

// 0: not a terminal.
int columns_of(int file) {
  winsize size{};
  return isatty(file) == 1 && ioctl(file, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

std::optional<std::string> variable(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

// A network without a public ledger address is an error only for what needs the ledger.
client::RpcTransport transport_to(const client::LedgerSettings& settings) {
  auto url = rpc_url_of(settings);
  if (url) return only_ledger(client::http_transport(*url), *url);
  return [error = url.error()](std::string_view) -> Result<client::RpcReply> { return tl::unexpected(error); };
}

// Shows each call and how long it took.
client::RpcTransport traced(client::RpcTransport transport) {
  return [transport = std::move(transport)](std::string_view body) {
    const auto start = net::system_now();
    auto answer = transport(body);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(net::system_now() - start);
    escaping(to_file(stderr))(fmt::format("{} ms: {} -> {}\n", took.count(), body.substr(0, 400),
                                          answer ? answer->body.substr(0, 400) : answer.error().message));
    return answer;
  };
}

int fail_with(const Error& error) {
  escaping(to_file(stderr))(render_error(error));
  return kExitFailed;
}

int run_chosen(const CommandLine& line, const std::string& program) {
  const auto path = client::config_path(variable);
  const auto config = client::read_config_file(path);
  if (!config) return fail_with(config.error());
  const auto rules = client::secret_rules_of_process(line.flags.allow_readable_secrets);
  if (client::holds_secret(*config)) {
    if (const auto closed = client::check_secret_file(path, rules); !closed) return fail_with(closed.error());
  }
  auto settings = resolve_settings(line.flags, variable, *config);
  if (!settings) {
    escaping(to_file(stderr))(render_usage_error(settings.error().message, ""));
    return kExitUsage;
  }
  settings->secrets = rules;
  const auto clock = client::system_clock();
  const auto transport = transport_to(*settings);
  client::RpcClient ledger(line.flags.trace_calls ? traced(transport) : transport, clock);
  Context context{.ledger = ledger,
                  .clock = clock,
                  .flags = line.flags,
                  .settings = *settings,
                  .config_path = path,
                  .out = to_file(stdout),
                  .err = to_file(stderr),
                  .ask_monitor = ask_monitor_at(settings->monitor_url.value),
                  .ask_activator = ask_activator_at(settings->activator_url.value),
                  .tell_monitor = tell_monitor_at(settings->monitor_url.value),
                  .program = program.find('/') == std::string::npos ? "" : std::filesystem::absolute(program).string(),
                  .terminal = {.out_columns = columns_of(STDOUT_FILENO), .err_columns = columns_of(STDERR_FILENO)},
                  .output = line.output};
  return run_verb(line.verb, context);
}

// Whose words are to be offered to somebody who mistyped one; null when the ledger does not say.
const Profile* profile_at_hand(const GlobalFlags& flags) {
  const auto config = client::read_config_file(client::config_path(variable));
  if (!config) return nullptr;
  const auto settings = resolve_settings(flags, variable, *config);
  if (!settings || settings->profile != nullptr) return settings ? settings->profile : nullptr;
  client::RpcClient ledger(transport_to(*settings), client::system_clock(), client::without_waiting());
  const auto answer = ledger.get_account(wire::program_config_address(settings->ids.serviceability).address);
  if (!answer || !*answer) return nullptr;
  const auto found = wire::decode_program_config((**answer).data);
  return found ? recognise_profile(found->version).value_or(nullptr) : nullptr;
}

int run(const std::string& program, const std::vector<std::string>& arguments) {
  const auto line = parse_command_line(arguments);
  escaping(to_file(stdout))(line.out);
  escaping(to_file(stderr))(line.wrong_word ? line.wrong_word(profile_at_hand(line.flags)) : line.err);
  return line.exit_code ? *line.exit_code : run_chosen(line, program);
}

}  // namespace
}  // namespace dz::cli

int main(int count, char** values) { return dz::cli::run(values[0], {values + 1, values + count}); }
