// The first pass at which a record can be healthy. An assessment names the time at which the last of its unmet criteria
// is met. At that moment the window of a criterion that was met may begin with an unobserved minute, or the health may
// have moved on to a row of the table whose window is longer. So the outlook judges the record again at that time, by
// the same code, as if every minute after the watermarks were good. It repeats this until the answer is healthy.
#pragma once

#include <optional>

#include "control/gather.h"
#include "verdict/assessment.h"

namespace dz::control {

class Outlook {
 public:
  // Both outlive the outlook. context: of the pass that judged.
  Outlook(const evidence::Evidence& evidence, const verdict::AssessmentContext& context);

  // The first pass, from that of `judged` on, that finds the record healthy if nothing new goes wrong: every minute
  // from the watermarks on is good, every source answers in time, QA goes on as it is, and the record stays as it is
  // but for its health. None when something else has to happen first, when a write is all that is missing, and when what
  // is met by now would be held by minutes that are still not observed. About 5
  // us when the assessment's own time may be too early, else nothing.
  std::optional<Timestamp> healthy_at(const Link& link, const LinkSubjects& subjects,
                                      const verdict::RecordMemory& memory, const verdict::Assessment& judged);
  std::optional<Timestamp> healthy_at(const Device& device, const DeviceSubjects& subjects,
                                      const verdict::RecordMemory& memory, const verdict::Assessment& judged);

 private:
  bool is_exact(const verdict::Assessment& judged) const;
  bool slides(const verdict::Assessment& ahead) const;
  template <typename JudgeAt>
  std::optional<Timestamp> search(const verdict::Assessment& judged, const JudgeAt& judge_at);
  verdict::Sources sources_at(Timestamp time) const;

  const evidence::Evidence& evidence_;
  const verdict::AssessmentContext& context_;
  Horizon horizon_{};
  Timestamp last_;  // by then every window holds good minutes only
  verdict::Assessment ahead_;
};

}  // namespace dz::control
