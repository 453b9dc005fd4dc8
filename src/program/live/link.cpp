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
  AccountRef link;
  Record<Contributor> contributor;
  Record<Device> side_a, side_z;
  Record<GlobalState> state;
  AccountRef topology;
  LinkPoolAccounts pools;
};

Outcome<CreateAccounts> take_create_accounts(Accounts& accounts) {
  CreateAccounts all;
  DZ_TRY_ASSIGN(all.link, accounts.next("link"));
  DZ_TRY_ASSIGN(all.contributor, accounts.writable_record<Contributor>("contributor"));
  DZ_TRY_ASSIGN(all.side_a, accounts.writable_record<Device>("side A device"));
  DZ_TRY_ASSIGN(all.side_z, accounts.writable_record<Device>("side Z device"));
  DZ_TRY_ASSIGN(all.state, accounts.writable_record<GlobalState>("global state"));
  DZ_TRY_ASSIGN(all.topology, accounts.next("default topology"));
  DZ_TRY_ASSIGN(all.pools, next_link_pool_accounts(accounts));
  DZ_TRY(accounts.tail());
  return all;
}

// What either kind of link is checked for, in upstream's order.
Check check_new(CreateAccounts& all, const wire::CreateLinkArgs& args) {
  const bool dzx = args.type == LinkType::Dzx;
  DZ_TRY(check_side(all.side_a, all.contributor, wire::ProgramError::InvalidContributor));
  if (!dzx) DZ_TRY(check_side(all.side_z, all.contributor, wire::ProgramError::InvalidContributor));
  DZ_TRY(find_port(all.side_a, args.side_a_iface, args.bandwidth));
  if (args.side_z_iface) DZ_TRY(find_port(all.side_z, *args.side_z_iface, args.bandwidth));
  if (dzx && args.side_z_iface) {
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
  DZ_TRY_ASSIGN(auto all, take_create_accounts(accounts));
  DZ_TRY_ASSIGN(auto code, lower_case_code(args.code));
  DZ_TRY(check_empty(all.link));
  const auto caller = caller_of(accounts, *all.state, *all.contributor);
  DZ_TRY(authorize(caller, wire::ProgramError::InvalidOwnerPubkey, "create this link"));
  DZ_TRY(check_key(all.link, wire::link_address(accounts.program(), all.state->account_index + 1).address));
  DZ_TRY(check_new(all, args));

  const auto& options = accounts.invocation().options;
  auto link = new_link(args, {all.contributor.at.key, all.side_a.at.key, all.side_z.at.key});
  link.code = std::move(code);
  link.owner = accounts.payer().key;
  link.status = Status::Requested;
  link.desired_status = args.desired_status.value_or(DesiredStatus::Activated);
  // The program takes every new link for ready, as long as there is no health oracle.
  link.health = options.start_provisioning ? Health::Pending : Health::Healthy;
  DZ_TRY(tag_with_default(accounts, link, all.topology));
  if (link.type != LinkType::Dzx) {
    DZ_TRY(allocate(accounts, link, all.pools));
    DZ_TRY_ASSIGN(Interface* const port_a, find_unlinked(*all.side_a, link.side_a_iface));
    use_port(*port_a, link.tunnel_net, End::A);
    if (find_interface(*all.side_z, link.side_z_iface) != nullptr) {
      DZ_TRY_ASSIGN(Interface* const port_z, find_unlinked(*all.side_z, link.side_z_iface));
      use_port(*port_z, link.tunnel_net, End::Z);
    }
    start(link, options);
  }
  add_reference(all.contributor, all.side_a, all.side_z);
  DZ_TRY(create_indexed(accounts, all.state, all.link, link));
  return accounts.save(all.contributor, all.side_a, all.side_z);
}

namespace {

struct AcceptAccounts {
  Record<Link> link;
  Record<Contributor> contributor;  // side Z's
  Record<Device> side_z;
  Record<GlobalState> state;
  Record<Device> side_a;
  LinkPoolAccounts pools;
};

Outcome<AcceptAccounts> take_accept_accounts(Accounts& accounts) {
  AcceptAccounts all;
  DZ_TRY_ASSIGN(all.link, accounts.writable_record<Link>("link"));
  DZ_TRY_ASSIGN(all.contributor, accounts.record<Contributor>("contributor of side Z"));
  DZ_TRY_ASSIGN(all.side_z, accounts.writable_record<Device>("side Z device"));
  DZ_TRY_ASSIGN(all.state, accounts.record<GlobalState>("global state"));
  DZ_TRY_ASSIGN(all.side_a, accounts.writable_record<Device>("side A device"));
  DZ_TRY_ASSIGN(all.pools, next_link_pool_accounts(accounts));
  DZ_TRY(accounts.tail());
  return all;
}

Check check_acceptable(const AcceptAccounts& all) {
  DZ_TRY(check_requested(*all.link));
  DZ_TRY(check_key(all.side_z.at, all.link->side_z, wire::ProgramError::InvalidAccountOwner));
  DZ_TRY(check_key(all.contributor.at, all.side_z->contributor, wire::ProgramError::NotAllowed));
  return check_key(all.side_a.at, all.link->side_a, wire::InstructionErrorKind::InvalidAccountData);
}

// An interface named exactly so.
Check check_has_interface(const Record<Device>& side, std::string_view name) {
  for (const auto& i : side->interfaces) {
    if (i.name == name) return {};
  }
  return reject(wire::ProgramError::InvalidInterfaceName,
                fmt::format("{} '{}' has no interface '{}'", side.at.what, side->code, name));
}

}  // namespace

Check accept_link(Accounts& accounts, const wire::AcceptLinkArgs& args) {
  DZ_TRY(check_onchain(args.use_onchain_allocation));
  DZ_TRY_ASSIGN(auto all, take_accept_accounts(accounts));
  const auto caller = caller_of(accounts, *all.state, *all.contributor);
  DZ_TRY(authorize(caller, wire::ProgramError::NotAllowed, "accept this link"));
  DZ_TRY(check_acceptable(all));
  auto& link = *all.link;
  DZ_TRY(check_has_interface(all.side_z, args.side_z_iface));
  DZ_TRY(find_unlinked(*all.side_a, link.side_a_iface));
  DZ_TRY(find_unlinked(*all.side_z, args.side_z_iface));
  DZ_TRY_ASSIGN(Interface* const port_a, find_port(all.side_a, link.side_a_iface, link.bandwidth));
  DZ_TRY_ASSIGN(Interface* const port_z, find_port(all.side_z, args.side_z_iface, link.bandwidth));

  DZ_TRY(allocate(accounts, link, all.pools));
  use_port(*port_a, link.tunnel_net, End::A);
  use_port(*port_z, link.tunnel_net, End::Z);
  link.side_z_iface = args.side_z_iface;
  start(link, accounts.invocation().options);
  return accounts.save(all.side_a, all.side_z, all.link);
}

}  // namespace dz::program::live
