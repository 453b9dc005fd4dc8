// Health, by the health authority. The whole record is validated again: what is broken elsewhere cannot be judged.
#include "program/guarded/handlers.h"
#include "program/guarded/lifecycle_write.h"
#include "program/rules/entities.h"

namespace dz::program::guarded {
namespace {

template <typename T>
Check set_health(Accounts& accounts, std::string_view what, Health health,
                 const std::optional<lifecycle::JudgedState>& judged) {
  DZ_TRY_ASSIGN(auto opened, open_record<T>(accounts, what));
  DZ_TRY_ASSIGN(const auto authority, read_authority(accounts, *opened.state));
  DZ_TRY(write_health(*opened.record, health, judged, roles_of(authority, nullptr, nullptr)));
  return accounts.save(opened.record);
}

}  // namespace

Check set_device_health(Accounts& accounts, const wire::SetDeviceHealthArgs& args) {
  return set_health<Device>(accounts, "device", args.health, args.judged);
}
Check set_link_health(Accounts& accounts, const wire::SetLinkHealthArgs& args) {
  return set_health<Link>(accounts, "link", args.health, args.judged);
}

}  // namespace dz::program::guarded
