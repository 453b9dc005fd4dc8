#include "network/file_value.h"

#include <algorithm>

#include <fmt/format.h>
#include <toml++/toml.h>
#include <boost/json/parse.hpp>
#include <boost/json/stream_parser.hpp>

#include "base/safe_text.h"

namespace dz::network {
namespace {

namespace json = boost::json;

// -0 is written as it is, and read in TOML as the whole number 0: it is 0 from the beginning.
double without_sign_of_zero(double number) { return number == 0 ? 0 : number; }

// --- TOML -----------------------------------------------------------------------------------------------------------

FileValue from_toml(const toml::node& node) {
  FileValue value;
  value.line = static_cast<int>(node.source().begin.line);
  if (const auto* table = node.as_table()) {
    value.kind = FileValue::Kind::Table;
    for (const auto& [key, member] : *table) value.members.push_back({std::string(key.str()), from_toml(member)});
  } else if (const auto* array = node.as_array()) {
    value.kind = FileValue::Kind::List;
    for (const auto& item : *array) value.items.push_back(from_toml(item));
  } else if (const auto* text = node.as_string()) {
    value.kind = FileValue::Kind::Text;
    value.text = text->get();
  } else if (const auto* whole = node.as_integer()) {
    value.kind = FileValue::Kind::Whole;
    value.whole = whole->get();
    value.number = static_cast<double>(value.whole);
    value.text = std::to_string(value.whole);
  } else if (const auto* number = node.as_floating_point()) {
    value.kind = FileValue::Kind::Number;
    value.number = without_sign_of_zero(number->get());
    value.text = fmt::format("{}", value.number);
  } else if (const auto* flag = node.as_boolean()) {
    value.kind = FileValue::Kind::Flag;
    value.flag = flag->get();
    value.text = value.flag ? "true" : "false";
  } else {
    value.text = "a date or a time";
  }
  return value;
}

Result<FileValue> parse_toml(std::string_view name, std::string_view text) {
  try {
    return from_toml(toml::parse(text, name));
  } catch (const toml::parse_error& error) {
    return refused(fmt::format("{}:{}: expected TOML: {}", name, error.source().begin.line, error.description()));
  }
}

// --- JSON -----------------------------------------------------------------------------------------------------------

int line_at(std::string_view text, std::size_t at) {
  return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

// Walks over text that is JSON for certain, and only has to find where each value begins and ends.
class JsonTree {
 public:
  JsonTree(std::string_view name, std::string_view text) : name_(name), text_(text) {}

  Result<FileValue> value() {
    skip_space();
    FileValue value;
    value.line = line_;
    if (text_[at_] == '{') {
      DZ_TRY(read_members(value));
    } else if (text_[at_] == '[') {
      DZ_TRY(read_items(value));
    } else {
      read_scalar(value);
    }
    return value;
  }

 private:
  void skip_space() {
    for (; std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos; ++at_) line_ += text_[at_] == '\n';
  }
  // Behind a brace, a bracket or a comma: true when what closes has come, which is then behind too.
  bool closes(char mark) {
    skip_space();
    if (text_[at_] == ',') ++at_;
    skip_space();
    if (text_[at_] != mark) return false;
    ++at_;
    return true;
  }
  std::string_view take_scalar() {
    const auto begin = at_;
    if (text_[at_] == '"') {
      for (++at_; text_[at_] != '"'; ++at_) at_ += text_[at_] == '\\';
      ++at_;
    } else {
      at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
    }
    return text_.substr(begin, at_ - begin);
  }
  Result<void> read_members(FileValue& value) {
    value.kind = FileValue::Kind::Table;
    ++at_;
    while (!closes('}')) {
      const int line = line_;
      const auto key = std::string(json::parse(take_scalar()).get_string());
      if (value.find(key) != nullptr) {
        return refused(fmt::format("{}:{}: expected each member once, found '{}' twice", name_, line, key));
      }
      skip_space();
      ++at_;  // the colon
      DZ_TRY_ASSIGN(auto member, this->value());
      value.members.push_back({key, std::move(member)});
    }
    return {};
  }
  Result<void> read_items(FileValue& value) {
    value.kind = FileValue::Kind::List;
    ++at_;
    while (!closes(']')) {
      DZ_TRY_ASSIGN(auto item, this->value());
      value.items.push_back(std::move(item));
    }
    return {};
  }
  void read_scalar(FileValue& value) {
    const auto text = take_scalar();
    const auto scalar = json::parse(text);
    value.text = std::string(text);
    if (const auto* words = scalar.if_string()) {
      value.kind = FileValue::Kind::Text;
      value.text = std::string(*words);
    } else if (const auto* whole = scalar.if_int64()) {
      value.kind = FileValue::Kind::Whole;
      value.whole = *whole;
      value.number = static_cast<double>(*whole);
    } else if (scalar.is_number()) {
      value.kind = FileValue::Kind::Number;
      value.number = without_sign_of_zero(scalar.to_number<double>());
    } else if (const auto* flag = scalar.if_bool()) {
      value.kind = FileValue::Kind::Flag;
      value.flag = *flag;
    }
  }

  std::string_view name_, text_;
  std::size_t at_ = 0;
  int line_ = 1;
};

Result<FileValue> parse_json(std::string_view name, std::string_view text) {
  json::stream_parser parser;
  boost::system::error_code error;
  const auto read = parser.write_some(text.data(), text.size(), error);
  if (!error && !parser.done()) error = json::error::incomplete;
  const auto rest = text.find_first_not_of(" \t\r\n", read);
  if (!error && rest != std::string_view::npos) {
    return refused(
        fmt::format("{}:{}: expected the end of the file after the JSON, found more", name, line_at(text, rest)));
  }
  if (error) return refused(fmt::format("{}:{}: expected JSON: {}", name, line_at(text, read), error.message()));
  return JsonTree(name, text).value();
}

}  // namespace

const FileValue* FileValue::find(std::string_view member) const {
  const auto found = std::find_if(members.begin(), members.end(), [&](const auto& m) { return m.name == member; });
  return found == members.end() ? nullptr : &found->value;
}

std::string found_text(const FileValue& value) {
  constexpr std::size_t kMostShown = 80;
  switch (value.kind) {
    case FileValue::Kind::Text: return fmt::format("the text '{}'", cut_text(escaped(value.text), kMostShown));
    case FileValue::Kind::List: return "a list";
    case FileValue::Kind::Table: return "a table";
    default: return cut_text(escaped(value.text), kMostShown);
  }
}

Result<FileValue> parse_file(std::string_view name, std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  const bool brace = first != std::string_view::npos && text[first] == '{';
  if (name.ends_with(".json") || (brace && !name.ends_with(".toml"))) return parse_json(name, text);
  return parse_toml(name, text);
}

}  // namespace dz::network
