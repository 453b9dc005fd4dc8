// The evidence of the whole fleet: rows in, minutes kept in rings, tallies out. Pure: every time is an argument, and
// the same calls in the same order give the same bytes (snapshot.h) on any machine and after any restart.
//
// A minute of a signal is good, bad (which includes: observed and silent) or unobserved. It is unobserved when nothing
// arrived and the source was not answering throughout it, or when a mass silence excuses the device (mass_silence.h).
// A subject never heard of is judged the same way: silent in every minute its source answered for.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/pubkey.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/records.h"
#include "evidence/tally.h"

namespace dz::evidence {

inline constexpr std::chrono::minutes kLongestWindow{31 * 60};  // 200,000 slots of up to 558 ms
inline constexpr std::chrono::minutes kRingLength = kLongestWindow + std::chrono::minutes{60};

struct EvidenceSettings {
  std::uint8_t pulled = 0;  // bit Source: answered() moves it; the others are pushed. LatencySamples is always read
  // Pulled: a minute is asked for this long after its end. Of added criteria too, which are always pulled.
  std::array<Duration, kSourceCount> lag{};
  Duration lateness = std::chrono::seconds{30};        // push: a minute closes this long after its end
  Duration ahead = std::chrono::minutes{2};            // rows further ahead of the clock than this are refused
  Duration samples_lag = std::chrono::minutes{2};      // a ledger read is complete through itself less this
  Duration submit_interval = std::chrono::minutes{1};  // of the telemetry agents
  // Rings a device, those of interfaces that ledger records name aside. A new one takes the place of the one that was
  // heard of longest ago, if that has been silent for 10 minutes.
  int most_interfaces = 1024;
  // Of a monitor that judges a part of the fleet: which one, from 1, of how many. Then only interfaces that records
  // name have rings; rows of the others say that their device was heard, and nothing else. 0 of 0: all are heard.
  std::uint32_t part = 0, parts = 0;
  bool hears_all() const { return parts == 0; }
  bool pushed(Source source) const { return !is_added(source) && (pulled >> static_cast<int>(source) & 1) == 0; }
  bool operator==(const EvidenceSettings&) const = default;
};

// One intfCounters row. Values are cumulative since boot; a field that the row lacks is empty.
struct CounterRow {
  Timestamp at;
  std::optional<std::uint64_t> in_octets, out_octets, in_errors, out_errors, in_fcs_errors;
  std::optional<std::uint64_t> in_discards{}, out_discards{}, carrier_transitions{};
  bool operator==(const CounterRow&) const = default;
};

enum class RowOutcome : std::uint8_t {
  Taken,
  TooOld,   // before the rings' first minute, seen from now. A row of error counters alone is taken as a baseline
  TooMany,  // of the interface thousands of rows of open minutes wait, or thousands of error values are known; of the
            // device there are eight QA results in the minute
  TooFarAhead,  // more than `ahead` after now: the device's clock is wrong
};

// One account of a ledger read. samples.rtt_us holds the samples from first_index on, so that a reader may fetch only
// the tail it has not seen; samples that were counted before are skipped.
struct SampleRead {
  Pubkey account;
  LatencySamples samples;
  std::uint32_t first_index = 0;
};

// Where a subject's rings are. Cheap to copy and safe for the life of the Evidence; after subjects_revision() changed,
// a name may resolve to something else (a sub-interface got counters of its own, a silent subject lost its place), so
// ask again.
inline constexpr std::uint32_t kNoSubject = UINT32_MAX;
struct DeviceRef {
  std::uint32_t index = kNoSubject;
};
struct InterfaceRef {
  std::uint32_t index = kNoSubject, device = kNoSubject;
  bool parent_port = false;  // the parent stands in for a sub-interface without counters of its own
  // Its rows were not listened to in earlier minutes (minutes since the epoch): silence in them is unobserved.
  std::int32_t heard_since = 0;
};
struct DirectionRef {
  std::uint32_t index = kNoSubject, origin = kNoSubject;
};
struct AddedRef {
  std::uint32_t index = kNoSubject;
  std::uint8_t criterion = 0;
  bool absent_is_bad = true;  // what a minute without a value is while the source answers; else unobserved
  bool parent_port = false;
};

// Whom the values of an added criterion are about: a device, a link, or an interface of a device.
struct AddedSubject {
  Pubkey key;
  std::string interface;  // as interface_key() gives it; empty for devices and links
  auto operator<=>(const AddedSubject&) const = default;
};

// A value of an added criterion. It speaks for the `minutes` minutes from `at` on.
struct ValueRow {
  Timestamp at;
  int minutes = 1;
  bool in_bounds = true;
};

// The newest row of a counter.
struct CounterSeen {
  Timestamp at;
  std::uint64_t value = 0;
  bool operator==(const CounterSeen&) const = default;
};

struct NamedInterface {
  Pubkey device;
  std::string name;
  auto operator<=>(const NamedInterface&) const = default;
};

// How many subjects the evidence has.
struct SubjectCounts {
  std::size_t devices = 0, interfaces = 0, directions = 0, values = 0;
  std::size_t places = 0;  // of all kinds, vacant ones included: what memory is taken for
};

// How minutes close when many interfaces have much to be settled: so much work in a piece (20,000 are some 2 ms), and
// what is called between two of them. It may add rows, of whatever sort, and ask, and is answered as of before; it may
// call nothing else.
struct Pieces {
  std::size_t work = 20'000;
  std::function<void()> between = {};
};

// A pulled source answered for every minute of [from, to), at a time after them.
struct AnsweredMinutes {
  Minute from, to;
  Timestamp at;
};

class ReadingShelf;    // readings.h
struct EvidenceState;  // what an Evidence holds, private to this folder: evidence_state.h
struct EvidenceContents;

// The door to all evidence. Its methods are many because each kind of subject is asked in the same few ways.
class Evidence {
 public:
  explicit Evidence(EvidenceSettings settings = {});
  Evidence(Evidence&&) noexcept;
  Evidence& operator=(Evidence&&) noexcept;
  ~Evidence();

  // ---- rows in. `now` is when the row arrived; whether the device is known to the ledger is the caller's to check.

  // The interface under any spelling of its name, created when new. Refused: the device has no place left for it.
  Result<InterfaceRef> interface_for_rows(const Pubkey& device, std::string_view name, Timestamp now);
  // All interfaces that ledger records name, by interface_key(), in order: they have a place always. Of a part of the
  // fleet: those that its records need. One that was not heard before is heard from now on.
  void name_interfaces(std::span<const NamedInterface> all, Timestamp now = {});
  std::vector<NamedInterface> named_interfaces() const;
  // Whether rows of the interface are kept; otherwise they are a presence of its device (add_presence()).
  bool hears(const Pubkey& device, std::string_view name) const;
  // Interfaces of the device that had no place for a row, since the start or the last restart: about as many, for those
  // beyond the first thousand are counted again when they come again.
  std::size_t interfaces_refused(const Pubkey& device) const;
  // Forgets the subjects that are gone: neither one of these records (devices and links, in order) nor an interface
  // that records name, and nothing came of them for longer than the rings are long. Their places are given to new ones,
  // and subjects_revision() changes. Returns how many.
  std::size_t forget_gone(std::span<const Pubkey> records, Timestamp now);
  bool has_gone(std::span<const Pubkey> records, Timestamp now) const;  // whether it would forget any
  SubjectCounts subject_counts() const;
  // Rows of open minutes may come in any order; they count when their minute closes. Rows of closed minutes count at
  // the next advance(), in order of time.
  RowOutcome add_counters(InterfaceRef interface, const CounterRow& row, Timestamp now);
  Result<RowOutcome> add_counters(const Pubkey& device, std::string_view name, const CounterRow& row, Timestamp now);
  // Some intfCounters row of the device, of an interface that is not heard.
  RowOutcome add_presence(const Pubkey& device, Timestamp at, Timestamp now);
  // count of 0 is no success and leaves no trace.
  RowOutcome add_getconfig(const Pubkey& device, Timestamp at, std::uint64_t count, Timestamp now);
  // The run it came of is shown to every device.
  RowOutcome add_qa_result(const Pubkey& device, Timestamp at, bool success, Timestamp now);
  // Of whoever may speak of this device alone: nobody else hears of a run.
  RowOutcome add_own_qa_result(const Pubkey& device, Timestamp at, bool success, Timestamp now);
  RowOutcome add_qa_run(Timestamp at, Timestamp now);  // a metadata row: a run took place

  // The added criteria, by name: number i of them has Source added_source(i). A criterion that is not named any more is
  // forgotten with its evidence; one that moved keeps its own. At most kMostAdded, each once.
  void set_added(std::span<const std::string> names);
  std::span<const std::string> added() const;
  // A value out of bounds makes each of its minutes bad for good.
  RowOutcome add_value(std::size_t criterion, const AddedSubject& subject, const ValueRow& row, Timestamp now);

  // One complete read of the ledger's latency samples: every account of the current and the previous epoch that may
  // hold samples not yet seen, at once. Moves the LatencySamples watermark; an empty read does so too.
  void observe_samples(Timestamp read_at, std::span<const SampleRead> reads);
  // How many samples of an account were counted: the first_index to fetch next. 0 for an account never seen.
  std::uint32_t samples_seen(const Pubkey& account) const;

  // ---- time

  // The push endpoint's journal: it accepted writes throughout [from, to). Intervals that touch join; call with the
  // same `from` and a growing `to` while it runs, before advance(). A gap is a time in which it did not.
  void accepting(Timestamp from, Timestamp to);
  // Push sources (Counters, ConfigAgent, Qa) are complete through now - lateness, floored. Never moves back.
  void advance(Timestamp now, const Pieces& pieces = {});
  // The clock was wrong, and minutes after now were closed: no minute from `now - lateness` on is, and what was told of
  // them is forgotten. What the rings lost of older minutes is unobserved.
  void take_back(Timestamp now);
  // Whether some minute after now is closed.
  bool is_ahead_of(Timestamp now) const;
  // A pulled source answered: the watermark is at least the end of these minutes. Whether it was away before is told by
  // the times of its answers.
  void answered(Source source, const AnsweredMinutes& minutes, const Pieces& pieces = {});

  // Evidence of [from, to) was lost: a minute of it is unobserved, whatever else is known of it, unless it is known to
  // be bad; and no QA window that reaches into it is complete. Not in snapshots.
  void withdraw(Source source, Minute from, Minute to);

  // ---- queries. Windows must end at or before the source's watermark and be at most kLongestWindow long.

  SourceState state(Source source) const;
  // The devices whose silence in the newest closed minute a mass silence of the source excuses, in order.
  std::vector<Pubkey> suspected_silent(Source source) const;
  std::uint64_t subjects_revision() const;
  // Another number whenever the answer about some closed minute, or a QA result, may have changed.
  std::uint64_t answers_revision() const;
  DeviceRef find_device(const Pubkey& device) const;
  InterfaceRef find_interface(const Pubkey& device, std::string_view name) const;  // or its parent port
  DirectionRef find_direction(const Pubkey& link, const Pubkey& origin_device) const;
  // Of an interface also its parent port's, when it has no values of its own.
  AddedRef find_added(std::size_t criterion, const Pubkey& key, std::string_view interface, bool absent_is_bad) const;

  SignalTally tally(InterfaceRef interface, Signal signal, const TallyQuery& query) const;  // of an interface
  SignalTally tally(DeviceRef device, Signal signal,
                    const TallyQuery& query) const;                          // Reporting ConfigAgent TelemetryAgent
  SignalTally tally(DirectionRef direction, const TallyQuery& query) const;  // Probes
  SignalTally tally(AddedRef value, const TallyQuery& query) const;
  MinuteState minute(InterfaceRef interface, Signal signal, Minute minute) const;
  MinuteState minute(DeviceRef device, Signal signal, Minute minute) const;
  MinuteState minute(DirectionRef direction, Minute minute) const;
  MinuteState minute(AddedRef value, Minute minute) const;
  // In that minute an octet counter is below a fall that was a replay, or of which it is not known yet what it was.
  bool is_below_a_fall(InterfaceRef interface, Minute minute) const;
  QaEvidence qa(const Pubkey& device, Minute from, Minute to) const;
  // The name under which rows of the interface first came, in the device's own spelling; empty when none ever came.
  // Valid until a row comes for an interface that is new.
  std::string_view reported_name(InterfaceRef interface) const;
  // Of a counter that is sent when it changes (errors, discards, carrier transitions), rows of open minutes aside; none
  // when there was no row. The interface's own, whoever stands in for it.
  std::optional<CounterSeen> last_error(InterfaceRef interface, CounterBit counter) const;
  // Every minute of a window, with the counters that offended: about 3 us for 24 h.
  MinuteSeries series(InterfaceRef interface, Signal signal, Minute from, Minute to) const;
  MinuteSeries series(DeviceRef device, Signal signal, Minute from, Minute to) const;
  MinuteSeries series(DirectionRef direction, Minute from, Minute to) const;
  MinuteSeries series(AddedRef value, Minute from, Minute to) const;

  // For callers that remember a verdict: every minute of [from, to) is good in every signal of the subject; and how
  // often closed minutes of it changed (late rows, samples found later). A window that was all good stays so while the
  // minutes that close are all good and the second number stays as it is.
  bool all_good(InterfaceRef interface, Minute from, Minute to) const;
  bool all_good(DirectionRef direction, Minute from, Minute to) const;
  bool all_good(DeviceRef device, Signal signal, Minute from, Minute to) const;  // in this signal of the device's own
  std::uint32_t rewrites(InterfaceRef interface) const;
  std::uint32_t rewrites(DirectionRef direction) const;
  std::uint32_t rewrites(DeviceRef device) const;  // and how often QA results of it came
  std::optional<Timestamp> newest_qa_result(DeviceRef device) const;
  bool knows_qa_runs() const;  // of anybody

  const EvidenceSettings& settings() const;
  // From now on: a restored one comes with the settings it had. Another part of the fleet: what nobody listened to
  // until now is unobserved; where the counters are pulled they begin anew, for the store has all of them.
  void configure(const EvidenceSettings& settings, Timestamp now = {});

  // Where readings of closed minutes are kept from now on; it outlives the evidence. Without one they are in memory,
  // and not in a snapshot.
  void keep_readings_on(ReadingShelf& shelf);

  // What changed_from() (minute_marks.h) tells begins anew: the changes until now have been written down.
  void forget_changes();

 private:
  friend struct EvidenceContents;
  void close_through(Source source, std::int32_t watermark);
  void settle_ports(const Pieces& pieces);
  void begin_closing_ports(std::int32_t watermark);
  bool settle_some(std::size_t work);
  void forget_old_qa(std::int32_t watermark);
  void take_back_ports(std::int32_t closed);
  void hear_another_part(const EvidenceSettings& before, Timestamp now);
  void note_refused(const Pubkey& device, const std::string& key);
  std::uint32_t give_place(std::uint32_t port, std::string_view name);

  std::unique_ptr<EvidenceState> state_;
};

// Which source a signal is judged by: its watermark ends the window.
Source source_of(Signal signal);

}  // namespace dz::evidence
