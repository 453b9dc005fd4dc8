// A TOML or JSON file as one kind of tree, in which every value knows its line: what reads a file then need not know in
// which of the two forms it was written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dz::network {

struct FileValue {
  enum class Kind { Text, Whole, Number, Flag, List, Table, Other };
  struct Member;
  Kind kind = Kind::Other;
  int line = 0;
  std::string text;              // of Text as it is meant; of all but List and Table as people see it in a message
  std::int64_t whole = 0;        // of Whole
  double number = 0;             // of Number and Whole
  bool flag = false;             // of Flag
  std::vector<FileValue> items;  // of List
  std::vector<Member> members;   // of Table, in the order of the file in JSON

  const FileValue* find(std::string_view member) const;  // null: there is none
};

struct FileValue::Member {
  std::string name;
  FileValue value;
};

// "a list", "the text 'x'", "3": what was found, for a message.
std::string found_text(const FileValue& value);

// The form goes by the name's ending, .toml or .json; another name is JSON when the text begins with a brace. Refused,
// with name and line, what is neither.
Result<FileValue> parse_file(std::string_view name, std::string_view text);

}  // namespace dz::network
