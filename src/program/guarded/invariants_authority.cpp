// Who wrote what: status, desired_status, health, holds.
#include "program/guarded/invariants.h"

#include <algorithm>

#include <fmt/format.h>

#include "lifecycle/table.h"
#include "program/rules/authorize.h"

namespace dz::program::guarded {
namespace {

// A transaction may also grant a right and use it: what holds before or after it counts.
unsigned __int128 permissions_of(const RecordChange& t, const TransactionFacts& facts, std::size_t signer) {
  auto all = facts.permissions[signer];
  for (const auto& [at, permission] : t.after.permissions) {
    const bool own = permission.user_payer == facts.signers[signer];
    if (own && permission.status == PermissionStatus::Activated) all |= permission.permissions;
  }
  return all;
}

}  // namespace

bool signs(const TransactionFacts& facts, const Pubkey& key) {
  return std::find(facts.signers.begin(), facts.signers.end(), key) != facts.signers.end();
}

bool any_signer_may(const RecordChange& t, const TransactionFacts& facts, unsigned __int128 bits) {
  for (std::size_t i = 0; i < facts.signers.size(); ++i) {
    const auto permissions = permissions_of(t, facts, i);
    for (const auto* state : {facts.global_state, t.after.state ? &*t.after.state : nullptr}) {
      if (state != nullptr && Authority{state, facts.signers[i], permissions}.allows(bits)) return true;
    }
  }
  return false;
}

namespace {

bool owner_signs(const RecordChange& t, const TransactionFacts& facts, const Pubkey& contributor) {
  for (const auto* records : {&t.before, &t.after}) {
    const auto* const found = find(records->contributors, contributor);
    if (found != nullptr && signs(facts, found->owner)) return true;
  }
  return false;
}

bool owner_of_device_signs(const RecordChange& t, const TransactionFacts& facts, const Pubkey& device) {
  for (const auto* records : {&t.before, &t.after}) {
    const auto* const found = find(records->devices, device);
    if (found != nullptr && owner_signs(t, facts, found->contributor)) return true;
  }
  return false;
}

lifecycle::Roles network_roles(const RecordChange& t, const TransactionFacts& facts) {
  return {.foundation = any_signer_may(t, facts, permission::kNetworkAdmin),
          .health_authority = any_signer_may(t, facts, permission::kHealthOracle),
          .activator = any_signer_may(t, facts, permission::kActivator)};
}

lifecycle::Roles roles_to(const RecordChange& t, const TransactionFacts& facts, const lifecycle::Roles& network,
                          const Device& device) {
  auto roles = network;
  roles.side_a = owner_signs(t, facts, device.contributor);
  return roles;
}

lifecycle::Roles roles_to(const RecordChange& t, const TransactionFacts& facts, const lifecycle::Roles& network,
                          const Link& link) {
  auto roles = network;
  roles.side_a = owner_signs(t, facts, link.contributor);
  roles.side_z = owner_of_device_signs(t, facts, link.side_z);
  return roles;
}

bool is_accepted(const Link& before, const Link& after) {
  return before.status == Status::Requested && after.status == Status::HardDrained && before.tunnel_net.is_default() &&
         !after.tunnel_net.is_default();
}
bool is_accepted(const Device&, const Device&) { return false; }

// Whether the signers together may have moved status so, whatever instructions it took.
template <typename T>
bool may_move_status(const T& before, const T& after, const lifecycle::Roles& roles) {
  if (is_accepted(before, after)) return roles.side_z || roles.foundation;
  if (!lifecycle::kInService.contains(before.status) || !lifecycle::kInService.contains(after.status)) return false;
  const bool by_table = lifecycle::next_status(before.status, after.desired_status, before.health) == after.status ||
                        lifecycle::next_status(before.status, after.desired_status, after.health) == after.status;
  if (roles.foundation || (roles.activator && by_table)) return true;
  return roles.contributor() && is_drained(after.status);
}

// The two cases in which the program itself writes health.
template <typename T>
bool is_voided(const T& before, const T& after) {
  const bool left = before.status == Status::Activated && after.status != Status::Activated;
  const bool asks_to_return = before.desired_status != DesiredStatus::Activated &&
                              after.desired_status == DesiredStatus::Activated && after.status != Status::Activated;
  return after.health == Health::Impaired && (left || (asks_to_return && before.health == Health::Healthy));
}

template <typename T>
bool keeps_old_judgement(const T& before, const T& after) {
  const bool left = before.status == Status::Activated && after.status != Status::Activated;
  return left && after.health != Health::Impaired;
}

template <typename T>
BrokenRule check_change(const T& before, const T& after, const lifecycle::Roles& roles) {
  const bool judge = roles.health_authority || roles.foundation;
  if (before.status != after.status && !may_move_status(before, after, roles)) {
    return fmt::format("status of '{}' went from {} to {} by signers who may not", after.code, to_text(before.status),
                       to_text(after.status));
  }
  if (before.desired_status != after.desired_status && !roles.contributor() && !roles.foundation) {
    return fmt::format("desired_status of '{}' was written by signers who may not", after.code);
  }
  if (before.health != after.health && !judge && !is_voided(before, after)) {
    return fmt::format("health of '{}' was written by signers who may not", after.code);
  }
  if (keeps_old_judgement(before, after) && !judge) {
    return fmt::format("'{}' left service and kept health {}", after.code, to_text(after.health));
  }
  return {};
}

template <typename T>
BrokenRule check_creation(const T& after, const lifecycle::Roles& roles) {
  if (!roles.side_a && !roles.foundation) return fmt::format("'{}' was created by a stranger", after.code);
  if (after.status == Status::Activated && !roles.foundation && !roles.activator) {
    return fmt::format("'{}' was created activated", after.code);
  }
  if (after.health != Health::Unknown && !roles.health_authority && !roles.foundation) {
    return fmt::format("'{}' was created with health {}", after.code, to_text(after.health));
  }
  return {};
}

template <typename T>
BrokenRule check_deletion(const T& before, const lifecycle::Roles& roles) {
  if (roles.side_a || roles.foundation) return {};
  if (roles.side_z && lifecycle::kNeverInService.contains(before.status)) return {};
  return fmt::format("'{}' was deleted by signers who may not", before.code);
}

// What identifies a record never changes.
bool is_same_record(const Device& a, const Device& b) {
  return a.owner == b.owner && a.bump == b.bump && a.contributor == b.contributor;
}
bool is_same_record(const Link& a, const Link& b) {
  return a.owner == b.owner && a.bump == b.bump && a.contributor == b.contributor && a.side_a == b.side_a &&
         a.side_z == b.side_z && a.type == b.type;
}

template <typename T>
BrokenRule check_records(const RecordChange& t, const TransactionFacts& facts, const std::map<Pubkey, T>& before,
                         const std::map<Pubkey, T>& after) {
  const auto network = network_roles(t, facts);
  for (const auto& [key, record] : after) {
    const auto roles = roles_to(t, facts, network, record);
    const auto* const old = find(before, key);
    if (old != nullptr && !is_same_record(*old, record)) return fmt::format("'{}' became another record", old->code);
    auto broken = old == nullptr ? check_creation(record, roles) : check_change(*old, record, roles);
    if (!broken.empty()) return broken;
  }
  for (const auto& [key, record] : before) {
    if (find(after, key) != nullptr) continue;
    if (auto broken = check_deletion(record, roles_to(t, facts, network, record)); !broken.empty()) return broken;
  }
  return {};
}

struct Side {
  std::uint32_t flag;
  bool lifecycle::Roles::*role;
};
constexpr Side kSides[] = {{kLinkFlagHeldBySideA, &lifecycle::Roles::side_a},
                           {kLinkFlagHeldBySideZ, &lifecycle::Roles::side_z}};

BrokenRule check_holds_of(const Link& before, const Link& after, const lifecycle::Roles& roles) {
  for (const auto& [flag, role] : kSides) {
    const bool held = (before.flags & flag) != 0, holds = (after.flags & flag) != 0;
    const bool own = roles.*role;
    if (!held && holds && !own) return fmt::format("a hold of '{}' was set by another side", after.code);
    if (held && !holds && !own && !roles.foundation) {
      return fmt::format("a hold of '{}' was cleared by another side", after.code);
    }
    if (held && !own && !roles.foundation && after.desired_status < before.desired_status) {
      return fmt::format("'{}' was drained less while the other side holds it", after.code);
    }
  }
  return {};
}

}  // namespace

BrokenRule check_lifecycle_authority(const RecordChange& t, const TransactionFacts& facts) {
  if (auto broken = check_records(t, facts, t.before.devices, t.after.devices); !broken.empty()) return broken;
  return check_records(t, facts, t.before.links, t.after.links);
}

BrokenRule check_holds(const RecordChange& t, const TransactionFacts& facts) {
  constexpr auto kHolds = kLinkFlagHeldBySideA | kLinkFlagHeldBySideZ;
  const auto network = network_roles(t, facts);
  for (const auto& [key, link] : t.after.links) {
    if (link.type != LinkType::Dzx && (link.flags & kHolds) != 0)
      return fmt::format("WAN link '{}' is held", link.code);
    const auto* const old = find(t.before.links, key);
    auto broken = check_holds_of(old != nullptr ? *old : Link{}, link, roles_to(t, facts, network, link));
    if (!broken.empty()) return broken;
  }
  return {};
}

}  // namespace dz::program::guarded
