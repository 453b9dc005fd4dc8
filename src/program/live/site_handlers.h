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
Check set_min_version(Accounts& accounts, const wire::SetMinVersionArgs& args);

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

// permission.cpp
Check create_permission(Accounts& accounts, const wire::CreatePermissionArgs& args);
Check update_permission(Accounts& accounts, const wire::UpdatePermissionArgs& args);
Check suspend_permission(Accounts& accounts);
Check resume_permission(Accounts& accounts);
Check delete_permission(Accounts& accounts);

// topology.cpp
Check create_topology(Accounts& accounts, const wire::CreateTopologyArgs& args);
Check delete_topology(Accounts& accounts, const wire::DeleteTopologyArgs& args);
Check clear_topology(Accounts& accounts, const wire::ClearTopologyArgs& args);
Check assign_node_segments(Accounts& accounts, const wire::AssignNodeSegmentsArgs& args);

// index.cpp
Check create_index(Accounts& accounts, const wire::CreateIndexArgs& args);
Check delete_index(Accounts& accounts);

// resource.cpp
Check allocate_resource(Accounts& accounts, const wire::AllocateResourceArgs& args);
Check create_resource(Accounts& accounts, const wire::CreateResourceArgs& args);
Check deallocate_resource(Accounts& accounts, const wire::DeallocateResourceArgs& args);
Check close_resource(Accounts& accounts);

}  // namespace dz::program::live
