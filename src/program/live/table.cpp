// The instructions of the live program. One file of this folder an entity: an entry goes from the guarded program's
// handler to the live one's own when the two differ.
#include "program/guarded/handlers.h"
#include "program/runtime/instruction_table.h"
#include "program/live/handlers.h"
#include "program/live/site_handlers.h"

namespace dz {
namespace {

constexpr InstructionEntry kInstructions[] = {
    {InstructionTag::InitGlobalState, live::init_global_state},
    with<SetAuthorityArgs, apply>(),
    with<SetGlobalConfigArgs, apply>(),
    with<AddFoundationArgs, apply>(),
    with<RemoveFoundationArgs, apply>(),
    with<AddQaArgs, apply>(),
    with<RemoveQaArgs, apply>(),
    with<SetAirdropArgs, apply>(),
    with<SetFeatureFlagsArgs, apply>(),
    with<SetMinVersionArgs, live::apply>(),
    with<CreateLocationArgs, live::apply>(),
    with<UpdateLocationArgs, live::apply>(),
    {InstructionTag::SuspendLocation, suspend_location},
    {InstructionTag::ResumeLocation, resume_location},
    {InstructionTag::DeleteLocation, delete_location},
    with<CreateExchangeArgs, live::apply>(),
    with<UpdateExchangeArgs, live::apply>(),
    {InstructionTag::SuspendExchange, suspend_exchange},
    {InstructionTag::ResumeExchange, resume_exchange},
    {InstructionTag::DeleteExchange, live::delete_exchange},
    with<SetDeviceExchangeArgs, live::apply>(),
    with<CreateContributorArgs, live::apply>(),
    with<UpdateContributorArgs, live::apply>(),
    {InstructionTag::SuspendContributor, suspend_contributor},
    {InstructionTag::ResumeContributor, resume_contributor},
    {InstructionTag::DeleteContributor, delete_contributor},
    with<CreateDeviceArgs, live::apply>(),
    with<UpdateDeviceArgs, live::apply>(),
    with<DeleteDeviceArgs, live::apply>(),
    with<CreateInterfaceArgs, live::apply>(),
    with<UpdateInterfaceArgs, live::apply>(),
    with<DeleteInterfaceArgs, live::apply>(),
    with<CreateLinkArgs, live::apply>(),
    with<AcceptLinkArgs, live::apply>(),
    with<UpdateLinkArgs, live::apply>(),
    with<DeleteLinkArgs, live::apply>(),
    with<SetDeviceHealthArgs, live::apply>(),
    with<SetLinkHealthArgs, live::apply>(),
    with<AllocateResourceArgs, live::apply>(),
    with<CreateResourceArgs, live::apply>(),
    with<DeallocateResourceArgs, live::apply>(),
    {InstructionTag::CloseResource, live::close_resource},
    with<CreatePermissionArgs, live::apply>(),
    with<UpdatePermissionArgs, live::apply>(),
    {InstructionTag::SuspendPermission, live::suspend_permission},
    {InstructionTag::ResumePermission, live::resume_permission},
    {InstructionTag::DeletePermission, live::delete_permission},
    with<CreateIndexArgs, live::apply>(),
    {InstructionTag::DeleteIndex, live::delete_index},
    with<CreateTopologyArgs, live::apply>(),
    with<DeleteTopologyArgs, live::apply>(),
    with<ClearTopologyArgs, live::apply>(),
    with<AssignNodeSegmentsArgs, live::apply>(),
};

}  // namespace

const ServiceabilityProgram& live_program() {
  static constexpr ServiceabilityProgram kProgram{kInstructions};
  return kProgram;
}

}  // namespace dz
