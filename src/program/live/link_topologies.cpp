#include "program/live/link_topologies.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "program/rules/entities.h"

namespace dz::program::live {
namespace {

constexpr std::size_t kMost = 8;

Check add_link(const Accounts& accounts, const AccountRef& at) {
  DZ_TRY(check_writable(at));
  DZ_TRY_ASSIGN(auto topology, accounts.load<Topology>(at));
  if (topology->reference_count == std::numeric_limits<std::uint32_t>::max()) {
    return reject(wire::ProgramError::ArithmeticOverflow, "the topology cannot count more links");
  }
  ++topology->reference_count;
  return accounts.save(topology);
}

Check remove_link(const Accounts& accounts, const AccountRef& at) {
  DZ_TRY(check_writable(at));
  DZ_TRY_ASSIGN(auto topology, accounts.load<Topology>(at));
  if (topology->reference_count > 0) --topology->reference_count;
  return accounts.save(topology);
}

Outcome<AccountRef> find(const std::vector<AccountRef>& given, const Pubkey& key) {
  const auto found = std::find_if(given.begin(), given.end(), [&](const auto& at) { return at.key == key; });
  if (found != given.end()) return *found;
  return reject(wire::ProgramError::InvalidArgument, fmt::format("expected the account of topology {}", to_text(key)));
}

// An older account may name a topology twice; it counts as one link all the same.
std::vector<Pubkey> each_once(const std::vector<Pubkey>& topologies) {
  std::vector<Pubkey> once;
  for (const auto& key : topologies) {
    if (!contains(once, key)) once.push_back(key);
  }
  return once;
}

Check check_list(const std::vector<Pubkey>& topologies) {
  if (topologies.size() > kMost) {
    return reject(wire::ProgramError::InvalidArgument,
                  fmt::format("{} topologies, at most {} are allowed", topologies.size(), kMost));
  }
  for (auto at = topologies.begin(); at != topologies.end(); ++at) {
    if (std::find(topologies.begin(), at, *at) == at) continue;
    return reject(wire::ProgramError::InvalidArgument, fmt::format("topology {} is named twice", to_text(*at)));
  }
  return {};
}

}  // namespace

Check tag_with_default(const Accounts& accounts, Link& link, const AccountRef& topology) {
  DZ_TRY(check_key(topology, wire::topology_address(accounts.program(), wire::kDefaultTopology).address,
                   wire::ProgramError::InvalidArgument));
  if (topology.account->owner != accounts.program() || topology.account->data.empty()) return {};
  DZ_TRY(add_link(accounts, topology));
  link.topologies = {topology.key};
  return {};
}

Check set_topologies(const Accounts& accounts, Link& link, const std::vector<Pubkey>& topologies,
                     const std::vector<AccountRef>& given) {
  DZ_TRY(check_list(topologies));
  for (const auto& key : topologies) {
    if (contains(link.topologies, key)) continue;
    DZ_TRY_ASSIGN(const auto at, find(given, key));
    DZ_TRY(add_link(accounts, at));
  }
  for (const auto& key : each_once(link.topologies)) {
    if (contains(topologies, key)) continue;
    DZ_TRY_ASSIGN(const auto at, find(given, key));
    DZ_TRY(remove_link(accounts, at));
  }
  link.topologies = topologies;
  return {};
}

Check untag_all(const Accounts& accounts, const Link& link, const std::vector<AccountRef>& given) {
  if (link.topologies.empty()) return {};  // then nobody looks at what is given
  for (const auto& at : given) {
    DZ_TRY(accounts.check_owner(at));
    DZ_TRY(check_writable(at));
  }
  for (const auto& key : each_once(link.topologies)) {
    DZ_TRY_ASSIGN(const auto at, find(given, key));
    DZ_TRY(remove_link(accounts, at));
  }
  return {};
}

}  // namespace dz::program::live
