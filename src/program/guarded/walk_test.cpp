// Random walks: anybody tries anything, again and again. Each accepted transaction is checked by the invariants (in
// TestLedger), the whole ledger at the end of each walk.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "program/guarded/invariants.h"
#include "program/rules/allocator.h"
#include "program/user_fixture.h"

namespace dz::program::guarded {
namespace {

template <typename T>
T pick(const std::vector<T>& from) {
  return from[*rc::gen::inRange<std::size_t>(0, from.size())];
}
template <typename T>
std::optional<T> maybe(const std::vector<T>& from) {
  if (*rc::gen::inRange(0, 3) == 0) return std::nullopt;
  return pick(from);
}

const std::vector<Status> kStatuses{Status::Activated,   Status::SoftDrained, Status::SoftDrained, Status::HardDrained,
                                    Status::HardDrained, Status::Pending,     Status::Rejected};
const std::vector<DesiredStatus> kDesired{DesiredStatus::Activated, DesiredStatus::SoftDrained,
                                          DesiredStatus::HardDrained, DesiredStatus::Deleted};
const std::vector<Health> kHealths{Health::Unknown, Health::Pending, Health::Healthy, Health::Impaired};
const std::vector<Ipv4> kClients{ip_of("8.8.1.1"), ip_of("8.8.1.2"), ip_of("8.8.1.3")};
const std::vector<UserType> kUserTypes{UserType::Ibrl, UserType::EdgeFiltering, UserType::Multicast};
const std::vector<std::string> kPorts{"Ethernet1", "Ethernet2", "Ethernet3", "Ethernet4", "Ethernet5"};

class Walk {
 public:
  Walk() {
    ledger.set_up();
    ledger.quiet = true;  // a failed expectation would hide the shortest counterexample
  }
  const std::string& fault() const { return fault_; }

  void step() {
    switch (*rc::gen::inRange(0, 14)) {
      case 0: return create_a_link();
      case 1: return accept_a_link();
      case 2:
      case 3: return write_a_link();
      case 4: return judge();
      case 5: return delete_a_link();
      case 6: return write_a_device();
      case 7: return change_an_interface();
      case 8: return give_a_permission();
      case 9: return move_a_tunnel();
      case 10:
      case 11: return connect_a_user();
      case 12: return change_a_user();
      default: return follow_the_lifecycle();
    }
  }

  // Structure over the whole ledger, against one with nothing in it.
  std::string broken_structure() const {
    const TransactionFacts facts{{}, nullptr, {}, &wire::local_program_ids(), &rfc_profile()};
    RecordChange all;
    for (const auto& [at, account] : ledger.accounts) add_record(all.after, at, account, facts);
    for (const auto& [at, pool] : all.after.pools) {
      auto empty = pool;
      std::fill(empty.bitmap.begin(), empty.bitmap.end(), std::uint8_t{0});
      const bool of_prefix = empty.ip && !empty.associated_with.is_zero();
      if (of_prefix) allocate(empty, NetworkV4{empty.ip->base.address, 32});  // the device's own
      all.before.pools.emplace(at, empty);
    }
    for (auto broken : {check_reference_counts(all), check_interfaces(all), check_allocations(all, ledger.program),
                        check_user_counts(all), check_user_pools(all, ledger.program)}) {
      if (!broken.empty()) return broken;
    }
    return {};
  }

  std::size_t accepted = 0;

 private:
  Pubkey anybody() const {
    return pick<Pubkey>({ledger.alice, ledger.alice, ledger.bob, ledger.bob, ledger.foundation, ledger.monitor,
                         ledger.activator, ledger.mallory});
  }
  // Mostly somebody who may.
  Pubkey owner_or_anybody(const Pubkey& contributor) const {
    return *rc::gen::inRange(0, 3) == 0 ? anybody() : ledger.get<Contributor>(contributor).owner;
  }
  Pubkey owner_or_anybody_of(const Pubkey& device) const {
    return owner_or_anybody(ledger.get<Device>(device).contributor);
  }
  Pubkey a_device() const {
    std::vector<Pubkey> devices;
    for (const auto& device : {ledger.ams, ledger.lon, ledger.fra}) {
      if (ledger.exists(device)) devices.push_back(device);
    }
    return pick(devices);
  }
  std::optional<Pubkey> a_link() const {
    std::vector<Pubkey> links;
    for (const auto& [at, account] : ledger.accounts) {
      if (wire::account_type(account.data) == wire::AccountType::Link) links.push_back(at);
    }
    if (links.empty()) return std::nullopt;
    return pick(links);
  }
  void count(const ProgramResult& result) {
    accepted += result ? 1 : 0;
    if (fault_.empty()) fault_ = ledger.fault();
  }

  void create_a_link() {
    auto args = *rc::gen::arbitrary<bool>() ? TestLedger::wan_args() : TestLedger::dzx_args();
    args.side_a_iface = pick(kPorts);
    if (args.type == LinkType::Wan) args.side_z_iface = pick(kPorts);
    if (args.type == LinkType::Wan) args.status = maybe<Status>({Status::SoftDrained, Status::HardDrained});
    args.desired_status = maybe(kDesired);
    const auto side_a = a_device();
    count(ledger.create_link(owner_or_anybody_of(side_a), args,
                             {ledger.get<Device>(side_a).contributor, side_a, a_device()}));
  }
  void accept_a_link() {
    if (const auto at = a_link()) {
      const auto link = ledger.get<Link>(*at);
      const auto contributor = ledger.get<Device>(link.side_z).contributor;
      count(ledger.run(accept_link(ledger.as(owner_or_anybody(contributor)), *at, link, contributor, pick(kPorts))));
    }
  }
  void write_a_link() {
    const auto at = a_link();
    if (!at) return;
    wire::UpdateLinkArgs args{.status = maybe(kStatuses), .desired_status = maybe(kDesired)};
    if (*rc::gen::inRange(0, 6) == 0) args.unicast_drained = *rc::gen::arbitrary<bool>();
    const auto link = ledger.get<Link>(*at);
    count(*rc::gen::arbitrary<bool>() ? ledger.set_link(owner_or_anybody(link.contributor), *at, args)
                                      : ledger.set_link_as_z(owner_or_anybody_of(link.side_z), *at, args));
  }
  void judge() {
    const auto at = *rc::gen::arbitrary<bool>() ? a_link() : std::optional(a_device());
    if (at) count(ledger.set_health(pick<Pubkey>({ledger.monitor, anybody()}), *at, pick(kHealths)));
  }
  void delete_a_link() {
    if (const auto at = a_link()) count(ledger.delete_link(owner_or_anybody(ledger.get<Link>(*at).contributor), *at));
  }
  void write_a_device() {
    wire::UpdateDeviceArgs args{.status = maybe(kStatuses), .desired_status = maybe(kDesired)};
    if (*rc::gen::inRange(0, 3) == 0) args.users_count = *rc::gen::inRange<std::uint16_t>(0, 3);
    if (*rc::gen::inRange(0, 2) == 0) args.max_users = *rc::gen::inRange<std::uint16_t>(0, 4);
    if (*rc::gen::inRange(0, 5) == 0) args.dz_prefixes = std::vector{*parse_network("195.219.120.0/28")};
    const auto device = a_device();
    count(ledger.set_device(owner_or_anybody_of(device), device, args));
    if (device != ledger.fra && *rc::gen::inRange(0, 8) == 0) count(ledger.delete_device(anybody(), device));
  }
  void change_an_interface() {
    const auto device = a_device();
    const auto contributor = ledger.get<Device>(device).contributor;
    const auto name = pick<std::string>({"Ethernet1", "Ethernet5", "Loopback0", "Loopback1"});
    switch (*rc::gen::inRange(0, 3)) {
      case 0:
        return count(ledger.add_interface(device, {.name = name,
                                                   .loopback = LoopbackType::Vpnv4,
                                                   .dia = pick<Dia>({Dia::None, Dia::Dia}),
                                                   .bandwidth = 100'000'000'000,
                                                   .mtu = pick<std::uint16_t>({1500, 9000})}));
      case 1: return count(ledger.run(delete_interface(ledger.as(anybody()), device, contributor, name)));
      default:
        return count(ledger.run(
            update_interface(ledger.as(anybody()), device, contributor,
                             {.name = name,
                              .status = maybe<InterfaceStatus>({InterfaceStatus::Activated, InterfaceStatus::Unlinked}),
                              .dia = maybe<Dia>({Dia::None, Dia::Dia}),
                              .mtu = maybe<std::uint16_t>({1500, 9000})})));
    }
  }
  void give_a_permission() {
    const auto bits = pick<unsigned __int128>(
        {permission::kNetworkAdmin, permission::kHealthOracle, permission::kActivator, permission::kQa});
    const auto who = anybody();
    const auto at = wire::permission_address(ledger.program, who).address;
    if (ledger.exists(at)) return count(ledger.run(delete_permission(ledger.as(ledger.foundation), who)));
    count(ledger.run(create_permission(ledger.as(anybody()), {who, bits})));
  }
  void move_a_tunnel() {
    const auto at = a_link();
    if (!at) return;
    const auto half = *rc::gen::inRange<std::uint32_t>(0, 6);
    const NetworkV4 net{ipv4_from(parse_ipv4("172.16.0.0")->number() + 2 * half), 31};
    count(ledger.set_link(pick<Pubkey>({ledger.foundation, anybody()}), *at,
                          {.tunnel_id = *rc::gen::inRange<std::uint16_t>(0, 6), .tunnel_net = net}));
  }
  void connect_a_user() {
    const auto who = anybody();
    count(users.give_pass(who));
    count(users.connect(who, a_device(), pick(kClients), pick(kUserTypes)));
  }
  void change_a_user() {
    std::vector<Pubkey> all;
    for (const auto& [at, account] : ledger.accounts) {
      if (wire::account_type(account.data) == wire::AccountType::User) all.push_back(at);
    }
    if (all.empty()) return;
    const auto user = ledger.get<User>(pick(all));
    switch (*rc::gen::inRange(0, 4)) {
      case 0: return count(users.ban(owner_or(ledger.foundation), user.client_ip, user.type));
      case 1:
        return count(ledger.run(update_user(ledger.as(owner_or(ledger.foundation)),
                                            users.user_at(user.client_ip, user.type), users.of(user.device),
                                            {.dz_ip = maybe<Ipv4>({user.client_ip, ip_of("195.219.121.99")}),
                                             .tunnel_id = maybe<std::uint16_t>({0, 500, 501, 600}),
                                             .tunnel_net = maybe<NetworkV4>({{ip_of("169.254.0.2"), 31}})})));
      default: return count(users.disconnect(owner_or(user.owner), user.client_ip, user.type));
    }
  }
  Pubkey owner_or(const Pubkey& owner) const { return *rc::gen::inRange(0, 3) == 0 ? anybody() : owner; }

  // So that walks get into service at all.
  void follow_the_lifecycle() {
    if (const auto at = a_link()) {
      count(ledger.set_health(ledger.monitor, *at, Health::Healthy));
      count(ledger.set_link(ledger.activator, *at, {.status = Status::Activated}));
    } else {
      const auto device = a_device();
      count(ledger.set_health(ledger.monitor, device, Health::Healthy));
      count(ledger.set_device(ledger.activator, device, {.status = Status::Activated}));
    }
  }

  TestLedger ledger;
  TestUsers users{ledger};
  std::string fault_;
};

RC_GTEST_PROP(Walks, AnybodyTryingAnythingKeepsTheInvariants, ()) {
  Walk walk;
  const auto steps = *rc::gen::inRange(0, 120);
  for (int i = 0; i < steps; ++i) {
    walk.step();
    RC_ASSERT(walk.fault() == "");
  }
  RC_ASSERT(walk.broken_structure() == "");
  RC_CLASSIFY(steps > 10 && walk.accepted > static_cast<std::size_t>(steps) / 3, "a third or more accepted");
}

}  // namespace
}  // namespace dz::program::guarded
