#include "telemetry/evidence_spans.h"

#include <algorithm>

namespace dz::telemetry {
namespace {

constexpr std::uint32_t bit(evidence::Source source) { return 1U << static_cast<unsigned>(source); }
constexpr std::uint32_t kAddedSources = kAllSources & ~((1U << evidence::kNamedSources) - 1);

struct Spread {
  Timestamp oldest, newest;  // that are taken
  EvidenceSpan span{Minute::max(), Minute::min(), 0};

  void add(Timestamp at, std::uint32_t sources, std::chrono::minutes length = std::chrono::minutes{1}) {
    span.sources |= sources;
    if (at < oldest || at > newest) return;
    span.from = std::min(span.from, minute_of(at));
    span.to = std::max(span.to, minute_of(at) + length);
  }
};

}  // namespace

EvidenceSpan span_of(const RowBatch& batch, Timestamp now) {
  Spread spread{now - evidence::kRingLength, now + std::chrono::hours{1}, {Minute::max(), Minute::min(), 0}};
  for (const auto& c : batch.counters) spread.add(c.row.at, bit(evidence::Source::Counters));
  for (const auto& p : batch.presences) spread.add(p.at, bit(evidence::Source::Counters));
  for (const auto& g : batch.getconfigs) spread.add(g.at, bit(evidence::Source::ConfigAgent));
  for (const auto& q : batch.qa_results) spread.add(q.at, bit(evidence::Source::Qa));
  for (const auto at : batch.qa_runs) spread.add(at, bit(evidence::Source::Qa));
  for (const auto& v : batch.values) spread.add(v.at, kAddedSources, std::chrono::minutes{v.minutes});
  if (spread.span.from > spread.span.to) return {minute_of(now), minute_of(now), spread.span.sources};
  return spread.span;
}

EvidenceSpan span_of(const std::vector<evidence::SampleRead>& reads, Timestamp read_at) {
  constexpr Duration kMargin = std::chrono::hours{1};
  auto from = read_at;
  for (const auto& read : reads) {
    const auto& samples = read.samples;
    const auto start = static_cast<std::int64_t>(std::min<std::uint64_t>(samples.start_timestamp_us, INT64_MAX / 4));
    const auto step = static_cast<std::int64_t>(std::min<std::uint64_t>(samples.sampling_interval_us, 3'600'000'000));
    from = std::min(from, Timestamp{Duration{start + step * std::int64_t{read.first_index}}});
  }
  const auto first = std::max(from - kMargin, read_at - evidence::kRingLength);
  return {minute_of(first), kUntilNoticed, bit(evidence::Source::LatencySamples)};
}

EvidenceSpan span_of_pass(std::optional<Timestamp> before, Timestamp now, Duration lateness) {
  constexpr Duration kMargin = std::chrono::minutes{5};
  const auto first = std::max(std::min(before.value_or(now), now) - lateness - kMargin, now - evidence::kRingLength);
  return {minute_of(first), minute_of(now) + std::chrono::minutes{1},
          kAllSources & ~bit(evidence::Source::LatencySamples)};
}

}  // namespace dz::telemetry
