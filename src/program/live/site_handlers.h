// The live program's own handlers of the network's settings, sites, contributors, permissions, topologies, indexes and
// pools. docs/formats/program-live.md says what they check, in which order, and what differs from the guarded program.
#pragma once

#include "program/runtime/accounts.h"
#include "wire/instructions/global.h"
#include "wire/instructions/index.h"
#include "wire/instructions/permission.h"
#include "wire/instructions/resource.h"
#include "wire/instructions/site.h"
#include "wire/instructions/topology.h"

namespace dz::live {

// global.cpp
Check init_global_state(Accounts& accounts);
Check apply(Accounts& accounts, const SetMinVersionArgs& args);

// site.cpp
Check apply(Accounts& accounts, const CreateLocationArgs& args);
Check apply(Accounts& accounts, const UpdateLocationArgs& args);
Check apply(Accounts& accounts, const CreateExchangeArgs& args);
Check apply(Accounts& accounts, const UpdateExchangeArgs& args);
Check delete_exchange(Accounts& accounts);
Check apply(Accounts& accounts, const SetDeviceExchangeArgs& args);

// contributor.cpp
Check apply(Accounts& accounts, const CreateContributorArgs& args);
Check apply(Accounts& accounts, const UpdateContributorArgs& args);

// permission.cpp
Check apply(Accounts& accounts, const CreatePermissionArgs& args);
Check apply(Accounts& accounts, const UpdatePermissionArgs& args);
Check suspend_permission(Accounts& accounts);
Check resume_permission(Accounts& accounts);
Check delete_permission(Accounts& accounts);

// topology.cpp
Check apply(Accounts& accounts, const CreateTopologyArgs& args);
Check apply(Accounts& accounts, const DeleteTopologyArgs& args);
Check apply(Accounts& accounts, const ClearTopologyArgs& args);
Check apply(Accounts& accounts, const AssignNodeSegmentsArgs& args);

// index.cpp
Check apply(Accounts& accounts, const CreateIndexArgs& args);
Check delete_index(Accounts& accounts);

// resource.cpp
Check apply(Accounts& accounts, const AllocateResourceArgs& args);
Check apply(Accounts& accounts, const CreateResourceArgs& args);
Check apply(Accounts& accounts, const DeallocateResourceArgs& args);
Check close_resource(Accounts& accounts);

}  // namespace dz::live
