// What really happened, kept beside the code under test and without its help: which minutes of which port, device and
// direction had evidence delivered to one monitor's endpoint, when error counters truly rose, what QA found. Minutes
// are those of the rows' own times.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace dz::sim {

using MinuteNumber = std::int64_t;  // since the epoch
inline MinuteNumber number_of(Timestamp t) { return minute_of(t).time_since_epoch().count(); }
inline Timestamp begin_of(MinuteNumber m) { return Timestamp{std::chrono::minutes{m}}; }

// A set of minutes from `origin` on.
class MinuteSet {
 public:
  explicit MinuteSet(MinuteNumber origin) : origin_(origin) {}
  void add(MinuteNumber m) {
    if (m < origin_) return;
    const auto at = static_cast<std::size_t>(m - origin_);
    if (at >= bits_.size()) bits_.resize(at + 1024);
    bits_[at] = true;
  }
  bool has(MinuteNumber m) const {
    const auto at = static_cast<std::size_t>(m - origin_);
    return m >= origin_ && at < bits_.size() && bits_[at];
  }

 private:
  MinuteNumber origin_;
  std::vector<bool> bits_;
};

// What else is sent when it changes, and is no error.
inline constexpr std::array<std::string_view, 3> kEventNames{"carrier-transitions", "in-discards", "out-discards"};
inline constexpr std::size_t kEventCounters = kEventNames.size();

// One row of a port as the device made it.
struct PortRow {
  std::size_t port = 0;
  Timestamp stamp;                                       // by the device's clock
  std::optional<std::uint64_t> octets;                   // the in-octets shown; out-octets move with them
  std::array<std::optional<std::uint64_t>, 3> errors{};  // in, out, in-fcs, as shown
  // Rises of error counters of this port since the beginning of time, when the row shows its error counters.
  std::optional<std::uint64_t> rises;
  std::uint64_t forgotten = 0;  // of them, those before the counters last started again from 0: no value shows these
  // Of a row of old values: the rises that these show. They count from then on, and who compares them with what was
  // shown before need not see an error.
  std::optional<std::uint64_t> old_rises;
  std::array<std::optional<std::uint64_t>, kEventCounters> events{};  // as shown
};

// A kind of evidence that says that a device, or a port, was alive in a minute.
struct Lane {
  explicit Lane(MinuteNumber origin) : delivered(origin), on_time(origin) {}
  MinuteSet delivered;
  MinuteSet on_time;  // before the minute closed
  void add(Timestamp stamp, Timestamp arrived, Duration lateness) {
    const auto m = number_of(stamp);
    delivered.add(m);
    if (arrived < begin_of(m + 1) + lateness) on_time.add(m);
  }
};

class PortTruth {
 public:
  explicit PortTruth(MinuteNumber origin) : lane_(origin), late_(origin), origin_(origin) {}

  // came: when it was there to be read; read: when the monitor had it.
  void deliver(const PortRow& row, Timestamp came, Timestamp read, Duration lateness);

  // A row that was sent and not taken: it may be known all the same, because the monitor died before it answered.
  void offer(const PortRow& row) {
    if (const auto rises = row.rises ? row.rises : row.old_rises) offered_.emplace_back(row.stamp, *rises);
  }

  const Lane& lane() const { return lane_; }
  // The minutes of the rows that show a rise, of all rows read by then and in the order of their own times, whatever
  // the order they came in and however often each came. Not those that a row shows which may be known too.
  std::vector<MinuteNumber> rises(Timestamp read_by) const;
  // By how much an event counter rose, by the minutes of the rows that show it, of all rows read by then. Of a port
  // whose counters were never reset. By 0: from what is not known.
  std::map<MinuteNumber, std::uint64_t> event_rises(std::size_t counter, Timestamp read_by) const;
  // Rows came in the minute and before it, none of them late, and the octets shown last stood still. (Behind a minute
  // that has closed, late rows fill what was dark; they do not move what it rose from.)
  bool idle(MinuteNumber m) const;
  // Rows came in the minute, and the octets shown last in it are those shown last before it, whenever they came. Of a
  // port whose counters never fell.
  bool still(MinuteNumber m) const;

 private:
  struct Shown {
    Timestamp stamp;
    std::uint64_t octets = 0;
  };
  struct ShownErrors {
    Timestamp stamp;
    std::uint64_t rises = 0, forgotten = 0;
    Timestamp read;
  };
  struct ShownEvent {
    std::uint64_t value = 0;
    Timestamp read;
  };
  struct Contact {  // the first and the last octet row of a minute
    Timestamp first, last, read;
  };
  bool met_before(Timestamp stamp, Timestamp read_by) const;

  Lane lane_;
  MinuteSet late_;  // minutes with rows that came after they closed
  MinuteNumber origin_;
  std::vector<std::optional<Shown>> last_;  // of each minute
  std::vector<ShownErrors> shown_errors_;   // by stamp
  std::array<std::map<Timestamp, ShownEvent>, kEventCounters> shown_events_;
  std::vector<std::pair<Timestamp, std::uint64_t>> offered_;
  std::map<MinuteNumber, Contact> contacts_;
};

struct QaRun {
  Timestamp at, arrived;
  bool success = false;
};

struct DeviceTruth {
  DeviceTruth(MinuteNumber origin, std::size_t port_count)
      : reporting(origin), config(origin), ports(port_count, PortTruth(origin)) {}
  Lane reporting, config;
  std::vector<PortTruth> ports;
  std::vector<QaRun> qa;
};

// Everything that one monitor was given.
struct MonitorTruth {
  MonitorTruth(MinuteNumber origin, const std::vector<std::size_t>& ports_of_devices);
  std::vector<DeviceTruth> devices;
  MinuteSet running;    // whole minutes in which its endpoint ran, and which were over when it began a pass
  MinuteSet accepting;  // the same, closed (lateness included) by a pass in which it did not die
  // Whole minutes in which its endpoint ran, and which were over at a pass that reached its disk: who was not heard in
  // one of them was silent. In any other nothing is known but what came.
  MinuteSet covered;
};

}  // namespace dz::sim
