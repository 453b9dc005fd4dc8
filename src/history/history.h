// What a monitor's history says of one pass: everything that changed since the pass before, enough to judge the same
// minutes and records again (backtest.h). Plain values; kept by history/history_archive.h.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "control/plan_activator.h"
#include "control/write_mode.h"
#include "domain/profile.h"
#include "evidence/minute_marks.h"

namespace dz::history {

// A subject's minutes from `from` on hold `marks`: until `until`, or, when there is none, until another run says
// otherwise, minutes that close later included.
struct HistoryRun {
  evidence::Subject subject;
  Minute from;
  std::optional<Minute> until;
  evidence::Marks marks = 0;
  bool operator==(const HistoryRun&) const = default;
};

// A link or device as the monitor read it.
struct HistoryRecord {
  Pubkey key;
  RecordKind kind = RecordKind::Link;
  Version version;  // whose numbers the account has
  Bytes account;    // empty: the record is gone
  // What the monitor had last written or adopted; only in whole passes.
  std::optional<Health> own_health;
  bool operator==(const HistoryRecord&) const = default;
};

struct HistoryQa {
  Pubkey device;  // zero: a run, without a result of its own
  evidence::QaResult result;
  bool operator==(const HistoryQa&) const = default;
};

// The first pass of a process.
struct HistoryStart {
  std::string policy;  // as render_policy() gives it
  // Not Write: what the ledger shows is another monitor's doing. The file only has whether it was Write; anything else
  // is read as Standby.
  control::WriteMode mode = control::WriteMode::Write;
  Bytes evidence;  // evidence with the settings in force and nothing in it (evidence/snapshot.h)
  bool operator==(const HistoryStart&) const = default;
};

struct HistoryPass {
  Timestamp at;
  // The last pass before this one, where that had nothing to say and is not in the history. Up to its time everything
  // stayed as the pass before it had found it.
  std::optional<Timestamp> previous;
  // Says everything anew, from the first minute of the rings on: reading may begin here. At every start, after an
  // error, and once a day.
  bool whole = false;
  bool could_write = false;                                // the ledger was read lately and the key is good
  std::vector<std::pair<std::string, Minute>> watermarks;  // those that moved, by lasting_name()
  // Windows given in slots: how many minutes they were; said at every whole pass and when it changed.
  std::vector<std::pair<std::uint64_t, std::chrono::minutes>> windows;
  std::vector<HistoryRun> runs;
  std::vector<HistoryRecord> records;  // those that changed
  std::vector<HistoryQa> qa;           // new results
  std::optional<HistoryStart> start;
  bool operator==(const HistoryPass&) const = default;
};

}  // namespace dz::history
