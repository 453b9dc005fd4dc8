// DeleteLink on the live network: anything but an activated link goes, and gives back what it has.
#include "program/live/caller.h"
#include "program/live/handlers.h"
#include "program/live/link_resources.h"
#include "program/live/link_topologies.h"
#include "program/rules/link_rules.h"

namespace dz::program::live {
namespace {

struct DeleteAccounts {
  Record<Link> link;
  Record<Contributor> contributor;
  Record<GlobalState> state;
  Record<Device> side_a, side_z;
  LinkPoolAccounts pools;
  AccountRef owner;
  std::vector<AccountRef> topologies;
};

Outcome<DeleteAccounts> take_accounts(Accounts& accounts) {
  DeleteAccounts all;
  DZ_TRY_ASSIGN(all.link, accounts.writable_record<Link>("link"));
  DZ_TRY_ASSIGN(all.contributor, accounts.writable_record<Contributor>("contributor"));
  DZ_TRY_ASSIGN(all.state, accounts.record<GlobalState>("global state"));
  DZ_TRY_ASSIGN(all.side_a, accounts.writable_record<Device>("side A device"));
  DZ_TRY_ASSIGN(all.side_z, accounts.writable_record<Device>("side Z device"));
  DZ_TRY_ASSIGN(all.pools, next_link_pool_accounts(accounts));
  DZ_TRY_ASSIGN(all.owner, accounts.next("link owner"));
  while (accounts.left_before_tail() > 0) {
    DZ_TRY_ASSIGN(const auto topology, accounts.next("topology"));
    all.topologies.push_back(topology);
  }
  DZ_TRY(accounts.tail());
  return all;
}

Check check_deletable(const DeleteAccounts& all, const Caller& caller) {
  const auto& link = *all.link;
  if (link.status == Status::Activated || link.status == Status::Deleting) {
    return reject(wire::ProgramError::InvalidStatus,
                  fmt::format("link '{}' is {}: drain it before it is deleted", link.code, to_text(link.status)));
  }
  if (!caller.privileged) DZ_TRY(check_key(all.contributor.at, link.contributor, wire::ProgramError::NotAllowed));
  DZ_TRY(check_key(all.owner, link.owner, wire::InstructionErrorKind::InvalidAccountData));
  DZ_TRY(check_key(all.side_a.at, link.side_a, wire::InstructionErrorKind::InvalidAccountData));
  return check_key(all.side_z.at, link.side_z, wire::InstructionErrorKind::InvalidAccountData);
}

}  // namespace

Check delete_link(Accounts& accounts, const wire::DeleteLinkArgs& args) {
  DZ_TRY(check_onchain(args.use_onchain_deallocation));
  DZ_TRY_ASSIGN(auto all, take_accounts(accounts));
  const auto caller = caller_of(accounts, *all.state, *all.contributor);
  DZ_TRY(authorize(caller, wire::ProgramError::InvalidOwnerPubkey, "delete this link"));
  DZ_TRY(check_deletable(all, caller));
  DZ_TRY(release(accounts, *all.link, all.pools));
  unlink(*all.side_a, all.link->side_a_iface);
  unlink(*all.side_z, all.link->side_z_iface);
  drop_reference(all.contributor, all.side_a, all.side_z);
  DZ_TRY(accounts.save(all.contributor, all.side_a, all.side_z));
  DZ_TRY(untag_all(accounts, *all.link, all.topologies));
  return close(all.link.at, all.owner);
}

}  // namespace dz::program::live
