// DeleteLink on the live network: anything but an activated link goes, and gives back what it has.
#include "program/live/caller.h"
#include "program/live/handlers.h"
#include "program/live/link_resources.h"
#include "program/live/link_topologies.h"
#include "program/rules/link_rules.h"

namespace dz::program::live {
namespace {

struct DeleteAccounts {
  AccountRef link, contributor, state, side_a, side_z;
  LinkPoolAccounts pools;
  AccountRef owner;
  std::vector<AccountRef> topologies;
};

Outcome<DeleteAccounts> take_accounts(Accounts& accounts) {
  DeleteAccounts all;
  DZ_TRY_ASSIGN(all.link, accounts.next("link"));
  DZ_TRY_ASSIGN(all.contributor, accounts.next("contributor"));
  DZ_TRY_ASSIGN(all.state, accounts.next("global state"));
  DZ_TRY_ASSIGN(all.side_a, accounts.next("side A device"));
  DZ_TRY_ASSIGN(all.side_z, accounts.next("side Z device"));
  DZ_TRY_ASSIGN(all.pools, next_link_pool_accounts(accounts));
  DZ_TRY_ASSIGN(all.owner, accounts.next("link owner"));
  DZ_TRY(accounts.check_tail_follows());
  while (accounts.left_before_tail() > 0) {
    DZ_TRY_ASSIGN(const auto topology, accounts.next("topology"));
    all.topologies.push_back(topology);
  }
  DZ_TRY(accounts.tail());
  DZ_TRY(accounts.check_owner(all.link, all.contributor, all.state));
  DZ_TRY(check_writable(all.link));
  DZ_TRY(check_writable(all.contributor));
  return all;
}

Check check_deletable(const DeleteAccounts& all, const Link& link, const Caller& caller) {
  if (link.status == Status::Activated || link.status == Status::Deleting) {
    return reject(wire::ProgramError::InvalidStatus,
                  fmt::format("link '{}' is {}: drain it before it is deleted", link.code, to_text(link.status)));
  }
  if (caller.privileged) return {};
  return check_key(all.contributor, link.contributor, wire::ProgramError::NotAllowed);
}

// Both ends and the owner, before either device is read.
Check check_ends(const Accounts& accounts, const DeleteAccounts& all, const Link& link) {
  DZ_TRY(accounts.check_owner(all.side_a, all.side_z));
  DZ_TRY(check_writable(all.side_a));
  DZ_TRY(check_writable(all.side_z));
  DZ_TRY(check_key(all.owner, link.owner, wire::InstructionErrorKind::InvalidAccountData));
  DZ_TRY(check_key(all.side_a, link.side_a, wire::InstructionErrorKind::InvalidAccountData));
  return check_key(all.side_z, link.side_z, wire::InstructionErrorKind::InvalidAccountData);
}

}  // namespace

Check delete_link(Accounts& accounts, const wire::DeleteLinkArgs& args) {
  DZ_TRY(check_onchain(args.use_onchain_deallocation));
  DZ_TRY_ASSIGN(const auto all, take_accounts(accounts));
  DZ_TRY_ASSIGN(const auto state, accounts.load<GlobalState>(all.state));
  DZ_TRY_ASSIGN(auto contributor, accounts.load<Contributor>(all.contributor));
  const auto caller = caller_of(accounts, *state, *contributor);
  DZ_TRY(authorize(caller, wire::ProgramError::InvalidOwnerPubkey, "delete this link"));
  DZ_TRY_ASSIGN(const auto link, accounts.load<Link>(all.link));
  DZ_TRY(check_deletable(all, *link, caller));
  DZ_TRY(check_ends(accounts, all, *link));
  DZ_TRY(release(accounts, *link, all.pools));
  DZ_TRY_ASSIGN(auto side_a, accounts.load<Device>(all.side_a));
  DZ_TRY_ASSIGN(auto side_z, accounts.load<Device>(all.side_z));
  unlink(*side_a, link->side_a_iface);
  unlink(*side_z, link->side_z_iface);
  drop_reference(contributor, side_a, side_z);
  DZ_TRY(accounts.save(contributor, side_a, side_z));
  DZ_TRY(untag_all(accounts, *link, all.topologies));
  return close(link.at, all.owner);
}

}  // namespace dz::program::live
