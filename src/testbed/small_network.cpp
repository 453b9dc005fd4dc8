#include "testbed/small_network.h"

#include <cstdio>

#include "base/check.h"
#include "client/standing.h"

namespace dz::testbed {
namespace {

// The network is built from known-good calls; one that fails is a bug, and the reason helps to find it.
template <typename T>
T must(Result<T> result) {
  if (!result) std::fprintf(stderr, "small network: %s\n", result.error().message.c_str());
  DZ_CHECK(result.has_value());
  return std::move(*result);
}

client::Clock clock_of(const SmallNetwork& network) {
  return {network.clock(), [](Duration) {}};
}

}  // namespace

wire::Keypair SmallNetwork::key(std::uint8_t n) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(n);
  return wire::Keypair::from_seed(seed);
}

SmallNetwork::SmallNetwork(Timestamp start, std::unique_ptr<ledger::LedgerArchive> archive,
                           const SmallNetworkOptions& chosen)
    : now_(start), profile_(*chosen.profile) {
  ledger::LedgerOptions options;
  options.profile = chosen.profile;
  options.program = chosen.program;
  options.secret.fill(7);
  options.genesis_age = chosen.genesis_age;
  ledger_ = must(ledger::Ledger::open(std::move(archive), options, now_));
  client_ = std::make_unique<LocalClient>(*ledger_, clock());
  for (const auto* k : {&foundation, &alpha, &beta, &monitor, &activator, &publisher}) {
    must(client_->request_airdrop(k->pubkey(), 1'000'000'000'000));
  }
  auto root = as(foundation);
  must(root.init({.activator = activator.pubkey(), .health_oracle = monitor.pubkey()}));
  must(root.set_global_config({.local_asn = 65000,
                               .remote_asn = 65342,
                               .device_tunnel_block = *parse_network("172.16.0.0/16"),
                               .user_tunnel_block = *parse_network("169.254.0.0/16"),
                               .multicastgroup_block = *parse_network("233.84.178.0/24"),
                               .multicast_publisher_block = *parse_network("148.51.120.0/21")}));
  must(root.create_contributor(alpha.pubkey(), {"alpha"}));
  must(root.create_contributor(beta.pubkey(), {"beta"}));
}

client::Snapshot SmallNetwork::read() { return must(fetch_snapshot(*client_, wire::local_program_ids())); }

void SmallNetwork::grant(const Pubkey& key, unsigned __int128 permissions) {
  must(as(foundation).create_permission({.user_payer = key, .permissions = permissions}));
  granted_.insert(key);
}

client::Provisioner SmallNetwork::as(const wire::Keypair& signer) {
  const bool with_permission = granted_.contains(signer.pubkey());
  return {{*client_, clock_of(*this), signer},
          {wire::local_program_ids().serviceability, signer.pubkey(), with_permission},
          profile_};
}

Pubkey SmallNetwork::site(const std::string& code) {
  auto root = as(foundation);
  return must(root.create_location({.code = code, .name = code, .country = "DE", .lat = 50, .lng = 8, .loc_id = 1}))
      .record;
}

Pubkey SmallNetwork::add_device(const std::string& code, const wire::Keypair& contributor, DeviceType type) {
  const auto number = ++devices_;
  const auto location = site("loc" + std::to_string(number));
  const auto exchange =
      must(as(foundation).create_exchange({.code = "x" + std::to_string(number), .name = code, .lat = 50, .lng = 8}))
          .record;
  const auto owner = contributor.pubkey() == alpha.pubkey() ? "alpha" : "beta";
  const auto snapshot = read();
  const auto site_of =
      wire::DeviceSite{must(client::find_record(snapshot.contributors, "contributor", owner)).key, location, exchange};
  auto by = as(contributor);
  const auto network = must(parse_network("45.33." + std::to_string(number) + ".0/28"));
  const auto created =
      must(by.create_device(site_of, {.code = code,
                                      .type = type,
                                      .public_ip = ipv4_from(0x2D200A00U + static_cast<std::uint32_t>(number)),
                                      .dz_prefixes = {network},
                                      .metrics_publisher = publisher.pubkey(),
                                      .mgmt_vrf = "default"}));
  const auto found = [&] { return created.record; };
  for (int port = 1; port <= 4; ++port) {
    const auto device = this->device(code);
    must(by.create_interface(
        {found(), &device},
        {.name = "Switch1/" + std::to_string(port) + "/1", .bandwidth = 10'000'000'000, .mtu = 9000}));
  }
  const auto device = this->device(code);
  must(by.create_interface({found(), &device},
                           {.name = "Switch1/31/1", .dia = Dia::Dia, .bandwidth = 10'000'000'000, .mtu = 1500}));
  must(by.update_interface({found(), &device}, {.name = "Switch1/31/1", .status = InterfaceStatus::Activated}));
  return created.record;
}

void SmallNetwork::add_user_port(const std::string& code, const std::string& name) {
  const auto snapshot = read();
  const auto found = must(client::find_record(snapshot.devices, "device", code));
  auto by = as(snapshot.contributors.at(found.record->contributor).owner == alpha.pubkey() ? alpha : beta);
  must(by.create_interface(found, {.name = name,
                                   .ip_net = parse_network("45.33.200.1/30").value(),
                                   .cyoa = Cyoa::GreOverFabric,
                                   .bandwidth = 10'000'000'000,
                                   .mtu = 1500}));
  const auto now = device(code);
  must(by.update_interface({found.key, &now}, {.name = name, .status = InterfaceStatus::Activated}));
}

Pubkey SmallNetwork::add_link(const std::string& code, LinkType type, const std::string& device_a,
                              const std::string& port_a, const std::string& device_z, const std::string& port_z) {
  const auto snapshot = read();
  const auto a = must(client::find_record(snapshot.devices, "device", device_a));
  const auto z = must(client::find_record(snapshot.devices, "device", device_z));
  const auto& owner = snapshot.contributors.at(a.record->contributor).owner;
  wire::CreateLinkArgs args{.code = code,
                            .type = type,
                            .bandwidth = 10'000'000'000,
                            .mtu = 9000,
                            .delay_ns = 5'000'000,
                            .jitter_ns = 1'000'000,
                            .side_a_iface = port_a};
  if (type == LinkType::Wan) args.side_z_iface = port_z;
  auto by = as(owner == alpha.pubkey() ? alpha : beta);
  return must(by.create_link({a.record->contributor, a.key, z.key}, args)).record;
}

void SmallNetwork::accept_link(const std::string& code, const std::string& port_z) {
  const auto snapshot = read();
  const auto link = must(client::find_record(snapshot.links, "link", code));
  const auto contributor = side_z_contributor(snapshot, *link.record);
  auto by = as(snapshot.contributors.at(contributor).owner == alpha.pubkey() ? alpha : beta);
  must(by.accept_link(link, contributor, port_z));
}

Link SmallNetwork::link(const std::string& code) {
  const auto snapshot = read();
  return *must(client::find_record(snapshot.links, "link", code)).record;
}

Device SmallNetwork::device(const std::string& code) {
  const auto snapshot = read();
  return *must(client::find_record(snapshot.devices, "device", code)).record;
}

std::optional<Pubkey> SmallNetwork::side_of(const wire::Keypair& signer, const std::string& link_code) {
  const auto snapshot = read();
  return acting_side_z(snapshot, *must(client::find_record(snapshot.links, "link", link_code)).record, signer.pubkey());
}

}  // namespace dz::testbed
