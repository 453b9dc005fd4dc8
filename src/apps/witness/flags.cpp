#include "apps/witness/flags.h"

namespace dz::witness {

void declare(service::Settings& settings, Flags& f) {
  settings.text({"--name"}, f.name, "Name of this witness, such as example.com/witness; it goes with its key for good");
  settings.text({"--keypair"}, f.keypair, "Key file that cosigns");
  settings.texts({"--log"}, f.logs, "Verifier key of a log that it watches over; may be repeated");
  settings.text({"--store"}, f.store, "SQLite file that keeps what it saw of each log");
  settings.flag({client::kAllowReadableSecrets}, f.allow_readable_secrets, client::kAllowReadableSecretsHelp);
  settings.text({"--listen"}, f.listen, "Address of /add-checkpoint, /checkpoints, /metrics and /healthz");
  settings.number({"--port"}, f.port, {0, 65535}, "Port; 0 lets the system choose");
  settings.text({"--ports-file"}, f.ports_file, "Write the chosen port here as JSON");
  service::declare_browser_rules(settings, f.browsers);
  service::declare_connections(settings, f.connections, "");
  settings.flag({"--verbose"}, f.verbose, "Log at debug");
}

Result<std::vector<transparency::NoteKey>> logs_of(const Flags& flags) {
  if (flags.name.empty()) return refused("expected --name with the name of this witness, found none");
  DZ_TRY(transparency::check_key_name(flags.name));
  if (flags.logs.empty()) return refused("expected --log with the verifier key of a log to watch over, found none");
  return transparency::parse_log_keys(flags.logs);
}

}  // namespace dz::witness
