// The instructions of the live program. One file of this folder an entity: an entry goes from the guarded program's
// handler to the live one's own when the two differ.
#include "program/handlers.h"
#include "program/instruction_table.h"
#include "program/live/handlers.h"

namespace dz {
namespace {

constexpr InstructionEntry kInstructions[] = {
    {InstructionTag::InitGlobalState, init_global_state},
    with<SetAuthorityArgs, apply>(),
    with<SetGlobalConfigArgs, apply>(),
    with<AddFoundationArgs, apply>(),
    with<RemoveFoundationArgs, apply>(),
    with<AddQaArgs, apply>(),
    with<RemoveQaArgs, apply>(),
    with<SetAirdropArgs, apply>(),
    with<SetFeatureFlagsArgs, apply>(),
    with<CreateLocationArgs, apply>(),
    with<UpdateLocationArgs, apply>(),
    {InstructionTag::SuspendLocation, suspend_location},
    {InstructionTag::ResumeLocation, resume_location},
    {InstructionTag::DeleteLocation, delete_location},
    with<CreateExchangeArgs, apply>(),
    with<UpdateExchangeArgs, apply>(),
    {InstructionTag::SuspendExchange, suspend_exchange},
    {InstructionTag::ResumeExchange, resume_exchange},
    {InstructionTag::DeleteExchange, delete_exchange},
    with<SetDeviceExchangeArgs, apply>(),
    with<CreateContributorArgs, apply>(),
    with<UpdateContributorArgs, apply>(),
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
    with<AllocateResourceArgs, apply>(),
    with<CreateResourceArgs, apply>(),
    with<DeallocateResourceArgs, apply>(),
    {InstructionTag::CloseResource, close_resource},
    with<CreatePermissionArgs, apply>(),
    with<UpdatePermissionArgs, apply>(),
    {InstructionTag::SuspendPermission, suspend_permission},
    {InstructionTag::ResumePermission, resume_permission},
    {InstructionTag::DeletePermission, delete_permission},
};

}  // namespace

const ServiceabilityProgram& live_program() {
  static constexpr ServiceabilityProgram kProgram{kInstructions};
  return kProgram;
}

}  // namespace dz
