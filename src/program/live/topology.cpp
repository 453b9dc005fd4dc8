// Topologies. Their bit of the admin group is never given back: routers may still advertise it for a while.
#include <algorithm>

#include "program/live/site_handlers.h"
#include "program/rules/entities.h"
#include "program/rules/pools.h"

namespace dz::program::live {
namespace {

constexpr std::size_t kMaxName = 32;
constexpr std::uint8_t kFirstFlexAlgo = 128;

Check check_name(std::string_view name) {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (name.size() > kMaxName) {
    return reject(wire::ProgramError::NameTooLong,
                  fmt::format("a topology's name has {} bytes, at most {} are allowed", name.size(), kMaxName));
  }
  const bool legal = !name.empty() && is_capital(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) {
    return is_capital(c) || (c >= '0' && c <= '9') || c == '-';
  });
  if (legal) return {};
  return reject(wire::ProgramError::InvalidName,
                "a topology's name starts with a letter and has letters, digits and '-'");
}

// At the name's address; a name that is too long has none.
Check check_address(const Accounts& accounts, const AccountRef& at, const std::string& name) {
  if (name.size() > wire::kMaxSeed) return reject_accounts("a topology's name has at most 32 bytes");
  return check_key(at, wire::topology_address(accounts.program(), name).address);
}

// The state is the one there is, and the payer may.
Check authorize_topology(const Accounts& accounts, const AccountRef& state_at) {
  DZ_TRY(accounts.check_owner(state_at));
  DZ_TRY(check_key(state_at, wire::global_state_address(accounts.program()).address));
  DZ_TRY_ASSIGN(const auto state, accounts.load<GlobalState>(state_at));
  return authorize(accounts, *state, permission::kTopologyAdmin, "create, delete or assign topologies");
}

// The accounts of a list of any length, which ends with the tail. The payer is looked at first, as the live program
// has its own error for one who did not sign here. Whether the system program is named right nobody looks.
Outcome<std::vector<AccountRef>> next_list(Accounts& accounts, std::string_view what) {
  DZ_TRY(accounts.check_tail_follows());
  const auto& metas = accounts.invocation().metas;
  if (!metas[metas.size() - accounts.tail_length()].signer) {
    return reject(wire::ProgramError::Unauthorized, "the payer did not sign");
  }
  std::vector<AccountRef> list;
  while (accounts.left_before_tail() > 0) {
    DZ_TRY_ASSIGN(const auto at, accounts.next(what));
    list.push_back(at);
  }
  DZ_TRY(accounts.take_tail());
  return list;
}

// True when the link had the tag.
Outcome<bool> clear_link(const Accounts& accounts, const AccountRef& at, const Pubkey& topology) {
  DZ_TRY(accounts.check_owner(at));
  DZ_TRY(check_writable(at));
  DZ_TRY_ASSIGN(auto link, accounts.load<Link>(at));
  DZ_TRY(check_key(at, wire::link_address(accounts.program(), link->index).address));
  if (std::erase(link->topologies, topology) == 0) return false;
  DZ_TRY(accounts.save(link));
  return true;
}

Check assign_segments(const Accounts& accounts, const AccountRef& at, const Pubkey& topology,
                      Record<ResourceExtension>& ids) {
  DZ_TRY_ASSIGN(auto device, accounts.load<Device>(at));
  bool changed = false;
  for (auto& interface : device->interfaces) {
    if (interface.loopback != LoopbackType::Vpnv4) continue;
    auto& segments = interface.flex_algo_segments;
    const auto is_of_topology = [&](const FlexAlgoSegment& s) { return s.topology == topology; };
    if (std::any_of(segments.begin(), segments.end(), is_of_topology)) continue;
    DZ_TRY_ASSIGN(const auto id, take_id(ids));
    segments.push_back({topology, id});
    changed = true;
  }
  if (!changed) return {};
  return accounts.save(device);
}

// An error of its own, not a panic: clients ask before the topology is there.
Check check_existing(const Accounts& accounts, const AccountRef& at, const std::string& name) {
  if (name.size() > wire::kMaxSeed) return reject_accounts("a topology's name has at most 32 bytes");
  DZ_TRY(check_key(at, wire::topology_address(accounts.program(), name).address, wire::ProgramError::InvalidArgument));
  if (at.account->data.empty()) return reject(wire::ProgramError::InvalidArgument, "there is no such topology");
  return accounts.check_owner(at);
}

}  // namespace

Check create_topology(Accounts& accounts, const wire::CreateTopologyArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("topology"));
  DZ_TRY_ASSIGN(const auto bits_at, accounts.next("admin group bits"));
  DZ_TRY_ASSIGN(const auto state_at, accounts.next("global state"));
  DZ_TRY(accounts.take_tail());
  DZ_TRY(authorize_topology(accounts, state_at));
  const auto name = wire::topology_name(args.name);
  DZ_TRY(check_name(name));
  const auto address = wire::topology_address(accounts.program(), name);
  DZ_TRY(check_key(at, address.address));
  DZ_TRY(check_writable(at));
  DZ_TRY(check_empty(at));
  DZ_TRY_ASSIGN(auto bits, load_pool(accounts, bits_at, wire::ResourceKind::AdminGroupBits));
  DZ_TRY_ASSIGN(const auto bit, take_id(bits));
  DZ_TRY(accounts.save(bits));
  Topology topology;
  topology.owner = accounts.payer().key;
  topology.bump = address.bump;
  topology.name = name;
  topology.admin_group_bit = static_cast<std::uint8_t>(bit);  // at most 126
  topology.flex_algo_number = static_cast<std::uint8_t>(kFirstFlexAlgo + bit);
  topology.constraint = args.constraint;
  return accounts.create(at, address, topology);
}

Check delete_topology(Accounts& accounts, const wire::DeleteTopologyArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("topology"));
  DZ_TRY_ASSIGN(const auto state_at, accounts.next("global state"));
  DZ_TRY(accounts.take_tail());
  DZ_TRY(accounts.check_owner(at));
  DZ_TRY(check_writable(at));
  DZ_TRY(check_address(accounts, at, args.name));
  DZ_TRY(authorize_topology(accounts, state_at));
  DZ_TRY_ASSIGN(const auto topology, accounts.load<Topology>(at));
  if (topology->reference_count > 0) {
    return reject(wire::ProgramError::ReferenceCountNotZero,
                  fmt::format("{} links are tagged with topology {}; clear them first", topology->reference_count,
                              topology->name));
  }
  return close(topology.at, accounts.payer());
}

Check clear_topology(Accounts& accounts, const wire::ClearTopologyArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("topology"));
  DZ_TRY_ASSIGN(const auto state_at, accounts.next("global state"));
  DZ_TRY_ASSIGN(const auto links, next_list(accounts, "link"));
  DZ_TRY(authorize_topology(accounts, state_at));
  DZ_TRY(check_address(accounts, at, args.name));
  const bool exists = !at.account->data.empty();  // tags of one that was closed are cleared as well
  if (exists) {
    DZ_TRY(accounts.check_owner(at));
    DZ_TRY(check_writable(at));
  }
  std::uint32_t cleared = 0;
  for (const auto& link : links) {
    DZ_TRY_ASSIGN(const bool had, clear_link(accounts, link, at.key));
    cleared += had ? 1 : 0;
  }
  if (!exists || cleared == 0) return {};
  DZ_TRY_ASSIGN(auto topology, accounts.load<Topology>(at));
  topology->reference_count -= std::min(topology->reference_count, cleared);
  return accounts.save(topology);
}

Check assign_node_segments(Accounts& accounts, const wire::AssignNodeSegmentsArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("topology"));
  DZ_TRY_ASSIGN(const auto ids_at, accounts.next("segment routing ids"));
  DZ_TRY_ASSIGN(const auto state_at, accounts.next("global state"));
  DZ_TRY_ASSIGN(const auto devices, next_list(accounts, "device"));
  DZ_TRY(check_existing(accounts, at, args.name));
  DZ_TRY(check_pool(accounts, ids_at, wire::ResourceType{.kind = wire::ResourceKind::SegmentRoutingIds}));
  DZ_TRY(authorize_topology(accounts, state_at));
  DZ_TRY_ASSIGN(auto ids, load_pool(accounts, ids_at, wire::ResourceKind::SegmentRoutingIds));
  for (const auto& device : devices) DZ_TRY(assign_segments(accounts, device, at.key, ids));
  return accounts.save(ids);
}

}  // namespace dz::program::live
