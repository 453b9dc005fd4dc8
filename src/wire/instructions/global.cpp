#include "wire/instructions/global.h"

namespace dz::wire {
namespace {

AccountMeta state(const Sender& sender) { return writable(global_state_address(sender.program).address); }

}  // namespace

Instruction init_global_state(const Sender& sender) {
  return build_instruction(sender, {writable(program_config_address(sender.program).address), state(sender)},
                           only(InstructionTag::InitGlobalState));
}

Instruction set_authority(const Sender& sender, const SetAuthorityArgs& args) {
  return build_instruction(sender, {state(sender)}, encode(args));
}

Instruction set_global_config(const Sender& sender, const SetGlobalConfigArgs& args) {
  std::vector<AccountMeta> accounts{writable(global_config_address(sender.program).address), state(sender)};
  for (const auto kind : kGlobalPools) accounts.push_back(writable(resource_address(sender.program, kind).address));
  return build_instruction(sender, std::move(accounts), encode(args));
}

Instruction add_foundation(const Sender& sender, const Pubkey& key) {
  return build_instruction(sender, {state(sender)}, encode(AddFoundationArgs{key}));
}
Instruction remove_foundation(const Sender& sender, const Pubkey& key) {
  return build_instruction(sender, {state(sender)}, encode(RemoveFoundationArgs{key}));
}
Instruction add_qa(const Sender& sender, const Pubkey& key) {
  return build_instruction(sender, {state(sender)}, encode(AddQaArgs{key}));
}
Instruction remove_qa(const Sender& sender, const Pubkey& key) {
  return build_instruction(sender, {state(sender)}, encode(RemoveQaArgs{key}));
}

Instruction set_airdrop(const Sender& sender, const SetAirdropArgs& args) {
  return build_instruction(sender, {state(sender)}, encode(args));
}

Instruction set_feature_flags(const Sender& sender, unsigned __int128 flags) {
  return build_instruction(sender, {state(sender)}, encode(SetFeatureFlagsArgs{flags}));
}

Instruction set_min_version(const Sender& sender, const Version& version) {
  return build_instruction(sender, {writable(program_config_address(sender.program).address), state(sender)},
                           encode(SetMinVersionArgs{version}));
}

}  // namespace dz::wire
