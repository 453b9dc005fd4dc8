#include "apps/cli/ui/completion.h"

#include <algorithm>

#include <fmt/format.h>

namespace dz::cli {
namespace {

const TreeOption* find_option(const CommandTree& command, std::string_view name) {
  for (const auto& option : command.options) {
    if (std::find(option.names.begin(), option.names.end(), name) != option.names.end()) return &option;
  }
  return nullptr;
}
const CommandTree* find_command(const CommandTree& command, std::string_view name) {
  for (const auto& sub : command.commands) {
    if (sub.name == name) return &sub;
  }
  return nullptr;
}
// Those that stand by themselves come one after the other.
const TreeOption* find_positional(const CommandTree& command, std::size_t index) {
  for (const auto& option : command.options) {
    if (option.positional && index-- == 0) return &option;
  }
  return nullptr;
}

// How far the finished words lead.
struct Walk {
  const CommandTree& top;
  const CommandTree* command;
  const TreeOption* open = nullptr;  // its value comes next
  std::size_t positionals = 0;
  bool asks_for_help = false;  // commands follow, from the top, and nothing else

  // The global flags may stand after every command.
  const TreeOption* option(std::string_view name) const {
    const auto* own = find_option(*command, name);
    return own != nullptr ? own : find_option(top, name);
  }
  void pass(const std::string& word) {
    if (open != nullptr) {
      open = nullptr;
    } else if (word.starts_with('-')) {
      const auto* named = option(word);
      if (named != nullptr && named->takes_value) open = named;
    } else if (command == &top && word == "help") {
      asks_for_help = true;
    } else if (const auto* sub = find_command(*command, word)) {
      command = sub;
    } else {
      ++positionals;
    }
  }
};

bool begins(const std::string& word, std::string_view typed) { return word.starts_with(typed); }

void offer_value(Offers& offers, const TreeOption& option, const std::string& before) {
  for (const auto& word : option.value.words) {
    if (begins(word, offers.typed)) offers.words.push_back({before + word, ""});
  }
  offers.codes_of = option.value.codes_of;
  offers.files = option.value.files;
  offers.before = before;
}

void offer_options(Offers& offers, const Walk& walk) {
  const auto add = [&](const CommandTree& command) {
    for (const auto& option : command.options) {
      for (const auto& name : option.names) {
        if (name.starts_with("--") && begins(name, offers.typed)) offers.words.push_back({name, option.help});
      }
    }
  };
  add(*walk.command);
  if (walk.command != &walk.top) {
    const auto own = offers.words;
    add(walk.top);
    const auto repeated = [&](const Offer& offer) {
      return std::any_of(own.begin(), own.end(), [&](const Offer& o) { return o.word == offer.word; });
    };
    offers.words.erase(
        std::remove_if(offers.words.begin() + static_cast<std::ptrdiff_t>(own.size()), offers.words.end(), repeated),
        offers.words.end());
  }
}

// The reserved characters of single quotes in sh.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// COMP_LINE tells blanks from what bash takes for ends of words besides: ':' in codes and URLs, and '='.
constexpr const char* kBash = R"sh(_doublezero() {
  local -a words
  if [[ -n "$COMP_LINE" ]]; then
    local line="${COMP_LINE:0:COMP_POINT}"
    read -ra words <<< "$line"
    [[ "$line" == *[[:space:]] ]] && words+=('')
  else
    words=("${COMP_WORDS[@]:0:COMP_CWORD+1}")
  fi
  local program
  program="$(type -P "${words[0]/#\~/$HOME}")" || program=PROGRAM
  local current="${words[${#words[@]}-1]}" candidate
  local cut="${current%"${current##*[:=]}"}"
  COMPREPLY=()
  while IFS= read -r candidate; do
    candidate="${candidate%%$'\t'*}"
    if [[ "$candidate" == ':files' ]]; then
      compopt -o filenames 2> /dev/null
      while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -f -- "${current##*=}")
    else
      COMPREPLY+=("${candidate#"$cut"}")
    fi
  done < <("$program" complete "${words[@]:1}" 2> /dev/null)
}
complete -F _doublezero doublezero
)sh";

constexpr const char* kZsh = R"sh(#compdef doublezero
_doublezero() {
  local program=${commands[doublezero]:-PROGRAM}
  [[ -x "${words[1]}" ]] && program="${words[1]}"
  local -a lines candidates descriptions
  lines=("${(@f)$("$program" complete "${(@Q)words[2,CURRENT]}" 2> /dev/null)}")
  local line
  for line in $lines; do
    if [[ "$line" == ':files' ]]; then
      [[ "$PREFIX" == -*=* ]] && compset -P '*='
      _files
    elif [[ -n "$line" ]]; then
      candidates+=("${line%%$'\t'*}")
      descriptions+=("${line/$'\t'/  }")
    fi
  done
  (( ${#candidates} )) && compadd -l -d descriptions -a candidates
}
if [[ "$funcstack[1]" == _doublezero ]]; then
  _doublezero "$@"
else
  compdef _doublezero doublezero
fi
)sh";

constexpr const char* kFish = R"sh(function __doublezero_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l program $words[1]
  command -q $program; or set program PROGRAM
  for line in ($program complete $words[2..-1] 2> /dev/null)
    if test "$line" = ':files'
      set -l flag (string match -r -- '^-[^=]*=' $words[-1])
      for path in (__fish_complete_path (string replace -- "$flag" '' $words[-1]))
        echo "$flag"$path
      end
    else
      echo $line
    end
  end
end
complete -c doublezero -f -a '(__doublezero_complete)'
)sh";

}  // namespace

Offers offers_for(const CommandTree& tree, const std::vector<std::string>& words) {
  Offers offers;
  if (words.empty()) return offers;
  Walk walk{.top = tree, .command = &tree};
  for (std::size_t i = 0; i + 1 < words.size(); ++i) walk.pass(words[i]);
  offers.typed = words.back();
  if (walk.open != nullptr) {
    offer_value(offers, *walk.open, "");
    return offers;
  }
  const auto equals = offers.typed.find('=');
  if (offers.typed.starts_with("--") && equals != std::string::npos) {
    const auto* option = walk.option(offers.typed.substr(0, equals));
    const auto before = offers.typed.substr(0, equals + 1);
    offers.typed.erase(0, equals + 1);
    if (option != nullptr && option->takes_value) offer_value(offers, *option, before);
    return offers;
  }
  for (const auto& sub : walk.command->commands) {
    const bool again = walk.asks_for_help && sub.name == "help";
    if (begins(sub.name, offers.typed) && !again) offers.words.push_back({sub.name, sub.help});
  }
  if (walk.asks_for_help) return offers;
  if (!offers.typed.starts_with('-')) {
    if (const auto* value = find_positional(*walk.command, walk.positionals)) offer_value(offers, *value, "");
  }
  const bool nothing_else = walk.command->commands.empty() && offers.words.empty() && offers.codes_of.empty();
  if (offers.typed.starts_with('-') || (offers.typed.empty() && nothing_else)) offer_options(offers, walk);
  return offers;
}

std::string render_offers(const Offers& offers) {
  std::string text;
  for (const auto& offer : offers.words) {
    text += offer.word + (offer.help.empty() ? "" : "\t" + offer.help) + "\n";
  }
  return text + (offers.files ? ":files\n" : "");
}

std::string render_completion(Shell shell, const std::string& program) {
  std::string script = shell == Shell::Bash ? kBash : shell == Shell::Zsh ? kZsh : kFish;
  constexpr std::string_view kProgram = "PROGRAM";
  script.replace(script.find(kProgram), kProgram.size(), quoted(program.empty() ? "doublezero" : program));
  return script;
}

}  // namespace dz::cli
