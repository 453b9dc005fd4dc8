// Where the CLI's text goes: the terminal in main(), a string in tests. Nothing else prints.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace dz::cli {

using Writer = std::function<void(std::string_view text)>;

inline Writer into(std::string& text) {
  return [&text](std::string_view more) { text += more; };
}
inline Writer into(std::string& text, std::string& other) {
  return [&text, &other](std::string_view more) {
    text += more;
    other += more;
  };
}

}  // namespace dz::cli
