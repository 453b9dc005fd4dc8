// The pictures that ChangeFeed compares, taken of a monitor's parts.
#pragma once

#include <span>
#include <vector>

#include "client/snapshot.h"
#include "control/record_book.h"
#include "evidence/evidence.h"
#include "monitor/change_feed.h"

namespace dz::monitor {

class Monitor;

// verdicts: of a pass over these records.
std::vector<RecordPicture> picture_records(const client::Snapshot& records,
                                           std::span<const control::RecordVerdict> verdicts);
std::vector<NamedPicture> picture_alarms(const Monitor& monitor);
std::vector<NamedPicture> picture_sources(const verdict::Policy& policy, const evidence::Evidence& evidence);

}  // namespace dz::monitor
