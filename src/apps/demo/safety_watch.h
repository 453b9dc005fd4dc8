// What must never happen, looked at in every change that the ledger's history tells of a record: from outside, by rules
// written down here once more, with nothing of the lifecycle, the evidence or the verdict of the daemons. What is wrong
// with the devices is known from the faults that were switched on at them. A record is looked at from its creation on,
// change by change.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "domain/record_event.h"
#include "domain/words.h"
#include "fleet/fault.h"
#include "fleet/topology.h"
#include "visit/visit.h"

namespace dz::demo {

// Who may write what.
struct Authorities {
  Pubkey foundation;  // anything: it is not looked at
  Pubkey monitor;     // health
  Pubkey activator;   // what brings into service
};

class SafetyWatch {
 public:
  // topology outlives the watch.
  SafetyWatch(const fleet::FleetTopology& topology, Authorities authorities)
      : topology_(topology), authorities_(authorities) {}

  // The next change of that record, of which every one is handed in, in the order in which they took effect. at: when;
  // faults: all that there are, and all that there were.
  void look_at(const std::string& code, const RecordEvent& event, Timestamp at, std::span<const fleet::Fault> faults);

  std::vector<visit::Visit::Check> checks() const;
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  // As far as it is known from its changes. Before the first of them it is neither in service nor healthy.
  struct Record {
    Status status = Status::Pending;
    DesiredStatus desired = DesiredStatus::Activated;
    Health health = Health::Unknown;
  };
  struct Change {
    const std::string& code;
    const RecordEvent& event;
    Timestamp at;
    std::span<const fleet::Fault> faults;
  };
  void follow(Record& record, const RecordEvent& event) const;
  void look_at_signer(const Change& change);
  void look_at_activation(const Change& change, const Record& before);
  void look_at_health(const Change& change, const Record& before);
  bool is_spoiled(const Change& change) const;
  bool has_a_reason(const Change& change) const;
  bool concerns(const fleet::Fault& fault, const std::string& code) const;
  void violated(const Change& change, std::string_view what);

  const fleet::FleetTopology& topology_;
  Authorities authorities_;
  std::map<std::string, Record> records_;  // by code
  long changes_ = 0, activations_ = 0, healthy_ = 0, lowered_ = 0;
  std::vector<std::string> violations_;
};

}  // namespace dz::demo
