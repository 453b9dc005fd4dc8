#include "net/browser_guard.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/safe_text.h"
#include "net/host_name.h"

namespace dz::net {
namespace {

constexpr std::size_t kMostShown = 100;  // of what a client sent, in an answer
constexpr const char* kKeep = "3600";    // seconds that a browser remembers a preflight
constexpr const char* kMethods = "GET, HEAD, POST";

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return out;
}

// "https://name:8443". The port is that of the scheme when none is written; nothing else may stand behind it.
std::optional<HostName> place_of_origin(std::string_view origin) {
  for (const auto& [scheme, port] : {std::pair{"http://", "80"}, std::pair{"https://", "443"}}) {
    if (!lower(origin).starts_with(scheme)) continue;
    auto place = parse_host_name(origin.substr(std::string_view(scheme).size()));
    if (place && place->port.empty()) place->port = port;
    return place;
  }
  return std::nullopt;
}

std::vector<std::string_view> all_of(const BrowserGuard::Headers& headers, std::string_view name) {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : headers) {
    if (key == name) values.push_back(value);
  }
  return values;
}

bool has(const BrowserGuard::Headers& headers, std::string_view name) { return !all_of(headers, name).empty(); }

bool says(const BrowserGuard::Headers& headers, std::string_view name, std::string_view value) {
  const auto values = all_of(headers, name);
  return std::find(values.begin(), values.end(), value) != values.end();
}

// Of "http://name/path", as a proxy is asked: what stands there counts as Host does.
std::string_view authority_of(std::string_view target) {
  const auto scheme = target.find("://");
  if (target.starts_with('/') || scheme == std::string_view::npos) return {};
  const auto rest = target.substr(scheme + 3);
  return rest.substr(0, rest.find_first_of("/?#"));
}

bool is_preflight(const BrowserGuard::Request& request) {
  return request.method == "OPTIONS" && has(request.headers, "origin") &&
         has(request.headers, "access-control-request-method");
}

// A page's own picture, script or form without Origin, asked of another site: such a page cannot be told who it is.
// Following a link is not one of these.
bool is_embedded_elsewhere(const BrowserGuard::Headers& headers) {
  const bool elsewhere = says(headers, "sec-fetch-site", "cross-site") || says(headers, "sec-fetch-site", "same-site");
  return elsewhere && !says(headers, "sec-fetch-mode", "navigate");
}

}  // namespace

Result<void> check_browser_rules(const BrowserRules& rules) {
  for (const auto& host : rules.hosts) {
    if (parse_host_name(host)) continue;
    return refused(
        fmt::format("allow-host: expected a name or an address, with or without a port, such as "
                    "monitor.example.org or [2001:db8::1]:8443, found '{}'",
                    one_line(host, kMostShown)));
  }
  for (const auto& origin : rules.origins) {
    if (origin == "*" || place_of_origin(origin)) continue;
    return refused(
        fmt::format("cors: expected the origin of a page, without a path, such as http://localhost:3000, "
                    "or * for every page, found '{}'",
                    one_line(origin, kMostShown)));
  }
  return {};
}

bool is_loopback_address(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address == "localhost" ||
         address.starts_with("::ffff:127.");
}

BrowserGuard::BrowserGuard(std::string_view address, std::uint16_t port, BrowserRules rules)
    : guarded_(is_loopback_address(address) || !rules.hosts.empty()),
      own_(lower(address)),
      port_(std::to_string(port)),
      rules_(std::move(rules)) {}

bool BrowserGuard::own_host(std::string_view host) const {
  const auto place = parse_host_name(host);
  if (!place) return false;
  if (is_this_machine(place->host) || place->host == own_) return true;
  return std::any_of(rules_.hosts.begin(), rules_.hosts.end(), [&](const auto& allowed) {
    const auto known = parse_host_name(allowed);
    return known && known->host == place->host && (known->port.empty() || known->port == place->port);
  });
}

// The page came from here: by the name that it asks, by an allowed name (a proxy may have changed Host), or by another
// name of this machine with this very port.
bool BrowserGuard::own_origin(std::string_view origin, std::string_view host) const {
  const auto from = place_of_origin(origin);
  if (!from) return false;
  const auto asked = parse_host_name(host);
  const auto scheme_port = lower(origin).starts_with("https://") ? "443" : "80";
  if (asked && from->host == asked->host && from->port == (asked->port.empty() ? scheme_port : asked->port))
    return true;
  if ((is_this_machine(from->host) || from->host == own_) && from->port == port_) return true;
  return std::any_of(rules_.hosts.begin(), rules_.hosts.end(), [&](const auto& allowed) {
    const auto known = parse_host_name(allowed);
    return known && known->host == from->host && (known->port.empty() || known->port == from->port);
  });
}

bool BrowserGuard::opened_to(std::string_view origin) const {
  const auto same = [&](const auto& allowed) { return allowed == "*" || lower(allowed) == lower(origin); };
  return std::any_of(rules_.origins.begin(), rules_.origins.end(), same);
}

std::optional<BrowserGuard::Answer> BrowserGuard::judge(const Request& request) const {
  if (guarded_) {
    if (auto refusal = judge_host(request)) return refusal;
    if (auto refusal = judge_origin(request)) return refusal;
  }
  if (!is_preflight(request)) return std::nullopt;
  if (!opened_to(all_of(request.headers, "origin").front())) return std::nullopt;
  return answer_preflight(request);
}

std::optional<BrowserGuard::Answer> BrowserGuard::judge_host(const Request& request) const {
  auto hosts = all_of(request.headers, "host");
  if (const auto authority = authority_of(request.target); !authority.empty()) hosts.push_back(authority);
  for (const auto host : hosts) {
    if (host.empty() || own_host(host)) continue;
    std::string known = "localhost, 127.0.0.1, [::1]";
    if (!is_this_machine(own_)) known += ", " + own_;
    for (const auto& allowed : rules_.hosts) known += ", " + allowed;
    return Answer{403,
                  fmt::format("expected a Host that is this server ({}), found '{}': allow another name with "
                              "--allow-host NAME",
                              known, one_line(host, kMostShown)),
                  {}};
  }
  return std::nullopt;
}

std::optional<BrowserGuard::Answer> BrowserGuard::judge_origin(const Request& request) const {
  const auto hosts = all_of(request.headers, "host");
  const auto host = hosts.empty() ? std::string_view{} : hosts.front();
  const auto origins = all_of(request.headers, "origin");
  for (const auto origin : origins) {
    if (own_origin(origin, host) || opened_to(origin)) continue;
    return Answer{403,
                  fmt::format("expected no page of another site, found the Origin '{}': allow its pages to ask with "
                              "--cors ORIGIN",
                              one_line(origin, kMostShown)),
                  {}};
  }
  if (!origins.empty() || !is_embedded_elsewhere(request.headers)) return std::nullopt;
  if (opened_to("*")) return std::nullopt;
  return Answer{403,
                "expected no page of another site, found a request that one embeds (Sec-Fetch-Site): allow its pages "
                "to ask with --cors ORIGIN, and have them ask with CORS",
                {}};
}

BrowserGuard::Answer BrowserGuard::answer_preflight(const Request& request) const {
  Answer answer{204, {}, answer_headers(request.headers)};
  answer.headers.emplace_back("Access-Control-Allow-Methods", kMethods);
  const auto asked = all_of(request.headers, "access-control-request-headers");
  const std::string names = asked.empty() ? "content-type" : header_value(asked.front());
  answer.headers.emplace_back("Access-Control-Allow-Headers", names);
  answer.headers.emplace_back("Access-Control-Max-Age", kKeep);
  if (says(request.headers, "access-control-request-private-network", "true")) {
    answer.headers.emplace_back("Access-Control-Allow-Private-Network", "true");
  }
  return answer;
}

BrowserGuard::Headers BrowserGuard::answer_headers(const Headers& request) const {
  if (rules_.origins.empty()) return {};
  Headers headers{{"Vary", "Origin"}};
  const auto origins = all_of(request, "origin");
  if (origins.empty() || !opened_to(origins.front())) return headers;
  const bool all = std::find(rules_.origins.begin(), rules_.origins.end(), "*") != rules_.origins.end();
  headers.emplace_back("Access-Control-Allow-Origin", all ? "*" : std::string(origins.front()));
  return headers;
}

}  // namespace dz::net
