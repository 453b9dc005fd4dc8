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

namespace dz::program::live {

// global.cpp
Check init_global_state(Accounts& accounts);
Check apply(Accounts& accounts, const wire::SetMinVersionArgs& args);

// site.cpp
Check apply(Accounts& accounts, const wire::CreateLocationArgs& args);
Check apply(Accounts& accounts, const wire::UpdateLocationArgs& args);
Check apply(Accounts& accounts, const wire::CreateExchangeArgs& args);
Check apply(Accounts& accounts, const wire::UpdateExchangeArgs& args);
Check delete_exchange(Accounts& accounts);
Check apply(Accounts& accounts, const wire::SetDeviceExchangeArgs& args);

// contributor.cpp
Check apply(Accounts& accounts, const wire::CreateContributorArgs& args);
Check apply(Accounts& accounts, const wire::UpdateContributorArgs& args);

// permission.cpp
Check apply(Accounts& accounts, const wire::CreatePermissionArgs& args);
Check apply(Accounts& accounts, const wire::UpdatePermissionArgs& args);
Check suspend_permission(Accounts& accounts);
Check resume_permission(Accounts& accounts);
Check delete_permission(Accounts& accounts);

// topology.cpp
Check apply(Accounts& accounts, const wire::CreateTopologyArgs& args);
Check apply(Accounts& accounts, const wire::DeleteTopologyArgs& args);
Check apply(Accounts& accounts, const wire::ClearTopologyArgs& args);
Check apply(Accounts& accounts, const wire::AssignNodeSegmentsArgs& args);

// index.cpp
Check apply(Accounts& accounts, const wire::CreateIndexArgs& args);
Check delete_index(Accounts& accounts);

// resource.cpp
Check apply(Accounts& accounts, const wire::AllocateResourceArgs& args);
Check apply(Accounts& accounts, const wire::CreateResourceArgs& args);
Check apply(Accounts& accounts, const wire::DeallocateResourceArgs& args);
Check close_resource(Accounts& accounts);

}  // namespace dz::program::live
