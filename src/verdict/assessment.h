// The verdict on one record: every criterion judged, what they say together, what the health table makes of that, and
// when the record can be healthy. A pure function of its arguments: the same inputs give the same bytes anywhere.
#pragma once

#include <array>
#include <span>

#include "verdict/finding.h"
#include "verdict/memory.h"
#include "verdict/policy.h"
#include "verdict/record_tallies.h"

namespace dz::verdict {

// About 9 KB; passes reuse one. The names in it are the policy's.
struct Assessment {
  const Profile* profile = &rfc_profile();  // whose words it is told in
  bool device_stages = false;               // as in the policy
  Timestamp at;                             // the pass
  Health from = Health::Unknown;
  Health to = Health::Unknown;
  HealthReason reason = HealthReason::FirstSight;
  bool activated = false;
  Status status = Status::Pending;  // on the ledger
  DesiredStatus desired_status = DesiredStatus::Activated;
  // All enforced criteria of a kind together; and those of them that ready-for-links asks for. Those of the record are
  // not applicable where the table does not ask them.
  Judgement evidence_judgement = Judgement::Unknown;
  Judgement record_judgement = Judgement::Unknown;
  Judgement links_evidence_judgement = Judgement::Unknown;
  Judgement links_record_judgement = Judgement::Unknown;
  bool damped_failure = false;
  Window window;  // the row's
  bool stayed = false;
  // Not activated: the first pass that satisfies the stay rule; none when a source is late for it.
  std::optional<Timestamp> stay_until;
  std::optional<Timestamp> hold_until;  // held without evidence: impaired at the first pass after this
  // The first pass at which the table would say healthy were every minute from now on good and the record as it is;
  // `at` when it says so now. None when something else has to happen first: the findings say what. As assessed it is
  // a lower bound, taking each criterion by itself; control/outlook.h makes it exact.
  std::optional<Timestamp> healthy_at;

  std::array<Finding, kMostFindings> storage;
  std::size_t count = 0;
  std::span<const Finding> findings() const { return std::span(storage).first(count); }
  const Finding* find(CriterionId id) const;
  // The evidence judgement that its health rests on once it is `to`; of what is impaired, that of the health it loses:
  // the write may not land.
  Judgement evidence_behind_health() const {
    const auto rests = to == Health::Impaired ? from : to;
    return rests == Health::ReadyForLinks ? links_evidence_judgement : evidence_judgement;
  }

  bool operator==(const Assessment& other) const;
};

// What all records of a pass share.
struct AssessmentContext {
  const Policy& policy;
  const Sources& sources;
  Timestamp now;
};

// What is judged of one record. The memory's present_since must describe the record's present state.
struct LinkCase {
  const Link& link;
  const LinkTallies& tallies;
  const RecordMemory& memory;
};
struct DeviceCase {
  const Device& device;
  const DeviceTallies& tallies;
  const RecordMemory& memory;
};

// Writes every member of out. A reset that the memory has comes before what the table says.
void assess_link(const LinkCase& judged, const AssessmentContext& context, Assessment& out);
void assess_device(const DeviceCase& judged, const AssessmentContext& context, Assessment& out);

// A link as a candidate of device.link_up: the six signals of its interfaces.
Candidate judge_link(const LinkTallies& tallies, const Window& window, const AssessmentContext& context);

}  // namespace dz::verdict
