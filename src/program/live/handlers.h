// The live program's own handlers of devices, interfaces, links and health; the others are those of program/guarded/handlers.h.
// docs/formats/program-live.md says what they check, in which order, and what differs from the guarded program.
#pragma once

#include "program/runtime/accounts.h"
#include "wire/instructions/device.h"
#include "wire/instructions/link.h"

namespace dz::live {

// device.cpp, device_update.cpp
Check apply(Accounts& accounts, const CreateDeviceArgs& args);
Check apply(Accounts& accounts, const DeleteDeviceArgs& args);
Check apply(Accounts& accounts, const UpdateDeviceArgs& args);

// device_interface.cpp, device_interface_update.cpp
Check apply(Accounts& accounts, const CreateInterfaceArgs& args);
Check apply(Accounts& accounts, const DeleteInterfaceArgs& args);
Check apply(Accounts& accounts, const UpdateInterfaceArgs& args);

// link.cpp, link_delete.cpp, link_update.cpp
Check apply(Accounts& accounts, const CreateLinkArgs& args);
Check apply(Accounts& accounts, const AcceptLinkArgs& args);
Check apply(Accounts& accounts, const DeleteLinkArgs& args);
Check apply(Accounts& accounts, const UpdateLinkArgs& args);

// health.cpp
Check apply(Accounts& accounts, const SetDeviceHealthArgs& args);
Check apply(Accounts& accounts, const SetLinkHealthArgs& args);

}  // namespace dz::live
