#include "telemetry/evidence_file.h"

#include <algorithm>

#include <fmt/format.h>

#include "evidence/snapshot.h"

namespace dz::telemetry {
namespace {

constexpr storage::CheckedTable kSaved{"evidence_saved", "through, last_pass, state"};
constexpr storage::CheckedTable kPiece{"evidence_saved_piece", "through, number, bytes"};
constexpr storage::CheckedTable kLost{"evidence_lost", "noticed, first, until, sources, what"};
constexpr std::string_view kHeadSum = "row_sum('head', seq, kind, at, first, until, sources)";
constexpr std::string_view kBodySum = "row_sum('body', seq, body)";
constexpr const char* kSchema = R"sql(
  CREATE TABLE IF NOT EXISTS evidence_journal(
    seq INTEGER PRIMARY KEY, kind INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL,
    first INTEGER NOT NULL DEFAULT 0, until INTEGER NOT NULL DEFAULT 2147483647,
    sources INTEGER NOT NULL DEFAULT 65535, head_sum INTEGER NOT NULL DEFAULT 0, sum INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE IF NOT EXISTS evidence_saved(
    through INTEGER PRIMARY KEY, last_pass INTEGER, state BLOB NOT NULL, sum INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS evidence_saved_piece(
    through INTEGER NOT NULL, number INTEGER NOT NULL, bytes BLOB NOT NULL, sum INTEGER NOT NULL,
    PRIMARY KEY(through, number));
  CREATE TABLE IF NOT EXISTS evidence_lost(
    noticed INTEGER NOT NULL, first INTEGER NOT NULL, until INTEGER NOT NULL, sources INTEGER NOT NULL,
    what TEXT NOT NULL, sum INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS evidence_set_aside(
    noticed INTEGER NOT NULL, what TEXT NOT NULL, number INTEGER NOT NULL, why TEXT NOT NULL, body BLOB NOT NULL);
)sql";
// What a journal without checksums lacks: of its entries nothing is known but that they were there.
constexpr const char* kMoreColumns = R"sql(
  ALTER TABLE evidence_journal ADD COLUMN first INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE evidence_journal ADD COLUMN until INTEGER NOT NULL DEFAULT 2147483647;
  ALTER TABLE evidence_journal ADD COLUMN sources INTEGER NOT NULL DEFAULT 65535;
  ALTER TABLE evidence_journal ADD COLUMN head_sum INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE evidence_journal ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
)sql";

constexpr Duration kAhead = std::chrono::minutes{10};  // rows may be ahead of the clock by as much
constexpr int kMostLosses = 1000;                      // the oldest are long behind the rings
constexpr int kTidyPieces = 16, kTidyEntries = 500;    // at once
constexpr std::int64_t kTidyBytes = 1 << 20;

constexpr const char* kTrimSetAside =
    "DELETE FROM evidence_set_aside WHERE rowid NOT IN (SELECT id FROM (SELECT rowid AS id, sum(length(body)) OVER "
    "newer "
    "AS bytes, row_number() OVER newer AS place FROM evidence_set_aside WINDOW newer AS (ORDER BY rowid DESC)) WHERE "
    "bytes <= 67108864 AND place <= 100)";

std::int64_t micros(Timestamp t) { return t.time_since_epoch().count(); }
Timestamp from_micros(std::int64_t n) { return Timestamp{Duration{n}}; }
std::int64_t minutes(Minute m) { return m.time_since_epoch().count(); }
Minute from_minutes(std::int64_t n) { return Minute{std::chrono::minutes{n}}; }

Result<std::optional<std::int64_t>> number_of(storage::SqliteDatabase& database, std::string_view sql) {
  DZ_TRY_ASSIGN(auto query, database.prepare(sql));
  DZ_TRY_ASSIGN(const bool found, query.step());
  return found && !query.is_null(0) ? std::optional(query.integer(0)) : std::nullopt;
}

// A file of a version without checksums: they are computed over what is there.
Result<void> bring_up_to_date(storage::SqliteDatabase& database) {
  DZ_TRY_ASSIGN(const auto journal,
                number_of(database, "SELECT count(*) FROM sqlite_master WHERE name = 'evidence_journal'"));
  DZ_TRY_ASSIGN(const bool checked, storage::has_column(database, "evidence_journal", "head_sum"));
  if (journal == 0 || checked) return database.execute(kSchema);
  DZ_TRY(database.execute(kMoreColumns));
  DZ_TRY(database.execute(kSchema));
  DZ_TRY(database.execute(fmt::format("UPDATE evidence_journal SET head_sum = {}, sum = {}", kHeadSum, kBodySum)));
  DZ_TRY(
      database.execute("INSERT INTO evidence_saved SELECT coalesce((SELECT min(seq) - 1 FROM evidence_journal), 0), "
                       "NULL, state, 0 FROM evidence_checkpoint"));
  DZ_TRY(sum_rows(database, kSaved));
  return database.execute("DROP TABLE evidence_checkpoint");
}

}  // namespace

Result<EvidenceFile> EvidenceFile::open(storage::SqliteDatabase& database) {
  auto ready = in_transaction(database, [&] { return bring_up_to_date(database); });
  if (!ready) return with_context("evidence", ready.error());
  DZ_TRY_ASSIGN(auto append,
                database.prepare("INSERT INTO evidence_journal(seq, kind, at, first, until, sources, body, head_sum, "
                                 "sum) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, row_sum('head', ?1, ?2, ?3, ?4, ?5, ?6), "
                                 "row_sum('body', ?1, ?7))"));
  EvidenceFile file(database, std::move(append));
  DZ_TRY(file.load_losses());
  return file;
}

Result<void> EvidenceFile::load_losses() {
  DZ_TRY_ASSIGN(auto query, database_->prepare("SELECT first, until, sources, what, " + intact_sql(kLost) +
                                               " FROM evidence_lost ORDER BY rowid"));
  for (;;) {
    const auto more = query.step();
    if (!more && more.error().kind != ErrorKind::Corrupt) return tl::unexpected(more.error());
    if (more && !*more) break;
    // What was lost is lost for certain; a damaged note of it no longer says what.
    unknown_ = unknown_ || !more || query.integer(4) == 0;
    if (!more) break;
    losses_.push_back(
        {{from_minutes(query.integer(0)), from_minutes(query.integer(1)), static_cast<std::uint32_t>(query.integer(2))},
         std::string(query.text(3))});
  }
  losses_kept_ = losses_.size();
  return {};
}

Result<void> EvidenceFile::append(const JournalEntry& entry) {
  append_.bind(1, last_ + 1).bind(2, std::int64_t{entry.kind}).bind(3, micros(entry.at));
  append_.bind(4, minutes(entry.touches.from)).bind(5, minutes(entry.touches.to));
  DZ_TRY(append_.bind(6, std::int64_t{entry.touches.sources}).bind(7, entry.body).run());
  ++last_;
  ++entries_;
  bytes_ += entry.body.size();
  tip_.committed(static_cast<std::uint64_t>(last_));
  return {};
}

Result<bool> EvidenceFile::begin_checkpoint() {
  DZ_TRY_ASSIGN(auto same, database_->prepare("SELECT count(*) FROM evidence_saved WHERE through = ?"));
  DZ_TRY(same.bind(1, last_).step());
  const bool kept = same.integer(0) != 0;
  same.reset();
  if (kept) return false;
  under_way_ = {last_, 0, entries_, bytes_};
  return true;
}

Result<void> EvidenceFile::add_piece(ByteView piece) {
  DZ_TRY_ASSIGN(auto add, database_->prepare(insert_sql(kPiece)));
  return add.bind(1, under_way_.through).bind(2, under_way_.pieces++).bind(3, piece).run();
}

Result<void> EvidenceFile::end_checkpoint(ByteView head, std::optional<Timestamp> last_pass) {
  auto done = in_transaction(*database_, [&]() -> Result<void> {
    DZ_TRY_ASSIGN(auto save, database_->prepare(insert_sql(kSaved)));
    save.bind(1, under_way_.through).bind(3, head);
    last_pass ? save.bind(2, micros(*last_pass)) : save.bind_null(2);
    DZ_TRY(save.run());
    return database_->execute(
        "DELETE FROM evidence_saved WHERE through NOT IN (SELECT through FROM evidence_saved "
        "ORDER BY through DESC LIMIT 2)");
  });
  if (!done) return with_context("evidence checkpoint", done.error());
  through_ = under_way_.through;
  entries_ -= under_way_.entries;
  bytes_ -= under_way_.bytes;
  return {};
}

// Pieces of a checkpoint that did not end, or is not needed any more; entries that the older of two checkpoints has,
// the oldest first.
Result<bool> EvidenceFile::tidy() {
  DZ_TRY_ASSIGN(auto pieces,
                database_->prepare("DELETE FROM evidence_saved_piece WHERE rowid IN (SELECT rowid FROM "
                                   "evidence_saved_piece WHERE through NOT IN (SELECT through FROM evidence_saved) "
                                   "LIMIT ?) RETURNING 1"));
  pieces.bind(1, std::int64_t{kTidyPieces});
  bool some = false;
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, pieces.step());
    if (!more) break;
    some = true;
  }
  return some ? Result<bool>(true) : tidy_journal();
}

Result<bool> EvidenceFile::tidy_journal() {
  DZ_TRY_ASSIGN(const auto older, number_of(*database_, "SELECT min(through) FROM evidence_saved HAVING count(*) = 2"));
  if (!older) return false;
  DZ_TRY_ASSIGN(auto sizes, database_->prepare("SELECT seq, length(body) FROM evidence_journal WHERE seq <= ? ORDER BY "
                                               "seq LIMIT ?"));
  sizes.bind(1, *older).bind(2, std::int64_t{kTidyEntries});
  std::int64_t bytes = 0;
  std::optional<std::int64_t> last;
  while (bytes < kTidyBytes) {
    DZ_TRY_ASSIGN(const bool more, sizes.step());
    if (!more) break;
    last = sizes.integer(0);
    bytes += sizes.integer(1);
  }
  sizes.reset();
  if (!last) return false;
  DZ_TRY_ASSIGN(auto forget, database_->prepare("DELETE FROM evidence_journal WHERE seq <= ?"));
  DZ_TRY(forget.bind(1, *last).run());
  return true;
}

// None: some of it cannot be read. Versions before kept the state in one piece.
Result<std::optional<Bytes>> EvidenceFile::whole_state(std::int64_t through, ByteView head) {
  Bytes state(head.begin(), head.end());
  DZ_TRY_ASSIGN(auto pieces, database_->prepare("SELECT bytes, " + intact_sql(kPiece) +
                                                " FROM evidence_saved_piece WHERE through = ? ORDER BY number"));
  pieces.bind(1, through);
  for (;;) {
    const auto more = pieces.step();
    if (!more && more.error().kind != ErrorKind::Corrupt) return tl::unexpected(more.error());
    if (!more || (*more && pieces.integer(1) == 0)) return std::optional<Bytes>();
    if (!*more) return std::optional(std::move(state));
    const auto bytes = pieces.blob(0);
    state.insert(state.end(), bytes.begin(), bytes.end());
  }
}

Result<EvidenceFile::Checkpoint> EvidenceFile::load() {
  DZ_TRY_ASSIGN(auto query, database_->prepare("SELECT through, last_pass, state, " + intact_sql(kSaved) +
                                               " FROM evidence_saved ORDER BY through DESC"));
  for (;;) {
    const auto more = query.step();
    if (!more && more.error().kind != ErrorKind::Corrupt) return tl::unexpected(more.error());
    if (!more) damage_.push_back("the checkpoints of the evidence cannot be read: " + more.error().message);
    if (!more || !*more) return Checkpoint{};
    const auto through = query.integer(0);
    std::optional<Bytes> state;
    if (query.integer(3) != 0) {
      DZ_TRY_ASSIGN(state, whole_state(through, query.blob(2)));
    }
    auto restored = state ? evidence::restore_evidence(*state) : corrupt("its checksum differs from what was written");
    if (restored) {
      through_ = through;
      return Checkpoint{std::move(*restored),
                        query.is_null(1) ? std::nullopt : std::optional(from_micros(query.integer(1)))};
    }
    if (restored.error().kind != ErrorKind::Corrupt) return with_context("evidence checkpoint", restored.error());
    not_trusted_.push_back(through);
    damage_.push_back(
        fmt::format("the checkpoint of the evidence after journal entry {} is damaged ({}); an older one "
                    "and the journal since then are used instead",
                    through, restored.error().message));
  }
}

void EvidenceFile::lose(const EvidenceSpan& span, std::string what) {
  losses_.push_back({span, what});
  damage_.push_back(std::move(what));
}

// Nothing is known of what is missing before an entry of the time `at`, but that it came before.
void EvidenceFile::end_unknown(Timestamp at, Timestamp now) {
  if (!unknown_) return;
  unknown_ = false;
  lose({kSinceEver, minute_of(std::min(at, now) + kAhead), kAllSources},
       fmt::format("entries of the evidence journal from before {} are missing or damaged; every minute until then is "
                   "unobserved, unless it is known to be bad",
                   to_text(std::min(at, now))));
}

Result<void> EvidenceFile::replay_row(const storage::SqliteStatement& row,
                                      const std::function<Result<void>(const JournalEntry&)>& take, Timestamp now) {
  const auto number = row.integer(0);
  const bool follows = number == last_ + 1;
  last_ = std::max(last_, number);
  ++entries_;
  const bool head_intact = row.integer(7) != 0, body_intact = row.integer(8) != 0;
  if (!follows || !head_intact) unknown_ = true;
  if (!head_intact) {
    set_aside_.emplace_back(number, "what it says of itself is not what was written");
    return {};
  }
  const JournalEntry entry{
      static_cast<int>(row.integer(1)),
      from_micros(row.integer(2)),
      {from_minutes(row.integer(3)), from_minutes(row.integer(4)), static_cast<std::uint32_t>(row.integer(5))},
      row.blob(6)};
  end_unknown(entry.at, now);
  bytes_ += entry.body.size();
  auto taken = body_intact ? take(entry) : corrupt("its checksum differs from what was written");
  if (taken || taken.error().kind != ErrorKind::Corrupt) return taken;
  set_aside_.emplace_back(number, taken.error().message);
  auto touched = entry.touches;
  touched.to = std::min(touched.to, minute_of(now + kAhead));
  lose(touched, fmt::format("entry {} of the evidence journal, of {}, is set aside ({}); the minutes it could touch, "
                            "{} to {}, are unobserved, unless they are known to be bad",
                            number, to_text(entry.at), taken.error().message, to_text(Timestamp{touched.from}),
                            to_text(Timestamp{touched.to})));
  return {};
}

Result<void> EvidenceFile::replay(const std::function<Result<void>(const JournalEntry&)>& take, Timestamp now) {
  last_ = through_;
  DZ_TRY_ASSIGN(auto query,
                database_->prepare(fmt::format("SELECT seq, kind, at, first, until, sources, body, head_sum IS {}, sum "
                                               "IS {} FROM evidence_journal WHERE seq > ? ORDER BY seq",
                                               kHeadSum, kBodySum)));
  query.bind(1, through_);
  for (;;) {
    const auto more = query.step();
    if (!more && more.error().kind != ErrorKind::Corrupt) return tl::unexpected(more.error());
    if (!more) unknown_ = true;
    if (!more || !*more) break;
    DZ_TRY(replay_row(query, take, now));
  }
  compare_with_tip();
  end_unknown(now, now);
  return {};
}

// A damaged log of SQLite, or an older copy of the file, ends earlier than the last entry that was acknowledged.
void EvidenceFile::compare_with_tip() {
  const auto path = database_->path();
  if (path.empty()) return;
  const auto tip = storage::read_tip(path);
  if (!tip) damage_.push_back(tip.error().message);
  if (tip && *tip && (*tip)->commit > static_cast<std::uint64_t>(last_)) {
    unknown_ = true;
    last_ = static_cast<std::int64_t>((*tip)->commit);
  }
  tip_.begin(static_cast<std::uint64_t>(last_));
}

// What a damaged page holds of a body cannot be kept.
Result<void> EvidenceFile::keep_set_aside(Timestamp now) {
  const auto unless_damaged = [](Result<void> done) {
    return !done && done.error().kind == ErrorKind::Corrupt ? Result<void>{} : std::move(done);
  };
  DZ_TRY_ASSIGN(auto keep,
                database_->prepare("INSERT INTO evidence_set_aside SELECT ?1, 'journal entry', seq, ?3, body "
                                   "FROM evidence_journal WHERE seq = ?2 AND seq NOT IN (SELECT number FROM "
                                   "evidence_set_aside WHERE what = 'journal entry')"));
  for (const auto& [number, why] : set_aside_) {
    DZ_TRY(unless_damaged(keep.bind(1, micros(now)).bind(2, number).bind(3, why).run()));
  }
  DZ_TRY_ASSIGN(auto checkpoints,
                database_->prepare("INSERT INTO evidence_set_aside SELECT ?1, 'checkpoint', through, 'its checksum "
                                   "differs from what was written', state FROM evidence_saved WHERE NOT " +
                                   intact_sql(kSaved)));
  DZ_TRY(unless_damaged(checkpoints.bind(1, micros(now)).run()));
  DZ_TRY_ASSIGN(auto pieces,
                database_->prepare("INSERT INTO evidence_set_aside SELECT ?1, 'checkpoint', through, 'the checksum of "
                                   "this piece differs from what was written', bytes FROM evidence_saved_piece WHERE "
                                   "NOT " +
                                   intact_sql(kPiece)));
  DZ_TRY(unless_damaged(pieces.bind(1, micros(now)).run()));
  return database_->execute(kTrimSetAside);
}

Result<void> EvidenceFile::keep_losses(Timestamp now) {
  auto done = in_transaction(*database_, [&]() -> Result<void> {
    DZ_TRY(keep_set_aside(now));
    DZ_TRY(database_->execute("DELETE FROM evidence_lost WHERE NOT " + intact_sql(kLost)));
    DZ_TRY_ASSIGN(auto forget, database_->prepare("DELETE FROM evidence_saved WHERE through = ?"));
    for (const auto through : not_trusted_) DZ_TRY(forget.bind(1, through).run());
    DZ_TRY_ASSIGN(auto add, database_->prepare(insert_sql(kLost)));
    for (auto i = losses_kept_; i < losses_.size(); ++i) {
      const auto& [span, what] = losses_[i];
      add.bind(1, micros(now)).bind(2, minutes(span.from)).bind(3, minutes(span.to));
      DZ_TRY(add.bind(4, std::int64_t{span.sources}).bind(5, what).run());
    }
    return database_->execute(fmt::format(
        "DELETE FROM evidence_lost WHERE rowid <= (SELECT max(rowid) FROM evidence_lost) - {}", kMostLosses));
  });
  if (!done) return done;
  losses_kept_ = losses_.size();
  set_aside_.clear();
  not_trusted_.clear();
  return {};
}

}  // namespace dz::telemetry
