// Links: creation, acceptance by side Z, deletion. Updates: link_update.cpp.
#include "lifecycle/table.h"
#include "program/guarded/handlers.h"
#include "program/guarded/lifecycle_write.h"
#include "program/rules/link_rules.h"

namespace dz::program::guarded {
namespace {

struct CreateAccounts {
  AccountRef link;
  Record<Contributor> contributor;
  Record<Device> side_a, side_z;
  Record<GlobalState> state;
  LinkPools pools;
};

Outcome<CreateAccounts> take_create_accounts(Accounts& accounts) {
  CreateAccounts all;
  DZ_TRY_ASSIGN(all.link, accounts.next("link"));
  DZ_TRY_ASSIGN(all.contributor, accounts.record<Contributor>("contributor"));
  DZ_TRY_ASSIGN(all.side_a, accounts.record<Device>("side A device"));
  DZ_TRY_ASSIGN(all.side_z, accounts.record<Device>("side Z device"));
  DZ_TRY_ASSIGN(all.state, accounts.record<GlobalState>("global state"));
  DZ_TRY_ASSIGN(const auto topology, accounts.next("default topology"));
  DZ_TRY(check_key(topology, wire::topology_address(accounts.program(), wire::kDefaultTopology).address,
                   wire::ProgramError::InvalidArgument));
  DZ_TRY_ASSIGN(all.pools, next_link_pools(accounts));
  DZ_TRY(accounts.tail());
  return all;
}

// A WAN link has both ends at once and starts out of service: hard-drained, or soft-drained by choice.
Check start_wan(Link& link, CreateAccounts& all, const wire::CreateLinkArgs& args) {
  DZ_TRY(check_side(all.side_z, all.contributor, wire::ProgramError::InvalidContributor));
  DZ_TRY_ASSIGN(Interface* const port_a, find_port(all.side_a, link.side_a_iface, link.bandwidth));
  DZ_TRY_ASSIGN(Interface* const port_z, find_port(all.side_z, link.side_z_iface, link.bandwidth));
  link.status = args.status.value_or(Status::HardDrained);
  if (!is_drained(link.status)) {
    return reject(wire::ProgramError::InvalidStatus,
                  fmt::format("a new link is hard-drained or soft-drained, found {}", to_text(link.status)));
  }
  link.desired_status = args.desired_status.value_or(DesiredStatus::Activated);
  return occupy(link, all.pools, *port_a, *port_z);
}

// A DZX link waits for side Z, which names its own interface when it accepts. Nothing is taken until then.
Check start_dzx(Link& link, CreateAccounts& all, const wire::CreateLinkArgs& args, const lifecycle::Roles& roles) {
  DZ_TRY_ASSIGN(const Interface* const port_a, find_port(all.side_a, link.side_a_iface, link.bandwidth));
  DZ_TRY(check_no_link(*port_a));
  if (args.side_z_iface) {
    return reject(wire::ProgramError::InvalidInterfaceZForExternal,
                  "side Z of a DZX link names its interface when it accepts; leave it out");
  }
  if (args.status) {
    return reject(wire::ProgramError::InvalidStatus, "a DZX link is requested until side Z accepts; leave status out");
  }
  link.status = Status::Requested;
  return write_lifecycle(link, {{}, args.desired_status}, roles);  // side A may hold it from the start
}

}  // namespace

Check create_link(Accounts& accounts, const wire::CreateLinkArgs& args) {
  DZ_TRY_ASSIGN(auto all, take_create_accounts(accounts));
  DZ_TRY(check_onchain(args.use_onchain_allocation));
  DZ_TRY(check_empty(all.link));
  DZ_TRY_ASSIGN(const auto authority, read_authority(accounts, *all.state));
  DZ_TRY(
      authorize_contributor(authority, *all.contributor, wire::ProgramError::InvalidOwnerPubkey, "create this link"));
  DZ_TRY(check_side(all.side_a, all.contributor, wire::ProgramError::InvalidContributor));
  DZ_TRY(check_link_mtu(args.mtu));
  if (all.side_a.at.key == all.side_z.at.key) {
    return reject(wire::ProgramError::InvalidDevicePubkey, "side A and side Z are the same device");
  }
  auto link = new_link(args, {all.contributor.at.key, all.side_a.at.key, all.side_z.at.key});
  DZ_TRY_ASSIGN(link.code, lower_case_code(args.code));
  link.owner = accounts.payer().key;
  link.desired_status = DesiredStatus::Activated;
  link.health = Health::Unknown;
  if (link.type == LinkType::Wan) {
    DZ_TRY(start_wan(link, all, args));
  } else {
    DZ_TRY(start_dzx(link, all, args, roles_of(authority, &*all.contributor, nullptr)));
  }
  add_reference(all.contributor, all.side_a, all.side_z);
  DZ_TRY(create_indexed(accounts, all.state, all.link, link));
  DZ_TRY(accounts.save(all.contributor, all.side_a, all.side_z));
  return save(accounts, all.pools);
}

Check accept_link(Accounts& accounts, const wire::AcceptLinkArgs& args) {
  DZ_TRY_ASSIGN(auto link, accounts.record<Link>("link"));
  DZ_TRY_ASSIGN(const auto contributor, accounts.record<Contributor>("contributor of side Z"));
  DZ_TRY_ASSIGN(auto side_z, accounts.record<Device>("side Z device"));
  DZ_TRY_ASSIGN(const auto state, accounts.record<GlobalState>("global state"));
  DZ_TRY_ASSIGN(auto side_a, accounts.record<Device>("side A device"));
  DZ_TRY_ASSIGN(auto pools, next_link_pools(accounts));
  DZ_TRY(accounts.tail());
  DZ_TRY(check_onchain(args.use_onchain_allocation));
  DZ_TRY_ASSIGN(const auto authority, read_authority(accounts, *state));
  DZ_TRY(authorize_contributor(authority, *contributor, wire::ProgramError::NotAllowed, "accept this link"));
  DZ_TRY(check_requested(*link));
  DZ_TRY(check_key(side_z.at, link->side_z, wire::ProgramError::InvalidAccountOwner));
  DZ_TRY(check_key(side_a.at, link->side_a, wire::ProgramError::InvalidAccountOwner));
  DZ_TRY(check_side(side_z, contributor, wire::ProgramError::NotAllowed));
  DZ_TRY_ASSIGN(Interface* const port_z, find_port(side_z, args.side_z_iface, link->bandwidth));
  DZ_TRY_ASSIGN(Interface* const port_a, find_port(side_a, link->side_a_iface, link->bandwidth));

  DZ_TRY(occupy(*link, pools, *port_a, *port_z));
  link->side_z_iface = args.side_z_iface;
  link->status = Status::HardDrained;
  DZ_TRY(accounts.save(link, side_a, side_z));
  return save(accounts, pools);
}

namespace {

struct DeleteAccounts {
  Record<Link> link;
  Record<Contributor> actor;  // of the side that deletes
  Record<GlobalState> state;
  Record<Device> side_a, side_z;
  LinkPools pools;
  AccountRef owner;
  std::optional<Record<Contributor>> contributor;  // the link's, when the actor is another
};

Outcome<DeleteAccounts> take_delete_accounts(Accounts& accounts) {
  DeleteAccounts all;
  DZ_TRY_ASSIGN(all.link, accounts.record<Link>("link"));
  DZ_TRY_ASSIGN(all.actor, accounts.record<Contributor>("contributor"));
  DZ_TRY_ASSIGN(all.state, accounts.record<GlobalState>("global state"));
  DZ_TRY_ASSIGN(all.side_a, accounts.record<Device>("side A device"));
  DZ_TRY_ASSIGN(all.side_z, accounts.record<Device>("side Z device"));
  DZ_TRY_ASSIGN(all.pools, next_link_pools(accounts));
  DZ_TRY_ASSIGN(all.owner, accounts.next("link owner"));
  if (all.actor.at.key != all.link->contributor) {
    DZ_TRY_ASSIGN(all.contributor, accounts.record<Contributor>("contributor of the link"));
  }
  DZ_TRY(accounts.tail());
  return all;
}

// The link's contributor or the foundation; of a link that was never in service also side Z, which refuses it so.
Check authorize_delete(const DeleteAccounts& all, const Authority& authority) {
  DZ_TRY(authorize_contributor(authority, *all.actor, wire::ProgramError::InvalidOwnerPubkey, "delete this link"));
  const bool as_side_z =
      all.actor.at.key == all.side_z->contributor && lifecycle::kNeverInService.contains(all.link->status);
  if (!all.contributor || as_side_z || authority.allows(permission::kNetworkAdmin)) return {};
  return reject(wire::ProgramError::NotAllowed,
                fmt::format("link '{}' is {}: only its own contributor or the foundation deletes it", all.link->code,
                            to_text(all.link->status)));
}

Check check_ends(const DeleteAccounts& all) {
  const auto& link = *all.link;
  DZ_TRY(check_key(all.side_a.at, link.side_a, wire::InstructionErrorKind::InvalidAccountData));
  DZ_TRY(check_key(all.side_z.at, link.side_z, wire::InstructionErrorKind::InvalidAccountData));
  DZ_TRY(check_key(all.owner, link.owner, wire::InstructionErrorKind::InvalidAccountData));
  if (!all.contributor) return {};
  return check_key(all.contributor->at, link.contributor, wire::InstructionErrorKind::InvalidAccountData);
}

}  // namespace

Check delete_link(Accounts& accounts, const wire::DeleteLinkArgs& args) {
  DZ_TRY_ASSIGN(auto all, take_delete_accounts(accounts));
  DZ_TRY(check_onchain(args.use_onchain_deallocation));
  DZ_TRY_ASSIGN(const auto authority, read_authority(accounts, *all.state));
  DZ_TRY(check_ends(all));
  DZ_TRY(authorize_delete(all, authority));
  if (!lifecycle::kDeletable.contains(all.link->status)) {
    return reject(wire::ProgramError::NotDrained,
                  fmt::format("link '{}' is {}; only a hard-drained one, or one never in service, can be deleted: set "
                              "its status to hard-drained first",
                              all.link->code, to_text(all.link->status)));
  }
  vacate(*all.link, all.pools, *all.side_a, *all.side_z);
  auto& contributor = all.contributor ? *all.contributor : all.actor;
  drop_reference(contributor, all.side_a, all.side_z);
  DZ_TRY(accounts.save(contributor, all.side_a, all.side_z));
  DZ_TRY(save(accounts, all.pools));
  return close(all.link.at, all.owner);
}

}  // namespace dz::program::guarded
