// The instructions of the guarded program.
#include "program/guarded/handlers.h"
#include "program/runtime/instruction_table.h"
#include "program/guarded/invariants.h"

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
    with<CreateDeviceArgs, apply>(),
    with<UpdateDeviceArgs, apply>(),
    with<DeleteDeviceArgs, apply>(),
    with<CreateInterfaceArgs, apply>(),
    with<UpdateInterfaceArgs, apply>(),
    with<DeleteInterfaceArgs, apply>(),
    with<CreateLinkArgs, apply>(),
    with<AcceptLinkArgs, apply>(),
    with<UpdateLinkArgs, apply>(),
    with<DeleteLinkArgs, apply>(),
    with<SetDeviceHealthArgs, apply>(),
    with<SetLinkHealthArgs, apply>(),
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

const ServiceabilityProgram& guarded_program() {
  static constexpr ServiceabilityProgram kProgram{kInstructions, check_guarded_invariants};
  return kProgram;
}

}  // namespace dz
