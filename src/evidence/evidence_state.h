// Private to evidence/: what an Evidence holds. Subjects are numbered in the order in which they were first heard of;
// one that is forgotten leaves a vacant place, which the next new one takes.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/keyed_hash.h"
#include "base/pubkey.h"
#include "evidence/counters.h"
#include "evidence/evidence.h"
#include "evidence/mass_silence.h"
#include "evidence/readings.h"
#include "evidence/ring.h"
#include "evidence/window_count.h"

namespace dz::evidence {

inline constexpr MinuteIndex kRingMinutes = static_cast<MinuteIndex>(kRingLength.count());

// Answers remembered for tallies. They are not evidence, so queries may refresh them.
using ThreeCounts = std::array<WindowCount, 3>;  // Data, Errors, Utilization; or Reporting, ConfigAgent, TelemetryAgent
using EventCounts = std::array<WindowCount, 2>;  // Carrier, Discards

enum DirectionPlane : int { kProbed, kLost };
using DirectionMinutes = SparseMinutes<2, 1U << kLost>;

enum ValuePlane : int { kHasValue, kBeyond };
using ValueMinutes = MinuteTable<2>;

// The minutes of a link end and what is remembered of them: one interface and one direction, for kRingLength. With all
// else that is kept of it: evidence_test.cpp.
static_assert(PortMinutes::kBytes + DirectionMinutes::kBytes + sizeof(ThreeCounts) + sizeof(WindowCount) <= 1280);
// Beside, for an interface with an error in that time, and for one with discards or carrier transitions.
static_assert(PortMinutes::kRareBytes[kErrorMinutes] <= 1024 && PortMinutes::kRareBytes[kEventMinutes] <= 1280);

// How closed minutes of a subject changed: by late rows, by samples found later. It is not evidence.
class LateChanges {
 public:
  void note(MinuteIndex m) {
    first_ = std::min(first_, m);
    ++times_;
  }
  void forget() { first_ = kNone; }

  // The first minute that changed since forget().
  std::optional<Minute> first() const { return first_ == kNone ? std::nullopt : std::optional(minute_at(first_)); }
  std::uint32_t times() const { return times_; }  // since ever

 private:
  static constexpr MinuteIndex kNone = INT32_MAX;
  MinuteIndex first_ = kNone;
  std::uint32_t times_ = 0;
};

// derived_until of a device or a direction whose place is vacant; in snapshots too.
inline constexpr MinuteIndex kVacant = INT32_MIN;

struct DeviceEvidence {
  Pubkey key;
  std::map<std::string, std::uint32_t> interfaces;  // by interface_key
  MinuteIndex derived_until = kNoMinute;            // sample minutes before this may be derived
  std::vector<QaResult> qa;                         // oldest first, one a timestamp
  std::uint32_t qa_changes = 0;                     // how often one came, since ever; not evidence
  // Until then no interface without a name in the ledger's records has a place for another; not evidence.
  Timestamp full_until;
};

struct PortEvidence {
  std::string name;  // as first spelled; empty: the place is vacant
  PortCounters counters;
  Timestamp heard;  // when its last row came
  std::uint32_t device = 0;
  bool has_late = false;
  bool pending = false;  // it is to be settled in the close under way
};

struct DirectionKey {
  Pubkey link;
  std::uint32_t origin = 0;  // device
  bool operator==(const DirectionKey&) const = default;
};
struct DirectionKeyHash {
  std::size_t operator()(const DirectionKey& k) const noexcept { return KeyedHash{}(k.link) + k.origin; }
};

// An interface that is heard whatever else is.
struct NamedPort {
  MinuteIndex heard_since = 0;
  bool by_records = true;  // otherwise it was heard until now, and is until it is forgotten
};

// A read that brought samples, and the time all samples up to it account for (count * interval).
struct SampleMark {
  Timestamp at;
  Duration sampled{0};
};

struct DirectionEvidence {
  DirectionKey key;
  MinuteIndex derived_until = kNoMinute;
  std::vector<SampleMark> marks;  // oldest first: reads with a hole behind them, and the last that brought any
  std::uint64_t newest_epoch = 0;
  std::vector<Pubkey> accounts;  // by epoch
};

struct SampleAccount {
  std::uint64_t epoch = 0;
  std::uint32_t direction = 0;
  std::uint32_t seen = 0;
};

struct ValueEvidence {
  std::uint8_t criterion = kMostAdded;  // kMostAdded: the place is vacant
  AddedSubject subject;
};

inline DeviceEvidence vacant_place(const DeviceEvidence&) {
  DeviceEvidence place;
  place.derived_until = kVacant;
  return place;
}
inline DirectionEvidence vacant_place(const DirectionEvidence&) {
  DirectionEvidence place;
  place.derived_until = kVacant;
  return place;
}
inline PortEvidence vacant_place(const PortEvidence&) { return {}; }
inline ValueEvidence vacant_place(const ValueEvidence&) { return {}; }
inline bool is_vacant(const DeviceEvidence& device) { return device.derived_until == kVacant; }
inline bool is_vacant(const DirectionEvidence& direction) { return direction.derived_until == kVacant; }
inline bool is_vacant(const PortEvidence& port) { return port.name.empty(); }
inline bool is_vacant(const ValueEvidence& value) { return value.criterion == kMostAdded; }

inline void note_all(LateChanges& changes) { changes.note(0); }
inline void note_all(std::array<LateChanges, 3>& changes) {
  for (auto& one : changes) one.note(0);
}

// The subjects of one kind. Subject i has its description, minutes, remembered counts and changes at index i.
template <typename Description, typename Minutes, typename Counts, typename Changes = LateChanges>
struct Subjects {
  std::vector<Description> all;
  Minutes minutes;
  mutable std::vector<Counts> counts;
  std::vector<Changes> changes;
  std::set<std::uint32_t> vacant;  // places of subjects that are forgotten

  void make_places() {  // for subjects that have none yet
    minutes.resize(static_cast<std::uint32_t>(all.size()));
    counts.reserve(all.capacity());
    counts.resize(all.size());
    changes.reserve(all.capacity());
    changes.resize(all.size());
  }

  // The place of a new subject: the first that is vacant, or one more.
  std::uint32_t take_place() {
    if (vacant.empty()) {
      // Not twice as many, as a vector would by itself: places are large, and a fleet grows slowly.
      if (all.size() == all.capacity()) all.reserve(all.size() + all.size() / 16 + 16);
      all.emplace_back();
      make_places();
      return static_cast<std::uint32_t>(all.size() - 1);
    }
    const auto number = *vacant.begin();
    vacant.erase(vacant.begin());
    all[number] = {};
    return number;
  }
  // Nothing is left of the subject. Who names it has to forget it first.
  void vacate(std::uint32_t number) {
    all[number] = vacant_place(all[number]);
    minutes.erase(number);
    counts[number] = {};
    note_all(changes[number]);
    vacant.insert(number);
  }
};
using ThreeChanges = std::array<LateChanges, 3>;  // reporting, config agent, telemetry agent
struct Devices : Subjects<DeviceEvidence, DeviceMinutes, ThreeCounts, ThreeChanges> {
  std::unordered_map<Pubkey, std::uint32_t, KeyedHash> index;
};
struct Ports : Subjects<PortEvidence, PortMinutes, ThreeCounts> {
  mutable std::unordered_map<std::uint32_t, EventCounts> event_counts;  // of those that have such minutes
  std::vector<std::uint32_t> late;                                      // those with late rows waiting
  std::map<Pubkey, std::map<std::string, NamedPort>> named;             // by interface_key
  std::map<Pubkey, std::set<std::string>> refused;                      // had no place; at most kMostRefused each
  std::map<Pubkey, std::size_t> refused_more;                           // beyond these
  PortOctets::Rows rows;                                                // for PortPlace
  std::unique_ptr<ReadingShelf> own_shelf = std::make_unique<MemoryShelf>();
  ReadingShelf* shelf = own_shelf.get();
  MinuteIndex others_heard_since = 0;  // those that have no name here
  bool heard_in_part = false;          // some were not always heard

  const NamedPort* name_of(const Pubkey& device, const std::string& key) const {
    const auto it = named.find(device);
    if (it == named.end()) return nullptr;
    const auto name = it->second.find(key);
    return name == it->second.end() ? nullptr : &name->second;
  }
  bool is_named(const Pubkey& device, const std::string& key) const {
    const auto* name = name_of(device, key);
    return name != nullptr && name->by_records;
  }
  MinuteIndex heard_since(const Pubkey& device, const std::string& key) const {
    if (!heard_in_part) return 0;
    const auto* name = name_of(device, key);
    return name == nullptr ? others_heard_since : name->heard_since;
  }
  // Of the signal with that number among ThreeCounts and then EventCounts. Null: there is nothing to remember, for the
  // port has no such minutes or is unknown.
  WindowCount* remembered(std::uint32_t port, std::size_t signal) const {
    if (port == kNoSubject) return nullptr;
    if (signal < counts[port].size()) return &counts[port][signal];
    return minutes.has<kEventMinutes>(port) ? &event_counts[port][signal - counts[port].size()] : nullptr;
  }
  void forget_counts(std::uint32_t port, MinuteIndex from) {
    for (auto& count : counts[port]) count.forget_from(from);
    const auto events = event_counts.find(port);
    if (events == event_counts.end()) return;
    for (auto& count : events->second) count.forget_from(from);
  }
};
struct Directions : Subjects<DirectionEvidence, DirectionMinutes, WindowCount> {
  std::unordered_map<DirectionKey, std::uint32_t, DirectionKeyHash> index;
  std::unordered_map<Pubkey, SampleAccount, KeyedHash> accounts;
};
struct Values : Subjects<ValueEvidence, ValueMinutes, WindowCount> {
  std::vector<std::string> criteria;  // names of the added criteria, by number
  std::map<std::pair<std::uint8_t, AddedSubject>, std::uint32_t> index;
};

// The source answered throughout the minute; and it answered late: the minute had closed, or the source was away when
// it ended or since. In the damped judgement silence in minutes that were answered for late is nothing.
enum SourcePlane : int { kCovered, kCoveredLate };

// From the first to the last of some minutes.
struct ChangedMinutes {
  MinuteIndex first = INT32_MAX;
  MinuteIndex last = 0;

  bool any() const { return first != INT32_MAX; }
  void note(MinuteIndex m) {
    first = std::min(first, m);
    last = std::max(last, m);
  }
};

struct SourceEvidence {
  SourceEvidence() {
    covered.resize(1);
    withdrawn.resize(1);
    suspected.resize(1);
  }

  MinuteTable<2, 1> covered;  // by SourcePlane
  LateChanges changes;        // of `covered`
  MinuteIndex watermark = kNoMinute;
  // Of a pulled source: in which minute an answer last moved the watermark, and in which one it was back when it had
  // been away. Minutes that had ended by then are answered for late, in however many steps.
  MinuteIndex answered_in = kNoMinute, back_in = 0;
  MassSilence silence;             // as of the newest closed minute
  MassSilence silence_as_closed;   // the same, by what was known as each minute closed
  MinuteTable<1, 1> suspected;     // mass silence stood at the end of the minute
  ChangedMinutes silence_changed;  // closed minutes whose mass silence has to be judged again
  // The first minute of which something came before it closed, of anybody. Before, nobody is known to send here:
  // silence is no less bad in the strict judgement, and nothing in the damped one. What comes late says nothing of the
  // others: the way to here was broken, and they may be late themselves.
  MinuteIndex heard_from = INT32_MAX;
  MinuteTable<1, 1> withdrawn;      // evidence of the minute was lost
  MinuteIndex withdrawn_until = 0;  // no minute from here on is withdrawn

  // An answer that moves the watermark comes in minute `now`, of a source whose answers come `lag` minutes after a
  // minute's end when all is well.
  void note_answer(MinuteIndex now, int lag);
  // The newest minute, m or one before it, at whose beginning no mass silence stood; or the oldest of the rings.
  MinuteIndex unsuspected_back(MinuteIndex m) const;
  // Where a stretch before m begins that holds `count` covered minutes, or all that the rings still have.
  MinuteIndex covered_back(MinuteIndex m, int count) const;

  bool has_withdrawn(MinuteIndex from, MinuteIndex to) const {
    to = std::min(to, withdrawn_until);
    for (auto m = from; m < to; ++m) {
      if (withdrawn.test(0, 0, m)) return true;
    }
    return false;
  }
};

// The present interval of the push endpoint's journal.
struct AcceptingInterval {
  std::optional<Timestamp> from;  // none: it never accepted
  Timestamp to;
};

// A close of the counters' minutes that is under way: the source has moved on, so that rows that come now are late, and
// the ports follow piece by piece. Who asks sees the source as it was before. Not in snapshots.
struct PortsClosing {
  MinuteIndex before = 0, closed = 0;
  std::vector<std::uint32_t> ports;  // those to be settled, in order
  std::size_t next = 0;              // those before it are
  // One may be settled in part, through the minutes before `reached`.
  std::uint32_t part = kNoSubject;
  MinuteIndex reached = 0;
};

enum class StoredKind : std::uint8_t { Device, Port, Direction, Value };
inline constexpr std::size_t kStoredKinds = 4;
class SnapshotWriter;  // snapshot.cpp

struct EvidenceState {
  EvidenceSettings settings;
  std::array<SourceEvidence, kSourceCount> sources;
  AcceptingInterval accepting;
  std::optional<Timestamp> first_sample_read;
  std::vector<Timestamp> qa_runs;  // oldest first, unique; of each minute at most two

  Devices devices;
  Ports ports;
  std::optional<PortsClosing> closing;
  SnapshotWriter* snapshot = nullptr;  // under way
  Directions directions;
  Values values;

  std::uint64_t subjects_revision = 0;
  std::uint32_t coverage_revision = 0;  // closed minutes changed their coverage
  std::uint64_t late_revision = 0;      // closed minutes of a subject changed, or QA results came

  SourceEvidence& source(Source s) { return sources[static_cast<std::size_t>(s)]; }
  const SourceEvidence& source(Source s) const { return sources[static_cast<std::size_t>(s)]; }

  // The place of a new subject.
  template <typename Of>
  std::uint32_t take_place(Of& subjects, StoredKind kind) {
    if (!subjects.vacant.empty()) write_down(kind, *subjects.vacant.begin());
    return subjects.take_place();
  }
  // The number of a subject, which is created when new.
  std::uint32_t device(const Pubkey& key);
  std::uint32_t port(std::uint32_t device, std::string_view name);
  std::uint32_t direction(const DirectionKey& key);
  std::uint32_t value(std::size_t criterion, const AddedSubject& subject);
  // Called before a row changes what snapshots hold of the subject: one that is under way has it as it was.
  void write_down(StoredKind kind, std::uint32_t number);
  void mark_device(std::uint32_t device, DevicePlane plane, MinuteIndex m);
  // What was heard of ports is gone.
  void drop_ports();
  // Of the close under way. True: the port is settled; else `work` is used up (PortCounters::settle()).
  bool settle_pending(std::uint32_t port, std::size_t& work);
  void finish_port(std::uint32_t port);  // if it is pending
  void settle_late(std::uint32_t port);  // that is not, and has late rows
  // Closes the minutes before `watermark`: judges mass silence in those the source answered for, and once more in
  // closed ones of which late rows changed who had sent.
  void close(Source source, MinuteIndex watermark);
  void judge_mass_silence(Source source, MinuteIndex watermark);
  void judge_mass_silence_as_closed(Source source, MinuteIndex watermark);
  void cover(Source source, MinuteIndex from, MinuteIndex to);
};

// The only way from an Evidence to what it holds.
struct EvidenceContents {
  static const EvidenceState& of(const Evidence& evidence) { return *evidence.state_; }
  static EvidenceState& of(Evidence& evidence) { return *evidence.state_; }
};

// Whether a row of this time is taken at `now`: Taken, TooOld or TooFarAhead.
RowOutcome outcome_of(const EvidenceSettings& settings, Timestamp at, Timestamp now);

// The first whole minute that begins at or after t.
MinuteIndex minute_after(Timestamp t);

// samples.cpp
void take_samples(EvidenceState& state, Timestamp read_at, std::span<const SampleRead> reads);

}  // namespace dz::evidence
