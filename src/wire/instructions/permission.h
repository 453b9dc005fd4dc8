// Permission accounts: rights of a key beyond the allowlists. Each key has at most one, at permission_address(program,
// user_payer).
#pragma once

#include "wire/instructions/codec.h"
#include "wire/instructions/sender.h"

namespace dz::wire {

struct CreatePermissionArgs {
  static constexpr auto kTag = InstructionTag::CreatePermission;
  Pubkey user_payer;
  unsigned __int128 permissions = 0;  // bits of dz::permission
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.user_payer, a.permissions);
  }
  bool operator==(const CreatePermissionArgs&) const = default;
};
struct UpdatePermissionArgs {
  static constexpr auto kTag = InstructionTag::UpdatePermission;
  unsigned __int128 add = 0, remove = 0;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.add, a.remove);
  }
  bool operator==(const UpdatePermissionArgs&) const = default;
};
// Accounts of all: permission W, global_state R.
Instruction create_permission(const Sender& sender, const CreatePermissionArgs& args);
Instruction update_permission(const Sender& sender, const Pubkey& user_payer, const UpdatePermissionArgs& args);
Instruction suspend_permission(const Sender& sender, const Pubkey& user_payer);
Instruction resume_permission(const Sender& sender, const Pubkey& user_payer);
Instruction delete_permission(const Sender& sender, const Pubkey& user_payer);

}  // namespace dz::wire
