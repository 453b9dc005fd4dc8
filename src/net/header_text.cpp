#include "net/header_text.h"

#include <algorithm>

#include "base/safe_text.h"
#include "base/shown_url.h"

namespace dz::net {
namespace {

constexpr std::size_t kMostShown = 100;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }

}  // namespace

bool is_token(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), fits);
}

Result<void> check_outgoing_head(std::string_view method, std::string_view url,
                                 const std::vector<std::pair<std::string, std::string>>& headers) {
  if (!is_token(method)) return refused("expected a method such as GET, found " + one_line(method, kMostShown));
  if (std::any_of(url.begin(), url.end(), [](char c) { return is_control(c) || c == ' '; })) {
    return refused("expected a URL without blanks and control characters, found one in that of " +
                   one_line(shown_server(std::string(url)), kMostShown) + "; escape it as %20 or take it out");
  }
  for (const auto& [name, value] : headers) {
    if (!is_token(name)) return refused("expected the name of a header, found " + one_line(name, kMostShown));
    if (std::any_of(value.begin(), value.end(), [](char c) { return is_control(c) && c != '\t'; })) {
      return refused("header " + one_line(name, kMostShown) +
                     ": expected one line of text, found a line end or another control character; take it out of what "
                     "the header is made of, such as a token's file");
    }
  }
  return {};
}

}  // namespace dz::net
