#include "monitor/maintenance_desk.h"

#include <fmt/format.h>

#include "client/standing.h"
#include "monitor/archive_columns.h"

namespace dz::monitor {
namespace {

constexpr std::string_view kSchema =
    "CREATE TABLE IF NOT EXISTS maintenance(id TEXT PRIMARY KEY, record BLOB NOT NULL, from_at INTEGER NOT NULL, to_at "
    "INTEGER NOT NULL, why TEXT NOT NULL, signer BLOB NOT NULL, signature TEXT NOT NULL, ended_at INTEGER, "
    "end_signature TEXT NOT NULL, sum INTEGER NOT NULL) WITHOUT ROWID;";

Result<control::Maintenance> read(const storage::SqliteStatement& row) {
  control::Maintenance m;
  m.id = row.text(0);
  DZ_TRY_ASSIGN(m.window.record, pubkey_of(row.blob(1)));
  m.window.from = from_micros(row.integer(2));
  m.window.to = from_micros(row.integer(3));
  m.window.why = row.text(4);
  DZ_TRY_ASSIGN(m.by, pubkey_of(row.blob(5)));
  m.signature = row.text(6);
  if (!row.is_null(7)) m.ended = from_micros(row.integer(7));
  return m;
}

Result<void> check_signature(const MaintenanceDesk::Signed& by, std::string_view statement) {
  if (verify(by.signature, by.by, as_bytes(statement))) return {};
  return refused(
      fmt::format("expected a signature of {} over this statement, found one that is not: "
                  "sign these lines, each with its line feed:\n{}",
                  to_text(by.by), statement));
}

// Whoever may drain the record, and who answers for the network or its health.
Result<void> check_standing(const client::Snapshot& records, const Pubkey& record, const Pubkey& signer) {
  lifecycle::Roles roles;
  std::string name;
  if (const auto link = records.links.find(record); link != records.links.end()) {
    roles = roles_for_link(records, link->second, signer);
    name = "link '" + link->second.code + "'";
  } else if (const auto device = records.devices.find(record); device != records.devices.end()) {
    roles = roles_for_device(records, device->second, signer);
    name = "device '" + device->second.code + "'";
  } else {
    return not_found(
        fmt::format("expected the pubkey of a link or a device, found {}, which is neither", to_text(record)));
  }
  if (roles.contributor() || roles.foundation || roles.health_authority) return {};
  return refused(fmt::format(
      "key {} may not speak of {}: sign with the key of its contributor's owner (of either side of a link), "
      "of the foundation or of the health authority",
      to_text(signer), name));
}

}  // namespace

Result<MaintenanceDesk> MaintenanceDesk::open(storage::SqliteDatabase& database, std::vector<std::string>& damage) {
  DZ_TRY(database.execute(std::string(kSchema)));
  MaintenanceDesk desk(database);
  DZ_TRY_ASSIGN(auto rows, database.prepare(fmt::format("SELECT {}, {} FROM maintenance", kMaintenanceTable.columns,
                                                        intact_sql(kMaintenanceTable))));
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, rows.step());
    if (!more) return desk;
    auto maintenance = read(rows);
    if (!maintenance || rows.integer(9) == 0) {
      damage.push_back("a maintenance that was told is damaged, and its record alarms as any: say it again");
    } else {
      DZ_TRY(desk.book_.add(std::move(*maintenance), Timestamp::max()));
    }
  }
}

Result<control::Maintenance> MaintenanceDesk::add(const control::MaintenanceWindow& window, const Signed& by,
                                                  const MaintenanceLedger& ledger, Timestamp now) {
  const auto statement = control::statement_of(to_text(ledger.genesis), window);
  DZ_TRY(check_signature(by, statement));
  DZ_TRY(check_standing(ledger.records, window.record, by.by));
  auto id = control::maintenance_id(statement, by.by);
  if (const auto* known = book_.find(id)) return *known;
  const control::Maintenance maintenance{std::move(id), window, by.by, to_text(by.signature), {}};
  auto book = book_;
  DZ_TRY(book.add(maintenance, now));
  DZ_TRY(save(maintenance, ""));
  book_ = std::move(book);
  DZ_TRY(forget_over(now));
  return maintenance;
}

Result<control::Maintenance> MaintenanceDesk::end(const std::string& id, const Signed& by,
                                                  const MaintenanceLedger& ledger, Timestamp now) {
  const auto* known = book_.find(id);
  if (known == nullptr) return not_found(fmt::format("there is no maintenance {}", id.substr(0, 64)));
  DZ_TRY(check_signature(by, control::statement_of_end(to_text(ledger.genesis), id)));
  if (by.by != known->by) DZ_TRY(check_standing(ledger.records, known->window.record, by.by));
  if (known->over_at() <= now) return *known;
  auto ended = *known;
  ended.ended = now;
  DZ_TRY(save(ended, to_text(by.signature)));
  DZ_TRY(book_.end(id, now));
  return ended;
}

Result<void> MaintenanceDesk::save(const control::Maintenance& m, std::string_view end_signature) {
  DZ_TRY_ASSIGN(auto put, database_->prepare(insert_sql(kMaintenanceTable, "INSERT OR REPLACE")));
  put.bind(1, m.id).bind(2, m.window.record.view()).bind(3, micros(m.window.from)).bind(4, micros(m.window.to));
  put.bind(5, m.window.why).bind(6, m.by.view()).bind(7, m.signature);
  if (m.ended) {
    put.bind(8, micros(*m.ended));
  } else {
    put.bind_null(8);
  }
  const auto saved = put.bind(9, end_signature).run();
  if (!saved) return fail(ErrorKind::Retry, "the maintenance cannot be written down: " + saved.error().message);
  return {};
}

const control::Maintenance* MaintenanceDesk::covering(const Pubkey& record, const client::Snapshot& records,
                                                      Timestamp now) const {
  if (const auto* own = book_.holding(record, now)) return own;
  const auto link = records.links.find(record);
  if (link == records.links.end()) return nullptr;
  const auto* of_a = book_.holding(link->second.side_a, now);
  return of_a != nullptr ? of_a : book_.holding(link->second.side_z, now);
}

Result<void> MaintenanceDesk::forget_over(Timestamp now) {
  for (const auto& id : book_.forget_over(kOverKept, now)) {
    DZ_TRY_ASSIGN(auto forget, database_->prepare("DELETE FROM maintenance WHERE id = ?"));
    DZ_TRY(forget.bind(1, id).run());
  }
  return {};
}

}  // namespace dz::monitor
