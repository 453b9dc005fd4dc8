#include "client/told_history.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <boost/json.hpp>

namespace dz::client {
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

// A ledger of an unknown version has no records to show: the first profile stands in.
const Profile& profile_of(const Snapshot& snapshot) {
  return snapshot.profile != nullptr ? *snapshot.profile : *all_profiles().front();
}

HistoryEntry entry_of(const Snapshot& snapshot, const HistoryRecord& record, const RecordEvent& event,
                      LastWords& last) {
  HistoryEntry e;
  e.time = event.time ? dz::to_text(*event.time) : "";
  e.slot = event.slot.value;
  e.event = event_text(event.kind);
  e.status = change(last.status, event.status ? std::string(dz::to_text(*event.status)) : "");
  e.desired_status =
      change(last.desired_status, event.desired_status ? std::string(dz::to_text(*event.desired_status)) : "");
  e.health =
      change(last.health, event.health ? std::string(spell(profile_of(snapshot), record.kind, *event.health)) : "");
  e.signer = dz::to_text(event.signer);
  e.role = role_of(snapshot, record.key, event.signer);
  e.signature = event.signature;
  // What a program does by itself when it makes or takes a record is in no instruction: nothing is known from here on.
  if (event.kind != RecordEventKind::Written) {
    last = {};
    last.desired_status = e.desired_status.after;
  }
  return e;
}

std::string reason_of(const HealthDecision& d) {
  if (d.reason.empty() || d.sentence.empty()) return d.reason.empty() ? d.sentence : d.reason;
  return fmt::format("{}: {}", d.reason, d.sentence);
}

HistoryEntry decided(const HealthDecision& d) {
  HistoryEntry e;
  e.time = d.time;
  e.slot = d.slot;
  e.event = "decided";
  e.health = {d.from, d.to};
  e.signature = d.signature;
  e.reason = reason_of(d);
  return e;
}

// Both are newest first.
std::vector<HistoryEntry> in_order(std::vector<HistoryEntry> written, std::vector<HistoryEntry> alone) {
  std::vector<HistoryEntry> all;
  all.reserve(written.size() + alone.size());
  std::merge(std::make_move_iterator(alone.begin()), std::make_move_iterator(alone.end()),
             std::make_move_iterator(written.begin()), std::make_move_iterator(written.end()), std::back_inserter(all),
             [](const HistoryEntry& a, const HistoryEntry& b) { return a.slot > b.slot; });
  return all;
}

json::value text_or_null(const std::string& text) { return text.empty() ? json::value() : json::value(text); }

json::value word_json(const WordChange& word) {
  if (word.after.empty()) return nullptr;
  return json::object{{"before", text_or_null(word.before)}, {"after", word.after}};
}

}  // namespace

std::vector<HistoryEntry> told_history(const Snapshot& snapshot, const HistoryRecord& record,
                                       const RecordHistory& history, std::span<const HealthDecision> decisions) {
  std::vector<HistoryEntry> entries;
  LastWords last;
  for (auto event = history.events.rbegin(); event != history.events.rend(); ++event) {
    entries.push_back(entry_of(snapshot, record, *event, last));
  }
  std::reverse(entries.begin(), entries.end());
  const std::uint64_t oldest = !history.older || entries.empty() ? 0 : entries.back().slot;
  std::map<std::string_view, HistoryEntry*> by_signature;
  for (auto& e : entries) {
    if (!e.health.after.empty()) by_signature.emplace(e.signature, &e);
  }
  std::vector<HistoryEntry> alone;
  for (const auto& decision : decisions) {
    const auto known = by_signature.find(decision.signature);
    if (known != by_signature.end()) {
      known->second->reason = reason_of(decision);
    } else if (decision.slot >= oldest) {
      alone.push_back(decided(decision));
    }
  }
  std::stable_sort(alone.begin(), alone.end(), [](const auto& a, const auto& b) { return a.slot > b.slot; });
  return in_order(std::move(entries), std::move(alone));
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

}  // namespace dz::client
