// What a daemon's key wrote in the last hour, read from the ledger at a start: so that a daemon which starts again and
// again has no more to spend than one that runs (control/change_budget.h).
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "client/ledger_client.h"
#include "control/change_budget.h"
#include "domain/profile.h"
#include "wire/program_ids.h"

namespace dz::activator {

class BudgetHistory {
 public:
  BudgetHistory(Pubkey key, wire::ProgramIds ids) : key_(key), ids_(ids) {}

  // Reads on, newest first, with at most that many requests, and restores the budget once enough is known: then true.
  // After an error the next call goes on. Nothing to do for a budget that needs no history.
  Result<bool> restore(control::ChangeBudget& budget, client::LedgerClient& ledger, const Profile& profile,
                       std::size_t fleet, std::size_t requests, Timestamp now);

 private:
  bool is_enough(const control::ChangeBudget& budget, std::size_t fleet, Timestamp now) const;
  Result<void> list(client::LedgerClient& ledger);
  Result<void> read(client::LedgerClient& ledger, const Profile& profile, Timestamp now);

  Pubkey key_;
  wire::ProgramIds ids_;
  std::vector<control::BudgetWrite> writes_;  // newest first
  std::deque<client::HistoryEntry> unread_;   // newest first
  std::optional<wire::Signature> oldest_;     // where to list on from
  bool listed_ = false;                       // to the end of what the ledger keeps
};

}  // namespace dz::activator
