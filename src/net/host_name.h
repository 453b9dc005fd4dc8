// The host of a Host header or of an origin, as far as it says whom somebody means. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dz::net {

// "[::1]:8899" -> "::1" and "8899". Lower case, without the dot that may end a name; the port is empty when none is
// written.
struct HostName {
  std::string host, port;
};
std::optional<HostName> parse_host_name(std::string_view text);

// Names of this machine that no other machine can take. host: as parsed.
bool is_this_machine(std::string_view host);
// A Host header that is this machine whoever asks: localhost, 127.0.0.1, [::1], with or without a port.
bool names_this_machine(std::string_view host);

}  // namespace dz::net
