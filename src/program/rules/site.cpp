// Locations and exchanges: what is the same in both programs.
#include "program/rules/handlers.h"
#include "program/rules/site_rules.h"

namespace dz::program {
namespace {

template <typename T>
Check change_status(Accounts& accounts, std::string_view what, SiteStatus from, SiteStatus to) {
  DZ_TRY_ASSIGN(auto record, open_site<T>(accounts, what, "suspend or resume a site"));
  DZ_TRY(check_status(record, from));
  record->status = to;
  return accounts.save(record);
}

}  // namespace

Check suspend_location(Accounts& accounts) {
  return change_status<Location>(accounts, "location", SiteStatus::Activated, SiteStatus::Suspended);
}
Check resume_location(Accounts& accounts) {
  return change_status<Location>(accounts, "location", SiteStatus::Suspended, SiteStatus::Activated);
}

Check delete_location(Accounts& accounts) {
  DZ_TRY_ASSIGN(const auto location, open_site<Location>(accounts, "location", "delete a location"));
  DZ_TRY(check_unreferenced(location));
  return close(location.at, accounts.payer());
}

Check suspend_exchange(Accounts& accounts) {
  return change_status<Exchange>(accounts, "exchange", SiteStatus::Activated, SiteStatus::Suspended);
}
Check resume_exchange(Accounts& accounts) {
  return change_status<Exchange>(accounts, "exchange", SiteStatus::Suspended, SiteStatus::Activated);
}

}  // namespace dz::program
