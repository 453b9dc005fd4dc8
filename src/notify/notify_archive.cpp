#include "notify/notify_archive.h"

#include <boost/json.hpp>

#include "base/safe_text.h"

namespace dz::notify {
namespace {

namespace json = boost::json;

constexpr std::string_view kSchema =
    "CREATE TABLE IF NOT EXISTS notify_known(what TEXT PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS notify_record(pubkey BLOB PRIMARY KEY, kind INTEGER NOT NULL, code TEXT NOT NULL,"
    " contributors TEXT NOT NULL, status TEXT NOT NULL, desired_status TEXT NOT NULL, health TEXT NOT NULL,"
    " health_since INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS notify_alarm(id TEXT PRIMARY KEY, alarm TEXT NOT NULL, subject TEXT NOT NULL,"
    " told INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS notify_incident(id TEXT PRIMARY KEY, told INTEGER NOT NULL, body TEXT NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS notify_event(id INTEGER PRIMARY KEY, hook TEXT NOT NULL, body TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS notify_message(id INTEGER PRIMARY KEY, hook TEXT NOT NULL, message_id TEXT NOT NULL,"
    " made_at INTEGER NOT NULL, events INTEGER NOT NULL, body TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS notify_set_aside(id INTEGER PRIMARY KEY, hook TEXT NOT NULL, body TEXT NOT NULL);";

std::string list_text(const std::vector<std::string>& list) {
  return valid_utf8(json::serialize(json::array(list.begin(), list.end())));
}

Result<std::vector<std::string>> parse_list(std::string_view text) {
  boost::system::error_code error;
  const auto value = json::parse(text, error);
  if (error || !value.is_array()) return corrupt("monitor store: expected a list of contributors");
  std::vector<std::string> list;
  for (const auto& entry : value.as_array()) {
    if (entry.is_string()) list.emplace_back(entry.as_string());
  }
  return list;
}

// Calls read(query) for every row.
template <typename Read>
Result<void> each_row(storage::SqliteDatabase& database, std::string_view sql, const Read& read) {
  DZ_TRY_ASSIGN(auto query, database.prepare(sql));
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, query.step());
    if (!more) return {};
    DZ_TRY(read(query));
  }
}

Result<void> read_record(const storage::SqliteStatement& query, RecordMarks& records) {
  const auto blob = query.blob(0);
  if (blob.size() != 32) return corrupt("monitor store: expected a key of 32 bytes in notify_record");
  Pubkey key;
  std::copy(blob.begin(), blob.end(), key.bytes.begin());
  RecordMark mark;
  mark.kind = query.integer(1) == 0 ? RecordKind::Link : RecordKind::Device;
  mark.code = query.text(2);
  DZ_TRY_ASSIGN(mark.contributors, parse_list(query.text(3)));
  DZ_TRY_ASSIGN(mark.status, parse_word<Status>(query.text(4)));
  DZ_TRY_ASSIGN(mark.desired_status, parse_word<DesiredStatus>(query.text(5)));
  DZ_TRY_ASSIGN(mark.health, parse_word<Health>(query.text(6)));
  mark.health_since = Timestamp{Duration{query.integer(7)}};
  records.emplace(key, std::move(mark));
  return {};
}

Result<void> write_known(storage::SqliteDatabase& database, const NotifyWrites& writes) {
  if (writes.records_known) DZ_TRY(database.execute("INSERT OR IGNORE INTO notify_known VALUES('records')"));
  if (writes.alarms_known) DZ_TRY(database.execute("INSERT OR IGNORE INTO notify_known VALUES('alarms')"));
  if (writes.incidents_known) DZ_TRY(database.execute("INSERT OR IGNORE INTO notify_known VALUES('incidents')"));
  return {};
}

Result<void> write_records(storage::SqliteDatabase& database, const NotifyWrites& writes) {
  DZ_TRY_ASSIGN(auto save, database.prepare("INSERT OR REPLACE INTO notify_record VALUES(?,?,?,?,?,?,?,?)"));
  for (const auto& [key, mark] : writes.records) {
    save.bind(1, key.view()).bind(2, static_cast<std::int64_t>(mark->kind)).bind(3, mark->code);
    save.bind(4, list_text(mark->contributors)).bind(5, to_text(mark->status)).bind(6, to_text(mark->desired_status));
    save.bind(7, to_text(mark->health)).bind(8, std::int64_t{mark->health_since.time_since_epoch().count()});
    DZ_TRY(save.run());
  }
  DZ_TRY_ASSIGN(auto forget, database.prepare("DELETE FROM notify_record WHERE pubkey = ?"));
  for (const auto& key : writes.records_gone) DZ_TRY(forget.bind(1, key.view()).run());
  return {};
}

Result<void> write_alarms(storage::SqliteDatabase& database, const NotifyWrites& writes) {
  DZ_TRY_ASSIGN(auto save, database.prepare("INSERT OR REPLACE INTO notify_alarm VALUES(?,?,?,?)"));
  for (const auto& [id, mark] : writes.alarms) {
    save.bind(1, id).bind(2, mark->alarm).bind(3, mark->subject).bind(4, std::int64_t{mark->told ? 1 : 0});
    DZ_TRY(save.run());
  }
  DZ_TRY_ASSIGN(auto forget, database.prepare("DELETE FROM notify_alarm WHERE id = ?"));
  for (const auto& id : writes.alarms_gone) DZ_TRY(forget.bind(1, id).run());
  return {};
}

Result<void> write_incidents(storage::SqliteDatabase& database, const NotifyWrites& writes) {
  DZ_TRY_ASSIGN(auto save, database.prepare("INSERT OR REPLACE INTO notify_incident VALUES(?,?,?)"));
  for (const auto& [id, mark] : writes.incidents) {
    save.bind(1, id).bind(2, std::int64_t{mark->told ? 1 : 0});
    save.bind(3, valid_utf8(json::serialize(to_json(mark->event))));
    DZ_TRY(save.run());
  }
  DZ_TRY_ASSIGN(auto forget, database.prepare("DELETE FROM notify_incident WHERE id = ?"));
  for (const auto& id : writes.incidents_gone) DZ_TRY(forget.bind(1, id).run());
  return {};
}

Result<void> write_waiting(storage::SqliteDatabase& database, const NotifyWrites& writes) {
  DZ_TRY_ASSIGN(auto save, database.prepare("INSERT INTO notify_event VALUES(?,?,?)"));
  for (const auto* waiting : writes.waiting) {
    save.bind(1, waiting->id).bind(2, waiting->hook).bind(3, valid_utf8(json::serialize(to_json(waiting->event))));
    DZ_TRY(save.run());
  }
  DZ_TRY_ASSIGN(auto forget, database.prepare("DELETE FROM notify_event WHERE id = ?"));
  for (const auto id : writes.waiting_gone) DZ_TRY(forget.bind(1, id).run());
  return {};
}

Result<void> write_messages(storage::SqliteDatabase& database, const NotifyWrites& writes) {
  if (writes.message) {
    const auto& m = **writes.message;
    DZ_TRY_ASSIGN(auto save, database.prepare("INSERT INTO notify_message VALUES(?,?,?,?,?,?)"));
    save.bind(1, m.id).bind(2, m.hook).bind(3, m.message_id);
    save.bind(4, std::int64_t{m.made_at.time_since_epoch().count()}).bind(5, m.events).bind(6, m.body);
    DZ_TRY(save.run());
  }
  if (!writes.message_gone) return {};
  DZ_TRY_ASSIGN(auto forget, database.prepare("DELETE FROM notify_message WHERE id = ?"));
  return forget.bind(1, *writes.message_gone).run();
}

}  // namespace

Result<NotifyArchive> NotifyArchive::open(storage::SqliteDatabase& database) {
  DZ_TRY(database.execute(std::string(kSchema)));
  return NotifyArchive(database);
}

Result<void> NotifyArchive::load_records(NotifyState& state) {
  DZ_TRY(
      each_row(*database_, "SELECT * FROM notify_record", [&](const storage::SqliteStatement& query) -> Result<void> {
        if (auto read = read_record(query, state.records); !read) {
          state.records_missing = true;
          state.damage.push_back("what was told of a record cannot be read (" + read.error().message +
                                 "); it is told of when it changes next");
        }
        return {};
      }));
  if (!state.records_missing) return {};
  return database_->execute("DELETE FROM notify_record WHERE length(pubkey) != 32 OR typeof(pubkey) != 'blob'");
}

// One that cannot be read, and still stands, is told again: rather twice than never.
Result<void> NotifyArchive::load_incidents(NotifyState& state) {
  return each_row(*database_, "SELECT * FROM notify_incident",
                  [&](const storage::SqliteStatement& query) -> Result<void> {
                    auto event = parse_notify_event(query.text(2));
                    if (event) {
                      state.incidents[std::string(query.text(0))] = {query.integer(1) != 0, std::move(*event)};
                    } else {
                      state.damage.push_back("what was told of an incident cannot be read (" + event.error().message +
                                             "); if it still stands it is told again");
                    }
                    return {};
                  });
}

Result<void> NotifyArchive::load_waiting(NotifyState& state) {
  std::vector<std::int64_t> unreadable;
  DZ_TRY(each_row(*database_, "SELECT * FROM notify_event ORDER BY id",
                  [&](const storage::SqliteStatement& query) -> Result<void> {
                    auto event = parse_notify_event(query.text(2));
                    if (event) {
                      state.waiting.push_back({query.integer(0), std::string(query.text(1)), std::move(*event)});
                    } else {
                      unreadable.push_back(query.integer(0));
                      state.damage.push_back("an event that waited cannot be read (" + event.error().message +
                                             "); it is not told, and stands in notify_set_aside");
                    }
                    return {};
                  }));
  if (unreadable.empty()) return {};
  return in_transaction(*database_, [&]() -> Result<void> {
    for (const auto id : unreadable) DZ_TRY(set_aside(id));
    return database_->execute(
        "DELETE FROM notify_set_aside WHERE id NOT IN (SELECT id FROM notify_set_aside ORDER BY id DESC LIMIT 100)");
  });
}

Result<void> NotifyArchive::set_aside(std::int64_t event) {
  DZ_TRY_ASSIGN(auto keep, database_->prepare("INSERT OR REPLACE INTO notify_set_aside SELECT id, hook, body FROM "
                                              "notify_event WHERE id = ?"));
  DZ_TRY(keep.bind(1, event).run());
  DZ_TRY_ASSIGN(auto forget, database_->prepare("DELETE FROM notify_event WHERE id = ?"));
  return forget.bind(1, event).run();
}

Result<NotifyState> NotifyArchive::load() {
  NotifyState state;
  DZ_TRY(
      each_row(*database_, "SELECT what FROM notify_known", [&](const storage::SqliteStatement& query) -> Result<void> {
        const auto what = query.text(0);
        if (what == "records") state.records_known = true;
        if (what == "alarms") state.alarms_known = true;
        if (what == "incidents") state.incidents_known = true;
        return {};
      }));
  DZ_TRY(load_records(state));
  DZ_TRY(each_row(*database_, "SELECT * FROM notify_alarm", [&](const storage::SqliteStatement& query) -> Result<void> {
    state.alarms[std::string(query.text(0))] = {std::string(query.text(1)), std::string(query.text(2)),
                                                query.integer(3) != 0};
    return {};
  }));
  DZ_TRY(load_incidents(state));
  DZ_TRY(load_waiting(state));
  DZ_TRY(each_row(*database_, "SELECT * FROM notify_message ORDER BY id",
                  [&](const storage::SqliteStatement& query) -> Result<void> {
                    state.messages.push_back({query.integer(0), std::string(query.text(1)), std::string(query.text(2)),
                                              Timestamp{Duration{query.integer(3)}}, query.integer(4),
                                              std::string(query.text(5))});
                    return {};
                  }));
  return state;
}

Result<void> NotifyArchive::write(const NotifyWrites& writes) {
  return in_transaction(*database_, [&]() -> Result<void> {
    DZ_TRY(write_known(*database_, writes));
    DZ_TRY(write_records(*database_, writes));
    DZ_TRY(write_alarms(*database_, writes));
    DZ_TRY(write_incidents(*database_, writes));
    DZ_TRY(write_waiting(*database_, writes));
    return write_messages(*database_, writes);
  });
}

Result<void> NotifyArchive::forget_all() {
  return in_transaction(*database_, [&] {
    return database_->execute(
        "DELETE FROM notify_known; DELETE FROM notify_record; DELETE FROM notify_alarm; DELETE FROM "
        "notify_incident; DELETE FROM notify_event;"
        "DELETE FROM notify_message;");
  });
}

}  // namespace dz::notify
