// The history of one link or device as the ledger's transactions tell it, for people: the newest writes of status,
// desired_status and health, how far back they reach, and why not further.
#pragma once

#include <string>

#include "client/record_trail.h"
#include "client/snapshot.h"

namespace dz::client {

struct HistoryLimits {
  std::size_t events = 20;      // at most so many, the newest
  std::size_t requests = 1000;  // to the ledger: one for each transaction that names the record
};

struct RecordHistory {
  std::vector<RecordEvent> events;  // newest first
  bool from_creation = false;       // the last of them made the record
  bool older = false;               // there are, or may be, older ones that can be read
  std::string ends;                 // why there is no older one here; empty: nothing came before
};
// What is known of the trail by now.
RecordHistory history_of(const RecordTrail& trail);
// Retry when the ledger does not answer. A transaction that the ledger does not show ends the history: it may have
// written anything.
Result<RecordHistory> read_history(LedgerClient& ledger, const Snapshot& snapshot, const Pubkey& record,
                                   const HistoryLimits& limits = {});

// What a key is to the record as the ledger has it now: "side A, contributor 'alpha'", "the health authority". Empty
// when the ledger does not tell. Several are joined by a comma.
std::string role_of(const Snapshot& snapshot, const Pubkey& record, const Pubkey& signer);

}  // namespace dz::client
