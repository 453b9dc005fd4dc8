#include "wire/instructions/permission.h"

namespace dz::wire {
namespace {

Instruction on_permission(const Sender& sender, const Pubkey& user_payer, Bytes data) {
  return build_instruction(sender,
                           {writable(permission_address(sender.program, user_payer).address),
                            read_only(global_state_address(sender.program).address)},
                           std::move(data));
}

}  // namespace

Instruction create_permission(const Sender& sender, const CreatePermissionArgs& args) {
  return on_permission(sender, args.user_payer, encode(args));
}
Instruction update_permission(const Sender& sender, const Pubkey& user_payer, const UpdatePermissionArgs& args) {
  return on_permission(sender, user_payer, encode(args));
}
Instruction suspend_permission(const Sender& sender, const Pubkey& user_payer) {
  return on_permission(sender, user_payer, only(InstructionTag::SuspendPermission));
}
Instruction resume_permission(const Sender& sender, const Pubkey& user_payer) {
  return on_permission(sender, user_payer, only(InstructionTag::ResumePermission));
}
Instruction delete_permission(const Sender& sender, const Pubkey& user_payer) {
  return on_permission(sender, user_payer, only(InstructionTag::DeletePermission));
}

}  // namespace dz::wire
