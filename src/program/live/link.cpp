// Links on the live network: creation and acceptance by side Z. Updates: link_update.cpp; deletion: link_delete.cpp.
#include "program/live/caller.h"
#include "program/live/handlers.h"
#include "program/live/link_resources.h"
#include "program/live/link_topologies.h"
#include "program/live/transition_hook.h"
#include "program/rules/link_rules.h"

namespace dz::program::live {
namespace {

struct CreateAccounts {
  AccountRef link, contributor, side_a, side_z, state, topology;
  LinkPoolAccounts pools;
};

Outcome<CreateAccounts> take_create_accounts(Accounts& accounts) {
  CreateAccounts all;
  DZ_TRY_ASSIGN(all.link, accounts.next("link"));
  DZ_TRY_ASSIGN(all.contributor, accounts.next("contributor"));
  DZ_TRY_ASSIGN(all.side_a, accounts.next("side A device"));
  DZ_TRY_ASSIGN(all.side_z, accounts.next("side Z device"));
  DZ_TRY_ASSIGN(all.state, accounts.next("global state"));
  DZ_TRY_ASSIGN(all.topology, accounts.next("default topology"));
  DZ_TRY_ASSIGN(all.pools, next_link_pool_accounts(accounts));
  DZ_TRY(accounts.take_tail());
  return all;
}

Check check_create_accounts(const Accounts& accounts, const CreateAccounts& all) {
  DZ_TRY(accounts.check_owner(all.contributor, all.side_a, all.side_z, all.state));
  for (const auto* at : {&all.contributor, &all.side_a, &all.side_z, &all.state}) DZ_TRY(check_writable(*at));
  DZ_TRY(accounts.check_system());
  return check_empty(all.link);
}

struct Sides {
  Record<Device> a, z;
};

// Each device is read when its turn comes.
Outcome<Sides> load_sides(const Accounts& accounts, const CreateAccounts& all, const Record<Contributor>& contributor,
                          LinkType type) {
  DZ_TRY_ASSIGN(auto a, accounts.load<Device>(all.side_a));
  DZ_TRY(check_side(a, contributor, wire::ProgramError::InvalidContributor));
  DZ_TRY_ASSIGN(auto z, accounts.load<Device>(all.side_z));
  if (type != LinkType::Dzx) DZ_TRY(check_side(z, contributor, wire::ProgramError::InvalidContributor));
  return Sides{std::move(a), std::move(z)};
}

// What either kind of link is checked for, in upstream's order.
Check check_new(Sides& sides, const wire::CreateLinkArgs& args) {
  DZ_TRY(find_port(sides.a, args.side_a_iface, args.bandwidth));
  if (args.side_z_iface) DZ_TRY(find_port(sides.z, *args.side_z_iface, args.bandwidth));
  if (args.type == LinkType::Dzx && args.side_z_iface) {
    return reject(wire::ProgramError::InvalidInterfaceZForExternal,
                  "side Z of a DZX link names its interface when it accepts; leave it out");
  }
  return check_link_mtu(args.mtu);
}

// In service at once, unless this ledger starts links in provisioning.
void start(Link& link, const ProgramOptions& options) {
  link.status = options.start_provisioning ? Status::Provisioning : Status::Activated;
  run_transition_hook(link, options);
}

}  // namespace

Check create_link(Accounts& accounts, const wire::CreateLinkArgs& args) {
  DZ_TRY(check_onchain(args.use_onchain_allocation));
  DZ_TRY_ASSIGN(const auto all, take_create_accounts(accounts));
  DZ_TRY_ASSIGN(auto code, lower_case_code(args.code));
  DZ_TRY(check_create_accounts(accounts, all));
  DZ_TRY_ASSIGN(auto state, accounts.load<GlobalState>(all.state));
  DZ_TRY_ASSIGN(auto contributor, accounts.load<Contributor>(all.contributor));
  const auto caller = caller_of(accounts, *state, *contributor);
  DZ_TRY(authorize(caller, wire::ProgramError::InvalidOwnerPubkey, "create this link"));
  DZ_TRY(check_key(all.link, wire::link_address(accounts.program(), state->account_index + 1).address));
  DZ_TRY_ASSIGN(auto sides, load_sides(accounts, all, contributor, args.type));
  DZ_TRY(check_new(sides, args));

  const auto& options = accounts.invocation().options;
  auto link = new_link(args, {contributor.at.key, sides.a.at.key, sides.z.at.key});
  link.code = std::move(code);
  link.owner = accounts.payer().key;
  link.status = Status::Requested;
  link.desired_status = args.desired_status.value_or(DesiredStatus::Activated);
  // The program takes every new link for ready, as long as there is no health oracle.
  link.health = options.start_provisioning ? Health::Pending : Health::Healthy;
  DZ_TRY(tag_with_default(accounts, link, all.topology));
  if (link.type != LinkType::Dzx) {
    DZ_TRY(allocate(accounts, link, all.pools));
    DZ_TRY_ASSIGN(Interface* const port_a, find_unlinked(*sides.a, link.side_a_iface));
    use_port(*port_a, link.tunnel_net, End::A);
    if (find_interface(*sides.z, link.side_z_iface) != nullptr) {
      DZ_TRY_ASSIGN(Interface* const port_z, find_unlinked(*sides.z, link.side_z_iface));
      use_port(*port_z, link.tunnel_net, End::Z);
    }
    start(link, options);
  }
  add_reference(contributor, sides.a, sides.z);
  DZ_TRY(create_indexed(accounts, state, all.link, link));
  return accounts.save(contributor, sides.a, sides.z);
}

namespace {

struct AcceptAccounts {
  AccountRef link, contributor, side_z, state, side_a;  // the contributor is side Z's
  LinkPoolAccounts pools;
};

Outcome<AcceptAccounts> take_accept_accounts(Accounts& accounts) {
  AcceptAccounts all;
  DZ_TRY_ASSIGN(all.link, accounts.next("link"));
  DZ_TRY_ASSIGN(all.contributor, accounts.next("contributor of side Z"));
  DZ_TRY_ASSIGN(all.side_z, accounts.next("side Z device"));
  DZ_TRY_ASSIGN(all.state, accounts.next("global state"));
  DZ_TRY_ASSIGN(all.side_a, accounts.next("side A device"));
  DZ_TRY_ASSIGN(all.pools, next_link_pool_accounts(accounts));
  DZ_TRY(accounts.take_tail());
  DZ_TRY(accounts.check_owner(all.link, all.contributor, all.side_z, all.state));
  DZ_TRY(check_writable(all.link));
  DZ_TRY(check_writable(all.side_z));
  return all;
}

// An interface named exactly so.
Check check_has_interface(const Record<Device>& side, std::string_view name) {
  for (const auto& i : side->interfaces) {
    if (i.name == name) return {};
  }
  return reject(wire::ProgramError::InvalidInterfaceName,
                fmt::format("{} '{}' has no interface '{}'", side.at.what, side->code, name));
}

// The two ports, both unlinked, then both without CYOA or DIA, then both fast enough.
struct Ports {
  Interface *a, *z;
};
Outcome<Ports> find_ports(Record<Device>& side_a, Record<Device>& side_z, const Link& link,
                          const std::string& side_z_iface) {
  DZ_TRY(find_unlinked(*side_a, link.side_a_iface));
  DZ_TRY(find_unlinked(*side_z, side_z_iface));
  DZ_TRY(find_port(side_a, link.side_a_iface, 0));
  DZ_TRY(find_port(side_z, side_z_iface, 0));
  DZ_TRY_ASSIGN(Interface* const a, find_port(side_a, link.side_a_iface, link.bandwidth));
  DZ_TRY_ASSIGN(Interface* const z, find_port(side_z, side_z_iface, link.bandwidth));
  return Ports{a, z};
}

}  // namespace

// Whether the system program is named right is not looked at.
Check accept_link(Accounts& accounts, const wire::AcceptLinkArgs& args) {
  DZ_TRY(check_onchain(args.use_onchain_allocation));
  DZ_TRY_ASSIGN(const auto all, take_accept_accounts(accounts));
  DZ_TRY_ASSIGN(const auto state, accounts.load<GlobalState>(all.state));
  DZ_TRY_ASSIGN(const auto contributor, accounts.load<Contributor>(all.contributor));
  DZ_TRY(authorize(caller_of(accounts, *state, *contributor), wire::ProgramError::NotAllowed, "accept this link"));
  DZ_TRY_ASSIGN(auto record, accounts.load<Link>(all.link));
  auto& link = *record;
  DZ_TRY(check_requested(link));
  DZ_TRY(check_key(all.side_z, link.side_z, wire::ProgramError::InvalidAccountOwner));
  DZ_TRY_ASSIGN(auto side_z, accounts.load<Device>(all.side_z));
  DZ_TRY(check_key(all.contributor, side_z->contributor, wire::ProgramError::NotAllowed));
  DZ_TRY(check_has_interface(side_z, args.side_z_iface));
  DZ_TRY(accounts.check_owner(all.side_a));
  DZ_TRY(check_writable(all.side_a));
  DZ_TRY_ASSIGN(auto side_a, accounts.load<Device>(all.side_a));
  DZ_TRY(check_key(all.side_a, link.side_a, wire::InstructionErrorKind::InvalidAccountData));
  DZ_TRY_ASSIGN(const auto ports, find_ports(side_a, side_z, link, args.side_z_iface));

  DZ_TRY(allocate(accounts, link, all.pools));
  use_port(*ports.a, link.tunnel_net, End::A);
  use_port(*ports.z, link.tunnel_net, End::Z);
  link.side_z_iface = args.side_z_iface;
  start(link, accounts.invocation().options);
  return accounts.save(side_a, side_z, record);
}

}  // namespace dz::program::live
