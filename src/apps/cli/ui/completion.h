// Shell completion scripts, made from the command tree.
#pragma once

#include <string>

#include "apps/cli/command_line.h"

namespace dz::cli {

enum class Shell { Bash, Zsh, Fish };

std::string render_completion(const CommandTree& tree, Shell shell);

}  // namespace dz::cli
