// What can be asked below /api/v1, as one table: it checks what a request asks with, and the OpenAPI document is made
// of it (openapi.h). What answers is the table of routes in monitor_api.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/profile.h"

namespace dz::monitor {

enum class ParameterType : std::uint8_t {
  Text,
  Cursor,      // as an answer gave it
  Whole,       // a whole number from `least` to `most`
  Switch,      // 0 or 1
  Day,         // 2026-11-30, of UTC
  Time,        // 2026-11-30T10:23:00Z
  FormatWord,  // json, text
  KindWord,    // link, device
  // The words of the ledger at hand.
  StatusWord,
  DesiredWord,
  HealthWord,
  AlarmWord,      // a kind of alarm
  ConditionWord,  // good, failing, ...
};

struct ApiParameter {
  std::string_view name;
  ParameterType type = ParameterType::Text;
  std::string_view about;
  bool repeated = false;  // any of several
  std::int64_t least = 0, most = 0;
  bool required = false;
};

struct ApiOperation {
  std::string_view path;  // "/api/v1/assessments/*": the star is a record
  std::string_view id;    // "listAssessments"
  std::string_view about;
  std::string_view schema;        // of the answer when it succeeds
  std::string_view content_type;  // of it
  std::string_view statuses;      // beside that one, 400 and 405: "404 410"
  std::vector<ApiParameter> parameters;
  std::string_view method = "GET";
  std::string_view takes = {};       // the schema of what is sent with POST; empty: nothing
  std::string_view star = "record";  // what the star of the path is called
  std::string_view tail = {};        // what the star ends with, beside that: "/end"
  std::string_view success = "200";
};

// Every path below /api/v1.
std::span<const ApiOperation> api_operations();
const ApiOperation* find_operation(std::string_view method, std::string_view path);  // null: there is none

// The words of a type of them; empty: any.
std::vector<std::string> words_of(ParameterType type, const Profile& profile);

// Refused, with what was expected and found: a parameter that the operation does not have, one given twice that may
// be given once, or a value that it cannot have.
Result<void> check_query(const ApiOperation& operation, std::string_view query, const Profile& profile);

// All values of a parameter.
std::vector<std::string> values_of(std::string_view query, std::string_view name);

}  // namespace dz::monitor
