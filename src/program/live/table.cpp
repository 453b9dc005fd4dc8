// The instructions of the live program. One file of this folder an entity: an entry goes from the guarded program's
// handler to the live one's own when the two differ.
#include "program/guarded/handlers.h"
#include "program/live/handlers.h"
#include "program/live/site_handlers.h"
#include "program/runtime/instruction_table.h"

namespace dz::program::live {
namespace {

constexpr InstructionEntry kInstructions[] = {
    {wire::InstructionTag::InitGlobalState, live::init_global_state},
    with<wire::SetAuthorityArgs, guarded::apply>(),
    with<wire::SetGlobalConfigArgs, guarded::apply>(),
    with<wire::AddFoundationArgs, guarded::apply>(),
    with<wire::RemoveFoundationArgs, guarded::apply>(),
    with<wire::AddQaArgs, guarded::apply>(),
    with<wire::RemoveQaArgs, guarded::apply>(),
    with<wire::SetAirdropArgs, guarded::apply>(),
    with<wire::SetFeatureFlagsArgs, guarded::apply>(),
    with<wire::SetMinVersionArgs, live::apply>(),
    with<wire::CreateLocationArgs, live::apply>(),
    with<wire::UpdateLocationArgs, live::apply>(),
    {wire::InstructionTag::SuspendLocation, guarded::suspend_location},
    {wire::InstructionTag::ResumeLocation, guarded::resume_location},
    {wire::InstructionTag::DeleteLocation, guarded::delete_location},
    with<wire::CreateExchangeArgs, live::apply>(),
    with<wire::UpdateExchangeArgs, live::apply>(),
    {wire::InstructionTag::SuspendExchange, guarded::suspend_exchange},
    {wire::InstructionTag::ResumeExchange, guarded::resume_exchange},
    {wire::InstructionTag::DeleteExchange, live::delete_exchange},
    with<wire::SetDeviceExchangeArgs, live::apply>(),
    with<wire::CreateContributorArgs, live::apply>(),
    with<wire::UpdateContributorArgs, live::apply>(),
    {wire::InstructionTag::SuspendContributor, guarded::suspend_contributor},
    {wire::InstructionTag::ResumeContributor, guarded::resume_contributor},
    {wire::InstructionTag::DeleteContributor, guarded::delete_contributor},
    with<wire::CreateDeviceArgs, live::apply>(),
    with<wire::UpdateDeviceArgs, live::apply>(),
    with<wire::DeleteDeviceArgs, live::apply>(),
    with<wire::CreateInterfaceArgs, live::apply>(),
    with<wire::UpdateInterfaceArgs, live::apply>(),
    with<wire::DeleteInterfaceArgs, live::apply>(),
    with<wire::CreateLinkArgs, live::apply>(),
    with<wire::AcceptLinkArgs, live::apply>(),
    with<wire::UpdateLinkArgs, live::apply>(),
    with<wire::DeleteLinkArgs, live::apply>(),
    with<wire::SetDeviceHealthArgs, live::apply>(),
    with<wire::SetLinkHealthArgs, live::apply>(),
    with<wire::AllocateResourceArgs, live::apply>(),
    with<wire::CreateResourceArgs, live::apply>(),
    with<wire::DeallocateResourceArgs, live::apply>(),
    {wire::InstructionTag::CloseResource, live::close_resource},
    with<wire::CreatePermissionArgs, live::apply>(),
    with<wire::UpdatePermissionArgs, live::apply>(),
    {wire::InstructionTag::SuspendPermission, live::suspend_permission},
    {wire::InstructionTag::ResumePermission, live::resume_permission},
    {wire::InstructionTag::DeletePermission, live::delete_permission},
    with<wire::CreateIndexArgs, live::apply>(),
    {wire::InstructionTag::DeleteIndex, live::delete_index},
    with<wire::CreateTopologyArgs, live::apply>(),
    with<wire::DeleteTopologyArgs, live::apply>(),
    with<wire::ClearTopologyArgs, live::apply>(),
    with<wire::AssignNodeSegmentsArgs, live::apply>(),
};

}  // namespace

const ServiceabilityProgram& serviceability() {
  static constexpr ServiceabilityProgram kProgram{kInstructions};
  return kProgram;
}

}  // namespace dz::program::live
