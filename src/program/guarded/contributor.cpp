// Contributors: who owns devices and links.
#include "program/guarded/handlers.h"
#include "program/rules/site_rules.h"

namespace dz::program::guarded {
namespace {

struct Opened {
  Record<Contributor> contributor;
  Record<GlobalState> state;
};

Outcome<Opened> open_contributor(Accounts& accounts) {
  DZ_TRY_ASSIGN(auto contributor, accounts.writable_record<Contributor>("contributor"));
  DZ_TRY_ASSIGN(auto state, accounts.record<GlobalState>("global state"));
  DZ_TRY(accounts.tail());
  return Opened{std::move(contributor), std::move(state)};
}

Check change_status(Accounts& accounts, ContributorStatus from, ContributorStatus to) {
  DZ_TRY_ASSIGN(auto opened, open_contributor(accounts));
  auto& contributor = opened.contributor;
  DZ_TRY(authorize(accounts, *opened.state, permission::kContributorAdmin, "suspend or resume a contributor"));
  if (contributor->status != from) {
    return reject(wire::ProgramError::InvalidStatus,
                  fmt::format("contributor '{}' is {}, expected {}", contributor->code, to_text(contributor->status),
                              to_text(from)));
  }
  contributor->status = to;
  return accounts.save(contributor);
}

}  // namespace

Check create_contributor(Accounts& accounts, const wire::CreateContributorArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("contributor"));
  DZ_TRY_ASSIGN(const auto owner, accounts.next("owner"));
  DZ_TRY_ASSIGN(auto state, accounts.record<GlobalState>("global state"));
  DZ_TRY(accounts.tail());
  DZ_TRY(check_empty(at));
  DZ_TRY(authorize(accounts, *state, permission::kContributorAdmin, "create a contributor"));
  DZ_TRY(create_indexed(accounts, state, at, wire::contributor_address, new_contributor(owner.key, args)));
  // The owner's first money: enough to exist, and to pay for transactions.
  return accounts.pay(owner, rent_exempt_minimum(0) + state->contributor_airdrop_lamports);
}

Check update_contributor(Accounts& accounts, const wire::UpdateContributorArgs& args) {
  DZ_TRY_ASSIGN(auto opened, open_contributor(accounts));
  auto& contributor = *opened.contributor;
  DZ_TRY_ASSIGN(const auto authority, read_authority(accounts, *opened.state));
  const bool only_ops_manager = !args.code && !args.owner;
  if (!(only_ops_manager && contributor.owner == authority.signer)) {
    DZ_TRY(authorize(authority, permission::kContributorAdmin,
                     "change this contributor; its owner may set the ops manager only"));
  }
  set_fields(contributor, args);
  return accounts.save(opened.contributor);
}

Check suspend_contributor(Accounts& accounts) {
  return change_status(accounts, ContributorStatus::Activated, ContributorStatus::Suspended);
}
Check resume_contributor(Accounts& accounts) {
  return change_status(accounts, ContributorStatus::Suspended, ContributorStatus::Activated);
}

Check delete_contributor(Accounts& accounts) {
  DZ_TRY_ASSIGN(auto opened, open_contributor(accounts));
  auto& contributor = opened.contributor;
  DZ_TRY(authorize(accounts, *opened.state, permission::kContributorAdmin, "delete a contributor"));
  if (contributor->status == ContributorStatus::Deleting) {
    return reject(wire::ProgramError::InvalidStatus, fmt::format("contributor '{}' is deleting", contributor->code));
  }
  DZ_TRY(check_unreferenced(contributor));
  return close(contributor.at, accounts.payer());
}

}  // namespace dz::program::guarded
