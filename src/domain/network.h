// IPv4 addresses and prefixes as the ledger keeps them.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dz {

struct Ipv4 {
  std::array<std::uint8_t, 4> octets{};
  auto operator<=>(const Ipv4&) const = default;
  std::uint32_t number() const {
    return std::uint32_t{octets[0]} << 24 | std::uint32_t{octets[1]} << 16 | std::uint32_t{octets[2]} << 8 | octets[3];
  }
};
Ipv4 ipv4_from(std::uint32_t number);

// The address keeps its host bits: 10.0.0.1/24 stays as written. Default 0.0.0.0/0 means "none".
struct NetworkV4 {
  Ipv4 address;
  std::uint8_t prefix = 0;  // 0..32
  auto operator<=>(const NetworkV4&) const = default;
  bool is_default() const { return *this == NetworkV4{}; }
  bool contains(Ipv4 ip) const;
};

std::string to_text(Ipv4 ip);
std::string to_text(NetworkV4 net);
Result<Ipv4> parse_ipv4(std::string_view text);
Result<NetworkV4> parse_network(std::string_view text);  // "10.0.0.0/16"

bool is_global(Ipv4 ip);  // routable on the internet
bool is_rfc1918(Ipv4 ip);
bool is_link_local(Ipv4 ip);  // 169.254/16

}  // namespace dz
