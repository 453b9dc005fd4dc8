// Long because the layout of the bytes is written down once, in one file.
#include "evidence/snapshot.h"

#include <algorithm>
#include <array>
#include <string>
#include <type_traits>

#include <fmt/format.h>

#include "base/check.h"
#include "domain/interface_name.h"
#include "evidence/evidence_state.h"

namespace dz::evidence {
namespace {

constexpr std::array<std::uint8_t, 4> kMagic = {'D', 'Z', 'E', 'V'};
// 1: before there were added criteria; 2: with shorter rings; 3: before all values of error counters were kept; 4: with
// one mass silence for both judgements; 5: without the times of answers, and before discards and carrier transitions
constexpr std::uint8_t kVersion = 6;
constexpr std::size_t kHeaderSize = kMagic.size() + 1;
constexpr std::size_t kChecksumSize = 8;
constexpr std::int32_t kLastWord = INT32_MAX / 64;
constexpr std::uint64_t kMostFolded = UINT32_MAX;

std::uint64_t checksum(ByteView bytes) {  // FNV-1a
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const auto byte : bytes) hash = (hash ^ byte) * 0x100000001b3U;
  return hash;
}

// Writer and Reader walk the same description of the evidence (describe() below), so the layout is written down once.
class Writer {
 public:
  static constexpr bool kReads = false;
  bool has_added() const { return true; }
  bool has_histories() const { return true; }
  bool has_silence_as_closed() const { return true; }
  bool has_times_of_answers() const { return true; }
  bool has_events() const { return true; }
  bool ok() const { return true; }
  void require(bool) {}

  template <typename T>
  void number(T value) {
    const auto bits = static_cast<std::uint64_t>(value);
    std::array<std::uint8_t, sizeof(T)> little;
    for (std::size_t i = 0; i < sizeof(T); ++i) little[i] = static_cast<std::uint8_t>(bits >> (8 * i));
    raw(little);
  }
  void raw(ByteView bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  Bytes take() { return std::move(bytes_); }
  const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

class Reader {
 public:
  static constexpr bool kReads = true;
  explicit Reader(ByteView bytes, std::uint8_t version = kVersion) : rest_(bytes), version_(version) {}
  bool has_added() const { return version_ >= 2; }
  bool has_histories() const { return version_ >= 4; }
  bool has_silence_as_closed() const { return version_ >= 5; }
  bool has_times_of_answers() const { return version_ >= 6; }
  bool has_events() const { return version_ >= 6; }
  std::size_t ring_words() const { return version_ >= 3 ? kRingWords : 25; }
  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  void require(bool condition) { ok_ = ok_ && condition; }
  std::size_t remaining() const { return rest_.size(); }

  template <typename T>
  void number(T& value) {
    require(rest_.size() >= sizeof(T));
    if (!ok_) return;
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) bits |= std::uint64_t{rest_[i]} << (8 * i);
    value = static_cast<T>(bits);
    rest_ = rest_.subspan(sizeof(T));
  }
  ByteView raw(std::size_t size) {
    require(rest_.size() >= size);
    if (!ok_) return {};
    const auto bytes = rest_.first(size);
    rest_ = rest_.subspan(size);
    return bytes;
  }

 private:
  ByteView rest_;
  std::uint8_t version_;
  bool ok_ = true;
};

template <typename A, typename T>
requires std::is_integral_v<std::remove_const_t<T>>
void describe(A& a, T& value) {
  if constexpr (std::is_same_v<std::remove_const_t<T>, bool>) {
    auto byte = static_cast<std::uint8_t>(value);
    a.number(byte);
    a.require(byte <= 1);
    if constexpr (A::kReads) value = byte == 1;
  } else {
    a.number(value);
  }
}

template <typename A, typename T>
requires std::is_same_v<std::remove_const_t<T>, Timestamp> || std::is_same_v<std::remove_const_t<T>, Duration>
void describe(A& a, T& value) {
  std::int64_t micros = 0;
  if constexpr (std::is_same_v<std::remove_const_t<T>, Timestamp>) {
    micros = value.time_since_epoch().count();
  } else {
    micros = value.count();
  }
  a.number(micros);
  if constexpr (A::kReads) value = std::remove_const_t<T>(Duration{micros});
}

void describe(Writer& a, const Pubkey& key) { a.raw(key.view()); }
void describe(Reader& a, Pubkey& key) {
  const auto bytes = a.raw(key.bytes.size());
  std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
}

template <typename A>
void describe_size(A& a, std::size_t& size) {
  auto count = static_cast<std::uint32_t>(size);
  a.number(count);
  if constexpr (A::kReads) {
    a.require(count <= a.remaining());  // every element takes a byte at least
    size = a.ok() ? count : 0;
  }
}

void describe(Writer& a, const std::string& text) {
  auto size = text.size();
  describe_size(a, size);
  a.raw(as_bytes(text));
}
void describe(Reader& a, std::string& text) {
  std::size_t size = 0;
  describe_size(a, size);
  text = as_text(a.raw(size));
}

template <typename A, typename T>
void describe_optional(A& a, T& value) {
  bool present = value.has_value();
  describe(a, present);
  if constexpr (A::kReads) {
    if (present) value.emplace();
  }
  if (present) describe(a, *value);
}

// Each element is described by each(archive, element).
template <typename A, typename Items, typename Each>
void describe_all(A& a, Items& items, const Each& each) {
  auto size = items.size();
  describe_size(a, size);
  for (std::size_t i = 0; i < size && a.ok(); ++i) {
    if constexpr (A::kReads) items.emplace_back();  // one by one: a forged count must not ask for memory
    each(a, items[i]);
  }
}
template <typename A, typename Items>
void describe_all(A& a, Items& items) {
  describe_all(a, items, [](A& archive, auto& item) { describe(archive, item); });
}

// Words that are all 0 or all 1 are two bits; a healthy day takes a few bytes a plane.
static_assert(kRingWords < 32, "a bit a word, and a shift by their number");
void describe_plane(Writer& a, const std::array<std::uint64_t, kRingWords>& words) {
  std::uint32_t zeros = 0, ones = 0;
  for (std::size_t i = 0; i < kRingWords; ++i) {
    zeros |= static_cast<std::uint32_t>(words[i] == 0) << i;
    ones |= static_cast<std::uint32_t>(words[i] == ~std::uint64_t{0}) << i;
  }
  a.number(zeros);
  a.number(ones);
  for (std::size_t i = 0; i < kRingWords; ++i) {
    if (((zeros | ones) >> i & 1) == 0) a.number(words[i]);
  }
}
void describe_plane(Reader& a, std::array<std::uint64_t, kRingWords>& words) {
  std::uint32_t zeros = 0, ones = 0;
  a.number(zeros);
  a.number(ones);
  a.require((zeros & ones) == 0 && ((zeros | ones) >> a.ring_words()) == 0);
  for (std::size_t i = 0; i < a.ring_words() && a.ok(); ++i) {
    words[i] = (ones >> i & 1) != 0 ? ~std::uint64_t{0} : 0;
    if (((zeros | ones) >> i & 1) != 0) continue;
    a.number(words[i]);
    a.require(words[i] != 0 && words[i] != ~std::uint64_t{0});
  }
}

// One plane of one subject, words from the newest of the table back.
template <typename A, typename Table>
void describe_plane_of(A& a, Table& table, std::uint32_t subject, int plane) {
  const auto newest = table.newest();
  std::array<std::uint64_t, kRingWords> words{};
  if constexpr (!A::kReads) {
    for (int i = 0; i < kRingWords; ++i) {
      words[static_cast<std::size_t>(i)] =
          table[subject].word(newest - i, slot_of(newest - i))[static_cast<std::size_t>(plane)];
    }
  }
  describe_plane(a, words);
  if constexpr (A::kReads) {
    for (int i = 0; i < kRingWords; ++i) {
      table.put(subject, plane, newest - i, ~std::uint64_t{0}, words[static_cast<std::size_t>(i)]);
    }
  }
}

// The newest word of the table, then each subject's planes. How many subjects there are is known from elsewhere.
template <typename A, typename Table>
void describe_table(
    A& a, Table& table, bool (*has_plane)(int) = [](int) { return true; }) {
  auto newest = table.newest();
  a.number(newest);
  a.require(newest >= std::remove_const_t<Table>::kNothing && newest <= kLastWord);
  if (!a.ok() || newest == std::remove_const_t<Table>::kNothing) return;
  if constexpr (A::kReads) table.restart(newest);
  for (std::uint32_t subject = 0; subject < table.size() && a.ok(); ++subject) {
    for (int plane = 0; plane < std::remove_const_t<Table>::kPlanes; ++plane) {
      if (has_plane(plane)) describe_plane_of(a, table, subject, plane);
    }
  }
}

template <typename A, typename T>
void describe_reading(A& a, T& reading) {
  describe(a, reading.at);
  describe(a, reading.value);
}

template <typename A, typename T>
void describe_optional_reading(A& a, T& reading) {
  bool present = reading.has_value();
  describe(a, present);
  if constexpr (A::kReads) {
    if (present) reading.emplace();
  }
  if (present) describe_reading(a, *reading);
}

void describe_bytes(Writer& a, const Bytes& bytes) { describe(a, std::string(as_text(bytes))); }
void describe_bytes(Reader& a, Bytes& bytes) {
  std::string text;
  describe(a, text);
  bytes.assign(text.begin(), text.end());
}

template <typename A, typename T>
void describe_finding(A& a, T& finding) {
  auto number = static_cast<std::uint8_t>(finding);
  describe(a, number);
  a.require(number <= static_cast<std::uint8_t>(ErrorFinding::Rise));
  if constexpr (A::kReads) finding = static_cast<ErrorFinding>(number);
}

// Versions before 4 kept of each counter where it stood.
struct OldTrack {
  bool known = false, fallen = false, with_octets = false;
  std::uint16_t marks = 0;
  std::uint64_t high = 0, low = 0;
  Timestamp at, fallen_at;
};
struct OldLine {
  std::array<OldTrack, kErrorCounters.size() + kOctetCounters.size()> tracks;
  bool any_octets = false, octets_fell = false;
  Timestamp before_run, run_start, last, octets_fell_at;
};

OldLine read_line(Reader& a) {
  OldLine line;
  for (auto& track : line.tracks) {
    describe(a, track.known);
    if (!track.known) continue;
    describe(a, track.fallen);
    describe(a, track.with_octets);
    describe(a, track.marks);
    describe(a, track.high);
    describe(a, track.low);
    describe(a, track.at);
    describe(a, track.fallen_at);
  }
  describe(a, line.any_octets);
  describe(a, line.before_run);
  describe(a, line.run_start);
  describe(a, line.last);
  describe(a, line.octets_fell);
  describe(a, line.octets_fell_at);
  return line;
}

template <typename A, typename T>
void describe_entry(A& a, T& entry) {
  describe(a, entry.at);
  if (a.has_events()) {
    describe(a, entry.counters);
  } else if constexpr (A::kReads) {
    std::uint8_t counters = 0;
    describe(a, counters);
    entry.counters = counters;
  }
  describe(a, entry.late);
  for (auto& value : entry.values) describe(a, value);
}

template <typename A, typename T>
void describe_silence(A& a, T& silence, std::size_t devices) {
  describe(a, silence.since);
  describe_all(a, silence.frozen);
  for (const auto device : silence.frozen) a.require(device < devices);
}

// Versions before 4 kept none of a closed minute's mass silence but that it excused.
template <typename A, typename T>
void describe_suspicion(A& a, T& source) {
  if (a.has_histories()) {
    describe(a, source.heard_from);
    describe_table(a, source.suspected);
    describe(a, source.silence_changed.first);
    describe(a, source.silence_changed.last);
    return;
  }
  if constexpr (A::kReads) {
    source.heard_from = 0;
    if (!source.silence.suspected()) return;
    for (auto m = std::max(source.silence.since, source.watermark - kRingMinutes); m < source.watermark; ++m) {
      source.suspected.set(0, 0, m);
    }
  }
}

// Versions before 5 kept one mass silence for both judgements.
template <typename A, typename T>
void describe_silence_as_closed(A& a, T& source, std::size_t devices) {
  if (a.has_silence_as_closed()) return describe_silence(a, source.silence_as_closed, devices);
  if constexpr (A::kReads) source.silence_as_closed = source.silence;
}

// Nor had versions before 4 the planes of what was once excused, and of minutes that were covered late.
template <typename A, typename Table>
void describe_device_minutes(A& a, Table& table) {
  if (a.has_histories()) return describe_table(a, table);
  describe_table(a, table, [](int plane) {
    return plane != kReportOnceExcused && plane != kConfigOnceExcused && plane != kSampleOnceExcused;
  });
}

// Hardly any port has events. Versions before 6 knew of none.
template <typename A, typename Table>
void describe_port_minutes(A& a, Table& table) {
  describe_table(a, table, [](int plane) { return !is_of_events(plane); });
  if (!a.has_events() || table.newest() == std::remove_const_t<Table>::kNothing) return;
  for (std::uint32_t subject = 0; subject < table.size() && a.ok(); ++subject) {
    bool has_events = table.template has<kEventMinutes>(subject);
    describe(a, has_events);
    for (int plane = 0; has_events && plane < kPortPlanes; ++plane) {
      if (is_of_events(plane)) describe_plane_of(a, table, subject, plane);
    }
  }
}

template <typename A, typename Table>
void describe_covered(A& a, Table& table) {
  if (a.has_histories()) return describe_table(a, table);
  describe_table(a, table, [](int plane) { return plane == kCovered; });
}

template <typename A, typename T>
void describe_device(A& a, T& device) {
  describe(a, device.key);
  describe(a, device.derived_until);
  describe_all(a, device.qa, [](A& archive, auto& result) {
    describe(archive, result.at);
    describe(archive, result.success);
  });
}

}  // namespace

// Friends of what they describe: the bytes are their whole state.
struct PortOctetsBytes {
  template <typename A, typename T>
  static void describe_octets(A& a, T& octets) {
    describe(a, octets.heard_);
    describe(a, octets.closed_);
    describe(a, octets.recent_from_);
    describe_bytes(a, octets.recent_);
    describe_all(a, octets.runs_, [](A& archive, auto& run) {
      describe(archive, run.first);
      describe(archive, run.last);
    });
    describe_all(a, octets.falls_, [](A& archive, auto& fall) { describe_fall(archive, fall); });
    describe_all(a, octets.replays_, [](A& archive, auto& replay) {
      describe(archive, replay.from);
      describe(archive, replay.to);
      describe(archive, replay.counter);
      archive.require(replay.counter < kOctetCounters.size());
    });
    for (std::size_t c = 0; c < kOctetCounters.size(); ++c) {
      describe_optional_reading(a, octets.earliest_[c]);
      describe_optional_reading(a, octets.newest_[c]);
      describe_optional_reading(a, octets.clean_[c]);
      describe(a, octets.undecided_from_[c]);
      a.require(octets.undecided_from_[c] == PortOctets::kNever || octets.clean_[c].has_value());
    }
    if constexpr (A::kReads) {
      const auto recent = decode_readings(octets.recent_);
      a.require(recent.has_value());
      if (!recent || recent->empty()) return;
      octets.last_recent_ = basis_of(recent->back());
      a.require(recent->back().minute < octets.closed_);
    }
  }

 private:
  template <typename A, typename T>
  static void describe_fall(A& a, T& fall) {
    describe(a, fall.before);
    describe(a, fall.from);
    describe(a, fall.at);
    describe(a, fall.high);
    describe(a, fall.value);
    describe(a, fall.peak);
    describe(a, fall.counter);
    a.require(fall.counter < kOctetCounters.size());
  }
};

struct ErrorHistoryBytes {
  template <typename A, typename T>
  static void describe_errors(A& a, T& errors) {
    describe_all(a, errors.values_, [](A& archive, auto& value) {
      describe_reading(archive, value.reading);
      describe(archive, value.late);
      describe(archive, value.decided);
      describe(archive, value.folded);
      describe(archive, value.began);
      describe(archive, value.anew);
      describe(archive, value.baseline);
      describe_finding(archive, value.kept);
      describe_finding(archive, value.now);
      describe_finding(archive, value.shown);
    });
    describe(a, errors.undecided_);
    auto folded_size = std::uint64_t{errors.folded_size_};
    describe(a, folded_size);
    if constexpr (A::kReads) errors.folded_size_ = static_cast<std::uint32_t>(std::min(folded_size, kMostFolded));
  }
  static void begin_from(ErrorHistory& errors, const Reading& reading) {
    errors.values_.push_back({.reading = reading, .decided = true, .baseline = true});
  }
};

struct PortCountersBytes {
  template <typename A, typename T>
  static void describe_counters(A& a, T& counters) {
    describe_all(a, counters.waiting_, [](A& archive, auto& entry) { describe_entry(archive, entry); });
    if constexpr (A::kReads) counters.count_late();
    if (!a.has_histories()) {
      if constexpr (A::kReads) read_lines(a, counters);
      return;
    }
    PortOctetsBytes::describe_octets(a, counters.octets_);
    for (auto& errors : counters.errors_) ErrorHistoryBytes::describe_errors(a, errors);
    if (a.has_events()) {
      describe_all(a, counters.events_, [](A& archive, auto& event) { describe_event(archive, event); });
      a.require(std::is_sorted(counters.events_.begin(), counters.events_.end(),
                               [](const auto& x, const auto& y) { return x.counter <= y.counter; }));
    }
    describe(a, counters.new_errors_);
    // Whether the errors were judged with the octets as they are; the numbers themselves are of this process.
    bool judged = counters.judged_octets_ == counters.octets_.revision();
    describe(a, judged);
    if constexpr (A::kReads) counters.judged_octets_ = counters.octets_.revision() - (judged ? 0U : 1U);
  }

 private:
  template <typename A, typename T>
  static void describe_event(A& a, T& event) {
    auto counter = static_cast<std::uint8_t>(event.counter);
    describe(a, counter);
    a.require(counter >= kInDiscardsRose && counter <= kCarrierRose);
    if constexpr (A::kReads) event.counter = static_cast<PortPlane>(counter);
    ErrorHistoryBytes::describe_errors(a, event.values);
  }
  // The values that counters stood at are what later ones are compared with. What was filled in behind is left out.
  static void read_lines(Reader& a, PortCounters& counters) {
    const auto line = read_line(a);
    bool has_behind = false;
    describe(a, has_behind);
    if (has_behind) (void)read_line(a);
    const auto reading_of = [](const OldTrack& track) {
      return Reading{track.at, track.fallen ? track.low : track.high};
    };
    for (std::size_t c = 0; c < kErrorCounters.size(); ++c) {
      const auto& track = line.tracks[static_cast<std::size_t>(kErrorCounters[c])];
      if (track.known) ErrorHistoryBytes::begin_from(counters.errors_[c], reading_of(track));
    }
    for (std::size_t c = 0; c < kOctetCounters.size(); ++c) {
      const auto& track = line.tracks[static_cast<std::size_t>(kOctetCounters[c])];
      if (track.known) counters.octets_.begin_from(c, reading_of(track));
    }
    if (!line.any_octets) return;
    counters.octets_.assume_heard();
    if (line.before_run > Timestamp{}) counters.octets_.begin_contact({line.before_run, line.before_run});
    if (line.last > Timestamp{}) counters.octets_.begin_contact({line.run_start, line.last});
  }
};

namespace {

template <typename A, typename T>
void describe_reads(A& a, T& direction) {
  describe_all(a, direction.marks, [](A& archive, auto& mark) {
    describe(archive, mark.at);
    describe(archive, mark.sampled);
  });
  describe(a, direction.newest_epoch);
}

template <typename A, typename T>
void describe_direction(A& a, T& direction, const std::vector<DeviceEvidence>& devices) {
  describe(a, direction.key.link);
  Pubkey origin;
  if (!A::kReads && !is_vacant(direction)) origin = devices[direction.key.origin].key;
  describe(a, origin);
  describe(a, direction.key.origin);
  a.require(direction.key.origin < devices.size());
  describe(a, direction.derived_until);
  a.require(!a.ok() || is_vacant(direction) || origin == devices[direction.key.origin].key);
  describe_reads(a, direction);
}

// The accounts live in a map beside the directions; in the bytes each direction lists its own, by epoch.
void describe_accounts(Writer& a, const EvidenceState& state, std::uint32_t direction) {
  describe_all(a, state.directions.all[direction].accounts, [&](Writer& archive, const Pubkey& key) {
    const auto& account = state.directions.accounts.at(key);
    describe(archive, key);
    describe(archive, account.epoch);
    describe(archive, account.seen);
  });
}
void describe_accounts(Reader& a, EvidenceState& state, std::uint32_t direction) {
  describe_all(a, state.directions.all[direction].accounts, [&](Reader& archive, Pubkey& key) {
    SampleAccount account;
    account.direction = direction;
    describe(archive, key);
    describe(archive, account.epoch);
    describe(archive, account.seen);
    archive.require(state.directions.accounts.emplace(key, account).second);
  });
}

template <typename A, typename T>
void describe_value(A& a, T& value) {
  describe(a, value.criterion);
  a.require(value.criterion <= kMostAdded);
  describe(a, value.subject.key);
  describe(a, value.subject.interface);
}

template <typename A, typename T>
void describe_settings(A& a, T& settings) {
  describe(a, settings.pulled);
  describe(a, settings.lateness);
  describe(a, settings.ahead);
  describe(a, settings.samples_lag);
  describe(a, settings.submit_interval);
  if (!a.has_added()) return;
  for (auto& lag : settings.lag) describe(a, lag);
  if (a.has_histories()) describe(a, settings.most_interfaces);
}

void describe_named(Writer& a, const EvidenceState& state) {
  auto devices = state.ports.named.size();
  describe_size(a, devices);
  for (const auto& [device, names] : state.ports.named) {
    describe(a, device);
    auto size = names.size();
    describe_size(a, size);
    for (const auto& [name, _] : names) describe(a, name);
  }
}
void describe_named(Reader& a, EvidenceState& state) {
  std::size_t devices = 0;
  describe_size(a, devices);
  for (std::size_t i = 0; i < devices && a.ok(); ++i) {
    Pubkey device;
    std::size_t size = 0;
    describe(a, device);
    describe_size(a, size);
    auto& names = state.ports.named[device];
    for (std::size_t n = 0; n < size && a.ok(); ++n) {
      std::string name;
      describe(a, name);
      names.emplace(std::move(name), NamedPort{});
    }
  }
}

template <typename A, typename T>
void describe_state(A& a, T& state) {
  describe_settings(a, state.settings);
  describe_optional(a, state.accepting.from);
  describe(a, state.accepting.to);
  describe_optional(a, state.first_sample_read);
  describe(a, state.subjects_revision);
  describe_all(a, state.qa_runs);

  describe_all(a, state.devices.all, [](A& archive, auto& device) { describe_device(archive, device); });
  const auto devices = state.devices.all.size();
  describe_all(a, state.ports.all, [&](A& archive, auto& port) {
    describe(archive, port.device);
    archive.require(port.device < devices);
    describe(archive, port.name);
    describe(archive, port.has_late);
    if (archive.has_histories()) describe(archive, port.heard);
    PortCountersBytes::describe_counters(archive, port.counters);
  });
  describe_all(a, state.ports.late);
  for (const auto port : state.ports.late) a.require(port < state.ports.all.size());
  if (a.has_histories()) describe_named(a, state);

  describe_all(a, state.directions.all,
               [&](A& archive, auto& direction) { describe_direction(archive, direction, state.devices.all); });
  for (std::uint32_t i = 0; i < state.directions.all.size(); ++i) describe_accounts(a, state, i);

  if (a.has_added()) {
    describe_all(a, state.values.criteria);
    a.require(state.values.criteria.size() <= kMostAdded);
    describe_all(a, state.values.all, [](A& archive, auto& value) { describe_value(archive, value); });
  }

  if constexpr (A::kReads) {
    state.devices.make_places();
    state.ports.make_places();
    state.directions.make_places();
    state.values.make_places();
  }
  describe_device_minutes(a, state.devices.minutes);
  describe_port_minutes(a, state.ports.minutes);
  describe_table(a, state.directions.minutes);
  if (a.has_added()) describe_table(a, state.values.minutes);

  for (std::size_t i = 0; i < (a.has_added() ? kSourceCount : kNamedSources); ++i) {
    auto& source = state.sources[i];
    describe_covered(a, source.covered);
    describe(a, source.watermark);
    a.require(source.watermark >= kNoMinute);
    describe_silence(a, source.silence, devices);
    describe_suspicion(a, source);
    describe_silence_as_closed(a, source, devices);
    if (!a.has_times_of_answers()) continue;
    describe(a, source.answered_in);
    describe(a, source.back_in);
  }
}

// Behind all else, of a monitor that hears or heard a part of the fleet alone: others write nothing.
bool has_parts(const EvidenceState& state) {
  return !state.settings.hears_all() || state.ports.heard_in_part || state.ports.others_heard_since > 0;
}
template <typename A, typename T>
void describe_parts(A& a, T& state) {
  describe(a, state.settings.part);
  describe(a, state.settings.parts);
  describe(a, state.ports.others_heard_since);
  describe(a, state.ports.heard_in_part);
  for (auto& [_, names] : state.ports.named) {
    for (auto& [name, port] : names) {
      describe(a, port.heard_since);
      describe(a, port.by_records);
    }
  }
}

// Calls name(subject, number) for each that is there, until one returns false; the other places are vacant.
template <typename Of, typename Name>
bool name_all(Of& subjects, const Name& name) {
  for (std::uint32_t i = 0; i < subjects.all.size(); ++i) {
    if (is_vacant(subjects.all[i])) {
      subjects.vacate(i);
    } else if (!name(subjects.all[i], i)) {
      return false;
    }
  }
  return true;
}

// Rebuilds what is derived: the ways from names to numbers. False when two subjects have one name.
bool rebuild_indexes(EvidenceState& state) {
  return name_all(state.devices,
                  [&](const auto& device, auto i) { return state.devices.index.emplace(device.key, i).second; }) &&
         name_all(state.ports,
                  [&](const auto& port, auto i) {
                    auto& interfaces = state.devices.all[port.device].interfaces;
                    return interfaces.emplace(interface_key(port.name), i).second;
                  }) &&
         name_all(state.directions, [&](const auto& direction,
                                        auto i) { return state.directions.index.emplace(direction.key, i).second; }) &&
         name_all(state.values, [&](const auto& value, auto i) {
           return value.criterion < state.values.criteria.size() &&
                  state.values.index.emplace(std::pair(value.criterion, value.subject), i).second;
         });
}

}  // namespace

Bytes snapshot_of(const Evidence& evidence) {
  DZ_CHECK(!EvidenceContents::of(evidence).closing);
  Writer writer;
  writer.raw(kMagic);
  writer.number(kVersion);
  describe_state(writer, EvidenceContents::of(evidence));
  if (has_parts(EvidenceContents::of(evidence))) describe_parts(writer, EvidenceContents::of(evidence));
  writer.number(checksum(writer.bytes()));
  return writer.take();
}

Result<Evidence> restore_evidence(ByteView bytes) {
  const auto damaged = [](std::string_view found) {
    return corrupt(
        fmt::format("evidence snapshot: expected the bytes that were saved, found {}; use an older snapshot or "
                    "start without one (a fresh start observes its window anew)",
                    found));
  };
  if (bytes.size() < kHeaderSize + kChecksumSize || !std::equal(kMagic.begin(), kMagic.end(), bytes.begin())) {
    return damaged("no snapshot");
  }
  const auto version = bytes[kMagic.size()];
  if (version < 1 || version > kVersion) {
    return fail(ErrorKind::Unsupported,
                fmt::format("evidence snapshot: expected version 1 to {}, found {}; use the program that wrote it",
                            kVersion, version));
  }
  const auto body = bytes.first(bytes.size() - kChecksumSize);
  std::uint64_t saved = 0;
  Reader(bytes.subspan(body.size())).number(saved);
  if (saved != checksum(body)) return damaged("a wrong checksum");

  Evidence evidence;
  auto& state = EvidenceContents::of(evidence);
  Reader reader(body.subspan(kHeaderSize), version);
  describe_state(reader, state);
  if (!reader.at_end()) describe_parts(reader, state);
  if (!reader.ok() || !reader.at_end()) return damaged("lengths that do not add up");
  if (!rebuild_indexes(state)) return damaged("one subject twice");
  return evidence;
}

}  // namespace dz::evidence
