#include "monitor/decision_archive.h"

#include <algorithm>

#include <fmt/format.h>

#include "monitor/archive_columns.h"

namespace dz::monitor {
namespace {

std::string select_decisions(std::string_view where) {
  return fmt::format("SELECT {}, {} FROM decision {}", kDecisionTable.columns, intact_sql(kDecisionTable), where);
}

Result<Decision> read_decision(const storage::SqliteStatement& query) {
  Decision d;
  d.id = query.integer(0);
  if (query.integer(13) == 0) {
    d.sentence = "this decision is damaged on disk, and what it said cannot be trusted";
    d.findings_json = "[]";
    return d;
  }
  d.at = from_micros(query.integer(1));
  d.slot = {static_cast<std::uint64_t>(query.integer(2))};
  DZ_TRY_ASSIGN(d.key, pubkey_of(query.blob(3)));
  d.kind = query.integer(4) == 0 ? RecordKind::Link : RecordKind::Device;
  d.code = query.text(5);
  d.from = static_cast<Health>(query.integer(6));
  d.to = static_cast<Health>(query.integer(7));
  d.reason = query.text(8);
  d.sentence = query.text(9);
  d.findings_json = query.text(10);
  d.signature = query.text(11);
  d.policy_digest = query.text(12);
  return d;
}

Result<std::vector<Decision>> read_all(storage::SqliteStatement& select) {
  std::vector<Decision> found;
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, select.step());
    if (!more) return found;
    DZ_TRY_ASSIGN(auto decision, read_decision(select));
    found.push_back(std::move(decision));
  }
}

}  // namespace

Result<void> DecisionArchive::add(const std::vector<Decision>& decisions) {
  if (decisions.empty()) return {};
  return in_transaction(*database_, [&]() -> Result<void> {
    DZ_TRY_ASSIGN(auto id, newest_id());
    DZ_TRY_ASSIGN(auto add, database_->prepare(insert_sql(kDecisionTable)));
    for (const auto& d : decisions) {
      add.bind(1, ++id).bind(2, micros(d.at)).bind(3, static_cast<std::int64_t>(d.slot.value)).bind(4, d.key.view());
      add.bind(5, static_cast<std::int64_t>(d.kind)).bind(6, d.code).bind(7, static_cast<std::int64_t>(d.from));
      add.bind(8, static_cast<std::int64_t>(d.to)).bind(9, d.reason).bind(10, d.sentence).bind(11, d.findings_json);
      DZ_TRY(add.bind(12, d.signature).bind(13, d.policy_digest).run());
    }
    return {};
  });
}

Result<std::vector<Decision>> DecisionArchive::find(const DecisionQuery& query) {
  const auto* where =
      query.key ? "WHERE id < ?1 AND pubkey = ?3 ORDER BY id DESC LIMIT ?2" : "WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
  DZ_TRY_ASSIGN(auto select, database_->prepare(select_decisions(where)));
  select.bind(1, query.before_id).bind(2, std::int64_t{std::clamp(query.limit, 0, 1000)});
  if (query.key) select.bind(3, query.key->view());
  return read_all(select);
}

Result<std::vector<Decision>> DecisionArchive::after(std::int64_t id, int limit) {
  DZ_TRY_ASSIGN(auto select, database_->prepare(select_decisions("WHERE id > ? ORDER BY id LIMIT ?")));
  select.bind(1, id).bind(2, std::int64_t{limit});
  return read_all(select);
}

Result<std::int64_t> DecisionArchive::newest_id() { return id_of("max"); }
Result<std::int64_t> DecisionArchive::oldest_id() { return id_of("min"); }

Result<std::int64_t> DecisionArchive::id_of(std::string_view which) {
  DZ_TRY_ASSIGN(auto select, database_->prepare(fmt::format("SELECT {}(id) FROM decision", which)));
  DZ_TRY(select.step());
  const auto id = select.integer(0);
  select.reset();
  return id;
}

Result<std::vector<Decision>> DecisionArchive::between(Timestamp from, Timestamp to) {
  DZ_TRY_ASSIGN(auto select, database_->prepare(select_decisions("WHERE at >= ? AND at < ? ORDER BY id")));
  select.bind(1, micros(from)).bind(2, micros(to));
  return read_all(select);
}

Result<void> DecisionArchive::forget_before(Timestamp oldest) {
  // The newest one stays, so that its number is never another one's.
  DZ_TRY_ASSIGN(auto forget,
                database_->prepare("DELETE FROM decision WHERE at < ? AND id < (SELECT max(id) FROM decision)"));
  return forget.bind(1, micros(oldest)).run();
}

}  // namespace dz::monitor
