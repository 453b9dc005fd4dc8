// Everything a pass of the monitor is planned from, besides what it remembers (record_book.h).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "control/known_facts.h"
#include "control/program_rules.h"
#include "control/write_mode.h"
#include "domain/records.h"
#include "evidence/evidence.h"
#include "verdict/policy.h"

namespace dz::control {

class IncidentBook;   // incident.h
class Ownership;      // shard.h
class RecordChanges;  // record_changes.h

struct MonitorInputs {
  const std::map<Pubkey, Link>& links;  // as the ledger has them; they outlive the next pass with the same book
  const std::map<Pubkey, Device>& devices;
  std::uint64_t records_revision;  // grows whenever a record changed, or when these are other maps
  const evidence::Evidence& evidence;
  const verdict::Policy& policy;
  // What becomes of the plan. Resets (reset.h) follow it: written, shown while the record calls for them, or left to
  // the monitor that writes.
  WriteMode mode = WriteMode::Write;
  bool can_write = true;  // now: the ledger was read lately, and the key may write
  Timestamp now;
  // Records with a write on its way, whose outcome is not known yet: judged, but neither changed nor complained about.
  // Null: none.
  const std::map<Pubkey, Health>* under_way = nullptr;
  std::uint32_t disputed_sources = 0;  // bit Source: disputed, judged as stale
  const KnownFacts* facts = nullptr;   // for the causes of what is found; null: nothing is known
  // Of the last pass, for what is told of a record; null: no causes are told. Nothing is judged by it.
  const IncidentBook* incidents = nullptr;
  // Of the records, with the same revision; null: it is not known which of them changed.
  const RecordChanges* changes = nullptr;
  // Whose change of health is due and was not written in the last pass for a reason that is not evidence. When it will
  // be is not known, so no time is named; nothing is judged by it. Null: none.
  const std::set<Pubkey>* held_back = nullptr;
  // Since when the ledger has been read without a longer break than a monitor may write after: what a record did before
  // is not known, even if it looks the same as then. None: always.
  std::optional<Timestamp> read_since = {};
  // What is called between two pieces of a pass that takes long, some milliseconds apart. It may add rows to the
  // evidence, of whatever sort, and ask; no minute closes meanwhile, and no record changes. Empty: nothing is called.
  std::function<void()> pause = {};
  // Which of the records are judged; the others are only looked at for these. Null: all of them.
  const Ownership* ownership = nullptr;

  // Whether what is planned will be written. Otherwise whatever health is seen is adopted.
  bool writable() const { return mode == WriteMode::Write && can_write; }
  bool is_under_way(const Pubkey& key) const { return under_way != nullptr && under_way->contains(key); }
  bool is_held_back(const Pubkey& key) const { return held_back != nullptr && held_back->contains(key); }
  bool owns(const Pubkey& key) const;
  ProgramRules program() const { return program_rules(*policy.profile); }
};

}  // namespace dz::control
