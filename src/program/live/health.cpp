// Health on the live network: one byte, by the health oracle or the network's administrators, whatever the state.
#include "program/live/handlers.h"
#include "program/live/transition_hook.h"
#include "program/rules/entities.h"

namespace dz::program::live {
namespace {

template <typename T>
Check set_health(Accounts& accounts, std::string_view what, Health health) {
  DZ_TRY_ASSIGN(auto opened, open_writable_record<T>(accounts, what));
  auto& record = opened.record;
  DZ_TRY(authorize(accounts, *opened.state, permission::kHealthOracle | permission::kNetworkAdmin, "set a health"));
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
