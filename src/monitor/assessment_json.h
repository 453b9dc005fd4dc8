// Assessments and decisions as the JSON of the monitor's API. docs/operating/monitor.md has the shape.
#pragma once

#include <boost/json/object.hpp>

#include "base/pubkey.h"
#include "monitor/decision_archive.h"
#include "verdict/explain.h"

namespace dz::monitor {

boost::json::object to_json(const verdict::AssessmentReport& report);
// Its members `condition` and `cause` alone.
void add_condition(const verdict::AssessmentReport& report, boost::json::object& members);
boost::json::array findings_json(const verdict::AssessmentReport& report);
boost::json::object to_json(const Decision& decision, const Profile& profile);
// Without what was found of each criterion.
boost::json::object brief_json(const Decision& decision, const Profile& profile);

}  // namespace dz::monitor
