// What a monitor found for every criterion of every record, as lines that can be compared: two monitors that saw the
// same thing give the same lines, whichever store told them.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "client/snapshot.h"
#include "monitor/monitor.h"

namespace dz {

// "errors link.a.errors": "not met, 2 bad, first 12:57 in-errors, last 12:58 in-errors".
using VerdictTable = std::map<std::string, std::string>;

// Whether a source's criteria are wanted: "counters", "config-agent", "qa".
using SourceFilter = std::function<bool(std::string_view source)>;

VerdictTable verdict_table(const monitor::Monitor& monitor, const client::Snapshot& snapshot,
                           const SourceFilter& chosen);

// The lines that differ, each with both sides; empty when none do.
std::string differences(const VerdictTable& expected, const VerdictTable& found);

}  // namespace dz
