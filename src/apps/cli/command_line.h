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

// What to do: run the verb; or, with exit_code set, only print and leave.
struct CommandLine {
  GlobalFlags flags;
  Verb verb;
  std::optional<int> exit_code;
  std::string out, err;
  OutputArgs output;     // of verbs whose own arguments do not say it
  WrongWord wrong_word;  // with it, err is better said in the words of the ledger that the flags name
};
CommandLine parse_command_line(const std::vector<std::string>& arguments);

// A mistake in the command line, as people see it. after: where help is to be had, such as "link list".
std::string render_usage_error(std::string_view message, const std::string& after);

// All commands, for the completion of shells.
CommandTree command_tree();

}  // namespace dz::cli
