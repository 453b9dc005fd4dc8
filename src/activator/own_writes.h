// What a daemon's key wrote in the last hour, read from the ledger at a start: so that a daemon that crashes and starts
// again and again may spend no more than one that runs (control/change_budget.h).
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "client/ledger_client.h"
#include "control/change_budget.h"
#include "domain/profile.h"
#include "wire/program_ids.h"

namespace dz::activator {

class OwnWrites {
 public:
  // The ledger outlives this object.
  OwnWrites(client::LedgerClient& ledger, Pubkey key, wire::ProgramIds ids) : ledger_(ledger), key_(key), ids_(ids) {}

  struct Turn {
    const Profile& profile;
    std::size_t fleet;     // links and devices there are
    std::size_t requests;  // at most so many now
  };
  // Reads on, newest first, and restores the budget once enough is known: then true. After an error the next call goes
  // on. There is nothing to do for a budget that does not ask what was written before.
  Result<bool> restore(control::ChangeBudget& budget, Turn turn, Timestamp now);

 private:
  bool is_enough(const control::ChangeBudget& budget, std::size_t fleet, Timestamp now) const;
  Result<void> list();
  Result<void> read(const Profile& profile, Timestamp now);

  client::LedgerClient& ledger_;
  Pubkey key_;
  wire::ProgramIds ids_;
  std::vector<control::BudgetWrite> writes_;  // newest first
  std::deque<client::TrailEntry> unread_;     // newest first
  std::optional<wire::Signature> oldest_;     // where to list on from
  bool listed_ = false;                       // to the end of what the ledger keeps
  int tries_ = 0;                             // at the newest of unread_, which the ledger does not answer for
};

}  // namespace dz::activator
