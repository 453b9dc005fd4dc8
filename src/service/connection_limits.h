// What connections may cost a daemon (net/connections.h): as settings that every daemon has, and on its /metrics.
#pragma once

#include <cstdint>
#include <string>

#include "net/connections.h"
#include "service/metrics.h"
#include "service/settings.h"

namespace dz::service {

// The limits in the units of the settings.
struct ConnectionSettings {
  std::uint32_t connections = 1024, of_peer = 256, buffers_mib = 256, unread_kib = 4096, fragments = 1024;
  Duration deadline = std::chrono::seconds{30}, idle = std::chrono::minutes{2};
  bool operator==(const ConnectionSettings&) const = default;
};

// The flags, each of which is a key below `table` ("listen." or nothing). Both outlive this.
void declare_connections(Settings& settings, ConnectionSettings& wanted, const std::string& table);
// Those of a daemon that speaks WebSocket.
void declare_websockets(Settings& settings, ConnectionSettings& wanted, const std::string& table);

net::ConnectionLimits limits_of(const ConnectionSettings& wanted);
// Refused: no room for one body of the size that is taken.
Result<void> check_connections(const ConnectionSettings& wanted, std::size_t max_body);

// Limits, what is in use, and who was turned away for what.
void add_connections(MetricsPage& page, const net::Connections& connections);

}  // namespace dz::service
