#include "apps/cli/ui/completion.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dz::cli {
namespace {

struct Entry {
  std::string path;  // "device interface"; empty at the top
  const CommandTree* command;
};
void flatten(const CommandTree& command, const std::string& path, std::vector<Entry>& entries) {
  entries.push_back({path, &command});
  for (const auto& sub : command.commands) flatten(sub, path.empty() ? sub.name : path + " " + sub.name, entries);
}

using Words = std::vector<std::string>;

// The options of a command that the top does not have too.
Words own_options(const CommandTree& command, const Words& global) {
  Words own;
  for (const auto& name : command.options) {
    if (std::find(global.begin(), global.end(), name) == global.end()) own.push_back(name);
  }
  return own;
}

// What may follow the path: verbs, then its own options.
Words words_after(const CommandTree& command, const Words& global) {
  Words words;
  for (const auto& sub : command.commands) words.push_back(sub.name);
  for (auto& name : own_options(command, global)) words.push_back(std::move(name));
  return words;
}

// One function in bash's own language; zsh runs it through bashcompinit.
std::string bash(const std::vector<Entry>& entries, const Words& global) {
  std::string cases;
  for (const auto& [path, command] : entries) {
    cases += fmt::format("    '{}') words='{}' ;;\n", path, fmt::join(words_after(*command, global), " "));
  }
  std::string paths;
  for (const auto& entry : entries) paths += fmt::format(" '{}'", entry.path);
  return fmt::format(R"(_doublezero() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" path='' words='' word candidate i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="${{COMP_WORDS[i]}}"
    candidate="${{path:+$path }}$word"
    case "$candidate" in
{}      path="$candidate" ;;
    esac
  done
  case "$path" in
{}  esac
  COMPREPLY=($(compgen -W "$words {}" -- "$current"))
}}
complete -o default -F _doublezero doublezero
)",
                     [&] {
                       std::string patterns = "      ";
                       for (std::size_t i = 1; i < entries.size(); ++i) {
                         patterns += (i == 1 ? "'" : "|'") + entries[i].path + "'";
                       }
                       return patterns + ")\n";
                     }(),
                     cases, fmt::join(global, " "));
}

std::string fish_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return quoted + "'";
}

// The words before the cursor, options left out, have to be the path.
std::string fish(const std::vector<Entry>& entries, const Words& global) {
  std::string script =
      "function __doublezero_at\n"
      "  set -l words (commandline -opc | string match -v -- '-*')\n"
      "  set -e words[1]\n"
      "  set -l wanted $argv\n"
      "  test (count $words) -ge (count $wanted); or return 1\n"
      "  for i in (seq (count $wanted))\n"
      "    test \"$words[$i]\" = \"$wanted[$i]\"; or return 1\n"
      "  end\n"
      "end\n"
      "function __doublezero_next\n"
      "  __doublezero_at $argv; or return 1\n"
      "  test (count (commandline -opc | string match -v -- '-*')) -eq (math (count $argv) + 1)\n"
      "end\n"
      "complete -c doublezero -f\n";
  const auto option = [](const std::string& name) {
    return name.starts_with("--") ? "-l " + name.substr(2) : "-s " + name.substr(1);
  };
  for (const auto& name : global) script += fmt::format("complete -c doublezero {}\n", option(name));
  for (const auto& [path, command] : entries) {
    for (const auto& sub : command->commands) {
      script += fmt::format("complete -c doublezero -n '__doublezero_next {}' -a {} -d {}\n", path, sub.name,
                            fish_quoted(sub.help));
    }
    for (const auto& name : own_options(*command, global)) {
      script += fmt::format("complete -c doublezero -n '__doublezero_at {}' {}\n", path, option(name));
    }
  }
  return script;
}

}  // namespace

std::string render_completion(const CommandTree& tree, Shell shell) {
  std::vector<Entry> entries;
  flatten(tree, "", entries);
  switch (shell) {
    case Shell::Bash: return bash(entries, tree.options);
    case Shell::Zsh:
      return "#compdef doublezero\nautoload -U +X bashcompinit && bashcompinit\n" + bash(entries, tree.options);
    case Shell::Fish: return fish(entries, tree.options);
  }
  return "";
}

}  // namespace dz::cli
