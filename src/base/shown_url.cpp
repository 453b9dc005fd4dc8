#include "base/shown_url.h"

#include <algorithm>
#include <cstddef>

#include "base/safe_text.h"

namespace dz {
namespace {

constexpr std::size_t kMostHost = 100;  // bytes
constexpr std::string_view kHidden = "...";

bool is_of_scheme(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+'; }

bool is_port(std::string_view text) {
  return text.size() <= 5 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "host", "host:port", "[::1]:port": what stands before a second colon, or before letters, may be a password.
bool is_place(std::string_view text) {
  const auto bracket = text.starts_with('[') ? text.find(']') : std::string_view::npos;
  const auto host_end = bracket == std::string_view::npos ? std::min(text.find(':'), text.size()) : bracket + 1;
  const auto rest = text.substr(host_end);
  return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
}

struct Parts {
  std::string_view scheme;  // "https://"; empty: none
  std::string_view place;   // host and port
  bool path = false;        // something follows it
  bool more = false;        // something else is there
};

Parts parts_of(std::string_view url) {
  const auto scheme = std::min(url.find("://"), url.size());
  const auto first_end = url.find_first_of("/?#\\@");
  const bool has_scheme =
      scheme < first_end && std::all_of(url.begin(), url.begin() + static_cast<std::ptrdiff_t>(scheme), is_of_scheme);
  Parts parts;
  if (has_scheme) parts.scheme = url.substr(0, scheme + 3);
  const auto rest = url.substr(parts.scheme.size());
  const auto authority = rest.substr(0, rest.find_first_of("/?#\\"));
  const auto at = authority.rfind('@');
  parts.place = at == std::string_view::npos ? authority : authority.substr(at + 1);
  const auto behind = rest.substr(authority.size());
  parts.path = !behind.empty() && behind != "/";
  parts.more = at != std::string_view::npos || parts.path;
  // A password with a slash ends the authority too early: then the place is none, and the host follows an "@".
  if (!is_place(parts.place)) parts = {parts.scheme, {}, true, true};
  return parts;
}

}  // namespace

std::string shown_server(std::string_view url) {
  const auto parts = parts_of(url);
  const auto shown = escaped(cut_text(parts.scheme, kMostHost)) + escaped(cut_text(parts.place, kMostHost));
  return parts.place.empty() && parts.more ? shown + std::string(kHidden) : shown;
}

std::string shown_url(std::string_view url) {
  const auto parts = parts_of(url);
  return shown_server(url) + (parts.path && !parts.place.empty() ? "/" + std::string(kHidden) : "");
}

bool is_of_this_machine(std::string_view url) {
  const auto place = parts_of(url).place;
  if (place.starts_with("[::1]")) return true;
  const auto host = place.substr(0, place.find(':'));
  const bool address = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || (address && host.starts_with("127."));
}

bool holds_secret(std::string_view url) { return parts_of(url).more; }

}  // namespace dz
