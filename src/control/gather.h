// From the evidence store to what a verdict reads: which rings belong to a link or a device, and their tallies over
// the window that a record is judged over.
#pragma once

#include <array>
#include <map>
#include <span>
#include <vector>

#include "domain/records.h"
#include "evidence/store.h"
#include "verdict/assessment.h"

namespace dz {

// Where the evidence of a record is kept. Resolved once; again when the record or the store's subjects_revision()
// changes. The pointers live as long as the records they were resolved from.
struct LinkSubjects {
  InterfaceRef a, z;
  DirectionRef az, za;
  std::vector<MeasureRef> measures;  // by rule of the policy; those of devices are unused
};
// A link as a candidate, judged over this window in this pass, by the rules of device.link_up.
struct JudgedLink {
  Candidate up;
  Window window;
};
struct DeviceSubjects {
  struct Port {
    const Interface* port;
    InterfaceRef ref;
  };
  struct LinkEnd {
    Pubkey key;
    const Link* link;
    const Interface* port;  // null when the device record has no such interface
    LinkSubjects subjects;
    const JudgedLink* judged = nullptr;  // spares judging the link again; null: nobody has
  };
  Pubkey key;
  DeviceRef device;
  std::vector<Port> dia, cyoa;
  std::vector<LinkEnd> links;
  std::vector<MeasureRef> measures;  // by rule of the policy; those of links are unused
};

struct KeyedLink {
  Pubkey key;
  const Link* link;
};

LinkSubjects resolve_link(const EvidenceStore& store, const Policy& policy, const Pubkey& key, const Link& link);
// links: those that have the device at one end.
DeviceSubjects resolve_device(const EvidenceStore& store, const Policy& policy, const Pubkey& key, const Device& device,
                              std::span<const KeyedLink> links);

// held: bit Source for each that is disputed.
Sources gather_sources(const EvidenceStore& store, std::uint32_t held = 0);

// Where evidence ends and assumption begins, a minute a source: it and all later ones count as good.
using Horizon = std::array<Minute, kSourceCount>;

// Holds the tallies of one record at a time, in memory that is used again for the next.
class TallyGatherer {
 public:
  // All outlive the gatherer; context.sources as gather_sources() gives them. With a horizon it looks ahead: windows
  // end where the watermarks of the context are, at the horizon or later; QA is that of the horizon.
  TallyGatherer(const EvidenceStore& store, const AssessmentContext& context, const Horizon* horizon = nullptr)
      : store_(store), context_(context), horizon_(horizon) {}

  // Valid until the next call.
  const LinkTallies& link(const LinkSubjects& subjects, const Window& window);
  const DeviceTallies& device(const DeviceSubjects& subjects, const Window& window);

 private:
  // Over the criterion's window and allowances; null when its source never answered.
  template <typename Ref, typename... Signals>
  const SignalTally* tally(CriterionId id, Ref ref, Signals... signal);
  PortTallies port(InterfaceRef ref, CriterionId data, CriterionId errors, CriterionId utilization);
  PortTallies port(InterfaceRef ref, CriterionId up) { return port(ref, up, up, up); }
  Candidate candidate(const DeviceSubjects::LinkEnd& end, const Window& window);
  MeasureTallies measures(const std::vector<MeasureRef>& refs, bool of_links);
  void begin(const Window& window, std::size_t tallies);

  const EvidenceStore& store_;
  const AssessmentContext& context_;
  const Horizon* horizon_;
  Window window_;  // the row's
  std::vector<SignalTally> storage_;
  std::size_t used_ = 0;
  QaEvidence qa_;
  LinkTallies link_;
  DeviceTallies device_;
};

}  // namespace dz
