#include "wire/accounts.h"

#include "base/check.h"
#include "wire/account_reading.h"

namespace dz::wire {
namespace {

// One layout a record, for both directions (borsh.h). The type byte before it is written and read by the callers.

template <typename Io, typename T>
void version_fields(Io& io, T& v) {
  io(v.major, v.minor, v.patch);
}

template <typename Io, typename T>
void program_config_fields(Io& io, T& r) {
  io(r.bump);
  version_fields(io, r.version);
  version_fields(io, r.min_compatible_version);
}

template <typename Io, typename T>
void global_config_fields(Io& io, T& r) {
  io(r.owner, r.bump, r.local_asn, r.remote_asn);
  io(r.device_tunnel_block, r.user_tunnel_block, r.multicastgroup_block);
  io(r.next_bgp_community, r.multicast_publisher_block);
}

template <typename Io, typename T>
void location_fields(Io& io, T& r) {
  io(r.owner, r.index, r.bump, r.lat, r.lng, r.loc_id, r.status);
  io(r.code, r.name, r.country, r.reference_count);
}

template <typename Io, typename T>
void exchange_fields(Io& io, T& r) {
  io(r.owner, r.index, r.bump, r.lat, r.lng, r.bgp_community, r.unused, r.status);
  io(r.code, r.name, r.reference_count, r.device1, r.device2);
}

template <typename Io, typename T>
void contributor_fields(Io& io, T& r) {
  io(r.owner, r.index, r.bump, r.status, r.code, r.reference_count, r.ops_manager);
}

template <typename Io, typename T>
void permission_fields(Io& io, T& r) {
  io(r.owner, r.bump, r.status, r.user_payer, r.permissions);
}

template <typename Io, typename T>
void topology_fields(Io& io, T& r) {
  io(r.owner, r.bump, r.name, r.admin_group_bit, r.flex_algo_number, r.constraint, r.reference_count);
}

template <typename Io, typename T>
void index_fields(Io& io, T& r) {
  io(r.entity, r.entity_type, r.key, r.bump);
}

template <typename Io, typename T>
void link_fields(Io& io, T& r, const Profile& profile) {
  io(r.owner, r.index, r.bump, r.side_a, r.side_z, r.type, r.bandwidth, r.mtu, r.delay_ns, r.jitter_ns);
  io(r.tunnel_id, r.tunnel_net);
  io.word(r.status, profile.link_status);
  io(r.code, r.contributor, r.side_a_iface, r.side_z_iface, r.delay_override_ns);
  io.word(r.health, profile.link_health);
  io.word(r.desired_status, profile.link_desired);
  io(r.topologies, r.flags);
}

// The allowlists at the head are the exception to the reading rule: without them nothing after them can be trusted.
template <typename Io, typename T>
void global_state_fields(Io& io, T& r) {
  io(r.bump, r.account_index);
  io.required(r.foundation_allowlist);
  io.required(r.device_allowlist);
  io.required(r.user_allowlist);
  io(r.activator_authority, r.sentinel_authority, r.contributor_airdrop_lamports, r.user_airdrop_lamports);
  io(r.health_oracle, r.qa_allowlist, r.feature_flags, r.feed_authority);
}

template <typename Layout>
Bytes write(AccountType type, Layout&& layout) {
  BorshWriter out;
  out(static_cast<std::uint8_t>(type));
  layout(out);
  DZ_CHECK(out.unexpressible().empty());  // the program only sets words that its profile has
  return std::move(out).take();
}

}  // namespace

AccountType account_type(ByteView account) {
  const std::uint8_t type = account.empty() ? 0 : account[0];
  const bool known = type <= 18 && type != 14;
  return known ? static_cast<AccountType>(type) : AccountType::None;
}

std::string_view to_text(AccountType type) {
  switch (type) {
    case AccountType::None: break;
    case AccountType::GlobalState: return "global-state";
    case AccountType::GlobalConfig: return "global-config";
    case AccountType::Location: return "location";
    case AccountType::Exchange: return "exchange";
    case AccountType::Device: return "device";
    case AccountType::Link: return "link";
    case AccountType::User: return "user";
    case AccountType::MulticastGroup: return "multicast-group";
    case AccountType::ProgramConfig: return "program-config";
    case AccountType::Contributor: return "contributor";
    case AccountType::AccessPass: return "access-pass";
    case AccountType::ResourceExtension: return "resource";
    case AccountType::Tenant: return "tenant";
    case AccountType::Permission: return "permission";
    case AccountType::Index: return "index";
    case AccountType::Topology: return "topology";
    case AccountType::Feed: return "feed";
  }
  return "unknown";
}

std::optional<std::size_t> code_offset(AccountType type) {
  switch (type) {
    case AccountType::Location:
    case AccountType::Exchange: return 71;
    case AccountType::Device: return 120;
    case AccountType::Link: return 151;
    case AccountType::Contributor: return 51;
    default: return std::nullopt;
  }
}

Bytes encode(const ProgramConfig& r) {
  return write(AccountType::ProgramConfig, [&](auto& io) { program_config_fields(io, r); });
}
Bytes encode(const GlobalState& r) {
  return write(AccountType::GlobalState, [&](auto& io) { global_state_fields(io, r); });
}
Bytes encode(const GlobalConfig& r) {
  return write(AccountType::GlobalConfig, [&](auto& io) { global_config_fields(io, r); });
}
Bytes encode(const Location& r) {
  return write(AccountType::Location, [&](auto& io) { location_fields(io, r); });
}
Bytes encode(const Exchange& r) {
  return write(AccountType::Exchange, [&](auto& io) { exchange_fields(io, r); });
}
Bytes encode(const Contributor& r) {
  return write(AccountType::Contributor, [&](auto& io) { contributor_fields(io, r); });
}
Bytes encode(const Permission& r) {
  return write(AccountType::Permission, [&](auto& io) { permission_fields(io, r); });
}
Bytes encode(const Topology& r) {
  return write(AccountType::Topology, [&](auto& io) { topology_fields(io, r); });
}
Bytes encode(const Index& r) {
  return write(AccountType::Index, [&](auto& io) { index_fields(io, r); });
}
Bytes encode(const Link& r, const Profile& profile) {
  return write(AccountType::Link, [&](auto& io) { link_fields(io, r, profile); });
}

Result<ProgramConfig> decode_program_config(ByteView bytes) {
  return decode_account<ProgramConfig>(bytes, AccountType::ProgramConfig, "ProgramConfig",
                                       [](auto& io, auto& r) { program_config_fields(io, r); });
}
Result<GlobalState> decode_global_state(ByteView bytes) {
  return decode_account<GlobalState>(bytes, AccountType::GlobalState, "GlobalState",
                                     [](auto& io, auto& r) { global_state_fields(io, r); });
}
bool has_readable_allowlists(ByteView global_state) {
  AccountReader in(global_state);
  GlobalState record;
  std::uint8_t type = 0;
  in(type);
  global_state_fields(in, record);
  return !in.broken();
}
Result<GlobalConfig> decode_global_config(ByteView bytes) {
  return decode_account<GlobalConfig>(bytes, AccountType::GlobalConfig, "GlobalConfig",
                                      [](auto& io, auto& r) { global_config_fields(io, r); });
}
Result<Location> decode_location(ByteView bytes) {
  return decode_account<Location>(bytes, AccountType::Location, "Location",
                                  [](auto& io, auto& r) { location_fields(io, r); });
}
Result<Exchange> decode_exchange(ByteView bytes) {
  return decode_account<Exchange>(bytes, AccountType::Exchange, "Exchange",
                                  [](auto& io, auto& r) { exchange_fields(io, r); });
}
Result<Contributor> decode_contributor(ByteView bytes) {
  return decode_account<Contributor>(bytes, AccountType::Contributor, "Contributor",
                                     [](auto& io, auto& r) { contributor_fields(io, r); });
}
Result<Permission> decode_permission(ByteView bytes) {
  return decode_account<Permission>(bytes, AccountType::Permission, "Permission",
                                    [](auto& io, auto& r) { permission_fields(io, r); });
}
Result<Topology> decode_topology(ByteView bytes) {
  return decode_account<Topology>(bytes, AccountType::Topology, "Topology",
                                  [](auto& io, auto& r) { topology_fields(io, r); });
}
Result<Index> decode_index(ByteView bytes) {
  return decode_account<Index>(bytes, AccountType::Index, "Index", [](auto& io, auto& r) { index_fields(io, r); });
}
Result<Link> decode_link(ByteView bytes, const Profile& profile) {
  return decode_account<Link>(bytes, AccountType::Link, "Link",
                              [&](auto& io, auto& r) { link_fields(io, r, profile); });
}

}  // namespace dz::wire
