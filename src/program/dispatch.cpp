// The serviceability program: instruction tag -> handler.
#include <algorithm>
#include <iterator>

#include "base/check.h"
#include "program/execution.h"
#include "program/handlers.h"

namespace dz {
namespace {

using Handler = Check (*)(Accounts& accounts);

// Decodes the arguments, then applies them. Upstream's program panics on arguments that do not decode.
template <typename Args>
Check decode_and_apply(Accounts& accounts) {
  const auto& invocation = accounts.invocation();
  const auto args = decode_args<Args>(invocation.data, *invocation.profile);
  if (!args) return reject_accounts(args.error().message);
  return apply(accounts, *args);
}

struct Entry {
  InstructionTag tag;
  Handler handler;
};
template <typename Args>
constexpr Entry with() {
  return {Args::kTag, decode_and_apply<Args>};
}

constexpr Entry kInstructions[] = {
    {InstructionTag::InitGlobalState, init_global_state},
    with<SetAuthorityArgs>(),
    with<SetGlobalConfigArgs>(),
    with<AddFoundationArgs>(),
    with<RemoveFoundationArgs>(),
    with<AddQaArgs>(),
    with<RemoveQaArgs>(),
    with<SetAirdropArgs>(),
    with<SetFeatureFlagsArgs>(),
    with<CreateLocationArgs>(),
    with<UpdateLocationArgs>(),
    {InstructionTag::SuspendLocation, suspend_location},
    {InstructionTag::ResumeLocation, resume_location},
    {InstructionTag::DeleteLocation, delete_location},
    with<CreateExchangeArgs>(),
    with<UpdateExchangeArgs>(),
    {InstructionTag::SuspendExchange, suspend_exchange},
    {InstructionTag::ResumeExchange, resume_exchange},
    {InstructionTag::DeleteExchange, delete_exchange},
    with<SetDeviceExchangeArgs>(),
    with<CreateContributorArgs>(),
    with<UpdateContributorArgs>(),
    {InstructionTag::SuspendContributor, suspend_contributor},
    {InstructionTag::ResumeContributor, resume_contributor},
    {InstructionTag::DeleteContributor, delete_contributor},
    with<CreateDeviceArgs>(),
    with<UpdateDeviceArgs>(),
    with<DeleteDeviceArgs>(),
    with<CreateInterfaceArgs>(),
    with<UpdateInterfaceArgs>(),
    with<DeleteInterfaceArgs>(),
    with<CreateLinkArgs>(),
    with<AcceptLinkArgs>(),
    with<UpdateLinkArgs>(),
    with<DeleteLinkArgs>(),
    with<SetDeviceHealthArgs>(),
    with<SetLinkHealthArgs>(),
    with<AllocateResourceArgs>(),
    with<CreateResourceArgs>(),
    with<DeallocateResourceArgs>(),
    {InstructionTag::CloseResource, close_resource},
    with<CreatePermissionArgs>(),
    with<UpdatePermissionArgs>(),
    {InstructionTag::SuspendPermission, suspend_permission},
    {InstructionTag::ResumePermission, resume_permission},
    {InstructionTag::DeletePermission, delete_permission},
};

Check run(Invocation& invocation) {
  const auto tag = instruction_tag(invocation.data);
  if (!tag) {
    if (!invocation.data.empty() && is_deprecated(invocation.data[0])) {
      return reject(ProgramError::Deprecated, "the instruction is no longer served");
    }
    return reject(InstructionErrorKind::InvalidInstructionData, "this ledger knows no such instruction");
  }
  if (invocation.log != nullptr) invocation.log->push_back("Instruction: " + std::string(to_text(*tag)));
  const auto* const entry =
      std::find_if(std::begin(kInstructions), std::end(kInstructions), [&](const Entry& e) { return e.tag == *tag; });
  DZ_CHECK(entry != std::end(kInstructions));  // a test goes through every tag
  Accounts accounts(invocation);
  return entry->handler(accounts);
}

}  // namespace

ProgramResult execute_serviceability(Invocation& invocation) { return report(invocation, run(invocation)); }

}  // namespace dz
