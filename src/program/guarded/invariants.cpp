#include "program/guarded/invariants.h"

#include <algorithm>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "domain/interface_name.h"
#include "program/rules/allocator.h"
#include "wire/accounts.h"
#include "wire/addresses.h"

namespace dz::program::guarded {
namespace {

template <typename T>
void keep(std::map<Pubkey, T>& records, const Pubkey& key, Result<T> record) {
  if (record) records.emplace(key, std::move(*record));
}

// How often each record is named.
using Counts = std::map<Pubkey, std::int64_t>;

Counts count_names(const Records& records) {
  Counts counts;
  for (const auto& [key, device] : records.devices) {
    for (const auto& named : {device.location, device.exchange, device.contributor}) ++counts[named];
  }
  for (const auto& [key, link] : records.links) {
    for (const auto& named : {link.contributor, link.side_a, link.side_z}) ++counts[named];
  }
  for (const auto& [key, user] : records.users) ++counts[user.device];
  for (const auto& [key, exchange] : records.exchanges) {
    for (const auto& named : {exchange.device1, exchange.device2}) {
      if (!named.is_zero()) ++counts[named];
    }
  }
  return counts;
}

template <typename T>
void add_reference_counts(Counts& counts, const std::map<Pubkey, T>& records, std::int64_t sign) {
  for (const auto& [key, record] : records) counts[key] += sign * std::int64_t{record.reference_count};
}

void add_reference_counts(Counts& counts, const Records& records, std::int64_t sign) {
  add_reference_counts(counts, records.locations, sign);
  add_reference_counts(counts, records.exchanges, sign);
  add_reference_counts(counts, records.contributors, sign);
  add_reference_counts(counts, records.devices, sign);
}

using Indexes = std::map<Pubkey, AccountIndex>;

template <typename T>
void add_indexes(Indexes& indexes, const std::map<Pubkey, T>& records) {
  for (const auto& [key, record] : records) indexes[key] = record.index;
}

Indexes indexes_of(const Records& records) {
  Indexes indexes;
  add_indexes(indexes, records.locations);
  add_indexes(indexes, records.exchanges);
  add_indexes(indexes, records.contributors);
  add_indexes(indexes, records.devices);
  add_indexes(indexes, records.links);
  return indexes;
}

bool holds_resources(const Link& link) { return !link.tunnel_net.is_default(); }

using Port = std::pair<Pubkey, std::string>;  // device, interface key
using PortCounts = std::map<Port, int>;

// The ports that the links hold.
PortCounts ports_of_links(const Records& records) {
  PortCounts ports;
  for (const auto& [key, link] : records.links) {
    if (!holds_resources(link)) continue;
    ++ports[{link.side_a, interface_key(link.side_a_iface)}];
    ++ports[{link.side_z, interface_key(link.side_z_iface)}];
  }
  return ports;
}

// The physical ports that are activated without being CYOA or DIA.
PortCounts activated_ports(const Records& records) {
  PortCounts ports;
  for (const auto& [key, device] : records.devices) {
    for (const auto& i : device.interfaces) {
      const bool link_port = i.type == InterfaceType::Physical && i.cyoa == Cyoa::None && i.dia == Dia::None;
      if (link_port && i.status == InterfaceStatus::Activated) ++ports[{key, interface_key(i.name)}];
    }
  }
  return ports;
}

BrokenRule check_interface_states(const std::map<Pubkey, Device>& devices) {
  for (const auto& [key, device] : devices) {
    std::set<std::string> names;
    for (const auto& i : device.interfaces) {
      if (!names.insert(interface_key(i.name)).second) {
        return fmt::format("device '{}' has interface {} twice", device.code, i.name);
      }
      const bool up = i.status == InterfaceStatus::Activated;
      const bool down = i.status == InterfaceStatus::Unlinked && i.type == InterfaceType::Physical;
      if (!up && !down) return fmt::format("{} of '{}' is {}", i.name, device.code, to_text(i.status));
    }
  }
  return {};
}

// What the records have of each managed pool.
struct Holdings {
  std::multiset<NetworkV4> networks;
  std::multiset<std::uint16_t> link_ids, segments;
};

Holdings holdings_of(const Records& records) {
  Holdings all;
  for (const auto& [key, link] : records.links) {
    if (!holds_resources(link)) continue;
    all.networks.insert(link.tunnel_net);
    all.link_ids.insert(link.tunnel_id);
  }
  for (const auto& [key, device] : records.devices) {
    for (const auto& i : device.interfaces) {
      if (i.type == InterfaceType::Loopback) all.networks.insert(i.ip_net);
      if (i.node_segment_idx != 0) all.segments.insert(i.node_segment_idx);
    }
  }
  return all;
}

// A loopback may have an address from elsewhere.
bool comes_from(const ResourceExtension& pool, const NetworkV4& network) {
  return pool.ip && pool.ip->base.contains(network.address);
}
bool comes_from(const ResourceExtension&, std::uint16_t) { return true; }

std::string text_of(const NetworkV4& network) { return to_text(network); }
std::string text_of(std::uint16_t id) { return std::to_string(id); }

// The pool changed exactly by what was given back and what was taken.
template <typename T>
BrokenRule check_pool(const ResourceExtension& before, const ResourceExtension& after, const std::multiset<T>& given,
                      const std::multiset<T>& taken) {
  auto expected = before;
  for (const auto& value : given) {
    if (comes_from(before, value) && !release(expected, value)) return text_of(value) + " was given back unallocated";
  }
  for (const auto& value : taken) {
    if (comes_from(before, value) && !allocate(expected, value)) return text_of(value) + " was taken twice";
  }
  if (expected.bitmap == after.bitmap) return {};
  return "the pool does not match what records took and gave back";
}

template <typename T>
std::multiset<T> minus(const std::multiset<T>& from, const std::multiset<T>& what) {
  std::multiset<T> rest;
  std::set_difference(from.begin(), from.end(), what.begin(), what.end(), std::inserter(rest, rest.end()));
  return rest;
}

// What records have of one pool, before and after.
template <typename T>
struct Usage {
  std::string_view pool;  // for people
  const std::multiset<T>& before;
  const std::multiset<T>& after;
};

template <typename T>
BrokenRule check_usage(const RecordChange& t, const Pubkey& pool, const Usage<T>& usage) {
  const auto given = minus(usage.before, usage.after), taken = minus(usage.after, usage.before);
  const auto* const old_pool = find(t.before.pools, pool);
  const auto* const new_pool = find(t.after.pools, pool);
  BrokenRule broken;
  if (old_pool != nullptr && new_pool != nullptr) {
    broken = check_pool(*old_pool, *new_pool, given, taken);
  } else if (!given.empty() || !taken.empty()) {
    broken = "records took or gave back without it";
  } else if (const auto* const one = old_pool != nullptr ? old_pool : new_pool; one && allocated_count(*one) > 0) {
    broken = "a pool is created and closed empty";
  }
  if (broken.empty()) return {};
  return fmt::format("{}: {}", usage.pool, broken);
}

}  // namespace

void add_record(Records& records, const Pubkey& key, const wire::Account& account, const TransactionFacts& facts) {
  if (account.owner != facts.ids->serviceability) return;
  switch (wire::account_type(account.data)) {
    case wire::AccountType::Location: return keep(records.locations, key, wire::decode_location(account.data));
    case wire::AccountType::Exchange: return keep(records.exchanges, key, wire::decode_exchange(account.data));
    case wire::AccountType::Contributor: return keep(records.contributors, key, wire::decode_contributor(account.data));
    case wire::AccountType::Device:
      return keep(records.devices, key, wire::decode_device(account.data, *facts.profile));
    case wire::AccountType::Link: return keep(records.links, key, wire::decode_link(account.data, *facts.profile));
    case wire::AccountType::ResourceExtension:
      return keep(records.pools, key, wire::decode_resource_extension(account.data));
    case wire::AccountType::User: return keep(records.users, key, wire::decode_user(account.data));
    case wire::AccountType::Permission: return keep(records.permissions, key, wire::decode_permission(account.data));
    case wire::AccountType::GlobalState:
      if (auto state = wire::decode_global_state(account.data)) records.state = std::move(*state);
      return;
    default: return;
  }
}

BrokenRule check_reference_counts(const RecordChange& t) {
  Counts surplus = count_names(t.before);  // after - before of the counts, less the same of the names: all zero
  for (const auto& [key, count] : count_names(t.after)) surplus[key] -= count;
  add_reference_counts(surplus, t.after, +1);
  add_reference_counts(surplus, t.before, -1);
  for (const auto& [key, count] : surplus) {
    if (count != 0) {
      return fmt::format("reference_count of {} is off by {} against the records that name it", to_text(key), count);
    }
  }
  return {};
}

BrokenRule check_account_index(const RecordChange& t) {
  const auto before = indexes_of(t.before), after = indexes_of(t.after);
  std::set<AccountIndex> created;
  for (const auto& [key, index] : after) {
    const auto* const old_index = find(before, key);
    if (old_index == nullptr) created.insert(index);
    if (old_index != nullptr && *old_index != index) return "the index of " + to_text(key) + " changed";
  }
  if (!t.before.state || !t.after.state) return created.empty() ? "" : "a record was created without the global state";
  auto next = t.before.state->account_index;
  for (const auto index : created) {
    if (index != ++next) return "a record was created under an index out of turn";
  }
  if (next != t.after.state->account_index) return "account_index does not count the records created";
  return {};
}

BrokenRule check_interfaces(const RecordChange& t) {
  if (auto broken = check_interface_states(t.after.devices); !broken.empty()) return broken;
  PortCounts surplus = activated_ports(t.after);  // rise of activated ports, less the rise of ports held: all zero
  for (const auto& [port, count] : activated_ports(t.before)) surplus[port] -= count;
  for (const auto& [port, count] : ports_of_links(t.before)) surplus[port] += count;
  for (const auto& [port, count] : ports_of_links(t.after)) {
    if (count > 1) return fmt::format("two links hold {} of {}", port.second, to_text(port.first));
    surplus[port] -= count;
  }
  for (const auto& [port, count] : surplus) {
    if (count > 0) return fmt::format("{} of {} is activated, but no link holds it", port.second, to_text(port.first));
    if (count < 0) {
      return fmt::format("a link holds {} of {}, which is not activated or is another link's", port.second,
                         to_text(port.first));
    }
  }
  return {};
}

BrokenRule check_allocations(const RecordChange& t, const Pubkey& program) {
  const auto before = holdings_of(t.before), after = holdings_of(t.after);
  if (t.before.pools.empty() && t.after.pools.empty() && before.networks == after.networks &&
      before.link_ids == after.link_ids && before.segments == after.segments) {
    return {};
  }
  const auto at = [&](wire::ResourceKind kind) { return resource_address(program, kind).address; };
  auto broken = check_usage(t, at(wire::ResourceKind::DeviceTunnelBlock),
                            Usage<NetworkV4>{"device tunnel block", before.networks, after.networks});
  if (broken.empty()) {
    broken = check_usage(t, at(wire::ResourceKind::LinkIds),
                         Usage<std::uint16_t>{"link ids", before.link_ids, after.link_ids});
  }
  if (broken.empty()) {
    broken = check_usage(t, at(wire::ResourceKind::SegmentRoutingIds),
                         Usage<std::uint16_t>{"segment routing ids", before.segments, after.segments});
  }
  return broken;
}

std::string check_guarded_invariants(std::span<const AccountChange> changes, const TransactionFacts& facts) {
  RecordChange t;
  for (const auto& change : changes) {
    add_record(t.before, change.key, *change.before, facts);
    add_record(t.after, change.key, *change.after, facts);
  }
  for (auto* const rule : {check_reference_counts, check_account_index, check_interfaces, check_user_counts}) {
    if (auto broken = rule(t); !broken.empty()) return broken;
  }
  if (auto broken = check_allocations(t, facts.ids->serviceability); !broken.empty()) return broken;
  if (auto broken = check_user_pools(t, facts.ids->serviceability); !broken.empty()) return broken;
  if (auto broken = check_user_authority(t, facts); !broken.empty()) return broken;
  if (auto broken = check_holds(t, facts); !broken.empty()) return broken;
  return check_lifecycle_authority(t, facts);
}

}  // namespace dz::program::guarded
