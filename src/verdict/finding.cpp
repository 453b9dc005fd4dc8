#include "verdict/finding.h"

namespace dz::verdict {
namespace {

using evidence::MinuteState;

MinuteState newest_minute(const evidence::SignalTally& t) {
  const auto newest = t.to - std::chrono::minutes{1};
  if (t.last_bad && t.last_bad->minute == newest) return MinuteState::Bad;
  return t.last_unobserved == newest ? MinuteState::Unobserved : MinuteState::Good;
}

bool is_unheard(const evidence::SignalTally& t) {
  return t.good == 0 && t.first_bad->counters == 0 && t.last_bad->counters == 0;
}

}  // namespace

ToDo to_do_of(const evidence::SignalTally* tally, bool stale) {
  if (tally == nullptr || stale) return ToDo::SourceAnswers;
  switch (newest_minute(*tally)) {
    case MinuteState::Good: return ToDo::CleanMinutes;
    case MinuteState::Unobserved: return ToDo::ObservedAgain;
    case MinuteState::Bad: return is_unheard(*tally) ? ToDo::FirstHeard : ToDo::Repair;
  }
  return ToDo::CleanMinutes;
}

bool is_failing(const Finding& f) {
  return is_open(f) && (f.to_do == ToDo::Repair || (f.to_do == ToDo::QaWithoutFailure && f.qa.failing_since));
}

bool is_recovering(const Finding& f) {
  if (!is_open(f) || f.judgement != Judgement::NotMet) return false;
  return f.to_do == ToDo::CleanMinutes || (f.to_do == ToDo::QaWithoutFailure && !f.qa.failing_since);
}

}  // namespace dz::verdict
