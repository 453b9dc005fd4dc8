// The instructions of the guarded program.
#include "program/guarded/handlers.h"
#include "program/guarded/invariants.h"
#include "program/runtime/instruction_table.h"

namespace dz::program::guarded {
namespace {

constexpr InstructionEntry kInstructions[] = {
    {wire::InstructionTag::InitGlobalState, init_global_state},
    with<wire::SetAuthorityArgs, apply>(),
    with<wire::SetGlobalConfigArgs, apply>(),
    with<wire::AddFoundationArgs, apply>(),
    with<wire::RemoveFoundationArgs, apply>(),
    with<wire::AddQaArgs, apply>(),
    with<wire::RemoveQaArgs, apply>(),
    with<wire::SetAirdropArgs, apply>(),
    with<wire::SetFeatureFlagsArgs, apply>(),
    with<wire::CreateLocationArgs, apply>(),
    with<wire::UpdateLocationArgs, apply>(),
    {wire::InstructionTag::SuspendLocation, suspend_location},
    {wire::InstructionTag::ResumeLocation, resume_location},
    {wire::InstructionTag::DeleteLocation, delete_location},
    with<wire::CreateExchangeArgs, apply>(),
    with<wire::UpdateExchangeArgs, apply>(),
    {wire::InstructionTag::SuspendExchange, suspend_exchange},
    {wire::InstructionTag::ResumeExchange, resume_exchange},
    {wire::InstructionTag::DeleteExchange, delete_exchange},
    with<wire::SetDeviceExchangeArgs, apply>(),
    with<wire::CreateContributorArgs, apply>(),
    with<wire::UpdateContributorArgs, apply>(),
    {wire::InstructionTag::SuspendContributor, suspend_contributor},
    {wire::InstructionTag::ResumeContributor, resume_contributor},
    {wire::InstructionTag::DeleteContributor, delete_contributor},
    with<wire::CreateDeviceArgs, apply>(),
    with<wire::UpdateDeviceArgs, apply>(),
    with<wire::DeleteDeviceArgs, apply>(),
    with<wire::CreateInterfaceArgs, apply>(),
    with<wire::UpdateInterfaceArgs, apply>(),
    with<wire::DeleteInterfaceArgs, apply>(),
    with<wire::CreateLinkArgs, apply>(),
    with<wire::AcceptLinkArgs, apply>(),
    with<wire::UpdateLinkArgs, apply>(),
    with<wire::DeleteLinkArgs, apply>(),
    with<wire::SetDeviceHealthArgs, apply>(),
    with<wire::SetLinkHealthArgs, apply>(),
    with<wire::AllocateResourceArgs, apply>(),
    with<wire::CreateResourceArgs, apply>(),
    with<wire::DeallocateResourceArgs, apply>(),
    {wire::InstructionTag::CloseResource, close_resource},
    with<wire::CreatePermissionArgs, apply>(),
    with<wire::UpdatePermissionArgs, apply>(),
    {wire::InstructionTag::SuspendPermission, suspend_permission},
    {wire::InstructionTag::ResumePermission, resume_permission},
    {wire::InstructionTag::DeletePermission, delete_permission},
};

}  // namespace

const ServiceabilityProgram& serviceability() {
  static constexpr ServiceabilityProgram kProgram{kInstructions, check_guarded_invariants};
  return kProgram;
}

}  // namespace dz::program::guarded
