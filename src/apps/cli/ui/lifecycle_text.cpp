#include "apps/cli/ui/lifecycle_text.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "client/users.h"
#include "lifecycle/table.h"

namespace dz::cli {
namespace {

std::string other_side(const LifecycleRecord& record) {
  const bool a_holds = record.state.holds.side_a && !record.roles.side_a;
  return a_holds ? fmt::format("side A, contributor '{}'", record.side_a)
                 : fmt::format("side Z, contributor '{}'", record.side_z);
}

// The sentence of a refusal, with the names of this record.
std::string explain(const LifecycleRecord& record, lifecycle::Refusal refusal) {
  switch (refusal) {
    case lifecycle::Refusal::HeldByOtherSide:
      return fmt::format(
          "{} keeps it drained and has to undrain it first, with its own key: doublezero {} undrain "
          "--pubkey {}",
          other_side(record), record.noun, record.code);
    case lifecycle::Refusal::NotAContributorsStatus:
      return fmt::format(
          "a contributor sets status to soft-drained or hard-drained only; to return to service use "
          "'doublezero {} undrain --pubkey {}' and let health decide",
          record.noun, record.code);
    case lifecycle::Refusal::NotAuthorised:
      return fmt::format(
          "the signing key is neither a contributor of this {} nor the foundation: sign with the key of "
          "contributor '{}'{} (--keypair)",
          record.noun, record.side_a, record.side_z.empty() ? "" : " or '" + record.side_z + "'");
    default: return std::string(to_text(refusal));
  }
}

// A program that does not check the lifecycle lets either side write any word, with one exception: the status of a
// device.
std::optional<std::string> unguarded_refusal(const LifecycleRecord& record, const lifecycle::LifecycleWrite& write) {
  const auto& roles = record.roles;
  if (!roles.foundation && !roles.contributor()) return explain(record, lifecycle::Refusal::NotAuthorised);
  if (roles.foundation || record.kind == RecordKind::Link || !write.status) return std::nullopt;
  const auto from = record.state.status, to = *write.status;
  const bool allowed = (from == Status::Activated && is_drained(to)) || (is_drained(from) && to == Status::Activated);
  if (allowed) return std::nullopt;
  return fmt::format(
      "a device's contributor sets its status from activated to drained and back only, not from {} to {}: the "
      "foundation may, or a key with the network-admin permission",
      to_text(from), to_text(to));
}

// "doublezero link drain --pubkey ams-lon --hard"
std::string drain_command(const LedgerRules& rules, RecordKind kind, std::string_view code) {
  return fmt::format("doublezero {} drain --pubkey {}{}", to_text(kind), code,
                     rules.has_soft_drain(kind) ? " --hard" : "");
}

// Why the record cannot be deleted from where it stands; empty when it can.
std::vector<std::string> lifecycle_reasons(const LifecycleRecord& record) {
  std::vector<std::string> reasons;
  const auto& roles = record.roles;
  if (!roles.foundation && !roles.contributor()) {
    reasons.push_back(explain(record, lifecycle::Refusal::NotAuthorised));
  } else if (!record.rules.either_side_deletes && !roles.foundation && !roles.side_a) {
    reasons.push_back(
        fmt::format("it is side A's to delete: sign with the key of contributor '{}' (--keypair)", record.side_a));
  }
  const auto status = record.state.status;
  if (record.rules.is_deletable(record.kind, status)) return reasons;
  if (status == Status::Activated || is_drained(status)) {
    reasons.push_back(fmt::format("status is {}, expected {}: {}", to_text(status),
                                  to_text(record.rules.out_of_service(record.kind)),
                                  drain_command(record.rules, record.kind, record.code)));
  } else {
    reasons.push_back(fmt::format("status is {}: it is being deleted already", to_text(status)));
  }
  return reasons;
}

Result<void> refuse_delete(const LifecycleRecord& record, const std::vector<std::string>& reasons) {
  if (reasons.empty()) return {};
  return refused(fmt::format("{} '{}' cannot be deleted yet: {}\n{}", record.noun, record.code, state_text(record),
                             fmt::join(reasons, "\n")));
}

void add_links(const client::Snapshot& snapshot, const Pubkey& device, std::vector<std::string>& reasons) {
  const auto rules = rules_for(snapshot);
  for (const auto& link : links_of_device(snapshot, device)) {
    const auto& record = *link.record;
    const bool ready = rules.is_deletable(RecordKind::Link, record.status);
    reasons.push_back(fmt::format(
        "link '{}' ends here ({}): {}doublezero link delete --pubkey {}", record.code, to_text(record.status),
        ready ? "" : drain_command(rules, RecordKind::Link, record.code) + ", then ", record.code));
  }
}

void add_interfaces(const Device& device, std::vector<std::string>& reasons) {
  for (const auto& interface : device.interfaces) {
    reasons.push_back(fmt::format("interface {} is left: doublezero device interface delete --device {} --name {}",
                                  interface.name, device.code, interface.name));
  }
}

// Each by its address, the first of many; a count alone is what a ledger has whose users this client does not see.
void add_users(const client::Snapshot& snapshot, const LifecycleRecord& device, std::vector<std::string>& reasons) {
  constexpr std::size_t kMostNamed = 20;
  const auto users = client::users_of_device(snapshot, device.key);
  for (std::size_t i = 0; i < std::min(users.size(), kMostNamed); ++i) {
    const auto& user = *users[i].record;
    reasons.push_back(fmt::format("user {} ({}, {}, of {}) is on it: doublezero user delete --pubkey {}",
                                  to_text(user.client_ip), to_text(user.type), to_text(user.status),
                                  to_text(user.owner), to_text(users[i].key)));
  }
  if (users.size() > kMostNamed) {
    reasons.push_back(fmt::format("{} more users are on it: doublezero user list --device {}",
                                  users.size() - kMostNamed, device.code));
  }
  if (users.empty() && device.users > 0) {
    reasons.push_back(
        fmt::format("{} users are on it: doublezero device update --pubkey {} --max-users 0, then wait "
                    "until they have left",
                    device.users, device.code));
  }
}

void add_seats(const client::Snapshot& snapshot, const Pubkey& device, std::vector<std::string>& reasons) {
  for (const auto& [key, exchange] : snapshot.exchanges) {
    for (const int seat : {1, 2}) {
      if ((seat == 1 ? exchange.device1 : exchange.device2) != device) continue;
      reasons.push_back(
          fmt::format("it has seat {} of exchange '{}': doublezero exchange set-device --pubkey {} "
                      "--device{} none",
                      seat, exchange.code, exchange.code, seat));
    }
  }
}

template <typename Record>
std::function<std::optional<LifecycleRecord>(const client::Snapshot&)> find_again(
    client::Records<Record> client::Snapshot::*records, const Pubkey& key, const Pubkey& signer) {
  return [records, key, signer](const client::Snapshot& snapshot) -> std::optional<LifecycleRecord> {
    const auto found = (snapshot.*records).find(key);
    if (found == (snapshot.*records).end()) return std::nullopt;
    return lifecycle_record(snapshot, client::Found<Record>{found->first, &found->second}, signer);
  };
}

}  // namespace

LifecycleRecord lifecycle_record(const client::Snapshot& snapshot, const client::Found<Link>& link,
                                 const Pubkey& signer) {
  const auto& found = *link.record;
  LifecycleRecord record{.rules = rules_for(snapshot),
                         .kind = RecordKind::Link,
                         .noun = "link",
                         .key = link.key,
                         .code = found.code,
                         .state = client::lifecycle_state(found),
                         .roles = roles_for_link(snapshot, found, signer),
                         .side_a = client::code_of(snapshot.contributors, found.contributor),
                         .side_z = ""};
  const auto side_z = side_z_contributor(snapshot, found);
  const bool two_sided = side_z != found.contributor && !side_z.is_zero();
  if (two_sided) record.side_z = client::code_of(snapshot.contributors, side_z);
  return record;
}

LifecycleRecord lifecycle_record(const client::Snapshot& snapshot, const client::Found<Device>& device,
                                 const Pubkey& signer) {
  const auto& found = *device.record;
  return {.rules = rules_for(snapshot),
          .kind = RecordKind::Device,
          .noun = "device",
          .key = device.key,
          .code = found.code,
          .state = client::lifecycle_state(found),
          .roles = roles_for_device(snapshot, found, signer),
          .side_a = client::code_of(snapshot.contributors, found.contributor),
          .side_z = "",
          .users = found.users_count};
}

FindAgain find_link_again(const Pubkey& link, const Pubkey& signer) {
  return {wire::AccountType::Link, link, find_again(&client::Snapshot::links, link, signer)};
}
FindAgain find_device_again(const Pubkey& device, const Pubkey& signer) {
  return {wire::AccountType::Device, device, find_again(&client::Snapshot::devices, device, signer)};
}

std::string state_text(const LedgerRules& rules, RecordKind kind, const lifecycle::LifecycleState& state) {
  return fmt::format("status {}, desired_status {}, health {}", to_text(state.status), to_text(state.desired_status),
                     rules.spell(kind, state.health));
}
std::string state_text(const LifecycleRecord& record) { return state_text(record.rules, record.kind, record.state); }

Result<void> check_write(const LifecycleRecord& record, const lifecycle::LifecycleWrite& write) {
  std::optional<std::string> reason;
  if (record.rules.program_checks_lifecycle) {
    const auto after = apply_write(record.state, write, record.roles);
    if (!after) reason = explain(record, after.error());
  } else {
    reason = unguarded_refusal(record, write);
  }
  if (!reason) return {};
  return refused(fmt::format("{} '{}' stays as it is: {}\n{}", record.noun, record.code, state_text(record), *reason));
}

Result<void> check_users(const LifecycleRecord& record, Status to, bool yes) {
  if (!is_drained(to) || keeps_users(to) || record.users == 0 || yes) return {};
  const auto first = record.rules.has_soft_drain(record.kind)
                         ? std::string("drain it softly")
                         : fmt::format("doublezero device update --pubkey {} --max-users 0", record.code);
  return refused(
      fmt::format("{} users are on device '{}' and a drain to {} disconnects them: {} and wait until they have left, "
                  "or say --yes",
                  record.users, record.code, to_text(to), first));
}

std::string holders_text(const LifecycleRecord& record) {
  const auto& holds = record.state.holds;
  if (holds.side_a && holds.side_z) return fmt::format("'{}' and '{}'", record.side_a, record.side_z);
  if (holds.side_a) return fmt::format("'{}'", record.side_a);
  return holds.side_z ? fmt::format("'{}'", record.side_z) : "";
}

Result<void> check_delete(const client::Snapshot& snapshot, const client::Found<Link>& link, const Pubkey& signer) {
  const auto record = lifecycle_record(snapshot, link, signer);
  return refuse_delete(record, lifecycle_reasons(record));
}

Result<void> check_delete(const client::Snapshot& snapshot, const client::Found<Device>& device, const Pubkey& signer) {
  const auto record = lifecycle_record(snapshot, device, signer);
  auto reasons = lifecycle_reasons(record);
  add_links(snapshot, device.key, reasons);
  add_interfaces(*device.record, reasons);
  add_seats(snapshot, device.key, reasons);
  add_users(snapshot, record, reasons);
  return refuse_delete(record, reasons);
}

}  // namespace dz::cli
