// Topologies: the flexible algorithms that links are tagged with. Each name has one, at topology_address(program,
// name), in any case of letters.
#pragma once

#include <span>
#include <string>

#include "wire/instructions/codec.h"
#include "wire/instructions/sender.h"

namespace dz::wire {

struct CreateTopologyArgs {
  static constexpr auto kTag = InstructionTag::CreateTopology;
  std::string name;
  TopologyConstraint constraint = TopologyConstraint::IncludeAny;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.name, a.constraint);
  }
  bool operator==(const CreateTopologyArgs&) const = default;
};
// Accounts: topology W, admin_group_bits W, global_state R. Loopbacks that are there already get their segments by
// assign_node_segments.
Instruction create_topology(const Sender& sender, const CreateTopologyArgs& args);

template <InstructionTag tag>
struct TopologyNameArgs {
  static constexpr auto kTag = tag;
  std::string name;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.name);
  }
  bool operator==(const TopologyNameArgs&) const = default;
};
using DeleteTopologyArgs = TopologyNameArgs<InstructionTag::DeleteTopology>;
using ClearTopologyArgs = TopologyNameArgs<InstructionTag::ClearTopology>;
using AssignNodeSegmentsArgs = TopologyNameArgs<InstructionTag::AssignTopologyNodeSegments>;

// Accounts: topology W, global_state R. Only when no link is tagged with it.
Instruction delete_topology(const Sender& sender, const std::string& name);
// Takes the tag off these links. Accounts: topology W, global_state R, links W.
Instruction clear_topology(const Sender& sender, const std::string& name, std::span<const Pubkey> links);
// A node segment for each vpnv4 loopback of these devices that has none. Accounts: topology R, segment_routing_ids W,
// global_state R, devices W.
Instruction assign_node_segments(const Sender& sender, const std::string& name, std::span<const Pubkey> devices);

// What fits one transaction with its signatures and compute budget.
inline constexpr std::size_t kMaxLinksToClear = 16, kMaxDevicesToAssign = 4;

}  // namespace dz::wire
