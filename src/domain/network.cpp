#include "domain/network.h"

#include <charconv>

#include <fmt/format.h>

namespace dz {
namespace {

struct Block {
  std::uint32_t base;
  int prefix;
};

constexpr std::uint32_t mask_of(int prefix) { return prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - prefix); }
constexpr std::uint32_t quad(std::uint32_t a, std::uint32_t b = 0, std::uint32_t c = 0) {
  return a << 24 | b << 16 | c << 8;
}
constexpr bool in_block(std::uint32_t ip, Block block) { return (ip & mask_of(block.prefix)) == block.base; }

constexpr Block kNotGlobal[] = {{quad(0), 8},
                                {quad(10), 8},
                                {quad(100, 64), 10},
                                {quad(127), 8},
                                {quad(169, 254), 16},
                                {quad(172, 16), 12},
                                {quad(192, 0, 0), 24},
                                {quad(192, 0, 2), 24},
                                {quad(192, 168), 16},
                                {quad(198, 51, 100), 24},
                                {quad(203, 0, 113), 24},
                                {quad(224), 4},
                                {quad(240), 4}};

}  // namespace

Ipv4 ipv4_from(std::uint32_t n) {
  return {{static_cast<std::uint8_t>(n >> 24), static_cast<std::uint8_t>(n >> 16), static_cast<std::uint8_t>(n >> 8),
           static_cast<std::uint8_t>(n)}};
}

bool NetworkV4::contains(Ipv4 ip) const { return ((ip.number() ^ address.number()) & mask_of(prefix)) == 0; }

std::string to_text(Ipv4 ip) {
  return fmt::format("{}.{}.{}.{}", ip.octets[0], ip.octets[1], ip.octets[2], ip.octets[3]);
}
std::string to_text(NetworkV4 net) { return fmt::format("{}/{}", to_text(net.address), net.prefix); }

Result<Ipv4> parse_ipv4(std::string_view text) {
  Ipv4 ip;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t i = 0; i < 4; ++i) {
    unsigned value = 0;
    const auto [stop, error] = std::from_chars(at, end, value);
    const bool separated = i == 3 ? stop == end : stop != end && *stop == '.';
    if (error != std::errc{} || value > 255 || stop - at > 3 || !separated) {
      return refused("IPv4 address '" + std::string(text.substr(0, 40)) +
                     "': expected four numbers 0-255, such as 195.219.220.58");
    }
    ip.octets[i] = static_cast<std::uint8_t>(value);
    at = stop + 1;
  }
  return ip;
}

Result<NetworkV4> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto bad = [&] {
    return refused("network '" + std::string(text.substr(0, 40)) +
                   "': expected address/prefix, such as 195.219.121.96/28");
  };
  if (slash == std::string_view::npos) return bad();
  const auto ip = parse_ipv4(text.substr(0, slash));
  unsigned prefix = 0;
  const auto digits = text.substr(slash + 1);
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (!ip || error != std::errc{} || stop != digits.data() + digits.size() || prefix > 32) return bad();
  return NetworkV4{*ip, static_cast<std::uint8_t>(prefix)};
}

bool is_global(Ipv4 ip) {
  for (const auto& block : kNotGlobal) {
    if (in_block(ip.number(), block)) return false;
  }
  return true;
}
bool is_rfc1918(Ipv4 ip) {
  const auto n = ip.number();
  return in_block(n, {quad(10), 8}) || in_block(n, {quad(172, 16), 12}) || in_block(n, {quad(192, 168), 16});
}
bool is_link_local(Ipv4 ip) { return in_block(ip.number(), {quad(169, 254), 16}); }

}  // namespace dz
