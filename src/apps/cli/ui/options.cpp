#include "apps/cli/ui/options.h"

#include <algorithm>
#include <utility>

#include <CLI/CLI.hpp>

namespace dz::cli {

Declared& Declared::required() {
  option_->required();
  return *this;
}
Declared& Declared::codes_of(const std::string& noun) {
  parsed_.candidates[option_].codes_of = noun;
  return *this;
}
Declared& Declared::words(std::vector<std::string> words) {
  parsed_.candidates[option_].words = std::move(words);
  return *this;
}
Declared& Declared::file() {
  parsed_.candidates[option_].files = true;
  return *this;
}

std::vector<std::string> split_words(std::string_view list) {
  std::vector<std::string> words;
  while (!list.empty()) {
    const auto word = list.substr(0, list.find(", "));
    words.emplace_back(word);
    list.remove_prefix(std::min(list.size(), word.size() + 2));
  }
  return words;
}

std::string Options::noun() const { return parser_.get_parent()->get_name(); }

Declared Options::flag(const std::string& names, bool& target, const std::string& help) {
  return {parser_.add_flag(names, target, help), parsed_};
}

Declared Options::text(const std::string& names, std::string& target, const std::string& help) {
  return parsed(names, target, help, [](std::string_view text) -> Result<std::string> { return std::string(text); });
}

Declared Options::text(const std::string& names, std::optional<std::string>& target, const std::string& help) {
  return parsed(names, target, help, [](std::string_view text) -> Result<std::string> { return std::string(text); });
}

Declared Options::value(const std::string& names, const std::string& help, Setter set) {
  auto* option = parser_.add_option_function<std::string>(
      names, [](const std::string&) {}, help);
  option->type_name("VALUE");
  option->check([set = std::move(set)](const std::string& text) {
    const auto done = set(text);
    return done ? std::string() : done.error().message;
  });
  return {option, parsed_};
}

Declared Options::each(const std::string& names, Setter take, const std::string& help) {
  auto* option = parser_.add_option_function<std::vector<std::string>>(
      names, [](const std::vector<std::string>&) {}, help);
  option->type_name("VALUE")->allow_extra_args(false);
  option->check([take = std::move(take)](const std::string& text) {
    const auto done = take(text);
    return done ? std::string() : done.error().message;
  });
  return {option, parsed_};
}

void DeclaredVerb::hide() { parser_->group(""); }

namespace {

// "log monitor" is below the verb "log", which is one by itself too.
CLI::App* add_command(CLI::App& parser, const std::string& name, const std::string& help) {
  const auto space = name.find(' ');
  if (space == name.npos) return parser.add_subcommand(name, help);
  return parser.get_subcommand(name.substr(0, space))->add_subcommand(name.substr(space + 1), help);
}

}  // namespace

Commands Commands::noun(const std::string& name, const std::string& help) {
  auto* parser = parser_.add_subcommand(name, help);
  parser->require_subcommand(1)->fallthrough();
  return {*parser, parsed_};
}

Commands& Commands::hide() {
  parser_.group("");
  return *this;
}

DeclaredVerb Commands::verb(const std::string& name, const std::string& help,
                            const std::function<void(Options&)>& declare, Verb run) {
  auto* parser = add_command(parser_, name, help);
  parser->fallthrough();
  Options options(*parser, parsed_);
  declare(options);
  if (parser->get_option_no_throw("--json") == nullptr) declare_output(options, parsed_.output);
  parser->callback([parser, &chosen = parsed_.verb, run = std::move(run)] {
    if (parser->get_subcommands().empty()) chosen = run;  // else one below it was
  });
  return DeclaredVerb(parser);
}

void declare_output(Options& options, OutputArgs& args) {
  options.flag("--json", args.json, "JSON, indented; wins over --json-compact");
  options.flag("--json-compact", args.json_compact, "JSON on one line");
}

void declare_wait(Options& options, WaitArgs& args) {
  options.flag("-w,--wait", args.wait, "wait until the record has the status asked for; progress goes to stderr");
  options.parsed("--timeout", args.timeout, "how long --wait waits, such as 90s, 15m or 26h (60s)", parse_duration);
}

}  // namespace dz::cli
