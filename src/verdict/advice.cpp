// What to do, in one sentence: of everything that holds a record back, what needs a hand, what needs a source, and what
// needs only time.
#include <algorithm>

#include <fmt/format.h>

#include "verdict/page.h"

namespace dz::verdict {
namespace {

bool needs_an_answer(const Finding& f) {
  return f.to_do == ToDo::SourceAnswers || f.to_do == ToDo::LedgerTells || f.to_do == ToDo::LedgerGrows;
}
bool needs_a_hand(const Finding& f) {
  return is_open(f) && f.to_do != ToDo::Repair && !needs_an_answer(f) && who_does(f).has_value();
}
bool needs_a_source(const Finding& f) { return is_open(f) && needs_an_answer(f); }
bool needs_to_go_on(const Finding& f) { return is_open(f) && f.to_do != ToDo::CleanMinutes; }
// The newest minute that is judged is one of the bad ones.
bool goes_on(const Finding& f) {
  return f.gates && f.to_do != ToDo::SourceAnswers && f.has_tally && f.tally.last_bad &&
         f.tally.last_bad->minute + std::chrono::minutes{1} == f.tally.to;
}

const Finding* first(const Assessment& a, bool (*is)(const Finding&)) {
  const auto findings = a.findings();
  const auto found = std::find_if(findings.begin(), findings.end(), is);
  return found == findings.end() ? nullptr : &*found;
}

std::string more_of(const Assessment& a, bool (*is)(const Finding&)) {
  const auto findings = a.findings();
  const auto more = std::count_if(findings.begin(), findings.end(), is) - 1;
  return more > 0 ? fmt::format("; {} more {} a hand", more, more == 1 ? "criterion needs" : "criteria need") : "";
}

std::string find_the_cause(const JudgedRecord& record, const Finding& f) {
  const auto where = render_where(record, f);
  const MinuteRange now{f.tally.last_bad->minute, f.tally.to, evidence::MinuteState::Bad, f.tally.last_bad->counters};
  return fmt::format("find out why it goes on: {}{}{} in the newest minute", render_fault(f.signal, now),
                     where.empty() ? "" : " at ", where);
}

}  // namespace

std::string render_advice(const JudgedRecord& record, const Assessment& a, const Besides& besides) {
  const auto* cause = besides.cause;
  const auto* held_back = besides.held_back;
  if (cause != nullptr && cause->gates) {
    const auto* f = first(a, [](const Finding& open) { return needs_a_hand(open) && !is_evidence(open); });
    return f == nullptr ? cause->to_do : fmt::format("{}; {}: {}", cause->to_do, f->name, render_to_do(record, *f, a));
  }
  if (const auto* f = first(a, needs_a_hand)) {
    return fmt::format("{}: {}{}", f->name, render_to_do(record, *f, a), more_of(a, needs_a_hand));
  }
  if (const auto* f = first(a, goes_on)) return find_the_cause(record, *f);
  if (a.to == Health::Healthy) return held_back != nullptr ? held_back->to_do : "nothing";
  if (const auto* f = first(a, needs_a_source)) return render_to_do(record, *f, a);
  if (const auto* f = first(a, needs_to_go_on)) {
    const bool waits = f->to_do == ToDo::ObservedAgain;
    return (waits ? "nothing but to wait; " : "") + render_to_do(record, *f, a);
  }
  return held_back != nullptr ? held_back->to_do : "nothing but to keep it clean";
}

}  // namespace dz::verdict
