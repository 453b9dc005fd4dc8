// Every store the monitor pulls from: one conversation for each store and what it is asked about
// (telemetry/store_pull.h), one request at a time for each store. What arrives goes through the evidence journal like
// everything else. Nothing here waits: requests leave through a seam, so that the simulation and tests answer in place
// of sockets.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "client/snapshot.h"
#include "monitor/file_writes.h"
#include "monitor/monitor_settings.h"
#include "monitor/store_check.h"
#include "service/log.h"
#include "telemetry/durable_evidence.h"
#include "telemetry/standing_lag.h"
#include "telemetry/store_pull.h"

namespace dz::monitor {

struct PullSeams {
  // Sends the request. done is called once, at once or later, never after the pulled sources are gone.
  std::function<void(const SourceSettings&, const telemetry::StoreAsk&,
                     std::function<void(Result<telemetry::StoreReply>)> done)>
      ask;
  std::function<double()> jitter;  // from 0 to 1
  std::function<void()> wake;      // an answer arrived: step() soon
};

// Rows of a device that is not on the ledger.
struct StrayRows {
  std::string host;  // the switch's own name, where the store has it
  std::uint64_t rows = 0;
  Timestamp seen;
};

// What was noticed about devices besides their evidence; device_notes.h makes the sentences.
struct PullNotes {
  std::map<Pubkey, StrayRows> strays;  // at most 1000
  // The farthest row stamped after the clock, where there was none so far at the look before: a clock that is right
  // again leaves such rows behind, but makes no new ones.
  std::map<Pubkey, Timestamp> ahead;
  Timestamp ahead_at;                       // the last look
  std::map<Pubkey, std::set<Minute>> late;  // minutes whose rows came after their turn, of the last half hour
  struct Late {
    Timestamp seen;              // when the last of them came
    Duration by{};               // how old the newest of those was
    telemetry::StandingLag lag;  // the same, look by look
  };
  std::map<Pubkey, Late> late_now;
};

class PulledSources {
 public:
  // One conversation, for reports.
  struct Talk {
    const SourceSettings* source = nullptr;
    std::string about;  // "counters", the id of an added criterion, "check of counters"
    telemetry::StorePull pull;
    evidence::Source of = evidence::Source::Counters;
    std::uint64_t unknown_rows = 0;               // of devices that are not on the ledger
    std::uint64_t unreadable_rows = 0;            // whose names are none
    std::uint64_t last_rows = 0, last_bytes = 0;  // of the last answer
    bool failing = false, told_smallest = false, told_lacking = false;
    std::optional<int> told_percent = {};                                         // of a back-fill
    std::set<std::tuple<evidence::AddedSubject, Minute, bool>> told_values = {};  // within the overlap
  };

  // All outlive this object. Of the settings: sources, trust, and the policy's added criteria.
  PulledSources(const MonitorSettings& settings, telemetry::DurableEvidence& evidence, FileWrites& files,
                service::LogSink log);

  void connect(PullSeams seams) { seams_ = std::move(seams); }

  // Takes what arrived, asks what is due. Returns when to be called again at the latest. Without seams nothing happens.
  Timestamp step(const client::Snapshot& records, Timestamp now);

  std::span<const Talk> talks() const { return talks_; }
  const PullNotes& notes() const { return notes_; }
  const StoreCheck& check() const { return check_; }
  std::uint32_t disputed() const;  // bit Source for each that two stores disagree about
  // For people, why a source does not answer: the store's name and its last error. Empty when it is not pulled.
  std::string trouble_of(evidence::Source source) const;

 private:
  struct Store {
    const SourceSettings* settings = nullptr;
    std::vector<std::size_t> talks;
    bool in_flight = false;
    Timestamp next_request;
  };
  struct Arrived {
    std::size_t store, talk;
    Result<telemetry::StoreReply> reply;
  };

  void add_talk(std::size_t store, telemetry::StorePull::Subject subject, std::string about);
  bool ask_next(std::size_t store, Timestamp now);
  void take(Arrived arrived, const client::Snapshot& records, Timestamp now);
  void say_outcome(Talk& talk, const Result<telemetry::PulledRows>& outcome);
  void say_lacking(Talk& talk);
  void say_progress(Talk& talk);
  void note_unreadable(Talk& talk, const telemetry::StoreRows& rows);
  void keep(Talk& talk, telemetry::PulledRows& taken, const client::Snapshot& records, Timestamp now);
  std::size_t drop_unknown(telemetry::RowBatch& batch, const client::Snapshot& records) const;
  telemetry::RowBatch values(Talk& talk, const telemetry::StoreRows& rows, const client::Snapshot& records);
  void note_strays(const telemetry::StoreRows& rows, const client::Snapshot& records, Timestamp now);
  void note_late(const telemetry::RowBatch& batch, evidence::Source source, Timestamp now);
  void note_ahead(const telemetry::StoreRows& rows, Timestamp now);

  const std::vector<SourceSettings>& sources_;
  const verdict::Policy& policy_;
  telemetry::DurableEvidence& evidence_;
  FileWrites& files_;
  service::LogSink log_;
  PullSeams seams_;
  std::vector<Store> stores_;
  std::vector<Talk> talks_;
  std::vector<Arrived> arrived_;
  PullNotes notes_;
  std::map<Pubkey, Timestamp> farthest_;  // the farthest row stamped after the clock, at the last look
  StoreCheck check_;
};

}  // namespace dz::monitor
