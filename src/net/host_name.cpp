#include "net/host_name.h"

#include <algorithm>

namespace dz::net {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return out;
}

bool all_of_digits(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  });
}

}  // namespace

std::optional<HostName> parse_host_name(std::string_view text) {
  const auto written = lower(text);
  HostName place;
  std::string_view rest;
  if (written.starts_with('[')) {
    const auto end = written.find(']');
    if (end == std::string::npos) return std::nullopt;
    place.host = written.substr(1, end - 1);
    rest = std::string_view(written).substr(end + 1);
    if (place.host.find_first_not_of("0123456789abcdef:.") != std::string::npos) return std::nullopt;
  } else {
    place.host = written.substr(0, written.find(':'));
    rest = std::string_view(written).substr(place.host.size());
    if (!is_name(place.host)) return std::nullopt;
    if (place.host.ends_with('.')) place.host.pop_back();
  }
  if (place.host.empty()) return std::nullopt;
  if (rest.empty()) return place;
  if (rest.front() != ':' || !all_of_digits(rest.substr(1))) return std::nullopt;
  place.port = rest.substr(1);
  return place;
}

bool is_this_machine(std::string_view host) { return host == "localhost" || host == "127.0.0.1" || host == "::1"; }

bool names_this_machine(std::string_view host) {
  const auto parsed = parse_host_name(host);
  return parsed && is_this_machine(parsed->host);
}

}  // namespace dz::net
