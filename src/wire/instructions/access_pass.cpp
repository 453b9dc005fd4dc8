#include "wire/instructions/access_pass.h"

namespace dz::wire {
namespace {

AccountMeta state(const Sender& sender) { return read_only(global_state_address(sender.program).address); }

Instruction on_pass(const Sender& sender, const Pubkey& access_pass, Bytes data) {
  return build_instruction(sender, {writable(access_pass), state(sender)}, std::move(data));
}

}  // namespace

Instruction set_access_pass(const Sender& sender, const Pubkey& user_payer, const SetAccessPassArgs& args) {
  const auto pass = access_pass_address(sender.program, args.client_ip, user_payer).address;
  return build_instruction(sender, {writable(pass), state(sender), writable(user_payer)}, encode(args));
}
Instruction close_access_pass(const Sender& sender, const Pubkey& access_pass) {
  return on_pass(sender, access_pass, only(InstructionTag::CloseAccessPass));
}
Instruction check_access_pass(const Sender& sender, const Pubkey& access_pass) {
  return on_pass(sender, access_pass, only(InstructionTag::CheckStatusAccessPass));
}
Instruction set_access_pass_flags(const Sender& sender, const Pubkey& access_pass, const SetAccessPassFlagsArgs& args) {
  return on_pass(sender, access_pass, encode(args));
}

}  // namespace dz::wire
