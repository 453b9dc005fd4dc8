// The verdict on one record: every criterion judged, E, R and D, what the health table makes of them, and when the
// record can be healthy. A pure function of its arguments: the same inputs give the same bytes anywhere.
#pragma once

#include <array>
#include <span>

#include "verdict/finding.h"
#include "verdict/memory.h"
#include "verdict/policy.h"
#include "verdict/subject_tallies.h"

namespace dz::verdict {

// About 7 KB; passes reuse one. The names in it are the policy's.
struct Assessment {
  const Profile* profile = &rfc_profile();
  Timestamp at;  // the pass
  Health from = Health::Unknown;
  Health to = Health::Unknown;
  HealthReason reason = HealthReason::FirstSight;
  bool activated = false;
  Judgement e = Judgement::Unknown;
  Judgement r = Judgement::Unknown;
  Judgement links_e = Judgement::Unknown, links_r = Judgement::Unknown;  // of what ready-for-links asks for
  bool damped_failure = false;
  Window window;  // the row's
  bool stayed = false;
  std::optional<Timestamp> stay_until;  // not activated: the first pass that satisfies the stay rule
  std::optional<Timestamp> hold_until;  // held without evidence: impaired at the first pass after this
  // The first pass at which the table would say healthy were every minute from now on good and the record as it is;
  // `at` when it says so now. None when something else has to happen first: the findings say what. As assessed it is
  // a lower bound, taking each criterion by itself; control/outlook.h makes it exact.
  std::optional<Timestamp> healthy_at;

  std::array<Finding, kMostFindings> storage;
  std::size_t count = 0;
  std::span<const Finding> findings() const { return std::span(storage).first(count); }
  const Finding* find(CriterionId id) const;
  // The evidence that its health rests on once it is `to`.
  Judgement evidence() const { return to == Health::ReadyForLinks ? links_e : e; }

  bool operator==(const Assessment& other) const;
};

// What all records of a pass share.
struct AssessmentContext {
  const Policy& policy;
  const Sources& sources;
  Timestamp now;
};

// Writes every member of out. The memory's present_since must describe the record's present state. A reset that the
// memory has comes before what the table says.
void assess_link(const Link& link, const LinkTallies& evidence, const RecordMemory& memory,
                 const AssessmentContext& context, Assessment& out);
void assess_device(const Device& device, const DeviceTallies& evidence, const RecordMemory& memory,
                   const AssessmentContext& context, Assessment& out);

// A link as a candidate of device.link_up: the six signals of its interfaces.
Candidate judge_link(const LinkTallies& tallies, const Window& window, const AssessmentContext& context);

}  // namespace dz::verdict
