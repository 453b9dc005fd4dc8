// The minutes of a history put back into evidence, pass by pass, so that they can be judged as they were known then.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "evidence/snapshot.h"
#include "history/history.h"
#include "verdict/policy.h"

namespace dz::history {

class ReplayedEvidence {
 public:
  // empty: evidence with the settings of the process whose passes follow, and nothing in it.
  explicit ReplayedEvidence(evidence::Evidence empty) : evidence_(std::move(empty)) {}

  const evidence::Evidence& evidence() const { return evidence_.evidence(); }
  // Another process went on, with these settings.
  void configure(const evidence::EvidenceSettings& settings) { evidence_.configure(settings); }
  // The added criteria of that policy are judged from now on. They keep their evidence by name.
  void use_added_of(const verdict::Policy& policy);
  // What the pass says of minutes and QA.
  void take(const HistoryPass& pass);
  // From when on minutes of counters were recorded; none: there are none.
  std::optional<Minute> covered_from() const { return covered_from_; }

 private:
  // What was said last of a subject; it goes on until another run says otherwise.
  struct OpenRun {
    evidence::SubjectRef ref;
    std::optional<evidence::Source> source;  // none: of a criterion that is not judged
    std::optional<evidence::Marks> marks;    // none: nothing was said since the last whole pass
  };
  using Watermarks = std::array<std::optional<Minute>, evidence::kSourceCount>;

  OpenRun& open_run(const evidence::Subject& subject);
  Watermarks watermarks_of(const HistoryPass& pass) const;
  void go_on(const Watermarks& closed);
  void take_run(const HistoryRun& run, const Watermarks& closed);
  void note_coverage(const HistoryRun& run);

  evidence::EvidenceReplay evidence_;
  std::map<evidence::Subject, std::size_t> run_index_;
  std::vector<OpenRun> open_;
  std::optional<Minute> covered_from_;
};

}  // namespace dz::history
