#include "transparency/witness.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/safe_text.h"
#include "storage/row_checks.h"
#include "transparency/tiles.h"

namespace dz::transparency {
namespace {

using storage::CheckedTable;

constexpr CheckedTable kSeen{"witness_seen", "origin, at, note"};
constexpr CheckedTable kConflicts{"witness_contradiction", "id, origin, at, seen, found, beginning, reason"};
// Of earlier versions, which kept in it also what a stranger can make.
constexpr CheckedTable kFormerConflicts{"witness_conflict", "id, origin, at, seen, found, reason"};
constexpr std::string_view kSchema =
    "CREATE TABLE IF NOT EXISTS witness_seen(origin TEXT PRIMARY KEY, at INTEGER NOT NULL, note TEXT NOT NULL, sum "
    "INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS witness_contradiction(id INTEGER PRIMARY KEY, origin TEXT NOT NULL, at INTEGER NOT "
    "NULL, seen TEXT NOT NULL, found TEXT NOT NULL, beginning BLOB NOT NULL, reason TEXT NOT NULL, sum INTEGER NOT "
    "NULL);";

WitnessAnswer say(int status, const std::string& what) { return {.status = status, .body = what + "\n"}; }

WitnessAnswer say_size(std::uint64_t size) {
  return {.status = 409, .content_type = std::string(kSizeType), .body = fmt::format("{}\n", size)};
}

std::int64_t micros(Timestamp t) { return t.time_since_epoch().count(); }

Result<SeenLog> read_seen(const storage::SqliteStatement& row) {
  const std::string origin(row.text(0));
  if (row.integer(3) == 0) {
    return corrupt("what this witness saw of " + origin + " is not what was written; restore its file from a backup");
  }
  SeenLog seen{
      .origin = origin, .head = {}, .checkpoint = std::string(row.text(2)), .at = Timestamp{Duration{row.integer(1)}}};
  DZ_TRY_ASSIGN(const auto opened, read_checkpoint(seen.checkpoint));
  seen.head = opened.checkpoint.head;
  return seen;
}

// The log's own signature; none: it is not by one of these keys.
std::optional<NoteSignature> signature_of(const SignedCheckpoint& checkpoint, const std::vector<NoteKey>& logs,
                                          bool& known) {
  for (const auto& key : logs) {
    if (key.name != checkpoint.checkpoint.origin) continue;
    known = true;
    const auto signature = find_signature(checkpoint.note, key);
    if (signature && *signature) return *(*signature)->signature;
  }
  return std::nullopt;
}

std::string describe(const TreeHead& seen, const TreeHead& found) {
  if (seen.size == found.size) return fmt::format("the log signed two different trees of {} entries", seen.size);
  return fmt::format("the log signed a tree of {} entries that does not begin with the {} that it had signed",
                     found.size, seen.size);
}

}  // namespace

Result<Witness> Witness::open(storage::SqliteDatabase& database, std::string name, wire::Keypair key,
                              std::vector<NoteKey> logs) {
  DZ_TRY(check_key_name(name));
  DZ_TRY(database.execute(std::string(kSchema)));
  Witness witness(database, std::move(name), std::move(key), std::move(logs));
  DZ_TRY(witness.take_over_conflicts());
  return witness;
}

WitnessAnswer Witness::add_checkpoint(std::string_view body, Timestamp now) {
  auto answer = judge(body, now);
  ++answers_[answer.status];
  return answer;
}

// The order of the checks, and what each is answered with, are the protocol's.
WitnessAnswer Witness::judge(std::string_view body, Timestamp now) {
  const auto request = parse_add_checkpoint(body);
  if (!request) return say(400, request.error().message);
  const auto found = read_checkpoint(request->note);
  if (!found) return say(400, found.error().message);
  const auto& [origin, head, _] = found->checkpoint;
  bool known = false;
  const auto signature = signature_of(*found, logs_, known);
  if (!known) return say(404, "this witness does not know the log '" + one_line(origin, 200) + "'");
  if (!signature) return say(403, "the checkpoint is not signed by a key that this witness knows of the log " + origin);
  if (request->old_size > head.size) {
    return say(400, fmt::format("expected an old size of at most {}, the size of the checkpoint, found {}", head.size,
                                request->old_size));
  }
  const auto last = last_seen(origin);
  if (!last) return say(500, last.error().message);
  const auto seen = last->value_or(SeenLog{.origin = origin, .head = {0, empty_root()}, .checkpoint = {}, .at = {}});
  if (request->old_size != seen.head.size) return say_size(seen.head.size);
  const auto shown = check_consistency(seen.head, head, request->proof);
  if (shown) return cosign(*found, now);
  if (*last && contradict(seen.head, head, request->proof)) {
    const auto beginning = seen.head.size == head.size ? Proof() : request->proof;
    const auto kept = keep_conflict({origin, now, seen.checkpoint, render_note({found->note.text, {*signature}}),
                                     beginning, describe(seen.head, head)});
    if (!kept) return say(500, kept.error().message);
  }
  if (seen.head.size == head.size && seen.head != head) return say_size(seen.head.size);
  return say(422, shown.error().message);
}

WitnessAnswer Witness::cosign(const SignedCheckpoint& checkpoint, Timestamp now) {
  const auto cosignature = cosign_note(checkpoint.note.text, name_, key_, now);
  Note cosigned = checkpoint.note;
  cosigned.signatures.push_back(cosignature);
  const auto& [origin, head, _] = checkpoint.checkpoint;
  if (const auto kept = keep({origin, head, render_note(cosigned), now}); !kept) return say(500, kept.error().message);
  return {.body = render_signatures({cosignature})};
}

Result<std::optional<SeenLog>> Witness::last_seen(const std::string& origin) const {
  DZ_TRY_ASSIGN(auto query, database_->prepare(fmt::format("SELECT {}, {} FROM witness_seen WHERE origin = ?",
                                                           kSeen.columns, intact_sql(kSeen))));
  query.bind(1, std::string_view(origin));
  DZ_TRY_ASSIGN(const bool found, query.step());
  if (!found) return std::nullopt;
  return read_seen(query);
}

Result<std::vector<SeenLog>> Witness::seen() const {
  DZ_TRY_ASSIGN(auto query,
                database_->prepare(fmt::format("SELECT {}, {} FROM witness_seen", kSeen.columns, intact_sql(kSeen))));
  std::vector<SeenLog> all;
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, query.step());
    if (!more) return all;
    DZ_TRY_ASSIGN(auto seen, read_seen(query));
    all.push_back(std::move(seen));
  }
}

Result<void> Witness::keep(const SeenLog& seen) {
  DZ_TRY_ASSIGN(auto put, database_->prepare(insert_sql(kSeen, "INSERT OR REPLACE")));
  return put.bind(1, std::string_view(seen.origin))
      .bind(2, micros(seen.at))
      .bind(3, std::string_view(seen.checkpoint))
      .run();
}

Result<std::vector<LogConflict>> Witness::conflicts() const {
  DZ_TRY_ASSIGN(auto query, database_->prepare(fmt::format("SELECT {}, {} FROM witness_contradiction ORDER BY id",
                                                           kConflicts.columns, intact_sql(kConflicts))));
  std::vector<LogConflict> all;
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, query.step());
    if (!more) return all;
    if (query.integer(7) == 0) continue;
    const auto beginning = query.blob(5);
    DZ_TRY_ASSIGN(auto hashes, decode_hashes(beginning, beginning.size() / sizeof(Hash)));
    all.push_back({std::string(query.text(1)), Timestamp{Duration{query.integer(2)}}, std::string(query.text(3)),
                   std::string(query.text(4)), std::move(hashes), std::string(query.text(6))});
  }
}

// The same is kept once, and of each log so many that nobody can fill the disk.
Result<void> Witness::keep_conflict(const LogConflict& conflict) {
  return in_transaction(*database_, [&]() -> Result<void> {
    DZ_TRY_ASSIGN(auto query, database_->prepare("SELECT count(*), coalesce(sum(found = ?2), 0), (SELECT "
                                                 "coalesce(max(id), 0) FROM witness_contradiction) FROM "
                                                 "witness_contradiction WHERE origin = ?1"));
    query.bind(1, std::string_view(conflict.origin)).bind(2, std::string_view(conflict.found));
    DZ_TRY(query.step());
    const auto kept = query.integer(0), same = query.integer(1), newest = query.integer(2);
    query.reset();
    if (kept >= kMostConflicts || same > 0) return {};
    DZ_TRY_ASSIGN(auto add, database_->prepare(insert_sql(kConflicts)));
    add.bind(1, newest + 1).bind(2, std::string_view(conflict.origin)).bind(3, micros(conflict.at));
    return add.bind(4, std::string_view(conflict.seen))
        .bind(5, std::string_view(conflict.found))
        .bind(6, ByteView(encode_hashes(conflict.beginning)))
        .bind(7, std::string_view(conflict.reason))
        .run();
  });
}

// Of two trees of one size the notes alone are the proof.
Result<void> Witness::take_over_conflicts() {
  DZ_TRY_ASSIGN(const bool has_some, storage::has_column(*database_, kFormerConflicts.name, "found"));
  if (!has_some) return {};
  {
    DZ_TRY_ASSIGN(auto query, database_->prepare(fmt::format("SELECT {}, {} FROM witness_conflict ORDER BY id",
                                                             kFormerConflicts.columns, intact_sql(kFormerConflicts))));
    for (;;) {
      DZ_TRY_ASSIGN(const bool more, query.step());
      if (!more) break;
      const std::string seen(query.text(3)), found(query.text(4));
      const auto one = read_checkpoint(seen), other = read_checkpoint(found);
      if (query.integer(6) == 0 || !one || !other) continue;
      const auto& from = one->checkpoint.head;
      const auto& to = other->checkpoint.head;
      if (!contradict(from, to, {})) continue;
      DZ_TRY(keep_conflict(
          {std::string(query.text(1)), Timestamp{Duration{query.integer(2)}}, seen, found, {}, describe(from, to)}));
    }
  }
  return database_->execute("DROP TABLE witness_conflict");
}

}  // namespace dz::transparency
