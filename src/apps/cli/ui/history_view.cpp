#include "apps/cli/ui/history_view.h"

#include <fmt/format.h>
#include <boost/json.hpp>

#include "apps/cli/ui/monitor_api.h"
#include "base/safe_text.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

client::HealthDecision decision_in(const json::value& decision) {
  const auto text = [&](std::string_view name) { return std::string(text_of(decision, name)); };
  const auto* slot = decision.as_object().if_contains("slot");
  return {text("at"),       slot != nullptr && slot->is_number() ? slot->to_number<std::uint64_t>() : 0,
          text("from"),     text("to"),
          text("reason"),   text("sentence"),
          text("signature")};
}

void add_word(std::string& text, std::string_view name, const client::WordChange& word) {
  if (word.after.empty()) return;
  std::string said = word.after;
  if (word.before == word.after) said += " as before";
  if (!word.before.empty() && word.before != word.after) said = fmt::format("{} -> {}", word.before, word.after);
  text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, said);
}

}  // namespace

std::vector<client::HealthDecision> decisions_in(const json::value& answer) {
  std::vector<client::HealthDecision> decisions;
  const auto* object = answer.if_object();
  const auto* list = object != nullptr ? object->if_contains("decisions") : nullptr;
  if (list == nullptr || !list->is_array()) return decisions;
  for (const auto& decision : list->get_array()) {
    if (decision.is_object()) decisions.push_back(decision_in(decision));
  }
  return decisions;
}

std::string render_history(const std::vector<client::HistoryEntry>& entries) {
  std::string text;
  for (const auto& e : entries) {
    std::string words;
    add_word(words, "status", e.status);
    add_word(words, "desired_status", e.desired_status);
    add_word(words, "health", e.health);
    if (e.event != "written") words = e.event + (words.empty() ? "" : ": " + words);
    text += fmt::format("{}  slot {}  {}\n", e.time.empty() ? "time not kept" : e.time, e.slot, words);
    if (!e.signer.empty()) text += fmt::format("    by {}{}\n", e.signer, e.role.empty() ? "" : " (" + e.role + ")");
    if (!e.signature.empty()) text += fmt::format("    transaction {}\n", e.signature);
    if (!e.reason.empty()) text += fmt::format("    {}\n", escaped(e.reason));
  }
  return text;
}

}  // namespace dz::cli
