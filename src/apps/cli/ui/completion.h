// Shell completion scripts, made from the command tree.
#pragma once

#include <string>
#include <vector>

namespace dz::cli {

// A command with what may follow it. Hidden ones are left out.
struct CommandTree {
  std::string name, help;
  std::vector<std::string> options;  // "--code", "-w"
  std::vector<CommandTree> commands;
};

enum class Shell { Bash, Zsh, Fish };

std::string render_completion(const CommandTree& tree, Shell shell);

}  // namespace dz::cli
