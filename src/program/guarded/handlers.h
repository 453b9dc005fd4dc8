// The guarded program's own instructions: those in which it enforces the lifecycle and who writes what, or checks more
// than the live program. The others are in rules/handlers.h. Account lists, checks and error codes:
// docs/formats/program.md.
#pragma once

#include "program/runtime/accounts.h"
#include "wire/instructions/device.h"
#include "wire/instructions/global.h"
#include "wire/instructions/link.h"
#include "wire/instructions/permission.h"
#include "wire/instructions/resource.h"
#include "wire/instructions/site.h"

namespace dz::program::guarded {

// global.cpp
Check init_global_state(Accounts& accounts);

// site.cpp
Check create_location(Accounts& accounts, const wire::CreateLocationArgs& args);
Check update_location(Accounts& accounts, const wire::UpdateLocationArgs& args);
Check create_exchange(Accounts& accounts, const wire::CreateExchangeArgs& args);
Check update_exchange(Accounts& accounts, const wire::UpdateExchangeArgs& args);
Check delete_exchange(Accounts& accounts);
Check set_device_exchange(Accounts& accounts, const wire::SetDeviceExchangeArgs& args);

// contributor.cpp
Check create_contributor(Accounts& accounts, const wire::CreateContributorArgs& args);
Check update_contributor(Accounts& accounts, const wire::UpdateContributorArgs& args);

// device.cpp, device_update.cpp, device_interface.cpp
Check create_device(Accounts& accounts, const wire::CreateDeviceArgs& args);
Check update_device(Accounts& accounts, const wire::UpdateDeviceArgs& args);
Check delete_device(Accounts& accounts, const wire::DeleteDeviceArgs& args);
Check create_interface(Accounts& accounts, const wire::CreateInterfaceArgs& args);
Check update_interface(Accounts& accounts, const wire::UpdateInterfaceArgs& args);
Check delete_interface(Accounts& accounts, const wire::DeleteInterfaceArgs& args);

// link.cpp, link_update.cpp
Check create_link(Accounts& accounts, const wire::CreateLinkArgs& args);
Check accept_link(Accounts& accounts, const wire::AcceptLinkArgs& args);
Check update_link(Accounts& accounts, const wire::UpdateLinkArgs& args);
Check delete_link(Accounts& accounts, const wire::DeleteLinkArgs& args);

// health.cpp
Check set_device_health(Accounts& accounts, const wire::SetDeviceHealthArgs& args);
Check set_link_health(Accounts& accounts, const wire::SetLinkHealthArgs& args);

// resource.cpp
Check allocate_resource(Accounts& accounts, const wire::AllocateResourceArgs& args);
Check create_resource(Accounts& accounts, const wire::CreateResourceArgs& args);
Check deallocate_resource(Accounts& accounts, const wire::DeallocateResourceArgs& args);
Check close_resource(Accounts& accounts);

// permission.cpp
Check create_permission(Accounts& accounts, const wire::CreatePermissionArgs& args);
Check update_permission(Accounts& accounts, const wire::UpdatePermissionArgs& args);
Check suspend_permission(Accounts& accounts);
Check resume_permission(Accounts& accounts);
Check delete_permission(Accounts& accounts);

}  // namespace dz::program::guarded
