#include "apps/cli/ui/monitor_api.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json/parse.hpp>

namespace dz::cli {
namespace {

namespace json = boost::json;

constexpr int kTriesAtNew = 6;
constexpr Duration kBetweenTries = std::chrono::milliseconds{500};

// What keeps the record from being healthy, as the monitor sees it now.
struct Outlook {
  std::optional<Timestamp> earliest;  // when the last of it can be over, if only time is needed
  std::vector<std::string> to_do;     // what has to happen first
  bool clean() const { return !earliest && to_do.empty(); }
};

Outlook outlook_of(const json::value& assessment) {
  Outlook outlook;
  const auto* members = assessment.if_object();
  const auto* findings = members != nullptr ? members->if_contains("findings") : nullptr;
  if (findings == nullptr || !findings->is_array()) return outlook;
  for (const auto& finding : findings->get_array()) {
    const bool gates = text_of(finding, "kind") == "evidence" && text_of(finding, "mode") == "enforce";
    const auto judgement = text_of(finding, "judgement");
    if (!gates || judgement == "met" || judgement == "not applicable") continue;
    if (const auto time = parse_timestamp(text_of(finding, "earliest"))) {
      outlook.earliest = std::max(outlook.earliest.value_or(*time), *time);
    } else {
      outlook.to_do.push_back(fmt::format("{}: {}", text_of(finding, "id"), text_of(finding, "to_do")));
    }
  }
  return outlook;
}

tl::unexpected<Error> no_monitor() {
  return refused(
      "expected the address of a monitor, found none: name it with --monitor-url URL, DOUBLEZERO_MONITOR_URL, or for "
      "good with doublezero config set --monitor-url URL");
}

std::string rule(const LifecycleRecord& record) {
  if (record.rules.policy_sets_return) {
    return fmt::format(
        "it returns once it is undrained and its health is {} again, which takes as much clean evidence as the "
        "monitor's policy wants after maintenance. The monitor knows: name it with --monitor-url",
        record.rules.spell(record.kind, Health::Healthy));
  }
  return "it returns once it is undrained and its health is healthy, which takes 24 h of clean evidence: soon if the "
         "last 24 h were clean, else 24 h after the last bad minute; a minute without data while it is drained counts "
         "as bad. The monitor knows: name it with --monitor-url";
}

}  // namespace

std::string_view text_of(const json::value& object, std::string_view name) {
  const auto* members = object.if_object();
  const auto* value = members != nullptr ? members->if_contains(name) : nullptr;
  const auto* text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? std::string_view(text->data(), text->size()) : std::string_view();
}

Result<std::string> ask_monitor(const Context& context, const Pubkey& record, std::string_view query) {
  if (context.ask_monitor) {
    const auto path = fmt::format("/api/v1/assessments/{}{}{}", to_text(record), query.empty() ? "" : "?", query);
    // The record was read from the ledger, where the monitor finds what is new a moment later.
    auto answer = context.ask_monitor(path);
    for (int tries = 0; tries < kTriesAtNew && !answer && answer.error().kind == ErrorKind::NotFound; ++tries) {
      context.clock.sleep(kBetweenTries);
      answer = context.ask_monitor(path);
    }
    return answer;
  }
  return no_monitor();
}
Result<json::value> ask_at_monitor(const Context& context, const std::string& path) {
  if (!context.ask_monitor) return no_monitor();
  DZ_TRY_ASSIGN(const auto body, context.ask_monitor(path));
  return parse_answer_of("monitor", body);
}
Result<json::value> parse_answer_of(std::string_view who, const std::string& body) {
  boost::system::error_code error;
  auto value = json::parse(body, error);
  if (error) {
    return corrupt(fmt::format("expected JSON from the {}, found something else: is --{}-url its address?", who, who));
  }
  return value;
}
Result<json::value> ask_monitor_for_json(const Context& context, const Pubkey& record, std::string_view query) {
  DZ_TRY_ASSIGN(const auto body, ask_monitor(context, record, query));
  return parse_answer_of("monitor", body);
}

std::string return_outlook(const Context& context, const LifecycleRecord& record) {
  const auto before = fmt::format("Before {} '{}' is drained: ", record.noun, record.code);
  if (!context.ask_monitor) return before + rule(record) + ".";
  const auto assessment = ask_monitor_for_json(context, record.key);
  if (!assessment) return before + rule(record) + fmt::format(" (it was asked: {}).", assessment.error().message);
  const auto outlook = outlook_of(*assessment);
  const auto now = context.clock.now();
  if (outlook.clean()) {
    return before +
           "the monitor finds its evidence clean, so it can return within minutes of being undrained; a minute "
           "without data while it is drained keeps it out for a whole window.";
  }
  if (!outlook.to_do.empty()) {
    return before + fmt::format("it cannot return by waiting alone. The monitor: {}", fmt::join(outlook.to_do, "; "));
  }
  return before + fmt::format(
                      "it has bad minutes and can return in {} at the earliest ({}), if every minute from now on is "
                      "clean. The monitor: {}",
                      duration_text(*outlook.earliest - now), clock_text(*outlook.earliest, now),
                      text_of(*assessment, "sentence"));
}

}  // namespace dz::cli
