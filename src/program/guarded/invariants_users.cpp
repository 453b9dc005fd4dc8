// Users: how many a device has, who let them in, and what they hold of the pools.
#include "program/guarded/invariants.h"

#include <algorithm>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "program/guarded/user.h"
#include "wire/addresses.h"

namespace dz::program::guarded {
namespace {

struct UserCounts {
  int users = 0, unicast = 0, subscribers = 0, publishers = 0;
  bool operator==(const UserCounts&) const = default;
  UserCounts operator-(const UserCounts& o) const {
    return {users - o.users, unicast - o.unicast, subscribers - o.subscribers, publishers - o.publishers};
  }
  bool rises() const { return users > 0 || unicast > 0 || subscribers > 0 || publishers > 0; }
};

UserCounts counts_of(const Device& device) {
  return {device.users_count, device.unicast_users_count, device.multicast_subscribers_count,
          device.multicast_publishers_count};
}

std::map<Pubkey, UserCounts> count_users(const std::map<Pubkey, User>& users) {
  std::map<Pubkey, UserCounts> counts;
  for (const auto& [key, user] : users) {
    auto& count = counts[user.device];
    const bool publisher = (user.tunnel_flags & kTunnelFlagCreatedAsPublisher) != 0;
    ++count.users;
    ++(is_unicast(user.type) ? count.unicast : publisher ? count.publishers : count.subscribers);
  }
  return counts;
}

// What identifies a user never changes.
bool is_same_user(const User& a, const User& b) {
  return a.owner == b.owner && a.index == b.index && a.bump == b.bump && a.type == b.type && a.device == b.device &&
         a.client_ip == b.client_ip && a.tenant == b.tenant && a.tunnel_flags == b.tunnel_flags;
}

// Addresses and numbers.
using Values = std::multiset<std::uint32_t>;

struct Moves {
  Values taken, given;
  Values
      closed;  // what went with a pool that was closed or made for another block: given back by its users or nobody's
};

template <typename Visit>
void for_each_bit(const ResourceExtension& pool, Visit&& visit) {
  const auto first = pool.ip ? pool.ip->base.address.number() : pool.id->start;
  for (std::size_t i = 0; i < pool.bitmap.size(); ++i) {
    for (std::size_t bit = 0; pool.bitmap[i] >> bit != 0; ++bit) {
      if ((pool.bitmap[i] >> bit & 1U) != 0) visit(static_cast<std::uint32_t>(first + 8 * i + bit));
    }
  }
}

// What a pool that comes, goes or is made for another block has taken; the first address of a prefix is the device's.
void add_all(const ResourceExtension* pool, Values& values) {
  if (pool == nullptr) return;
  for_each_bit(*pool, [&](std::uint32_t value) {
    if (!pool->ip || value != pool->ip->base.address.number()) values.insert(value);
  });
}

void add_pool(const ResourceExtension* before, const ResourceExtension* after, Moves& moves) {
  const bool same = before != nullptr && after != nullptr && before->ip == after->ip && before->id == after->id &&
                    before->bitmap.size() == after->bitmap.size();
  if (!same) {
    add_all(before, moves.closed);
    add_all(after, moves.taken);
    return;
  }
  auto gone = *before, come = *after;
  for (std::size_t i = 0; i < gone.bitmap.size(); ++i) {
    const auto common = static_cast<std::uint8_t>(before->bitmap[i] & after->bitmap[i]);
    gone.bitmap[i] ^= common;
    come.bitmap[i] ^= common;
  }
  for_each_bit(gone, [&](std::uint32_t value) { moves.given.insert(value); });
  for_each_bit(come, [&](std::uint32_t value) { moves.taken.insert(value); });
}

Values minus(const Values& from, const Values& what) {
  Values rest;
  std::set_difference(from.begin(), from.end(), what.begin(), what.end(), std::inserter(rest, rest.end()));
  return rest;
}

// By device, and under the zero key what belongs to none: tunnel networks, tunnel ids, addresses.
struct UserHoldings {
  Values networks;
  std::map<Pubkey, Values> tunnel_ids, addresses;
};

UserHoldings holdings_of(const std::map<Pubkey, User>& users) {
  UserHoldings all;
  for (const auto& [key, user] : users) {
    const auto net = user.tunnel_net;
    for (std::uint32_t i = 0; !net.is_default() && i < 1U << (32 - net.prefix); ++i) {
      all.networks.insert(net.address.number() + i);
    }
    if (user.tunnel_id != 0) all.tunnel_ids[user.device].insert(user.tunnel_id);
    if (user.dz_ip != Ipv4{} && user.dz_ip != user.client_ip) all.addresses[user.device].insert(user.dz_ip.number());
  }
  return all;
}

bool fits(const Moves& pool, const Values& before, const Values& after) {
  const auto given = minus(before, after);
  return pool.taken == minus(after, before) && minus(pool.given, given).empty() &&
         minus(minus(given, pool.given), pool.closed).empty();
}

struct PoolMoves {
  Moves networks;
  std::map<Pubkey, Moves> tunnel_ids, addresses;
};

PoolMoves moves_of_pools(const RecordChange& t, const Pubkey& program) {
  PoolMoves all;
  const auto tunnel_block = resource_address(program, wire::ResourceKind::UserTunnelBlock).address;
  std::set<Pubkey> keys;
  for (const auto* records : {&t.before, &t.after}) {
    for (const auto& [key, pool] : records->pools) keys.insert(key);
  }
  for (const auto& key : keys) {
    const auto* const before = find(t.before.pools, key);
    const auto* const after = find(t.after.pools, key);
    const auto& one = after != nullptr ? *after : *before;
    if (key == tunnel_block) add_pool(before, after, all.networks);
    if (one.associated_with.is_zero()) continue;
    add_pool(before, after, (one.ip ? all.addresses : all.tunnel_ids)[one.associated_with]);
  }
  return all;
}

BrokenRule check_moves(const std::map<Pubkey, Values>& before, const std::map<Pubkey, Values>& after,
                       std::map<Pubkey, Moves> pools, std::string_view what) {
  const auto at = [](const auto& map, const Pubkey& key) {
    const auto found = map.find(key);
    return found == map.end() ? Values{} : found->second;
  };
  for (const auto* held : {&before, &after}) {
    for (const auto& [device, values] : *held) pools[device];
  }
  for (const auto& [device, moves] : pools) {
    if (fits(moves, at(before, device), at(after, device))) continue;
    return fmt::format("{} of {} do not match what its users took and gave back", what, to_text(device));
  }
  return {};
}

BrokenRule check_rises(const RecordChange& t, const TransactionFacts& facts) {
  for (const auto& [key, after] : t.after.devices) {
    const auto* const old = find(t.before.devices, key);
    if (!(counts_of(after) - (old != nullptr ? counts_of(*old) : UserCounts{})).rises()) continue;
    const auto takes = [&](const Device& device) {
      return accepts_new_users(device.status) || (is_under_test(device) && any_signer_may(t, facts, permission::kQa));
    };
    if (!takes(after) && (old == nullptr || !takes(*old))) {
      return fmt::format("users of '{}' rose while it takes none", after.code);
    }
  }
  return {};
}

}  // namespace

BrokenRule check_user_counts(const RecordChange& t) {
  const auto before = count_users(t.before.users), after = count_users(t.after.users);
  std::set<Pubkey> devices;
  for (const auto& [key, device] : t.after.devices) devices.insert(key);
  for (const auto* counts : {&before, &after}) {
    for (const auto& [key, count] : *counts) devices.insert(key);
  }
  const auto at = [](const auto& map, const Pubkey& key) {
    const auto found = map.find(key);
    return found == map.end() ? UserCounts{} : found->second;
  };
  for (const auto& key : devices) {
    const auto* const old = find(t.before.devices, key);
    const auto* const now = find(t.after.devices, key);
    if (old != nullptr && now == nullptr) continue;  // a device that goes is named by nobody: check_reference_counts
    const auto change =
        (now != nullptr ? counts_of(*now) : UserCounts{}) - (old != nullptr ? counts_of(*old) : UserCounts{});
    if (change == at(after, key) - at(before, key)) continue;
    return fmt::format("counts of users of {} do not move as its users do", to_text(key));
  }
  return {};
}

BrokenRule check_user_pools(const RecordChange& t, const Pubkey& program) {
  const auto before = holdings_of(t.before.users), after = holdings_of(t.after.users);
  const auto pools = moves_of_pools(t, program);
  if (!fits(pools.networks, before.networks, after.networks)) {
    return "user tunnel block: it does not match what users took and gave back";
  }
  if (auto broken = check_moves(before.tunnel_ids, after.tunnel_ids, pools.tunnel_ids, "tunnel ids"); !broken.empty()) {
    return broken;
  }
  return check_moves(before.addresses, after.addresses, pools.addresses, "addresses");
}

BrokenRule check_user_authority(const RecordChange& t, const TransactionFacts& facts) {
  for (const auto& [key, user] : t.after.users) {
    const auto* const old = find(t.before.users, key);
    if (old == nullptr && !signs(facts, user.owner)) {
      return fmt::format("user {} was created by a stranger", to_text(user.client_ip));
    }
    if (old != nullptr && !is_same_user(*old, user)) {
      return fmt::format("user {} became another", to_text(old->client_ip));
    }
  }
  for (const auto& [key, user] : t.before.users) {
    if (find(t.after.users, key) != nullptr || signs(facts, user.owner)) continue;
    if (any_signer_may(t, facts, permission::kUserAdmin)) continue;
    return fmt::format("user {} was deleted by signers who may not", to_text(user.client_ip));
  }
  return check_rises(t, facts);
}

}  // namespace dz::program::guarded
