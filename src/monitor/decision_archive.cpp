#include "monitor/decision_archive.h"

#include <algorithm>

#include "monitor/archive_columns.h"

namespace dz::monitor {
namespace {

constexpr std::string_view kDecisionColumns =
    "SELECT id, at, slot, pubkey, kind, code, from_health, to_health, reason, sentence, findings, signature, policy "
    "FROM decision ";

Result<Decision> read_decision(const storage::SqliteStatement& query) {
  Decision d;
  d.id = query.integer(0);
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
    DZ_TRY_ASSIGN(auto add, database_->prepare(
                                "INSERT INTO decision(at, slot, pubkey, kind, code, from_health, to_health, reason,"
                                " sentence, findings, signature, policy) VALUES(?,?,?,?,?,?,?,?,?,?,?,?)"));
    for (const auto& d : decisions) {
      add.bind(1, micros(d.at)).bind(2, static_cast<std::int64_t>(d.slot.value)).bind(3, d.key.view());
      add.bind(4, static_cast<std::int64_t>(d.kind)).bind(5, d.code).bind(6, static_cast<std::int64_t>(d.from));
      add.bind(7, static_cast<std::int64_t>(d.to)).bind(8, d.reason).bind(9, d.sentence).bind(10, d.findings_json);
      DZ_TRY(add.bind(11, d.signature).bind(12, d.policy_digest).run());
    }
    return {};
  });
}

Result<std::vector<Decision>> DecisionArchive::find(const DecisionQuery& query) {
  DZ_TRY_ASSIGN(auto select, database_->prepare(std::string(kDecisionColumns) +
                                                (query.key ? "WHERE id < ?1 AND pubkey = ?3 " : "WHERE id < ?1 ") +
                                                "ORDER BY id DESC LIMIT ?2"));
  select.bind(1, query.before_id).bind(2, std::int64_t{std::clamp(query.limit, 0, 1000)});
  if (query.key) select.bind(3, query.key->view());
  return read_all(select);
}

Result<std::vector<Decision>> DecisionArchive::between(Timestamp from, Timestamp to) {
  DZ_TRY_ASSIGN(auto select,
                database_->prepare(std::string(kDecisionColumns) + "WHERE at >= ? AND at < ? ORDER BY id"));
  select.bind(1, micros(from)).bind(2, micros(to));
  return read_all(select);
}

Result<void> DecisionArchive::forget_before(Timestamp oldest) {
  DZ_TRY_ASSIGN(auto forget, database_->prepare("DELETE FROM decision WHERE at < ?"));
  return forget.bind(1, micros(oldest)).run();
}

}  // namespace dz::monitor
