// Alarms and incidents as the JSON of the monitor's API. docs/operating/monitor.md has the shape.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/pubkey.h"
#include "monitor/monitor.h"

namespace dz::monitor {

// So many records of one incident are listed; their number is told beside them.
inline constexpr std::size_t kListedRecords = 1000;

boost::json::object alarm_json(const Monitor& monitor, const control::MonitorAlarm& alarm, Timestamp now);
boost::json::array alarms_json(const Monitor& monitor, Timestamp now);
// What the stream tells of an incident: what stays true until it changes.
boost::json::object incident_event(const Monitor& monitor, const control::Incident& incident, Timestamp now);
boost::json::array incidents_json(const Monitor& monitor, Timestamp now);

}  // namespace dz::monitor
