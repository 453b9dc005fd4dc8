// The answer to "why not, and when?" about one record: it is judged again with the inputs of the last pass, and told in
// words. Pure; the book stays as it is. NotFound for a key that is no record.
#pragma once

#include <string>

#include "base/result.h"
#include "control/monitor_inputs.h"
#include "control/record_book.h"
#include "verdict/page.h"

namespace dz::control {

Result<verdict::AssessmentReport> report_record(const MonitorInputs& inputs, const RecordBook& book, const Pubkey& key,
                                                const verdict::ReportExtras& extras = {});

// As a page for the terminal.
Result<std::string> explain_record(const MonitorInputs& inputs, const RecordBook& book, const Pubkey& key,
                                   const verdict::PageOptions& options = {});

}  // namespace dz::control
