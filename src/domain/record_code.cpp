#include "domain/record_code.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace dz {
namespace {

bool has_only_letters_of_codes(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == ':' || c == '_' || c == '-';
  });
}

}  // namespace

Result<std::string> parse_code(std::string_view text) {
  if (!has_only_letters_of_codes(text) || text.size() > 32) {
    return refused(fmt::format("expected a code of 1 to 32 letters, digits, ':', '_' or '-', found '{}'", text));
  }
  return std::string(text);
}

Result<std::string> parse_link_code(std::string_view text) {
  if (!has_only_letters_of_codes(text)) {
    return refused(fmt::format("expected a code of letters, digits, ':', '_' or '-', found '{}'", text));
  }
  return std::string(text);
}

}  // namespace dz
