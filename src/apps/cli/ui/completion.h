// Shell completion: what may follow on a command line, found in the command tree; and the scripts by which shells ask
// for it. The scripts know nothing of the commands: they run "doublezero complete WORDS" and offer its lines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apps/cli/ui/options.h"

namespace dz::cli {

// names: "--code", "-c".
struct TreeOption {
  std::vector<std::string> names = {};
  bool takes_value = false;
  bool positional = false;  // the value may stand by itself
  std::string help = {};
  Candidates value = {};
};

// A command with what may follow it. Hidden ones are left out.
struct CommandTree {
  std::string name, help;
  std::vector<TreeOption> options;
  std::vector<CommandTree> commands;
};

struct Offer {
  std::string word, help;
};

// What may stand in place of the last word, which is being typed and may be empty.
struct Offers {
  std::vector<Offer> words;  // that begin with it
  // More of them: records of this noun by code, each after `before` ("--pubkey="), or files. Empty or false: none.
  std::string codes_of, before, typed;
  bool files = false;
};
Offers offers_for(const CommandTree& tree, const std::vector<std::string>& words);

// One line each: word, tab, help. A line ":files" asks the shell for its own files.
std::string render_offers(const Offers& offers);

enum class Shell { Bash, Zsh, Fish };

// program: the path to run where a shell finds no doublezero of its own; may be empty.
std::string render_completion(Shell shell, const std::string& program);

}  // namespace dz::cli
