// Alarms, incidents and messages.
#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "base/check.h"
#include "sim/spoken_facts.h"

namespace dz::sim {
namespace {

namespace json = boost::json;

std::string text_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

json::array list_of(World& world, const char* path, const char* name) {
  net::HttpRequest request;
  request.method = "GET";
  request.path = path;
  const auto answer = world.request(0, request);
  DZ_CHECK(answer.status == 200);
  return json::parse(answer.body).as_object().at(name).as_array();
}

}  // namespace

std::vector<SpokenFacts::Shape> SpokenFacts::shapes_of_news() {
  using F = SpokenFacts;
  std::vector<Shape> all;
  const auto add = [&](const char* name, const std::string& pattern, Check check) {
    all.push_back({name, shape(pattern), check});
  };
  add("alarm: recovering",
      R"((link|device) (\S+) is in service and recovering(?: at (\S+) (\S+))?(?:: clean since <time>)?)"
      R"((?:, healthy again from <time> on if it stays clean)?)",
      &F::alarm_recovering);
  add("alarm: impaired without a cause",
      R"((link|device) (\S+) is in service and impaired(?: by <id>)?(?: at (\S+) (\S+))?(?: since <time>)?: )"
      R"((?:(repair it)|(wait until it is observed again)), or drain it)",
      &F::alarm_impaired_without_cause);
  add("alarm: impaired", R"((link|device) (\S+) is in service and impaired: (.*))", &F::alarm_impaired);
  add("alarm: or drain it", R"((.*), or drain it)", &F::to_do_of);
  add("alarm: silent together",
      R"((\d+) of (\d+) devices of source (counters|config-agent) fell silent together at <time> \((.*)\): the source )"
      R"(is suspected, and silent minutes count as unobserved until more than half of the (\d+) send again|)"
      R"(check the source)",
      &F::alarm_of_silence);
  add("ends: clean until", R"(it stays clean until <time>|its window is clean again)", &F::clean_until);
  add("ends: records stay clean", R"(its records stay clean until they are healthy)", &F::nothing_to_check);
  add("its cause has gone", R"(its cause has gone|it is over)", &F::nothing_to_check);
  add("healthy again from", R"(healthy again from <time> on if it stays clean)", &F::healthy_again_from);
  add("why: desired status", R"(desired status is ([a-z-]+)(?: and health is ([a-z-]+))?)", &F::why_status);
  add("why: by hand",
      R"(written by hand: with desired status ([a-z-]+) nothing leads from ([a-z-]+) to ([a-z-]+) by itself)",
      &F::why_by_hand);
  add("why: wanted", R"(the contributor or the foundation wants it ([a-z-]+))", &F::why_wanted);
  add("why: the ledger",
      R"((it left service|it is wanted back in service): the ledger sets health impaired until it is judged again)",
      &F::why_the_ledger);
  add("title",
      R"(no rows of (?:every port of )?(\S+)(?: (Switch\S+))?|<counters> at (?:every port of )?(\S+)(?: (Switch\S+))?|)"
      R"((?:no traffic|carrier transitions|discards) at (?:every port of )?(\S+)(?: (Switch\S+))?|mass silence of source (?:counters|config-agent)|)"
      R"(clock of (\S+) ahead|late rows of (\S+)|silence of (\S+)|no (?:config|telemetry) agent on (\S+)|failing QA of (\S+)|)"
      R"((?:lost|no) probes of \S+ from (\S+) to \S+)",
      &F::title);
  return all;
}

// ---- alarms

void SpokenFacts::check_alarms(const KnownMinutes& known) {
  for (const auto& value : list_of(world_, "/api/v1/alarms", "alarms")) {
    const auto& alarm = value.as_object();
    const auto text = text_at(alarm, "text");
    const auto of_record = scope_of_record(text_at(alarm, "code"), known);
    auto scope = of_record ? *of_record : Scope{"alarm", known.at(), &known};
    scope.text = text;
    expect(scope, !of_record || maintenance_of(scope) == nullptr, "it is in maintenance");
    const bool recovering = text_at(alarm, "state") == "recovering";
    if (of_record)
      expect(scope, recovering == (text.find("is in service and recovering") != std::string::npos), "another state");
    read(scope, text);
    scope.text = text_at(alarm, "ends");
    read(scope, scope.text);
  }
}

void SpokenFacts::alarm_recovering(Scope& scope, const Words& words) {
  expect(scope, words[2] == scope.code && health_of(scope) == "impaired", "it is not impaired");
  expect(scope, !fails_now(scope), "it fails now");
  seen_clean(scope);
  if (words[5].empty()) return;
  const auto since = time_spoken(words[5], scope.at);
  for (const auto& id : criteria_of(scope)) {
    const auto minutes = *minutes_of(scope, id);
    if (!minutes.bad.empty()) expect(scope, begin_of(*minutes.bad.rbegin()) < since, id + " was bad after that");
  }
}

void SpokenFacts::alarm_impaired(Scope& scope, const Words& words) {
  expect(scope, words[2] == scope.code && health_of(scope) == "impaired", "it is not impaired");
  read_clause(scope, words[3]);
}

void SpokenFacts::alarm_impaired_without_cause(Scope& scope, const Words& words) {
  expect(scope, words[2] == scope.code && health_of(scope) == "impaired", "it is not impaired");
  const auto minutes = words[3].empty() ? std::nullopt : minutes_of(scope, words[3]);
  if (!minutes) return;
  if (!words[8].empty())
    return expect(scope, minutes->slack > 0 || minutes->unseen.contains(minutes->to - 1), "it is observed");
  expect(scope, minutes->may_fail(), "it does not fail now");
  if (minutes->slack == 0 && !words[6].empty()) since_is(scope, *minutes, words[6]);
}

void SpokenFacts::alarm_of_silence(Scope& scope, const Words& words) {
  if (words[1].empty()) return;
  silent_together(scope, {"", words[1], words[2], words[4], words[5], words[3]});
  expect(scope, words[6] == words[2], "of how many?");
}

void SpokenFacts::why_status(Scope& scope, const Words& words) {
  if (scope.event == nullptr) return untrue(scope, "no event says so");
  expect(scope, words[1] == text_at(*scope.event, "desired_status"), "it is wanted something else");
  expect(scope, text_at(*scope.event, "to") == text_at(*scope.event, "status"), "it is not its status");
}

// A drain that was undone before anybody looked.
void SpokenFacts::why_by_hand(Scope& scope, const Words& words) {
  if (scope.event == nullptr) return untrue(scope, "no event says so");
  expect(scope, words[1] == text_at(*scope.event, "desired_status"), "it is wanted something else");
  expect(scope, words[2] == text_at(*scope.event, "from") && words[3] == text_at(*scope.event, "to"), "it is not so");
  const auto of = scope_of_record(scope.code, *scope.known);
  if (!of) return untrue(scope, "there is no such record");
  const auto link = of->link == nullptr ? 0 : static_cast<std::size_t>(of->link - world_.links().data());
  const auto& key = of->device ? world_.device(*of->device).key() : world_.link_key(link);
  expect(scope, world_.drain_of(key) != nullptr, "nobody drained it");
}

void SpokenFacts::why_wanted(Scope& scope, const Words& words) {
  if (scope.event == nullptr) return untrue(scope, "no event says so");
  expect(scope, words[1] == text_at(*scope.event, "to"), "something else is wanted");
}

void SpokenFacts::why_the_ledger(Scope& scope, const Words& words) {
  if (scope.event == nullptr) return untrue(scope, "no event says so");
  expect(scope, text_at(*scope.event, "to") == "impaired", "it is not impaired");
  const bool in_service = text_at(*scope.event, "status") == "activated";
  expect(scope, !in_service, "it is in service");
  if (words[1] == "it is wanted back in service")
    expect(scope, text_at(*scope.event, "desired_status") == "activated", "it is not wanted");
}

void SpokenFacts::healthy_again_from(Scope& scope, const Words& words) {
  expect(scope, time_spoken(words[1], scope.at) >= minute_of(scope.at), "it is past");
}

// Not before every criterion is met again.
void SpokenFacts::clean_until(Scope& scope, const Words& words) {
  if (words[1].empty()) return;
  healthy_again_from(scope, words);
  if (!scope.code.empty() && (scope.link != nullptr || scope.device)) met_at(scope, {"", "healthy", words[1]});
}

// ---- incidents

void SpokenFacts::check_incidents(const KnownMinutes& known) {
  const auto incidents = list_of(world_, "/api/v1/incidents", "incidents");
  for (const auto& incident : incidents) check_incident(incident.as_object(), known);
  check_continuity(incidents, known);
}

void SpokenFacts::check_incident(const json::object& incident, const KnownMinutes& known) {
  Scope scope{text_at(incident, "title"), known.at(), &known};
  const bool failing = text_at(incident, "state") == "failing";
  scope.text = text_at(incident, "title");
  read(scope, scope.text);
  const auto& cause = incident.at("cause").as_object();
  scope.text = text_at(cause, "sentence");
  if (failing) {
    read(scope, scope.text);
    scope.text = text_at(incident.at("needs").as_object(), "what");
    read(scope, scope.text);
  } else {
    static const auto kOver = shape(R"(over since <time>: (.*))");
    std::smatch match;
    if (!std::regex_match(scope.text, match, kOver)) return untrue(scope, "what is over is said in another way");
    expect(scope, time_spoken(match[1], scope.at) <= scope.at, "that is to come");
    read(scope, match[2]);
  }
  scope.text = text_at(incident, "ends");
  read(scope, scope.text);
  const auto since = parse_timestamp(text_at(incident, "since"));
  const auto state_since = parse_timestamp(text_at(incident, "state_since"));
  expect(scope, since && state_since && *since <= *state_since && *state_since <= scope.at,
         "its times are not in order");
  const auto& records = incident.at("records").as_array();
  expect(scope, incident.at("count").as_int64() == static_cast<std::int64_t>(records.size()), "it lists others");
  for (const auto& value : records) {
    const auto& record = value.as_object();
    const auto of = scope_of_record(text_at(record, "code"), known);
    if (!of) {
      untrue(scope, "there is no record " + text_at(record, "code"));
      continue;
    }
    const auto status = of->link != nullptr ? link_of(*of)->status : record_of(*of)->status;
    expect(*of, text_at(record, "status") == to_text(status) && text_at(record, "health") == health_of(*of),
           "an incident says something else of it");
  }
}

// Of what is over too: it names what there is.
void SpokenFacts::title(Scope& scope, const Words& words) {
  std::optional<std::size_t> device;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i].empty() || words[i].find("errors") != std::string::npos) continue;
    if (!words[i].starts_with("Switch")) {
      device = device_called(scope, words[i]);
    } else if (device) {
      expect(scope, port_called(*device, words[i]).has_value(), "there is no such port");
    }
  }
}

// ---- messages

void SpokenFacts::check_message(const std::string& body, Timestamp sent) {
  const auto message = json::parse(body).as_object();
  if (message.contains("blocks")) return check_slack(message);
  const auto& events = message.at("events").as_array();
  Scope scope{"message", sent, nullptr};
  scope.text = text_at(message, "summary");
  const auto [told, is_new] = told_messages_.try_emplace(text_at(message, "id"), sent, body);
  // One that was on its way when the monitor died is sent again, as it was.
  if (!is_new) {
    expect(scope, told->second.first < world_.opened_at(0), "it was sent before");
    return expect(scope, told->second.second == body, "it was sent with other words before");
  }
  expect(scope, message.at("count").as_int64() == static_cast<std::int64_t>(events.size()), "it counts others");
  for (const auto& event : events) {
    check_once(event.as_object());
    check_event(event.as_object());
  }
}

// What was said within the last pass or two before the event was true then.
void SpokenFacts::check_event(const json::object& event) {
  const auto at = parse_timestamp(text_at(event, "at"));
  if (!at) return untrue({"message", world_.now()}, "an event has no time");
  // What a start judges of a record before agents have handed in what they kept is true of what is known then.
  const bool before_rows = world_.options().buffering && is_settling(*at) && !text_at(event, "code").empty();
  if (before_rows) return;
  const auto before = untrue_;
  std::vector<std::string> found;
  for (const auto back : {0, 1, 2}) {
    untrue_ = before;
    const KnownMinutes known(world_, *at - std::chrono::minutes{back}, disordered_);
    const auto of_record = scope_of_record(text_at(event, "code"), known);
    auto scope = of_record ? *of_record : Scope{"message", known.at(), &known};
    scope.at = *at;
    scope.event = &event;
    for (const auto* name : {"sentence", "to_do", "ends", "title"}) {
      scope.text = text_at(event, name);
      if (!scope.text.empty()) read(scope, without_mark(scope.text));
    }
    if (back == 0) found = untrue_;
    if (untrue_.size() == before.size()) return;
  }
  untrue_ = found;
}

// Every line is of a shape that is known, and the header counts what is listed. The sentences are those of events.
void SpokenFacts::check_slack(const json::object& message) {
  static const auto kHeader = shape(
      R"(DoubleZero: (\d+) changes? of (?:(\d+) alarms?)?(?:, )?(?:(\d+) incidents?)?(?:, )?(?:(\d+) links?)?(?:, )?(?:(\d+) devices?)?)");
  static const auto kEntry = shape(
      R"(:(?:warning|red_circle|large_green_circle|large_yellow_circle): (?:\*(.*)\*|`(\S+)` \((?:link|device) of (.*)\): \*(.*)\*))");
  static const auto kRecords = shape(R"((?:Records|[a-z -]+ [a-z-]+ to [a-z-]+): ((?:`\S+`(?:, )?)+))");
  static const auto kAbout = shape(R"(\S* ?at \S+, policy \S*)");
  Scope scope{"Slack", world_.now(), nullptr};
  long entries = 0, counted = 0;
  for (const auto& value : message.at("blocks").as_array()) {
    const auto& block = value.as_object();
    const auto type = text_at(block, "type");
    const auto text = type == "context" ? text_at(block.at("elements").as_array().at(0).as_object(), "text")
                                        : text_at(block.at("text").as_object(), "text");
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      scope.text = line;
      std::smatch match;
      if (type == "header") {
        if (!std::regex_match(line, match, kHeader)) untrue(scope, "the header has another shape");
        for (std::size_t i = 2; i < match.size(); ++i) counted += match[i].matched ? std::stol(match[i]) : 0;
      } else if (type == "context") {
        expect(scope, std::regex_match(line, kAbout), "the last line has another shape");
      } else if (std::regex_match(line, match, kEntry)) {
        ++read_["Slack: entries"];
        ++entries;
      } else if (std::regex_match(line, match, kRecords)) {
        std::istringstream codes(match[1]);
        for (std::string code; codes >> code;) {
          code = code.substr(1, code.find('`', 1) - 1);
          const KnownMinutes known(world_, world_.now());
          expect(scope, scope_of_record(code, known).has_value(), "there is no record " + code);
        }
      }
    }
  }
  if (entries != counted) scope.text = json::serialize(message);
  expect(scope, entries == counted, fmt::format("the header counts {}, there are {}", counted, entries));
}

}  // namespace dz::sim
