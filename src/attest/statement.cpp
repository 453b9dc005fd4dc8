#include "attest/statement.h"

#include "attest/strict_reader.h"
#include "attest/words.h"

namespace dz::attest {
namespace {

constexpr std::string_view kMagic = "DZDS";
constexpr std::uint8_t kVersion = 1;

void put(wire::BorshWriter& out, const std::optional<Timestamp>& time) {
  out(time.has_value());
  if (time) out(micros(*time));
}

void put(wire::BorshWriter& out, const std::optional<Minute>& minute) {
  out(minute.has_value());
  if (minute) out(minute_number(*minute));
}

template <typename Word>
void put_word(wire::BorshWriter& out, Word word) {
  out(std::string(to_text(word)));
}

void put(wire::BorshWriter& out, const SourceStatement& source) {
  out(source.name);
  put(out, source.watermark);
  put(out, source.suspect_since);
  out(source.disputed, std::int64_t{source.delay.count()});
}

void put(wire::BorshWriter& out, const CriterionStatement& c) {
  out(c.name);
  put_word(out, c.mode);
  out(c.gates);
  put_word(out, c.judgement);
  out(c.stale, c.damped_failure, c.counts.has_value());
  if (const auto& n = c.counts) out(minute_number(n->from), minute_number(n->to), n->good, n->bad, n->unobserved);
  out(c.results.has_value());
  if (const auto& n = c.results) out(minute_number(n->from), minute_number(n->to), n->successes, n->failures);
  out(c.candidates.has_value());
  if (const auto& n = c.candidates) out(n->asked, n->met);
}

void put(wire::BorshWriter& out, const OpinionStatement& opinion) {
  out(opinion.key, minute_number(opinion.window_end), micros(opinion.made_at), opinion.signature.bytes);
}

template <typename T>
void put_each(wire::BorshWriter& out, const std::vector<T>& values) {
  out(static_cast<std::uint32_t>(values.size()));
  for (const auto& value : values) put(out, value);
}

template <typename Word>
void read_known(StrictReader& in, std::string_view what, Word& word) {
  in.read_word(what, word, [](std::string_view text) {
    auto found = parse_word<Word>(text);
    return found ? std::optional(*found) : std::nullopt;
  });
}

void read_source(StrictReader& in, SourceStatement& source) {
  in.read("the name of a source", source.name);
  in.read("its watermark", source.watermark);
  in.read("since when it is suspected", source.suspect_since);
  in.read("whether it is disputed", source.disputed);
  std::int64_t delay = 0;
  in.read("its delay", delay);
  source.delay = Duration{delay};
}

void read_counts(StrictReader& in, CriterionStatement& criterion) {
  bool present = false;
  in.read("whether there are counts", present);
  if (!present || in.failed()) return;
  auto& n = criterion.counts.emplace(CriterionStatement::Counts{});
  in.read("the first minute of its window", n.from);
  in.read("the end of its window", n.to);
  in.read("its good minutes", n.good);
  in.read("its bad minutes", n.bad);
  in.read("its unobserved minutes", n.unobserved);
  const auto sum = std::int64_t{n.good} + n.bad + n.unobserved;
  in.expect(sum == (n.to - n.from).count(), "counts that add up to the window");
}

void read_results(StrictReader& in, CriterionStatement& criterion) {
  bool present = false;
  in.read("whether there are QA results", present);
  if (!present || in.failed()) return;
  auto& n = criterion.results.emplace(CriterionStatement::Results{});
  in.read("the first minute of QA", n.from);
  in.read("the end of QA", n.to);
  in.read("successes", n.successes);
  in.read("failures", n.failures);
}

void read_candidates(StrictReader& in, CriterionStatement& criterion) {
  bool present = false;
  in.read("whether there are candidates", present);
  if (!present || in.failed()) return;
  auto& n = criterion.candidates.emplace(CriterionStatement::Candidates{});
  in.read("how many candidates there are", n.asked);
  in.read("how many of them met it", n.met);
  in.expect(n.met <= n.asked, "no more candidates that met it than were asked");
}

void read_criterion(StrictReader& in, CriterionStatement& c) {
  in.read("the name of a criterion", c.name);
  in.read_word("its mode", c.mode, verdict::parse_mode);
  in.read("whether it gates", c.gates);
  in.read_word("its judgement", c.judgement, judgement_of);
  in.read("whether it is stale", c.stale);
  in.read("whether it is a damped failure", c.damped_failure);
  read_counts(in, c);
  read_results(in, c);
  read_candidates(in, c);
}

void read_opinion(StrictReader& in, OpinionStatement& opinion) {
  in.read("the key of an opinion", opinion.key);
  in.read("the end of its window", opinion.window_end);
  in.read("its time", opinion.made_at);
  in.read("its signature", opinion.signature.bytes);
}

void read_record(StrictReader& in, Statement& s) {
  in.read("the genesis hash", s.genesis);
  in.read("the program", s.program);
  in.read("the monitor's key", s.monitor);
  std::uint8_t kind = 0;
  in.read("the kind of the record", kind);
  in.expect(kind <= 1, "the kind 0 (link) or 1 (device)");
  s.kind = kind == 0 ? RecordKind::Link : RecordKind::Device;
  in.read("the record's key", s.record);
  in.read("the hash of the account", s.account);
  in.read("its slot", s.slot.value);
  read_known(in, "a status", s.status);
  read_known(in, "a desired status", s.desired_status);
}

void read_judgement(StrictReader& in, Statement& s) {
  read_known(in, "the health before", s.from);
  read_known(in, "the health after", s.to);
  in.read_word("a reason", s.reason, reason_of);
  in.read("whether it is a reset", s.reset);
  in.read("the policy's digest", s.policy);
  in.read("the time of the judgement", s.at);
  in.read("since when the record is as it is", s.present_since);
  in.read("when evidence last said something", s.evidence_known_at);
  in.read("the window in minutes", s.window_minutes);
  in.read("the window in slots", s.window_slots);
  in.read("whether the window is known", s.window_known);
  in.read_each("the number of sources", s.sources, [&](auto& source) { read_source(in, source); });
  in.read_each("the number of criteria", s.criteria, [&](auto& criterion) { read_criterion(in, criterion); });
  in.expect(!s.reset || (s.sources.empty() && s.criteria.empty()), "no sources and no criteria of a reset");
}

}  // namespace

Bytes encode(const Statement& s) {
  constexpr std::size_t kUsualSize = 2048;
  wire::BorshWriter out;
  out.reserve(kUsualSize);
  out.raw(as_bytes(kMagic));
  out(kVersion, s.genesis, s.program, s.monitor);
  out(static_cast<std::uint8_t>(s.kind == RecordKind::Link ? 0 : 1), s.record, s.account, s.slot.value);
  put_word(out, s.status);
  put_word(out, s.desired_status);
  put_word(out, s.from);
  put_word(out, s.to);
  put_word(out, s.reason);
  out(s.reset, s.policy, micros(s.at));
  put(out, s.present_since);
  put(out, s.evidence_known_at);
  out(s.window_minutes, s.window_slots, s.window_known);
  put_each(out, s.sources);
  put_each(out, s.criteria);
  out(s.minutes);
  put_each(out, s.opinions);
  return std::move(out).take();
}

Result<Statement> decode_statement(ByteView bytes) {
  Statement statement;
  StrictReader in("statement", bytes);
  in.read_magic(kMagic, kVersion);
  read_record(in, statement);
  read_judgement(in, statement);
  in.read("the root over the minutes", statement.minutes);
  in.read_each("the number of opinions", statement.opinions, [&](auto& opinion) { read_opinion(in, opinion); });
  in.expect_end();
  if (in.failed()) return in.error();
  DZ_TRY(in.expect_canonical(encode(statement)));
  return statement;
}

Hash statement_hash(const Statement& statement) { return transparency::leaf_hash(encode(statement)); }

}  // namespace dz::attest
