// Cases of instructions as text: accounts before, instruction, result, accounts after, for each program. What a file
// looks like: README.md beside this.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dz::program::cases {

// What one program makes of the instruction: "ok", "65" or the name of an error; and each account that it changes.
struct Expectation {
  std::string result;
  std::vector<std::string> changes;
};

struct Case {
  std::string name;
  int line = 0;                    // where it stands in its file
  std::vector<std::string> given;  // changes of the accounts before
  std::string data, accounts;      // the instruction
  std::optional<Expectation> live, guarded;
};

// Corrupt, with the line, when a line is none of these.
Result<std::vector<Case>> parse_cases(std::string_view text);

}  // namespace dz::program::cases
