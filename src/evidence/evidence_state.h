// What an Evidence holds. Private to evidence/: store.cpp, samples.cpp, store_tally.cpp and snapshot.cpp share it.
// Subjects are numbered in the order in which they were first heard of and are never removed.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/pubkey.h"
#include "evidence/counters.h"
#include "evidence/evidence.h"
#include "evidence/mass_silence.h"
#include "evidence/ring.h"
#include "evidence/window_count.h"

namespace dz::evidence {

inline constexpr MinuteIndex kRingMinutes = static_cast<MinuteIndex>(kRingLength.count());

// Answers remembered for tallies, not evidence: queries may refresh them.
using ThreeCounts = std::array<WindowCount, 3>;  // Data, Errors, Utilization; or Reporting, ConfigAgent, TelemetryAgent

enum DirectionPlane : int { kProbed, kLost };
using DirectionMinutes = MinuteTable<2>;

enum ValuePlane : int { kMeasured, kBeyond };
using ValueMinutes = MinuteTable<2>;

// A link end: one interface and one direction, for kRingLength.
static_assert(kRingWords * (sizeof(PortMinutes::Word) + sizeof(DirectionMinutes::Word)) + sizeof(ThreeCounts) +
                  sizeof(WindowCount) <=
              2560);

struct DeviceEvidence {
  Pubkey key;
  std::map<std::string, std::uint32_t> interfaces;  // by interface_key
  MinuteIndex derived_until = kNoMinute;            // sample minutes before this may be derived
  std::vector<QaResult> qa;                         // oldest first, one a timestamp
};

struct PortEvidence {
  std::uint32_t device = 0;
  std::string name;  // as first spelled
  PortCounters counters;
  bool has_late = false;
};

struct DirectionKey {
  Pubkey link, origin;
  bool operator==(const DirectionKey&) const = default;
};
struct DirectionKeyHash {
  std::size_t operator()(const DirectionKey& k) const noexcept {
    return std::hash<Pubkey>{}(k.link) * 31 + std::hash<Pubkey>{}(k.origin);
  }
};

// For the history: the first closed minute that changed since forget_changes().
inline constexpr MinuteIndex kUnchanged = INT32_MAX;
struct ChangedMinutes {
  ChangedMinutes() { covered.fill(kUnchanged); }

  std::vector<MinuteIndex> ports, directions, values;
  std::vector<std::array<MinuteIndex, 3>> devices;  // reporting, config agent, telemetry agent
  std::array<MinuteIndex, kSourceCount> covered;
};

// A read that brought samples, and the time all samples up to it account for (count * interval).
struct SampleMark {
  Timestamp at;
  Duration sampled{0};
};

struct DirectionEvidence {
  DirectionKey key;
  std::uint32_t origin = 0;  // device
  MinuteIndex derived_until = kNoMinute;
  std::vector<SampleMark> marks;  // oldest first: reads with a hole behind them, and the last that brought any
  std::uint64_t newest_epoch = 0;
  std::vector<Pubkey> accounts;  // by epoch
};

struct ValueEvidence {
  std::uint8_t criterion = 0;  // kMostAdded: of a rule that is forgotten
  AddedSubject subject;
};

struct SampleAccount {
  std::uint32_t direction = 0;
  std::uint64_t epoch = 0;
  std::uint32_t seen = 0;
};

struct SourceEvidence {
  SourceEvidence() { covered.resize(1); }

  MinuteTable<1, 1> covered;  // the source answered throughout the minute
  MinuteIndex watermark = kNoMinute;
  MassSilence silence;

  // Where a stretch before m begins that holds `count` covered minutes, or all that the rings still have.
  MinuteIndex covered_back(MinuteIndex m, int count) const;
};

struct EvidenceState {
  EvidenceSettings settings;
  std::array<SourceEvidence, kSourceCount> sources;
  std::optional<Timestamp> accepting_from;  // the present interval of the journal
  Timestamp accepting_to;
  std::optional<Timestamp> first_sample_read;

  // Subject i of each kind: its description, its minutes, its remembered counts.
  std::vector<DeviceEvidence> devices;
  std::vector<PortEvidence> ports;
  std::vector<DirectionEvidence> directions;
  std::vector<ValueEvidence> values;
  DeviceMinutes device_minutes;
  PortMinutes port_minutes;
  DirectionMinutes direction_minutes;
  ValueMinutes value_minutes;
  mutable std::vector<ThreeCounts> device_counts;
  mutable std::vector<ThreeCounts> port_counts;
  mutable std::vector<WindowCount> direction_counts, value_counts;
  std::vector<std::uint32_t> port_rewrites, direction_rewrites;  // closed minutes that changed
  mutable ChangedMinutes changed;                                // not evidence: what the history has yet to write down

  std::vector<std::string> added;         // added criteria, by number
  std::vector<Timestamp> qa_runs;         // oldest first, unique
  std::vector<std::uint32_t> late_ports;  // with late rows waiting

  std::unordered_map<Pubkey, std::uint32_t> device_index;
  std::unordered_map<DirectionKey, std::uint32_t, DirectionKeyHash> direction_index;
  std::unordered_map<Pubkey, SampleAccount> accounts;
  std::map<std::pair<std::uint8_t, AddedSubject>, std::uint32_t> value_index;

  std::uint64_t subjects_revision = 0;
  std::uint32_t coverage_revision = 0;  // closed minutes changed their coverage

  SourceEvidence& source(Source s) { return sources[static_cast<std::size_t>(s)]; }
  const SourceEvidence& source(Source s) const { return sources[static_cast<std::size_t>(s)]; }
  std::uint32_t device(const Pubkey& key);  // created when new
  void make_places();                       // minutes and counts for subjects that have none yet
  void mark_device(std::uint32_t device, DevicePlane plane, MinuteIndex m);
  // Closes the minutes before `watermark`: judges mass silence in those the source answered for.
  void close(Source source, MinuteIndex watermark);
  void cover(Source source, MinuteIndex from, MinuteIndex to);
};

// samples.cpp
void take_samples(EvidenceState& state, Timestamp read_at, std::span<const SampleRead> reads);

}  // namespace dz::evidence
