#include "wire/instructions/resource.h"

namespace dz::wire {
namespace {

std::vector<AccountMeta> accounts_of(const Sender& sender, const ResourceType& resource) {
  return {writable(resource_address(sender.program, resource).address),
          writable(belongs_to_device(resource.kind) ? resource.device : Pubkey{}),
          writable(global_state_address(sender.program).address)};
}

}  // namespace

void write_borsh(BorshWriter& out, const ResourceType& resource) {
  out(static_cast<std::uint8_t>(resource.kind));
  if (belongs_to_device(resource.kind)) out(resource.device, resource.index);
}

bool read_borsh(BorshCursor& in, ResourceType& resource) {
  std::uint8_t tag = 0;
  if (!in.get(tag) || tag > static_cast<std::uint8_t>(ResourceKind::AdminGroupBits)) return false;
  resource = ResourceType{static_cast<ResourceKind>(tag), {}, 0};
  return !belongs_to_device(resource.kind) || (in.get(resource.device) && in.get(resource.index));
}

void write_borsh(BorshWriter& out, const IdOrIp& value) {
  out(static_cast<std::uint8_t>(value.value.index()));
  std::visit([&out](const auto& v) { out(v); }, value.value);
}

bool read_borsh(BorshCursor& in, IdOrIp& value) {
  std::uint8_t tag = 0;
  if (!in.get(tag) || tag > 1) return false;
  return tag == 0 ? in.get(value.value.emplace<0>()) : in.get(value.value.emplace<1>());
}

Instruction allocate_resource(const Sender& sender, const AllocateResourceArgs& args) {
  return build_instruction(sender, accounts_of(sender, args.resource), encode(args));
}
Instruction create_resource(const Sender& sender, const ResourceType& resource) {
  auto accounts = accounts_of(sender, resource);
  accounts.push_back(writable(global_config_address(sender.program).address));
  return build_instruction(sender, std::move(accounts), encode(CreateResourceArgs{resource}));
}
Instruction deallocate_resource(const Sender& sender, const DeallocateResourceArgs& args) {
  return build_instruction(sender, accounts_of(sender, args.resource), encode(args));
}
Instruction close_resource(const Sender& sender, const Pubkey& resource, const Pubkey& owner) {
  return build_instruction(
      sender, {writable(resource), writable(owner), writable(global_state_address(sender.program).address)},
      only(InstructionTag::CloseResource));
}

}  // namespace dz::wire
