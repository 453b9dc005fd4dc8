#include "activator/activator.h"

#include <algorithm>
#include <variant>

#include "client/provision.h"
#include "service/key_roles.h"
#include "wire/accounts.h"
#include "wire/instructions/device.h"
#include "wire/instructions/link.h"

namespace dz::activator {
namespace {

constexpr Duration kNextRead = std::chrono::seconds{1};
constexpr std::size_t kRequestsAPass = 20;
constexpr std::size_t kMostAtOnce = 100;                  // records that one request reads again
constexpr Duration kViewAgain = std::chrono::seconds{5};  // while the node is behind

control::GovernedRecord governed(const Link& link) {
  return {RecordKind::Link, link.status, link.desired_status, link.health};
}
control::GovernedRecord governed(const Device& device) {
  return {RecordKind::Device, device.status, device.desired_status, device.health};
}

// Whether the same record would be refused again: what the program says follows from the accounts alone.
bool is_lasting(const wire::TransactionError& error) {
  return error.kind == wire::TransactionErrorKind::InstructionError &&
         error.error.kind != wire::InstructionErrorKind::ComputationalBudgetExceeded;
}

ProofOptions proof_options(const ActivatorOptions& options) {
  auto proofs = options.proofs;
  proofs.of_health |= options.backing.on();
  return proofs;
}

}  // namespace

Activator::Activator(client::LedgerClient& client, wire::Keypair key, ActivatorOptions options, service::LogSink log)
    : client_(client),
      key_(std::move(key)),
      sender_(client, client::Clock{[this] { return now_; }, [](Duration) {}},
              client::SenderOptions{.budget = options.budget}),
      options_(std::move(options)),
      log_(std::move(log)),
      mirror_(client, {options_.ids, options_.poll_interval, options_.gather, nullptr, options_.view}),
      proofs_(client, options_.ids, proof_options(options_)),
      backing_(options_.backing, options_.ids.serviceability),
      budget_(options_.limits),
      own_writes_(client, key_.pubkey(), options_.ids) {}

void Activator::on_event(const Pubkey& account) {
  ++counters_.events;
  mirror_.look_at(account);
  proofs_.on_event(account);
  stop_sending(account);
}

void Activator::on_event(const client::AccountNotification& change) {
  ++counters_.events;
  mirror_.look_at(change);
  proofs_.on_event(change.key);
  stop_sending(change.key);
}

void Activator::on_stream_lost() { mirror_.look_at_everything(); }

// Something was written to the record since: what is under way may land, and is not sent once more. If it was our own
// write, nothing is lost.
void Activator::stop_sending(const Pubkey& record) {
  if (const auto open = open_.find(record); open != open_.end()) open->second.pending.send_again = false;
}

Timestamp Activator::step(Timestamp now) {
  ++counters_.passes;
  now_ = now;
  resolve_open(now);
  read_ledger(now);
  settle_refusals();
  write_again_.reset();
  if (const auto* known = profile()) {
    if (problem_.empty() && !options_.observe) restore_budget(*known, now);
    make_plan(*known, now);
    say_what_is_held();
    if (!next_view_ || now >= *next_view_) look_at_view(now);
    if (problem().empty() && is_fresh(now)) perform(*known, now);
    raise_alarm();
  } else {
    plan_ = {};  // else the last one is shown until there is a new one: reading trails takes time
  }
  Timestamp next = mirror_.next_read().value_or(now);
  if (next_view_) next = std::min(next, *next_view_);
  for (const auto& at :
       {plan_.next_look, proofs_.next_look(), backing_.next_look(), budget_.opens_at(), write_again_}) {
    if (at) next = std::min(next, *at);
  }
  if (budget_.needs_history() && problem_.empty() && !options_.observe) next = std::min(next, now + kNextRead);
  if (!open_.empty() || !refused_.empty()) next = std::min(next, now + options_.confirm_interval);
  return std::max(next, now + std::chrono::milliseconds{1});
}

void Activator::restore_budget(const Profile& profile, Timestamp now) {
  const auto done = own_writes_.restore(budget_, {profile, records_.size(), kRequestsAPass}, now);
  if (!done) log_(service::LogLevel::Debug, "own_history_not_read", {{"error", done.error().message}});
}

control::Witnesses Activator::witnesses() const {
  return {options_.health_authorities.empty() ? service::health_authorities(*mirror_.snapshot())
                                              : options_.health_authorities,
          key_.pubkey()};
}

void Activator::make_plan(const Profile& profile, Timestamp now) {
  proofs_.update(profile, records_, witnesses(), now);
  backing_.update({records_, proofs_.proofs(), mirror_.view().genesis()}, now);
  std::map<Pubkey, Status> busy;
  for (const auto& [key, open] : open_) busy.emplace(key, open.change.to);
  plan_ = control::plan_activator(view_of(profile, records_, busy), now);
  // Out of service first: when not everything may be written, that may.
  std::stable_partition(plan_.changes.begin(), plan_.changes.end(),
                        [](const auto& change) { return change.to != Status::Activated; });
}

control::ActivatorView Activator::view_of(const Profile& profile, const control::GovernedRecords& records,
                                          const std::map<Pubkey, Status>& busy) const {
  return {profile, records, proofs_.proofs(), setbacks_, busy, options_.staged, backing_.backings()};
}

// Every transaction sent ends in an outcome. Only then may the record be touched again, and only after it was read
// anew.
void Activator::resolve_open(Timestamp now) {
  std::vector<Pubkey> keys;
  std::vector<client::PendingTransaction*> pending;
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

void Activator::on_outcome(const control::StatusChange& change, const client::SendOutcome& outcome, Timestamp now) {
  const auto* landed = std::get_if<client::Landed>(&outcome.result);
  mirror_.look_at(change.key, landed != nullptr ? landed->slot : Slot{});
  if (landed != nullptr) {
    ++counters_.confirmed;
    setbacks_.erase(change.key);
    mirror_.view().drop_anchor();  // under the same hash the same change would be the same transaction
    auto fields = describe(change);
    fields.emplace_back("signature", to_text(outcome.signature));
    fields.emplace_back("slot", std::to_string(landed->slot.value));
    log_(service::LogLevel::Info, "status_changed", fields);
  } else if (const auto* rejected = std::get_if<client::Rejected>(&outcome.result)) {
    on_refused(change, to_text(rejected->error), is_lasting(rejected->error), now);
  } else {
    ++counters_.outcome_unknown;
    auto fields = describe(change);
    fields.emplace_back("reason", std::get<client::Unknown>(outcome.result).reason);
    log_(service::LogLevel::Warn, "outcome_unknown", fields);
  }
}

void Activator::read_ledger(Timestamp now) {
  const auto update = mirror_.step(now);
  counters_.polls = mirror_.counters().polls;
  counters_.poll_failures = mirror_.counters().failures;
  if (update.failure) {
    if (!mirror_.snapshot()) problem_ = update.failure->message;
    const auto next = mirror_.next_read().value_or(now);
    log_(service::LogLevel::Warn, "poll_failed", {{"error", update.failure->message}, {"next", to_text(next)}});
  }
  if (update.changed) take(update);
}

void Activator::take(const client::MirrorUpdate& update) {
  if (update.everything) {
    records_.clear();
    if (!mirror_.snapshot()) return;
    for (const auto& [key, link] : mirror_.snapshot()->links) records_.emplace(key, governed(link));
    for (const auto& [key, device] : mirror_.snapshot()->devices) records_.emplace(key, governed(device));
  } else {
    for (const auto& key : update.records) take_record(key);
  }
  if (!mirror_.snapshot()) return;
  for (const auto& [key, open] : open_) {
    const auto record = records_.find(key);
    if (record == records_.end() || record->second != open.change.before) stop_sending(key);
  }
  forget_setbacks(update);
  std::erase_if(announced_, [&](const auto& entry) { return !records_.contains(entry.first); });
  const auto problem = options_.observe
                           ? service::problem_with_reading(*mirror_.snapshot())
                           : problem_with_key(*mirror_.snapshot(), key_.pubkey(), service::DaemonRole::Activator,
                                              options_.allow_foundation_key);
  if (problem != problem_ && !problem.empty()) log_(service::LogLevel::Error, "cannot_write", {{"reason", problem}});
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

// A record that changed starts afresh. All do when somebody else may be allowed to write now.
void Activator::forget_setbacks(const client::MirrorUpdate& update) {
  std::erase_if(setbacks_, [&](const auto& entry) { return !records_.contains(entry.first); });
  for (const auto& key : update.records) {
    setbacks_.erase(key);
    if (!records_.contains(key)) setbacks_.clear();
  }
  if (update.everything) setbacks_.clear();
}

// What is seen may be long past: then nothing is done about it.
bool Activator::is_fresh(Timestamp now) const {
  return client::overdue_text(mirror_.last_poll(), options_.poll_interval, now).empty();
}

// People hear that the node is behind also when nothing is due.
void Activator::look_at_view(Timestamp now) {
  const auto anchor = mirror_.view().anchor(now);
  next_view_ = now + (anchor ? options_.poll_interval : std::min<Duration>(kViewAgain, options_.poll_interval));
  const auto& problem = mirror_.view().problem();
  if (problem.empty() != said_of_view_.empty()) {
    if (problem.empty()) {
      log_(service::LogLevel::Info, "ledger_current", {});
    } else {
      log_(service::LogLevel::Error, "ledger_behind", {{"reason", problem}});
    }
  }
  said_of_view_ = problem;
}

void Activator::perform(const Profile& profile, Timestamp now) {
  if (options_.observe) {
    announce(plan_.changes);
    return;
  }
  budget_.begin_pass(records_.size(), now);
  std::vector<control::StatusChange> due;
  for (const auto& change : plan_.changes) {
    if (!mirror_.awaits(change.key) && budget_.take(change.key)) due.push_back(change);
  }
  for (std::size_t at = 0; at < due.size(); at += kMostAtOnce) {
    write(profile, std::span(due).subspan(at, std::min(kMostAtOnce, due.size() - at)), now);
  }
}

// The block hash first, then the records and their trails once more: what is sent rests on nothing older than its hash.
void Activator::write(const Profile& profile, std::span<const control::StatusChange> changes, Timestamp now) {
  std::vector<Pubkey> keys;
  for (const auto& change : changes) keys.push_back(change.key);
  const auto anchor = mirror_.view().anchor(now);
  std::optional<Error> failure;
  if (!anchor) {
    failure = anchor.error();
  } else {
    auto update = mirror_.read(keys);
    if (update.changed) take(update);
    if (update.changed) write_again_ = now;
    failure = std::move(update.failure);
  }
  if (failure) write_again_ = now + kNextRead;
  for (const auto& change : changes) {
    const bool may_go = !failure && problem_.empty() && !mirror_.awaits(change.key) &&
                        proofs_.still_proven(change, witnesses(), now) && still_planned(profile, change, now);
    if (may_go) {
      send(change, *anchor, now);
    } else {
      budget_.give_back(change.key);
    }
  }
  if (failure) log_(service::LogLevel::Debug, "not_read_again", {{"error", failure->message}});
}

// Of the record and its proof as they are now: the change would be planned again.
bool Activator::still_planned(const Profile& profile, const control::StatusChange& change, Timestamp now) const {
  const auto record = records_.find(change.key);
  if (record == records_.end()) return false;
  const control::GovernedRecords one{*record};
  const std::map<Pubkey, Status> busy;
  const auto plan = control::plan_activator(view_of(profile, one, busy), now);
  return plan.changes.size() == 1 && plan.changes.front() == change;
}

void Activator::announce(const std::vector<control::StatusChange>& changes) {
  for (const auto& change : changes) {
    if (const auto said = announced_.find(change.key); said != announced_.end() && said->second == change.before)
      continue;
    announced_[change.key] = change.before;
    log_(service::LogLevel::Info, "would_change_status", describe(change));
  }
}

// Says each reason once. That something is still being read is not worth saying.
void Activator::say_what_is_held() {
  std::erase_if(said_held_, [&](const auto& said) { return !plan_.held.contains(said.first); });
  for (const auto& [key, held] : plan_.held) {
    const auto said = said_held_.find(key);
    const bool is_read = held.reason == control::Unproven::TrailNotKnown ||
                         (held.reason == control::Unproven::JudgesNotHeard && held.why.empty());
    if (is_read || (said != said_held_.end() && said->second == held)) continue;
    said_held_.insert_or_assign(key, held);
    auto fields = describe(key, held.record);
    fields.emplace_back("reason", std::string(to_text(held.reason)));
    if (!held.why.empty()) fields.emplace_back("why", held.why);
    if (const auto by = proofs_.held_by(key)) {
      fields.emplace_back("transaction", to_text(by->transaction.signature));
      fields.emplace_back("error", by->transaction.reason);
    }
    log_(service::LogLevel::Info, "record_held", fields);
  }
}

void Activator::raise_alarm() {
  const bool alarm = budget_.deferred_since().has_value() && !budget_.needs_history();
  if (alarm && !alarm_) log_(service::LogLevel::Error, "change_budget_spent", {{"budget", budget_.sentence()}});
  if (!alarm && alarm_) log_(service::LogLevel::Info, "change_budget_open", {{"budget", budget_.sentence()}});
  alarm_ = alarm;
}

Result<wire::Instruction> Activator::build(const control::StatusChange& change) const {
  const auto& snapshot = *mirror_.snapshot();
  const auto sender = sender_for(snapshot, key_.pubkey());
  if (change.before.kind == RecordKind::Link) {
    return update_link(sender, {change.key, snapshot.links.at(change.key)}, {.status = change.to}, *snapshot.profile);
  }
  return update_device(sender, {change.key, snapshot.devices.at(change.key)}, {.status = change.to}, *snapshot.profile);
}

void Activator::send(const control::StatusChange& change, const client::LatestBlockhash& anchor, Timestamp now) {
  const auto instruction = build(change);
  if (!instruction) {
    on_refused(change, instruction.error().message, false, now);
    return;
  }
  auto sent = sender_.submit(std::span(&*instruction, 1), key_, {.others = {}, .anchor = anchor});
  if (!sent) {
    mirror_.view().drop_anchor();
    on_refused(change, sent.error().message, false, now);
    return;
  }
  ++counters_.sent;
  if (auto* pending = std::get_if<client::PendingTransaction>(&*sent)) {
    open_.emplace(change.key, OpenTransaction{change, std::move(*pending)});
  } else {
    on_outcome(change, std::get<client::SendOutcome>(*sent), now);
  }
}

// Another activator may simply have been first: that is decided when the record has been read again.
void Activator::on_refused(const control::StatusChange& change, const std::string& reason, bool lasting,
                           Timestamp now) {
  budget_.give_back(change.key);
  const auto previous = setbacks_.find(change.key);
  setbacks_[change.key] = next_setback(previous == setbacks_.end() ? nullptr : &previous->second, change.before, now);
  mirror_.look_at(change.key);
  refused_.insert_or_assign(change.key, Refusal{change, reason, lasting});
  auto fields = describe(change);
  fields.emplace_back("reason", reason);
  log_(service::LogLevel::Debug, "refused_by_ledger", fields);
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
  log_(service::LogLevel::Warn, "status_refused", fields);
}

std::string Activator::code_of(const Pubkey& record) const {
  if (!mirror_.snapshot()) return {};
  const auto link = mirror_.snapshot()->links.find(record);
  if (link != mirror_.snapshot()->links.end()) return link->second.code;
  const auto device = mirror_.snapshot()->devices.find(record);
  return device != mirror_.snapshot()->devices.end() ? device->second.code : std::string();
}

service::LogFields Activator::describe(const Pubkey& key, const control::GovernedRecord& record) const {
  const auto* known = profile();
  return {
      {"kind", std::string(to_text(record.kind))},
      {"pubkey", to_text(key)},
      {"code", code_of(key)},
      {"from", std::string(to_text(record.status))},
      {"desired_status", std::string(to_text(record.desired_status))},
      {"health", std::string(known == nullptr ? to_text(record.health) : spell(*known, record.kind, record.health))}};
}

service::LogFields Activator::describe(const control::StatusChange& change) const {
  auto fields = describe(change.key, change.before);
  fields.emplace_back("to", std::string(to_text(change.to)));
  return fields;
}

}  // namespace dz::activator
