// A simulated device, lean enough for a day of its life to cost milliseconds: octets of every port at a cadence, error
// counters, discards and carrier transitions only when they changed, getconfig successes. What is wrong with it is a
// set of switches that the run turns. (The demo's devices, with all 16 counters and their timing, are in fleet/.)
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/pubkey.h"
#include "base/time.h"
#include "domain/words.h"
#include "sim/truth.h"

namespace dz::sim {

struct PortSpec {
  std::string name;
  bool dia = false, cyoa = false;
};
struct DeviceSpec {
  std::string code;
  DeviceType type = DeviceType::Hybrid;
  bool of_beta = false;  // else alpha's
  std::vector<PortSpec> ports;
};

struct PortFaults {
  bool silent = false, idle = false, errors = false, replay = false;
  bool flaps = false, discards = false;
};
struct DeviceFaults {
  bool silent = false;           // no counter rows at all
  bool no_config_agent = false;  // no getconfig
  bool no_telemetry_agent = false;
  bool qa_fails = false;
  bool probes_lost = false;
  Duration clock_ahead{};  // of its rows' times; may be negative
  std::vector<PortFaults> ports;
};

// What leaves a device at once: one request.
struct Batch {
  std::string text;
  std::vector<PortRow> rows;
  std::vector<Timestamp> getconfigs;
  struct Qa {
    std::size_t device = 0;
    Timestamp at;
    bool success = false;
  };
  std::vector<Qa> qa;
};

class SimDevice {
 public:
  // zero_errors: error counters that never rose are sent as 0 at a sync; else not before they rise.
  SimDevice(DeviceSpec spec, const Pubkey& key, std::uint64_t seed, bool zero_errors);

  const DeviceSpec& spec() const { return spec_; }
  const Pubkey& key() const { return key_; }

  DeviceFaults faults;

  // Every port is read at `now`, and the config agent called `calls` times since the last time.
  Batch read(Timestamp now, int calls);
  // An error counter stands at that value, and did before the device was first read.
  void start(std::size_t port, std::uint64_t errors) { ports_[port].now.errors[0] = errors; }
  const std::string& tags(std::size_t port) const { return ports_[port].tags; }
  // Counters start again from 0, as after a reboot.
  void reset(std::size_t port);
  // The collector's session began anew: the next reading shows the sparse counters too.
  void sync() { synced_ = false; }

 private:
  struct Counters {
    std::uint64_t octets = 0;
    std::uint64_t rises = 0;  // of its error counters, since ever
    std::array<std::uint64_t, 3> errors{};
    std::array<std::uint64_t, kEventCounters> events{};
  };
  struct Port {
    std::string tags;
    std::uint64_t rate = 0;  // octets a second
    Counters now;
    std::uint64_t rises = 0, forgotten = 0;  // since ever; until its counters last started again
    std::optional<Counters> shown;           // errors and events as last shown
    std::deque<Counters> past;               // what a replay shows
  };
  void read_port(std::size_t index, Timestamp now, Timestamp stamp, Batch& batch);
  void count(Port& port, const PortFaults& fault, Timestamp now) const;
  void show_errors(std::size_t index, const Counters& reading, Timestamp at, Batch& batch) const;
  void show_events(std::size_t index, const Counters& reading, Timestamp at, Batch& batch) const;
  bool shows(const Port& port, std::uint64_t shown, std::uint64_t value) const;

  DeviceSpec spec_;
  Pubkey key_;
  bool zero_errors_;
  bool synced_ = false;
  std::optional<Timestamp> last_;
  std::vector<Port> ports_;
};

}  // namespace dz::sim
