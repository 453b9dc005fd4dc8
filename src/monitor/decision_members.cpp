#include "monitor/decision_members.h"

#include <fmt/format.h>
#include <boost/json.hpp>

#include "monitor/assessment_json.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;

constexpr int kLookedAt = 16;  // decisions about a record, for the last one that is stated

json::value opinions_json(Monitor& monitor, std::int64_t index) {
  const auto stored = monitor.statements().find(index);
  if (!stored || !*stored) return nullptr;
  const auto statement = attest::decode_statement((*stored)->bytes);
  if (!statement) return nullptr;
  json::array list;
  for (const auto& opinion : statement->opinions) {
    list.push_back(json::object{{"judge", monitor.judges().name_of(opinion.key)},
                                {"key", to_text(opinion.key)},
                                {"window_end", to_text(Timestamp{opinion.window_end})},
                                {"at", to_text(opinion.made_at)}});
  }
  return list;
}

json::value checkpoint_json(const LogDesk& desk, std::int64_t index) {
  const auto* published = desk.published();
  if (published == nullptr || !published->shown()) return nullptr;
  const auto& [checkpoint, note] = *published->shown();
  if (checkpoint.head.size <= static_cast<std::uint64_t>(index)) return nullptr;
  json::array witnesses;
  for (const auto& witness : desk.witnesses()) {
    if (witness.cosigned == note.text) witnesses.emplace_back(witness.address.key.name);
  }
  return json::object{
      {"origin", checkpoint.origin}, {"size", checkpoint.head.size}, {"witnesses", std::move(witnesses)}};
}

std::optional<Decision> last_stated(Monitor& monitor, const Pubkey& record) {
  const auto decisions = monitor.decisions({.key = record, .limit = kLookedAt});
  if (!decisions) return std::nullopt;
  for (const auto& decision : *decisions) {
    if (decision.statement) return decision;
  }
  return std::nullopt;
}

}  // namespace

void add_proof(Monitor& monitor, const Decision& decision, json::object& members) {
  const auto& index = decision.statement;
  members["checkpoint"] = index ? checkpoint_json(monitor.log_desk(), *index) : json::value();
  members["opinions"] = index ? opinions_json(monitor, *index) : json::value();
}

json::value last_statement_json(Monitor& monitor, const Pubkey& record) {
  const auto decision = last_stated(monitor, record);
  if (!decision) return nullptr;
  const auto& profile = *monitor.policy().profile;
  json::object out{{"index", *decision->statement},
                   {"at", to_text(decision->at)},
                   {"from", spell(profile, decision->kind, decision->from)},
                   {"to", spell(profile, decision->kind, decision->to)},
                   {"reason", decision->reason},
                   {"transaction", decision->signature}};
  add_proof(monitor, *decision, out);
  return out;
}

std::string last_statement_line(Monitor& monitor, const Pubkey& record) {
  const auto decision = last_stated(monitor, record);
  if (!decision) return {};
  const auto& profile = *monitor.policy().profile;
  const auto word = [&](Health health) { return spell(profile, decision->kind, health); };
  const auto opinions = opinions_json(monitor, *decision->statement);
  const auto agreed = opinions.is_array() ? opinions.get_array().size() : 0;
  const auto held = agreed == 0 ? std::string() : fmt::format(", held by {} judges", agreed);
  const bool published = !checkpoint_json(monitor.log_desk(), *decision->statement).is_null();
  return fmt::format(
      "Last stated: {} to {} ({}) at {}{}; entry {} of the log of decisions{}. To check it: doublezero "
      "decision verify {}\n",
      word(decision->from), word(decision->to), decision->reason, to_text(decision->at), held, *decision->statement,
      published ? "" : ", under no checkpoint yet", decision->signature);
}

}  // namespace dz::monitor
