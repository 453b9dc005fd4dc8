// Long because every signal is asked in the same few ways, and the compiler has to see the words of each there.
// The queries of Evidence: which bits make a minute good, bad or unobserved, signal by signal.
#include <algorithm>

#include "base/check.h"
#include "domain/interface_name.h"
#include "evidence/evidence.h"
#include "evidence/evidence_state.h"

namespace dz::evidence {
namespace {

constexpr MinuteIndex kDampedMinutes = 60;

// A subject never heard of has the minutes of one that was always silent.
template <typename Table>
typename Table::Row row_of(const Table& table, std::uint32_t index) {
  return index == kNoSubject ? typename Table::Row{} : table[index];
}

// What explains silence: the source not answering throughout the minute, or mass silence. Looked up only when there
// is silence to explain.
struct Excuse {
  const EvidenceState& state;
  Source source;
  std::uint32_t device;
  MinuteIndex heard_since = 0;  // of a port: nobody listened to it before

  // Minutes in which silence is nothing in the damped judgement: before anybody sent anything, and those that were
  // excused when they were closed, whatever came late.
  std::uint64_t mild(std::int32_t w) const {
    const auto slot = slot_of(w);
    return unheard(w) | state.source(source).covered[0].word(w, slot)[kCoveredLate] |
           row_of(state.devices.minutes, device).word(w, slot)[once_excused_plane(sent_plane(source))];
  }
  std::uint64_t unheard(std::int32_t w) const {
    return minutes_before(state.source(source).heard_from, w) | minutes_before(heard_since, w);
  }

  std::uint64_t operator()(std::int32_t w, int slot) const {
    return ~state.source(source).covered[0].word(w, slot)[kCovered] | minutes_before(heard_since, w) |
           row_of(state.devices.minutes, device).word(w, slot)[excused_plane(sent_plane(source))];
  }
};

// Minutes without the thing that makes them good: bad, unless they are excused.
SignalWord silence(std::uint64_t present, std::uint64_t excused) { return {~present & ~excused, ~present & excused}; }

struct DataWords {
  PortMinutes::Row port;
  Excuse excuse;
  SignalWord operator()(std::int32_t w, int slot, std::uint64_t mask) const {
    const auto data = port.word(w, slot)[kData];
    if ((data & mask) == mask) return {};
    return silence(data, excuse(w, slot));
  }
  CounterBits offence(MinuteIndex) const { return 0; }
  std::uint64_t mild(std::int32_t w) const { return excuse.mild(w); }
};

template <const auto& kCounters>
std::uint64_t risen(const PortMinutes::Word& word) {
  std::uint64_t rose = 0;
  for (const auto counter : kCounters) rose |= word[counter];
  return rose;
}

// Errors are observed exactly where there is data; an error row without any is bad all the same. So are discards, and
// carrier transitions.
template <const auto& kCounters, PortPlane kMild>
struct RiseWords {
  PortMinutes::Row port;
  SignalWord operator()(std::int32_t w, int slot, std::uint64_t) const {
    const auto& word = port.word(w, slot);
    const auto rose = risen<kCounters>(word);
    return {rose, ~rose & ~word[kData]};
  }
  CounterBits offence(MinuteIndex m) const {
    CounterBits rose = 0;
    for (const auto counter : kCounters) {
      if (port.test(counter, m)) rose |= bit_of_counter(counter);
    }
    return rose;
  }
  std::uint64_t mild(std::int32_t w) const { return port.word(w, slot_of(w))[kMild]; }
};
using ErrorWords = RiseWords<kErrorCounters, kStrictOnly>;
using CarrierWords = RiseWords<kCarrierCounters, kCarrierStrictOnly>;
using DiscardWords = RiseWords<kDiscardCounters, kDiscardsStrictOnly>;

// Silence is no utilization; a silence that is excused leaves it unobserved. So does a minute in which not all was
// heard.
struct UtilizationWords {
  PortMinutes::Row port;
  Excuse excuse;
  const PortOctets* octets = nullptr;
  SignalWord operator()(std::int32_t w, int slot, std::uint64_t mask) const {
    const auto& word = port.word(w, slot);
    const auto used = word[kInOctetsRose] & word[kOutOctetsRose];
    if ((used & mask) == mask) return {};
    const auto unobserved = ~used & ((~word[kData] & excuse(w, slot)) | minutes_before(excuse.heard_since, w));
    return {~used & ~unobserved, unobserved};
  }
  CounterBits offence(MinuteIndex m) const {
    if (!port.test(kData, m)) return 0;
    CounterBits still = 0;
    for (const auto counter : kOctetCounters) {
      if (!port.test(counter, m)) still |= bit_of_counter(counter);
    }
    return still;
  }
  // Each counter that did not rise is below a fall that was a replay, or is not decided.
  std::uint64_t mild(std::int32_t w) const {
    const auto& word = port.word(w, slot_of(w));
    const auto silent = excuse.mild(w) & ~word[kData];
    if (octets == nullptr || !octets->has_been_below()) return silent;
    auto mild = word[kData];
    for (std::size_t c = 0; c < kOctetCounters.size(); ++c) {
      mild &= word[static_cast<std::size_t>(kOctetCounters[c])] | octets->below_a_fall(c, w);
    }
    return mild | silent;
  }
};

struct DeviceWords {
  DeviceMinutes::Row device;
  Excuse excuse;
  DevicePlane sent;
  SignalWord operator()(std::int32_t w, int slot, std::uint64_t mask) const {
    const auto heard = device.word(w, slot)[sent];
    if ((heard & mask) == mask) return {};
    return silence(heard, excuse(w, slot));
  }
  CounterBits offence(MinuteIndex) const { return 0; }
  std::uint64_t mild(std::int32_t w) const { return excuse.mild(w); }
};

struct ProbeWords {
  DirectionMinutes::Row direction;
  Excuse excuse;
  SignalWord operator()(std::int32_t w, int slot, std::uint64_t mask) const {
    const auto& word = direction.word(w, slot);
    const auto probed = word[kProbed];
    auto result = (probed & mask) == mask ? SignalWord{} : silence(probed, excuse(w, slot));
    result.bad |= word[kLost];
    return result;
  }
  CounterBits offence(MinuteIndex m) const { return direction.test(kLost, m) ? kLoss : 0; }
  std::uint64_t mild(std::int32_t w) const { return excuse.mild(w) & ~direction.word(w, slot_of(w))[kLost]; }
};

// No mass silence here: an added criterion need not speak of devices.
struct ValueWords {
  ValueMinutes::Row value;
  const SourceEvidence& source;
  bool absent_is_bad;
  SignalWord operator()(std::int32_t w, int slot, std::uint64_t) const {
    const auto& word = value.word(w, slot);
    const auto silent = ~word[kHasValue] & ~word[kBeyond];
    const auto excused = absent_is_bad ? ~source.covered[0].word(w, slot)[kCovered] : ~std::uint64_t{0};
    return {word[kBeyond] | (silent & ~excused), silent & excused};
  }
  CounterBits offence(MinuteIndex m) const { return value.test(kBeyond, m) ? kOutOfBounds : 0; }
  std::uint64_t mild(std::int32_t) const { return 0; }
};

// Minutes that are bad because of something that was seen. Whatever else was lost, they stay bad.
template <typename Words>
std::uint64_t seen_bad(const Words&, std::int32_t, int) {
  return 0;  // silence, or octets that stood still
}
template <const auto& kCounters, PortPlane kMild>
std::uint64_t seen_bad(const RiseWords<kCounters, kMild>& words, std::int32_t w, int slot) {
  return risen<kCounters>(words.port.word(w, slot));
}
std::uint64_t seen_bad(const ProbeWords& words, std::int32_t w, int slot) {
  return words.direction.word(w, slot)[kLost];
}
std::uint64_t seen_bad(const ValueWords& words, std::int32_t w, int slot) { return words.value.word(w, slot)[kBeyond]; }

// Words without what rests on minutes of which evidence was lost.
template <typename Words>
struct Trusted {
  Words words;
  const SourceEvidence& source;
  SignalWord operator()(std::int32_t w, int slot, std::uint64_t mask) const {
    auto word = words(w, slot, mask);
    if (w > word_of(source.withdrawn_until)) return word;
    const auto lost = source.withdrawn[0].word(w, slot)[0];
    if (lost == 0) return word;
    word.bad &= ~lost | seen_bad(words, w, slot);
    word.unobserved = (word.unobserved | lost) & ~word.bad;
    return word;
  }
  CounterBits offence(MinuteIndex m) const { return words.offence(m); }
  std::uint64_t mild(std::int32_t w) const { return words.mild(w); }
};

constexpr std::uint64_t reversed(std::uint64_t x) {
  std::uint64_t result = 0;
  for (; x != 0; x &= x - 1) result |= std::uint64_t{1} << (63 - std::countr_zero(x));
  return result;
}

// Bit i: minute to - 1 - i is bad in the damped judgement.
template <typename Words>
std::uint64_t damped_bad(const Words& words, MinuteIndex to) {
  const auto at = [&](std::int32_t w) {
    const auto bad = words(w, slot_of(w), ~std::uint64_t{0}).bad;
    return bad == 0 ? bad : bad & ~words.mild(w);
  };
  const auto w = word_of(to - 1);
  const auto shift = 63 - ((to - 1) & 63);
  auto bits = at(w) << shift;  // minute to - 1 at bit 63
  if (shift > 64 - kDampedMinutes) bits |= at(w - 1) >> (64 - shift);
  return reversed(bits) & ((std::uint64_t{1} << kDampedMinutes) - 1);
}

std::optional<Minute> minute_if(MinuteIndex m) { return m == kNoMinute ? std::nullopt : std::optional(minute_at(m)); }

template <typename Words>
std::optional<Offence> offence_if(MinuteIndex m, const Words& words) {
  if (m == kNoMinute) return std::nullopt;
  return Offence{minute_at(m), words.offence(m)};
}

// Every member is given: g++ would first clear the whole tally with a slow `rep stos`.
template <typename Words>
SignalTally make_tally(const WindowCount& count, const Words& words) {
  const bool lately = count.last_bad() >= count.to() - kDampedMinutes || count.to() - count.from() < kDampedMinutes;
  return SignalTally{minute_at(count.from()),
                     minute_at(count.to()),
                     count.to() - count.from() - count.bad() - count.unobserved(),
                     count.bad(),
                     count.unobserved(),
                     offence_if(count.first_bad(), words),
                     offence_if(count.last_bad(), words),
                     minute_if(count.first_unobserved()),
                     minute_if(count.last_unobserved()),
                     count.first_unobserved() != count.from(),
                     minute_at(count.earliest()),
                     lately ? damped_bad(words, count.to()) : 0,
                     false,
                     false,
                     minute_if(count.bad_since(words)),
                     0};
}

// Whose watermark closes the minutes of a tally, and where its counts are remembered: nowhere for an unknown subject.
struct Counted {
  Source source;
  WindowCount* remembered = nullptr;
};

// A window that is closed has a final answer, which is remembered. The first question about a new minute is the one
// that comes again a minute later. Another window that ends no later, a look ahead say, is counted on its own, so that
// it does not push out what the next pass needs.
template <typename Words>
SignalTally count_window(const EvidenceState& state, Counted counted, const WindowKey& key, const Words& words) {
  auto* remembered = counted.remembered;
  if (remembered != nullptr && key.to <= state.source(counted.source).watermark &&
      (key.to > remembered->to() || remembered->continues(key))) {
    remembered->update(key, words);
    return make_tally(*remembered, words);
  }
  WindowCount count;
  count.recount(key, words);
  return make_tally(count, words);
}

// Hardly ever was evidence lost: Trusted is for the windows that reach back to where it was, those that a remembered
// count moves on from and the damped minutes before them included.
template <typename Words>
SignalTally tally_of(const EvidenceState& state, Counted counted, const TallyQuery& query, const Words& words) {
  DZ_CHECK(query.from < query.to && query.to - query.from <= kLongestWindow && query.from >= Minute{});
  const WindowKey key{index_of(query.from), index_of(query.to),
                      WindowKey::allow(query.bad_allowed, query.unobserved_allowed), state.coverage_revision};
  const auto& source = state.source(counted.source);
  if (source.withdrawn_until <= key.from - 64) return count_window(state, counted, key, words);
  return count_window(state, counted, key, Trusted<Words>{words, source});
}

template <typename Words>
MinuteState state_of(const Words& all, const SourceEvidence& source, Minute minute) {
  const Trusted<Words> words{all, source};
  const auto m = index_of(minute);
  const auto word = words(word_of(m), slot_of(word_of(m)), bit_of(m));
  if ((word.bad & bit_of(m)) != 0) return MinuteState::Bad;
  return (word.unobserved & bit_of(m)) != 0 ? MinuteState::Unobserved : MinuteState::Good;
}

template <typename Words>
MinuteSeries series_of(const Words& all, const SourceEvidence& source, Minute from, Minute to) {
  const Trusted<Words> words{all, source};
  DZ_CHECK(from <= to && to - from <= kLongestWindow);
  MinuteSeries series{from, {}, {}};
  const auto first = index_of(from), end = index_of(to);
  series.states.assign(static_cast<std::size_t>(end - first), MinuteState::Good);
  series.counters.assign(series.states.size(), 0);
  for (auto m = first; m < end;) {
    const auto w = word_of(m);
    const auto next = std::min(end, (w + 1) * 64);
    const auto word = words(w, slot_of(w), mask_of(w, m, next));
    for (; m < next; ++m) {
      if (((word.bad | word.unobserved) & bit_of(m)) == 0) continue;
      const auto i = static_cast<std::size_t>(m - first);
      const bool bad = (word.bad & bit_of(m)) != 0;
      series.states[i] = bad ? MinuteState::Bad : MinuteState::Unobserved;
      if (bad) series.counters[i] = words.offence(m);
    }
  }
  return series;
}

// Calls use(words, index among the subject's counts).
template <typename Use>
auto with_interface_words(const EvidenceState& state, InterfaceRef ref, Signal signal, const Use& use) {
  const auto port = row_of(state.ports.minutes, ref.index);
  const Excuse excuse{state, Source::Counters, ref.device, ref.heard_since};
  if (signal == Signal::Data) return use(DataWords{port, excuse}, 0);
  if (signal == Signal::Errors) return use(ErrorWords{port}, 1);
  if (signal == Signal::Carrier) return use(CarrierWords{port}, 3);
  if (signal == Signal::Discards) return use(DiscardWords{port}, 4);
  DZ_CHECK(signal == Signal::Utilization);
  const auto* octets = ref.index == kNoSubject ? nullptr : &state.ports.all[ref.index].counters.octets();
  return use(UtilizationWords{port, excuse, octets}, 2);
}

DeviceWords device_words(const EvidenceState& state, DeviceRef ref, Signal signal) {
  DZ_CHECK(signal == Signal::Reporting || signal == Signal::ConfigAgent || signal == Signal::TelemetryAgent);
  const auto source = source_of(signal);
  return {row_of(state.devices.minutes, ref.index), {state, source, ref.index}, sent_plane(source)};
}

ProbeWords probe_words(const EvidenceState& state, DirectionRef ref) {
  return {row_of(state.directions.minutes, ref.index), {state, Source::LatencySamples, ref.origin}};
}

ValueWords value_words(const EvidenceState& state, AddedRef ref) {
  return {row_of(state.values.minutes, ref.index), state.source(added_source(ref.criterion)), ref.absent_is_bad};
}

// good(word): the minutes of a word that are good in every signal.
template <typename Row, typename Good>
bool all_good_words(const Row& row, Minute from, Minute to, const Good& good) {
  const auto first = index_of(from), end = index_of(to);
  for (auto w = word_of(first); first < end && w <= word_of(end - 1); ++w) {
    const auto mask = mask_of(w, first, end);
    if ((good(row.word(w, slot_of(w))) & mask) != mask) return false;
  }
  return true;
}

std::size_t device_count_index(Signal signal) {
  return static_cast<std::size_t>(signal) - static_cast<std::size_t>(Signal::Reporting);
}

}  // namespace

SourceState Evidence::state(Source source) const {
  const auto& evidence = state_->source(source);
  const bool closing = source == Source::Counters && state_->closing;
  return {minute_if(closing ? state_->closing->before : evidence.watermark), minute_if(evidence.silence.since),
          static_cast<int>(evidence.silence.frozen.size())};
}

DeviceRef Evidence::find_device(const Pubkey& device) const {
  const auto it = state_->devices.index.find(device);
  return it == state_->devices.index.end() ? DeviceRef{} : DeviceRef{it->second};
}

InterfaceRef Evidence::find_interface(const Pubkey& device, std::string_view name) const {
  InterfaceRef ref;
  ref.device = find_device(device).index;
  const auto take = [&](std::string_view n) {
    const auto key = interface_key(n);
    ref.heard_since = state_->ports.heard_since(device, key);
    if (ref.device == kNoSubject) return;
    const auto& interfaces = state_->devices.all[ref.device].interfaces;
    const auto it = interfaces.find(key);
    ref.index = it == interfaces.end() ? kNoSubject : it->second;
  };
  take(name);
  if (ref.device == kNoSubject || !is_sub_interface(name)) return ref;
  if (ref.index != kNoSubject && state_->ports.all[ref.index].counters.octets().heard()) return ref;
  const auto own = ref;
  take(parent_port(name));
  if (ref.index == kNoSubject) return own;
  ref.parent_port = true;
  return ref;
}

DirectionRef Evidence::find_direction(const Pubkey& link, const Pubkey& origin_device) const {
  DirectionRef ref;
  ref.origin = find_device(origin_device).index;
  if (ref.origin == kNoSubject) return ref;
  const auto it = state_->directions.index.find(DirectionKey{link, ref.origin});
  if (it != state_->directions.index.end()) ref.index = it->second;
  return ref;
}

SignalTally Evidence::tally(InterfaceRef ref, Signal signal, const TallyQuery& query) const {
  auto tally = with_interface_words(*state_, ref, signal, [&](const auto& words, std::size_t i) {
    return tally_of(*state_, {Source::Counters, state_->ports.remembered(ref.index, i)}, query, words);
  });
  tally.parent_port = ref.parent_port;
  const auto events = signal == Signal::Carrier    ? std::span<const PortPlane>(kCarrierCounters)
                      : signal == Signal::Discards ? std::span<const PortPlane>(kDiscardCounters)
                                                   : std::span<const PortPlane>();
  if (tally.bad > 0 && !events.empty()) {
    tally.rise = state_->ports.all[ref.index].counters.rise(events, index_of(query.from), index_of(query.to));
  }
  return tally;
}

SignalTally Evidence::tally(DeviceRef ref, Signal signal, const TallyQuery& query) const {
  const auto words = device_words(*state_, ref, signal);
  if (ref.index == kNoSubject) return tally_of(*state_, {source_of(signal)}, query, words);
  auto& count = state_->devices.counts[ref.index][device_count_index(signal)];
  auto tally = tally_of(*state_, {source_of(signal), &count}, query, words);
  tally.derived =
      signal == Signal::TelemetryAgent && index_of(query.from) < state_->devices.all[ref.index].derived_until;
  return tally;
}

SignalTally Evidence::tally(DirectionRef ref, const TallyQuery& query) const {
  const auto words = probe_words(*state_, ref);
  if (ref.index == kNoSubject) return tally_of(*state_, {Source::LatencySamples}, query, words);
  auto tally = tally_of(*state_, {Source::LatencySamples, &state_->directions.counts[ref.index]}, query, words);
  tally.derived = index_of(query.from) < state_->directions.all[ref.index].derived_until;
  return tally;
}

SignalTally Evidence::tally(AddedRef ref, const TallyQuery& query) const {
  auto* remembered = ref.index == kNoSubject ? nullptr : &state_->values.counts[ref.index];
  auto tally = tally_of(*state_, {added_source(ref.criterion), remembered}, query, value_words(*state_, ref));
  tally.parent_port = ref.parent_port;
  return tally;
}

MinuteState Evidence::minute(AddedRef ref, Minute minute) const {
  return state_of(value_words(*state_, ref), state_->source(added_source(ref.criterion)), minute);
}

MinuteState Evidence::minute(InterfaceRef ref, Signal signal, Minute minute) const {
  return with_interface_words(*state_, ref, signal, [&](const auto& words, std::size_t) {
    return state_of(words, state_->source(Source::Counters), minute);
  });
}

MinuteState Evidence::minute(DeviceRef ref, Signal signal, Minute minute) const {
  return state_of(device_words(*state_, ref, signal), state_->source(source_of(signal)), minute);
}

MinuteState Evidence::minute(DirectionRef ref, Minute minute) const {
  return state_of(probe_words(*state_, ref), state_->source(Source::LatencySamples), minute);
}

MinuteSeries Evidence::series(InterfaceRef ref, Signal signal, Minute from, Minute to) const {
  return with_interface_words(*state_, ref, signal, [&](const auto& words, std::size_t) {
    return series_of(words, state_->source(Source::Counters), from, to);
  });
}

MinuteSeries Evidence::series(DeviceRef ref, Signal signal, Minute from, Minute to) const {
  return series_of(device_words(*state_, ref, signal), state_->source(source_of(signal)), from, to);
}

MinuteSeries Evidence::series(DirectionRef ref, Minute from, Minute to) const {
  return series_of(probe_words(*state_, ref), state_->source(Source::LatencySamples), from, to);
}

MinuteSeries Evidence::series(AddedRef ref, Minute from, Minute to) const {
  return series_of(value_words(*state_, ref), state_->source(added_source(ref.criterion)), from, to);
}

bool Evidence::all_good(InterfaceRef ref, Minute from, Minute to) const {
  if (ref.index == kNoSubject) return false;
  if (state_->source(Source::Counters).has_withdrawn(index_of(from), index_of(to))) return false;
  return all_good_words(state_->ports.minutes[ref.index], from, to, [](const PortMinutes::Word& word) {
    return word[kData] & word[kInOctetsRose] & word[kOutOctetsRose] & ~risen<kSparseCounters>(word);
  });
}

bool Evidence::all_good(DirectionRef ref, Minute from, Minute to) const {
  if (ref.index == kNoSubject) return false;
  if (state_->source(Source::LatencySamples).has_withdrawn(index_of(from), index_of(to))) return false;
  return all_good_words(state_->directions.minutes[ref.index], from, to,
                        [](const auto& word) { return word[kProbed] & ~word[kLost]; });
}

bool Evidence::all_good(DeviceRef ref, Signal signal, Minute from, Minute to) const {
  if (ref.index == kNoSubject) return false;
  const auto source = source_of(signal);
  if (state_->source(source).has_withdrawn(index_of(from), index_of(to))) return false;
  return all_good_words(state_->devices.minutes[ref.index], from, to,
                        [plane = sent_plane(source)](const auto& word) { return word[plane]; });
}

std::uint32_t Evidence::rewrites(InterfaceRef ref) const {
  return ref.index == kNoSubject ? 0 : state_->ports.changes[ref.index].times();
}

std::uint32_t Evidence::rewrites(DirectionRef ref) const {
  return ref.index == kNoSubject ? 0 : state_->directions.changes[ref.index].times();
}

std::uint32_t Evidence::rewrites(DeviceRef ref) const {
  if (ref.index == kNoSubject) return 0;
  auto times = state_->devices.all[ref.index].qa_changes;
  for (const auto& changes : state_->devices.changes[ref.index]) times += changes.times();
  return times;
}

std::optional<Timestamp> Evidence::newest_qa_result(DeviceRef ref) const {
  if (ref.index == kNoSubject || state_->devices.all[ref.index].qa.empty()) return std::nullopt;
  return state_->devices.all[ref.index].qa.back().at;
}

bool Evidence::knows_qa_runs() const { return !state_->qa_runs.empty(); }

// A failure that is known counts however much was lost beside it; all else begins after the loss.
QaEvidence Evidence::qa(const Pubkey& device, Minute from, Minute to) const {
  const auto& source = state_->source(Source::Qa);
  auto whole = from;
  for (auto m = index_of(from); m < std::min(index_of(to), source.withdrawn_until); ++m) {
    if (source.withdrawn.test(0, 0, m)) whole = minute_at(m + 1);
  }
  QaEvidence evidence{whole, to, {}, {}};
  const auto inside = [&](Timestamp at) { return at >= from && at < to; };
  const auto ref = find_device(device);
  if (ref.index != kNoSubject) {
    const auto& results = state_->devices.all[ref.index].qa;
    std::copy_if(results.begin(), results.end(), std::back_inserter(evidence.results),
                 [&](const QaResult& result) { return inside(result.at) && (result.at >= whole || !result.success); });
  }
  std::copy_if(state_->qa_runs.begin(), state_->qa_runs.end(), std::back_inserter(evidence.fleet_runs), inside);
  return evidence;
}

}  // namespace dz::evidence
