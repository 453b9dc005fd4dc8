// What the monitor reads of the ledger: records through the mirror, how long slots take, and latency samples.
#include <algorithm>
#include <utility>

#include "client/standing.h"
#include "monitor/monitor.h"
#include "service/key_roles.h"
#include "telemetry/sample_reader.h"

namespace dz::monitor {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kLookAgain = seconds{10};    // unknown devices are looked up on the ledger at most this often
constexpr Duration kSamplesAgain = seconds{2};  // after a read of samples that failed
constexpr Duration kReadSlots = minutes{1};     // how long windows in slots are is asked this often
constexpr Duration kSlotsAgain = seconds{2};    // after that failed
constexpr int kSkippedSlots = 8;                // slots without a block that are stepped over

telemetry::KnownDevices devices_of(const client::Snapshot& snapshot) {
  telemetry::KnownDevices known;
  for (const auto& [key, device] : snapshot.devices) known.emplace(key, device.contributor);
  return known;
}

// A token's owner as the ledger names it; a name it does not know matches nothing.
template <typename Record>
Pubkey key_of(const client::Records<Record>& records, const std::string& name) {
  if (name.empty()) return {};
  const auto found = client::find_record(records, "record", name);
  return found ? found->key : Pubkey{};
}

}  // namespace

void Monitor::read_ledger(Timestamp now) {
  const auto update = mirror_.step(now);
  counters_.ledger_reads = mirror_.counters().polls;
  counters_.ledger_failures = mirror_.counters().failures;
  if (update.failure) {
    if (!snapshot()) problem_ = update.failure->message;
    log_(service::LogLevel::Warn, "ledger_read_failed", {{"error", update.failure->message}});
  }
  if (update.changed) take(update);
}

void Monitor::take(const client::MirrorUpdate& update) {
  ++records_revision_;
  forget_refusals(update);
  if (!snapshot()) return;
  std::string problem;
  const auto* profile = snapshot()->profile;
  if (profile != nullptr && profile != settings_.policy.profile) {
    problem = "the ledger speaks profile " + std::string(profile->name) + ", and this monitor was started for " +
              std::string(settings_.policy.profile->name) + ": restart it";
  } else if (key_) {
    problem =
        problem_with_key(*snapshot(), key_->pubkey(), service::DaemonRole::Monitor, settings_.allow_foundation_key);
  }
  if (problem != problem_ && !problem.empty()) log_(service::LogLevel::Error, "cannot_write", {{"reason", problem}});
  problem_ = std::move(problem);
  if (writer_) writer_->use_permission(has_permission_account(*snapshot(), key_->pubkey()));
  const auto is_link = [&](const Pubkey& key) { return snapshot()->links.contains(key); };
  if (!update.everything && std::all_of(update.records.begin(), update.records.end(), is_link)) return;
  resolve_tokens();
  note_devices();
}

// A record that was refused is tried again once it is another, or once who may write may be another.
void Monitor::forget_refusals(const client::MirrorUpdate& update) {
  for (const auto& key : update.records) {
    refused_.erase(key);
    if (!snapshot() || !(snapshot()->links.contains(key) || snapshot()->devices.contains(key))) refused_.clear();
  }
  if (update.everything) refused_.clear();
}

void Monitor::resolve_tokens() {
  std::vector<telemetry::TokenScope> tokens;
  for (const auto& token : settings_.tokens) {
    tokens.push_back(
        {token.secret, key_of(snapshot()->contributors, token.contributor), key_of(snapshot()->devices, token.device)});
  }
  endpoint_.set_tokens(std::move(tokens));
}

void Monitor::note_devices() {
  for (const auto& [key, code] : std::exchange(codes_, {})) {
    if (!snapshot()->devices.contains(key)) former_[key] = code;
  }
  for (const auto& [key, device] : snapshot()->devices) codes_.emplace(key, device.code);
  known_ = devices_of(*snapshot());
  endpoint_.set_devices(known_);
}

const telemetry::KnownDevices* Monitor::look_again(std::span<const Pubkey> unknown) {
  if (last_look_again_ && now_ - *last_look_again_ < kLookAgain) return nullptr;
  last_look_again_ = now_;
  if (!snapshot()) {
    read_ledger(now_);
  } else if (const auto update = mirror_.read({unknown.begin(), unknown.end()}); update.changed) {
    take(update);
  }
  return snapshot() ? &known_ : nullptr;
}

// How long the windows are that the policy gives in slots.
void Monitor::read_slots(Timestamp now) {
  if (windows_.wanted().empty() || (next_slot_read_ && now < *next_slot_read_)) return;
  next_slot_read_ = now + kReadSlots;
  const auto slot = ledger_.get_slot();
  for (const auto slots : windows_.wanted()) {
    if (!slot) break;
    if (slot->value < slots) {
      windows_.tell(slots, std::nullopt, now);
    } else if (const auto begins = block_time_at(slot->value - slots)) {
      windows_.tell(slots, *begins, now);
    } else {
      next_slot_read_ = now + kSlotsAgain;
    }
  }
  if (!slot) next_slot_read_ = now + kSlotsAgain;
}

// Of that slot, or of one before it where it has no block; none when the ledger does not tell.
std::optional<Timestamp> Monitor::block_time_at(std::uint64_t slot) {
  for (int i = 0; i < kSkippedSlots; ++i, --slot) {
    const auto time = ledger_.get_block_time({slot});
    if (!time) {
      log_(service::LogLevel::Warn, "slot_time_failed",
           {{"slot", std::to_string(slot)}, {"error", time.error().message}});
      return std::nullopt;
    }
    if (*time) return *time;
    if (slot == 0) break;
  }
  return std::nullopt;
}

void Monitor::read_samples(Timestamp now) {
  ++counters_.sample_reads;
  auto reading = telemetry::read_latency_samples(ledger_, ids_.telemetry, evidence_->in_memory());
  if (!reading) {
    ++counters_.sample_failures;
    next_sample_read_ = now + kSamplesAgain;
    log_(service::LogLevel::Warn, "sample_read_failed", {{"error", reading.error().message}});
    return;
  }
  // Soon again, and as soon as another minute is complete: what is promised of it comes at that moment.
  const auto lag = settings_.evidence.samples_lag;
  const auto next_complete = minute_of(now - lag) + minutes{1} + lag;
  next_sample_read_ = std::min(now + settings_.samples_poll, next_complete);
  stored(evidence_->observe_samples(now, reading->reads), "latency samples");
}

}  // namespace dz::monitor
