// Contributors, where the live program differs: a code before the signer's rights, and an owner changes the ops manager
// only by giving one.
#include "program/live/site_handlers.h"
#include "program/rules/site_rules.h"

namespace dz::program::live {

Check create_contributor(Accounts& accounts, const wire::CreateContributorArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("contributor"));
  DZ_TRY_ASSIGN(const auto owner, accounts.next("owner"));
  DZ_TRY_ASSIGN(const auto state_at, accounts.next("global state"));
  DZ_TRY(accounts.take_tail());
  DZ_TRY(check_code(args.code));
  DZ_TRY(accounts.check_owner(state_at));
  DZ_TRY(accounts.check_system());
  DZ_TRY(check_writable(at));
  DZ_TRY_ASSIGN(auto state, accounts.load<GlobalState>(state_at));
  DZ_TRY(authorize(accounts, *state, permission::kContributorAdmin, "create a contributor"));
  DZ_TRY(check_key(at, wire::contributor_address(accounts.program(), state->account_index + 1).address));
  DZ_TRY(check_empty(at));
  DZ_TRY(accounts.pay(owner, rent_exempt_minimum(0) + state->contributor_airdrop_lamports));
  return create_indexed(accounts, state, at, new_contributor(owner.key, args));
}

Check update_contributor(Accounts& accounts, const wire::UpdateContributorArgs& args) {
  DZ_TRY_ASSIGN(auto opened, open_writable_record<Contributor>(accounts, "contributor"));
  auto& contributor = opened.record;
  const bool only_ops_manager = !args.code && !args.owner && args.ops_manager;
  if (!only_ops_manager || contributor->owner != accounts.payer().key) {
    DZ_TRY(authorize(accounts, *opened.state, permission::kContributorAdmin,
                     "change this contributor; its owner may set the ops manager only"));
  }
  set_fields(*contributor, args);
  return accounts.save(contributor);
}

}  // namespace dz::program::live
