#include "wire/instructions/link.h"

#include <algorithm>

namespace dz::wire {
namespace {

AccountMeta state(const Sender& sender) { return writable(global_state_address(sender.program).address); }
void add_link_pools(std::vector<AccountMeta>& accounts, const Sender& sender) {
  for (const auto kind : {ResourceKind::DeviceTunnelBlock, ResourceKind::LinkIds}) {
    accounts.push_back(writable(resource_address(sender.program, kind).address));
  }
}

// Each of them once, in the order of first mention.
void add_topologies(std::vector<AccountMeta>& accounts, const std::vector<Pubkey>& first,
                    const std::vector<Pubkey>& second) {
  std::vector<Pubkey> seen;
  for (const auto* list : {&first, &second}) {
    for (const auto& topology : *list) {
      if (std::find(seen.begin(), seen.end(), topology) != seen.end()) continue;
      seen.push_back(topology);
      accounts.push_back(writable(topology));
    }
  }
}

}  // namespace

Result<Instruction> create_link(const Sender& sender, AccountIndex index, const LinkEnds& ends, CreateLinkArgs args,
                                const Profile& profile) {
  args.use_onchain_allocation = true;
  DZ_TRY_ASSIGN(auto data, encode(args, profile));
  std::vector<AccountMeta> accounts{writable(link_address(sender.program, index).address),
                                    writable(ends.contributor),
                                    writable(ends.side_a),
                                    writable(ends.side_z),
                                    state(sender),
                                    writable(topology_address(sender.program, kDefaultTopology).address)};
  add_link_pools(accounts, sender);
  return build_instruction(sender, std::move(accounts), std::move(data));
}

Instruction accept_link(const Sender& sender, const Pubkey& link, const Link& record, const Pubkey& side_z_contributor,
                        const std::string& side_z_iface) {
  std::vector<AccountMeta> accounts{writable(link), writable(side_z_contributor), writable(record.side_z),
                                    state(sender), writable(record.side_a)};
  add_link_pools(accounts, sender);
  return build_instruction(sender, std::move(accounts),
                           encode(AcceptLinkArgs{.side_z_iface = side_z_iface, .use_onchain_allocation = true}));
}

Result<Instruction> update_link(const Sender& sender, const LinkAt& link, UpdateLinkArgs args, const Profile& profile,
                                const std::optional<Pubkey>& side_z_contributor) {
  const auto& record = link.record;
  const bool tunnel = args.tunnel_id || args.tunnel_net;
  args.use_onchain_allocation = tunnel;
  DZ_TRY_ASSIGN(auto data, encode(args, profile));
  std::vector<AccountMeta> accounts{writable(link.key), writable(side_z_contributor.value_or(record.contributor))};
  if (side_z_contributor) accounts.push_back(writable(record.side_z));
  accounts.push_back(state(sender));
  if (args.tunnel_net) {
    accounts.push_back(writable(record.side_a));
    accounts.push_back(writable(record.side_z));
  }
  if (tunnel) add_link_pools(accounts, sender);
  if (args.topologies) add_topologies(accounts, record.topologies, *args.topologies);
  return build_instruction(sender, std::move(accounts), std::move(data));
}

Instruction delete_link(const Sender& sender, const Pubkey& link, const Link& record,
                        const std::optional<Pubkey>& side_z_contributor) {
  std::vector<AccountMeta> accounts{writable(link), writable(side_z_contributor.value_or(record.contributor)),
                                    state(sender), writable(record.side_a), writable(record.side_z)};
  add_link_pools(accounts, sender);
  accounts.push_back(writable(record.owner));
  if (side_z_contributor && *side_z_contributor != record.contributor) accounts.push_back(writable(record.contributor));
  add_topologies(accounts, record.topologies, {});
  return build_instruction(sender, std::move(accounts), encode(DeleteLinkArgs{.use_onchain_deallocation = true}));
}

Result<Instruction> set_link_health(const Sender& sender, const Pubkey& link, Health health, const Profile& profile,
                                    const std::optional<lifecycle::JudgedState>& judged) {
  DZ_TRY_ASSIGN(auto data, encode(SetLinkHealthArgs{.health = health, .judged = judged}, profile));
  return build_instruction(sender, {writable(link), state(sender)}, std::move(data));
}

}  // namespace dz::wire
