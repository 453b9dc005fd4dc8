#include "wire/instructions/site.h"

namespace dz::wire {
namespace {

AccountMeta state(const Sender& sender) { return writable(global_state_address(sender.program).address); }
AccountMeta config(const Sender& sender) { return writable(global_config_address(sender.program).address); }

// Most instructions here: the record itself and the global state.
Instruction on_record(const Sender& sender, const Pubkey& record, Bytes data) {
  return build_instruction(sender, {writable(record), state(sender)}, std::move(data));
}

}  // namespace

Instruction create_location(const Sender& sender, AccountIndex index, const CreateLocationArgs& args) {
  return on_record(sender, location_address(sender.program, index).address, encode(args));
}
Instruction update_location(const Sender& sender, const Pubkey& location, const UpdateLocationArgs& args) {
  return on_record(sender, location, encode(args));
}
Instruction suspend_location(const Sender& sender, const Pubkey& location) {
  return on_record(sender, location, only(InstructionTag::SuspendLocation));
}
Instruction resume_location(const Sender& sender, const Pubkey& location) {
  return on_record(sender, location, only(InstructionTag::ResumeLocation));
}
Instruction delete_location(const Sender& sender, const Pubkey& location) {
  return on_record(sender, location, only(InstructionTag::DeleteLocation));
}

Instruction create_exchange(const Sender& sender, AccountIndex index, const CreateExchangeArgs& args) {
  const auto exchange = exchange_address(sender.program, index).address;
  return build_instruction(sender, {writable(exchange), config(sender), state(sender)}, encode(args));
}
Instruction update_exchange(const Sender& sender, const Pubkey& exchange, const UpdateExchangeArgs& args) {
  return build_instruction(sender, {writable(exchange), config(sender), state(sender)}, encode(args));
}
Instruction suspend_exchange(const Sender& sender, const Pubkey& exchange) {
  return on_record(sender, exchange, only(InstructionTag::SuspendExchange));
}
Instruction resume_exchange(const Sender& sender, const Pubkey& exchange) {
  return on_record(sender, exchange, only(InstructionTag::ResumeExchange));
}
Instruction delete_exchange(const Sender& sender, const Pubkey& exchange) {
  return on_record(sender, exchange, only(InstructionTag::DeleteExchange));
}
Instruction set_device_exchange(const Sender& sender, const Pubkey& exchange, const Pubkey& device,
                                const SetDeviceExchangeArgs& args) {
  return build_instruction(sender, {writable(exchange), writable(device), state(sender)}, encode(args));
}

Instruction create_contributor(const Sender& sender, AccountIndex index, const Pubkey& owner,
                               const CreateContributorArgs& args) {
  const auto contributor = contributor_address(sender.program, index).address;
  return build_instruction(sender, {writable(contributor), writable(owner), state(sender)}, encode(args));
}
Instruction update_contributor(const Sender& sender, const Pubkey& contributor, const UpdateContributorArgs& args) {
  return on_record(sender, contributor, encode(args));
}
Instruction suspend_contributor(const Sender& sender, const Pubkey& contributor) {
  return on_record(sender, contributor, only(InstructionTag::SuspendContributor));
}
Instruction resume_contributor(const Sender& sender, const Pubkey& contributor) {
  return on_record(sender, contributor, only(InstructionTag::ResumeContributor));
}
Instruction delete_contributor(const Sender& sender, const Pubkey& contributor) {
  return on_record(sender, contributor, only(InstructionTag::DeleteContributor));
}

}  // namespace dz::wire
