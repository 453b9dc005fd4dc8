#include "telemetry/influx_statement.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "base/result.h"
#include "base/safe_text.h"

namespace dz::telemetry {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostShown = 40;  // bytes of a word in an error
constexpr std::string_view kEnd = ";";

struct Word {
  std::string text;  // of a name in quotes, without them
  bool quoted = false;
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The name in double quotes at the beginning of the text, which is left behind it. None: it does not end.
std::optional<std::string> take_quoted(std::string_view& text) {
  std::string name;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return name;
    }
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    name.push_back(text[i]);
  }
  return std::nullopt;
}

Result<std::vector<Word>> words_of(std::string_view text) {
  std::vector<Word> words;
  while (!text.empty()) {
    if (is_blank(text.front())) {
      text.remove_prefix(1);
    } else if (text.front() == '"') {
      auto name = take_quoted(text);
      if (!name) return refused("found a name whose quotes do not end, expected \"");
      words.push_back({std::move(*name), true});
    } else {
      const auto end = std::find_if_not(text.begin(), text.end(), is_letter) - text.begin();
      const auto length = std::max<std::size_t>(1, static_cast<std::size_t>(end));
      words.push_back({std::string(text.substr(0, length))});
      text.remove_prefix(length);
    }
  }
  return words;
}

bool is_keyword(const Word& word, std::string_view keyword) {
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
  return !word.quoted && word.text.size() == keyword.size() &&
         std::equal(keyword.begin(), keyword.end(), word.text.begin(), [&](char a, char b) { return a == upper(b); });
}

// Walks the words of CREATE DATABASE statements.
class Statements {
 public:
  explicit Statements(std::vector<Word> words) : words_(std::move(words)) {}

  // The databases that are to be created.
  Result<std::vector<std::string>> read() {
    std::vector<std::string> names;
    while (skip_ends()) {
      DZ_TRY(expect("CREATE"));
      DZ_TRY(expect("DATABASE"));
      if (!is_name()) return unexpected("the name of a database");
      names.push_back(words_[at_++].text);
      DZ_TRY(skip_options());
    }
    return names;
  }

 private:
  bool at_end() const { return at_ == words_.size(); }
  bool ends_here() const { return at_end() || (!words_[at_].quoted && words_[at_].text == kEnd); }
  bool is_name() const { return !at_end() && (words_[at_].quoted || is_letter(words_[at_].text.front())); }
  // False: nothing follows.
  bool skip_ends() {
    while (!at_end() && ends_here()) ++at_;
    return !at_end();
  }
  tl::unexpected<Error> unexpected(std::string_view wanted) const {
    const auto found = at_end() ? std::string("the end") : cut_text(words_[at_].text, kMostShown);
    return refused(fmt::format("found {}, expected {}", found, wanted));
  }
  Result<void> expect(std::string_view keyword) {
    if (at_end() || !is_keyword(words_[at_], keyword)) return unexpected(keyword);
    ++at_;
    return {};
  }
  // WITH DURATION 3d REPLICATION 1 SHARD DURATION 1h NAME "autogen": there is nothing here for them to change.
  Result<void> skip_options() {
    if (ends_here()) return {};
    DZ_TRY(expect("WITH"));
    constexpr std::string_view kOptions[] = {"DURATION", "REPLICATION", "NAME"};
    do {
      if (!at_end() && is_keyword(words_[at_], "SHARD")) ++at_;
      const bool known =
          !at_end() && std::any_of(std::begin(kOptions), std::end(kOptions),
                                   [&](std::string_view option) { return is_keyword(words_[at_], option); });
      if (!known) return unexpected("DURATION, REPLICATION, SHARD DURATION or NAME");
      ++at_;
      if (!is_name()) return unexpected("a value");
      ++at_;
    } while (!ends_here());
    return {};
  }

  std::vector<Word> words_;
  std::size_t at_ = 0;
};

StatementAnswer declined(std::string error) {
  error = valid_utf8(std::move(error));
  return {400, json::serialize(json::object{{"error", error}}), std::move(error)};
}

}  // namespace

StatementAnswer answer_statements(const StatementRequest& request) {
  if (request.statements.find_first_not_of(" \t\r\n;") == std::string_view::npos) {
    return declined("missing required parameter \"q\"");
  }
  auto words = words_of(request.statements);
  auto names = words ? Statements(std::move(*words)).read() : tl::unexpected(words.error());
  if (!names) {
    return declined("error parsing query: " + names.error().message +
                    "; nothing but CREATE DATABASE is answered here: rows are taken at /write, and what became of them "
                    "is told at /api/v1/assessments");
  }
  json::array results;
  for (const auto& name : *names) {
    json::object result{{"statement_id", results.size()}};
    if (request.read_only) {
      result["messages"] = json::array{json::object{
          {"level", "warning"},
          {"text", fmt::format("deprecated use of 'CREATE DATABASE {}' in a read only context, please use a POST "
                               "request instead",
                               valid_utf8(name))}}};
    }
    results.push_back(std::move(result));
  }
  return {200, json::serialize(json::object{{"results", std::move(results)}}) + "\n", {}};
}

}  // namespace dz::telemetry
