// Long because the layout of the bytes is written down once, in one file.
#include "evidence/snapshot.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/check.h"
#include "domain/interface_name.h"
#include "evidence/evidence_state.h"
#include "evidence/snapshot_archive.h"

namespace dz::evidence {
namespace {

constexpr std::array<std::uint8_t, 4> kMagic = {'D', 'Z', 'E', 'V'};
constexpr std::uint8_t kInEntries = 7;  // the version from which on subjects are entries
constexpr std::size_t kHeaderSize = kMagic.size() + 1;
constexpr std::size_t kChecksumSize = 8;
constexpr std::int32_t kLastWord = INT32_MAX / 64;
constexpr std::uint64_t kMostFolded = UINT32_MAX;

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

// One plane of one subject, words from `newest` back.
template <typename A, typename Table>
void describe_plane_of(A& a, Table& table, std::int32_t newest, std::uint32_t subject, int plane) {
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

constexpr std::int32_t kNoWord = MinuteTable<1>::kNothing;

template <typename A, typename Table>
void describe_newest(A& a, Table& table, std::int32_t& newest) {
  newest = table.newest();
  a.number(newest);
  a.require(newest >= kNoWord && newest <= kLastWord);
  if constexpr (A::kReads) {
    if (a.ok() && newest != kNoWord) table.restart(newest);
  }
}

// One subject's planes, in a table whose newest word is, or was, `newest`.
template <typename A, typename Table>
void describe_planes(
    A& a, Table& table, std::int32_t newest, std::uint32_t subject, bool (*has_plane)(int) = [](int) { return true; }) {
  if (newest == kNoWord) return;
  for (int plane = 0; plane < std::remove_const_t<Table>::kPlanes; ++plane) {
    if (has_plane(plane)) describe_plane_of(a, table, newest, subject, plane);
  }
}

// The newest word of the table, then each subject's planes. How many subjects there are is known from elsewhere.
template <typename A, typename Table>
void describe_table(
    A& a, Table& table, bool (*has_plane)(int) = [](int) { return true; }) {
  std::int32_t newest = kNoWord;
  describe_newest(a, table, newest);
  for (std::uint32_t subject = 0; subject < table.size() && a.ok(); ++subject) {
    describe_planes(a, table, newest, subject, has_plane);
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

// Hardly any port has events.
template <typename A, typename Table>
void describe_event_planes(A& a, Table& table, std::int32_t newest, std::uint32_t port) {
  if (newest == kNoWord) return;
  bool has_events = table.template has<kEventMinutes>(port);
  describe(a, has_events);
  if (has_events) describe_planes(a, table, newest, port, is_of_events);
}
constexpr bool is_not_of_events(int plane) { return !is_of_events(plane); }

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

void read_names_of_a_device(Reader& a, EvidenceState& state) {
  Pubkey device;
  std::vector<std::string> names;
  describe(a, device);
  describe_all(a, names);
  a.require(!state.ports.named.contains(device));
  if (!a.ok()) return;
  for (auto& name : names) state.ports.named[device].emplace(std::move(name), NamedPort{});
}

template <typename A, typename T>
void describe_port(A& a, T& port, std::size_t devices) {
  describe(a, port.device);
  a.require(port.device < devices);
  describe(a, port.name);
  describe(a, port.has_late);
  if (a.has_histories()) describe(a, port.heard);
  PortCountersBytes::describe_counters(a, port.counters);
}

template <typename A, typename T>
void describe_late_ports(A& a, T& ports, std::size_t count) {
  describe_all(a, ports.late);
  for (const auto port : ports.late) a.require(port < count);
}

template <typename A, typename T>
void describe_criteria(A& a, T& values) {
  describe_all(a, values.criteria);
  a.require(values.criteria.size() <= kMostAdded);
}

template <typename A, typename T>
void describe_source(A& a, T& source, std::size_t devices) {
  describe_covered(a, source.covered);
  describe(a, source.watermark);
  a.require(source.watermark >= kNoMinute);
  describe_silence(a, source.silence, devices);
  describe_suspicion(a, source);
  describe_silence_as_closed(a, source, devices);
  if (!a.has_times_of_answers()) return;
  describe(a, source.answered_in);
  describe(a, source.back_in);
}

template <typename A, typename T>
void describe_beginning(A& a, T& state) {
  describe_settings(a, state.settings);
  describe_optional(a, state.accepting.from);
  describe(a, state.accepting.to);
  describe_optional(a, state.first_sample_read);
  describe(a, state.subjects_revision);
  describe_all(a, state.qa_runs);
}

// What versions before 7 wrote.
void read_in_tables(Reader& a, EvidenceState& state) {
  describe_beginning(a, state);
  describe_all(a, state.devices.all, [](Reader& reader, auto& device) { describe_device(reader, device); });
  const auto devices = state.devices.all.size();
  describe_all(a, state.ports.all, [&](Reader& reader, auto& port) { describe_port(reader, port, devices); });
  describe_late_ports(a, state.ports, state.ports.all.size());
  std::size_t named = 0;
  if (a.has_histories()) describe_size(a, named);
  for (std::size_t i = 0; i < named && a.ok(); ++i) read_names_of_a_device(a, state);

  describe_all(a, state.directions.all,
               [&](Reader& reader, auto& direction) { describe_direction(reader, direction, state.devices.all); });
  for (std::uint32_t i = 0; i < state.directions.all.size(); ++i) describe_accounts(a, state, i);
  if (a.has_added()) {
    describe_criteria(a, state.values);
    describe_all(a, state.values.all, [](Reader& reader, auto& value) { describe_value(reader, value); });
  }

  state.devices.make_places();
  state.ports.make_places();
  state.directions.make_places();
  state.values.make_places();
  describe_device_minutes(a, state.devices.minutes);
  describe_table(a, state.ports.minutes, is_not_of_events);
  for (std::uint32_t port = 0; a.has_events() && port < state.ports.minutes.size() && a.ok(); ++port) {
    describe_event_planes(a, state.ports.minutes, state.ports.minutes.newest(), port);
  }
  describe_table(a, state.directions.minutes);
  if (a.has_added()) describe_table(a, state.values.minutes);
  for (std::size_t i = 0; i < (a.has_added() ? kSourceCount : kNamedSources); ++i) {
    describe_source(a, state.sources[i], devices);
  }
}

// After all names, of a monitor that hears or heard a part of the fleet alone: others write nothing.
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

// Of each kind of subject: how many there are, and the newest word of their minutes.
struct Extent {
  std::array<std::uint32_t, kStoredKinds> count{};
  std::array<std::int32_t, kStoredKinds> newest{};
};
constexpr std::size_t index_of(StoredKind kind) { return static_cast<std::size_t>(kind); }
// An entry begins with the number of its kind, or one of these.
constexpr std::uint8_t kNamesEntry = kStoredKinds, kEnd = kStoredKinds + 1, kPartsEntry = kStoredKinds + 2;
constexpr std::uint64_t kLeastEntry = 40;  // bytes of a subject

// Calls use(subjects) for the subjects of each kind, in the order of the kinds.
template <typename T, typename Use>
void each_kind(T& state, const Use& use) {
  use(state.devices);
  use(state.ports);
  use(state.directions);
  use(state.values);
}

template <typename A, typename T>
void describe_head(A& a, T& state, Extent& extent) {
  describe_beginning(a, state);
  describe_criteria(a, state.values);
  std::size_t kind = 0;
  each_kind(state, [&](auto& subjects) {
    if constexpr (!A::kReads) extent.count[kind] = static_cast<std::uint32_t>(subjects.all.size());
    describe(a, extent.count[kind]);
    describe_newest(a, subjects.minutes, extent.newest[kind]);
    ++kind;
  });
  describe_late_ports(a, state.ports, extent.count[index_of(StoredKind::Port)]);
  for (auto& source : state.sources) describe_source(a, source, extent.count[index_of(StoredKind::Device)]);
}

template <typename A, typename T>
void describe_subject(A& a, T& state, const Extent& extent, StoredKind kind, std::uint32_t number) {
  const auto newest = extent.newest[index_of(kind)];
  switch (kind) {
    case StoredKind::Device:
      describe_device(a, state.devices.all[number]);
      return describe_planes(a, state.devices.minutes, newest, number);
    case StoredKind::Port:
      describe_port(a, state.ports.all[number], extent.count[index_of(StoredKind::Device)]);
      describe_planes(a, state.ports.minutes, newest, number, is_not_of_events);
      return describe_event_planes(a, state.ports.minutes, newest, number);
    case StoredKind::Direction:
      describe_direction(a, state.directions.all[number], state.devices.all);
      describe_accounts(a, state, number);
      return describe_planes(a, state.directions.minutes, newest, number);
    case StoredKind::Value:
      describe_value(a, state.values.all[number]);
      return describe_planes(a, state.values.minutes, newest, number);
  }
}

// Subjects may come in any order, each once; but a direction after its device.
void read_entries(Reader& a, EvidenceState& state) {
  Extent extent;
  describe_head(a, state, extent);
  std::uint64_t left = 0;
  for (const auto count : extent.count) left += count;
  a.require(left * kLeastEntry <= a.remaining());  // a forged count must not ask for memory
  if (!a.ok()) return;
  std::array<std::vector<bool>, kStoredKinds> known;
  std::size_t kind = 0;
  each_kind(state, [&](auto& subjects) {
    subjects.all.resize(extent.count[kind]);
    subjects.make_places();
    known[kind].resize(extent.count[kind]);
    ++kind;
  });
  for (;;) {
    std::uint8_t what = kEnd;
    describe(a, what);
    if (!a.ok() || what == kEnd) break;
    if (what == kNamesEntry) {
      read_names_of_a_device(a, state);
      continue;
    }
    if (what == kPartsEntry) {
      describe_parts(a, state);
      continue;
    }
    std::uint32_t number = 0;
    describe(a, number);
    a.require(what < kStoredKinds && number < extent.count[what] && !known[what][number]);
    if (!a.ok()) break;
    known[what][number] = true;
    --left;
    describe_subject(a, state, extent, static_cast<StoredKind>(what), number);
  }
  a.require(left == 0);
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

// The bytes of one moment, written down bit by bit.
class SnapshotWriter {
 public:
  explicit SnapshotWriter(const EvidenceState& state) : state_(state), name_(state.ports.named.begin()) {
    DZ_CHECK(!state.closing);
    writer_.raw(kMagic);
    writer_.number(kSnapshotVersion);
    describe_head(writer_, state, extent_);
    for (std::size_t kind = 0; kind < kStoredKinds; ++kind) written_[kind].resize(extent_.count[kind]);
    head_ = writer_.take();
    if (has_parts(state)) {
      writer_.number(kPartsEntry);
      describe_parts(writer_, state);
      parts_ = writer_.take();
    }
    checksum_ = checksum(head_, checksum_);
  }

  const Bytes& head() const { return head_; }

  // The subject is about to change: unless it is written down, or is younger than the snapshot, it is now.
  void write_down(StoredKind kind, std::uint32_t number) {
    auto& written = written_[index_of(kind)];
    if (number >= written.size() || written[number]) return;
    written[number] = true;
    add([&] {
      writer_.number(static_cast<std::uint8_t>(kind));
      writer_.number(number);
      describe_subject(writer_, state_, extent_, kind, number);
    });
  }

  Bytes next(std::size_t most) {
    while (writer_.bytes().size() < most && go_on()) {
    }
    return writer_.take(most);
  }

 private:
  // False: all is written.
  bool go_on() {
    if (kind_ < kStoredKinds) {
      if (number_ < extent_.count[kind_]) {
        write_down(static_cast<StoredKind>(kind_), number_++);
      } else {
        ++kind_;
        number_ = 0;
      }
    } else if (name_ != state_.ports.named.end()) {
      add([&] {
        writer_.number(kNamesEntry);
        describe(writer_, name_->first);
        auto size = name_->second.size();
        describe_size(writer_, size);
        for (const auto& [name, _] : name_->second) describe(writer_, name);
      });
      ++name_;
    } else if (!parts_.empty()) {
      add([&] { writer_.raw(parts_); });
      parts_.clear();
    } else if (!ended_) {
      add([&] { writer_.number(kEnd); });
      writer_.number(checksum_);
      ended_ = true;
    } else {
      return false;
    }
    return true;
  }
  template <typename Write>
  void add(const Write& write) {
    const auto before = writer_.bytes().size();
    write();
    checksum_ = checksum(ByteView(writer_.bytes()).subspan(before), checksum_);
  }

  const EvidenceState& state_;
  Extent extent_;
  Writer writer_;
  Bytes head_, parts_;  // parts_: of that moment, written behind the names
  std::uint64_t checksum_ = kChecksumOfNothing;
  std::array<std::vector<bool>, kStoredKinds> written_;
  std::size_t kind_ = 0;  // what is next, unless it is written
  std::uint32_t number_ = 0;
  decltype(Ports::named)::const_iterator name_;
  bool ended_ = false;
};

void EvidenceState::write_down(StoredKind kind, std::uint32_t number) {
  if (snapshot != nullptr) snapshot->write_down(kind, number);
}

SnapshotInPieces::SnapshotInPieces(Evidence& evidence)
    : state_(EvidenceContents::of(evidence)), writer_(std::make_unique<SnapshotWriter>(state_)) {
  DZ_CHECK(state_.snapshot == nullptr);
  state_.snapshot = writer_.get();
}
SnapshotInPieces::~SnapshotInPieces() { state_.snapshot = nullptr; }
const Bytes& SnapshotInPieces::head() const { return writer_->head(); }
Bytes SnapshotInPieces::next(std::size_t most) { return writer_->next(most); }

Bytes snapshot_of(const Evidence& evidence) {
  SnapshotWriter writer(EvidenceContents::of(evidence));
  auto bytes = writer.head();
  const auto rest = writer.next(SIZE_MAX);
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  return bytes;
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
  if (version < 1 || version > kSnapshotVersion) {
    return fail(ErrorKind::Unsupported,
                fmt::format("evidence snapshot: expected version 1 to {}, found {}; use the program that wrote it",
                            kSnapshotVersion, version));
  }
  const auto body = bytes.first(bytes.size() - kChecksumSize);
  std::uint64_t saved = 0;
  Reader(bytes.subspan(body.size())).number(saved);
  if (saved != checksum(body)) return damaged("a wrong checksum");

  Evidence evidence;
  auto& state = EvidenceContents::of(evidence);
  Reader reader(body.subspan(kHeaderSize), version);
  if (version >= kInEntries) {
    read_entries(reader, state);
  } else {
    read_in_tables(reader, state);
  }
  if (!reader.ok() || !reader.at_end()) return damaged("lengths that do not add up");
  if (!rebuild_indexes(state)) return damaged("one subject twice");
  return evidence;
}

}  // namespace dz::evidence
