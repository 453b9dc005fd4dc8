#include "fleet/onboarding.h"

#include <fmt/format.h>

#include "client/snapshot.h"
#include "domain/interface_name.h"
#include "fleet/transaction_batch.h"
#include "wire/instructions/device.h"
#include "wire/instructions/global.h"
#include "wire/instructions/link.h"
#include "wire/instructions/site.h"

namespace dz::fleet {
namespace {

constexpr std::uint16_t kEdgeMtu = 1500, kPortMtu = 9000;
constexpr std::uint32_t kLinkMtu = 9000;

NetworkV4 network(std::string_view text) { return *parse_network(text); }

// Sends without waiting; the records' addresses follow from a counter that nobody else moves on an empty ledger.
class Onboarding {
 public:
  Onboarding(const EmptyLedger& ledger, const FleetTopology& topology, const OnboardingKeys& keys)
      : ledger_(ledger.client),
        ids_(ledger.ids),
        topology_(topology),
        keys_(keys),
        profile_(rfc_profile()),
        batch_(ledger.client, ledger.clock) {}

  Result<void> run() {
    create_network();
    create_sites();
    DZ_TRY(settle());
    DZ_TRY(create_devices());
    DZ_TRY(settle());
    DZ_TRY(create_links());
    DZ_TRY(settle());
    DZ_TRY(accept_links());
    return settle();
  }

 private:
  wire::Sender sender(const wire::Keypair& payer) const { return {ids_.serviceability, payer.pubkey(), false}; }
  const wire::Keypair& owner(const TopologyDevice& device) const { return keys_.contributors.at(device.contributor); }

  void send(std::string what, const wire::Keypair& payer, const wire::Instruction& instruction) {
    batch_.add(std::span(&instruction, 1), payer);
    sent_.push_back(std::move(what));
  }
  Result<void> settle() {
    const auto outcomes = batch_.finish();
    const auto sent = std::exchange(sent_, {});
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      if (!outcomes[i].landed) return refused(fmt::format("{}: {}", sent[i], outcomes[i].reason));
    }
    return {};
  }

  void create_network() {
    const wire::Sender foundation = sender(keys_.foundation);
    send("init", keys_.foundation, init_global_state(foundation));
    wire::SetAuthorityArgs authorities;
    authorities.activator = keys_.activator;
    authorities.health_oracle = keys_.monitor;
    send("authority set", keys_.foundation, set_authority(foundation, authorities));
    wire::SetGlobalConfigArgs config;
    config.local_asn = 65000;
    config.remote_asn = 65342;
    config.device_tunnel_block = network("172.16.0.0/16");
    config.user_tunnel_block = network("169.254.0.0/16");
    config.multicastgroup_block = network("233.84.178.0/24");
    config.multicast_publisher_block = network("148.51.120.0/21");
    send("global-config set", keys_.foundation, set_global_config(foundation, config));
  }

  void create_sites() {
    const wire::Sender foundation = sender(keys_.foundation);
    for (const TopologySite& site : topology_.locations) {
      locations_[site.code] = wire::location_address(ids_.serviceability, ++index_).address;
      const wire::CreateLocationArgs args{site.code, site.name, site.country, site.lat, site.lng, 0};
      send("location " + site.code, keys_.foundation, create_location(foundation, index_, args));
    }
    for (const TopologySite& site : topology_.exchanges) {
      exchanges_[site.code] = wire::exchange_address(ids_.serviceability, ++index_).address;
      const wire::CreateExchangeArgs args{site.code, site.name, site.lat, site.lng, 0};
      send("exchange " + site.code, keys_.foundation, create_exchange(foundation, index_, args));
    }
    for (const std::string& code : topology_.contributors) {
      contributors_[code] = wire::contributor_address(ids_.serviceability, ++index_).address;
      send("contributor " + code, keys_.foundation,
           create_contributor(foundation, index_, keys_.contributors.at(code).pubkey(), {code}));
    }
  }

  Result<void> create_devices() {
    for (const TopologyDevice& device : topology_.devices) {
      const wire::Keypair& key = owner(device);
      const Pubkey address = devices_[device.code] = wire::device_address(ids_.serviceability, ++index_).address;
      wire::CreateDeviceArgs args;
      args.code = device.code;
      args.type = device.type;
      args.public_ip = device.public_ip;
      args.dz_prefixes = device.dz_prefixes;
      args.mgmt_vrf = "default";
      if (device.has_metrics_publisher) args.metrics_publisher = keys_.agents.at(device.code).pubkey();
      const wire::DeviceSite site{contributors_.at(device.contributor), locations_.at(device.location),
                                  exchanges_.at(device.exchange)};
      DZ_TRY_ASSIGN(const wire::Instruction create, create_device(sender(key), index_, site, args, profile_));
      send("device " + device.code, key, create);
      for (const TopologyInterface& one : device.interfaces) create_port(device, address, one);
    }
    return {};
  }

  void create_port(const TopologyDevice& device, const Pubkey& address, const TopologyInterface& port) {
    const wire::Keypair& key = owner(device);
    const Pubkey contributor = contributors_.at(device.contributor);
    const std::string what = fmt::format("interface {} {}", device.code, port.name);
    wire::CreateInterfaceArgs args;
    args.name = port.name;
    args.loopback = port.loopback;
    args.vlan_id = port.vlan;
    args.dia = port.dia ? Dia::Dia : Dia::None;
    args.bandwidth = port.bandwidth_bps;
    args.mtu = port.dia ? kEdgeMtu : kPortMtu;
    send(what, key, create_interface(sender(key), address, contributor, args));
    if (!port.dia) return;
    wire::UpdateInterfaceArgs activate;
    activate.name = port.name;
    activate.status = InterfaceStatus::Activated;
    send(what + " activated", key, update_interface(sender(key), address, contributor, activate));
  }

  Result<void> create_links() {
    DZ_TRY_ASSIGN(const client::Snapshot snapshot, fetch_snapshot(ledger_, ids_));
    for (const TopologyLink& link : topology_.links) {
      const TopologyDevice& side_a = *find_device(topology_, link.side_a);
      wire::CreateLinkArgs args;
      args.code = link.code;
      args.type = link.type;
      args.bandwidth = link.bandwidth_bps;
      args.mtu = kLinkMtu;
      args.delay_ns = link.delay_ns;
      args.jitter_ns = link.jitter_ns;
      DZ_TRY_ASSIGN(args.side_a_iface, ledger_port(snapshot, link.side_a, link.side_a_iface));
      if (link.type == LinkType::Wan) {
        DZ_TRY_ASSIGN(args.side_z_iface, ledger_port(snapshot, link.side_z, link.side_z_iface));
      }
      const wire::LinkEnds ends{contributors_.at(side_a.contributor), devices_.at(link.side_a),
                                devices_.at(link.side_z)};
      DZ_TRY_ASSIGN(const wire::Instruction create, create_link(sender(owner(side_a)), ++index_, ends, args, profile_));
      send("link " + link.code, owner(side_a), create);
    }
    return {};
  }

  Result<void> accept_links() {
    DZ_TRY_ASSIGN(const client::Snapshot snapshot, fetch_snapshot(ledger_, ids_));
    for (const TopologyLink& link : topology_.links) {
      if (link.type != LinkType::Dzx) continue;
      const TopologyDevice& side_z = *find_device(topology_, link.side_z);
      DZ_TRY_ASSIGN(const auto found, client::find_record(snapshot.links, "link", link.code));
      DZ_TRY_ASSIGN(const std::string port, ledger_port(snapshot, link.side_z, link.side_z_iface));
      send("accept " + link.code, owner(side_z),
           accept_link(sender(owner(side_z)), found.key, *found.record, contributors_.at(side_z.contributor), port));
    }
    return {};
  }

  // The ledger compares names exactly, in its own spelling.
  Result<std::string> ledger_port(const client::Snapshot& snapshot, const std::string& device,
                                  const std::string& name) const {
    for (const Interface& one : snapshot.devices.at(devices_.at(device)).interfaces) {
      if (interface_key(one.name) == interface_key(name)) return one.name;
    }
    return not_found(fmt::format("{} has no interface {} on the ledger", device, name));
  }

  client::LedgerClient& ledger_;
  const wire::ProgramIds& ids_;
  const FleetTopology& topology_;
  const OnboardingKeys& keys_;
  const Profile& profile_;
  TransactionBatch batch_;
  std::vector<std::string> sent_;  // what each transaction of the batch is, for a refusal
  AccountIndex index_ = 0;         // the last one used
  std::map<std::string, Pubkey> locations_, exchanges_, contributors_, devices_;
};

}  // namespace

Result<void> onboard(const EmptyLedger& ledger, const FleetTopology& topology, const OnboardingKeys& keys) {
  return Onboarding(ledger, topology, keys).run();
}

}  // namespace dz::fleet
