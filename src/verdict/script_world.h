// Test support: the records, series and sources of one case of a verdict script, and a monitor that judges them.
#pragma once

#include <map>
#include <string>

#include "verdict/explain.h"
#include "verdict/naive_tally.h"

namespace dz::verdict {

inline constexpr std::size_t kSeriesMinutes = 8 * 24 * 60;  // a series goes on in its last state this far

// Minutes before the start are unobserved; a series that the script does not mention is good from the start on.
class ScriptWorld {
 public:
  Policy policy;
  bool is_link = true;
  Link link;
  Device device;
  std::map<std::string, Link> links;          // of the device, by code
  std::map<std::string, NaiveSeries> series;  // "a.errors", "dia.Ethernet1.data", "link.x:y.a.data", "reporting"
  evidence::QaEvidence qa;                    // every result and run of the case
  Duration lateness{};
  struct Outage {
    Timestamp from, to;
  };
  std::map<evidence::Source, Outage> outages;  // the source does not answer; once it is back it has all it missed

  // One pass at `now`, as the monitor makes it: judges, remembers, and writes the health.
  const Assessment& pass(Timestamp now);
  JudgedRecord judged_record() const { return is_link ? JudgedRecord{link} : JudgedRecord{device, evidence_}; }
  const Assessment& assessment() const { return assessment_; }
  Health& health() { return is_link ? link.health : device.health; }
  Status& status() { return is_link ? link.status : device.status; }
  DesiredStatus& desired() { return is_link ? link.desired_status : device.desired_status; }
  // The monitor has seen the record as it is since the start.
  void remember_from_start();
  void forget_present() { memory_.present_since.reset(); }  // the monitor was started anew

 private:
  void update_sources(Timestamp now);
  const evidence::SignalTally* tally(const std::string& name, evidence::Source source);
  PortTallies port(const std::string& prefix);
  LinkTallies link_evidence(const std::string& prefix);
  void gather_device(const AssessmentContext& context);

  Sources sources_{};
  std::map<std::string, evidence::SignalTally> tallies_;  // of the last pass; nodes stay where they are
  evidence::QaEvidence qa_in_window_;
  DeviceTallies evidence_;
  RecordMemory memory_;
  Assessment assessment_;
};

}  // namespace dz::verdict
