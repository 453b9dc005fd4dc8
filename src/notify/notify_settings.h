// [[notify]] of the monitor's settings: who is told of changes. docs/operating/monitor.md lists the keys.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "notify/hook.h"
#include "verdict/toml_reader.h"

namespace dz::notify {

// Reads the array of tables into `hooks`. read_file gives the text of url_file and token_file. Refused, with file and
// line and never with a secret: no url, an unknown kind, a name that is taken, a secret over a plain connection.
verdict::TomlReader::Handler notify_hooks(const verdict::TomlReader& reader, std::vector<NotifyHook>& hooks,
                                          const std::function<Result<std::string>(const std::string&)>& read_file);

}  // namespace dz::notify
