#include "safety_watch.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "domain/interface_name.h"

namespace dz::demo {
namespace {

using namespace std::chrono_literals;
using fleet::Fault;
using fleet::FaultKind;

constexpr Duration kWindow = 24h;         // of evidence
constexpr Duration kNotYetSeen = 5min;    // the newest part of a fault may not be judged yet
constexpr Duration kDarkAllowed = 16min;  // a record may be dark for so long in a window

bool wanted_drained(DesiredStatus desired) {
  return desired == DesiredStatus::SoftDrained || desired == DesiredStatus::HardDrained ||
         desired == DesiredStatus::Drained;
}

// Who moves a record by hand wants it there.
std::optional<DesiredStatus> wanted_by_hand(Status status) {
  switch (status) {
    case Status::Activated: return DesiredStatus::Activated;
    case Status::SoftDrained: return DesiredStatus::SoftDrained;
    case Status::HardDrained: return DesiredStatus::HardDrained;
    case Status::Drained: return DesiredStatus::Drained;
    default: return std::nullopt;
  }
}

// How long the fault lasted in the window of evidence before `at`.
Duration lasted(const Fault& fault, Timestamp at) {
  const auto from = std::max(fault.from, at - kWindow);
  const auto to = std::min(fault.to.value_or(at), at - kNotYetSeen);
  return std::max(to - from, Duration{0});
}

// A whole minute of the clock in which the counter rose.
bool has_a_bad_minute(const Fault& fault, Timestamp at) { return fault.period <= 1min && lasted(fault, at) >= 2min; }

// Rows of the device did not tell what happened at it, or not when, at some time since the fault began.
bool is_hidden(const Fault& fault, Timestamp at, std::span<const Fault> faults) {
  return std::any_of(faults.begin(), faults.end(), [&](const Fault& other) {
    const bool hides = other.kind == FaultKind::Silence || other.kind == FaultKind::Late ||
                       other.kind == FaultKind::WrongClock || other.kind == FaultKind::Replay ||
                       other.kind == FaultKind::Reset;
    return hides && other.device == fault.device && other.from <= at && other.to.value_or(at) >= fault.from;
  });
}

// Errors at that port of that device.
bool is_at(const Fault& fault, const std::string& device, const std::string& port) {
  return fault.device == device && (fault.interface.empty() || parent_port(fault.interface) == parent_port(port));
}

}  // namespace

void SafetyWatch::look_at(const std::string& code, const RecordEvent& event, Timestamp at,
                          std::span<const Fault> faults) {
  const Change change{code, event, at, faults};
  auto& record = records_[code];
  ++changes_;
  if (event.kind == RecordEventKind::Created) record = {};  // of that code there may have been another one
  const auto before = record;
  if (event.signer != authorities_.foundation) {
    look_at_signer(change);
    if (event.status == Status::Activated) look_at_activation(change, before);
    if (event.health) look_at_health(change, before);
  }
  follow(record, event);
}

// With what the ledger's program does besides what it is told.
void SafetyWatch::follow(Record& record, const RecordEvent& event) const {
  const auto before = record;
  if (event.status) record.status = *event.status;
  if (event.health) record.health = *event.health;
  if (event.desired_status) {
    record.desired = *event.desired_status;
  } else if (event.status && event.signer != authorities_.activator) {
    record.desired = wanted_by_hand(*event.status).value_or(before.desired);
  }
  // What leaves service, or is wanted back in it, has to be judged anew: its old health brings it nowhere.
  const bool left = before.status == Status::Activated && record.status != Status::Activated;
  const bool wanted_back = record.desired == DesiredStatus::Activated && wanted_drained(before.desired);
  if ((left || wanted_back) && !event.health) record.health = Health::Impaired;
}

void SafetyWatch::look_at_signer(const Change& change) {
  const auto& by = change.event.signer;
  if (change.event.health && change.event.kind == RecordEventKind::Written && by != authorities_.monitor)
    violated(change, "its health was written by somebody who is not the monitor");
  if (change.event.status == Status::Activated && by != authorities_.activator)
    violated(change, "it was brought into service by somebody who is not the activator");
}

void SafetyWatch::look_at_activation(const Change& change, const Record& before) {
  ++activations_;
  if (before.health != Health::Healthy) violated(change, "it came into service and was not healthy");
  if (wanted_drained(before.desired)) violated(change, "it came into service although somebody wants it drained");
}

void SafetyWatch::look_at_health(const Change& change, const Record& before) {
  if (change.event.health == Health::Healthy) {
    ++healthy_;
    if (is_spoiled(change)) violated(change, "it was called healthy on minutes that were bad");
  } else if (before.status == Status::Activated && before.health == Health::Healthy) {
    ++lowered_;
    if (!has_a_reason(change)) violated(change, "it was lowered in service, and nothing was wrong with it");
  }
}

// By what is bad whatever the policy lets pass: a link with errors, what was dark for longer than is allowed.
bool SafetyWatch::is_spoiled(const Change& change) const {
  const auto* link = fleet::find_link(topology_, change.code);
  return std::any_of(change.faults.begin(), change.faults.end(), [&](const Fault& fault) {
    if (fault.kind == FaultKind::Errors && fault.counter >= fleet::Counter::InErrors &&
        fault.counter <= fleet::Counter::InFcsErrors) {
      return link != nullptr && has_a_bad_minute(fault, change.at) && !is_hidden(fault, change.at, change.faults) &&
             (is_at(fault, link->side_a, link->side_a_iface) || is_at(fault, link->side_z, link->side_z_iface));
    }
    if (fault.kind != FaultKind::Silence || !fault.interface.empty() || lasted(fault, change.at) <= kDarkAllowed)
      return false;
    return link != nullptr ? fault.device == link->side_a || fault.device == link->side_z : fault.device == change.code;
  });
}

// Something was wrong there or beside it. When all devices are silent at once it is the source, and no fault of theirs.
bool SafetyWatch::has_a_reason(const Change& change) const {
  std::set<std::string> silent;
  for (const auto& fault : change.faults) {
    if (fault.kind == FaultKind::Silence && fault.interface.empty() && fault.active(change.at))
      silent.insert(fault.device);
  }
  const bool all_silent = silent.size() == topology_.devices.size();
  return std::any_of(change.faults.begin(), change.faults.end(), [&](const Fault& fault) {
    const bool was_on = fault.from <= change.at && fault.to.value_or(change.at) > change.at - kWindow;
    return was_on && !(all_silent && fault.kind == FaultKind::Silence) && concerns(fault, change.code);
  });
}

// A device depends on those that its links lead to.
bool SafetyWatch::concerns(const Fault& fault, const std::string& code) const {
  if (fault.device == code || fault.link == code) return true;
  return std::any_of(topology_.links.begin(), topology_.links.end(), [&](const fleet::TopologyLink& link) {
    const bool is_it = link.code == code || link.side_a == code || link.side_z == code;
    return is_it && (fault.link == link.code || fault.device == link.side_a || fault.device == link.side_z);
  });
}

void SafetyWatch::violated(const Change& change, std::string_view what) {
  violations_.push_back(
      fmt::format("{} {}: {} (transaction {})", to_text(change.at), change.code, what, change.event.signature));
}

std::vector<visit::Visit::Check> SafetyWatch::checks() const {
  return {{"every change is one that its signer may make", changes_},
          {"nothing comes into service that is not healthy, or that somebody wants drained", activations_},
          {"nothing is called healthy on minutes that were bad", healthy_},
          {"nothing in service is lowered that nothing was wrong with", lowered_}};
}

}  // namespace dz::demo
