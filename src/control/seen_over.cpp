#include "control/seen_over.h"

#include <algorithm>
#include <set>

#include "domain/interface_name.h"

namespace dz::control {
namespace {

using evidence::MinuteState;
using evidence::Signal;

class LastSeen {
 public:
  explicit LastSeen(const MonitorInputs& inputs) : inputs_(inputs), evidence_(inputs.evidence) {}

  bool is_good(const Pubkey& device, Signal signal) const {
    const auto ref = evidence_.find_device(device);
    return is_good_when_last_seen(signal, [&](Minute m) { return evidence_.minute(ref, signal, m); });
  }
  bool is_good(const Pubkey& link, const Pubkey& origin) const {
    const auto ref = evidence_.find_direction(link, origin);
    return is_good_when_last_seen(Signal::Probes, [&](Minute m) { return evidence_.minute(ref, m); });
  }
  bool is_good(const Pubkey& device, std::string_view port, Signal signal) const {
    const auto ref = evidence_.find_interface(device, port);
    return is_good_when_last_seen(signal, [&](Minute m) { return evidence_.minute(ref, signal, m); });
  }
  // Rows came that are newer than every minute that is closed.
  bool is_heard_again(const Pubkey& device) const {
    const auto watermark = evidence_.state(evidence::Source::Counters).watermark;
    if (!watermark || inputs_.facts == nullptr || !inputs_.facts->heard) return false;
    const auto heard = inputs_.facts->heard(device);
    return heard && *heard >= *watermark;
  }

 private:
  // The newest minute that is not unobserved, as far back as any window reaches.
  template <typename StateOf>
  bool is_good_when_last_seen(Signal signal, const StateOf& state_of) const {
    const auto watermark = evidence_.state(evidence::source_of(signal)).watermark;
    if (!watermark) return false;
    const auto oldest = std::max(*watermark - evidence::kLongestWindow, Minute{});
    for (auto m = *watermark; m > oldest;) {
      m -= std::chrono::minutes{1};
      if (const auto state = state_of(m); state != MinuteState::Unobserved) return state == MinuteState::Good;
    }
    return false;
  }

  const MonitorInputs& inputs_;
  const evidence::Evidence& evidence_;
};

// The ports of a device that records name.
std::set<std::string> ports_of(const Pubkey& device, const MonitorInputs& inputs) {
  std::set<std::string> ports;
  for (const auto& [_, link] : inputs.links) {
    if (link.side_a == device) ports.insert(link.side_a_iface);
    if (link.side_z == device) ports.insert(link.side_z_iface);
  }
  const auto record = inputs.devices.find(device);
  if (record == inputs.devices.end()) return ports;
  for (const auto& port : record->second.interfaces) {
    if (port.dia != Dia::None || port.cyoa != Cyoa::None) ports.insert(port.name);
  }
  return ports;
}

bool is_port_good(const Cause& cause, const std::string& port, const LastSeen& last) {
  const auto good = [&](Signal signal) { return last.is_good(cause.device, port, signal); };
  switch (cause.kind == CauseKind::ParentPort ? cause.fault : cause.kind) {
    case CauseKind::PortSilent: return good(Signal::Data);
    case CauseKind::PortFlaps: return good(Signal::Carrier);
    case CauseKind::PortErrors: return good(Signal::Errors);
    case CauseKind::PortDiscards: return good(Signal::Discards);
    case CauseKind::CountersFell: return good(Signal::Errors) && good(Signal::Utilization);
    default: return good(Signal::Utilization);
  }
}

}  // namespace

bool is_seen_over(const Cause& cause, const MonitorInputs& inputs) {
  const LastSeen last(inputs);
  switch (cause.kind) {
    case CauseKind::DeviceSilent:
      return last.is_good(cause.device, Signal::Reporting) || last.is_heard_again(cause.device);
    case CauseKind::ConfigAgentMissing: return last.is_good(cause.device, Signal::ConfigAgent);
    case CauseKind::TelemetryAgentSilent: return last.is_good(cause.device, Signal::TelemetryAgent);
    case CauseKind::ProbesLost:
    case CauseKind::NoProbes: return last.is_good(cause.link, cause.device);
    case CauseKind::ParentPort:
    case CauseKind::PortSilent:
    case CauseKind::PortFlaps:
    case CauseKind::PortErrors:
    case CauseKind::CountersFell:
    case CauseKind::PortIdle:
    case CauseKind::PortDiscards: {
      if (!cause.port.empty()) return is_port_good(cause, cause.port, last);
      const auto ports = ports_of(cause.device, inputs);
      return std::any_of(ports.begin(), ports.end(),
                         [&](const std::string& port) { return is_port_good(cause, port, last); });
    }
    // Told by rows, and known of the start until rows decide it (restored_facts.h).
    case CauseKind::TimesBack: return inputs.facts == nullptr || !inputs.facts->times_back.contains(cause.device);
    case CauseKind::PubkeyChanged: return inputs.facts == nullptr || !inputs.facts->old_pubkey.contains(cause.device);
    case CauseKind::SourcesDisagree: return false;  // two stores are compared anew
    case CauseKind::ClockNotBelieved:
    case CauseKind::SourceStale:
    case CauseKind::SourceSuspect:
    case CauseKind::ClockAhead:
    case CauseKind::RowsLate:
    case CauseKind::QaFailing: return true;
  }
  return true;
}

}  // namespace dz::control
