// The pictures that ChangeFeed compares, taken of a monitor and its parts.
#pragma once

#include <optional>
#include <vector>

#include "evidence/evidence.h"
#include "monitor/change_feed.h"
#include "monitor/decision_archive.h"

namespace dz::monitor {

class Monitor;

// Of the records that the last pass judged.
std::vector<RecordPicture> picture_records(const Monitor& monitor);
// One of them; none: it was not judged.
std::optional<RecordPicture> picture_record(const Monitor& monitor, const Pubkey& key);
// What an assessment says of the record besides.
void add_details(const Monitor& monitor, const Pubkey& key, boost::json::object& members);
std::vector<NamedPicture> picture_alarms(const Monitor& monitor);
std::vector<NamedPicture> picture_incidents(const Monitor& monitor, Timestamp now);
std::vector<NamedPicture> picture_sources(const verdict::Policy& policy, const evidence::Evidence& evidence);

// Their members.
std::vector<std::string> picture_decisions(const std::vector<Decision>& decisions, const Profile& profile);

}  // namespace dz::monitor
