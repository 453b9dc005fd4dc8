#include "apps/fleet/flags.h"

namespace dz::fleet_main {
namespace {

void declare_common(service::Settings& settings, Flags& f) {
  settings.text({"--network"}, f.network, "Network file, as 'doublezero export' writes it; required");
  settings.texts({"--fault"}, f.faults, "A fault, as text; may be repeated");
  settings.text({"--fault-script"}, f.fault_script, "File of faults, one a line");
  settings.number({"--seed"}, f.seed, {}, "What the devices' chance depends on");
}

void declare_ledger(service::Settings& settings, Flags& f) {
  settings.text({"--ledger-url,--url"}, f.ledger_url, "JSON-RPC of the DZ ledger").variable("DZ_LEDGER_RPC_URL");
  settings.text({"--env,-e"}, f.environment, "Environment, for the program ids");
  settings.text({"--keys"}, f.keys, "Directory of the metrics publishers' keys: metrics-CODE.json");
  settings.flag({client::kAllowReadableSecrets}, f.allow_readable_secrets, client::kAllowReadableSecretsHelp);
  settings.text({"--since"}, f.since, "Where history begins: RFC 3339, or an offset such as -86250s");
  settings.flag({"--verbose"}, f.verbose, "Log at debug");
}

void declare_run(service::Settings& settings, Flags& f) {
  constexpr service::SpanRange kCadence{std::chrono::milliseconds{1}, std::chrono::days{1}};
  settings.text({"--monitor-url"}, f.monitor_url, "Where /write is");
  settings.text({"--token"}, f.token, "Sent as Authorization: Token ...").variable("DZ_FLEET_TOKEN").secret();
  settings.span({"--cadence"}, f.cadence, kCadence, "Between two readings of a port");
  settings.span({"--history-cadence"}, f.history_cadence, kCadence, "The same, before the start");
  settings.number({"--control-port"}, f.control_port, {0, 65535},
                  "Loopback port of the control endpoint; 0: the system chooses");
  settings.text({"--ports-file"}, f.ports_file, "Write the chosen port here as JSON");
  service::declare_browser_rules(settings, f.browsers);
  settings.flag({"--gzip"}, f.gzip, "Compress what is written");
}

}  // namespace

void declare(service::Settings& settings, const Commands& commands, Flags& flags) {
  settings.on({commands.run, commands.backfill, commands.check});
  declare_common(settings, flags);
  settings.on({commands.run, commands.backfill});
  declare_ledger(settings, flags);
  settings.on({commands.run});
  declare_run(settings, flags);
}

}  // namespace dz::fleet_main
