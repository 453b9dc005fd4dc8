// What the monitor says about a record.
#pragma once

#include <string>

#include "apps/cli/ui/context.h"
#include "apps/cli/ui/lifecycle_text.h"

namespace dz::cli {

// GET /api/v1/assessments/<pubkey>?<query>: the body of the answer. Refused, with what to do, when no monitor is named.
Result<std::string> ask_monitor(const Context& context, const Pubkey& record, std::string_view query);
Result<boost::json::value> ask_monitor_for_json(const Context& context, const Pubkey& record,
                                                std::string_view query = {});
// The answer of any other path. Refused as above.
Result<boost::json::value> ask_at_monitor(const Context& context, const std::string& path);
// A body as JSON; who: "monitor".
Result<boost::json::value> parse_answer_of(std::string_view who, const std::string& body);
// A member of an answer; empty when there is no such text.
std::string_view text_of(const boost::json::value& object, std::string_view name);

// When the record can be back in service if it is drained now: as the monitor says, or, when none is named or it does
// not answer, by the general rule.
std::string return_outlook(const Context& context, const LifecycleRecord& record);

}  // namespace dz::cli
