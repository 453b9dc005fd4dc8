#include "program/cases/case_script.h"

#include <fmt/format.h>

namespace dz::program::cases {
namespace {

// The rest of a line after its first word, when it begins with that word.
std::optional<std::string> after_word(const std::string& line, std::string_view word) {
  if (!line.starts_with(word) || (line.size() > word.size() && line[word.size()] != ' ')) return std::nullopt;
  return line.size() > word.size() ? line.substr(word.size() + 1) : std::string();
}

class Parser {
 public:
  Result<void> read(const std::string& line) {
    ++number_;
    if (line.empty() || line[0] == '#') return {};
    if (const auto name = after_word(line, "case")) return begin(*name);
    if (cases_.empty()) return wrong("expected 'case NAME' first");
    auto& current = cases_.back();
    if (const auto text = after_word(line, "given")) return keep(current.given, *text);
    if (const auto text = after_word(line, "data")) return set(current.data, *text);
    if (const auto text = after_word(line, "accounts")) return set(current.accounts, *text);
    if (const auto text = after_word(line, "live")) return expect(current.live, nullptr, *text);
    if (const auto text = after_word(line, "guarded")) return expect(current.guarded, nullptr, *text);
    if (const auto text = after_word(line, "both")) return expect(current.live, &current.guarded, *text);
    if (line[0] == '+' || line[0] == '-' || line[0] == '~') return change(line);
    return wrong("expected given, data, accounts, live, guarded, both, or a change after '+', '-' or '~'");
  }
  std::vector<Case> take() && { return std::move(cases_); }

 private:
  using Check = Result<void>;

  Check wrong(std::string_view what) const { return corrupt(fmt::format("line {}: {}", number_, what)); }
  Check begin(const std::string& name) {
    cases_.push_back({.name = name, .line = number_});
    open_ = {};
    return {};
  }
  static Check keep(std::vector<std::string>& list, const std::string& text) {
    list.push_back(text);
    return {};
  }
  static Check set(std::string& field, const std::string& text) {
    field = text;
    return {};
  }
  Check expect(std::optional<Expectation>& first, std::optional<Expectation>* second, const std::string& result) {
    open_ = {&first.emplace(Expectation{result, {}})};
    if (second != nullptr) open_.push_back(&second->emplace(Expectation{result, {}}));
    return {};
  }
  Check change(const std::string& line) {
    if (open_.empty()) return wrong("a change stands below the result of a program");
    for (auto* expectation : open_) expectation->changes.push_back(line);
    return {};
  }

  std::vector<Case> cases_;
  std::vector<Expectation*> open_;  // of the last case
  int number_ = 0;
};

}  // namespace

Result<std::vector<Case>> parse_cases(std::string_view text) {
  Parser parser;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    DZ_TRY(parser.read(std::string(text.substr(0, end))));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::move(parser).take();
}

}  // namespace dz::program::cases
