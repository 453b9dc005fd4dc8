// From the rings of evidence to what a verdict reads: which rings belong to a link or a device, and their tallies over
// the window that a record is judged over.
#pragma once

#include <array>
#include <map>
#include <span>
#include <vector>

#include "domain/records.h"
#include "evidence/evidence.h"
#include "verdict/assessment.h"

namespace dz::control {

// Where the evidence of a record is kept. Resolved once; again when the record or the evidence's subjects_revision()
// changes. The pointers live as long as the records they were resolved from.
struct LinkSubjects {
  evidence::InterfaceRef a, z;
  evidence::DirectionRef az, za;
  std::vector<evidence::AddedRef> values;  // by number of the added criterion; those of devices are unused
};
// A link as a candidate, judged over this window in this pass, as device.link_up asks.
struct JudgedLink {
  verdict::Candidate up;
  verdict::Window window;
  bool calm = false;  // calm.h
};
struct DeviceSubjects {
  struct Port {
    const Interface* port;
    evidence::InterfaceRef ref;
  };
  struct LinkEnd {
    Pubkey key;
    const Link* link;
    const Interface* port;  // null when the device record has no such interface
    LinkSubjects subjects;
    const JudgedLink* judged = nullptr;  // spares judging the link again; null: nobody has
  };
  Pubkey key;
  evidence::DeviceRef device;
  std::vector<Port> dia, cyoa;
  std::vector<LinkEnd> links;
  std::vector<evidence::AddedRef> values;  // by number of the added criterion; those of links are unused
};

struct KeyedLink {
  Pubkey key;
  const Link* link;
};
struct KeyedDevice {
  Pubkey key;
  const Device& device;
};

// Every interface that a record names and, of a sub-interface, the port it belongs to; each once, in order.
std::vector<evidence::NamedInterface> interfaces_named_by(const std::map<Pubkey, Link>& links,
                                                          const std::map<Pubkey, Device>& devices);

LinkSubjects resolve_link(const evidence::Evidence& evidence, const verdict::Policy& policy, const Pubkey& key,
                          const Link& link);
// links: those that have the device at one end.
DeviceSubjects resolve_device(const evidence::Evidence& evidence, const verdict::Policy& policy,
                              const KeyedDevice& keyed, std::span<const KeyedLink> links);

// disputed: bit Source for each that two stores tell different things of.
verdict::Sources gather_sources(const evidence::Evidence& evidence, std::uint32_t disputed = 0);

// Where evidence ends and assumption begins, a minute a source: it and all later ones count as good.
using Horizon = std::array<Minute, evidence::kSourceCount>;

// Holds the tallies of one record at a time, in memory that is used again for the next.
class TallyGatherer {
 public:
  // All outlive the gatherer; context.sources as gather_sources() gives them. With a horizon it looks ahead: windows
  // end where the watermarks of the context are, at the horizon or later; QA is that of the horizon.
  TallyGatherer(const evidence::Evidence& evidence, const verdict::AssessmentContext& context,
                const Horizon* horizon = nullptr)
      : evidence_(evidence), context_(context), horizon_(horizon) {}

  // Valid until the next call.
  const verdict::LinkTallies& link(const LinkSubjects& subjects, const verdict::Window& window);
  const verdict::DeviceTallies& device(const DeviceSubjects& subjects, const verdict::Window& window);

 private:
  // Over the criterion's window and allowances; null when its source never answered.
  template <typename Ref, typename... Signals>
  const evidence::SignalTally* tally(verdict::CriterionId id, Ref ref, Signals... signal);
  // By whose windows and allowances the signals of an interface are counted.
  struct PortCriteria {
    verdict::CriterionId data, errors, utilization, carrier, discards;
  };
  verdict::PortTallies port(evidence::InterfaceRef ref, const PortCriteria& ids);
  // What makes an interface of a link up.
  verdict::PortTallies link_end(evidence::InterfaceRef ref);
  verdict::Candidate candidate(const DeviceSubjects::LinkEnd& end, const verdict::Window& window);
  verdict::AddedTallies values(const std::vector<evidence::AddedRef>& refs, bool of_links);
  void begin(const verdict::Window& window, std::size_t tallies);

  const evidence::Evidence& evidence_;
  const verdict::AssessmentContext& context_;
  const Horizon* horizon_;
  verdict::Window window_;  // the row's
  std::vector<evidence::SignalTally> storage_;
  std::size_t used_ = 0;
  evidence::QaEvidence qa_;
  verdict::LinkTallies link_;
  verdict::DeviceTallies device_;
};

}  // namespace dz::control
