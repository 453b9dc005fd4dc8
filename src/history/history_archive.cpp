#include "history/history_archive.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace dz::history {
namespace {

std::int64_t micros(Timestamp t) { return t.time_since_epoch().count(); }
Timestamp from_micros(std::int64_t n) { return Timestamp{Duration{n}}; }
std::int64_t minutes(Minute m) { return m.time_since_epoch().count(); }
Minute from_minutes(std::int64_t n) { return Minute{std::chrono::minutes{n}}; }

tl::unexpected<Error> unreadable(std::string_view what, std::string_view found) {
  return corrupt(fmt::format("monitor store, history: expected {}, found '{}'", what, found));
}

// "counters 29640012, qa 29640012": names and numbers.
template <typename Entries, typename ToNumber>
std::string numbers_text(const Entries& entries, const ToNumber& to_number) {
  std::string text;
  for (const auto& [name, value] : entries) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {}", name, to_number(value));
  }
  return text;
}

template <typename Take>
Result<void> parse_numbers(std::string_view text, const Take& take) {
  while (!text.empty()) {
    const auto end = std::min(text.find(", "), text.size());
    const auto entry = text.substr(0, end);
    text.remove_prefix(std::min(end + 2, text.size()));
    const auto blank = entry.rfind(' ');
    if (blank == std::string_view::npos) return unreadable("a name and a number", entry);
    std::int64_t number = 0;
    const auto [rest, error] = std::from_chars(entry.data() + blank + 1, entry.data() + entry.size(), number);
    if (error != std::errc{} || rest != entry.data() + entry.size()) return unreadable("a number", entry);
    take(std::string(entry.substr(0, blank)), number);
  }
  return {};
}

// Minutes, by slots.
Result<void> parse_pass_numbers(std::string_view watermarks, std::string_view windows, HistoryPass& pass) {
  DZ_TRY_ASSIGN(pass.watermarks, parse_watermarks(watermarks));
  return parse_numbers(windows, [&](const std::string& slots, std::int64_t length) {
    pass.windows.emplace_back(std::strtoull(slots.c_str(), nullptr, 10), std::chrono::minutes{length});
  });
}

std::int64_t pack(const Version& v) {
  return (std::int64_t{v.major} << 40) | (std::int64_t{v.minor} << 20) | std::int64_t{v.patch};
}
Result<Pubkey> pubkey_of(ByteView blob) {
  Pubkey key;
  if (blob.size() != key.bytes.size()) return unreadable("a key of 32 bytes", std::to_string(blob.size()));
  std::copy(blob.begin(), blob.end(), key.bytes.begin());
  return key;
}

constexpr storage::CheckedTable kSubject{"history_subject", "id, subject"};
// A pass is one block: the row of history_pass has the total of its own checksum and those of all rows of its time.
constexpr storage::CheckedTable kPass{"history_pass", "at, previous, whole, could_write, watermarks, windows"};
constexpr storage::CheckedTable kRows[] = {{"history_start", "at, policy, writes_health, evidence"},
                                           {"history_minutes", "at, subject, first, until, marks"},
                                           {"history_record", "at, pubkey, kind, version, account, own_health"},
                                           {"history_qa", "at, device, result_at, success"}};

Result<std::map<std::int64_t, evidence::Subject>> read_subjects(storage::SqliteDatabase& database) {
  std::map<std::int64_t, evidence::Subject> subjects;
  DZ_TRY_ASSIGN(auto query, database.prepare("SELECT id, subject, " + intact_sql(kSubject) + " FROM history_subject"));
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, query.step());
    if (!more) return subjects;
    // The passes that name it are then damaged, and no others.
    if (query.integer(2) == 0) continue;
    if (auto subject = evidence::parse_subject(query.text(1))) subjects.emplace(query.integer(0), std::move(*subject));
  }
}

}  // namespace

// Minutes since the epoch, by source.
Result<std::vector<std::pair<std::string, Minute>>> parse_watermarks(std::string_view text) {
  std::vector<std::pair<std::string, Minute>> watermarks;
  DZ_TRY(parse_numbers(text, [&](std::string name, std::int64_t minute) {
    watermarks.emplace_back(std::move(name), from_minutes(minute));
  }));
  return watermarks;
}

Version unpack_version(std::int64_t n) {
  const auto part = [&](int shift) { return static_cast<std::uint32_t>(n >> shift & 0xFFFFF); };
  return {part(40), part(20), part(0)};
}

std::string_view history_schema() {
  return "CREATE TABLE IF NOT EXISTS history_pass(at INTEGER PRIMARY KEY, previous INTEGER, whole INTEGER NOT NULL, "
         "could_write INTEGER "
         "NOT NULL, watermarks TEXT NOT NULL, windows TEXT NOT NULL DEFAULT '', sum INTEGER);"
         "CREATE TABLE IF NOT EXISTS history_start(at INTEGER PRIMARY KEY, policy TEXT NOT NULL, writes_health INTEGER "
         "NOT NULL, evidence BLOB NOT NULL);"
         "CREATE TABLE IF NOT EXISTS history_subject(id INTEGER PRIMARY KEY, subject TEXT NOT NULL UNIQUE, sum INTEGER "
         "NOT NULL DEFAULT 0);"
         "CREATE TABLE IF NOT EXISTS history_minutes(at INTEGER NOT NULL, subject INTEGER NOT NULL, first INTEGER NOT "
         "NULL, until INTEGER, marks TEXT NOT NULL, PRIMARY KEY(at, subject, first)) WITHOUT ROWID;"
         "CREATE TABLE IF NOT EXISTS history_record(at INTEGER NOT NULL, pubkey BLOB NOT NULL, kind INTEGER NOT NULL, "
         "version INTEGER NOT NULL, account BLOB, own_health INTEGER, PRIMARY KEY(at, pubkey)) WITHOUT ROWID;"
         "CREATE TABLE IF NOT EXISTS history_qa(at INTEGER NOT NULL, device BLOB NOT NULL, result_at INTEGER NOT NULL, "
         "success INTEGER NOT NULL, PRIMARY KEY(at, device, result_at)) WITHOUT ROWID;";
}

std::string_view history_to_format3() {
  return "ALTER TABLE history_pass ADD COLUMN windows TEXT NOT NULL DEFAULT '';";
}

Result<void> history_to_format4(storage::SqliteDatabase& database) {
  DZ_TRY(add_sums(database, kSubject));
  DZ_TRY_ASSIGN(const bool summed, storage::has_column(database, kPass.name, "sum"));
  // Passes from before have none, and are read as they are.
  return summed ? Result<void>{} : database.execute("ALTER TABLE history_pass ADD COLUMN sum INTEGER");
}

std::optional<Timestamp> HistoryWriter::newest() {
  const auto bounds = history_bounds(*database_);
  return bounds && *bounds ? std::optional((*bounds)->second) : std::nullopt;
}

Result<std::int64_t> HistoryWriter::id_of(const evidence::Subject& subject) {
  if (const auto known = ids_.find(subject); known != ids_.end()) return known->second;
  const auto text = to_text(subject);
  DZ_TRY_ASSIGN(auto query,
                database_->prepare("SELECT id FROM history_subject WHERE subject = ? AND " + intact_sql(kSubject)));
  DZ_TRY_ASSIGN(const bool known, query.bind(1, text).step());
  if (known) return ids_.emplace(subject, query.integer(0)).first->second;
  DZ_TRY_ASSIGN(auto add, database_->prepare("INSERT OR IGNORE INTO history_subject(id, subject) SELECT "
                                             "coalesce(max(id), 0) + 1, ? FROM history_subject"));
  DZ_TRY(add.bind(1, text).run());
  DZ_TRY_ASSIGN(auto sum,
                database_->prepare("UPDATE history_subject SET sum = " + sum_sql(kSubject) + " WHERE subject = ?"));
  DZ_TRY(sum.bind(1, text).run());
  DZ_TRY_ASSIGN(const bool found, query.bind(1, text).step());
  if (!found) return unreadable("the subject that was just added", text);
  return ids_.emplace(subject, query.integer(0)).first->second;
}

Result<void> HistoryWriter::add(const HistoryPass& pass) {
  auto done = in_transaction(*database_, [&] { return add_rows(pass); });
  if (!done) ids_.clear();  // what was added with them is gone
  return done;
}

Result<void> HistoryWriter::add_rows(const HistoryPass& pass) {
  const auto at = micros(pass.at);
  DZ_TRY_ASSIGN(auto add_pass, database_->prepare("INSERT INTO history_pass VALUES(?, ?, ?, ?, ?, ?, NULL)"));
  add_pass.bind(1, at).bind(3, std::int64_t{pass.whole}).bind(4, std::int64_t{pass.could_write});
  pass.previous ? add_pass.bind(2, micros(*pass.previous)) : add_pass.bind_null(2);
  add_pass.bind(5, numbers_text(pass.watermarks, minutes));
  DZ_TRY(add_pass.bind(6, numbers_text(pass.windows, [](auto length) { return length.count(); })).run());
  if (pass.start) {
    DZ_TRY_ASSIGN(auto add, database_->prepare("INSERT INTO history_start VALUES(?, ?, ?, ?)"));
    add.bind(1, at).bind(2, pass.start->policy).bind(3, std::int64_t{pass.start->mode == control::WriteMode::Write});
    DZ_TRY(add.bind(4, pass.start->evidence).run());
  }
  if (!pass.runs.empty()) DZ_TRY(add_runs(pass));
  if (!pass.records.empty()) DZ_TRY(add_records(pass));
  if (!pass.qa.empty()) DZ_TRY(add_qa(pass));
  return put_sum(at);
}

// A whole pass names all subjects: asking for each by itself takes longer than reading them all.
Result<void> HistoryWriter::read_ids() {
  DZ_TRY_ASSIGN(auto subjects, read_subjects(*database_));
  for (auto& [id, subject] : subjects) ids_.emplace(std::move(subject), id);
  return {};
}

Result<void> HistoryWriter::add_runs(const HistoryPass& pass) {
  const auto at = micros(pass.at);
  if (pass.whole && ids_.empty()) DZ_TRY(read_ids());
  DZ_TRY_ASSIGN(auto add_run, database_->prepare("INSERT OR REPLACE INTO history_minutes VALUES(?, ?, ?, ?, ?)"));
  for (const auto& run : pass.runs) {
    DZ_TRY_ASSIGN(const auto id, id_of(run.subject));
    add_run.bind(1, at).bind(2, id).bind(3, minutes(run.from));
    run.until ? add_run.bind(4, minutes(*run.until)) : add_run.bind_null(4);
    DZ_TRY(add_run.bind(5, marks_text(run.subject.kind, run.marks)).run());
  }
  return {};
}

Result<void> HistoryWriter::add_records(const HistoryPass& pass) {
  const auto at = micros(pass.at);
  DZ_TRY_ASSIGN(auto add_record, database_->prepare("INSERT INTO history_record VALUES(?, ?, ?, ?, ?, ?)"));
  for (const auto& record : pass.records) {
    add_record.bind(1, at).bind(2, record.key.view()).bind(3, static_cast<std::int64_t>(record.kind));
    add_record.bind(4, pack(record.version));
    record.account.empty() ? add_record.bind_null(5) : add_record.bind(5, record.account);
    record.own_health ? add_record.bind(6, static_cast<std::int64_t>(*record.own_health)) : add_record.bind_null(6);
    DZ_TRY(add_record.run());
  }
  return {};
}

Result<void> HistoryWriter::add_qa(const HistoryPass& pass) {
  const auto at = micros(pass.at);
  DZ_TRY_ASSIGN(auto add_qa, database_->prepare("INSERT INTO history_qa VALUES(?, ?, ?, ?)"));
  for (const auto& [device, result] : pass.qa) {
    add_qa.bind(1, at).bind(2, device.view()).bind(3, micros(result.at)).bind(4, std::int64_t{result.success});
    DZ_TRY(add_qa.run());
  }
  return {};
}

Result<void> HistoryWriter::put_sum(std::int64_t at) {
  std::uint64_t total = 0;
  const auto add_up = [&](const storage::CheckedTable& table) -> Result<void> {
    DZ_TRY_ASSIGN(auto query,
                  database_->prepare(fmt::format("SELECT {} FROM {} WHERE at = ?", sum_sql(table), table.name)));
    query.bind(1, at);
    for (;;) {
      DZ_TRY_ASSIGN(const bool more, query.step());
      if (!more) return {};
      total += static_cast<std::uint64_t>(query.integer(0));
    }
  };
  DZ_TRY(add_up(kPass));
  for (const auto& table : kRows) DZ_TRY(add_up(table));
  DZ_TRY_ASSIGN(auto put, database_->prepare("UPDATE history_pass SET sum = ? WHERE at = ?"));
  return put.bind(1, static_cast<std::int64_t>(total)).bind(2, at).run();
}

Result<void> HistoryWriter::forget_before(Timestamp oldest) {
  DZ_TRY_ASSIGN(auto query, database_->prepare("SELECT max(at) FROM history_pass WHERE whole = 1 AND at <= ?"));
  DZ_TRY_ASSIGN(const bool found, query.bind(1, micros(oldest)).step());
  if (!found || query.is_null(0)) return {};
  const auto whole = query.integer(0);
  query.reset();
  return in_transaction(*database_, [&]() -> Result<void> {
    for (const auto* table : {"history_pass", "history_minutes", "history_record", "history_qa"}) {
      DZ_TRY_ASSIGN(auto forget, database_->prepare(fmt::format("DELETE FROM {} WHERE at < ?", table)));
      DZ_TRY(forget.bind(1, whole).run());
    }
    // The last start before it still tells which policy was in force.
    DZ_TRY_ASSIGN(auto starts, database_->prepare("DELETE FROM history_start WHERE at < (SELECT max(at) FROM "
                                                  "history_start WHERE at <= ?)"));
    DZ_TRY(starts.bind(1, whole).run());
    return forget_unused_subjects(whole);
  });
}

// Once for each whole pass that is the first one left: about once a day.
Result<void> HistoryWriter::forget_unused_subjects(std::int64_t whole) {
  if (whole == swept_) return {};
  // The last one stays, so that its number is never another subject's: elsewhere rows may go by it (lake/tables.h).
  DZ_TRY(
      database_->execute("DELETE FROM history_subject WHERE id NOT IN (SELECT subject FROM history_minutes) AND id < "
                         "(SELECT max(id) FROM history_subject)"));
  ids_.clear();
  swept_ = whole;
  return {};
}

Result<std::optional<std::pair<Timestamp, Timestamp>>> history_bounds(storage::SqliteDatabase& database) {
  DZ_TRY_ASSIGN(auto query, database.prepare("SELECT min(at), max(at) FROM history_pass"));
  DZ_TRY_ASSIGN(const bool found, query.step());
  std::optional<std::pair<Timestamp, Timestamp>> bounds;
  if (found && !query.is_null(0)) bounds.emplace(from_micros(query.integer(0)), from_micros(query.integer(1)));
  return bounds;
}

Result<Timestamp> whole_pass_before(storage::SqliteDatabase& database, Timestamp at) {
  DZ_TRY_ASSIGN(auto query,
                database.prepare("SELECT coalesce((SELECT max(at) FROM history_pass WHERE whole = 1 AND at <= ?), "
                                 "(SELECT min(at) FROM history_pass WHERE whole = 1))"));
  DZ_TRY_ASSIGN(const bool found, query.bind(1, micros(at)).step());
  if (!found || query.is_null(0)) return not_found("expected recorded passes in the store, found none");
  return from_micros(query.integer(0));
}

Result<HistoryReader> HistoryReader::open(storage::SqliteDatabase& database, Timestamp from, Timestamp to) {
  const auto select = [&](const storage::CheckedTable& table, std::string_view order) {
    return database.prepare(fmt::format("SELECT {}, {} FROM {} WHERE at >= ? AND at <= ? ORDER BY {}", table.columns,
                                        sum_sql(table), table.name, order));
  };
  DZ_TRY_ASSIGN(
      auto passes,
      database.prepare("SELECT p.at, p.previous, p.whole, p.could_write, p.watermarks, s.policy, s.writes_health, "
                       "s.evidence, p.windows, p.sum, "
                       "row_sum('history_pass', p.at, p.previous, p.whole, p.could_write, p.watermarks, p.windows), "
                       "s.at = p.at, row_sum('history_start', s.at, s.policy, s.writes_health, s.evidence) "
                       "FROM history_pass p LEFT JOIN history_start s ON s.at = (SELECT max(at) "
                       "FROM history_start WHERE at <= p.at) AND (s.at = p.at OR p.at = ?1) WHERE p.at >= ?1 "
                       "AND p.at <= ?2 ORDER BY p.at"));
  DZ_TRY_ASSIGN(auto runs, select(kRows[1], "at, subject, first"));
  DZ_TRY_ASSIGN(auto records, select(kRows[2], "at, pubkey"));
  DZ_TRY_ASSIGN(auto qa, select(kRows[3], "at, device, result_at"));
  HistoryReader reader(std::move(passes), std::move(runs), std::move(records), std::move(qa));
  for (auto* query : {&reader.passes_, &reader.runs_, &reader.records_, &reader.qa_}) {
    query->bind(1, micros(from)).bind(2, micros(to));
  }
  DZ_TRY_ASSIGN(reader.subjects_, read_subjects(database));
  DZ_TRY_ASSIGN(reader.more_runs_, reader.runs_.step());
  DZ_TRY_ASSIGN(reader.more_records_, reader.records_.step());
  DZ_TRY_ASSIGN(reader.more_qa_, reader.qa_.step());
  return reader;
}

Result<std::optional<HistoryPass>> HistoryReader::next() {
  DZ_TRY_ASSIGN(const bool more, passes_.step());
  if (!more) return std::optional<HistoryPass>();
  HistoryPass pass;
  pass.at = from_micros(passes_.integer(0));
  auto read = read_rows(pass);
  const bool intact = passes_.is_null(9) || static_cast<std::uint64_t>(passes_.integer(9)) == sum_;
  if (read && intact) return std::optional(std::move(pass));
  if (!read && read.error().kind != ErrorKind::Corrupt) return tl::unexpected(read.error());
  return corrupt(
      fmt::format("monitor store, history: expected the pass of {} as it was written, found it damaged; "
                  "choose a span that ends before it or begins a day after it",
                  to_text(pass.at)));
}

Result<void> HistoryReader::read_rows(HistoryPass& pass) {
  sum_ = static_cast<std::uint64_t>(passes_.integer(10));
  if (passes_.integer(11) != 0) sum_ += static_cast<std::uint64_t>(passes_.integer(12));
  if (!passes_.is_null(1)) pass.previous = from_micros(passes_.integer(1));
  pass.whole = passes_.integer(2) != 0;
  pass.could_write = passes_.integer(3) != 0;
  DZ_TRY(parse_pass_numbers(passes_.text(4), passes_.text(8), pass));
  if (!passes_.is_null(5)) {
    const auto evidence = passes_.blob(7);
    const auto mode = passes_.integer(6) != 0 ? control::WriteMode::Write : control::WriteMode::Standby;
    pass.start = HistoryStart{std::string(passes_.text(5)), mode, Bytes(evidence.begin(), evidence.end())};
  }
  DZ_TRY(read_runs(pass));
  DZ_TRY(read_records(pass));
  return read_qa(pass);
}

Result<void> HistoryReader::read_runs(HistoryPass& pass) {
  while (more_runs_ && from_micros(runs_.integer(0)) == pass.at) {
    const auto subject = subjects_.find(runs_.integer(1));
    if (subject == subjects_.end()) return unreadable("a subject", std::to_string(runs_.integer(1)));
    HistoryRun run{subject->second, from_minutes(runs_.integer(2)), {}, 0};
    if (!runs_.is_null(3)) run.until = from_minutes(runs_.integer(3));
    DZ_TRY_ASSIGN(run.marks, parse_marks(run.subject.kind, runs_.text(4)));
    pass.runs.push_back(std::move(run));
    sum_ += static_cast<std::uint64_t>(runs_.integer(5));
    DZ_TRY_ASSIGN(more_runs_, runs_.step());
  }
  return {};
}

Result<void> HistoryReader::read_records(HistoryPass& pass) {
  while (more_records_ && from_micros(records_.integer(0)) == pass.at) {
    HistoryRecord record;
    DZ_TRY_ASSIGN(record.key, pubkey_of(records_.blob(1)));
    record.kind = records_.integer(2) == 0 ? RecordKind::Link : RecordKind::Device;
    record.version = unpack_version(records_.integer(3));
    const auto account = records_.blob(4);
    record.account.assign(account.begin(), account.end());
    if (!records_.is_null(5)) record.own_health = static_cast<Health>(records_.integer(5));
    pass.records.push_back(std::move(record));
    sum_ += static_cast<std::uint64_t>(records_.integer(6));
    DZ_TRY_ASSIGN(more_records_, records_.step());
  }
  return {};
}

Result<void> HistoryReader::read_qa(HistoryPass& pass) {
  while (more_qa_ && from_micros(qa_.integer(0)) == pass.at) {
    HistoryQa qa;
    DZ_TRY_ASSIGN(qa.device, pubkey_of(qa_.blob(1)));
    qa.result = {from_micros(qa_.integer(2)), qa_.integer(3) != 0};
    pass.qa.push_back(qa);
    sum_ += static_cast<std::uint64_t>(qa_.integer(4));
    DZ_TRY_ASSIGN(more_qa_, qa_.step());
  }
  return {};
}

}  // namespace dz::history
