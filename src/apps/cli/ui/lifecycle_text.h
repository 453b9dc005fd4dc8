// Why a record cannot become what a person asked for, said before anything is sent: the rules of the lifecycle in terms
// of this record, with its sides by name and the command that helps.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/cli/ui/ledger_rules.h"
#include "client/snapshot.h"
#include "client/standing.h"

namespace dz::cli {

// A link or a device, as far as the lifecycle goes.
struct LifecycleRecord {
  LedgerRules rules;  // of its ledger
  RecordKind kind;
  std::string_view noun;  // "link", "device"
  Pubkey key;
  std::string code;
  lifecycle::LifecycleState state;
  lifecycle::Roles roles;      // of the signing key
  std::string side_a, side_z;  // contributors by code; side_z empty for devices and one-sided links
  std::uint32_t users = 0;     // on a device
};
LifecycleRecord lifecycle_record(const client::Snapshot& snapshot, const client::Found<Link>& link,
                                 const Pubkey& signer);
LifecycleRecord lifecycle_record(const client::Snapshot& snapshot, const client::Found<Device>& device,
                                 const Pubkey& signer);

// The same record as a later snapshot has it; nothing when it is gone. What has to be read for it, see read_again().
struct FindAgain {
  wire::AccountType type;
  Pubkey key;
  std::function<std::optional<LifecycleRecord>(const client::Snapshot&)> find;
  std::optional<LifecycleRecord> operator()(const client::Snapshot& snapshot) const { return find(snapshot); }
};
FindAgain find_link_again(const Pubkey& link, const Pubkey& signer = {});
FindAgain find_device_again(const Pubkey& device, const Pubkey& signer = {});

// "status hard-drained, desired_status activated, health pending"
std::string state_text(const LedgerRules& rules, RecordKind kind, const lifecycle::LifecycleState& state);
std::string state_text(const LifecycleRecord& record);

// Refused when the program would refuse this write of status and desired_status. The message names the record, the
// other side and what to do.
Result<void> check_write(const LifecycleRecord& record, const lifecycle::LifecycleWrite& write);

// Refused, with the number of users, when a drain would disconnect them; not with `yes`.
Result<void> check_users(const LifecycleRecord& record, Status to, bool yes);

// Which sides of the link still hold it, by contributor: "alpha", "alpha and zeta", or empty.
std::string holders_text(const LifecycleRecord& record);

// Refused with one line for each reason why the record cannot be deleted now, each with the command that removes it.
Result<void> check_delete(const client::Snapshot& snapshot, const client::Found<Link>& link, const Pubkey& signer);
Result<void> check_delete(const client::Snapshot& snapshot, const client::Found<Device>& device, const Pubkey& signer);

}  // namespace dz::cli
