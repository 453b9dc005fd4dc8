#include "daemon/activator.h"

#include <algorithm>
#include <variant>

#include "daemon/key_roles.h"
#include "wire/accounts.h"
#include "wire/instructions/device.h"
#include "wire/instructions/link.h"

namespace dz {
namespace {

GovernedRecord governed(const Link& link) { return {RecordKind::Link, link.status, link.desired_status, link.health}; }
GovernedRecord governed(const Device& device) {
  return {RecordKind::Device, device.status, device.desired_status, device.health};
}

// Whether the same record would be refused again: what the program says follows from the accounts alone.
bool is_lasting(const TransactionError& error) {
  return error.kind == TransactionErrorKind::InstructionError &&
         error.error.kind != InstructionErrorKind::ComputationalBudgetExceeded;
}

}  // namespace

Activator::Activator(LedgerClient& client, Keypair key, ActivatorOptions options, LogSink log)
    : key_(std::move(key)),
      sender_(client, Clock{[this] { return now_; }, [](Duration) {}}, SenderOptions{.budget = options.budget}),
      options_(std::move(options)),
      log_(std::move(log)),
      mirror_(client, {options_.ids, options_.poll_interval, options_.gather}) {}

void Activator::on_event(const Pubkey& account) {
  ++counters_.events;
  mirror_.look_at(account);
}

void Activator::on_event(const AccountNotification& change) {
  ++counters_.events;
  mirror_.look_at(change);
}

void Activator::on_stream_lost() { mirror_.look_at_everything(); }

Timestamp Activator::step(Timestamp now) {
  ++counters_.passes;
  now_ = now;
  resolve_open(now);
  read_ledger(now);
  settle_refusals();
  std::map<Pubkey, Status> busy;
  for (const auto& [key, open] : open_) busy.emplace(key, open.change.to);
  const auto plan = plan_activator(records_, setbacks_, busy, now);
  if (problem_.empty() && is_fresh(now)) perform(plan, now);
  Timestamp next = mirror_.next_read().value_or(now);
  if (plan.next_look) next = std::min(next, *plan.next_look);
  if (!open_.empty() || !refused_.empty()) next = std::min(next, now + options_.confirm_interval);
  return std::max(next, now + std::chrono::milliseconds{1});
}

// Every transaction sent ends in an outcome. Only then may the record be touched again, and only after it was read
// anew.
void Activator::resolve_open(Timestamp now) {
  std::vector<Pubkey> keys;
  std::vector<PendingTransaction*> pending;
  for (auto& [key, open] : open_) {
    keys.push_back(key);
    pending.push_back(&open.pending);
  }
  const auto outcomes = sender_.look(pending);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!outcomes[i]) continue;
    const auto change = open_.at(keys[i]).change;
    open_.erase(keys[i]);
    on_outcome(change, *outcomes[i], now);
  }
}

void Activator::on_outcome(const StatusChange& change, const SendOutcome& outcome, Timestamp now) {
  const auto* landed = std::get_if<Landed>(&outcome.result);
  mirror_.look_at(change.key, landed != nullptr ? landed->slot : Slot{});
  if (landed != nullptr) {
    ++counters_.confirmed;
    setbacks_.erase(change.key);
    auto fields = describe(change);
    fields.emplace_back("signature", to_text(outcome.signature));
    fields.emplace_back("slot", std::to_string(landed->slot.value));
    log_(LogLevel::Info, "status_changed", fields);
  } else if (const auto* rejected = std::get_if<Rejected>(&outcome.result)) {
    on_refused(change, to_text(rejected->error), is_lasting(rejected->error), now);
  } else {
    ++counters_.outcome_unknown;
    auto fields = describe(change);
    fields.emplace_back("reason", std::get<Unknown>(outcome.result).reason);
    log_(LogLevel::Warn, "outcome_unknown", fields);
  }
}

void Activator::read_ledger(Timestamp now) {
  const auto update = mirror_.step(now);
  counters_.polls = mirror_.counters().polls;
  counters_.poll_failures = mirror_.counters().failures;
  if (update.failure) {
    if (!mirror_.snapshot()) problem_ = update.failure->message;
    const auto next = mirror_.next_read().value_or(now);
    log_(LogLevel::Warn, "poll_failed", {{"error", update.failure->message}, {"next", to_text(next)}});
  }
  if (update.changed) take(update);
}

void Activator::take(const MirrorUpdate& update) {
  if (update.everything) {
    records_.clear();
    if (!mirror_.snapshot()) return;
    for (const auto& [key, link] : mirror_.snapshot()->links) records_.emplace(key, governed(link));
    for (const auto& [key, device] : mirror_.snapshot()->devices) records_.emplace(key, governed(device));
  } else {
    for (const auto& key : update.records) take_record(key);
  }
  if (!mirror_.snapshot()) return;
  forget_setbacks(update);
  std::erase_if(announced_, [&](const auto& entry) { return !records_.contains(entry.first); });
  const auto problem =
      problem_with_key(*mirror_.snapshot(), key_.pubkey(), DaemonRole::Activator, options_.allow_foundation_key);
  if (problem != problem_ && !problem.empty()) log_(LogLevel::Error, "cannot_write", {{"reason", problem}});
  problem_ = problem;
}

void Activator::take_record(const Pubkey& key) {
  records_.erase(key);
  if (!mirror_.snapshot()) return;
  const auto& snapshot = *mirror_.snapshot();
  if (const auto link = snapshot.links.find(key); link != snapshot.links.end()) {
    records_.emplace(key, governed(link->second));
  } else if (const auto device = snapshot.devices.find(key); device != snapshot.devices.end()) {
    records_.emplace(key, governed(device->second));
  }
}

// A record starts afresh once it is another, and all do once who may write may be another.
void Activator::forget_setbacks(const MirrorUpdate& update) {
  std::erase_if(setbacks_, [&](const auto& entry) { return !records_.contains(entry.first); });
  for (const auto& key : update.records) {
    setbacks_.erase(key);
    if (!records_.contains(key)) setbacks_.clear();
  }
  if (update.everything) setbacks_.clear();
}

// What is seen may be long past: then nothing is done about it.
bool Activator::is_fresh(Timestamp now) const {
  return mirror_.last_poll() && now - *mirror_.last_poll() <= 3 * options_.poll_interval;
}

void Activator::perform(const ActivatorPlan& plan, Timestamp now) {
  if (plan.changes.empty()) return;
  if (options_.dry_run) {
    for (const auto& change : plan.changes) {
      if (const auto said = announced_.find(change.key); said != announced_.end() && said->second == change.before)
        continue;
      announced_[change.key] = change.before;
      log_(LogLevel::Info, "would_change_status", describe(change));
    }
    return;
  }
  for (const auto& change : plan.changes) {
    if (!mirror_.awaits(change.key)) send(change, now);
  }
}

Result<Instruction> Activator::build(const StatusChange& change) const {
  const Sender sender{options_.ids.serviceability, key_.pubkey(), false};
  const auto& snapshot = *mirror_.snapshot();
  if (change.before.kind == RecordKind::Link) {
    return update_link(sender, change.key, snapshot.links.at(change.key), {.status = change.to}, *snapshot.profile);
  }
  return update_device(sender, change.key, snapshot.devices.at(change.key), {.status = change.to}, *snapshot.profile);
}

void Activator::send(const StatusChange& change, Timestamp now) {
  const auto instruction = build(change);
  if (!instruction) {
    on_refused(change, instruction.error().message, false, now);
    return;
  }
  auto sent = sender_.submit(std::span(&*instruction, 1), key_);
  if (!sent) {
    on_refused(change, sent.error().message, false, now);
    return;
  }
  ++counters_.sent;
  if (auto* pending = std::get_if<PendingTransaction>(&*sent)) {
    open_.emplace(change.key, OpenTransaction{change, std::move(*pending)});
  } else {
    on_outcome(change, std::get<SendOutcome>(*sent), now);
  }
}

// Another activator may simply have been first: that is decided when the record has been read again.
void Activator::on_refused(const StatusChange& change, const std::string& reason, bool lasting, Timestamp now) {
  const auto previous = setbacks_.find(change.key);
  setbacks_[change.key] = next_setback(previous == setbacks_.end() ? nullptr : &previous->second, change.before, now);
  mirror_.look_at(change.key);
  refused_.insert_or_assign(change.key, Refusal{change, reason, lasting});
  auto fields = describe(change);
  fields.emplace_back("reason", reason);
  log_(LogLevel::Debug, "refused_by_ledger", fields);
}

void Activator::settle_refusals() {
  for (auto it = refused_.begin(); it != refused_.end();) {
    if (mirror_.awaits(it->first)) {
      ++it;
      continue;
    }
    const auto& change = it->second.change;
    const auto record = records_.find(it->first);
    if (record == records_.end() || record->second.status == change.to) {
      ++counters_.already_done;
    } else {
      ++counters_.refused;
      settle_refusal(it->second);
    }
    it = refused_.erase(it);
  }
}

// A record that is as it was will be refused again, so it is said once and left alone until it changes.
void Activator::settle_refusal(const Refusal& refusal) {
  const auto setback = setbacks_.find(refusal.change.key);
  if (setback == setbacks_.end()) return;  // it has changed meanwhile
  if (refusal.lasting) setback->second.not_before = Timestamp::max();
  if (setback->second.failures > 1) return;
  auto fields = describe(refusal.change);
  fields.emplace_back("reason", refusal.reason);
  log_(LogLevel::Warn, "status_refused", fields);
}

LogFields Activator::describe(const StatusChange& change) const {
  const auto& snapshot = mirror_.snapshot();
  std::string code;
  if (snapshot) {
    code = change.before.kind == RecordKind::Link ? code_of(snapshot->links, change.key)
                                                  : code_of(snapshot->devices, change.key);
  }
  return {{"kind", std::string(to_text(change.before.kind))},
          {"pubkey", to_text(change.key)},
          {"code", code},
          {"from", std::string(to_text(change.before.status))},
          {"to", std::string(to_text(change.to))},
          {"desired_status", std::string(to_text(change.before.desired_status))},
          {"health", std::string(to_text(change.before.health))}};
}

}  // namespace dz
