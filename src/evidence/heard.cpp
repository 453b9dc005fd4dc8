// Which interfaces are heard. A monitor of the whole fleet hears all that known devices send. One of a part of it hears
// those that its records need, and of the others that their device sent something: so a mass silence, which is counted
// in devices, is the same for all of them. What was not heard is unobserved, never silent.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "domain/interface_name.h"
#include "evidence/evidence.h"
#include "evidence/evidence_state.h"

namespace dz::evidence {
namespace {

// Rows of open minutes that came before were not kept, of a pushed source, and what the first minute has may be one
// reading alone, which shows no rise. A pulled one is asked from its watermark on.
MinuteIndex heard_from_now_on(const EvidenceState& state, Timestamp now) {
  if (state.settings.pushed(Source::Counters)) return minute_after(now) + 1;
  return std::max(state.source(Source::Counters).watermark, 0);
}

// Of a device that never sent anything nothing was missed.
bool ever_reported(const EvidenceState& state, const Pubkey& key) {
  const auto device = state.devices.index.find(key);
  if (device == state.devices.index.end()) return false;
  const auto& minutes = state.devices.minutes;
  for (auto w = minutes.newest() - kRingWords + 1; w <= minutes.newest(); ++w) {
    if (minutes[device->second].word(w, slot_of(w))[kReported] != 0) return true;
  }
  return false;
}

void forget_counters(EvidenceState& state) {
  state.source(Source::Counters) = {};
  auto& minutes = state.devices.minutes;
  for (std::uint32_t device = 0; device < state.devices.all.size(); ++device) {
    for (const auto plane : {kReported, kReportExcused, kReportOnceExcused}) {
      for (auto w = minutes.newest() - kRingWords + 1; w <= minutes.newest(); ++w) {
        minutes.put(device, plane, w, ~std::uint64_t{0}, 0);
      }
    }
    state.devices.counts[device] = {};
    state.devices.changes[device][signal_index(kReported)].note(0);
  }
  ++state.coverage_revision;
  ++state.late_revision;
}

}  // namespace

bool Evidence::hears(const Pubkey& device, std::string_view name) const {
  return state_->settings.hears_all() || state_->ports.name_of(device, interface_key(name)) != nullptr;
}

void Evidence::name_interfaces(std::span<const NamedInterface> all, Timestamp now) {
  auto& state = *state_;
  DZ_CHECK(state.snapshot == nullptr);
  auto& ports = state.ports;
  for (auto& device : state.devices.all) device.full_until = {};
  const bool in_part = !state.settings.hears_all();
  const auto since = in_part ? heard_from_now_on(state, now) : ports.others_heard_since;
  auto before = std::exchange(ports.named, {});
  bool anew = false;
  for (const auto& [device, name] : all) {
    auto& names = before[device];
    const auto known = names.find(name);
    const bool missed = known == names.end() && since > 0 && (!in_part || ever_reported(state, device));
    const auto heard_since = known != names.end() ? known->second.heard_since : missed ? since : 0;
    ports.named[device].emplace(name, NamedPort{heard_since});
    anew = anew || missed;
  }
  if (in_part) {  // what no record names any more is heard until it is forgotten
    for (auto& [device, names] : before) {
      for (const auto& [name, port] : names) ports.named[device].try_emplace(name, NamedPort{port.heard_since, false});
    }
    std::erase_if(ports.named, [](const auto& entry) { return entry.second.empty(); });
  }
  if (!anew) return;
  ports.heard_in_part = true;
  ++state.subjects_revision;
  ++state.coverage_revision;
}

std::vector<NamedInterface> Evidence::named_interfaces() const {
  std::vector<NamedInterface> all;
  for (const auto& [device, names] : state_->ports.named) {
    for (const auto& [name, port] : names) {
      if (port.by_records) all.push_back({device, name});
    }
  }
  return all;
}

RowOutcome Evidence::add_presence(const Pubkey& device, Timestamp at, Timestamp now) {
  const auto outcome = outcome_of(state_->settings, at, now);
  if (outcome == RowOutcome::Taken) {
    state_->mark_device(state_->device(device), kReported, index_of(minute_of(at)));
  }
  return outcome;
}

void Evidence::configure(const EvidenceSettings& settings, Timestamp now) {
  const auto before = std::exchange(state_->settings, settings);
  for (auto& device : state_->devices.all) device.full_until = {};
  if (before.part != settings.part || before.parts != settings.parts) hear_another_part(before, now);
}

// From all to a part nothing is missing. From a part to another one there is what both hear, and the store has the
// rest.
void Evidence::hear_another_part(const EvidenceSettings& before, Timestamp now) {
  auto& state = *state_;
  auto& ports = state.ports;
  if (before.hears_all()) {
    for (const auto& port : ports.all) {
      if (is_vacant(port)) continue;
      auto& names = ports.named[state.devices.all[port.device].key];
      names.try_emplace(interface_key(port.name), NamedPort{ports.others_heard_since, false});
    }
    return;
  }
  const bool pushed = state.settings.pushed(Source::Counters);
  if (pushed && !state.settings.hears_all()) return;
  settle_ports({});
  state.drop_ports();
  ports.named.clear();
  ports.others_heard_since = pushed ? heard_from_now_on(state, now) : 0;
  ports.heard_in_part = pushed;
  if (!pushed) forget_counters(state);
  ++state.subjects_revision;
  ++state.coverage_revision;
}

void EvidenceState::drop_ports() {
  for (std::uint32_t port = 0; port < ports.all.size(); ++port) {
    if (is_vacant(ports.all[port])) continue;
    devices.all[ports.all[port].device].interfaces.erase(interface_key(ports.all[port].name));
    ports.vacate(port);
    ports.event_counts.erase(port);
  }
  ports.late.clear();
  ++late_revision;
}

}  // namespace dz::evidence
