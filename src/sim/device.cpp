#include "sim/device.h"

#include <fmt/format.h>

#include "sim/random.h"

namespace dz::sim {
namespace {

constexpr std::size_t kReplayed = 12;  // readings ago
constexpr Duration kSparseAfter = std::chrono::milliseconds{50};

std::int64_t nanoseconds(Timestamp t) { return t.time_since_epoch().count() * 1000; }

}  // namespace

SimDevice::SimDevice(DeviceSpec spec, const Pubkey& key, std::uint64_t seed, bool zero_errors)
    : spec_(std::move(spec)), key_(key), zero_errors_(zero_errors) {
  Random random(seed);
  for (const auto& port : spec_.ports) {
    auto& made = ports_.emplace_back();
    made.tags = fmt::format("intfCounters,dzd_pubkey={},intf={}", to_text(key_), port.name);
    made.rate = static_cast<std::uint64_t>(random.between(200, 200'000));
    made.now.octets = static_cast<std::uint64_t>(random.between(1'000'000, 1'000'000'000'000));
    // A port that was in use before may have errors of old days.
    if (zero_errors_ && random.chance(30)) made.now.errors[0] = static_cast<std::uint64_t>(random.between(1, 5000));
  }
  faults.ports.resize(ports_.size());
}

void SimDevice::reset(std::size_t port) {
  ports_[port].now = {};
  ports_[port].forgotten = ports_[port].rises;
}

void SimDevice::count(Port& port, const PortFaults& fault, Timestamp now) const {
  if (!fault.idle && last_) {
    port.now.octets += port.rate * static_cast<std::uint64_t>((now - *last_) / std::chrono::milliseconds{1}) / 1000;
  }
  if (fault.errors) {
    ++port.now.errors[port.rises % 3];
    ++port.rises;
  }
  port.now.rises = port.rises;
  auto& [carrier, in_discards, out_discards] = port.now.events;
  if (fault.flaps) carrier += 2;  // down, and up again
  if (fault.discards) {
    out_discards += 7;
    if (out_discards % 2 == 0) ++in_discards;
  }
}

void SimDevice::read_port(std::size_t index, Timestamp now, Timestamp stamp, Batch& batch) {
  auto& port = ports_[index];
  const auto& fault = faults.ports[index];
  count(port, fault, now);
  port.past.push_back(port.now);
  if (port.past.size() > kReplayed) port.past.pop_front();
  if (faults.silent || fault.silent) return;

  const auto& reading = fault.replay ? port.past.front() : port.now;
  batch.text += fmt::format("{} in-octets={}i,out-octets={}i {}\n", port.tags, reading.octets, reading.octets / 2,
                            nanoseconds(stamp));
  batch.rows.push_back({index, stamp, reading.octets, {}, std::nullopt});
  show_errors(index, reading, stamp + kSparseAfter, batch);
  show_events(index, reading, stamp + kSparseAfter * 2, batch);
  port.shown = reading;
}

// Whether a sparse counter is sent; `shown` is what it showed last.
bool SimDevice::shows(const Port& port, std::uint64_t shown, std::uint64_t value) const {
  return synced_ && port.shown ? shown != value : zero_errors_ || value > 0;
}

void SimDevice::show_errors(std::size_t index, const Counters& reading, Timestamp at, Batch& batch) const {
  constexpr std::array<std::string_view, 3> kNames{"in-errors", "out-errors", "in-fcs-errors"};
  const auto& port = ports_[index];
  std::string fields;
  std::array<std::optional<std::uint64_t>, 3> errors;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    const auto value = reading.errors[i];
    if (!shows(port, port.shown ? port.shown->errors[i] : 0, value)) continue;
    errors[i] = value;
    fields += fmt::format("{}{}={}i", fields.empty() ? "" : ",", kNames[i], value);
  }
  if (fields.empty()) return;
  batch.text += fmt::format("{} {} {}\n", port.tags, fields, nanoseconds(at));
  // A replay shows old values: what rose since is shown when it is over.
  PortRow row{index, at, std::nullopt, errors, std::nullopt};
  row.forgotten = port.forgotten;
  (faults.ports[index].replay ? row.old_rises : row.rises) = reading.rises;
  batch.rows.push_back(row);
}

void SimDevice::show_events(std::size_t index, const Counters& reading, Timestamp at, Batch& batch) const {
  const auto& port = ports_[index];
  std::string fields;
  PortRow row{index, at, std::nullopt, {}, std::nullopt};
  for (std::size_t i = 0; i < kEventCounters; ++i) {
    const auto value = reading.events[i];
    if (!shows(port, port.shown ? port.shown->events[i] : 0, value)) continue;
    row.events[i] = value;
    fields += fmt::format("{}{}={}i", fields.empty() ? "" : ",", kEventNames[i], value);
  }
  if (fields.empty()) return;
  batch.text += fmt::format("{} {} {}\n", port.tags, fields, nanoseconds(at));
  batch.rows.push_back(row);
}

Batch SimDevice::read(Timestamp now, int calls) {
  Batch batch;
  const auto stamp = now + faults.clock_ahead;
  for (std::size_t i = 0; i < ports_.size(); ++i) read_port(i, now, stamp, batch);
  // A device that falls silent begins a new session when it is back.
  synced_ = !faults.silent;
  last_ = now;
  if (calls > 0 && !faults.no_config_agent) {
    batch.text += fmt::format("controller_grpc_getconfig_success,device_pubkey={} count={}i {}\n", to_text(key_), calls,
                              nanoseconds(now));
    batch.getconfigs.push_back(now);
  }
  return batch;
}

}  // namespace dz::sim
