#include "wire/instructions/topology.h"

namespace dz::wire {
namespace {

Pubkey topology(const Sender& sender, const std::string& name) {
  return topology_address(sender.program, name).address;
}
AccountMeta state(const Sender& sender) { return read_only(global_state_address(sender.program).address); }
AccountMeta pool(const Sender& sender, ResourceKind kind) {
  return writable(resource_address(sender.program, kind).address);
}

}  // namespace

Instruction create_topology(const Sender& sender, const CreateTopologyArgs& args) {
  return build_instruction(
      sender, {writable(topology(sender, args.name)), pool(sender, ResourceKind::AdminGroupBits), state(sender)},
      encode(args));
}

Instruction delete_topology(const Sender& sender, const std::string& name) {
  return build_instruction(sender, {writable(topology(sender, name)), state(sender)}, encode(DeleteTopologyArgs{name}));
}

Instruction clear_topology(const Sender& sender, const std::string& name, std::span<const Pubkey> links) {
  std::vector<AccountMeta> accounts{writable(topology(sender, name)), state(sender)};
  for (const auto& link : links) accounts.push_back(writable(link));
  return build_instruction(sender, std::move(accounts), encode(ClearTopologyArgs{name}));
}

Instruction assign_node_segments(const Sender& sender, const std::string& name, std::span<const Pubkey> devices) {
  std::vector<AccountMeta> accounts{read_only(topology(sender, name)), pool(sender, ResourceKind::SegmentRoutingIds),
                                    state(sender)};
  for (const auto& device : devices) accounts.push_back(writable(device));
  return build_instruction(sender, std::move(accounts), encode(AssignNodeSegmentsArgs{name}));
}

}  // namespace dz::wire
