// Every instruction of the serviceability program: one function that takes its accounts in order, checks with guard
// clauses, each with one exact refusal, and then changes records. One file an entity; dispatch.cpp has the table.
// Account lists, checks and error codes: docs/formats/program.md.
#pragma once

#include "program/runtime/accounts.h"
#include "wire/instructions/device.h"
#include "wire/instructions/global.h"
#include "wire/instructions/link.h"
#include "wire/instructions/permission.h"
#include "wire/instructions/resource.h"
#include "wire/instructions/site.h"

namespace dz {

// global.cpp
Check init_global_state(Accounts& accounts);
Check apply(Accounts& accounts, const SetAuthorityArgs& args);
Check apply(Accounts& accounts, const SetGlobalConfigArgs& args);
Check apply(Accounts& accounts, const AddFoundationArgs& args);
Check apply(Accounts& accounts, const RemoveFoundationArgs& args);
Check apply(Accounts& accounts, const AddQaArgs& args);
Check apply(Accounts& accounts, const RemoveQaArgs& args);
Check apply(Accounts& accounts, const SetAirdropArgs& args);
Check apply(Accounts& accounts, const SetFeatureFlagsArgs& args);

// site.cpp
Check apply(Accounts& accounts, const CreateLocationArgs& args);
Check apply(Accounts& accounts, const UpdateLocationArgs& args);
Check suspend_location(Accounts& accounts);
Check resume_location(Accounts& accounts);
Check delete_location(Accounts& accounts);
Check apply(Accounts& accounts, const CreateExchangeArgs& args);
Check apply(Accounts& accounts, const UpdateExchangeArgs& args);
Check suspend_exchange(Accounts& accounts);
Check resume_exchange(Accounts& accounts);
Check delete_exchange(Accounts& accounts);
Check apply(Accounts& accounts, const SetDeviceExchangeArgs& args);

// contributor.cpp
Check apply(Accounts& accounts, const CreateContributorArgs& args);
Check apply(Accounts& accounts, const UpdateContributorArgs& args);
Check suspend_contributor(Accounts& accounts);
Check resume_contributor(Accounts& accounts);
Check delete_contributor(Accounts& accounts);

// device.cpp, device_update.cpp, device_interface.cpp
Check apply(Accounts& accounts, const CreateDeviceArgs& args);
Check apply(Accounts& accounts, const UpdateDeviceArgs& args);
Check apply(Accounts& accounts, const DeleteDeviceArgs& args);
Check apply(Accounts& accounts, const CreateInterfaceArgs& args);
Check apply(Accounts& accounts, const UpdateInterfaceArgs& args);
Check apply(Accounts& accounts, const DeleteInterfaceArgs& args);

// link.cpp, link_update.cpp
Check apply(Accounts& accounts, const CreateLinkArgs& args);
Check apply(Accounts& accounts, const AcceptLinkArgs& args);
Check apply(Accounts& accounts, const UpdateLinkArgs& args);
Check apply(Accounts& accounts, const DeleteLinkArgs& args);

// health.cpp
Check apply(Accounts& accounts, const SetDeviceHealthArgs& args);
Check apply(Accounts& accounts, const SetLinkHealthArgs& args);

// resource.cpp
Check apply(Accounts& accounts, const AllocateResourceArgs& args);
Check apply(Accounts& accounts, const CreateResourceArgs& args);
Check apply(Accounts& accounts, const DeallocateResourceArgs& args);
Check close_resource(Accounts& accounts);

// permission.cpp
Check apply(Accounts& accounts, const CreatePermissionArgs& args);
Check apply(Accounts& accounts, const UpdatePermissionArgs& args);
Check suspend_permission(Accounts& accounts);
Check resume_permission(Accounts& accounts);
Check delete_permission(Accounts& accounts);

}  // namespace dz
