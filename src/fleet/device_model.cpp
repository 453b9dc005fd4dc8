#include "fleet/device_model.h"

#include <algorithm>

#include <fmt/format.h>

#include "domain/interface_name.h"
#include "fleet/noise.h"

namespace dz::fleet {
namespace {

constexpr Duration kGetconfigPeriod = std::chrono::seconds{5};
// EOS sends the octets of a reading, then a moment later what changed beside them; carrier transitions come first.
constexpr Duration kSparseAfter = std::chrono::milliseconds{6};
constexpr Duration kCarrierBefore = std::chrono::milliseconds{4};

std::int64_t nanoseconds(Timestamp t) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(t.time_since_epoch()).count();
}

std::uint64_t value(const Reading& reading, Counter counter) { return reading[static_cast<std::size_t>(counter)]; }

// "in-octets=1i,out-octets=2i" of counters [first, last) that differ from `sent` (all of them without it).
std::string fields(const Reading& reading, const std::optional<Reading>& sent, Counter first, Counter last) {
  std::string out;
  for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last); ++i) {
    if (sent && (*sent)[i] == reading[i]) continue;
    out += fmt::format("{}{}={}i", out.empty() ? "" : ",", to_text(static_cast<Counter>(i)), reading[i]);
  }
  return out;
}

// Calls use(time) for every reading: one a cadence, each up to a tenth of it away from the beat, so that
// deltas vary as they do on a switch.
template <typename Use>
void each_reading(const ReadingTimes& times, std::uint64_t seed, Use use) {
  const auto& [span, cadence] = times;
  const Duration phase{static_cast<Duration::rep>(noise(seed, 0) % static_cast<std::uint64_t>(cadence.count()))};
  const auto spread = static_cast<std::uint64_t>(cadence.count() / 10 + 1);
  for (auto beat = (span.from.time_since_epoch() - phase) / cadence - 1;; ++beat) {
    const auto wobble = static_cast<Duration::rep>(noise(seed, static_cast<std::uint64_t>(beat)) % spread);
    const Timestamp at{phase + cadence * beat + Duration{wobble}};
    if (at >= span.to) return;
    if (at >= span.from) use(at);
  }
}

const Fault* active_of(const std::vector<const Fault*>& faults, FaultKind kind, Timestamp at) {
  for (const Fault* fault : faults) {
    if (fault->kind == kind && fault->active(at)) return fault;
  }
  return nullptr;
}

Timestamp leaves_at(const std::vector<const Fault*>& faults, Timestamp at) {
  const Fault* late = active_of(faults, FaultKind::Late, at);
  if (late == nullptr) return at;
  return late->period > Duration{0} ? at + late->period : std::max(at, late->to.value_or(at));
}

bool counts_on(const Fault& fault, const std::string& device, const std::string& port_key) {
  return fault.device == device && (fault.interface.empty() || interface_key(parent_port(fault.interface)) == port_key);
}

}  // namespace

DeviceModel::DeviceModel(const TopologyDevice& device, const Pubkey& pubkey, std::uint64_t seed, Timestamp start)
    : code_(device.code), pubkey_(pubkey), seed_(noise(seed, device.code)) {
  for (const std::string& name : counted_ports(device)) {
    const std::uint64_t port_seed = noise(seed_, name);
    std::string tags = fmt::format(
        "intfCounters,dzd_pubkey={},host={},intf={},location={},model_name=DCS-7280CR3A-32S,"
        "serial_number=JPE{:08}",
        to_text(pubkey), device.code, name, device.exchange, noise(seed_, 1) % 100'000'000);
    Port port{name, interface_key(name), std::move(tags), port_seed, SimulatedCounters(port_seed, start), std::nullopt};
    // A DIA port carries the device's own traffic whatever its links do.
    const bool dia = std::any_of(device.interfaces.begin(), device.interfaces.end(), [&](const TopologyInterface& one) {
      return one.dia && interface_key(one.name) == port.key;
    });
    if (dia) port.counters.set_busy(true, start);
    ports_.push_back(std::move(port));
  }
}

void DeviceModel::set_busy(const std::string& interface, bool busy, Timestamp at) {
  const std::string key = interface_key(parent_port(interface));
  for (Port& port : ports_) {
    if (port.key == key) port.counters.set_busy(busy, at);
  }
}

void DeviceModel::reading_lines(Port& port, Timestamp at, const std::vector<const Fault*>& faults,
                                std::vector<Line>& out) {
  const Timestamp sent = leaves_at(faults, at);
  const Fault* wrong_clock = active_of(faults, FaultKind::WrongClock, at);
  const Timestamp stamp = wrong_clock == nullptr ? at : at + wrong_clock->period;
  const Reading reading = port.counters.read(at, faults);
  const auto add = [&](const std::string& values, Timestamp when) {
    if (!values.empty()) out.push_back({sent, fmt::format("{} {} {}", port.tags, values, nanoseconds(when))});
  };
  const bool carrier =
      !port.sent || value(*port.sent, Counter::CarrierTransitions) != value(reading, Counter::CarrierTransitions);
  if (carrier) {
    add(fmt::format("carrier-transitions={}i", value(reading, Counter::CarrierTransitions)), stamp - kCarrierBefore);
  }
  add(fields(reading, std::nullopt, Counter::InOctets, kFirstSparse), stamp);
  add(fields(reading, port.sent, kFirstSparse, Counter::CarrierTransitions), stamp + kSparseAfter);
  port.sent = reading;
}

void DeviceModel::port_lines(Port& port, const ReadingTimes& times, const std::vector<const Fault*>& faults,
                             std::vector<Line>& out) {
  each_reading(times, port.seed, [&](Timestamp at) {
    if (active_of(faults, FaultKind::Silence, at) == nullptr) reading_lines(port, at, faults, out);
  });
}

void DeviceModel::getconfig_lines(ReadingTimes times, const std::vector<Fault>& faults, std::vector<Line>& out) const {
  const Duration period = times.cadence = std::max(kGetconfigPeriod, times.cadence);
  each_reading(times, noise(seed_, 2), [&](Timestamp at) {
    for (const Fault& fault : faults) {
      if (fault.kind == FaultKind::NoConfigAgent && fault.device == code_ && fault.active(at)) return;
    }
    out.push_back({at, fmt::format("controller_grpc_getconfig_success,device_pubkey={} count={}i {}", to_text(pubkey_),
                                   period / kGetconfigPeriod, nanoseconds(at))});
  });
}

void DeviceModel::lines_between(const ReadingTimes& times, const std::vector<Fault>& faults, std::vector<Line>& out) {
  for (Port& port : ports_) {
    std::vector<const Fault*> here;
    for (const Fault& fault : faults) {
      if (counts_on(fault, code_, port.key)) here.push_back(&fault);
    }
    port_lines(port, times, here, out);
  }
  getconfig_lines(times, faults, out);
}

}  // namespace dz::fleet
