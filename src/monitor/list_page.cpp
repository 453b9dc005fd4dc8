#include "monitor/list_page.h"

#include <algorithm>

#include "base/base64.h"
#include "base/safe_text.h"

namespace dz::monitor {

namespace {

constexpr std::size_t kLongestCursor = 1024;
constexpr char kBetween = '~';
// Base64 with letters that a query needs no escapes for.
constexpr std::string_view kLetters = "+/=", kOfQuery = "-_.";

void swap_letters(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t i = 0; i < from.size(); ++i) std::replace(text.begin(), text.end(), from[i], to[i]);
}

Result<std::vector<std::string>> parts_of(std::string_view list, std::size_t parts, std::string text) {
  swap_letters(text, kOfQuery, kLetters);
  std::vector<std::string> found;
  for (std::string_view rest = text;;) {
    const auto piece = rest.substr(0, rest.find(kBetween));
    DZ_TRY_ASSIGN(const auto bytes, decode_base64(piece));
    found.emplace_back(as_text(bytes));
    if (piece.size() == rest.size()) break;
    rest.remove_prefix(piece.size() + 1);
  }
  if (found.size() != parts + 1 || found.front() != list) return refused("not a cursor of this list");
  found.erase(found.begin());
  return found;
}

}  // namespace

std::string encode_cursor(std::string_view list, const std::vector<std::string>& parts) {
  auto text = encode_base64(as_bytes(list));
  for (const auto& part : parts) text += kBetween + encode_base64(as_bytes(part));
  swap_letters(text, kLetters, kOfQuery);
  return text;
}

Result<std::vector<std::string>> parse_cursor(std::string_view list, std::size_t parts, std::string_view cursor) {
  if (cursor.size() <= kLongestCursor) {
    if (auto found = parts_of(list, parts, std::string(cursor))) return found;
  }
  return refused("cursor: expected `next` of another page of " + std::string(list) + ", found '" +
                 one_line(cursor, kMostOfValue) + "'; ask without it for the first page");
}

}  // namespace dz::monitor
