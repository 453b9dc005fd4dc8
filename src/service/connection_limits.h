// What connections may cost a daemon (net/connections.h): as settings that every daemon has, and on its /metrics.
#pragma once

#include <cstdint>
#include <string>

#include "net/connections.h"
#include "net/http_server.h"
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
// The same below the page of a daemon whose own metrics know nothing of its sockets; other answers stay as they are.
net::HttpResponse with_connections(net::HttpResponse answer, const net::HttpRequest& request, const std::string& prefix,
                                   const net::Connections& connections);

// The answer to a request that is given later, likewise. `connections` outlives it.
net::Answer with_connections(net::Answer done, const net::HttpRequest& request, const std::string& prefix,
                             const net::Connections& connections);

}  // namespace dz::service
