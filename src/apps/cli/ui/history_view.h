// The history of a record for people: what the ledger's transactions wrote, joined with why the monitor decided it.
#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "apps/cli/ui/ledger_rules.h"
#include "client/record_history.h"

namespace dz::cli {

// A word before and after; before is empty where it is not known, after where the write did not touch it.
struct WordChange {
  std::string before, after;
};

struct HistoryEntry {
  std::string time;  // RFC 3339; empty: the ledger did not say
  std::uint64_t slot = 0;
  std::string event;  // "written", "created", "accepted", or "decided": the monitor alone knows it
  WordChange status, desired_status, health;
  std::string signer, role, signature;
  std::string reason;  // the monitor's, of a health that it wrote
};

struct HistoryRecord {
  RecordKind kind;
  Pubkey key;
};
// Newest first. decisions: the monitor's, as its API lists them (newest first); null: it was not asked. Those that no
// transaction of the history names are entries of their own, so far as the history reaches.
std::vector<HistoryEntry> history_entries(const client::Snapshot& snapshot, const HistoryRecord& record,
                                          const client::RecordHistory& history, const boost::json::value& decisions);

std::string render_history(const std::vector<HistoryEntry>& entries);
boost::json::object to_json(const HistoryEntry& entry);

}  // namespace dz::cli
