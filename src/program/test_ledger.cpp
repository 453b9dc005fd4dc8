#include "program/test_ledger.h"

#include <fmt/format.h>

#include "program/runtime/instruction_table.h"

namespace dz::program {
namespace {

NetworkV4 net(const char* text) { return *parse_network(text); }

constexpr std::uint64_t kWealth = 1'000'000'000'000;

unsigned __int128 total(const std::map<Pubkey, wire::Account>& accounts) {
  unsigned __int128 sum = 0;
  for (const auto& [at, account] : accounts) sum += account.lamports;
  return sum;
}

}  // namespace

Pubkey key(std::string_view name) {
  Pubkey key;
  key.bytes[0] = 0x80;
  for (std::size_t i = 0; i < name.size() && i + 1 < key.bytes.size(); ++i) {
    key.bytes[i + 1] = static_cast<std::uint8_t>(name[i]);
  }
  return key;
}

TestLedger::TestLedger(const Profile& of, const ProgramOptions& with) : profile(of), options(with) {
  for (const auto& who : {foundation, monitor, activator, alice, bob, mallory, key("agent")}) {
    accounts[who].lamports = kWealth;
  }
}

// As the bank will: on copies, kept only when all is well. An account named twice has the rights of both.
ProgramResult TestLedger::run(const wire::Instruction& instruction) {
  auto metas = instruction.accounts;
  auto copies = accounts;
  std::vector<wire::Account*> refs;
  std::vector<Pubkey> signers;
  for (auto& meta : metas) {
    for (const auto& other : instruction.accounts) {
      meta.writable |= other.key == meta.key && other.writable;
      meta.signer |= other.key == meta.key && other.signer;
    }
    refs.push_back(&copies[meta.key]);
    if (meta.signer) signers.push_back(meta.key);
  }
  log_.clear();
  Invocation invocation{.program = instruction.program,
                        .metas = metas,
                        .accounts = refs,
                        .data = instruction.data,
                        .clock = clock,
                        .ids = &wire::local_program_ids(),
                        .profile = &profile,
                        .log = &log_,
                        .options = options};
  const auto result = instruction.program == program     ? execute_serviceability(invocation)
                      : instruction.program == telemetry ? execute_telemetry(invocation)
                                                         : execute_system(invocation);
  if (!result) return result;
  fault_ = fault_of(copies, metas, signers);
  if (!quiet) EXPECT_EQ(fault_, "");
  std::erase_if(copies, [](const auto& entry) { return !entry.second.exists(); });
  accounts = std::move(copies);
  return result;
}

std::string TestLedger::fault_of(const std::map<Pubkey, wire::Account>& after,
                                 const std::vector<wire::AccountMeta>& metas,
                                 const std::vector<Pubkey>& signers) const {
  static const wire::Account kNothing;
  std::vector<AccountChange> changes;
  for (const auto& meta : metas) {
    const auto before = accounts.find(meta.key);
    changes.push_back({meta.key, before == accounts.end() ? &kNothing : &before->second, &after.at(meta.key)});
    if (!meta.writable && *changes.back().before != *changes.back().after) return "a read-only account changed";
  }
  if (total(after) != total(accounts)) return "money was made or lost";
  std::vector<unsigned __int128> permissions;
  for (const auto& signer : signers) permissions.push_back(permissions_of(signer));
  const auto state_at = wire::global_state_address(program).address;
  std::optional<GlobalState> state_before;
  if (exists(state_at)) state_before = state();
  return check_invariants(changes, {.signers = signers,
                                    .global_state = state_before ? &*state_before : nullptr,
                                    .permissions = permissions,
                                    .ids = &wire::local_program_ids(),
                                    .profile = &profile});
}

ProgramResult TestLedger::run(const Result<wire::Instruction>& instruction) {
  EXPECT_TRUE(instruction.has_value()) << instruction.error().message;
  return run(*instruction);
}

unsigned __int128 TestLedger::permissions_of(const Pubkey& who) const {
  const auto at = wire::permission_address(program, who).address;
  if (!exists(at)) return 0;
  const auto permission = get<Permission>(at);
  return permission.status == PermissionStatus::Activated ? permission.permissions : 0;
}

wire::Sender TestLedger::as(const Pubkey& payer) const {
  return {program, payer, exists(wire::permission_address(program, payer).address)};
}

void TestLedger::init_state() {
  EXPECT_ACCEPTED(*this, run(init_global_state(as(foundation))));
  EXPECT_ACCEPTED(*this, run(set_authority(as(foundation), {.activator = activator, .health_oracle = monitor})));
  if (&program_of(profile) != &live::serviceability()) return;
  // In the live program the activator's key has no rights of its own.
  EXPECT_ACCEPTED(*this, run(create_permission(as(foundation), {activator, permission::kNetworkAdmin})));
}

void TestLedger::init() {
  init_state();
  EXPECT_ACCEPTED(*this, run(set_global_config(as(foundation), {.local_asn = 65000,
                                                                .remote_asn = 65001,
                                                                .device_tunnel_block = net("172.16.0.0/16"),
                                                                .user_tunnel_block = net("169.254.0.0/16"),
                                                                .multicastgroup_block = net("233.84.178.0/24"),
                                                                .next_bgp_community = {},
                                                                .multicast_publisher_block = net("148.51.120.0/21")})));
}

void TestLedger::set_up() {
  init();
  alices = add_contributor("alice-net", alice);
  bobs = add_contributor("bob-net", bob);
  location = add_location("ams");
  exchange = add_exchange("xams");
  ams = add_device("ams-dz001", alices);
  lon = add_device("lon-dz001", alices);
  fra = add_device("fra-dz001", bobs);
  for (const auto& device : {ams, lon, fra}) {
    for (const auto* name : {"Ethernet1", "Ethernet2", "Ethernet3", "Ethernet4"}) {
      EXPECT_ACCEPTED(*this, add_port(device, name));
    }
  }
}

Pubkey TestLedger::next(AddressOf address_of) const { return address_of(program, state().account_index + 1).address; }

Pubkey TestLedger::add_contributor(const std::string& code, const Pubkey& owner) {
  const auto at = next(wire::contributor_address);
  EXPECT_ACCEPTED(*this, run(create_contributor(as(foundation), state().account_index + 1, owner, {code})));
  return at;
}

Pubkey TestLedger::add_location(const std::string& code) {
  const auto at = next(wire::location_address);
  EXPECT_ACCEPTED(*this, run(create_location(as(foundation), state().account_index + 1,
                                             {.code = code, .name = "Place", .country = "NL", .lat = 52, .lng = 4})));
  return at;
}

Pubkey TestLedger::add_exchange(const std::string& code) {
  const auto at = next(wire::exchange_address);
  EXPECT_ACCEPTED(*this, run(create_exchange(as(foundation), state().account_index + 1,
                                             {.code = code, .name = "Exchange", .lat = 52, .lng = 4})));
  return at;
}

Pubkey TestLedger::add_device(const std::string& code, const Pubkey& contributor) {
  const auto at = next(wire::device_address);
  const auto index = state().account_index + 1;
  wire::CreateDeviceArgs args{.code = code,
                              .type = DeviceType::Hybrid,
                              .public_ip = ipv4_from(0x08080800U + static_cast<std::uint32_t>(index)),
                              .dz_prefixes = {net("195.219.121.96/29")},
                              .metrics_publisher = key("agent"),
                              .mgmt_vrf = "default"};
  const auto owner = get<Contributor>(contributor).owner;
  EXPECT_ACCEPTED(*this, run(create_device(as(owner), index, {contributor, location, exchange}, args, profile)));
  return at;
}

ProgramResult TestLedger::add_interface(const Pubkey& device, wire::CreateInterfaceArgs args) {
  const auto contributor = get<Device>(device).contributor;
  return run(create_interface(as(get<Contributor>(contributor).owner), device, contributor, std::move(args)));
}

ProgramResult TestLedger::add_port(const Pubkey& device, const std::string& name) {
  return add_interface(device, {.name = name, .bandwidth = 100'000'000'000, .mtu = 9000});
}

wire::CreateLinkArgs TestLedger::wan_args() {
  return {.code = "ams-dz001:lon-dz001",
          .type = LinkType::Wan,
          .bandwidth = 10'000'000'000,
          .mtu = 9000,
          .delay_ns = 6'000'000,
          .jitter_ns = 1'000'000,
          .side_a_iface = "Ethernet1",
          .side_z_iface = "Ethernet1"};
}

wire::CreateLinkArgs TestLedger::dzx_args() {
  auto args = wan_args();
  args.code = "ams-dz001:fra-dz001";
  args.type = LinkType::Dzx;
  args.side_a_iface = "Ethernet2";
  args.side_z_iface.reset();
  return args;
}

ProgramResult TestLedger::create_link(const Pubkey& who, const wire::CreateLinkArgs& args, const wire::LinkEnds& ends) {
  return run(wire::create_link(as(who), state().account_index + 1, ends, args, profile));
}

Pubkey TestLedger::create_wan() {
  const auto at = next(wire::link_address);
  EXPECT_ACCEPTED(*this, create_link(alice, wan_args(), {alices, ams, lon}));
  return at;
}

Pubkey TestLedger::create_dzx(bool accept) {
  const auto at = next(wire::link_address);
  EXPECT_ACCEPTED(*this, create_link(alice, dzx_args(), {alices, ams, fra}));
  if (accept) EXPECT_ACCEPTED(*this, run(accept_link(as(bob), at, get<Link>(at), bobs, "Ethernet2")));
  return at;
}

ProgramResult TestLedger::set_link(const Pubkey& who, const Pubkey& link, const wire::UpdateLinkArgs& args) {
  return run(update_link(as(who), {link, get<Link>(link)}, args, profile));
}

ProgramResult TestLedger::set_link_as_z(const Pubkey& who, const Pubkey& link, const wire::UpdateLinkArgs& args) {
  const auto record = get<Link>(link);
  return run(update_link(as(who), {link, record}, args, profile, get<Device>(record.side_z).contributor));
}

ProgramResult TestLedger::set_device(const Pubkey& who, const Pubkey& device, const wire::UpdateDeviceArgs& args) {
  return run(update_device(as(who), {device, get<Device>(device)}, args, profile));
}

ProgramResult TestLedger::set_health(const Pubkey& who, const Pubkey& record, Health health) {
  const bool is_link = wire::account_type(accounts.at(record).data) == wire::AccountType::Link;
  return run(is_link ? set_link_health(as(who), record, health, profile)
                     : set_device_health(as(who), record, health, profile));
}

ProgramResult TestLedger::delete_link(const Pubkey& who, const Pubkey& link) {
  const auto record = get<Link>(link);
  const auto z = get<Device>(record.side_z).contributor;
  const bool as_z = z != record.contributor && get<Contributor>(z).owner == who;
  return run(wire::delete_link(as(who), link, record, as_z ? std::optional(z) : std::nullopt));
}

ProgramResult TestLedger::delete_device(const Pubkey& who, const Pubkey& device) {
  return run(wire::delete_device(as(who), device, get<Device>(device)));
}

void TestLedger::activate(const Pubkey& record) {
  EXPECT_ACCEPTED(*this, set_health(monitor, record, Health::Healthy));
  const bool is_link = wire::account_type(accounts.at(record).data) == wire::AccountType::Link;
  EXPECT_ACCEPTED(*this, is_link ? set_link(activator, record, {.status = Status::Activated})
                                 : set_device(activator, record, {.status = Status::Activated}));
}

std::string describe(const ProgramResult& result, const std::vector<std::string>& log) {
  std::string text = result ? "accepted" : to_text(result.error());
  for (const auto& line : log) text += "\n  " + line;
  return text;
}

}  // namespace dz::program
