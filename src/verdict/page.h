// The answer to "why not, and when?" as a page for the terminal: the sentence, what to do, what was found for every
// criterion and how old its evidence is, and the window as strips. Pure; the same page at the same width everywhere.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "verdict/explain.h"
#include "verdict/strip.h"

namespace dz::verdict {

// The minutes behind one finding: of every signal of its subject, or of the candidate it names.
struct FindingMinutes {
  std::size_t finding = 0;  // index into Assessment::findings()
  struct Line {
    evidence::Signal signal = evidence::Signal::Data;
    std::string where;  // as render_where() has it
    evidence::MinuteSeries series;
    Side side = Side::None;
  };
  std::vector<Line> lines;
  std::vector<evidence::QaResult> results;  // device.qa instead of lines
};

// Of a strip where no width is given: a day in quarters of an hour, wherever it begins, also when sources lag each
// other by up to ten minutes.
inline constexpr int kColumnsWithoutWidth = 98;

struct PageOptions {
  std::string_view policy_digest = {};
  std::span<const std::string> notes = {};  // what is peculiar about the record's evidence, a sentence each
  int width = 0;                          // of the terminal; 0: lines are not broken, strips have 98 characters at most
  const DrainedBy* drained_by = nullptr;  // null: not known
  const CauseReport* cause = nullptr;     // leads the sentence and says what to do; null: none is known
  const HeldBack* held_back = nullptr;    // null: nothing is
  bool list_minutes = false;              // every minute that was not good
};

// What the page shows beside the assessment.
struct PageEvidence {
  const Sources& sources;
  std::span<const FindingMinutes> minutes = {};
};

std::string render_page(const JudgedRecord& record, const Assessment& assessment, const PageEvidence& evidence,
                        const PageOptions& options);

// The sentence, the state, one line a criterion, met ones included: the page without its evidence.
std::string render_explanation(const JudgedRecord& record, const Assessment& assessment);

// One sentence: what has to be done, with the command where there is one. Where the cause is known, that comes first.
std::string render_advice(const JudgedRecord& record, const Assessment& assessment, const Besides& besides = {});

// What an assessment itself has to note: ports whose parent stands in for them.
std::vector<std::string> notes_of(const JudgedRecord& record, const Assessment& assessment);

// What was wrong in minutes of a signal: "in-errors", "no counter rows", "unobserved".
std::string render_fault(evidence::Signal signal, const MinuteRange& range);

// The axis of all strips of an assessment, with at most `columns` characters.
StripAxis axis_of(const Assessment& assessment, std::span<const FindingMinutes> minutes, int columns);
std::string render_strip(const StripAxis& axis, const FindingMinutes& minutes);

// Adds to the report of the same assessment what was asked for: the strips, and the minutes that were not good.
struct ReportExtras {
  bool strips = false, minutes = false;
  int width = 0;  // of a strip; 0: 98 characters
  std::span<const std::string> notes = {};
  const DrainedBy* drained_by = nullptr;  // null: not known
  const HeldBack* held_back = nullptr;    // null: nothing is
};
void add_minutes(const Assessment& assessment, std::span<const FindingMinutes> minutes, const ReportExtras& extras,
                 AssessmentReport& report);

// Long lines broken at blanks, what follows indented.
std::string wrapped(std::string_view text, int width);

}  // namespace dz::verdict
