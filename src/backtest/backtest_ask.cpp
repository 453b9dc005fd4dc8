#include "backtest/backtest_ask.h"

#include <fmt/format.h>
#include <boost/json.hpp>

#include "base/safe_text.h"

namespace dz::backtest {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostShown = 100;

Result<std::string> text_in(const json::object& body, std::string_view name, const char* otherwise) {
  const auto* value = body.if_contains(name);
  if (value == nullptr && otherwise != nullptr) return otherwise;
  const auto* text = value == nullptr ? nullptr : value->if_string();
  if (text == nullptr)
    return refused(fmt::format("expected a text '{}', found {}", name, value ? "something else" : "none"));
  return std::string(text->data(), text->size());
}

Result<json::object> object_in(std::string_view body) {
  if (body.size() > kLargestAsk)
    return refused(fmt::format("expected at most {} bytes, found {}", kLargestAsk, body.size()));
  boost::system::error_code error;
  auto value = json::parse(body, error);
  if (error || !value.is_object()) return refused("expected a JSON object with from and policy, found something else");
  for (const auto& [name, _] : value.get_object()) {
    if (name != "from" && name != "to" && name != "policy" && name != "record") {
      return refused("expected the members from, to, policy and record, found '" +
                     one_line(std::string(name), kMostShown) + "'");
    }
  }
  return std::move(value.get_object());
}

}  // namespace

Result<Timestamp> parse_when(std::string_view name, std::string_view text, Timestamp now) {
  const std::string when(text);
  if (when == "now") return now;
  if (const auto time = parse_timestamp(when)) return *time;
  if (const auto ago = parse_duration(when); ago && *ago <= now.time_since_epoch()) return now - *ago;
  return refused(
      fmt::format("{}: expected a time such as 2026-11-23T00:00:00Z, how long ago such as 7d, or now, found '{}'", name,
                  one_line(when, kMostShown)));
}

Result<BacktestAsk> parse_ask(std::string_view body, const Profile& profile, Timestamp now) {
  DZ_TRY_ASSIGN(const auto object, object_in(body));
  BacktestAsk ask;
  auto& [from, to, policy, most] = ask.request;
  DZ_TRY_ASSIGN(const auto from_text, text_in(object, "from", nullptr));
  DZ_TRY_ASSIGN(const auto until_text, text_in(object, "to", "now"));
  DZ_TRY_ASSIGN(const auto policy_text, text_in(object, "policy", nullptr));
  DZ_TRY_ASSIGN(ask.record, text_in(object, "record", ""));
  DZ_TRY_ASSIGN(from, parse_when("from", from_text, now));
  DZ_TRY_ASSIGN(to, parse_when("to", until_text, now));
  if (from >= to || to - from > kLongestAsk) {
    return refused(fmt::format("expected from before to and at most {} between them, found {} and {}",
                               duration_text(kLongestAsk), dz::to_text(from), dz::to_text(to)));
  }
  DZ_TRY_ASSIGN(policy, verdict::parse_policy(policy_text, "policy", &profile));
  most = kMostAskedDecisions;
  return ask;
}

}  // namespace dz::backtest
