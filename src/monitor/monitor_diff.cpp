#include "monitor/monitor_diff.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json.hpp>

namespace dz::monitor {
namespace {

namespace json = boost::json;

std::string text_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

std::size_t differences(const std::vector<DiffRow>& rows) {
  return static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(), [](const DiffRow& row) { return row.differs(); }));
}

}  // namespace

Result<std::vector<DiffRow>> diff_rows(std::string_view assessments) {
  boost::system::error_code error;
  const auto body = json::parse(assessments, error);
  const auto* object = error ? nullptr : body.if_object();
  const auto* found = object == nullptr ? nullptr : object->if_contains("assessments");
  const auto* list = found == nullptr ? nullptr : found->if_array();
  if (list == nullptr) return corrupt("expected the assessments of a monitor, found something else");
  std::vector<DiffRow> rows;
  for (const auto& entry : *list) {
    const auto* one = entry.if_object();
    if (one == nullptr) return corrupt("expected the assessment of a record, found something else");
    rows.push_back({text_at(*one, "kind"), text_at(*one, "code"), text_at(*one, "pubkey"), text_at(*one, "status"),
                    text_at(*one, "desired_status"), text_at(*one, "health"), text_at(*one, "next_health"),
                    text_at(*one, "reason"), text_at(*one, "sentence")});
  }
  return rows;
}

std::string render_diff(const std::vector<DiffRow>& rows, bool changes_only) {
  std::size_t code = 4, status = 6, health = 11;
  for (const auto& row : rows) {
    code = std::max(code, row.code.size());
    status = std::max(status, row.status.size());
    health = std::max(health, row.ledger.size());
  }
  std::string text;
  for (const auto& row : rows) {
    if (changes_only && !row.differs()) continue;
    text += fmt::format("{:<6} {:<{}}  {:<{}}  {:<{}}  {} {}\n       {}\n", row.kind, row.code, code, row.status,
                        status, row.ledger, health, row.differs() ? "->" : "==", row.monitor, row.sentence);
  }
  return text + fmt::format("{} records: the monitor would say something else of {}\n", rows.size(), differences(rows));
}

json::object diff_json(const std::vector<DiffRow>& rows, bool changes_only) {
  json::array records;
  for (const auto& row : rows) {
    if (changes_only && !row.differs()) continue;
    records.push_back(json::object{{"kind", row.kind},
                                   {"code", row.code},
                                   {"pubkey", row.pubkey},
                                   {"status", row.status},
                                   {"desired_status", row.desired_status},
                                   {"ledger", row.ledger},
                                   {"monitor", row.monitor},
                                   {"differs", row.differs()},
                                   {"reason", row.reason},
                                   {"sentence", row.sentence}});
  }
  return {{"records", std::move(records)}, {"total", rows.size()}, {"differ", differences(rows)}};
}

}  // namespace dz::monitor
