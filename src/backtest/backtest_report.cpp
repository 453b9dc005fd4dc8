#include "backtest/backtest_report.h"

#include <algorithm>
#include <array>
#include <bit>
#include <climits>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "client/snapshot.h"

namespace dz::backtest {
namespace {

namespace json = boost::json;

using Decisions = std::vector<const BacktestDecision*>;

bool same_change(const BacktestDecision& a, const BacktestDecision& b) { return a.from == b.from && a.to == b.to; }

BacktestDifference difference_of(const BacktestDecision& decided, const BacktestDecision& recorded) {
  if (minute_of(decided.at) == minute_of(recorded.at)) return BacktestDifference::Same;
  return decided.at < recorded.at ? BacktestDifference::Earlier : BacktestDifference::Later;
}

// Grows ever slower: a pair in the same minute is worth more than two pairs that are hours apart.
int distance(Timestamp a, Timestamp b) {
  const auto between = (minute_of(a) - minute_of(b)).count();
  return std::bit_width(static_cast<std::uint64_t>(between < 0 ? -between : between));
}

// Pairs the changes of one record in order, so that the distances in pairs and what is alone add up to the least.
class Pairing {
 public:
  Pairing(const Decisions& decided, const Decisions& recorded)
      : decided_(decided), recorded_(recorded), costs_((decided.size() + 1) * (recorded.size() + 1)) {
    for (auto i = decided.size() + 1; i-- > 0;) {
      for (auto j = recorded.size() + 1; j-- > 0;) cost(i, j) = least(i, j);
    }
  }

  void add_rows(std::vector<BacktestRow>& rows) {
    std::size_t i = 0, j = 0;
    while (i < decided_.size() || j < recorded_.size()) {
      if (cost(i, j) == paired(i, j)) {
        rows.push_back({difference_of(*decided_[i], *recorded_[j]), decided_[i], recorded_[j]});
        ++i, ++j;
      } else if (i < decided_.size() && cost(i, j) == kAlone + cost(i + 1, j)) {
        rows.push_back({BacktestDifference::New, decided_[i++], nullptr});
      } else {
        rows.push_back({BacktestDifference::Missing, nullptr, recorded_[j++]});
      }
    }
  }

 private:
  static constexpr int kAlone = 6, kNever = INT_MAX;  // two alone are as good as a pair up to 4095 minutes apart

  int& cost(std::size_t i, std::size_t j) { return costs_[i * (recorded_.size() + 1) + j]; }
  int paired(std::size_t i, std::size_t j) {
    if (i == decided_.size() || j == recorded_.size() || !same_change(*decided_[i], *recorded_[j])) return kNever;
    return distance(decided_[i]->at, recorded_[j]->at) + cost(i + 1, j + 1);
  }
  int least(std::size_t i, std::size_t j) {
    if (i == decided_.size()) return kAlone * static_cast<int>(recorded_.size() - j);
    if (j == recorded_.size()) return kAlone * static_cast<int>(decided_.size() - i);
    return std::min({paired(i, j), kAlone + cost(i + 1, j), kAlone + cost(i, j + 1)});
  }

  const Decisions& decided_;
  const Decisions& recorded_;
  std::vector<int> costs_;  // of the tails from (i, j) on
};

bool is_shown(std::string_view code, const Pubkey& key, std::string_view record) {
  return record.empty() || client::same_code(code, record) || to_text(key) == record;
}

std::vector<BacktestRow> rows_of(const BacktestOutcome& outcome, std::string_view record) {
  auto rows = compare_backtest(outcome);
  std::erase_if(rows, [&](const BacktestRow& row) { return !is_shown(row.any().code, row.any().key, record); });
  return rows;
}

struct Summary {
  std::array<std::size_t, 5> counts{};
  std::size_t of(BacktestDifference d) const { return counts[static_cast<std::size_t>(d)]; }
};

Summary summary_of(const std::vector<BacktestRow>& rows) {
  Summary summary;
  for (const auto& row : rows) ++summary.counts[static_cast<std::size_t>(row.difference)];
  return summary;
}

std::string minute_text(Timestamp t) {
  auto text = dz::to_text(Timestamp{minute_of(t)});  // 2026-11-23T14:35:00Z
  text[10] = ' ';
  return text.substr(0, 16);
}

std::string difference_text(const BacktestRow& row) {
  const std::string word(to_text(row.difference));
  if (row.decided == nullptr || row.recorded == nullptr || row.difference == BacktestDifference::Same) return word;
  const auto between = minute_of(row.decided->at) - minute_of(row.recorded->at);
  return duration_text(between < between.zero() ? -between : between) + " " + word;
}

std::string followed_text(const BacktestDecision* decision) {
  if (decision == nullptr || decision->followed.empty()) return "";
  std::string text;
  for (const auto& step : decision->followed) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {}", to_text(step.to), minute_text(step.at).substr(5));
  }
  return text;
}

json::object decision_json(const BacktestDecision& d) {
  json::array followed;
  for (const auto& step : d.followed) {
    followed.push_back(
        json::object{{"at", dz::to_text(step.at)}, {"from", to_text(step.from)}, {"to", to_text(step.to)}});
  }
  return {{"at", dz::to_text(d.at)}, {"reason", d.reason}, {"sentence", d.sentence}, {"followed", std::move(followed)}};
}

json::object row_json(const BacktestOutcome& outcome, const BacktestRow& row) {
  const auto& any = row.any();
  const auto word = [&](Health health) { return spell(*outcome.profile, any.kind, health); };
  json::object object{
      {"kind", to_text(any.kind)}, {"pubkey", to_text(any.key)}, {"code", any.code},
      {"from", word(any.from)},    {"to", word(any.to)},         {"difference", to_text(row.difference)},
      {"minutes_later", nullptr},  {"decided", nullptr},         {"recorded", nullptr}};
  if (row.decided != nullptr) object["decided"] = decision_json(*row.decided);
  if (row.recorded != nullptr) object["recorded"] = decision_json(*row.recorded);
  if (row.decided != nullptr && row.recorded != nullptr) {
    object["minutes_later"] = (minute_of(row.decided->at) - minute_of(row.recorded->at)).count();
  }
  return object;
}

json::object side_json(const BacktestOutcome& outcome, RecordKind kind, const BacktestPlace::Side& side) {
  return {{"status", to_text(side.status)}, {"health", spell(*outcome.profile, kind, side.health)}};
}

json::array elsewhere_json(const BacktestOutcome& outcome, std::string_view record) {
  json::array list;
  for (const auto& place : outcome.elsewhere) {
    if (!is_shown(place.code, place.key, record)) continue;
    list.push_back(json::object{{"kind", to_text(place.kind)},
                                {"pubkey", to_text(place.key)},
                                {"code", place.code},
                                {"since", dz::to_text(place.since)},
                                {"decided", side_json(outcome, place.kind, place.decided)},
                                {"recorded", side_json(outcome, place.kind, place.recorded)}});
  }
  return list;
}

std::string table_text(const std::vector<std::array<std::string, 6>>& rows) {
  std::array<std::size_t, 6> widths{};
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += fmt::format("{} {:<{}} ", i == 0 ? "" : "|", row[i], widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace

std::string_view to_text(BacktestDifference difference) {
  switch (difference) {
    case BacktestDifference::Same: return "same";
    case BacktestDifference::Earlier: return "earlier";
    case BacktestDifference::Later: return "later";
    case BacktestDifference::New: return "new";
    case BacktestDifference::Missing: return "missing";
  }
  return "invalid";
}

std::vector<BacktestRow> compare_backtest(const BacktestOutcome& outcome) {
  std::map<Pubkey, std::pair<Decisions, Decisions>> of_record;
  for (const auto& d : outcome.decided) of_record[d.key].first.push_back(&d);
  for (const auto& d : outcome.recorded) of_record[d.key].second.push_back(&d);
  std::vector<BacktestRow> rows;
  for (const auto& [key, decisions] : of_record) Pairing(decisions.first, decisions.second).add_rows(rows);
  std::stable_sort(rows.begin(), rows.end(),
                   [](const BacktestRow& a, const BacktestRow& b) { return a.any().at < b.any().at; });
  return rows;
}

std::string render_backtest(const BacktestOutcome& outcome, std::string_view policy_name, std::string_view record) {
  const auto rows = rows_of(outcome, record);
  std::string text = fmt::format("policy under test  {} {}\n", outcome.policy_digest, policy_name);
  for (const auto& policy : outcome.in_force) {
    text += fmt::format("policy in force    {} from {}\n", policy.digest, minute_text(policy.since));
  }
  text +=
      fmt::format("{} to {} UTC, {} records\n", minute_text(outcome.from), minute_text(outcome.to), outcome.records);
  for (const auto& note : outcome.notes) text += "note: " + note + "\n";
  const auto word = [&](const BacktestDecision& d, Health health) { return spell(*outcome.profile, d.kind, health); };
  std::vector<std::array<std::string, 6>> table{{"record", "health", "decided", "then", "recorded", "difference"}};
  for (const auto& row : rows) {
    const auto& any = row.any();
    auto recorded = row.recorded == nullptr ? "-" : minute_text(row.recorded->at);
    if (const auto then = followed_text(row.recorded); !then.empty()) recorded += ", then " + then;
    table.push_back({any.code, fmt::format("{} -> {}", word(any, any.from), word(any, any.to)),
                     row.decided == nullptr ? "-" : minute_text(row.decided->at), followed_text(row.decided), recorded,
                     difference_text(row)});
  }
  text += "\n" + table_text(table) + "\n";
  for (const auto& row : rows) {
    if (row.difference == BacktestDifference::Same) continue;
    const auto& any = row.any();
    text += fmt::format("{} {} {} -> {}, {}: {}\n", minute_text(any.at), any.code, word(any, any.from),
                        word(any, any.to), difference_text(row), any.sentence);
  }
  const auto summary = summary_of(rows);
  using enum BacktestDifference;
  text += fmt::format("{}{} decisions: {} same, {} earlier, {} later, {} new, {} missing\n",
                      summary.of(Same) == rows.size() ? "" : "\n", rows.size(), summary.of(Same), summary.of(Earlier),
                      summary.of(Later), summary.of(New), summary.of(Missing));
  return text;
}

json::object backtest_json(const BacktestOutcome& outcome, std::string_view policy_name, std::string_view record) {
  const auto rows = rows_of(outcome, record);
  json::array in_force, notes, decisions;
  for (const auto& policy : outcome.in_force) {
    in_force.push_back(json::object{{"since", dz::to_text(policy.since)}, {"digest", policy.digest}});
  }
  for (const auto& note : outcome.notes) notes.push_back(json::value(note));
  for (const auto& row : rows) decisions.push_back(row_json(outcome, row));
  const auto summary = summary_of(rows);
  using enum BacktestDifference;
  return {{"from", dz::to_text(outcome.from)},
          {"to", dz::to_text(outcome.to)},
          {"records", outcome.records},
          {"policy_under_test", {{"name", policy_name}, {"digest", outcome.policy_digest}}},
          {"policies_in_force", std::move(in_force)},
          {"notes", std::move(notes)},
          {"summary",
           {{"same", summary.of(Same)},
            {"earlier", summary.of(Earlier)},
            {"later", summary.of(Later)},
            {"new", summary.of(New)},
            {"missing", summary.of(Missing)}}},
          {"elsewhere", elsewhere_json(outcome, record)},
          {"decisions", std::move(decisions)}};
}

}  // namespace dz::backtest
