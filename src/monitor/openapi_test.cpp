// The OpenAPI document against the table of routes and against what is really answered. The walk knows the words of
// JSON schema that the document uses, and is stricter in one thing: a member that no schema names is found.
#include "monitor/openapi.h"

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "monitor/api_fixture.h"
#include "monitor/api_operations.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;

class Walk {
 public:
  explicit Walk(const json::object& schemas) : schemas_(schemas) {}

  // What is wrong, a line each; empty when the value is as the schema says.
  std::string faults(const json::value& value, const json::object& schema, const std::string& at) {
    if (const auto* reference = schema.if_contains("$ref")) return of_reference(value, *reference, at);
    if (const auto* choices = schema.if_contains("oneOf")) return of_choices(value, choices->as_array(), at);
    std::string found;
    if (const auto* type = schema.if_contains("type"); type != nullptr && !has_type(value, *type))
      return at + ": expected " + json::serialize(*type) + ", found " + json::serialize(value) + "\n";
    if (const auto* words = schema.if_contains("enum")) {
      const auto& all = words->as_array();
      if (std::find(all.begin(), all.end(), value) == all.end()) found += at + ": " + json::serialize(value) + "\n";
    }
    if (const auto* pattern = schema.if_contains("pattern"); pattern != nullptr && value.is_string()) {
      if (!std::regex_match(std::string(value.as_string()), std::regex(std::string(pattern->as_string()))))
        found += at + ": " + json::serialize(value) + " is not " + json::serialize(*pattern) + "\n";
    }
    if (value.is_object() && schema.contains("properties")) found += of_members(value.as_object(), schema, at);
    if (value.is_array() && schema.contains("items")) {
      for (const auto& item : value.as_array()) found += faults(item, schema.at("items").as_object(), at + "[]");
    }
    return found;
  }
  std::string faults(const json::value& value, std::string_view schema) {
    return faults(value, schemas_.at(schema).as_object(), std::string(schema));
  }

 private:
  static bool has_type(const json::value& value, const json::value& type) {
    if (type.is_array()) {
      return std::any_of(type.as_array().begin(), type.as_array().end(),
                         [&](const json::value& one) { return has_type(value, one); });
    }
    const auto& name = type.as_string();
    if (name == "integer") return value.is_int64() || value.is_uint64();
    if (name == "string") return value.is_string();
    if (name == "number") return value.is_number();
    if (name == "boolean") return value.is_bool();
    if (name == "array") return value.is_array();
    if (name == "object") return value.is_object();
    return name == "null" && value.is_null();
  }
  std::string of_reference(const json::value& value, const json::value& reference, const std::string& at) {
    const auto& text = reference.as_string();
    const std::string name(text.begin() + static_cast<std::ptrdiff_t>(text.rfind('/')) + 1, text.end());
    return faults(value, schemas_.at(name).as_object(), at);
  }
  std::string of_choices(const json::value& value, const json::array& choices, const std::string& at) {
    std::string all;
    for (const auto& choice : choices) {
      const auto found = faults(value, choice.as_object(), at);
      if (found.empty()) return "";
      all += found;
    }
    return all;
  }
  std::string of_members(const json::object& value, const json::object& schema, const std::string& at) {
    std::string found;
    const auto& known = schema.at("properties").as_object();
    for (const auto& [name, member] : value) {
      const auto place = at + "." + std::string(name);
      const auto* of_member = known.if_contains(name);
      found += of_member == nullptr ? place + ": no schema names it\n" : faults(member, of_member->as_object(), place);
    }
    for (const auto& name : schema.at("required").as_array()) {
      if (!value.contains(name.as_string())) found += at + ": no " + std::string(name.as_string()) + "\n";
    }
    return found;
  }

  const json::object& schemas_;
};

class OpenApi : public ApiFixture {
 protected:
  void check(const std::string& path, const std::string& query, std::string_view schema) {
    const auto response = get(path, query);
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(walk.faults(json::parse(response.body), schema), "") << path << "?" << query;
    checked.insert(find_operation("GET", path)->id);
  }
  // More is to be written than may be: an alarm, until it may.
  void start_with_an_alarm() {
    settings.limits.writes_per_minute = 2;
    start();
    ASSERT_FALSE(monitor->announcer().alarms().empty());
  }
  json::object document = openapi_document(rfc_profile());
  Walk walk{document.at("components").at("schemas").as_object()};
  std::set<std::string_view> checked;
};

TEST_F(OpenApi, EveryRouteBelowTheApiIsAnOperationAndTheOtherWayRound) {
  std::set<std::pair<std::string_view, std::string_view>> routes, operations;
  for (const auto& route : monitor_routes()) {
    if (route.path.starts_with("/api/v1/")) routes.emplace(route.method, route.path);
  }
  for (const auto& operation : api_operations()) operations.emplace(operation.method, operation.path);
  EXPECT_EQ(routes, operations);
  std::size_t documented = 0;
  for (const auto& [path, methods] : document.at("paths").as_object()) documented += methods.as_object().size();
  EXPECT_EQ(documented, operations.size());
}

TEST_F(OpenApi, RealAnswersOfEveryPathAreAsItSays) {
  start_with_an_alarm();
  check("/api/v1/assessments", "", "AssessmentList");
  check("/api/v1/assessments", "limit=1&findings=0", "AssessmentList");
  check("/api/v1/assessments/ams-lon", "minutes=1&strip=1&width=60", "Assessment");
  check("/api/v1/assessments/ams", "", "Assessment");
  check("/api/v1/decisions", "limit=1", "DecisionList");
  check("/api/v1/decisions", "", "DecisionList");
  check("/api/v1/alarms", "", "AlarmList");
  check("/api/v1/alarms", "limit=1", "AlarmList");
  check("/api/v1/history", "record=ams-lon", "History");
  const auto decided = body("/api/v1/decisions").at("decisions").at(0).as_object();
  check("/api/v1/statements", "transaction=" + std::string(decided.at("signature").as_string()), "StatementList");
  check("/api/v1/statements/" + std::to_string(decided.at("statement").as_int64()), "minutes=1", "Statement");
  pass();
  check("/api/v1/statements/" + std::to_string(decided.at("statement").as_int64()), "bundle=1", "Statement");
  check("/api/v1/verifications/" + std::to_string(decided.at("statement").as_int64()), "", "Verification");
  pass();
  check("/api/v1/verifications/" + std::to_string(decided.at("statement").as_int64()), "bundle=1", "Verification");
  check("/api/v1/assessments/ams-lon", "", "Assessment");
  check("/api/v1/decisions", "", "DecisionList");
  check("/api/v1/incidents", "", "IncidentList");
  check("/api/v1/maintenances", "", "MaintenanceList");
  check("/api/v1/metros", "", "MetroList");
  check("/api/v1/opinions", "", "OpinionList");
  check("/api/v1/status", "", "Status");
  for (int i = 0; i < 3; ++i) pass(std::chrono::minutes{20});
  check("/api/v1/assessments", "", "AssessmentList");
  check("/api/v1/history", "record=ams-lon", "History");
  check("/api/v1/minutes", "record=ams-lon", "RecordMinutes");
  check("/api/v1/minutes", "record=ams", "RecordMinutes");
  check("/api/v1/minutes", "record=ams&day=" + to_text(network.now()).substr(0, 10), "RecordMinutes");
  check("/api/v1/readings", "record=ams-lon&minute=" + to_text(network.now()), "RecordReadings");
  check("/api/v1/policy", "", "Policy");
  check("/api/v1/openapi.json", "", "Document");
  const auto is_of_get = [](const ApiOperation& operation) { return operation.method == "GET"; };
  const auto operations = api_operations();
  const auto of_get = static_cast<std::size_t>(std::count_if(operations.begin(), operations.end(), is_of_get));
  EXPECT_EQ(checked.size() + 1, of_get);  // the stream is checked below
}

TEST_F(OpenApi, ErrorsAreAsItSays) {
  start();
  for (const auto* query : {"x=1", "limit=0", "cursor=x", "device=x"})
    EXPECT_EQ(walk.faults(json::parse(get("/api/v1/assessments", query).body), "Error"), "") << query;
  EXPECT_EQ(walk.faults(json::parse(get("/api/v1/assessments/nobody").body), "Error"), "");
}

TEST_F(OpenApi, EventsOfTheStreamAreAsItSays) {
  start_with_an_alarm();
  std::string told = get("/api/v1/stream", "", {{"last-event-id", "another"}}).body;
  monitor->on_changes([&](std::uint64_t, const std::string& text) { told += text; });
  network.add_device("par", network.alpha);
  pass();
  for (int i = 0; i < 3; ++i) pass(std::chrono::minutes{20});
  const std::map<std::string, std::string_view> schemas{{"record", "RecordEvent"},     {"alarm", "AlarmEvent"},
                                                        {"incident", "IncidentEvent"}, {"source", "SourceEvent"},
                                                        {"decision", "DecisionEvent"}, {"resync", "Resync"}};
  std::set<std::string> seen;
  static const std::regex kEvent("event: (.*)\ndata: (.*)\n\n");
  for (auto it = std::sregex_iterator(told.begin(), told.end(), kEvent); it != std::sregex_iterator(); ++it) {
    seen.insert((*it)[1]);
    EXPECT_EQ(walk.faults(json::parse(std::string((*it)[2])), schemas.at((*it)[1])), "");
  }
  EXPECT_EQ(seen.size(), schemas.size()) << told;
}

TEST_F(OpenApi, EveryReferenceIsThere) {
  const auto text = json::serialize(document);
  static const std::regex kReference("#/components/schemas/([A-Za-z]+)");
  for (auto it = std::sregex_iterator(text.begin(), text.end(), kReference); it != std::sregex_iterator(); ++it)
    EXPECT_TRUE(document.at("components").at("schemas").as_object().contains((*it)[1].str())) << (*it)[1];
}

TEST_F(OpenApi, TheWordsAreThoseOfTheLedgerAtHand) {
  const auto live = json::serialize(openapi_document(*find_profile("v0.34").value()));
  EXPECT_NE(live.find("ready-for-users"), std::string::npos);
  EXPECT_EQ(json::serialize(document).find("ready-for-users"), std::string::npos);
}

TEST_F(OpenApi, TheConsoleHasItAsItIs) {
  std::ifstream file(DZ_SOURCE_DIR "/console/openapi.json");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(json::serialize(json::parse(text.str())), json::serialize(openapi_document(rfc_profile())))
      << "run ./dev docs";
}

TEST_F(OpenApi, TheWalkFindsWhatIsWrong) {
  EXPECT_NE(walk.faults(json::parse(R"({"error":1})"), "Error"), "");
  EXPECT_NE(walk.faults(json::parse(R"({})"), "Error"), "");
  EXPECT_NE(walk.faults(json::parse(R"({"error":"x","more":1})"), "Error"), "");
  EXPECT_NE(walk.faults(json::parse(R"("today")"), "Time"), "");
}

}  // namespace
}  // namespace dz::monitor
