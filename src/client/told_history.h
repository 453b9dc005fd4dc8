// The history of a record for people: what the ledger's transactions wrote, joined with why the monitor decided it. The
// CLI prints it, the monitor's API answers with it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "client/record_history.h"

namespace dz::client {

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

// A change of health as the monitor keeps it.
struct HealthDecision {
  std::string time;
  std::uint64_t slot = 0;
  std::string from, to;
  std::string reason, sentence;
  std::string signature;
};

struct HistoryRecord {
  RecordKind kind;
  Pubkey key;
};
// Newest first. decisions: the monitor's, newest first. Those that no transaction of the history names are entries of
// their own, unless transactions that were not read yet may name them.
std::vector<HistoryEntry> told_history(const Snapshot& snapshot, const HistoryRecord& record,
                                       const RecordHistory& history, std::span<const HealthDecision> decisions);

boost::json::object to_json(const HistoryEntry& entry);

}  // namespace dz::client
