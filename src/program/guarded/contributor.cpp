// Contributors: creation and update.
#include "program/guarded/handlers.h"
#include "program/rules/site_rules.h"

namespace dz::program::guarded {
Check create_contributor(Accounts& accounts, const wire::CreateContributorArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("contributor"));
  DZ_TRY_ASSIGN(const auto owner, accounts.next("owner"));
  DZ_TRY_ASSIGN(auto state, accounts.record<GlobalState>("global state"));
  DZ_TRY(accounts.tail());
  DZ_TRY(check_empty(at));
  DZ_TRY(authorize(accounts, *state, permission::kContributorAdmin, "create a contributor"));
  DZ_TRY(create_indexed(accounts, state, at, new_contributor(owner.key, args)));
  // The owner's first money: enough to exist, and to pay for transactions.
  return accounts.pay(owner, rent_exempt_minimum(0) + state->contributor_airdrop_lamports);
}

Check update_contributor(Accounts& accounts, const wire::UpdateContributorArgs& args) {
  DZ_TRY_ASSIGN(auto opened, open_writable_record<Contributor>(accounts, "contributor"));
  auto& contributor = *opened.record;
  DZ_TRY_ASSIGN(const auto authority, read_authority(accounts, *opened.state));
  const bool only_ops_manager = !args.code && !args.owner;
  if (!(only_ops_manager && contributor.owner == authority.signer)) {
    DZ_TRY(authorize(authority, permission::kContributorAdmin,
                     "change this contributor; its owner may set the ops manager only"));
  }
  set_fields(contributor, args);
  return accounts.save(opened.record);
}

}  // namespace dz::program::guarded
