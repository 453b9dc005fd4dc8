#include "sim/safety.h"

#include <algorithm>

#include <fmt/format.h>

#include "wire/accounts.h"

namespace dz::sim {
namespace {

bool drained(Status s) { return s == Status::SoftDrained || s == Status::HardDrained; }
bool in_service(Status s) { return s == Status::Activated || drained(s); }
bool candidate(Status s) { return in_service(s) || s == Status::Provisioning; }

// The RFC's table, once more.
bool activator_may(Status from, DesiredStatus desired, Health health, Status to) {
  if (!in_service(from) || from == to) return false;
  if (to == Status::Activated) return desired == DesiredStatus::Activated && health == Health::Healthy;
  if (to == Status::SoftDrained) return desired == DesiredStatus::SoftDrained;
  return to == Status::HardDrained && (desired == DesiredStatus::HardDrained || desired == DesiredStatus::Deleted);
}

// How long ago a monitor may have read the state that it names in a write.
constexpr Duration kReadAgo = std::chrono::seconds{90};
// Damping looks back an hour; a watermark is a little behind.
constexpr MinuteNumber kDampedBack = 66;
constexpr int kLeastBad = 3;

}  // namespace

const Link* Safety::link(const Pubkey& key) const {
  const auto found = links_.find(key);
  return found == links_.end() ? nullptr : &found->second;
}

const Device* Safety::device(const Pubkey& key) const {
  const auto found = devices_.find(key);
  return found == devices_.end() ? nullptr : &found->second;
}

std::optional<Timestamp> Safety::changed_at(const Pubkey& key) const {
  const auto found = pasts_.find(key);
  if (found == pasts_.end() || found->second.past.empty()) return std::nullopt;
  return found->second.past.back().since;
}

void Safety::violated(Timestamp now, const RecordPast& record, const std::string& what) {
  violations_.push_back(
      fmt::format("{} {} {}: {}", to_text(now), record.is_link ? "link" : "device", record.code, what));
}

void Safety::on_account(const Pubkey& key, const wire::Account& account, const Pubkey& signer, Timestamp now) {
  if (account.data.empty()) {
    const auto gone = pasts_.find(key);
    if (gone == pasts_.end()) return;
    check_deleted(gone->second, signer, now);
    pasts_.erase(gone);
    links_.erase(key);
    devices_.erase(key);
    return;
  }
  const auto type = wire::account_type(account.data);
  if (type == wire::AccountType::Link) {
    const auto link = wire::decode_link(account.data, profile());
    if (!link) return;
    links_.insert_or_assign(key, *link);
    auto& record = pasts_[key];
    record.is_link = true;
    record.code = link->code;
    on_state(key, {link->status, link->desired_status, link->health}, signer, now);
  } else if (type == wire::AccountType::Device) {
    const auto device = wire::decode_device(account.data, profile());
    if (!device) return;
    devices_.insert_or_assign(key, *device);
    auto& record = pasts_[key];
    record.code = device->code;
    on_state(key, {device->status, device->desired_status, device->health}, signer, now);
  }
}

void Safety::on_state(const Pubkey& key, const State& state, const Pubkey& signer, Timestamp now) {
  auto& record = pasts_[key];
  if (record.past.empty()) {
    record.past.push_back({state, now, signer});
    record.present_since = record.health_since = now;
    return;
  }
  const auto before = record.past.back().state;
  if (before == state) return;
  last_change_ = now;
  ++counts_.changes;
  const Change change{key, before, state, signer, now};
  if (rules_.guarded && before.status != state.status) check_status(record, change);
  note_hold(record, change);
  if (before.health != state.health) check_health(record, change);
  const bool wanted_back = before.desired != DesiredStatus::Activated && state.desired == DesiredStatus::Activated;
  if (rules_.guarded && wanted_back && state.status != Status::Activated && state.health == Health::Healthy) {
    violated(now, record, "wanted back, and still healthy by an older judgement");
  }
  if (before.status != state.status || before.desired != state.desired) record.present_since = now;
  if (before.health != state.health) {
    record.health_since = now;
    record.health_by = signer;
  }
  record.past.push_back({state, now, signer});
}

// A drain by hand ends when somebody asks for the record's return, and no daemon does.
void Safety::note_hold(RecordPast& record, const Change& change) const {
  const auto& [key, before, after, signer, now] = change;
  if (signer == rules_.activator || signer == rules_.monitor) return;
  const bool accepted = before.status == Status::Requested;
  if (!accepted && drained(after.status) && before.status != after.status) record.held_by_hand = true;
  if (before.desired != after.desired) record.held_by_hand = after.desired != DesiredStatus::Activated;
  if (after.status == Status::Activated) record.held_by_hand = false;
}

void Safety::check_status(const RecordPast& record, const Change& change) {
  const auto& [key, before, after, signer, now] = change;
  if (before.status == Status::Activated && after.health != Health::Impaired) {
    violated(now, record, "left service and is not impaired");
  }
  if (signer == rules_.foundation) return;
  if (signer != rules_.activator) {
    const bool accepted = before.status == Status::Requested && after.status == Status::HardDrained;
    if (!accepted && !(in_service(before.status) && drained(after.status))) {
      violated(now, record,
               fmt::format("a contributor moved it from {} to {}", to_text(before.status), to_text(after.status)));
    }
    return;
  }
  if (!activator_may(before.status, before.desired, before.health, after.status) || before.desired != after.desired) {
    violated(now, record,
             fmt::format("the activator moved it from {} to {} at desired {}, health {}", to_text(before.status),
                         to_text(after.status), to_text(before.desired), to_text(before.health)));
  }
  if (after.status != Status::Activated) {
    ++counts_.drains;
    return;
  }
  ++counts_.activations;
  if (record.held_by_hand) violated(now, record, "activated, and nobody has undone its drain by hand");
  if (record.health_since < record.present_since) {
    violated(now, record, "activated on a health older than its last drain or undrain");
  }
  if (record.health_by != rules_.monitor && record.health_by != rules_.foundation) {
    violated(now, record, "activated on a health that no health authority wrote");
  }
}

void Safety::check_health(const RecordPast& record, const Change& change) {
  const auto& [key, before, after, signer, now] = change;
  if (signer == rules_.foundation) return;
  if (signer != rules_.monitor) {
    if (after.health != Health::Impaired) {
      violated(now, record, fmt::format("health {} by somebody else than the health authority", to_text(after.health)));
    }
    return;
  }
  if (after.health == Health::Healthy) {
    ++counts_.healthy;
    check_raised(key, record, before, now);
  }
  if (after.health == Health::Impaired && after.status == Status::Activated) {
    ++counts_.impaired_in_service;
    check_lowered(key, record, now);
  }
}

void Safety::check_deleted(const RecordPast& record, const Pubkey& signer, Timestamp now) {
  ++counts_.deletions;
  const auto status = record.past.back().state.status;
  const bool in_use = status == Status::Activated || status == Status::SoftDrained || status == Status::Deleting;
  if (rules_.guarded && in_use) {
    violated(now, record, fmt::format("deleted while {}", to_text(status)));
  }
  if (signer == rules_.activator || signer == rules_.monitor) violated(now, record, "deleted by a daemon");
}

// ---- raised to healthy: only on evidence that was clean

void Safety::check_raised(const Pubkey& key, const RecordPast& record, const State& judged, Timestamp now) {
  if (judged.status != Status::Activated) {
    // Judged after it was last drained or undrained: the window holds a whole minute that began after that. A record
    // that was taken through other states and back between the monitor's reading and the landing is not told apart
    // (docs/adr/0002).
    const auto latest = number_of(now + rules_.clocks - rules_.least_behind);
    bool stayed = false;
    auto run_since = record.present_since;
    for (auto i = record.past.size(); i-- > 0 && !stayed;) {
      const auto& past = record.past[i];
      const auto until = i + 1 < record.past.size() ? record.past[i + 1].since : now;
      if (until < now - rules_.under_way - kReadAgo) break;
      run_since = past.since;
      for (auto k = i; k-- > 0;) {
        const auto& older = record.past[k];
        if (older.state.status != past.state.status || older.state.desired != past.state.desired) break;
        run_since = older.since;
      }
      stayed = past.state == judged && latest >= number_of(run_since - rules_.clocks) + 2;
    }
    if (!stayed) {
      violated(now, record,
               fmt::format("healthy, but drained or undrained at {}: no whole minute since then is judged",
                           to_text(record.present_since)));
    }
  }
  const auto* truth = view_.judging_truth();
  if (truth == nullptr) {
    violated(now, record, "healthy, and no monitor was at work");
    return;
  }
  Window window;
  window.from = number_of(now + rules_.clocks - rules_.least_behind) - rules_.window.count();
  window.to = number_of(now - rules_.under_way - rules_.most_behind - rules_.clocks);
  window.arrived_by = now - rules_.under_way - rules_.clocks;
  const auto fault = record.is_link ? link_fault(*truth, key, window) : device_fault(*truth, key, window);
  if (!fault.empty()) violated(now, record, "healthy, but " + fault);
}

// Whether something outside the device may excuse its silence in a minute: the endpoint was not there throughout, or
// others were silent too, then or since the device was last heard together with all of them.
bool Safety::excused(const MonitorTruth& truth, std::size_t device, Lane DeviceTruth::*lane, MinuteNumber m) const {
  constexpr MinuteNumber kFarEnough = 180;
  const auto heard = [&](std::size_t d, MinuteNumber at) { return (truth.devices[d].*lane).on_time.has(at); };
  for (auto g = m; g > m - kFarEnough; --g) {
    if (!truth.accepting.has(g)) return true;
    for (std::size_t other = 0; other < truth.devices.size(); ++other) {
      if (other != device && !heard(other, g)) return true;
    }
    if (g < m && heard(device, g)) return false;
  }
  return true;
}

std::string Safety::port_fault(const MonitorTruth& truth, const PortPlace& place, const Window& window) const {
  const auto& device = truth.devices[place.device];
  const auto& port = device.ports[place.port];
  const auto name = fmt::format("device {} port {}", place.device, place.port);
  int dark = 0;
  for (auto m = window.from; m < window.to; ++m) {
    if (port.lane().delivered.has(m)) {
      if (port.idle(m)) return fmt::format("{} was idle at {}", name, to_text(begin_of(m)));
      continue;
    }
    ++dark;
    const bool others_of_device = device.reporting.on_time.has(m) && truth.accepting.has(m);
    if (others_of_device || !excused(truth, place.device, &DeviceTruth::reporting, m)) {
      return fmt::format("{} was silent at {}", name, to_text(begin_of(m)));
    }
  }
  if (dark > rules_.dark_allowed) return fmt::format("{} has {} dark minutes in the window", name, dark);
  for (const auto minute : port.rises(window.arrived_by)) {
    if (minute >= window.from && minute < window.to) {
      return fmt::format("{} had an error at {}", name, to_text(begin_of(minute)));
    }
  }
  return {};
}

std::string Safety::link_fault(const MonitorTruth& truth, const Pubkey& key, const Window& window) const {
  for (const auto& place : view_.ports_of_link(key)) {
    if (auto fault = port_fault(truth, place, window); !fault.empty()) return fault;
  }
  return {};
}

std::string Safety::lane_fault(const MonitorTruth& truth, std::size_t device, Lane DeviceTruth::*lane,
                               const Window& window) const {
  int dark = 0;
  for (auto m = window.from; m < window.to; ++m) {
    if ((truth.devices[device].*lane).delivered.has(m)) continue;
    ++dark;
    if (!excused(truth, device, lane, m)) return fmt::format("was silent at {}", to_text(begin_of(m)));
  }
  return dark > rules_.dark_allowed ? fmt::format("was dark for {} minutes", dark) : std::string();
}

// QA runs rarely, so its source counts as fresh for longer than the others: any of the windows that end since then may
// be the one that was judged.
std::string Safety::qa_fault(const DeviceTruth& truth, const Window& window) const {
  auto fault = qa_fault_within(truth, window);
  const auto behind = std::chrono::floor<std::chrono::minutes>(rules_.qa_most_behind).count();
  for (MinuteNumber ago = 1; ago <= behind && !fault.empty(); ++ago) {
    if (qa_fault_within(truth, {window.from - ago, window.to - ago, window.arrived_by}).empty()) fault.clear();
  }
  return fault;
}

std::string Safety::qa_fault_within(const DeviceTruth& truth, const Window& window) const {
  std::map<Timestamp, bool> runs;
  for (const auto& run : truth.qa) {
    if (run.at >= begin_of(window.from) && run.at < begin_of(window.to)) runs[run.at] |= run.success;
  }
  int successes = 0;
  for (const auto& [at, success] : runs) {
    if (!success) return fmt::format("QA failed at {}", to_text(at));
    ++successes;
  }
  return successes + rules_.qa_at_the_edges < rules_.qa_successes ? fmt::format("QA passed {} times only", successes)
                                                                  : std::string();
}

std::string Safety::device_fault(const MonitorTruth& truth, const Pubkey& key, const Window& window) const {
  const auto number = view_.number_of_device(key);
  if (!number) return "it is no device of this network";
  const auto& device = truth.devices[*number];
  if (auto fault = lane_fault(truth, *number, &DeviceTruth::reporting, window); !fault.empty()) return "it " + fault;
  if (auto fault = lane_fault(truth, *number, &DeviceTruth::config, window); !fault.empty()) {
    return "its config agent " + fault;
  }
  if (const int dark = view_.dark_sample_minutes(*number, window.from, window.to); dark > rules_.dark_allowed) {
    return fmt::format("its telemetry agent has {} dark minutes", dark);
  }
  if (devices_.at(key).type != DeviceType::Transit) {
    if (auto fault = qa_fault(device, window); !fault.empty()) return fault;
  }
  std::string dia = "it has no DIA port", up = "it has no link in service or drained";
  for (const auto port : view_.dia_ports(*number)) {
    dia = port_fault(truth, {*number, port}, window);
    if (dia.empty()) break;
  }
  if (!dia.empty()) return dia;
  for (const auto& link_key : view_.links_of_device(key)) {
    const auto* record = link(link_key);
    if (record == nullptr || !candidate(record->status)) continue;
    up = link_fault(truth, link_key, window);
    if (up.empty()) break;
  }
  return up;
}

// ---- lowered in service: only when something truly was wrong for some minutes

bool Safety::explains(const MonitorTruth& truth, std::size_t device, MinuteNumber m) const {
  if (view_.troubled(device, m)) return true;
  if (!truth.running.has(m)) return false;
  const auto& own = truth.devices[device];
  for (const auto lane : {&DeviceTruth::reporting, &DeviceTruth::config}) {
    if ((own.*lane).on_time.has(m)) continue;
    for (std::size_t other = 0; other < truth.devices.size(); ++other) {
      if (other != device && (truth.devices[other].*lane).on_time.has(m)) return true;
    }
  }
  return own.reporting.on_time.has(m) && std::any_of(own.ports.begin(), own.ports.end(), [&](const PortTruth& port) {
           return !port.lane().on_time.has(m);
         });
}

void Safety::check_lowered(const Pubkey& key, const RecordPast& record, Timestamp now) {
  const auto* truth = view_.judging_truth();
  if (truth == nullptr) return violated(now, record, "impaired, and no monitor was at work");
  std::vector<Pubkey> concerned{key};
  if (!record.is_link) concerned = view_.links_of_device(key);
  std::vector<std::size_t> devices;
  if (const auto number = view_.number_of_device(key)) {
    devices.push_back(*number);
    const auto& qa = truth->devices[*number].qa;
    const bool failing = qa.size() >= 2 && !qa[qa.size() - 1].success && !qa[qa.size() - 2].success;
    if (failing) return;
  }
  for (const auto& link_key : concerned) {
    for (const auto& place : view_.ports_of_link(link_key)) devices.push_back(place.device);
  }
  int bad = 0;
  for (auto m = number_of(now) - kDampedBack; m <= number_of(now); ++m) {
    bad += std::any_of(devices.begin(), devices.end(), [&](std::size_t d) { return explains(*truth, d, m); }) ? 1 : 0;
  }
  if (bad < kLeastBad) {
    violated(now, record, fmt::format("impaired in service, and in the last hour only {} minutes were bad", bad));
  }
}

}  // namespace dz::sim
