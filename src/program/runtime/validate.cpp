#include "program/runtime/validate.h"

#include <algorithm>

#include <fmt/format.h>

#include "domain/interface_name.h"
#include "domain/link_limits.h"

namespace dz::program {
namespace {

constexpr std::size_t kMaxCode = 32, kMaxName = 64, kMaxTopologies = 8;
constexpr std::uint16_t kMaxTunnelId = 1024, kMaxVlan = 4094;
constexpr std::uint32_t kMaxAsn = 4294967294;
constexpr std::uint64_t kMinDelayNs = 10'000, kMaxDelayNs = 1'000'000'000;

// ASCII only: a pure program carries no table of the world's letters.
bool is_code_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' || c == '_' || c == '-';
}

Check check_length(std::string_view what, std::string_view text, std::size_t most, wire::ProgramError error) {
  if (text.size() <= most) return {};
  return reject(error, fmt::format("{} has {} bytes, at most {} are allowed", what, text.size(), most));
}

template <typename Number>
struct Range {
  Number least, most;
};

template <typename Number>
Check check_range(std::string_view what, Number value, std::type_identity_t<Range<Number>> range,
                  wire::ProgramError error) {
  if (value >= range.least && value <= range.most) return {};  // written so that a NaN fails
  return reject(error, fmt::format("{} is {}, expected {} to {}", what, value, range.least, range.most));
}

Check check_names(const std::string& code, const std::string& name) {
  DZ_TRY(check_code(code));
  DZ_TRY(check_length("code", code, kMaxCode, wire::ProgramError::CodeTooLong));
  return check_length("name", name, kMaxName, wire::ProgramError::NameTooLong);
}

Check check_position(double lat, double lng) {
  DZ_TRY(check_range("latitude", lat, {-90.0, 90.0}, wire::ProgramError::InvalidLatitude));
  return check_range("longitude", lng, {-180.0, 180.0}, wire::ProgramError::InvalidLongitude);
}

Check check_addresses(const Device& device) {
  if (device.type != DeviceType::Transit && !is_global(device.public_ip)) {
    return reject(wire::ProgramError::InvalidPublicIp,
                  fmt::format("public_ip {} is not routable on the internet; only a transit device may have such",
                              to_text(device.public_ip)));
  }
  if (device.dz_prefixes.empty())
    return reject(wire::ProgramError::NoDzPrefixes, "a device needs at least one dz_prefix");
  for (const auto& prefix : device.dz_prefixes) {
    if (!is_global(prefix.address)) {
      return reject(wire::ProgramError::InvalidDzPrefix,
                    fmt::format("dz_prefix {} is not routable on the internet", to_text(prefix)));
    }
  }
  return {};
}

Check validate(const Interface& i) {
  if (i.status == InterfaceStatus::Deleting) return {};
  if (const auto name = normalise_interface_name(i.name); !name) {
    return reject(wire::ProgramError::InvalidInterfaceName, name.error().message);
  }
  DZ_TRY(check_vlan(i));
  DZ_TRY(check_cyoa(i));
  const bool free_choice = is_edge(i) || (i.type == InterfaceType::Loopback && i.user_tunnel_endpoint);
  const bool private_ip = is_rfc1918(i.ip_net.address) || is_link_local(i.ip_net.address);
  if (!i.ip_net.is_default() && !free_choice && !private_ip) {
    return reject(wire::ProgramError::InvalidInterfaceIp,
                  fmt::format("{} has {}, expected a private or link-local address", i.name, to_text(i.ip_net)));
  }
  return {};
}

}  // namespace

Check check_vlan(const Interface& i) {
  return check_range("vlan_id", i.vlan_id, {0, kMaxVlan}, wire::ProgramError::InvalidVlanId);
}

Check check_cyoa(const Interface& i) {
  if (i.cyoa == Cyoa::None || i.type == InterfaceType::Physical) return {};
  return reject(wire::ProgramError::CyoaRequiresPhysical, fmt::format("{} is not physical; CYOA needs a port", i.name));
}

Check check_code(std::string_view code) {
  if (std::all_of(code.begin(), code.end(), is_code_character)) return {};
  return reject(wire::ProgramError::InvalidAccountCode,
                "a code has letters, digits, ':', '_' and '-' only; found something else");
}

Outcome<std::string> lower_case_code(std::string_view code) {
  DZ_TRY(check_code(code));
  std::string lower(code);
  for (auto& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

Check validate(const ProgramConfig& config) {
  if (config.min_compatible_version <= config.version) return {};
  return reject(wire::ProgramError::InvalidMinCompatibleVersion,
                fmt::format("min_compatible_version {} is above the program's version {}",
                            to_text(config.min_compatible_version), to_text(config.version)));
}

Check validate(const GlobalState& state) {
  if (!state.foundation_allowlist.empty()) return {};
  return reject(wire::ProgramError::InvalidFoundationAllowlist, "the foundation allowlist may not become empty");
}

Check validate(const GlobalConfig& config) {
  DZ_TRY(check_range("local_asn", config.local_asn, {1, kMaxAsn}, wire::ProgramError::InvalidLocalAsn));
  return check_range("remote_asn", config.remote_asn, {1, kMaxAsn}, wire::ProgramError::InvalidRemoteAsn);
}

Check validate(const Location& location) {
  DZ_TRY(check_names(location.code, location.name));
  if (location.country.size() != 2) {
    return reject(wire::ProgramError::InvalidCountryCode,
                  fmt::format("country has {} bytes, expected a code of 2 letters", location.country.size()));
  }
  return check_position(location.lat, location.lng);
}

Check validate(const Exchange& exchange) {
  DZ_TRY(check_names(exchange.code, exchange.name));
  DZ_TRY(check_position(exchange.lat, exchange.lng));
  if (exchange.bgp_community != 0) {
    DZ_TRY(check_range("bgp_community", exchange.bgp_community, {kFirstBgpCommunity, kLastBgpCommunity},
                       wire::ProgramError::InvalidBgpCommunity));
  }
  if (!exchange.device1.is_zero() && exchange.device1 == exchange.device2) {
    return reject(wire::ProgramError::InvalidDevicePubkey, "device1 and device2 of an exchange are the same device");
  }
  return {};
}

Check validate(const Contributor& contributor) {
  DZ_TRY(check_code(contributor.code));
  return check_length("code", contributor.code, kMaxCode, wire::ProgramError::CodeTooLong);
}

Check validate(const Device& device) {
  DZ_TRY(check_code(device.code));
  DZ_TRY(check_length("code", device.code, kMaxCode, wire::ProgramError::CodeTooLong));
  DZ_TRY(check_code(device.mgmt_vrf));
  DZ_TRY(check_length("mgmt_vrf", device.mgmt_vrf, kMaxCode, wire::ProgramError::CodeTooLong));
  if (device.location.is_zero()) return reject(wire::ProgramError::InvalidLocation, "a device needs a location");
  if (device.exchange.is_zero()) return reject(wire::ProgramError::InvalidExchange, "a device needs an exchange");
  DZ_TRY(check_addresses(device));
  for (const auto& i : device.interfaces) DZ_TRY(validate(i));
  return {};
}

Check validate(const Link& link) {
  if (link.status == Status::Deleting) return {};
  DZ_TRY(check_code(link.code));
  if (link.status != Status::Requested && !is_rfc1918(link.tunnel_net.address)) {
    return reject(wire::ProgramError::InvalidTunnelNet,
                  fmt::format("tunnel_net is {}, expected a private network", to_text(link.tunnel_net)));
  }
  DZ_TRY(check_range("tunnel_id", link.tunnel_id, {0, kMaxTunnelId}, wire::ProgramError::InvalidTunnelId));
  DZ_TRY(check_range("bandwidth", link.bandwidth, {kMinLinkBandwidth, kMaxLinkBandwidth},
                     wire::ProgramError::InvalidBandwidth));
  DZ_TRY(check_range("delay_ns", link.delay_ns, {kMinDelayNs, kMaxDelayNs}, wire::ProgramError::InvalidDelay));
  DZ_TRY(check_range("jitter_ns", link.jitter_ns, {kMinDelayNs, kMaxDelayNs}, wire::ProgramError::InvalidJitter));
  if (link.delay_override_ns != 0) {
    DZ_TRY(check_range("delay_override_ns", link.delay_override_ns, {kMinDelayNs, kMaxDelayNs},
                       wire::ProgramError::InvalidDelay));
  }
  if (!link.side_a.is_zero() && link.side_a == link.side_z) {
    return reject(wire::ProgramError::InvalidDevicePubkey, "side A and side Z are the same device");
  }
  if (link.topologies.size() > kMaxTopologies) {
    return reject(wire::ProgramError::InvalidArgument,
                  fmt::format("{} topologies, at most {} are allowed", link.topologies.size(), kMaxTopologies));
  }
  return {};
}

Check validate(const Permission& permission) {
  if ((permission.permissions & permission::kDefined) != 0) return {};
  return reject(wire::ProgramError::InvalidArgument, "a permission account needs at least one defined permission");
}

// Nothing to add: their writers build them whole.
Check validate(const ResourceExtension&) { return {}; }
Check validate(const Topology&) { return {}; }
Check validate(const Index&) { return {}; }
Check validate(const LatencySamples&) { return {}; }
Check validate(const InternetLatencySamples&) { return {}; }

}  // namespace dz::program
