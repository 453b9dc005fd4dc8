// Health on the live network: one byte, by the health oracle or the network's administrators, whatever the state.
#include "program/live/handlers.h"
#include "program/live/transition_hook.h"
#include "program/rules/entities.h"

namespace dz::program::live {
namespace {

template <typename T>
Check set_health(Accounts& accounts, std::string_view what, Health health) {
  DZ_TRY_ASSIGN(const auto opening, open_list(accounts, what));
  DZ_TRY(authorize(accounts, *opening.state, permission::kHealthOracle | permission::kNetworkAdmin, "set a health"));
  DZ_TRY_ASSIGN(auto record, accounts.load<T>(opening.at));
  record->health = health;
  run_transition_hook(*record, accounts.invocation().options);
  return accounts.save(record);
}

}  // namespace

Check set_device_health(Accounts& accounts, const wire::SetDeviceHealthArgs& args) {
  return set_health<Device>(accounts, "device", args.health);
}
Check set_link_health(Accounts& accounts, const wire::SetLinkHealthArgs& args) {
  return set_health<Link>(accounts, "link", args.health);
}

}  // namespace dz::program::live
