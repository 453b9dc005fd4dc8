#include "monitor/ledger_reader.h"

#include <algorithm>

#include "service/key_roles.h"

namespace dz::monitor {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kGather = std::chrono::milliseconds{50};  // hints of the ledger wait for others this long
constexpr Duration kSamplesAgain = seconds{2};               // after a read of samples that failed
constexpr Duration kReadSlots = minutes{1};                  // between questions how long windows in slots are
constexpr Duration kSlotsAgain = seconds{2};                 // after such a question failed
constexpr Duration kViewAgain = seconds{5};                  // while the node is behind

}  // namespace

LedgerReader::LedgerReader(LedgerReaderParts parts, const MonitorSettings& settings, const wire::ProgramIds& ids,
                           std::optional<Pubkey> key)
    : parts_(std::move(parts)),
      settings_(settings),
      samples_(parts_.ledger, ids.telemetry),
      key_(key),
      mirror_(parts_.ledger, {ids,
                              settings.ledger_poll,
                              kGather,
                              settings.named_profile,
                              {.most_age = settings.max_block_age,
                               .kept = parts_.slots,
                               .most_apart = client::longest_without_poll(settings.ledger_poll)},
                              true}),
      windows_(settings.policy) {}

void LedgerReader::step(Timestamp now) {
  read_records(now);
  if (snapshot() && (!next_view_ || now >= *next_view_)) look_at_view(now);
  if (!next_slots_ || now >= *next_slots_) read_slots(now);
}

void LedgerReader::forget_times() {
  mirror_.forget_times();
  next_view_.reset();
  next_slots_.reset();
  next_samples_.reset();
}

void LedgerReader::step_samples(Timestamp now) {
  if (!next_samples_ || now >= *next_samples_) read_samples(now);
}

Timestamp LedgerReader::next(Timestamp now) const {
  return std::min(mirror_.next_read().value_or(now), next_samples_.value_or(now));
}

// ---- records

void LedgerReader::read_records(Timestamp now) {
  const auto last = mirror_.last_poll();
  const auto update = mirror_.step(now);
  if (mirror_.last_poll() != last) note_read(last, now);
  if (update.failure) {
    if (!snapshot()) problem_ = update.failure->message;
    parts_.log(service::LogLevel::Warn, "ledger_read_failed", {{"error", update.failure->message}});
  }
  if (update.changed) take(update);
}

// last: when the read before began; read: when this one ended, for a record may have been read at either. A clock that
// was set back tells of no time between the two.
void LedgerReader::note_read(std::optional<Timestamp> last, Timestamp read) {
  const bool goes_on = last && read >= *last && read - *last <= client::longest_without_poll(settings_.ledger_poll);
  if (!goes_on) read_since_ = read;
}

// What was shown last before the node fell behind may have been old, and so may what was read as it came back.
std::optional<Timestamp> LedgerReader::read_since() const {
  return read_since_ ? std::max(read_since_, mirror_.view().followed_since()) : std::nullopt;
}

Result<void> LedgerReader::read_again(const std::vector<Pubkey>& accounts) {
  const auto update = mirror_.read(accounts);
  if (update.changed) take(update);
  return update.failure ? Result<void>(tl::unexpected(*update.failure)) : Result<void>();
}

// People hear that the node is behind also when nothing is to be written.
void LedgerReader::look_at_view(Timestamp now) {
  const auto anchor = mirror_.view().anchor(now);
  next_view_ = now + (anchor ? settings_.ledger_poll : std::min(kViewAgain, settings_.ledger_poll));
  const auto& problem = mirror_.view().problem();
  if (problem.empty() && !said_of_view_.empty()) parts_.log(service::LogLevel::Info, "ledger_current", {});
  if (!problem.empty() && said_of_view_.empty())
    parts_.log(service::LogLevel::Error, "ledger_behind", {{"reason", problem}});
  said_of_view_ = problem;
}

void LedgerReader::take(const client::MirrorUpdate& update) {
  if (update.everything) {
    changes_.note_everything();
  } else {
    changes_.note(update.records);
  }
  if (snapshot()) {
    order_.follow(*snapshot(), changes_);
    auto problem = problem_with(*snapshot());
    if (problem != problem_ && !problem.empty())
      parts_.log(service::LogLevel::Error, "cannot_write", {{"reason", problem}});
    problem_ = std::move(problem);
  }
  if (on_change_) on_change_(update);
}

std::string LedgerReader::problem_with(const client::Snapshot& records) const {
  const auto* expected = settings_.policy.profile;
  if (records.profile != nullptr && records.profile != expected) {
    return "the ledger speaks profile " + std::string(records.profile->name) + ", and this monitor was started for " +
           std::string(expected->name) + ": restart it";
  }
  if (!key_) return {};
  return problem_with_key(records, *key_, service::DaemonRole::Monitor, settings_.allow_foundation_key);
}

bool LedgerReader::can_write(Timestamp now) const { return snapshot() && trouble(now).empty(); }

std::string LedgerReader::trouble(Timestamp now) const {
  return problem().empty() ? client::overdue_text(mirror_.last_poll(), settings_.ledger_poll, now) : problem();
}

std::string LedgerReader::code_of(const Pubkey& key) const {
  if (!snapshot()) return to_text(key);
  return snapshot()->links.contains(key) ? client::code_of(snapshot()->links, key)
                                         : client::code_of(snapshot()->devices, key);
}

// ---- slots

void LedgerReader::read_slots(Timestamp now) {
  if (windows_.wanted().empty()) return;
  next_slots_ = now + kReadSlots;
  const auto slot = parts_.ledger.get_slot();
  for (const auto slots : windows_.wanted()) {
    if (!slot) break;
    if (slot->value < slots) {
      windows_.tell(slots, std::nullopt, now);
    } else if (const auto begins = block_time_at({slot->value - slots})) {
      windows_.tell(slots, *begins, now);
    } else {
      next_slots_ = now + kSlotsAgain;
    }
  }
  if (!slot) next_slots_ = now + kSlotsAgain;
}

// None when the ledger does not tell.
std::optional<Timestamp> LedgerReader::block_time_at(Slot slot) {
  const auto time = client::block_time_near(parts_.ledger, slot);
  if (time) return *time;
  parts_.log(service::LogLevel::Warn, "slot_time_failed",
             {{"slot", std::to_string(slot.value)}, {"error", time.error().message}});
  return std::nullopt;
}

// ---- latency samples

void LedgerReader::read_samples(Timestamp now) {
  ++sample_counters_.reads;
  auto reading = samples_.read(parts_.evidence.in_memory());
  if (!reading) {
    ++sample_counters_.failures;
    next_samples_ = now + kSamplesAgain;
    parts_.log(service::LogLevel::Warn, "sample_read_failed", {{"error", reading.error().message}});
    return;
  }
  // Soon again, and as soon as another minute is complete: what is promised of it comes at that moment.
  const auto lag = settings_.evidence.samples_lag;
  const auto next_complete = minute_of(now - lag) + minutes{1} + lag;
  next_samples_ = std::min(now + settings_.samples_poll, next_complete);
  parts_.files.kept(parts_.evidence.observe_samples(now, reading->reads), "latency samples");
}

}  // namespace dz::monitor
