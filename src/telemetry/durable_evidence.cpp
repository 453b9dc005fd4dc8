#include "telemetry/durable_evidence.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "evidence/snapshot.h"
#include "telemetry/evidence_spans.h"
#include "wire/accounts.h"
#include "wire/borsh.h"

namespace dz::telemetry {
namespace {

std::int64_t micros(Timestamp t) { return t.time_since_epoch().count(); }
// No source answers for minutes that far after its answer.
constexpr std::chrono::minutes kMostAhead = std::chrono::hours{24};
constexpr std::size_t kPieceOfACheckpoint = 128U << 10;  // bytes, some 2 ms
constexpr Duration kLongestSetting = std::chrono::hours{24 * 366};
Minute minute_from(std::int64_t n) { return Minute{std::chrono::minutes{n}}; }

Bytes encode(const std::vector<evidence::SampleRead>& reads) {
  wire::BorshWriter w;
  w(static_cast<std::uint32_t>(reads.size()));
  for (const auto& read : reads) {
    const auto samples = wire::encode(read.samples);
    w(read.account, read.first_index, static_cast<std::uint32_t>(samples.size()));
    w.raw(samples);
  }
  return std::move(w).take();
}

Result<std::vector<evidence::SampleRead>> decode_sample_reads(ByteView bytes) {
  wire::BorshCursor c(bytes);
  std::vector<evidence::SampleRead> reads;
  std::uint32_t count = 0;
  bool good = c.get(count);
  for (std::uint32_t i = 0; good && i < count; ++i) {
    auto& read = reads.emplace_back();
    std::uint32_t size = 0;
    good = c.get(read.account) && c.get(read.first_index) && c.get(size);
    const auto body = good ? c.take(size) : std::nullopt;
    auto samples = body ? wire::decode_latency_samples(*body) : corrupt("no samples");
    good = samples.has_value();
    if (good) read.samples = std::move(*samples);
  }
  if (!good || !c.empty()) return corrupt("evidence journal: expected a read of latency samples, found other bytes");
  return reads;
}

Bytes encode(const std::vector<evidence::NamedInterface>& named) {
  wire::BorshWriter w;
  w(static_cast<std::uint32_t>(named.size()));
  for (const auto& [device, name] : named) w(device, name);
  return std::move(w).take();
}

Result<std::vector<evidence::NamedInterface>> decode_names(ByteView bytes) {
  wire::BorshCursor c(bytes);
  std::vector<evidence::NamedInterface> named;
  std::uint32_t count = 0;
  bool good = c.get(count);
  for (std::uint32_t i = 0; good && i < count; ++i) {
    auto& [device, name] = named.emplace_back();
    good = c.get(device) && c.get_any_text(name);
  }
  if (!good || !c.empty()) return corrupt("evidence journal: expected names of interfaces, found other bytes");
  return named;
}

// Calls use(number) for each setting that versions before did not write, in order.
template <typename Settings, typename Use>
void each_later_setting(Settings& settings, const Use& use) {
  for (auto& lag : settings.lag) use(lag);
  use(settings.lateness);
  use(settings.ahead);
  use(settings.samples_lag);
  use(settings.submit_interval);
}

Bytes encode(const evidence::EvidenceSettings& settings, const std::vector<std::string>& added) {
  wire::BorshWriter w;
  w(settings.pulled, added);
  each_later_setting(settings, [&](Duration value) { w(std::int64_t{value.count()}); });
  w(static_cast<std::uint32_t>(settings.most_interfaces));
  if (!settings.hears_all()) w(settings.part, settings.parts);
  return std::move(w).take();
}

// Into settings and the names of the added criteria; what an earlier version did not write stays as it is.
bool decode(ByteView bytes, evidence::EvidenceSettings& settings, std::vector<std::string>& added) {
  wire::BorshCursor c(bytes);
  if (!c.get(settings.pulled) || !c.get(added) || added.size() > evidence::kMostAdded) return false;
  if (c.empty()) return true;
  bool good = true;
  each_later_setting(settings, [&](Duration& value) {
    std::int64_t micros = 0;
    good = good && c.get(micros) && micros >= 0 && Duration{micros} <= kLongestSetting;
    value = Duration{micros};
  });
  std::uint32_t most_interfaces = 0;
  good = good && c.get(most_interfaces) && most_interfaces <= INT32_MAX;
  settings.most_interfaces = static_cast<int>(most_interfaces);
  settings.part = settings.parts = 0;  // written by monitors of a part alone
  if (good && !c.empty()) good = c.get(settings.part) && c.get(settings.parts) && settings.parts > 0 && c.empty();
  return good;
}

}  // namespace

Result<DurableEvidence> DurableEvidence::open(storage::SqliteDatabase& database, evidence::EvidenceSettings settings,
                                              Timestamp now, const std::vector<std::string>& added) {
  DZ_TRY_ASSIGN(auto file, EvidenceFile::open(database));
  DZ_TRY_ASSIGN(auto start, file.load());
  auto store = start.evidence ? std::move(*start.evidence) : evidence::Evidence();
  DZ_TRY_ASSIGN(auto readings, ReadingArchive::open(database));
  DurableEvidence evidence(std::move(file), std::move(readings), std::move(store), now);
  evidence.last_pass_ = start.last_pass;
  DZ_TRY(evidence.file_.replay(
      [&](const JournalEntry& entry) { return evidence.replay(static_cast<Entry>(entry.kind), entry.at, entry.body); },
      now));
  DZ_TRY(evidence.set_up(settings, added, now));
  evidence.withdraw_losses();
  if (!evidence.damage().empty()) {
    DZ_TRY(evidence.file_.keep_losses(now));
    DZ_TRY(evidence.checkpoint());  // so that the next start need not meet the damage again
  }
  return evidence;
}

// Every time anew: the checkpoints do not know of it.
void DurableEvidence::withdraw_losses() {
  for (const auto& [span, what] : file_.losses()) {
    for (std::size_t i = 0; i < evidence::kSourceCount; ++i) {
      if ((span.sources >> i & 1) != 0) evidence_.withdraw(static_cast<evidence::Source>(i), span.from, span.to);
    }
  }
}

// The checkpoint and the journal brought the settings they were written under, or there were none yet. Replaying
// depends on all of them, and on the numbers of the added criteria: so what is new of them is journaled.
Result<void> DurableEvidence::set_up(evidence::EvidenceSettings settings, const std::vector<std::string>& added,
                                     Timestamp now) {
  const auto known = evidence_.added();
  if (evidence_.settings() == settings && std::equal(added.begin(), added.end(), known.begin(), known.end())) return {};
  DZ_TRY(append(Entry::Settings, now, {kSinceEver, kUntilNoticed, kAllSources}, encode(settings, added)));
  evidence_.configure(settings, now);
  evidence_.set_added(added);
  return {};
}

Result<void> DurableEvidence::replay(Entry entry, Timestamp at, ByteView body) {
  switch (entry) {
    case Entry::Rows: {
      DZ_TRY_ASSIGN(const auto batch, decode_row_batch(body));
      (void)apply(batch, at);
      return {};
    }
    case Entry::Samples: {
      DZ_TRY_ASSIGN(const auto reads, decode_sample_reads(body));
      evidence_.observe_samples(at, reads);
      return {};
    }
    case Entry::Pass: {
      wire::BorshCursor c(body);
      std::int64_t from = 0;
      if (!c.get(from) || !c.empty()) return corrupt("evidence journal: expected a pass, found other bytes");
      evidence_.accepting(Timestamp{Duration{from}}, at);
      evidence_.advance(at);
      last_pass_ = at;
      return {};
    }
    case Entry::Answered: {
      wire::BorshCursor c(body);
      std::uint8_t source = 0;
      std::int64_t from = 0, to = 0;
      const auto last = minute_of(at).time_since_epoch().count() + kMostAhead.count();
      if (!c.get(source) || source >= evidence::kSourceCount || !c.get(from) || !c.get(to) || !c.empty() || from < 0 ||
          to < from || to > last) {
        return corrupt("evidence journal: expected an answer, found other bytes");
      }
      // What a source answered while it was pulled counts no more once it is pushed.
      if (const auto s = static_cast<evidence::Source>(source);
          s != evidence::Source::LatencySamples && !evidence_.settings().pushed(s)) {
        evidence_.answered(s, {minute_from(from), minute_from(to), at});
      }
      return {};
    }
    case Entry::Settings: {
      auto settings = evidence_.settings();
      std::vector<std::string> added;
      if (!decode(body, settings, added)) return corrupt("evidence journal: expected settings, found other bytes");
      evidence_.configure(settings, at);
      evidence_.set_added(added);
      return {};
    }
    case Entry::TakeBack:
      evidence_.take_back(at);
      last_pass_ = at;
      return {};
    case Entry::Names: {
      DZ_TRY_ASSIGN(const auto named, decode_names(body));
      evidence_.name_interfaces(named, at);
      return {};
    }
    case Entry::Forget: {
      wire::BorshCursor c(body);
      std::vector<Pubkey> records;
      if (!c.get(records) || !c.empty() || !std::is_sorted(records.begin(), records.end())) {
        return corrupt("evidence journal: expected the keys of records, found other bytes");
      }
      evidence_.forget_gone(records, at);
      return {};
    }
  }
  return corrupt("evidence journal: expected an entry of kind 1 to 8, found kind " +
                 std::to_string(static_cast<int>(entry)) + "; was it written by a newer version?");
}

Result<void> DurableEvidence::append(Entry entry, Timestamp at, const EvidenceSpan& touches, ByteView body) {
  auto done = file_.append({static_cast<int>(entry), at, touches, body});
  interrupted_ = interrupted_ || !done;
  write_problem_ = done ? std::string() : done.error().message;
  return done;
}

Result<IngestReport> DurableEvidence::ingest_readable(RowBatch batch, Timestamp now) {
  auto dropped = drop_unreadable(batch);
  DZ_TRY_ASSIGN(auto report, ingest(batch, now));
  report.unkept_rows += dropped.rows;
  std::move(dropped.reasons.begin(), dropped.reasons.end(), std::back_inserter(report.unkept));
  return report;
}

Result<IngestReport> DurableEvidence::ingest(const RowBatch& batch, Timestamp now) {
  if (batch.rows() == 0) return IngestReport{};
  if (!all_readable(batch)) return ingest_readable(batch, now);
  return evidence_.settings().hears_all() ? keep(batch, now) : ingest_heard(batch, now);
}

Result<IngestReport> DurableEvidence::ingest_heard(RowBatch batch, Timestamp now) {
  const auto before = batch.presences.size();
  const auto dropped = drop_unheard(batch, evidence_, now);
  const auto told = batch.presences.size() - before;
  DZ_TRY_ASSIGN(auto report, batch.rows() == 0 ? Result<IngestReport>() : keep(batch, now));
  report.taken += dropped - told;
  return report;
}

Result<IngestReport> DurableEvidence::keep(const RowBatch& batch, Timestamp now) {
  DZ_TRY(append(Entry::Rows, now, span_of(batch, now), encode(batch)));
  return apply(batch, now);
}

Result<void> DurableEvidence::observe_samples(Timestamp read_at, const std::vector<evidence::SampleRead>& reads) {
  DZ_TRY(append(Entry::Samples, read_at, span_of(reads, read_at), encode(reads)));
  evidence_.observe_samples(read_at, reads);
  return {};
}

Result<void> DurableEvidence::answered(evidence::Source source, Minute from, Minute to, Timestamp now) {
  wire::BorshWriter w;
  w(static_cast<std::uint8_t>(source), std::int64_t{from.time_since_epoch().count()},
    std::int64_t{to.time_since_epoch().count()});
  DZ_TRY(append(Entry::Answered, now, {from, to, 1U << static_cast<unsigned>(source)}, std::move(w).take()));
  evidence_.answered(source, {from, to, now}, {.between = pause_});
  return {};
}

Result<void> DurableEvidence::pass(Timestamp now) {
  // What could not be written down was not accepted, and nobody knows what else would have come meanwhile.
  const auto from = interrupted_ ? now : accepting_from_;
  wire::BorshWriter w;
  w(micros(from));
  const auto touches = span_of_pass(last_pass_, now, evidence_.settings().lateness);
  DZ_TRY(append(Entry::Pass, now, touches, std::move(w).take()));
  interrupted_ = false;
  accepting_from_ = from;
  evidence_.accepting(accepting_from_, now);
  last_pass_ = now;
  evidence_.advance(now, {.between = pause_});
  return readings_->flush(pause_);
}

Result<void> DurableEvidence::clock_came_right(Timestamp now) {
  if (evidence_.is_ahead_of(now)) {
    DZ_TRY(append(Entry::TakeBack, now, {minute_of(now), kUntilNoticed, kAllSources}, {}));
    evidence_.take_back(now);
    last_pass_ = now;
  }
  accepting_from_ = now;
  return {};
}

Result<void> DurableEvidence::name_interfaces(const std::vector<evidence::NamedInterface>& all, Timestamp now) {
  if (evidence_.named_interfaces() == all) return {};
  DZ_TRY(append(Entry::Names, now, {minute_of(now), minute_of(now), 0}, encode(all)));
  evidence_.name_interfaces(all, now);
  return {};
}

Result<void> DurableEvidence::forget_gone(const std::vector<Pubkey>& records, Timestamp now) {
  if (!evidence_.has_gone(records, now)) return {};
  wire::BorshWriter w;
  w(records);
  DZ_TRY(append(Entry::Forget, now, {minute_of(now), minute_of(now), 0}, std::move(w).take()));
  evidence_.forget_gone(records, now);
  return {};
}

// What lies on the shelf is not in the snapshot. What rows put there meanwhile, the journal puts there again.
Result<void> DurableEvidence::checkpoint() {
  DZ_TRY(tidy());
  DZ_TRY(readings_->flush());
  DZ_TRY_ASSIGN(const bool begun, file_.begin_checkpoint());
  if (!begun) return {};
  evidence::SnapshotInPieces snapshot(evidence_);
  const auto last_pass = last_pass_;
  for (auto piece = snapshot.next(kPieceOfACheckpoint); !piece.empty(); piece = snapshot.next(kPieceOfACheckpoint)) {
    DZ_TRY(file_.add_piece(piece));
    if (pause_) pause_();
  }
  DZ_TRY(file_.end_checkpoint(snapshot.head(), last_pass));
  return tidy();
}

Result<void> DurableEvidence::tidy() {
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, file_.tidy());
    if (!more) return {};
    if (pause_) pause_();
  }
}

IngestReport DurableEvidence::apply(const RowBatch& batch, Timestamp now) {
  IngestReport report;
  std::map<std::pair<Pubkey, evidence::RowOutcome>, IngestReport::Refused> refused;
  const auto count = [&](const Pubkey& device, Timestamp at, evidence::RowOutcome outcome) {
    if (outcome == evidence::RowOutcome::Taken) {
      ++report.taken;
      return;
    }
    auto [it, fresh] = refused.try_emplace({device, outcome}, IngestReport::Refused{device, outcome, at, 0});
    const bool farther = outcome == evidence::RowOutcome::TooOld ? at < it->second.at : at > it->second.at;
    if (farther) it->second.at = at;
    ++it->second.rows;
  };
  std::vector<std::optional<evidence::InterfaceRef>> ports;
  for (const auto& port : batch.ports) {
    const auto ref = evidence_.interface_for_rows(port.device, port.interface, now);
    ports.push_back(ref ? std::optional(*ref) : std::nullopt);
    if (!ref) report.unkept.push_back(ref.error().message);
  }
  for (const auto& entry : batch.counters) {
    if (ports[entry.port]) {
      count(batch.ports[entry.port].device, entry.row.at, evidence_.add_counters(*ports[entry.port], entry.row, now));
    } else {
      ++report.unkept_rows;
    }
  }
  for (const auto& p : batch.presences) count(p.device, p.at, evidence_.add_presence(p.device, p.at, now));
  for (const auto& g : batch.getconfigs) count(g.device, g.at, evidence_.add_getconfig(g.device, g.at, g.count, now));
  for (const auto& q : batch.qa_results) {
    count(q.device, q.at,
          q.shows_run ? evidence_.add_qa_result(q.device, q.at, q.success, now)
                      : evidence_.add_own_qa_result(q.device, q.at, q.success, now));
  }
  for (const auto& at : batch.qa_runs) count(Pubkey{}, at, evidence_.add_qa_run(at, now));
  for (const auto& m : batch.values) {
    const auto added = evidence_.added();
    const auto criterion = std::find(added.begin(), added.end(), batch.added[m.criterion]);
    if (criterion == added.end()) continue;  // the policy no longer has it
    const auto number = static_cast<std::size_t>(criterion - added.begin());
    count(m.subject.key, m.at,
          evidence_.add_value(number, m.subject,
                              {.at = m.at, .minutes = static_cast<int>(m.minutes), .in_bounds = m.in_bounds}, now));
  }
  for (auto& [key, entry] : refused) report.refused.push_back(std::move(entry));
  return report;
}

}  // namespace dz::telemetry
