#include "monitor/api_operations.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/safe_text.h"
#include "control/alarms.h"
#include "monitor/list_page.h"
#include "monitor/record_filter.h"
#include "net/http_server.h"
#include "service/routes.h"

namespace dz::monitor {
namespace {

std::vector<ApiOperation> make_operations() {
  using enum ParameterType;
  const ApiParameter kKind{"kind", KindWord, "only these kinds of record", true};
  const ApiParameter kContributor{"contributor", Text, "code or pubkey: of a device, or of either side of a link",
                                  true};
  const ApiParameter kDevice{"device", Text, "code or pubkey: the device itself, and links that end at it", true};
  const ApiParameter kMetro{
      "metro", Text, "code or pubkey of an exchange or location: of a device, or of either side of a link", true};
  const ApiParameter kStatus{"status", StatusWord, "what is in force on the ledger", true};
  const ApiParameter kDesired{"desired_status", DesiredWord, "what is wanted", true};
  const ApiParameter kHealth{"health", HealthWord, "what the ledger says of the record's health", true};
  const ApiParameter kCondition{"condition", ConditionWord, "how the record is now, by the newest pass", true};
  const ApiParameter kRecord{"record", Text, "code or pubkey of one link or device", false, 0, 0, true};
  const ApiParameter kLimit{"limit", Whole, "so many at most; `next` has the cursor of the following ones",
                            false,   1,     kMostOfPage};
  const ApiParameter kCursor{"cursor", Cursor, "`next` of the page before"};
  return {
      {"/api/v1/assessments",
       "listAssessments",
       "Every record: health now and next, one sentence, every criterion",
       "AssessmentList",
       "application/json",
       "503",
       {kKind,
        kStatus,
        kDesired,
        kHealth,
        kCondition,
        kContributor,
        kDevice,
        kMetro,
        kLimit,
        kCursor,
        {"findings", Switch, "0: without the criteria, which are the most of it"}}},
      {"/api/v1/assessments/*",
       "getAssessment",
       "One record, by pubkey or code",
       "Assessment",
       "application/json",
       "404 410 503",
       {{"format", FormatWord, "text: the page that `doublezero link explain` prints"},
        {"minutes", Switch, "1: every run of minutes that were not good"},
        {"strip", Switch, "1: one character per cell of the window"},
        {"width", Whole, "columns of the page, or of a strip", false, 0, 1000}}},
      {"/api/v1/minutes",
       "getMinutes",
       "Every minute behind what is judged of one record: of the last day, or of a past one out of the history",
       "RecordMinutes",
       "application/json",
       "404 410 503",
       {kRecord, {"day", Day, "a day of UTC, out of the history; without it the present one and the windows judged"}}},
      {"/api/v1/readings",
       "getReadings",
       "The counter readings of one minute of one record, as far as they are kept",
       "RecordReadings",
       "application/json",
       "404 410 503",
       {kRecord, {"minute", Time, "a time in it", false, 0, 0, true}}},
      {"/api/v1/decisions",
       "listDecisions",
       "Every change of health, newest first",
       "DecisionList",
       "application/json",
       "404 503",
       {kKind,
        {"health", HealthWord, "what health was changed to", true},
        kContributor,
        kDevice,
        kMetro,
        {"record", Text, "code or pubkey of one record; by pubkey also of one that is gone"},
        kLimit,
        kCursor,
        {"before", Whole, "those with a smaller id", false, 0, INT64_MAX}}},
      {"/api/v1/statements",
       "listStatements",
       "What is stated about the decisions of one transaction, in the order of its instructions "
       "(docs/formats/decision.md)",
       "StatementList",
       "application/json",
       "503",
       {{"transaction", Text, "its signature", false, 0, 0, true}}},
      {"/api/v1/statements/*",
       "getStatement",
       "One statement, by its index or its hash in hex",
       "Statement",
       "application/json",
       "404 503",
       {{"minutes", Switch, "1: with the minutes it rests on"},
        {"bundle", Switch, "1: with everything that shows it, but the transaction (docs/formats/decision-bundle.md)"}},
       "GET",
       "",
       "statement"},
      {"/api/v1/verifications/*",
       "verifyDecision",
       "A decision checked by this monitor, step by step, as `doublezero decision verify` does it; by the index of its "
       "statement, or its hash in hex",
       "Verification",
       "application/json",
       "404 503",
       {{"bundle", Switch,
         "1: with everything that was checked, to check it oneself (docs/formats/decision-bundle.md)"}},
       "GET",
       "",
       "statement"},
      {"/api/v1/history",
       "getHistory",
       "Every write of status, desired_status and health of one record, newest first: by whom, and why",
       "History",
       "application/json",
       "404 503",
       {{"record", Text, "code or pubkey of one record; of one that is gone too"}, kLimit, kCursor}},
      {"/api/v1/alarms",
       "listAlarms",
       "What people have to look at now",
       "AlarmList",
       "application/json",
       "503",
       {{"alarm", AlarmWord, "only these kinds of alarm", true},
        kKind,
        kStatus,
        kDesired,
        kHealth,
        kContributor,
        kDevice,
        kMetro,
        kLimit,
        kCursor}},
      {"/api/v1/incidents",
       "listIncidents",
       "What is at fault, with the records that suffer from it",
       "IncidentList",
       "application/json",
       "503",
       {}},
      {"/api/v1/maintenances",
       "listMaintenances",
       "Records that are being worked on",
       "MaintenanceList",
       "application/json",
       "",
       {}},
      {"/api/v1/maintenances",
       "addMaintenance",
       "Says that a record is being worked on, signed (docs/formats/maintenance.md)",
       "Maintenance",
       "application/json",
       "403 404 429 503",
       {},
       "POST",
       "MaintenanceRequest",
       {},
       {},
       "201"},
      {"/api/v1/maintenances/*",
       "endMaintenance",
       "Says that a maintenance is over, signed (docs/formats/maintenance.md)",
       "Maintenance",
       "application/json",
       "403 404 503",
       {},
       "POST",
       "MaintenanceEnd",
       "id",
       "/end"},
      {"/api/v1/policy",
       "getPolicy",
       "The policy in force, written out in full as a policy file",
       "Policy",
       "application/json",
       "",
       {}},
      {"/api/v1/backtests",
       "tryPolicy",
       "What another policy would have decided over the recorded minutes; progress, then the outcome (server-sent "
       "events). It ends when the client goes",
       "BacktestEvent",
       "text/event-stream",
       "401 403 503",
       {},
       "POST",
       "BacktestRequest"},
      {"/api/v1/webhook-tests/*",
       "testWebhook",
       "Sends a test message to a webhook; what it answered is in the webhook's `test` of the status. From the "
       "monitor's own machine only",
       "WebhookTest",
       "application/json",
       "403 404 409",
       {},
       "POST",
       {},
       "name"},
      {"/api/v1/metros",
       "listMetros",
       "Exchanges and locations of the ledger: where devices stand",
       "MetroList",
       "application/json",
       "503",
       {}},
      {"/api/v1/opinions",
       "listOpinions",
       "What this monitor holds of records whose health it would change, signed, for other judges",
       "OpinionList",
       "application/json",
       "503",
       {{"record", Text, "the pubkey of a record whose opinion is wanted too; at most 64", true},
        {"minutes", Switch, "1: of one record, with the minutes that it would be judged by"}}},
      {"/api/v1/status",
       "getStatus",
       "The monitor itself: its view of the ledger, sources, whether it may write, what it runs with",
       "Status",
       "application/json",
       "",
       {}},
      {"/api/v1/stream",
       "stream",
       "Changes of records, alarms, incidents, sources and decisions as they come (server-sent events)",
       "Event",
       "text/event-stream",
       "503",
       {}},
      {"/api/v1/openapi.json", "getOpenapi", "This document", "Document", "application/json", "", {}},
  };
}

void add_once(std::vector<std::string>& words, std::string_view word) {
  if (std::find(words.begin(), words.end(), word) == words.end()) words.emplace_back(word);
}

template <typename Table>
void add_words(std::vector<std::string>& words, const Table& table) {
  for (const auto& [_, word] : table.codes) add_once(words, to_text(word));
}

void add_health(std::vector<std::string>& words, const Profile& profile, RecordKind kind) {
  const auto& table = kind == RecordKind::Link ? profile.link_health : profile.device_health;
  for (const auto& [_, health] : table.codes) add_once(words, spell(profile, kind, health));
}

std::vector<std::string> alarm_words() {
  using enum control::AlarmKind;
  std::vector<std::string> words;
  for (const auto kind : {MassSilence, StaleSource, HealthDisagreement, ImpairedInService, SourcesDisagree,
                          ChangeBudget, ClockNotBelieved}) {
    words.emplace_back(to_text(kind));
  }
  return words;
}

std::vector<std::string> condition_words() {
  std::vector<std::string> words;
  for (const auto state : kConditions) words.emplace_back(to_text(state));
  return words;
}

std::string listing(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

Result<void> check_value(const ApiParameter& parameter, const std::string& value, const Profile& profile) {
  const auto found = "found '" + one_line(value, kMostOfValue) + "'";
  const auto name = std::string(parameter.name);
  if (parameter.type == ParameterType::Whole) {
    std::int64_t number = 0;
    const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    const bool whole = error == std::errc{} && stop == value.data() + value.size();
    if (whole && number >= parameter.least && number <= parameter.most) return {};
    return refused(
        fmt::format("{}: expected a whole number from {} to {}, {}", name, parameter.least, parameter.most, found));
  }
  if (parameter.type == ParameterType::Day) {
    if (value.size() == 10 && parse_timestamp(value + "T00:00:00Z")) return {};
    return refused(name + ": expected a day such as 2026-11-30, " + found);
  }
  if (parameter.type == ParameterType::Time) {
    if (parse_timestamp(value)) return {};
    return refused(name + ": expected a time such as 2026-11-30T10:23:00Z, " + found);
  }
  const auto words = words_of(parameter.type, profile);
  const auto is_it = [&](const std::string& word) { return same_spelling(word, value); };
  if (words.empty() ? !value.empty() : std::any_of(words.begin(), words.end(), is_it)) return {};
  return refused(name + ": expected " + (words.empty() ? "a value" : "one of " + listing(words)) + ", " + found);
}

}  // namespace

std::span<const ApiOperation> api_operations() {
  static const auto operations = make_operations();
  return operations;
}

const ApiOperation* find_operation(std::string_view method, std::string_view path) {
  for (const auto& operation : api_operations()) {
    if (operation.method == method && service::match_path(operation.path, path)) return &operation;
  }
  return nullptr;
}

std::vector<std::string> words_of(ParameterType type, const Profile& profile) {
  using enum ParameterType;
  std::vector<std::string> words;
  switch (type) {
    case Text:
    case Cursor:
    case Day:
    case Time:
    case Whole: break;
    case Switch: return {"0", "1"};
    case FormatWord: return {"json", "text"};
    case KindWord: return {"link", "device"};
    case AlarmWord: return alarm_words();
    case ConditionWord: return condition_words();
    case StatusWord:
      add_words(words, profile.link_status);
      add_words(words, profile.device_status);
      break;
    case DesiredWord:
      add_words(words, profile.link_desired);
      add_words(words, profile.device_desired);
      break;
    case HealthWord:
      add_health(words, profile, RecordKind::Link);
      add_health(words, profile, RecordKind::Device);
      break;
  }
  return words;
}

Result<void> check_query(const ApiOperation& operation, std::string_view query, const Profile& profile) {
  std::vector<std::string> seen;
  for (const auto& [name, value] : net::form_fields(query)) {
    const auto of_name = [&name = name](const ApiParameter& p) { return p.name == name; };
    const auto parameter = std::find_if(operation.parameters.begin(), operation.parameters.end(), of_name);
    if (parameter == operation.parameters.end()) {
      std::vector<std::string> known;
      for (const auto& p : operation.parameters) known.emplace_back(p.name);
      return refused("expected " + (known.empty() ? "no parameter" : "one of the parameters " + listing(known)) +
                     ", found '" + one_line(name, kMostOfValue) + "'");
    }
    if (!parameter->repeated && std::find(seen.begin(), seen.end(), name) != seen.end())
      return refused(name + ": expected one value, found several");
    seen.push_back(name);
    DZ_TRY(check_value(*parameter, value, profile));
  }
  for (const auto& p : operation.parameters) {
    if (p.required && std::find(seen.begin(), seen.end(), p.name) == seen.end())
      return refused("expected " + std::string(p.name) + "=, " + std::string(p.about) + ", found none");
  }
  return {};
}

std::vector<std::string> values_of(std::string_view query, std::string_view name) {
  std::vector<std::string> values;
  for (auto& [key, value] : net::form_fields(query)) {
    if (key == name) values.push_back(std::move(value));
  }
  return values;
}

}  // namespace dz::monitor
