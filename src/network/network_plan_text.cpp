// A plan for people and for scripts.
#include <algorithm>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "base/safe_text.h"
#include "network/network_plan.h"

namespace dz::network {

namespace json = boost::json;

std::string value_text(const json::value& value) {
  if (value.is_null()) return "nothing";
  if (const auto* text = value.if_string()) return escaped({text->data(), text->size()});
  if (value.is_double()) return fmt::format("{}", value.get_double());
  const auto* list = value.if_array();
  if (list == nullptr) return json::serialize(value);
  std::string all;
  for (const auto& item : *list) all += (all.empty() ? "" : ",") + value_text(item);
  return all;
}

std::string render_step(const Step& step) {
  const bool fresh = creates(step.kind);
  std::string text = fmt::format("{} {}", fresh ? "+" : "~", step.name);
  bool first = true;
  for (const auto& change : step.changes) {
    if (fresh && (change.member == "code" || change.member == "name")) {
      const bool named_so = step.kind == StepKind::CreateInterface || step.kind == StepKind::CreateTopology;
      if (change.member == "code" || named_so) continue;
    }
    text += first ? ": " : ", ";
    first = false;
    text += fresh ? fmt::format("{} {}", change.member, value_text(change.after))
                  : fmt::format("{} {} -> {}", change.member, value_text(change.before), value_text(change.after));
  }
  return text;
}

std::string render_plan(const NetworkPlan& plan) {
  constexpr std::size_t kMostNamed = 20;
  std::string text;
  std::size_t fresh = 0;
  for (const auto& step : plan.steps) {
    fresh += creates(step.kind) ? 1 : 0;
    text += render_step(step) + "\n";
  }
  for (std::size_t i = 0; i < std::min(kMostNamed, plan.waiting.size()); ++i) text += "? " + plan.waiting[i] + "\n";
  if (plan.waiting.size() > kMostNamed) {
    text += fmt::format("? and {} more for somebody else to write\n", plan.waiting.size() - kMostNamed);
  }
  text += fmt::format("{} to create, {} to change, {} as they should be.\n", fresh, plan.steps.size() - fresh,
                      plan.as_they_are);
  if (plan.only_on_ledger.empty()) return text;
  text += fmt::format("Only on the ledger, left alone: {}: ", plan.only_on_ledger.size());
  for (std::size_t i = 0; i < std::min(kMostNamed, plan.only_on_ledger.size()); ++i) {
    text += (i == 0 ? "" : ", ") + plan.only_on_ledger[i];
  }
  if (plan.only_on_ledger.size() > kMostNamed)
    text += fmt::format(" and {} more", plan.only_on_ledger.size() - kMostNamed);
  return text + ".\n";
}

json::object to_json(const NetworkPlan& plan) {
  json::array steps;
  for (const auto& step : plan.steps) {
    json::array changes;
    for (const auto& change : step.changes) {
      changes.push_back(json::object{{"member", change.member}, {"before", change.before}, {"after", change.after}});
    }
    steps.push_back(json::object{
        {"action", creates(step.kind) ? "create" : "change"}, {"record", step.name}, {"changes", std::move(changes)}});
  }
  const auto texts = [](const std::vector<std::string>& from) {
    json::array list;
    for (const auto& text : from) list.push_back(json::value(text));
    return list;
  };
  return {{"steps", std::move(steps)},
          {"waiting", texts(plan.waiting)},
          {"as_they_are", plan.as_they_are},
          {"only_on_ledger", texts(plan.only_on_ledger)},
          {"conflicts", texts(plan.conflicts)}};
}

}  // namespace dz::network
