// The live program's own handlers of devices, interfaces, links and health; site_handlers.h has the rest of its own,
// rules/handlers.h those of both programs. docs/formats/program-live.md says what they check, in which order, and what
// differs from the guarded program.
#pragma once

#include "program/runtime/accounts.h"
#include "wire/instructions/device.h"
#include "wire/instructions/link.h"

namespace dz::program::live {

// device.cpp, device_update.cpp
Check create_device(Accounts& accounts, const wire::CreateDeviceArgs& args);
Check delete_device(Accounts& accounts, const wire::DeleteDeviceArgs& args);
Check update_device(Accounts& accounts, const wire::UpdateDeviceArgs& args);

// device_interface.cpp, device_interface_update.cpp
Check create_interface(Accounts& accounts, const wire::CreateInterfaceArgs& args);
Check delete_interface(Accounts& accounts, const wire::DeleteInterfaceArgs& args);
Check update_interface(Accounts& accounts, const wire::UpdateInterfaceArgs& args);

// link.cpp, link_delete.cpp, link_update.cpp
Check create_link(Accounts& accounts, const wire::CreateLinkArgs& args);
Check accept_link(Accounts& accounts, const wire::AcceptLinkArgs& args);
Check delete_link(Accounts& accounts, const wire::DeleteLinkArgs& args);
Check update_link(Accounts& accounts, const wire::UpdateLinkArgs& args);

// health.cpp
Check set_device_health(Accounts& accounts, const wire::SetDeviceHealthArgs& args);
Check set_link_health(Accounts& accounts, const wire::SetLinkHealthArgs& args);

}  // namespace dz::program::live
