#include "monitor/openapi.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "monitor/api_operations.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;

json::object reference(std::string_view schema) { return {{"$ref", "#/components/schemas/" + std::string(schema)}}; }

json::object content_of(std::string_view type, std::string_view schema) {
  return {{type, json::object{{"schema", reference(schema)}}}};
}

json::object schema_of(const ApiParameter& parameter, const Profile& profile) {
  if (parameter.type == ParameterType::Whole)
    return {{"type", "integer"}, {"minimum", parameter.least}, {"maximum", parameter.most}};
  json::object schema{{"type", "string"}};
  if (parameter.type == ParameterType::Day) schema["format"] = "date";
  if (parameter.type == ParameterType::Time) schema["format"] = "date-time";
  const auto words = words_of(parameter.type, profile);
  if (words.empty()) schema["minLength"] = 1;
  if (!words.empty()) schema["enum"] = json::array(words.begin(), words.end());
  return schema;
}

json::object parameter_json(const ApiParameter& parameter, const Profile& profile) {
  json::object out{{"name", parameter.name}, {"in", "query"}, {"description", parameter.about}};
  auto schema = schema_of(parameter, profile);
  if (parameter.required) out["required"] = true;
  if (parameter.repeated) {
    schema = json::object{{"type", "array"}, {"items", std::move(schema)}};
    out["style"] = "form";
    out["explode"] = true;
  }
  out["schema"] = std::move(schema);
  return out;
}

std::string_view meaning_of(std::string_view status) {
  if (status == "304") return "As it was when the tag of If-None-Match was given";
  if (status == "400") return "A parameter or a value that is not known; says what was expected";
  if (status == "404") return "Nothing has that name";
  if (status == "410") return "It was there, and is gone from the ledger; says where its decisions are";
  if (status == "503") return "Not now: the ledger was not read yet, or there is no room; ask again";
  if (status == "401") return "Expected a token of the monitor";
  if (status == "403") return "Not for who asks: says who may";
  if (status == "409") return "One is under way";
  if (status == "429") return "There are too many of them";
  return "Another method";
}

json::object responses_of(const ApiOperation& operation) {
  json::object ok{{"description", operation.about}, {"content", content_of(operation.content_type, operation.schema)}};
  if (operation.schema == "Assessment")
    ok["content"].as_object()["text/plain"] = json::object{{"schema", json::object{{"type", "string"}}}};
  const bool tagged = operation.content_type == "application/json" && operation.method == "GET";
  if (tagged) {
    ok["headers"] =
        json::object{{"ETag", json::object{{"description", "for If-None-Match: changes with each pass of the monitor"},
                                           {"schema", json::object{{"type", "string"}}}}}};
  }
  json::object responses{{operation.success, std::move(ok)}};
  std::string statuses = std::string(tagged ? "304 " : "") + "400 405 " + std::string(operation.statuses);
  for (std::string_view rest = statuses; rest.size() >= 3; rest.remove_prefix(std::min<std::size_t>(rest.size(), 4))) {
    const auto status = rest.substr(0, 3);
    json::object response{{"description", meaning_of(status)}};
    if (status != "304") response["content"] = content_of("application/json", "Error");
    responses[status] = std::move(response);
  }
  return responses;
}

// What may stand for the star of a path that is called so.
std::string_view about_star(std::string_view star) {
  if (star == "statement") return "its index, or its hash in hex";
  if (star == "id") return "as the list has it";
  return star == "record" ? "pubkey or code of a link or device" : "its name";
}

json::object operation_json(const ApiOperation& operation, const Profile& profile) {
  json::array parameters;
  if (operation.path.ends_with('*')) {
    parameters.push_back(json::object{{"name", operation.star},
                                      {"in", "path"},
                                      {"required", true},
                                      {"description", about_star(operation.star)},
                                      {"schema", json::object{{"type", "string"}}}});
  }
  for (const auto& parameter : operation.parameters) parameters.push_back(parameter_json(parameter, profile));
  if (operation.content_type == "text/event-stream" && operation.method == "GET") {
    parameters.push_back(json::object{{"name", "Last-Event-ID"},
                                      {"in", "header"},
                                      {"description", "the last event that was seen: what came after it comes first"},
                                      {"schema", json::object{{"type", "string"}}}});
  }
  json::object out{{"operationId", operation.id},
                   {"summary", operation.about},
                   {"parameters", std::move(parameters)},
                   {"responses", responses_of(operation)}};
  if (!operation.takes.empty())
    out["requestBody"] = json::object{{"required", true}, {"content", content_of("application/json", operation.takes)}};
  return out;
}

// What the stream tells of what a list has: some of its members, or all but some, and what happened.
struct EventSchema {
  const char* name;
  const char* of;
  const char* about;
  bool picks;  // else it leaves out
  std::vector<std::string_view> members;
};

const std::vector<EventSchema>& event_schemas() {
  static const std::vector<EventSchema> kSchemas{
      {"RecordEvent",
       "Assessment",
       "data of an event `record`; of one that is gone without what is judged",
       true,
       {"kind", "pubkey", "code", "status", "desired_status", "health", "next_health", "reason", "healthy_at",
        "condition", "cause", "maintenance"}},
      {"AlarmEvent",
       "Alarm",
       "data of an event `alarm`: an Alarm without what speaks of the time",
       false,
       {"text", "ends", "cause"}},
      {"IncidentEvent",
       "Incident",
       "data of an event `incident`: an Incident without what speaks of the time, and without its records",
       false,
       {"cause", "ends", "records"}},
      {"DecisionEvent", "Decision", "data of an event `decision`", false, {"findings", "checkpoint", "opinions"}}};
  return kSchemas;
}

json::object schema_of(const EventSchema& event, const json::object& schemas) {
  const auto& of = schemas.at(event.of).as_object();
  const auto& named = event.members;
  const auto has = [&](std::string_view member) {
    return (std::find(named.begin(), named.end(), member) != named.end()) == event.picks;
  };
  const std::vector<std::string_view> kOfJudging{"condition", "cause", "maintenance"};
  json::object members{{"change", json::object{{"type", "string"}, {"enum", json::array{"added", "changed", "gone"}}}},
                       {"at", reference("Time")}};
  json::array required{"change", "at"};
  for (const auto& [name, schema] : of.at("properties").as_object()) {
    if (has(name)) members[name] = schema;
  }
  for (const auto& name : of.at("required").as_array()) {
    const std::string_view text = name.as_string();
    const bool judged = std::find(kOfJudging.begin(), kOfJudging.end(), text) != kOfJudging.end();
    if (has(text) && !judged && text != "at") required.push_back(name);
  }
  return {{"type", "object"},
          {"description", event.about},
          {"properties", std::move(members)},
          {"required", std::move(required)}};
}

// What one server-sent event of a stream is, by its name.
json::object stream_schema(std::string_view about,
                           const std::vector<std::pair<std::string_view, std::string_view>>& of) {
  json::array events;
  for (const auto& [event, data] : of) {
    json::object members{{"event", json::object{{"type", "string"}, {"enum", json::array{event}}}},
                         {"data", json::object{{"type", "string"},
                                               {"contentMediaType", "application/json"},
                                               {"contentSchema", reference(data)}}}};
    events.push_back(json::object{
        {"type", "object"}, {"properties", std::move(members)}, {"required", json::array{"event", "data"}}});
  }
  return {{"description", about}, {"oneOf", std::move(events)}};
}

json::object all_schemas() {
  auto schemas = json::parse(openapi_schemas()).as_object();
  for (const auto& event : event_schemas()) schemas[event.name] = schema_of(event, schemas);
  schemas["Event"] = stream_schema("a server-sent event; a comment comes every 15 s", {{"record", "RecordEvent"},
                                                                                       {"alarm", "AlarmEvent"},
                                                                                       {"incident", "IncidentEvent"},
                                                                                       {"source", "SourceEvent"},
                                                                                       {"decision", "DecisionEvent"},
                                                                                       {"resync", "Resync"}});
  schemas["BacktestEvent"] =
      stream_schema("a server-sent event: progress at least every 15 s, and at the end outcome or failed",
                    {{"progress", "BacktestProgress"}, {"outcome", "Backtest"}, {"failed", "Error"}});
  return schemas;
}

std::string template_of(const ApiOperation& operation) {
  auto path = operation.path;
  if (!path.ends_with('*')) return std::string(path);
  path.remove_suffix(1);
  return fmt::format("{}{{{}}}{}", path, operation.star, operation.tail);
}

}  // namespace

json::object openapi_document(const Profile& profile) {
  json::object paths;
  for (const auto& operation : api_operations()) {
    const auto* method = operation.method == "GET" ? "get" : "post";
    auto& methods = paths[template_of(operation)];
    if (methods.is_null()) methods = json::object();
    methods.as_object()[method] = operation_json(operation, profile);
  }
  return {{"openapi", "3.1.0"},
          {"info",
           json::object{{"title", "DoubleZero monitor"},
                        {"version", "1"},
                        {"description",
                         "What the monitor judges of links and devices. Members may be added; a client ignores those "
                         "that it does not know."},
                        {"license", json::object{{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
          {"servers", json::array{json::object{{"url", "/"}}}},
          {"security", json::array{}},
          {"paths", std::move(paths)},
          {"components", json::object{{"schemas", all_schemas()}}}};
}

}  // namespace dz::monitor
