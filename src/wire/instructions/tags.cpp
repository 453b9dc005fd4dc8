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
    {InstructionTag::CreateUser, "CreateUser"},
    {InstructionTag::UpdateUser, "UpdateUser"},
    {InstructionTag::DeleteUser, "DeleteUser"},
    {InstructionTag::RequestBanUser, "RequestBanUser"},
    {InstructionTag::CreateContributor, "CreateContributor"},
    {InstructionTag::UpdateContributor, "UpdateContributor"},
    {InstructionTag::SuspendContributor, "SuspendContributor"},
    {InstructionTag::ResumeContributor, "ResumeContributor"},
    {InstructionTag::DeleteContributor, "DeleteContributor"},
    {InstructionTag::SetDeviceExchange, "SetDeviceExchange"},
    {InstructionTag::AcceptLink, "AcceptLink"},
    {InstructionTag::SetAccessPass, "SetAccessPass"},
    {InstructionTag::SetAirdrop, "SetAirdrop"},
    {InstructionTag::CloseAccessPass, "CloseAccessPass"},
    {InstructionTag::CheckStatusAccessPass, "CheckStatusAccessPass"},
    {InstructionTag::CheckUserAccessPass, "CheckUserAccessPass"},
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
    {InstructionTag::SetUserBgpStatus, "SetUserBGPStatus"},
    {InstructionTag::CreateTopology, "CreateTopology"},
    {InstructionTag::DeleteTopology, "DeleteTopology"},
    {InstructionTag::ClearTopology, "ClearTopology"},
    {InstructionTag::AssignTopologyNodeSegments, "AssignTopologyNodeSegments"},
    {InstructionTag::SetAccessPassFlags, "SetAccessPassFlags"}};

constexpr std::pair<std::uint8_t, std::string_view> kUnserved[] = {{0, "Migrate"},
                                                                   {46, "CreateMulticastGroup"},
                                                                   {49, "UpdateMulticastGroup"},
                                                                   {50, "SuspendMulticastGroup"},
                                                                   {51, "ReactivateMulticastGroup"},
                                                                   {52, "DeleteMulticastGroup"},
                                                                   {54, "AddMulticastGroupPubAllowlist"},
                                                                   {55, "RemoveMulticastGroupPubAllowlist"},
                                                                   {56, "AddMulticastGroupSubAllowlist"},
                                                                   {57, "RemoveMulticastGroupSubAllowlist"},
                                                                   {58, "UpdateMulticastGroupRoles"},
                                                                   {59, "CreateSubscribeUser"},
                                                                   {88, "CreateTenant"},
                                                                   {89, "UpdateTenant"},
                                                                   {90, "DeleteTenant"},
                                                                   {91, "TenantAddAdministrator"},
                                                                   {92, "TenantRemoveAdministrator"},
                                                                   {93, "UpdatePaymentStatus"},
                                                                   {112, "CreateFeed"},
                                                                   {113, "UpdateFeed"},
                                                                   {114, "DeleteFeed"},
                                                                   {115, "SetAccessPassFeeds"},
                                                                   {117, "SubscribeFeed"},
                                                                   {118, "UnsubscribeFeed"}};

constexpr std::uint8_t kDeprecated[] = {6,  7,  8,  9,  21, 22, 24, 25, 27, 29, 30, 32, 33, 35,
                                        37, 38, 40, 41, 43, 45, 47, 48, 53, 72, 75, 77, 78};

}  // namespace

bool is_deprecated(std::uint8_t tag) { return std::binary_search(std::begin(kDeprecated), std::end(kDeprecated), tag); }

std::string_view unserved_instruction(std::uint8_t tag) {
  for (const auto& [number, name] : kUnserved) {
    if (number == tag) return name;
  }
  return {};
}

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
