#include "wire/instructions/tags.h"

#include <algorithm>
#include <utility>

namespace dz::wire {
namespace {

constexpr std::pair<InstructionTag, std::string_view> kNames[] = {
    {InstructionTag::InitGlobalState, "InitGlobalState"},
    {InstructionTag::SetAuthority, "SetAuthority"},
    {InstructionTag::SetGlobalConfig, "SetGlobalConfig"},
    {InstructionTag::AddFoundationAllowlist, "AddFoundationAllowlist"},
    {InstructionTag::RemoveFoundationAllowlist, "RemoveFoundationAllowlist"},
    {InstructionTag::CreateLocation, "CreateLocation"},
    {InstructionTag::UpdateLocation, "UpdateLocation"},
    {InstructionTag::SuspendLocation, "SuspendLocation"},
    {InstructionTag::ResumeLocation, "ResumeLocation"},
    {InstructionTag::DeleteLocation, "DeleteLocation"},
    {InstructionTag::CreateExchange, "CreateExchange"},
    {InstructionTag::UpdateExchange, "UpdateExchange"},
    {InstructionTag::SuspendExchange, "SuspendExchange"},
    {InstructionTag::ResumeExchange, "ResumeExchange"},
    {InstructionTag::DeleteExchange, "DeleteExchange"},
    {InstructionTag::CreateDevice, "CreateDevice"},
    {InstructionTag::UpdateDevice, "UpdateDevice"},
    {InstructionTag::DeleteDevice, "DeleteDevice"},
    {InstructionTag::CreateLink, "CreateLink"},
    {InstructionTag::UpdateLink, "UpdateLink"},
    {InstructionTag::DeleteLink, "DeleteLink"},
    {InstructionTag::CreateContributor, "CreateContributor"},
    {InstructionTag::UpdateContributor, "UpdateContributor"},
    {InstructionTag::SuspendContributor, "SuspendContributor"},
    {InstructionTag::ResumeContributor, "ResumeContributor"},
    {InstructionTag::DeleteContributor, "DeleteContributor"},
    {InstructionTag::SetDeviceExchange, "SetDeviceExchange"},
    {InstructionTag::AcceptLink, "AcceptLink"},
    {InstructionTag::SetAirdrop, "SetAirdrop"},
    {InstructionTag::CreateDeviceInterface, "CreateDeviceInterface"},
    {InstructionTag::DeleteDeviceInterface, "DeleteDeviceInterface"},
    {InstructionTag::UpdateDeviceInterface, "UpdateDeviceInterface"},
    {InstructionTag::SetMinVersion, "SetMinVersion"},
    {InstructionTag::AllocateResource, "AllocateResource"},
    {InstructionTag::CreateResource, "CreateResource"},
    {InstructionTag::DeallocateResource, "DeallocateResource"},
    {InstructionTag::SetDeviceHealth, "SetDeviceHealth"},
    {InstructionTag::SetLinkHealth, "SetLinkHealth"},
    {InstructionTag::CloseResource, "CloseResource"},
    {InstructionTag::AddQaAllowlist, "AddQaAllowlist"},
    {InstructionTag::RemoveQaAllowlist, "RemoveQaAllowlist"},
    {InstructionTag::SetFeatureFlags, "SetFeatureFlags"},
    {InstructionTag::CreatePermission, "CreatePermission"},
    {InstructionTag::UpdatePermission, "UpdatePermission"},
    {InstructionTag::SuspendPermission, "SuspendPermission"},
    {InstructionTag::ResumePermission, "ResumePermission"},
    {InstructionTag::DeletePermission, "DeletePermission"},
    {InstructionTag::CreateIndex, "CreateIndex"},
    {InstructionTag::DeleteIndex, "DeleteIndex"},
    {InstructionTag::CreateTopology, "CreateTopology"},
    {InstructionTag::DeleteTopology, "DeleteTopology"},
    {InstructionTag::ClearTopology, "ClearTopology"},
    {InstructionTag::AssignTopologyNodeSegments, "AssignTopologyNodeSegments"}};

constexpr std::uint8_t kDeprecated[] = {6,  7,  8,  9,  21, 22, 24, 25, 27, 29, 30, 32, 33, 35,
                                        37, 38, 40, 41, 43, 45, 47, 48, 53, 72, 75, 77, 78};

}  // namespace

bool is_deprecated(std::uint8_t tag) { return std::binary_search(std::begin(kDeprecated), std::end(kDeprecated), tag); }

std::string_view to_text(InstructionTag tag) {
  for (const auto& [known, name] : kNames) {
    if (known == tag) return name;
  }
  return {};
}

std::optional<InstructionTag> instruction_tag(ByteView data) {
  if (data.empty()) return std::nullopt;
  const auto tag = static_cast<InstructionTag>(data[0]);
  if (to_text(tag).empty()) return std::nullopt;
  return tag;
}

}  // namespace dz::wire
