// An alarm of the monitor as the API has it.
#pragma once

#include <boost/json/fwd.hpp>

#include "monitor/announcer.h"

namespace dz::monitor {

boost::json::object alarm_json(const Announcer& announcer, const control::MonitorAlarm& alarm, const Profile& profile,
                               Timestamp now);

}  // namespace dz::monitor
