#include "apps/cli/ui/ledger_rules.h"

namespace dz::cli {

LedgerRules::LedgerRules(const Profile& of_ledger)
    : profile(&of_ledger),
      program_checks_lifecycle(of_ledger.guarded),
      program_keeps_holds(of_ledger.guarded),
      either_side_deletes(of_ledger.guarded),
      first_status_is_chosen(of_ledger.extended_instructions),
      status_by_hand(!of_ledger.guarded),
      monitor_resets_health(!of_ledger.guarded),
      policy_sets_return(!of_ledger.guarded),
      activator_needs_permission(!of_ledger.guarded),
      speaks_upstream(!of_ledger.guarded) {}

Status LedgerRules::out_of_service(RecordKind kind) const {
  return profile->status(kind).code(Status::HardDrained) ? Status::HardDrained : Status::Drained;
}

bool LedgerRules::has_soft_drain(RecordKind kind) const {
  return profile->status(kind).code(Status::SoftDrained).has_value();
}

bool LedgerRules::is_deletable(RecordKind kind, Status status) const {
  return (kind == RecordKind::Link ? profile->link_deletable : profile->device_deletable).contains(status);
}

LedgerRules rules_for(const client::Snapshot& snapshot) {
  return LedgerRules(snapshot.profile != nullptr ? *snapshot.profile : *all_profiles().front());
}

}  // namespace dz::cli
