#include "wire/addresses.h"

#include <array>
#include <initializer_list>

#include "base/check.h"

namespace dz::wire {
namespace {

ProgramAddress derive(const Pubkey& program, std::initializer_list<ByteView> seeds) {
  return find_program_address({seeds.begin(), seeds.size()}, program);
}

const ByteView kRoot = as_bytes("doublezero");

template <typename Number>
std::array<std::uint8_t, sizeof(Number)> little_endian(Number number) {
  std::array<std::uint8_t, sizeof(Number)> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return bytes;
}

ProgramAddress indexed(const Pubkey& program, std::string_view kind, AccountIndex index) {
  return derive(program, {kRoot, as_bytes(kind), little_endian(index)});
}

constexpr std::string_view seed_of(ResourceKind kind) {
  switch (kind) {
    case ResourceKind::DeviceTunnelBlock: return "devicetunnelblock";
    case ResourceKind::UserTunnelBlock: return "usertunnelblock";
    case ResourceKind::MulticastGroupBlock: return "multicastgroupblock";
    case ResourceKind::MulticastPublisherBlock: return "multicastpublisherblock";
    case ResourceKind::DzPrefixBlock: return "dzprefixblock";
    case ResourceKind::TunnelIds: return "tunnelids";
    case ResourceKind::LinkIds: return "linkids";
    case ResourceKind::SegmentRoutingIds: return "segmentroutingids";
    case ResourceKind::VrfIds: return "vrfids";
    case ResourceKind::AdminGroupBits: return "admingroupbits";
  }
  return "";
}

}  // namespace

ProgramAddress global_state_address(const Pubkey& program) { return derive(program, {kRoot, as_bytes("globalstate")}); }
ProgramAddress global_config_address(const Pubkey& program) { return derive(program, {kRoot, as_bytes("config")}); }
ProgramAddress program_config_address(const Pubkey& program) {
  return derive(program, {kRoot, as_bytes("programconfig")});
}

ProgramAddress location_address(const Pubkey& program, AccountIndex index) {
  return indexed(program, "location", index);
}
ProgramAddress exchange_address(const Pubkey& program, AccountIndex index) {
  return indexed(program, "exchange", index);
}
ProgramAddress contributor_address(const Pubkey& program, AccountIndex index) {
  return indexed(program, "contributor", index);
}
ProgramAddress device_address(const Pubkey& program, AccountIndex index) { return indexed(program, "device", index); }
ProgramAddress link_address(const Pubkey& program, AccountIndex index) { return indexed(program, "link", index); }

ProgramAddress permission_address(const Pubkey& program, const Pubkey& user_payer) {
  return derive(program, {kRoot, as_bytes("permission"), user_payer.view()});
}

ProgramAddress user_address(const Pubkey& program, Ipv4 client_ip, UserType type) {
  const std::array<std::uint8_t, 1> kind{static_cast<std::uint8_t>(type)};
  return derive(program, {kRoot, as_bytes("user"), client_ip.octets, kind});
}
ProgramAddress old_user_address(const Pubkey& program, AccountIndex index) { return indexed(program, "user", index); }

ProgramAddress access_pass_address(const Pubkey& program, Ipv4 client_ip, const Pubkey& user_payer) {
  return derive(program, {kRoot, as_bytes("accesspass"), client_ip.octets, user_payer.view()});
}

ProgramAddress topology_address(const Pubkey& program, std::string_view name) {
  const auto stored = topology_name(name);
  return derive(program, {kRoot, as_bytes("topology"), as_bytes(stored)});
}

std::string topology_name(std::string_view name) {
  std::string stored(name);
  for (auto& c : stored) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return stored;
}

ProgramAddress index_address(const Pubkey& program, std::string_view entity_seed, std::string_view key) {
  const auto stored = index_key(key);
  return derive(program, {kRoot, as_bytes("index"), as_bytes(entity_seed), as_bytes(stored)});
}

std::string index_key(std::string_view key) {
  std::string stored(key);
  for (auto& c : stored) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return stored;
}

ProgramAddress resource_address(const Pubkey& program, const ResourceType& resource) {
  const auto seed = as_bytes(seed_of(resource.kind));
  if (!belongs_to_device(resource.kind)) return derive(program, {kRoot, seed});
  return derive(program, {kRoot, seed, resource.device.view(), little_endian(resource.index)});
}

ProgramAddress resource_address(const Pubkey& program, ResourceKind kind) {
  DZ_CHECK(!belongs_to_device(kind));
  return resource_address(program, ResourceType{kind, {}, 0});
}

ProgramAddress tunnel_ids_address(const Pubkey& program, const Pubkey& device, std::uint64_t index) {
  return resource_address(program, {ResourceKind::TunnelIds, device, index});
}

ProgramAddress dz_prefix_block_address(const Pubkey& program, const Pubkey& device, std::uint64_t index) {
  return resource_address(program, {ResourceKind::DzPrefixBlock, device, index});
}

ProgramAddress latency_samples_address(const Pubkey& telemetry_program, const Pubkey& origin_device,
                                       const Pubkey& target_device, const Pubkey& link, std::uint64_t epoch) {
  return derive(telemetry_program, {as_bytes("telemetry"), as_bytes("dzlatency"), origin_device.view(),
                                    target_device.view(), link.view(), little_endian(epoch)});
}

ProgramAddress internet_latency_samples_address(const Pubkey& telemetry_program, const Pubkey& oracle_agent,
                                                const InternetPath& path) {
  return derive(telemetry_program,
                {as_bytes("telemetry"), as_bytes("inetlatency"), oracle_agent.view(), as_bytes(path.data_provider),
                 path.origin_exchange.view(), path.target_exchange.view(), little_endian(path.epoch)});
}

}  // namespace dz::wire
