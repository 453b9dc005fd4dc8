// JSON for people and scripts: members in the order given, numbers as short as they can be.
#pragma once

#include <string>

#include <boost/json/value.hpp>

namespace dz::wire {

enum class JsonStyle { Pretty, Compact };

// Pretty: two spaces for each level, `"key": value`, no newline at the end.
std::string render_json(const boost::json::value& value, JsonStyle style);

}  // namespace dz::wire
