#include "monitor/monitor_archive.h"

#include <algorithm>

#include "history/history_archive.h"

namespace dz::monitor {
namespace {

// 1: closed minutes in the table `minute`, as good, bad or unobserved only. 2: memories without the state they saw.
constexpr int kFormat = 3;
constexpr std::string_view kSchema =
    "CREATE TABLE IF NOT EXISTS monitor_format(version INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS memory(pubkey BLOB PRIMARY KEY, e_known_at INTEGER, own_health INTEGER, tried_health "
    "INTEGER, status INTEGER, desired_status INTEGER, own_written INTEGER NOT NULL DEFAULT 0, reset_to INTEGER, "
    "reset_reason INTEGER)"
    " WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS network(profile TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS decision(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, slot INTEGER NOT NULL, pubkey "
    "BLOB NOT NULL,"
    " kind INTEGER NOT NULL, code TEXT NOT NULL, from_health INTEGER NOT NULL, to_health INTEGER NOT NULL, reason TEXT "
    "NOT NULL,"
    " sentence TEXT NOT NULL, findings TEXT NOT NULL, signature TEXT NOT NULL, policy TEXT NOT NULL);"
    "CREATE INDEX IF NOT EXISTS decision_by_record ON decision(pubkey, id);"
    "CREATE INDEX IF NOT EXISTS decision_by_time ON decision(at);"
    // Of format 1: read by people, and forgotten in time.
    "CREATE TABLE IF NOT EXISTS minute(minute INTEGER NOT NULL, subject TEXT NOT NULL, states TEXT NOT NULL,"
    " PRIMARY KEY(minute, subject)) WITHOUT ROWID;";

// What a file of format 2 or before lacks.
constexpr std::string_view kToFormat3 =
    "ALTER TABLE memory ADD COLUMN status INTEGER; ALTER TABLE memory ADD COLUMN desired_status INTEGER;"
    "ALTER TABLE memory ADD COLUMN own_written INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE memory ADD COLUMN reset_to INTEGER; ALTER TABLE memory ADD COLUMN reset_reason INTEGER;";

tl::unexpected<Error> other_format(std::int64_t found, std::string_view what_to_do) {
  return fail(ErrorKind::Unsupported, "monitor store: expected format " + std::to_string(kFormat) + ", found " +
                                          std::to_string(found) + "; " + std::string(what_to_do));
}

constexpr std::string_view kDecisionColumns =
    "SELECT id, at, slot, pubkey, kind, code, from_health, to_health, reason, sentence, findings, signature, policy "
    "FROM decision ";

std::int64_t micros(Timestamp t) { return t.time_since_epoch().count(); }
Timestamp from_micros(std::int64_t n) { return Timestamp{Duration{n}}; }

template <typename T, typename ToNumber>
void bind_optional(storage::SqliteStatement& statement, int position, const std::optional<T>& value,
                   ToNumber to_number) {
  if (value) {
    statement.bind(position, static_cast<std::int64_t>(to_number(*value)));
  } else {
    statement.bind_null(position);
  }
}

Result<Pubkey> pubkey_of(ByteView blob) {
  if (blob.size() != 32)
    return corrupt("monitor store: expected a key of 32 bytes, found " + std::to_string(blob.size()));
  Pubkey key;
  std::copy(blob.begin(), blob.end(), key.bytes.begin());
  return key;
}

template <typename Word>
std::optional<Word> word_of(const storage::SqliteStatement& query, int column) {
  if (query.is_null(column)) return std::nullopt;
  return static_cast<Word>(query.integer(column));
}
template <typename Word>
int number_of(Word word) {
  return static_cast<int>(word);
}

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

Result<MonitorArchive> MonitorArchive::open(storage::SqliteDatabase& database) {
  auto ready = in_transaction(database, [&]() -> Result<void> {
    DZ_TRY(database.execute(std::string(kSchema)));
    DZ_TRY_ASSIGN(auto query, database.prepare("SELECT version FROM monitor_format"));
    DZ_TRY_ASSIGN(const bool found, query.step());
    const auto format = found ? query.integer(0) : kFormat;
    query.reset();
    if (format < 1 || format > kFormat) {
      return other_format(format, "run the version that wrote it, or start with an empty data folder");
    }
    DZ_TRY(database.execute(std::string(history::history_schema())));
    if (format < 3) DZ_TRY(database.execute(std::string(kToFormat3)));
    if (format == 2) DZ_TRY(database.execute(std::string(history::history_to_format3())));
    return database.execute("DELETE FROM monitor_format; INSERT INTO monitor_format VALUES(" + std::to_string(kFormat) +
                            ")");
  });
  if (!ready) return tl::unexpected(ready.error());
  return MonitorArchive(database);
}

Result<MonitorArchive> MonitorArchive::open_to_read(storage::SqliteDatabase& database) {
  DZ_TRY_ASSIGN(auto query, database.prepare("SELECT version FROM monitor_format"));
  DZ_TRY_ASSIGN(const bool found, query.step());
  const auto format = found ? query.integer(0) : 0;
  if (format < kFormat) return other_format(format, "start doublezero-monitor on it once, which brings it up to date");
  if (format > kFormat) return other_format(format, "run the version that wrote it");
  return MonitorArchive(database);
}

Result<std::map<Pubkey, StoredMemory>> MonitorArchive::load_memories() {
  DZ_TRY_ASSIGN(auto query,
                database_->prepare("SELECT pubkey, e_known_at, own_health, tried_health, status, desired_status, "
                                   "own_written, reset_to, reset_reason FROM memory"));
  std::map<Pubkey, StoredMemory> memories;
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, query.step());
    if (!more) return memories;
    DZ_TRY_ASSIGN(const auto key, pubkey_of(query.blob(0)));
    auto& memory = memories[key];
    if (!query.is_null(1)) memory.e_known_at = from_micros(query.integer(1));
    memory.own_health = word_of<Health>(query, 2);
    memory.tried_health = word_of<Health>(query, 3);
    memory.status = word_of<Status>(query, 4);
    memory.desired_status = word_of<DesiredStatus>(query, 5);
    memory.own_written = query.integer(6) != 0;
    if (const auto to = word_of<Health>(query, 7))
      memory.reset =
          verdict::Reset{*to, word_of<verdict::HealthReason>(query, 8).value_or(verdict::HealthReason::LeftService)};
  }
}

Result<void> MonitorArchive::save_memories(const std::vector<std::pair<Pubkey, StoredMemory>>& memories,
                                           const std::vector<Pubkey>& gone) {
  if (memories.empty() && gone.empty()) return {};
  return in_transaction(*database_, [&]() -> Result<void> {
    DZ_TRY_ASSIGN(auto save, database_->prepare("INSERT OR REPLACE INTO memory VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    for (const auto& [key, memory] : memories) {
      save.bind(1, key.view());
      bind_optional(save, 2, memory.e_known_at, micros);
      bind_optional(save, 3, memory.own_health, number_of<Health>);
      bind_optional(save, 4, memory.tried_health, number_of<Health>);
      bind_optional(save, 5, memory.status, number_of<Status>);
      bind_optional(save, 6, memory.desired_status, number_of<DesiredStatus>);
      save.bind(7, std::int64_t{memory.own_written});
      const auto reset_to = memory.reset ? std::optional(memory.reset->to) : std::nullopt;
      const auto reset_reason = memory.reset ? std::optional(memory.reset->reason) : std::nullopt;
      bind_optional(save, 8, reset_to, number_of<Health>);
      bind_optional(save, 9, reset_reason, number_of<verdict::HealthReason>);
      DZ_TRY(save.run());
    }
    DZ_TRY_ASSIGN(auto forget, database_->prepare("DELETE FROM memory WHERE pubkey = ?"));
    for (const auto& key : gone) DZ_TRY(forget.bind(1, key.view()).run());
    return {};
  });
}

Result<std::optional<std::string>> MonitorArchive::load_profile() {
  DZ_TRY_ASSIGN(auto query, database_->prepare("SELECT profile FROM network"));
  DZ_TRY_ASSIGN(const bool found, query.step());
  return found ? std::optional(std::string(query.text(0))) : std::nullopt;
}

Result<void> MonitorArchive::save_profile(std::string_view name) {
  return in_transaction(*database_, [&]() -> Result<void> {
    DZ_TRY(database_->execute("DELETE FROM network"));
    DZ_TRY_ASSIGN(auto add, database_->prepare("INSERT INTO network VALUES(?)"));
    return add.bind(1, name).run();
  });
}

Result<void> MonitorArchive::add_decisions(const std::vector<Decision>& decisions) {
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

Result<std::vector<Decision>> MonitorArchive::decisions(const DecisionQuery& query) {
  DZ_TRY_ASSIGN(auto select, database_->prepare(std::string(kDecisionColumns) +
                                                (query.key ? "WHERE id < ?1 AND pubkey = ?3 " : "WHERE id < ?1 ") +
                                                "ORDER BY id DESC LIMIT ?2"));
  select.bind(1, query.before_id).bind(2, std::int64_t{std::clamp(query.limit, 0, 1000)});
  if (query.key) select.bind(3, query.key->view());
  return read_all(select);
}

Result<std::vector<Decision>> MonitorArchive::decisions_between(Timestamp from, Timestamp to) {
  DZ_TRY_ASSIGN(auto select,
                database_->prepare(std::string(kDecisionColumns) + "WHERE at >= ? AND at < ? ORDER BY id"));
  select.bind(1, micros(from)).bind(2, micros(to));
  return read_all(select);
}

Result<void> MonitorArchive::forget_before(Timestamp oldest) {
  return in_transaction(*database_, [&]() -> Result<void> {
    DZ_TRY_ASSIGN(auto decisions, database_->prepare("DELETE FROM decision WHERE at < ?"));
    DZ_TRY(decisions.bind(1, micros(oldest)).run());
    DZ_TRY_ASSIGN(auto minutes, database_->prepare("DELETE FROM minute WHERE minute < ?"));
    return minutes.bind(1, std::int64_t{minute_of(oldest).time_since_epoch().count()}).run();
  });
}

}  // namespace dz::monitor
