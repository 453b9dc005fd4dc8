#include "history/past_minutes.h"

#include <algorithm>

#include <fmt/format.h>

#include "history/history_archive.h"
#include "wire/accounts.h"

namespace dz::history {
namespace {

constexpr std::int64_t kSeeksAPiece = 2'048;  // some 4 ms
constexpr std::int64_t kSeeksBeside = 4;      // of a pass: the pass, QA, the record

std::int64_t micros(Timestamp t) { return t.time_since_epoch().count(); }
Timestamp from_micros(std::int64_t n) { return Timestamp{Duration{n}}; }
Minute from_minutes(std::int64_t n) { return Minute{std::chrono::minutes{n}}; }

// Something was heard, or the source answered.
bool holds_evidence(const HistoryRun& run) {
  return run.subject.kind == evidence::SubjectKind::Source ? evidence::is_answered(run.marks) : run.marks != 0;
}

Result<std::optional<Status>> status_of(RecordKind kind, const Version& version, ByteView account) {
  if (account.empty()) return std::optional<Status>();
  DZ_TRY_ASSIGN(const auto* profile, recognise_profile(version));
  if (kind == RecordKind::Link) {
    DZ_TRY_ASSIGN(const auto link, wire::decode_link(account, *profile));
    return std::optional(link.status);
  }
  DZ_TRY_ASSIGN(const auto device, wire::decode_device(account, *profile));
  return std::optional(device.status);
}

}  // namespace

Result<PastMinutes> PastMinutes::open(storage::SqliteDatabase& database, evidence::Evidence empty,
                                      const verdict::Policy& policy, PastAsked asked) {
  DZ_TRY_ASSIGN(const auto first, whole_pass_before(database, Timestamp{asked.from}));
  PastMinutes past(database, std::move(empty), std::move(asked));
  past.next_ = first;
  // Minutes are corrected by rows that come late for as long as the rings are long.
  past.last_ = Timestamp{past.asked_.to} + (past.asked_.subjects.empty() ? Duration{} : evidence::kRingLength);
  past.evidence_.use_added_of(policy);
  if (!past.asked_.subjects.empty()) {
    for (const auto source : sources_of(past.evidence()))
      past.asked_.subjects.push_back(evidence::source_subject(lasting_name(past.evidence(), source)));
    DZ_TRY(past.find_subjects());
  }
  return past;
}

Result<void> PastMinutes::find_subjects() {
  DZ_TRY_ASSIGN(auto query, database_->prepare("SELECT id FROM history_subject WHERE subject = ?"));
  for (const auto& subject : asked_.subjects) {
    DZ_TRY_ASSIGN(const bool found, query.bind(1, to_text(subject)).step());
    if (found) ids_.emplace_back(query.integer(0), subject);
    query.reset();
  }
  std::sort(ids_.begin(), ids_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [id, _] : ids_) ids_sql_ += (ids_sql_.empty() ? "" : ", ") + std::to_string(id);
  return {};
}

Result<bool> PastMinutes::read_some() {
  const auto most = std::max<std::int64_t>(1, kSeeksAPiece / (static_cast<std::int64_t>(ids_.size()) + kSeeksBeside));
  std::vector<HistoryPass> passes;
  {
    DZ_TRY_ASSIGN(auto query, database_->prepare("SELECT at, whole, watermarks FROM history_pass WHERE at >= ? AND at "
                                                 "<= ? ORDER BY at LIMIT ?"));
    query.bind(1, micros(next_)).bind(2, micros(last_)).bind(3, most);
    for (;;) {
      DZ_TRY_ASSIGN(const bool more, query.step());
      if (!more) break;
      HistoryPass pass;
      pass.at = from_micros(query.integer(0));
      pass.whole = query.integer(1) != 0;
      DZ_TRY_ASSIGN(pass.watermarks, parse_watermarks(query.text(2)));
      passes.push_back(std::move(pass));
    }
  }
  for (auto& pass : passes) {
    next_ = pass.at + Duration{1};
    DZ_TRY(take(std::move(pass)));
  }
  return static_cast<std::int64_t>(passes.size()) < most;
}

// Of minutes behind what was asked for nothing is put back, so that those asked for stay within the rings.
Result<void> PastMinutes::take(HistoryPass pass) {
  if (pass.at <= Timestamp{asked_.to}) DZ_TRY(read_record(pass.at));
  if (asked_.subjects.empty()) return {};
  for (auto& [_, watermark] : pass.watermarks) watermark = std::min(watermark, asked_.to);
  DZ_TRY(read_runs(pass));
  DZ_TRY(read_qa(pass));
  evidence_.take(pass);
  return {};
}

Result<void> PastMinutes::read_runs(HistoryPass& pass) {
  if (ids_.empty()) return {};
  DZ_TRY_ASSIGN(auto query, database_->prepare(fmt::format("SELECT subject, first, until, marks FROM history_minutes "
                                                           "WHERE at = ? AND subject IN ({}) ORDER BY subject, first",
                                                           ids_sql_)));
  query.bind(1, micros(pass.at));
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, query.step());
    if (!more) return {};
    const auto id = query.integer(0);
    const auto subject = std::lower_bound(ids_.begin(), ids_.end(), id,
                                          [](const auto& known, auto wanted) { return known.first < wanted; });
    HistoryRun run{subject->second, from_minutes(query.integer(1)), {}, 0};
    if (run.from >= asked_.to) continue;
    if (!query.is_null(2)) run.until = std::min(from_minutes(query.integer(2)), asked_.to);
    DZ_TRY_ASSIGN(run.marks, parse_marks(run.subject.kind, query.text(3)));
    if (holds_evidence(run) && (!recorded_from_ || run.from < *recorded_from_)) recorded_from_ = run.from;
    pass.runs.push_back(std::move(run));
  }
}

Result<void> PastMinutes::read_qa(HistoryPass& pass) {
  if (asked_.kind != RecordKind::Device) return {};
  DZ_TRY_ASSIGN(auto query,
                database_->prepare("SELECT result_at, success FROM history_qa WHERE at = ? AND device = ?"));
  query.bind(1, micros(pass.at)).bind(2, asked_.key.view());
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, query.step());
    if (!more) return {};
    pass.qa.push_back({asked_.key, {from_micros(query.integer(0)), query.integer(1) != 0}});
  }
}

Result<void> PastMinutes::read_record(Timestamp at) {
  DZ_TRY_ASSIGN(auto query,
                database_->prepare("SELECT version, account FROM history_record WHERE at = ? AND pubkey = ?"));
  DZ_TRY_ASSIGN(const bool found, query.bind(1, micros(at)).bind(2, asked_.key.view()).step());
  if (!found) return {};
  DZ_TRY_ASSIGN(const auto status, status_of(asked_.kind, unpack_version(query.integer(0)), query.blob(1)));
  note_status(at, status);
  return {};
}

void PastMinutes::note_status(Timestamp at, std::optional<Status> status) {
  const bool open = !drains_.empty() && !drains_.back().to;
  if (open && status == drains_.back().status) return;
  if (open) drains_.back().to = at;
  if (open && drains_.back().to <= Timestamp{asked_.from}) drains_.pop_back();
  if (status && is_drained(*status)) drains_.push_back({std::max(at, Timestamp{asked_.from}), {}, *status});
}

}  // namespace dz::history
