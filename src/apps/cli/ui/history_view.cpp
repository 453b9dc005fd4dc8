#include "apps/cli/ui/history_view.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "apps/cli/ui/monitor_api.h"
#include "base/safe_text.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

std::string_view event_text(RecordEventKind kind) {
  switch (kind) {
    case RecordEventKind::Created: return "created";
    case RecordEventKind::Accepted: return "accepted";
    case RecordEventKind::Written: return "written";
  }
  return "written";
}

// What each word was last written as, from the oldest event on.
struct LastWords {
  std::string status, desired_status, health;
};

WordChange change(std::string& last, std::string after) {
  WordChange changed{last, after};
  if (!after.empty()) last = std::move(after);
  return changed;
}

HistoryEntry entry_of(const client::Snapshot& snapshot, const HistoryRecord& record, const RecordEvent& event,
                      LastWords& last) {
  const auto rules = rules_for(snapshot);
  HistoryEntry e;
  e.time = event.time ? to_text(*event.time) : "";
  e.slot = event.slot.value;
  e.event = event_text(event.kind);
  e.status = change(last.status, event.status ? std::string(to_text(*event.status)) : "");
  e.desired_status =
      change(last.desired_status, event.desired_status ? std::string(to_text(*event.desired_status)) : "");
  e.health = change(last.health, event.health ? std::string(rules.spell(record.kind, *event.health)) : "");
  e.signer = to_text(event.signer);
  e.role = client::role_of(snapshot, record.key, event.signer);
  e.signature = event.signature;
  // What a program does by itself when it makes or takes a record is in no instruction: nothing is known from here on.
  if (event.kind != RecordEventKind::Written) {
    last = {};
    last.desired_status = e.desired_status.after;
  }
  return e;
}

std::string reason_of(const json::value& decision) {
  const auto reason = text_of(decision, "reason"), sentence = text_of(decision, "sentence");
  if (reason.empty() || sentence.empty()) return std::string(reason.empty() ? sentence : reason);
  return fmt::format("{}: {}", reason, sentence);
}

HistoryEntry decided(const json::value& decision) {
  HistoryEntry e;
  e.time = text_of(decision, "at");
  const auto* slot = decision.as_object().if_contains("slot");
  e.slot = slot != nullptr && slot->is_number() ? slot->to_number<std::uint64_t>() : 0;
  e.event = "decided";
  e.health = {std::string(text_of(decision, "from")), std::string(text_of(decision, "to"))};
  e.signature = text_of(decision, "signature");
  e.reason = reason_of(decision);
  return e;
}

void join(std::vector<HistoryEntry>& entries, const json::array& decisions, bool reaches_all) {
  const std::uint64_t oldest = reaches_all || entries.empty() ? 0 : entries.back().slot;
  std::map<std::string, HistoryEntry*> by_signature;
  for (auto& e : entries) {
    if (!e.health.after.empty()) by_signature.emplace(e.signature, &e);
  }
  std::vector<HistoryEntry> alone;
  for (const auto& decision : decisions) {
    if (!decision.is_object()) continue;
    const auto known = by_signature.find(std::string(text_of(decision, "signature")));
    if (known != by_signature.end()) {
      known->second->reason = reason_of(decision);
    } else if (auto e = decided(decision); e.slot >= oldest) {
      alone.push_back(std::move(e));
    }
  }
  for (auto& e : alone) {
    const auto at =
        std::find_if(entries.begin(), entries.end(), [&](const auto& other) { return other.slot <= e.slot; });
    entries.insert(at, std::move(e));
  }
}

void add_word(std::string& text, std::string_view name, const WordChange& word) {
  if (word.after.empty()) return;
  std::string said = word.after;
  if (word.before == word.after) said += " as before";
  if (!word.before.empty() && word.before != word.after) said = fmt::format("{} -> {}", word.before, word.after);
  text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, said);
}

json::value text_or_null(const std::string& text) { return text.empty() ? json::value() : json::value(text); }

json::value word_json(const WordChange& word) {
  if (word.after.empty()) return nullptr;
  return json::object{{"before", text_or_null(word.before)}, {"after", word.after}};
}

}  // namespace

std::vector<HistoryEntry> history_entries(const client::Snapshot& snapshot, const HistoryRecord& record,
                                          const client::RecordHistory& history, const json::value& decisions) {
  std::vector<HistoryEntry> entries;
  LastWords last;
  for (auto event = history.events.rbegin(); event != history.events.rend(); ++event) {
    entries.push_back(entry_of(snapshot, record, *event, last));
  }
  std::reverse(entries.begin(), entries.end());
  const auto* answer = decisions.if_object();
  const auto* list = answer != nullptr ? answer->if_contains("decisions") : nullptr;
  if (list != nullptr && list->is_array()) join(entries, list->get_array(), history.from_creation);
  return entries;
}

std::string render_history(const std::vector<HistoryEntry>& entries) {
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

json::object to_json(const HistoryEntry& e) {
  return {{"time", text_or_null(e.time)},
          {"slot", e.slot},
          {"event", e.event},
          {"status", word_json(e.status)},
          {"desired_status", word_json(e.desired_status)},
          {"health", word_json(e.health)},
          {"signer", text_or_null(e.signer)},
          {"role", text_or_null(e.role)},
          {"signature", text_or_null(e.signature)},
          {"reason", text_or_null(e.reason)}};
}

}  // namespace dz::cli
