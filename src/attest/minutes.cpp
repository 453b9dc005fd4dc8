#include "attest/minutes.h"

#include <algorithm>

#include "attest/strict_reader.h"
#include "attest/words.h"

namespace dz::attest {
namespace {

using evidence::MinuteState;
using std::chrono::minutes;

constexpr std::string_view kMagic = "DZML";
constexpr std::uint8_t kVersion = 1;
constexpr std::string_view kQa = "qa";
constexpr std::size_t kMinutesAByte = 4;

// Two bits a minute, the first in the lowest: 0 unobserved, 1 good, 2 bad.
Bytes packed(const std::vector<MinuteState>& states) {
  Bytes bytes((states.size() + kMinutesAByte - 1) / kMinutesAByte, 0);
  for (std::size_t i = 0; i < states.size(); ++i) {
    const auto code = static_cast<unsigned>(states[i]);
    bytes[i / kMinutesAByte] = static_cast<std::uint8_t>(bytes[i / kMinutesAByte] | code << (2 * (i % kMinutesAByte)));
  }
  return bytes;
}

void read_states(StrictReader& in, MinutesLeaf& leaf) {
  Bytes bytes;
  in.read("packed minutes", bytes);
  const auto length = (leaf.to - leaf.from).count();
  in.expect(length >= 0, "a window that ends after it begins");
  if (in.failed()) return;
  const auto count = leaf.signal ? static_cast<std::size_t>(length) : 0;
  in.expect(bytes.size() == (count + kMinutesAByte - 1) / kMinutesAByte, "as many minutes as the window has");
  if (in.failed()) return;
  for (std::size_t i = 0; i < count; ++i) {
    const auto code = bytes[i / kMinutesAByte] >> (2 * (i % kMinutesAByte)) & 3U;
    in.expect(code <= static_cast<unsigned>(MinuteState::Bad), "a minute that is unobserved, good or bad");
    leaf.states.push_back(static_cast<MinuteState>(code));
  }
}

void read_offence(StrictReader& in, MinutesLeaf::Offence& offence) {
  in.read("a minute that offended", offence.minute);
  in.read("the counters that offended", offence.counters);
}

void read_value(StrictReader& in, MinutesLeaf::Value& value) {
  in.read("the minute of a value", value.minute);
  in.read("the counter of a value", value.counter);
  in.read("the value before", value.before);
  in.read("a value", value.value);
}

void read_result(StrictReader& in, evidence::QaResult& result) {
  in.read("the time of a QA result", result.at);
  in.read("whether it succeeded", result.success);
}

void read_subject(StrictReader& in, MinutesLeaf& leaf) {
  in.read("the name of a criterion", leaf.criterion);
  using MaybeSignal = std::optional<evidence::Signal>;  // none: QA
  in.read_word("a signal", leaf.signal, [](std::string_view text) {
    const auto signal = signal_of(text);
    std::optional<MaybeSignal> found;
    if (signal || text == kQa) found.emplace(signal);
    return found;
  });
  in.read_word("a subject", leaf.subject, [](std::string_view text) {
    auto subject = evidence::parse_subject(text);
    return subject ? std::optional(std::move(*subject)) : std::nullopt;
  });
  in.read("a link", leaf.link);
}

}  // namespace

Bytes encode(const MinutesLeaf& leaf) {
  wire::BorshWriter out;
  out.raw(as_bytes(kMagic));
  out(kVersion, leaf.criterion, std::string(leaf.signal ? to_text(*leaf.signal) : kQa), to_text(leaf.subject));
  out(leaf.link, leaf.parent_port, leaf.derived, minute_number(leaf.from), minute_number(leaf.to));
  out(packed(leaf.states), leaf.damped_bad, leaf.rise);
  out(static_cast<std::uint32_t>(leaf.offences.size()));
  for (const auto& o : leaf.offences) out(minute_number(o.minute), o.counters);
  out(static_cast<std::uint32_t>(leaf.values.size()));
  for (const auto& v : leaf.values) out(minute_number(v.minute), v.counter, v.before, v.value);
  out(static_cast<std::uint32_t>(leaf.results.size()));
  for (const auto& r : leaf.results) out(micros(r.at), r.success);
  out(static_cast<std::uint32_t>(leaf.runs.size()));
  for (const auto& run : leaf.runs) out(micros(run));
  return std::move(out).take();
}

Result<MinutesLeaf> decode_minutes(ByteView bytes) {
  MinutesLeaf leaf;
  StrictReader in("minutes", bytes);
  in.read_magic(kMagic, kVersion);
  read_subject(in, leaf);
  in.read("whether the parent port stands in", leaf.parent_port);
  in.read("whether times are derived", leaf.derived);
  in.read("the first minute", leaf.from);
  in.read("the end of the minutes", leaf.to);
  read_states(in, leaf);
  in.read("the damped minutes", leaf.damped_bad);
  in.read("the rise", leaf.rise);
  in.read_each("the number of offences", leaf.offences, [&](auto& o) { read_offence(in, o); });
  in.read_each("the number of values", leaf.values, [&](auto& v) { read_value(in, v); });
  in.read_each("the number of QA results", leaf.results, [&](auto& r) { read_result(in, r); });
  in.read_each("the number of QA runs", leaf.runs, [&](auto& run) { in.read("the time of a QA run", run); });
  in.expect_end();
  if (in.failed()) return in.error();
  DZ_TRY(in.expect_canonical(encode(leaf)));
  return leaf;
}

Hash minutes_root(std::span<const Bytes> leaves) {
  std::vector<Hash> hashes;
  hashes.reserve(leaves.size());
  for (const auto& leaf : leaves) hashes.push_back(transparency::leaf_hash(leaf));
  return transparency::tree_root(hashes);
}

namespace {

// The start of the longest window up to the end that holds no more than is allowed and begins with an observed minute.
Minute earliest_from(const MinutesLeaf& leaf, int bad_allowed, int unobserved_allowed) {
  auto earliest = leaf.to;
  int bad = 0, unobserved = 0;
  for (auto i = leaf.states.size(); i-- > 0;) {
    const auto state = leaf.states[i];
    bad += state == MinuteState::Bad ? 1 : 0;
    unobserved += state == MinuteState::Unobserved ? 1 : 0;
    if (bad > bad_allowed || unobserved > unobserved_allowed) break;
    if (state != MinuteState::Unobserved) earliest = leaf.from + minutes{i};
  }
  return earliest;
}

void count(const MinutesLeaf& leaf, std::size_t i, evidence::SignalTally& tally) {
  const auto minute = leaf.from + minutes{i};
  switch (leaf.states[i]) {
    case MinuteState::Good: ++tally.good; break;
    case MinuteState::Unobserved:
      ++tally.unobserved;
      if (!tally.first_unobserved) tally.first_unobserved = minute;
      tally.last_unobserved = minute;
      break;
    case MinuteState::Bad: {
      ++tally.bad;
      const auto offence = std::lower_bound(leaf.offences.begin(), leaf.offences.end(), minute,
                                            [](const auto& o, Minute m) { return o.minute < m; });
      const bool named = offence != leaf.offences.end() && offence->minute == minute;
      tally.last_bad =
          evidence::Offence{minute, named ? offence->counters : static_cast<evidence::CounterBits>(0)};
      if (!tally.first_bad) tally.first_bad = tally.last_bad;
      break;
    }
  }
}

}  // namespace

evidence::SignalTally tally_of(const MinutesLeaf& leaf, int bad_allowed, int unobserved_allowed) {
  evidence::SignalTally tally;
  tally.from = leaf.from;
  tally.to = leaf.to;
  for (std::size_t i = 0; i < leaf.states.size(); ++i) count(leaf, i, tally);
  tally.first_minute_observed = !leaf.states.empty() && leaf.states.front() != MinuteState::Unobserved;
  tally.earliest_from = earliest_from(leaf, bad_allowed, unobserved_allowed);
  for (auto i = leaf.states.size(); i-- > 0 && leaf.states[i] == MinuteState::Bad;) {
    tally.bad_since = leaf.from + minutes{i};
  }
  tally.damped_bad = leaf.damped_bad;
  tally.derived = leaf.derived;
  tally.parent_port = leaf.parent_port;
  tally.rise = leaf.rise;
  return tally;
}

}  // namespace dz::attest
