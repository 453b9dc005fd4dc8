// The command line as a whole: global flags before or after any verb, one verb to run, and the tree of all of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

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

// A command with what may follow it, for shell completion. Hidden ones are left out.
struct CommandTree {
  std::string name, help;
  std::vector<std::string> options;  // "--code", "-w"
  std::vector<CommandTree> commands;
};
CommandTree command_tree();

}  // namespace dz::cli
