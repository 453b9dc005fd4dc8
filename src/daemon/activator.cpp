#include "daemon/activator.h"

#include <algorithm>

#include "daemon/key_roles.h"
#include "wire/accounts.h"
#include "wire/instructions/device.h"
#include "wire/instructions/link.h"

namespace dz {
namespace {

constexpr Duration kFirstRetry = std::chrono::seconds{1};
constexpr std::size_t kMostKeysARead = 100;

Duration poll_retry(int failures, Duration interval) {
  return std::min<Duration>(interval, kFirstRetry * (1 << std::min(failures - 1, 6)));
}

GovernedRecord governed(const std::variant<Link, Device>& record) {
  const auto kind = std::holds_alternative<Link>(record) ? RecordKind::Link : RecordKind::Device;
  return std::visit([&](const auto& r) { return GovernedRecord{kind, r.status, r.desired_status, r.health}; }, record);
}

}  // namespace

Activator::Activator(LedgerClient& client, Keypair key, ActivatorOptions options, LogSink log)
    : client_(client),
      key_(std::move(key)),
      sender_(client, Clock{[this] { return now_; }, [](Duration) {}}),
      options_(std::move(options)),
      log_(std::move(log)) {}

void Activator::on_event(const Pubkey& account) {
  ++counters_.events;
  dirty_.insert(account);
}

void Activator::on_stream_lost() { next_poll_.reset(); }

Timestamp Activator::step(Timestamp now) {
  ++counters_.passes;
  now_ = now;
  resolve_open(now);
  if (!next_poll_ || now >= *next_poll_) {
    poll(now);
  } else if (!dirty_.empty()) {
    reread_dirty(now);
  }
  settle_refusals();
  std::map<Pubkey, Status> busy;
  for (const auto& [key, open] : open_) busy.emplace(key, open.change.to);
  const auto plan = plan_activator(records_, setbacks_, busy, now);
  if (problem_.empty()) perform(plan, now);
  Timestamp next = *next_poll_;
  if (plan.next_look) next = std::min(next, *plan.next_look);
  if (!open_.empty() || !refused_.empty()) next = std::min(next, now + options_.confirm_interval);
  return std::max(next, now + std::chrono::milliseconds{1});
}

// Every transaction sent ends in an outcome. Only then may the record be touched again, and only after it was read
// anew.
void Activator::resolve_open(Timestamp now) {
  for (auto it = open_.begin(); it != open_.end();) {
    const auto outcome = sender_.look(it->second.pending);
    if (!outcome) {
      ++it;
      continue;
    }
    const auto change = it->second.change;
    it = open_.erase(it);
    on_outcome(change, *outcome, now);
  }
}

void Activator::on_outcome(const StatusChange& change, const SendOutcome& outcome, Timestamp now) {
  dirty_.insert(change.key);
  if (const auto* landed = std::get_if<Landed>(&outcome.result)) {
    ++counters_.confirmed;
    setbacks_.erase(change.key);
    auto fields = describe(change);
    fields.emplace_back("signature", to_text(outcome.signature));
    fields.emplace_back("slot", std::to_string(landed->slot.value));
    log_(LogLevel::Info, "status_changed", fields);
  } else if (const auto* rejected = std::get_if<Rejected>(&outcome.result)) {
    on_refused(change, to_text(rejected->error), now);
  } else {
    ++counters_.outcome_unknown;
    auto fields = describe(change);
    fields.emplace_back("reason", std::get<Unknown>(outcome.result).reason);
    log_(LogLevel::Warn, "outcome_unknown", fields);
  }
}

void Activator::poll(Timestamp now) {
  ++counters_.polls;
  const auto snapshot = fetch_snapshot(client_, options_.ids);
  if (!snapshot) {
    ++counters_.poll_failures;
    ++failed_polls_;
    next_poll_ = now + poll_retry(failed_polls_, options_.poll_interval);
    if (!last_good_poll_) problem_ = snapshot.error().message;
    log_(LogLevel::Warn, "poll_failed", {{"error", snapshot.error().message}, {"next", to_text(*next_poll_)}});
    return;
  }
  failed_polls_ = 0;
  last_good_poll_ = now;
  next_poll_ = now + options_.poll_interval;
  const auto problem = problem_with_key(*snapshot, key_.pubkey(), DaemonRole::Activator, options_.allow_foundation_key);
  if (problem != problem_ && !problem.empty()) log_(LogLevel::Error, "cannot_write", {{"reason", problem}});
  problem_ = problem;
  take_snapshot(*snapshot);
}

void Activator::take_snapshot(const Snapshot& snapshot) {
  profile_ = snapshot.profile;
  records_.clear();
  accounts_.clear();
  for (const auto& [key, link] : snapshot.links) keep(key, link);
  for (const auto& [key, device] : snapshot.devices) keep(key, device);
  dirty_.clear();
  std::erase_if(setbacks_, [&](const auto& entry) { return !records_.contains(entry.first); });
  std::erase_if(announced_, [&](const auto& entry) { return !records_.contains(entry.first); });
}

void Activator::reread_dirty(Timestamp now) {
  if (profile_ == nullptr) return;
  const std::vector<Pubkey> keys(dirty_.begin(), dirty_.end());
  for (std::size_t at = 0; at < keys.size(); at += kMostKeysARead) {
    const auto part = std::span(keys).subspan(at, std::min(kMostKeysARead, keys.size() - at));
    const auto answer = client_.get_multiple_accounts(part);
    if (!answer || answer->accounts.size() != part.size()) {
      next_poll_ = std::min(*next_poll_, now + kFirstRetry);  // they stay dirty; the poll reads them too
      return;
    }
    for (std::size_t i = 0; i < part.size(); ++i) {
      take_record(part[i], answer->accounts[i]);
      dirty_.erase(part[i]);
    }
  }
}

void Activator::keep(const Pubkey& key, const std::variant<Link, Device>& record) {
  records_.insert_or_assign(key, governed(record));
  accounts_.insert_or_assign(key, record);
}

void Activator::take_record(const Pubkey& key, const std::optional<Account>& account) {
  records_.erase(key);
  accounts_.erase(key);
  if (!account || account->owner != options_.ids.serviceability) return;
  if (account_type(account->data) == AccountType::Link) {
    if (const auto link = decode_link(account->data, *profile_)) keep(key, *link);
  } else if (account_type(account->data) == AccountType::Device) {
    if (const auto device = decode_device(account->data, *profile_)) keep(key, *device);
  }
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
  for (const auto& change : plan.changes) send(change, now);
}

Result<Instruction> Activator::build(const StatusChange& change) const {
  const Sender sender{options_.ids.serviceability, key_.pubkey(), false};
  const auto& account = accounts_.at(change.key);
  if (const auto* link = std::get_if<Link>(&account)) {
    return update_link(sender, change.key, *link, {.status = change.to}, *profile_);
  }
  return update_device(sender, change.key, std::get<Device>(account), {.status = change.to}, *profile_);
}

void Activator::send(const StatusChange& change, Timestamp now) {
  const auto instruction = build(change);
  if (!instruction) {
    on_refused(change, instruction.error().message, now);
    return;
  }
  auto sent = sender_.submit(std::span(&*instruction, 1), key_);
  if (!sent) {
    on_refused(change, sent.error().message, now);
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
void Activator::on_refused(const StatusChange& change, const std::string& reason, Timestamp now) {
  const auto previous = setbacks_.find(change.key);
  setbacks_[change.key] = next_setback(previous == setbacks_.end() ? nullptr : &previous->second, change.before, now);
  dirty_.insert(change.key);
  refused_.insert_or_assign(change.key, change);
  auto fields = describe(change);
  fields.emplace_back("reason", reason);
  log_(LogLevel::Debug, "refused_by_ledger", fields);
}

void Activator::settle_refusals() {
  for (auto it = refused_.begin(); it != refused_.end();) {
    if (dirty_.contains(it->first)) {
      ++it;
      continue;
    }
    const auto record = records_.find(it->first);
    if (record == records_.end() || record->second.status == it->second.to) {
      ++counters_.already_done;
    } else {
      ++counters_.refused;
      if (setbacks_[it->first].failures == 1) log_(LogLevel::Warn, "status_refused", describe(it->second));
    }
    it = refused_.erase(it);
  }
}

LogFields Activator::describe(const StatusChange& change) const {
  const auto account = accounts_.find(change.key);
  const auto code =
      account == accounts_.end() ? std::string() : std::visit([](const auto& r) { return r.code; }, account->second);
  return {{"kind", std::string(to_text(change.before.kind))},
          {"pubkey", to_text(change.key)},
          {"code", code},
          {"from", std::string(to_text(change.before.status))},
          {"to", std::string(to_text(change.to))},
          {"desired_status", std::string(to_text(change.before.desired_status))},
          {"health", std::string(to_text(change.before.health))}};
}

}  // namespace dz
