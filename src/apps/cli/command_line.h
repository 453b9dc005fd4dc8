// The command line as a whole: global flags before or after any verb, one verb to run, and the tree of
// all commands. It stands above the verbs because it puts all of them together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/cli/ui/completion.h"
#include "apps/cli/ui/options.h"
#include "apps/cli/ui/settings.h"

namespace dz::cli {

inline constexpr int kExitOk = 0, kExitFailed = 1, kExitUsage = 2;

// What to do: run the verb; or, with exit_code set, only print and leave.
struct CommandLine {
  GlobalFlags flags;
  Verb verb;
  std::optional<int> exit_code;
  std::string out, err;
};
CommandLine parse_command_line(const std::vector<std::string>& arguments);

// All commands, for the completion of shells.
CommandTree command_tree();

}  // namespace dz::cli
