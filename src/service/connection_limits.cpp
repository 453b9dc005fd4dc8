#include "service/connection_limits.h"

#include <fmt/format.h>

namespace dz::service {
namespace {

constexpr std::size_t kMib = 1U << 20;
constexpr SpanRange kDeadline{std::chrono::seconds{1}, std::chrono::hours{1}};

SettingNames names(const std::string& name, const std::string& table) {
  if (table.empty()) return {"--" + name, {}};
  std::string key = name;
  for (auto& c : key) c = c == '-' ? '_' : c;
  return {"--" + name, table + key};
}

}  // namespace

void declare_connections(Settings& settings, ConnectionSettings& wanted, const std::string& table) {
  settings.number(names("max-connections", table), wanted.connections, {1, 1'000'000},
                  "Open at once; for one more, the longest idle gives way");
  settings.number(names("max-peer-connections", table), wanted.of_peer, {1, 1'000'000},
                  "The same of one address that is not of this machine");
  settings.number(names("max-buffers-mib", table), wanted.buffers_mib, {1, 1'000'000},
                  "What all connections hold of bodies and answers; beyond it, 503 is answered");
  settings.span(names("request-deadline", table), wanted.deadline, kDeadline,
                "To send one request, and to read one answer");
  settings.span(names("idle-timeout", table), wanted.idle, kDeadline, "A connection without a request is closed");
}

void declare_websockets(Settings& settings, ConnectionSettings& wanted, const std::string& table) {
  settings.number(names("max-unread-kib", table), wanted.unread_kib, {64, 1'000'000},
                  "What may wait for one WebSocket that does not read; beyond it, it is closed");
  settings.number(names("max-fragments", table), wanted.fragments, {1, 1'000'000},
                  "Pieces of one WebSocket message, and pings in 10 s");
}

net::ConnectionLimits limits_of(const ConnectionSettings& wanted) {
  return {.connections = wanted.connections,
          .of_peer = wanted.of_peer,
          .unread = std::size_t{wanted.unread_kib} << 10U,
          .buffers = wanted.buffers_mib * kMib,
          .fragments = wanted.fragments,
          .deadline = wanted.deadline,
          .idle = wanted.idle};
}

Result<void> check_connections(const ConnectionSettings& wanted, std::size_t max_body) {
  if (wanted.buffers_mib * kMib >= 2 * max_body) return {};
  return refused(fmt::format("max-buffers-mib: expected at least {}, room for two bodies, found {}",
                             (2 * max_body + kMib - 1) / kMib, wanted.buffers_mib));
}

void add_connections(MetricsPage& page, const net::Connections& connections) {
  const auto& limits = connections.limits();
  const auto number = [](auto n) { return static_cast<double>(n); };
  page.gauge("connections", "Open connections", number(connections.open()));
  page.gauge("connections_limit", "How many may be open at once", number(limits.connections));
  page.gauge("peer_connections", "Open connections of the busiest address that is not of this machine",
             number(connections.open_of_busiest_peer()));
  page.gauge("peer_connections_limit", "How many one such address may have", number(limits.of_peer));
  page.gauge("connection_bytes", "Bodies and unread answers that connections hold", number(connections.bytes()));
  page.gauge("connection_bytes_limit", "How many bytes they may hold", number(limits.buffers));
  page.gauge("websocket_unread_bytes_limit", "How many bytes may wait for one WebSocket", number(limits.unread));
  page.gauge("websocket_fragments_limit", "Pieces of one WebSocket message", number(limits.fragments));
  page.gauge("request_deadline_seconds", "To send one request, and to read one answer",
             std::chrono::duration<double>(limits.deadline).count());
  for (std::size_t i = 0; i < net::kTurnedAwayKinds; ++i) {
    const auto why = static_cast<net::TurnedAway>(i);
    page.counter("connections_turned_away_total", "Refused, or closed before the end",
                 number(connections.turned_away(why)), {{"reason", std::string(net::to_text(why))}});
  }
}

}  // namespace dz::service
