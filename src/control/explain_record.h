// The answer to "why not, and when?" about one record: it is judged again with the inputs of the last pass, and told in
// words. Pure; the book stays as it is. NotFound for a key that is no record.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "control/finding_minutes.h"
#include "control/monitor_inputs.h"
#include "control/record_book.h"
#include "verdict/page.h"

namespace dz::control {

// A record as it was judged, and where its minutes are. Valid during a call; of link and device one is null.
struct JudgedNow {
  const Pubkey& key;
  const verdict::JudgedRecord& record;
  const verdict::Assessment& assessment;
  const verdict::Sources& sources;
  const verdict::RecordMemory& memory;
  const LinkSubjects* link = nullptr;
  const DeviceSubjects* device = nullptr;
};
using UseJudged = std::function<void(const JudgedNow&)>;

// also: called with what the report is made of.
Result<verdict::AssessmentReport> report_record(const MonitorInputs& inputs, const RecordBook& book, const Pubkey& key,
                                                const verdict::ReportExtras& extras = {}, const UseJudged& also = {});

// As a page for the terminal.
Result<std::string> explain_record(const MonitorInputs& inputs, const RecordBook& book, const Pubkey& key,
                                   const verdict::PageOptions& options = {});

// The minutes behind what is found of a record, one line for each signal, for pages that show every one of them.
struct RecordMinutes {
  struct Line {
    std::string criterion;  // "link.a.errors"
    verdict::FindingMinutes::Line minutes;
    std::string source;                 // "counters"
    std::optional<Minute> window_from;  // where the window that is judged begins
    std::optional<Minute> ages_out;     // the last minute that the window has to leave behind to be met
  };
  // Of a criterion over results of QA instead.
  struct Results {
    std::string criterion;
    std::vector<evidence::QaResult> results;
  };
  // Silence of a device that is not counted against it in [from, to): the source is suspected.
  struct Excused {
    Pubkey device;
    std::string source;
    Minute from, to;
  };
  Timestamp at;
  MinuteSpan span;
  std::vector<Line> lines;
  std::vector<Results> results;
  std::vector<Excused> excused;
  std::optional<Pubkey> link;  // of a device: the candidate whose minutes are shown
};

// Of the span, or of the day before `now` and the windows that are judged, whichever is longer.
Result<RecordMinutes> minutes_of_record(const MonitorInputs& inputs, const RecordBook& book, const Pubkey& key,
                                        const std::optional<MinuteSpan>& span = {});

}  // namespace dz::control
