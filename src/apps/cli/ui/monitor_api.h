// What the monitor says about a record.
#pragma once

#include <string>

#include "apps/cli/ui/context.h"
#include "apps/cli/ui/lifecycle_text.h"

namespace dz::cli {

// GET <url>/api/v1/assessments/<pubkey>, within 5 s. Empty when url is empty.
AskMonitor ask_monitor_at(const std::string& url);

// The body of its answer. Refused, with what to do, when no monitor is named.
Result<std::string> ask_monitor(const Context& context, const Pubkey& record, std::string_view query);
Result<boost::json::value> ask_monitor_for_json(const Context& context, const Pubkey& record,
                                                std::string_view query = {});
// A member of an answer; empty when there is no such text.
std::string_view text_of(const boost::json::value& object, std::string_view name);

// One sentence of the monitor about the record's health, or why it did not answer; nothing when no monitor is named.
std::optional<std::string> monitor_sentence(const Context& context, const Pubkey& record);

// When the record can be back in service if it is drained now: as the monitor says, or, when none is named or it does
// not answer, by the general rule.
std::string return_outlook(const Context& context, const LifecycleRecord& record);

}  // namespace dz::cli
