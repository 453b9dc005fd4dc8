// The witness's flags, each of which is a key of its settings file too: docs/operating/witness.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "service/connection_limits.h"
#include "service/settings.h"
#include "transparency/note.h"

namespace dz::witness {

struct Flags {
  std::string name, keypair;
  std::vector<std::string> logs;
  std::string listen = "127.0.0.1", ports_file;
  std::string store = "doublezero-witness.db";
  net::BrowserRules browsers;
  service::ConnectionSettings connections;
  std::uint16_t port = 8092;
  bool allow_readable_secrets = false, verbose = false;
};

// `flags` outlives `settings`.
void declare(service::Settings& settings, Flags& flags);

// Refused, with what was expected: no name, no log, or a text that is no verifier key of a log.
Result<std::vector<transparency::NoteKey>> logs_of(const Flags& flags);

}  // namespace dz::witness
