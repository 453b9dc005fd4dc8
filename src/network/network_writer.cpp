#include "network/network_writer.h"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "client/ledger_view.h"
#include "client/standing.h"
#include "domain/interface_name.h"
#include "wire/addresses.h"
#include "wire/instructions/topology.h"

namespace dz::network {
namespace {

constexpr Duration kOldestReading = std::chrono::seconds{20};

// What of a record of the file is to be written: the members that the step names.
class Wanted {
 public:
  explicit Wanted(const Step& step) : step_(step) {}
  template <typename Target, typename Value>
  void set(std::string_view member, std::optional<Target>& target, const Value& value) const {
    if (step_.changes_member(member)) target = value;
  }

 private:
  const Step& step_;
};

// The port under the name that the ledger has for it, which its program compares exactly.
Result<std::string> port_name(const client::Found<Device>& device, const std::string& name) {
  if (const auto* port = find_interface(*device.record, name)) return port->name;
  return not_found(fmt::format("device '{}' has no interface {} on the ledger", device.record->code, name));
}

}  // namespace

Result<Reading> read_network_ledger(const NetworkLedger& from) {
  DZ_TRY_ASSIGN(const auto anchor, client::take_hash(from.ledger));
  DZ_TRY_ASSIGN(auto snapshot, fetch_snapshot(from.ledger, from.ids, from.profile));
  return Reading{anchor, std::move(snapshot)};
}

NetworkWriter::Session::Session(const NetworkLedger& to, Reading reading, const wire::Keypair& signer,
                                const Profile& profile)
    : snapshot(std::move(reading.snapshot)),
      provisioner({to.ledger, to.clock, signer, reading.anchor}, sender_for(snapshot, signer.pubkey()), profile) {}

NetworkWriter::NetworkWriter(NetworkLedger to, const NetworkFile& file, wire::Keypair signer, Reading reading,
                             IntentChecks checks)
    : to_(std::move(to)),
      file_(file),
      signer_(std::move(signer)),
      checks_(std::move(checks)),
      first_(std::move(reading)),
      read_at_(to_.clock.now()) {}

Result<void> NetworkWriter::begin(Reading reading) {
  DZ_TRY_ASSIGN(const auto* profile, writable_profile(reading.snapshot));
  session_ = std::make_unique<Session>(to_, std::move(reading), signer_, *profile);
  return {};
}

Result<void> NetworkWriter::look_again(StepKind kind) {
  if (first_) {
    DZ_TRY(begin(std::move(*first_)));
    first_.reset();
  }
  const bool changed = last_ && *last_ != kind;
  if (!changed && to_.clock.now() - read_at_ < kOldestReading) return {};
  DZ_TRY_ASSIGN(auto reading, read_network_ledger(to_));
  DZ_TRY(begin(std::move(reading)));
  read_at_ = to_.clock.now();
  last_.reset();
  return {};
}

Result<client::Written> NetworkWriter::write(const Step& step) {
  DZ_TRY(look_again(step.kind));
  last_ = step.kind;
  const auto i = step.entry;
  switch (step.kind) {
    case StepKind::SetGlobalConfig: return set_config();
    case StepKind::SetAirdrop: return set_airdrop();
    case StepKind::CreateTopology: return create_topology(file_.topologies[i]);
    case StepKind::CreateLocation: return create_location(file_.locations[i]);
    case StepKind::ChangeLocation: return change_location(file_.locations[i], step);
    case StepKind::CreateExchange: return create_exchange(file_.exchanges[i]);
    case StepKind::ChangeExchange: return change_exchange(file_.exchanges[i], step);
    case StepKind::CreateContributor:
      return provisioner().create_contributor(file_.contributors[i].owner, {file_.contributors[i].code});
    case StepKind::ChangeContributor: return change_contributor(file_.contributors[i], step);
    case StepKind::CreateDevice: return create_device(file_.devices[i]);
    case StepKind::ChangeDevice: return change_device(file_.devices[i], step);
    case StepKind::CreateInterface: return create_interface(file_.devices[i], file_.devices[i].interfaces[step.part]);
    case StepKind::ChangeInterface:
      return change_interface(file_.devices[i], file_.devices[i].interfaces[step.part], step);
    case StepKind::CreateLink: return create_link(file_.links[i]);
    case StepKind::AcceptLink: return accept_link(file_.links[i]);
    case StepKind::ChangeLink: return change_link(file_.links[i], step);
    case StepKind::SetSeat: return set_seat(file_.exchanges[i], step.part);
  }
  return refused("no such step");
}

Result<client::Written> NetworkWriter::set_config() {
  const auto& e = *file_.global_config;
  wire::SetGlobalConfigArgs args;
  args.local_asn = e.local_asn;
  args.remote_asn = e.remote_asn;
  args.device_tunnel_block = e.device_tunnel_block;
  args.user_tunnel_block = e.user_tunnel_block;
  args.multicastgroup_block = e.multicast_group_block;
  const auto present = snapshot().global_config;
  args.multicast_publisher_block = e.multicast_publisher_block.value_or(present ? present->multicast_publisher_block
                                                                                : *parse_network("148.51.120.0/21"));
  return provisioner().set_global_config(args);
}

Result<client::Written> NetworkWriter::set_airdrop() {
  const auto& e = *file_.global_config;
  return provisioner().set_airdrop({e.contributor_airdrop_lamports, e.user_airdrop_lamports});
}

Result<client::Written> NetworkWriter::create_topology(const TopologyEntry& e) {
  topologies_.reset();
  DZ_TRY_ASSIGN(const auto written,
                provisioner().create_topology({e.name, e.constraint.value_or(TopologyConstraint::IncludeAny)}));
  const auto topology = wire::topology_address(to_.ids.serviceability, e.name).address;
  const auto lacking = devices_without_segment(snapshot(), topology);
  const std::span<const Pubkey> all = lacking;
  for (std::size_t at = 0; at < all.size(); at += wire::kMaxDevicesToAssign) {
    DZ_TRY(provisioner().assign_node_segments(e.name,
                                              all.subspan(at, std::min(wire::kMaxDevicesToAssign, all.size() - at))));
  }
  return written;
}

Result<client::Written> NetworkWriter::create_location(const LocationEntry& e) {
  return provisioner().create_location({e.code, e.name, e.country, e.lat, e.lng, e.loc_id.value_or(0)});
}

Result<client::Written> NetworkWriter::change_location(const LocationEntry& e, const Step& step) {
  DZ_TRY_ASSIGN(const auto found, client::find_record(snapshot().locations, "location", e.code));
  const Wanted wanted(step);
  wire::UpdateLocationArgs change;
  wanted.set("name", change.name, e.name);
  wanted.set("country", change.country, e.country);
  wanted.set("lat", change.lat, e.lat);
  wanted.set("lng", change.lng, e.lng);
  wanted.set("loc_id", change.loc_id, e.loc_id);
  return provisioner().update_location(found.key, change);
}

Result<client::Written> NetworkWriter::create_exchange(const ExchangeEntry& e) {
  return provisioner().create_exchange({e.code, e.name, e.lat, e.lng, 0});
}

Result<client::Written> NetworkWriter::change_exchange(const ExchangeEntry& e, const Step& step) {
  DZ_TRY_ASSIGN(const auto found, client::find_record(snapshot().exchanges, "exchange", e.code));
  const Wanted wanted(step);
  wire::UpdateExchangeArgs change;
  wanted.set("name", change.name, e.name);
  wanted.set("lat", change.lat, e.lat);
  wanted.set("lng", change.lng, e.lng);
  return provisioner().update_exchange(found.key, change);
}

// A seat that another device holds is cleared first.
Result<client::Written> NetworkWriter::set_seat(const ExchangeEntry& e, std::size_t seat) {
  using Args = wire::SetDeviceExchangeArgs;
  DZ_TRY_ASSIGN(const auto exchange, client::find_record(snapshot().exchanges, "exchange", e.code));
  const auto& wanted = seat == 1 ? *e.device1 : *e.device2;
  const auto present = seat == 1 ? exchange.record->device1 : exchange.record->device2;
  const auto number = static_cast<std::uint8_t>(seat);
  if (wanted == "none") return provisioner().set_device_exchange(exchange.key, present, {number, Args::kRemove});
  DZ_TRY_ASSIGN(const auto device, client::find_record(snapshot().devices, "device", wanted));
  if (!present.is_zero()) DZ_TRY(provisioner().set_device_exchange(exchange.key, present, {number, Args::kRemove}));
  return provisioner().set_device_exchange(exchange.key, device.key, {number, Args::kSet});
}

Result<client::Written> NetworkWriter::change_contributor(const ContributorEntry& e, const Step& step) {
  DZ_TRY_ASSIGN(const auto found, client::find_record(snapshot().contributors, "contributor", e.code));
  const Wanted wanted(step);
  wire::UpdateContributorArgs change;
  wanted.set("owner", change.owner, e.owner);
  wanted.set("ops_manager", change.ops_manager, e.ops_manager);
  return provisioner().update_contributor(found.key, change);
}

// --- devices
// ----------------------------------------------------------------------------------------------------------

Result<client::Written> NetworkWriter::create_device(const DeviceEntry& e) {
  DZ_TRY_ASSIGN(const auto contributor, client::find_record(snapshot().contributors, "contributor", e.contributor));
  DZ_TRY_ASSIGN(const auto location, client::find_record(snapshot().locations, "location", e.location));
  DZ_TRY_ASSIGN(const auto exchange, client::find_record(snapshot().exchanges, "exchange", e.exchange));
  wire::CreateDeviceArgs args;
  args.code = e.code;
  args.type = e.device_type.value_or(DeviceType::Hybrid);
  args.public_ip = e.public_ip;
  args.dz_prefixes = e.dz_prefixes;
  args.metrics_publisher = e.metrics_publisher.value_or(Pubkey{});
  args.mgmt_vrf = e.mgmt_vrf.value_or("default");
  args.desired_status = e.desired_status.value_or(DesiredStatus::Activated);
  return provisioner().create_device({contributor.key, location.key, exchange.key}, args);
}

Result<client::Written> NetworkWriter::change_device(const DeviceEntry& e, const Step& step) {
  DZ_TRY_ASSIGN(const auto device, client::find_record(snapshot().devices, "device", e.code));
  DZ_TRY_ASSIGN(const auto contributor, client::find_record(snapshot().contributors, "contributor", e.contributor));
  DZ_TRY_ASSIGN(const auto location, client::find_record(snapshot().locations, "location", e.location));
  const Wanted wanted(step);
  wire::UpdateDeviceArgs change;
  std::optional<Pubkey> new_location;
  wanted.set("contributor", change.contributor, contributor.key);
  wanted.set("location", new_location, location.key);
  wanted.set("device_type", change.type, e.device_type);
  wanted.set("public_ip", change.public_ip, e.public_ip);
  wanted.set("dz_prefixes", change.dz_prefixes, e.dz_prefixes);
  wanted.set("metrics_publisher", change.metrics_publisher, e.metrics_publisher);
  wanted.set("mgmt_vrf", change.mgmt_vrf, e.mgmt_vrf);
  wanted.set("desired_status", change.desired_status, e.desired_status);
  wanted.set("max_users", change.max_users, e.max_users);
  wanted.set("max_unicast_users", change.max_unicast_users, e.max_unicast_users);
  wanted.set("max_multicast_subscribers", change.max_multicast_subscribers, e.max_multicast_subscribers);
  wanted.set("max_multicast_publishers", change.max_multicast_publishers, e.max_multicast_publishers);
  if (change.desired_status && checks_.device) DZ_TRY(checks_.device(snapshot(), device, *change.desired_status));
  return provisioner().update_device(device, change, new_location);
}

Result<std::vector<Pubkey>> NetworkWriter::topologies_for(const InterfaceEntry& e) {
  std::vector<Pubkey> keys;
  if (e.loopback_type != LoopbackType::Vpnv4) return keys;
  DZ_TRY_ASSIGN(const auto* there, topologies());
  for (const auto& [key, topology] : *there) keys.push_back(key);
  return keys;
}

Result<const client::Topologies*> NetworkWriter::topologies() {
  if (!topologies_) {
    DZ_TRY_ASSIGN(topologies_, fetch_topologies(to_.ledger, to_.ids));
  }
  return &*topologies_;
}

Result<client::Written> NetworkWriter::create_interface(const DeviceEntry& on, const InterfaceEntry& e) {
  DZ_TRY_ASSIGN(const auto device, client::find_record(snapshot().devices, "device", on.code));
  DZ_TRY_ASSIGN(const auto topologies, topologies_for(e));
  wire::CreateInterfaceArgs args;
  args.name = e.name;
  args.loopback = e.loopback_type.value_or(LoopbackType::None);
  args.cyoa = e.cyoa.value_or(Cyoa::None);
  args.dia = e.dia.value_or(Dia::None);
  if (e.ip_net && !e.ip_net->is_default()) args.ip_net = e.ip_net;
  args.bandwidth = e.bandwidth_bps.value_or(0);
  args.cir = e.cir_bps.value_or(0);
  args.mtu = e.mtu.value_or(default_mtu(e));
  args.vlan_id = e.vlan_id.value_or(0);
  args.routing_mode = e.routing_mode.value_or(RoutingMode::Static);
  args.user_tunnel_endpoint = e.user_tunnel_endpoint.value_or(false);
  return provisioner().create_interface(device, args, topologies);
}

Result<client::Written> NetworkWriter::change_interface(const DeviceEntry& on, const InterfaceEntry& e,
                                                        const Step& step) {
  DZ_TRY_ASSIGN(const auto device, client::find_record(snapshot().devices, "device", on.code));
  const Wanted wanted(step);
  wire::UpdateInterfaceArgs change;
  DZ_TRY_ASSIGN(change.name, port_name(device, e.name));
  wanted.set("loopback_type", change.loopback, e.loopback_type);
  wanted.set("interface_cyoa", change.cyoa, e.cyoa);
  wanted.set("interface_dia", change.dia, e.dia);
  wanted.set("ip_net", change.ip_net, e.ip_net);
  wanted.set("bandwidth_bps", change.bandwidth, e.bandwidth_bps);
  wanted.set("cir_bps", change.cir, e.cir_bps);
  wanted.set("mtu", change.mtu, e.mtu);
  wanted.set("vlan_id", change.vlan_id, e.vlan_id);
  wanted.set("routing_mode", change.routing_mode, e.routing_mode);
  wanted.set("user_tunnel_endpoint", change.user_tunnel_endpoint, e.user_tunnel_endpoint);
  wanted.set("status", change.status, e.status);
  return provisioner().update_interface(device, change);
}

// --- links
// ------------------------------------------------------------------------------------------------------------

Result<client::Written> NetworkWriter::create_link(const LinkEntry& e) {
  DZ_TRY_ASSIGN(const auto a, client::find_record(snapshot().devices, "device", e.side_a));
  DZ_TRY_ASSIGN(const auto z, client::find_record(snapshot().devices, "device", e.side_z));
  wire::CreateLinkArgs args;
  args.code = e.code;
  args.type = e.link_type;
  args.bandwidth = e.bandwidth_bps;
  args.mtu = e.mtu.value_or(kLinkMtu);
  args.delay_ns = e.delay_ns;
  args.jitter_ns = e.jitter_ns;
  args.desired_status = e.desired_status.value_or(DesiredStatus::Activated);
  DZ_TRY_ASSIGN(args.side_a_iface, port_name(a, e.side_a_interface));
  if (e.link_type == LinkType::Wan) {
    DZ_TRY_ASSIGN(args.side_z_iface, port_name(z, e.side_z_interface.value_or("")));
  }
  return provisioner().create_link({a.record->contributor, a.key, z.key}, args);
}

Result<client::Written> NetworkWriter::accept_link(const LinkEntry& e) {
  DZ_TRY_ASSIGN(const auto link, client::find_record(snapshot().links, "link", e.code));
  DZ_TRY_ASSIGN(const auto z, client::find_record(snapshot().devices, "device", e.side_z));
  DZ_TRY_ASSIGN(const auto port, port_name(z, e.side_z_interface.value_or("")));
  return provisioner().accept_link(link, z.record->contributor, port);
}

Result<client::Written> NetworkWriter::change_link(const LinkEntry& e, const Step& step) {
  DZ_TRY_ASSIGN(const auto link, client::find_record(snapshot().links, "link", e.code));
  const Wanted wanted(step);
  wire::UpdateLinkArgs change;
  wanted.set("bandwidth_bps", change.bandwidth, e.bandwidth_bps);
  wanted.set("mtu", change.mtu, e.mtu);
  wanted.set("delay_ns", change.delay_ns, e.delay_ns);
  wanted.set("jitter_ns", change.jitter_ns, e.jitter_ns);
  wanted.set("delay_override_ns", change.delay_override_ns, e.delay_override_ns);
  wanted.set("desired_status", change.desired_status, e.desired_status);
  wanted.set("unicast_drained", change.unicast_drained, e.unicast_drained);
  if (step.changes_member("topologies")) {
    DZ_TRY_ASSIGN(const auto* there, topologies());
    auto& keys = change.topologies.emplace();
    for (const auto& name : e.topologies.value_or(std::vector<std::string>())) {
      DZ_TRY_ASSIGN(const auto topology, client::find_topology(*there, name));
      keys.push_back(topology.key);
    }
  }
  if (change.desired_status && checks_.link) DZ_TRY(checks_.link(snapshot(), link, *change.desired_status));
  return provisioner().update_link(link, change, acting_side_z(snapshot(), *link.record, signer_.pubkey()));
}

}  // namespace dz::network
