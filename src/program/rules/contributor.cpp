// Contributors, who own devices and links: what is the same in both programs.
#include "program/rules/entities.h"
#include "program/rules/handlers.h"

namespace dz::program {
namespace {

Outcome<Record<Contributor>> open_as_admin(Accounts& accounts, std::string_view action) {
  DZ_TRY_ASSIGN(const auto opening, open_list(accounts, "contributor"));
  DZ_TRY(authorize(accounts, *opening.state, permission::kContributorAdmin, action));
  return accounts.load<Contributor>(opening.at);
}

Check change_status(Accounts& accounts, ContributorStatus from, ContributorStatus to) {
  DZ_TRY_ASSIGN(auto contributor, open_as_admin(accounts, "suspend or resume a contributor"));
  DZ_TRY(check_status(contributor, from));
  contributor->status = to;
  return accounts.save(contributor);
}

}  // namespace

Check suspend_contributor(Accounts& accounts) {
  return change_status(accounts, ContributorStatus::Activated, ContributorStatus::Suspended);
}
Check resume_contributor(Accounts& accounts) {
  return change_status(accounts, ContributorStatus::Suspended, ContributorStatus::Activated);
}

Check delete_contributor(Accounts& accounts) {
  DZ_TRY_ASSIGN(const auto contributor, open_as_admin(accounts, "delete a contributor"));
  if (contributor->status == ContributorStatus::Deleting) {
    return reject(wire::ProgramError::InvalidStatus, fmt::format("contributor '{}' is deleting", contributor->code));
  }
  DZ_TRY(check_unreferenced(contributor));
  return close(contributor.at, accounts.payer());
}

}  // namespace dz::program
