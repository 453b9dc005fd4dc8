// Users and access passes.
#include "program/runtime/validate.h"

#include <fmt/format.h>

namespace dz::program {
namespace {

constexpr std::uint16_t kEndOfTunnelIds = 4596;

Check check_routable(std::string_view what, Ipv4 ip, wire::ProgramError error) {
  if (is_global(ip)) return {};
  return reject(error, fmt::format("{} {} is not routable on the internet", what, to_text(ip)));
}

}  // namespace

Check validate(const User& user) {
  if (user.status == UserStatus::Deleting || user.status == UserStatus::Banned) return {};
  if (user.device.is_zero()) return reject(wire::ProgramError::InvalidDevicePubkey, "a user needs a device");
  DZ_TRY(check_routable("client_ip", user.client_ip, wire::ProgramError::InvalidClientIp));
  DZ_TRY(check_routable("dz_ip", user.dz_ip, wire::ProgramError::InvalidDzIp));
  if (!is_link_local(user.tunnel_net.address)) {
    return reject(wire::ProgramError::InvalidTunnelNet,
                  fmt::format("tunnel_net is {}, expected one of 169.254/16", to_text(user.tunnel_net)));
  }
  if (user.tunnel_id >= kEndOfTunnelIds) {
    return reject(wire::ProgramError::InvalidTunnelId,
                  fmt::format("tunnel_id is {}, expected less than {}", user.tunnel_id, kEndOfTunnelIds));
  }
  if (user.tunnel_endpoint == Ipv4{}) return {};
  return check_routable("tunnel_endpoint", user.tunnel_endpoint, wire::ProgramError::InvalidTunnelEndpoint);
}

Check validate(const AccessPass& pass) {
  const bool of_a_node =
      pass.type.kind == AccessPassKind::SolanaValidator || pass.type.kind == AccessPassKind::SolanaRpc;
  if (!of_a_node || !pass.type.node.is_zero()) return {};
  return reject(wire::ProgramError::InvalidSolanaPubkey,
                fmt::format("a pass of type {} names no key", to_text(pass.type.kind)));
}

}  // namespace dz::program
