#include "monitor/callers.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/base64.h"
#include "net/browser_guard.h"
#include "net/host_name.h"

namespace dz::monitor {
namespace {

// Beside a monitor that holds the same minutes already. Some 30 KB a record.
constexpr std::size_t kMostRecords = 10'000;

// What proxies add.
constexpr std::array<std::string_view, 4> kHandedOn{"forwarded", "x-forwarded-for", "x-real-ip", "via"};

}  // namespace

std::string token_of(const net::HttpRequest& request) {
  const auto header = request.header("authorization");
  for (const std::string_view scheme : {"Token ", "Bearer "}) {
    if (header.starts_with(scheme)) return std::string(header.substr(scheme.size()));
  }
  if (header.starts_with("Basic ")) {
    const auto decoded = decode_base64(header.substr(6));
    if (!decoded) return {};
    const auto text = as_text(*decoded);
    const auto colon = text.find(':');
    return colon == std::string_view::npos ? std::string() : std::string(text.substr(colon + 1));
  }
  return request.query_value("p");
}

bool is_asked_here(const net::HttpRequest& request) {
  const auto handed_on = [&](std::string_view name) { return !request.header(name).empty(); };
  return net::is_loopback_address(request.remote) && net::names_this_machine(request.header("host")) &&
         std::none_of(kHandedOn.begin(), kHandedOn.end(), handed_on);
}

std::optional<net::HttpResponse> refuse_backtest(Monitor& monitor, const net::HttpRequest& request) {
  if (!net::is_loopback_address(request.remote) && !monitor.admits(token_of(request))) {
    auto refusal =
        net::error_response(401, "expected one of this monitor's tokens (Authorization: Token ...), found none");
    refusal.headers.emplace_back("WWW-Authenticate", "Token realm=\"doublezero-monitor\"");
    return refusal;
  }
  const auto& records = monitor.ledger().snapshot();
  const auto count = records ? records->links.size() + records->devices.size() : 0;
  if (count <= kMostRecords) return std::nullopt;
  return net::error_response(
      400,
      fmt::format("expected a network of at most {} records, found {}: run `doublezero-monitor backtest` beside the "
                  "monitor, or on a copy of its file",
                  kMostRecords, count));
}

std::optional<net::HttpResponse> refuse_webhook_test(const net::HttpRequest& request) {
  if (is_asked_here(request)) return std::nullopt;
  return net::error_response(403, "a webhook is tested from the monitor's own machine, as http://127.0.0.1, only");
}

}  // namespace dz::monitor
