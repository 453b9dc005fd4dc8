// The instructions of the live program: its own where it differs from the guarded one, else those of both.
#include "program/live/handlers.h"
#include "program/live/site_handlers.h"
#include "program/live/user.h"
#include "program/rules/handlers.h"
#include "program/runtime/instruction_table.h"

namespace dz::program::live {
namespace {

constexpr InstructionEntry kInstructions[] = {
    {wire::InstructionTag::InitGlobalState, init_global_state},
    with_args<set_authority>(),
    with_args<set_global_config>(),
    with_args<add_foundation>(),
    with_args<remove_foundation>(),
    with_args<add_qa>(),
    with_args<remove_qa>(),
    with_args<set_airdrop>(),
    with_args<set_feature_flags>(),
    with_args<set_min_version>(),
    with_args<create_location>(),
    with_args<update_location>(),
    {wire::InstructionTag::SuspendLocation, suspend_location},
    {wire::InstructionTag::ResumeLocation, resume_location},
    {wire::InstructionTag::DeleteLocation, delete_location},
    with_args<create_exchange>(),
    with_args<update_exchange>(),
    {wire::InstructionTag::SuspendExchange, suspend_exchange},
    {wire::InstructionTag::ResumeExchange, resume_exchange},
    {wire::InstructionTag::DeleteExchange, delete_exchange},
    with_args<set_device_exchange>(),
    with_args<create_contributor>(),
    with_args<update_contributor>(),
    {wire::InstructionTag::SuspendContributor, suspend_contributor},
    {wire::InstructionTag::ResumeContributor, resume_contributor},
    {wire::InstructionTag::DeleteContributor, delete_contributor},
    with_args<create_device>(),
    with_args<update_device>(),
    with_args<delete_device>(),
    with_args<create_interface>(),
    with_args<update_interface>(),
    with_args<delete_interface>(),
    with_args<create_link>(),
    with_args<accept_link>(),
    with_args<update_link>(),
    with_args<delete_link>(),
    with_args<create_user>(),
    with_args<update_user>(),
    with_args<delete_user>(),
    with_args<request_ban_user>(),
    {wire::InstructionTag::CheckUserAccessPass, check_user_access_pass},
    with_args<set_user_bgp_status>(),
    with_args<set_access_pass>(),
    {wire::InstructionTag::CloseAccessPass, close_access_pass},
    {wire::InstructionTag::CheckStatusAccessPass, check_access_pass},
    with_args<set_access_pass_flags>(),
    with_args<set_device_health>(),
    with_args<set_link_health>(),
    with_args<allocate_resource>(),
    with_args<create_resource>(),
    with_args<deallocate_resource>(),
    {wire::InstructionTag::CloseResource, close_resource},
    with_args<create_permission>(),
    with_args<update_permission>(),
    {wire::InstructionTag::SuspendPermission, suspend_permission},
    {wire::InstructionTag::ResumePermission, resume_permission},
    {wire::InstructionTag::DeletePermission, delete_permission},
    with_args<create_index>(),
    {wire::InstructionTag::DeleteIndex, delete_index},
    with_args<create_topology>(),
    with_args<delete_topology>(),
    with_args<clear_topology>(),
    with_args<assign_node_segments>(),
};

constexpr ProgramRules kRules{.refuses_surplus_accounts = false,
                              .read_only_record = wire::InstructionErrorKind::ReadonlyDataModified,
                              .unchanged_may_be_read_only = true,
                              .read_only_payment = wire::InstructionErrorKind::PrivilegeEscalation,
                              .out_of_lamports = to_error(SystemError::ResultWithNegativeLamports),
                              .payer_owns_rebuilt_pools = true,
                              .checks_size_of_pools = false};

}  // namespace

const ServiceabilityProgram& serviceability() {
  static constexpr ServiceabilityProgram kProgram{
      .instructions = kInstructions, .rules = kRules, .check_invariants = nullptr};
  return kProgram;
}

}  // namespace dz::program::live
