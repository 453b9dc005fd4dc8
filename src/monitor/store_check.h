// Whether two stores tell the same. A store that checks a signal is asked about the last minutes, and its answer is
// compared with the evidence, which is what the serving store told: did each device report, did an error counter rise.
// Where too many devices differ in too many minutes, neither is believed: the source is disputed, and
// judged as a stale one.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "client/snapshot.h"
#include "evidence/evidence.h"
#include "monitor/source_settings.h"
#include "telemetry/store_query.h"

namespace dz::monitor {

struct StoreDisagreement {
  evidence::Source source = evidence::Source::Counters;
  std::string serving, checking;  // names of the stores
  int devices = 0, of = 0;        // that differ, of those known to either
  std::vector<Pubkey> named;      // the first few that differ
  Timestamp since;
};

// "10 of 12 devices differ between influx and lake: fra-dz001, ..."
std::string disagreement_text(const StoreDisagreement& found, const client::Snapshot& records);

// What the checking store answered.
struct CheckAnswer {
  evidence::Source source = evidence::Source::Counters;
  std::string serving, checking;  // names of the stores
  const telemetry::StoreRows& rows;
};

class StoreCheck {
 public:
  explicit StoreCheck(const TrustSettings& trust) : trust_(trust) {}

  // True when the answer begins or ends a disagreement.
  bool compare(const CheckAnswer& answer, const evidence::Evidence& evidence, const client::Snapshot& records,
               Timestamp now);
  // A checking store that has not answered for `patience` says nothing any more. True when that ends a disagreement.
  bool forget_silent(Timestamp now, Duration patience);

  const std::map<evidence::Source, StoreDisagreement>& standing() const { return standing_; }

 private:
  bool note(StoreDisagreement found);

  TrustSettings trust_;
  std::map<evidence::Source, StoreDisagreement> standing_;
  std::map<evidence::Source, Timestamp> answered_at_;
};

}  // namespace dz::monitor
