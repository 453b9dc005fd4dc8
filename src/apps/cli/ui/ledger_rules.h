// What the CLI has to know of the ledger that it talks to: which words it has, what its program checks and keeps by
// itself, and what is therefore left to monitor, activator and people. Made once with a session, or for the records of
// a snapshot; nothing else in the CLI asks a profile what kind of ledger it stands for.
#pragma once

#include <string_view>

#include "client/snapshot.h"
#include "domain/profile.h"

namespace dz::cli {

struct LedgerRules {
  explicit LedgerRules(const Profile& profile);

  // Health as the ledger's people spell it.
  std::string_view spell(RecordKind kind, Health health) const { return dz::spell(*profile, kind, health); }
  // The word for a record that is out of service and carries nothing: hard-drained, or drained where that is the only
  // drain there is.
  Status out_of_service(RecordKind kind) const;
  bool has_soft_drain(RecordKind kind) const;
  bool is_deletable(RecordKind kind, Status status) const;

  const Profile* profile;  // never null; for the words' numbers and for the instructions of client

  // The program refuses a write of status or desired_status that the lifecycle does not allow to the signer.
  bool program_checks_lifecycle;
  // The record says which sides keep a DZX link drained. Where it does not, the link's transactions on the ledger tell.
  bool program_keeps_holds;
  // Either side may delete a DZX link. Where it is false, side A alone may.
  bool either_side_deletes;
  // Whoever creates a link chooses the status that it starts with.
  bool first_status_is_chosen;
  // A record can be drained by its status alone, while it is still wanted activated: undrain then asks for it anew.
  bool status_by_hand;
  // After a drain or an undrain the monitor resets health, and the record waits to be judged again.
  bool monitor_resets_health;
  // The monitor's policy sets how much clean evidence a drained record needs. Where it is false, it is the RFC's 24 h.
  bool policy_sets_return;
  // Whoever writes status as the activator does needs the network-admin permission; being the authority is not enough.
  bool activator_needs_permission;
  // What its people's own command says in JSON is said in that command's words wherever both have a member.
  bool speaks_upstream;
};

// For the records of the snapshot. A ledger of an unknown version has no records to show: the first profile stands in.
LedgerRules rules_for(const client::Snapshot& snapshot);

}  // namespace dz::cli
