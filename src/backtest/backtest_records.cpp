#include "backtest/backtest_records.h"

#include <algorithm>

#include "wire/accounts.h"

namespace dz::backtest {
namespace {

constexpr Duration kActivatorTakes = std::chrono::seconds{30};
constexpr lifecycle::Roles kOwner{.foundation = true}, kActivator{.activator = true};

template <typename Record>
lifecycle::LifecycleState state_of(const Record& record) {
  return {record.status, record.desired_status, record.health, {}, false};
}

template <typename Record>
void put(Record& record, const lifecycle::LifecycleState& state) {
  record.status = state.status;
  record.desired_status = state.desired_status;
  record.health = state.health;
}

// A rule of one network for records of one kind.
struct Rules {
  const Profile& profile;
  RecordKind kind;

  std::optional<Status> next(Status status, DesiredStatus desired, Health health) const {
    const auto* row = next_transition(profile.lifecycle(kind), status, desired, health);
    return row == nullptr ? std::nullopt : std::optional(row->to);
  }
  std::optional<Status> next(const lifecycle::LifecycleState& s) const {
    return next(s.status, s.desired_status, s.health);
  }

  // Some order of the changes between two readings lets the table lead there.
  bool by_table(const lifecycle::LifecycleState& before, const lifecycle::LifecycleState& after) const {
    for (const auto desired : {before.desired_status, after.desired_status}) {
      for (const auto health : {before.health, after.health}) {
        if (next(before.status, desired, health) == after.status) return true;
      }
    }
    return false;
  }

  bool impaired_by_program(const lifecycle::LifecycleState& before, const lifecycle::LifecycleState& after) const {
    if (!profile.guarded || after.health != Health::Impaired) return false;
    const bool left = before.status == Status::Activated && after.status != Status::Activated;
    const bool asked = before.desired_status != DesiredStatus::Activated &&
                       after.desired_status == DesiredStatus::Activated && after.status != Status::Activated;
    return left || asked;
  }

  lifecycle::LifecycleState written(const lifecycle::LifecycleState& before, const lifecycle::LifecycleWrite& write,
                                    const lifecycle::Roles& roles) const {
    if (profile.guarded) {
      if (const auto after = apply_write(before, write, roles)) return *after;
    }
    auto after = before;  // between words that are not in service, as when side Z accepts
    if (write.status) after.status = *write.status;
    if (!profile.guarded && write.desired_status) after.desired_status = *write.desired_status;
    return after;
  }
};

}  // namespace

RecordedDecisions::RecordedDecisions(std::vector<monitor::Decision> decisions) {
  for (const auto& d : decisions) entries_[d.key].push_back({d.at, d.to});
}

bool RecordedDecisions::explain(const Pubkey& key, Health to, Timestamp found_at) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return false;
  for (auto entry = found->second.rbegin(); entry != found->second.rend(); ++entry) {
    if (entry->used || entry->to != to || entry->at > found_at) continue;
    return entry->used = true;
  }
  return false;
}

Result<void> BacktestRecords::take(Timestamp at, const history::HistoryRecord& record, bool other_writes) {
  ++revision_;
  if (record.account.empty()) {
    gone_.insert_or_assign(record.key, code_of(record.key));
    links_.erase(record.key);
    devices_.erase(record.key);
    recorded_.erase(record.key);
    movable_since_.erase(record.key);
    return {};
  }
  DZ_TRY_ASSIGN(const auto* profile, recognise_profile(record.version));
  profile_ = profile;
  if (record.kind == RecordKind::Link) {
    DZ_TRY_ASSIGN(auto link, wire::decode_link(record.account, *profile));
    take_record(at, record, std::move(link), links_, other_writes);
  } else {
    DZ_TRY_ASSIGN(auto device, wire::decode_device(record.account, *profile));
    take_record(at, record, std::move(device), devices_, other_writes);
  }
  return {};
}

template <typename Record>
void BacktestRecords::take_record(Timestamp at, const history::HistoryRecord& from, Record record,
                                  std::map<Pubkey, Record>& records, bool other_writes) {
  const auto after = state_of(record);
  const auto before = recorded_.find(from.key);
  const auto own = records.find(from.key);
  if (begun_ && before != recorded_.end() && own != records.end()) {
    const auto was = state_of(own->second);
    if (before->second.status != after.status) {
      recorded_steps_.push_back({at, from.key, before->second.status, after.status});
    }
    const auto merged = merge(at, from, before->second, after, was, other_writes);
    put(record, merged);
    note_step(at, from.key, was.status, merged.status);
  }
  recorded_.insert_or_assign(from.key, after);
  records.insert_or_assign(from.key, std::move(record));
}

// What changed on the ledger from `before` to `after`, done to the record as it is in the backtest.
lifecycle::LifecycleState BacktestRecords::merge(Timestamp at, const history::HistoryRecord& from,
                                                 const lifecycle::LifecycleState& before,
                                                 const lifecycle::LifecycleState& after, lifecycle::LifecycleState own,
                                                 bool other_writes) {
  const Rules added{*profile_, from.kind};
  if (before.desired_status != after.desired_status) {
    own = added.written(own, {.status = {}, .desired_status = after.desired_status}, kOwner);
  }
  if (before.status != after.status) {
    if (!added.by_table(before, after)) {
      own = added.written(own, {.status = after.status, .desired_status = {}}, kOwner);
    } else if (added.next(own) == after.status) {
      own = added.written(own, {.status = after.status, .desired_status = {}}, kActivator);
    }
  }
  if (before.health == after.health || added.impaired_by_program(before, after)) return own;
  if (other_writes) {
    monitor::Decision decision{.at = at, .key = from.key, .kind = from.kind, .code = code_of(from.key)};
    decision.from = before.health;
    decision.to = after.health;
    decision.sentence = "written by another monitor";
    others_.push_back(std::move(decision));
  } else if (!decisions_.explain(from.key, after.health, at)) {
    own.health = after.health;
  }
  return own;
}

void BacktestRecords::set_health(const Pubkey& key, Health health) {
  ++revision_;
  if (const auto link = links_.find(key); link != links_.end()) link->second.health = health;
  if (const auto device = devices_.find(key); device != devices_.end()) device->second.health = health;
}

void BacktestRecords::move(Timestamp at) {
  if (!begun_) return;
  move_records(at, RecordKind::Link, links_);
  move_records(at, RecordKind::Device, devices_);
}

template <typename Record>
void BacktestRecords::move_records(Timestamp at, RecordKind kind, std::map<Pubkey, Record>& records) {
  const Rules added{*profile_, kind};
  for (auto& [key, record] : records) {
    const auto own = state_of(record);
    const auto to = added.next(own);
    if (!to || own == recorded_.at(key)) {
      if (!movable_since_.empty()) movable_since_.erase(key);
      continue;
    }
    const auto [since, fresh] = movable_since_.try_emplace(key, at);
    if (fresh || at - since->second < kActivatorTakes) continue;
    put(record, added.written(own, {.status = *to, .desired_status = {}}, kActivator));
    movable_since_.erase(since);
    note_step(at, key, own.status, *to);
    ++revision_;
  }
}

std::optional<Timestamp> BacktestRecords::next_move() const {
  std::optional<Timestamp> next;
  for (const auto& [key, since] : movable_since_) {
    const auto due = since + kActivatorTakes;
    if (!next || due < *next) next = due;
  }
  return next;
}

void BacktestRecords::note_step(Timestamp at, const Pubkey& key, Status from, Status to) {
  if (from != to) steps_.push_back({at, key, from, to});
}

std::string BacktestRecords::code_of(const Pubkey& key) const {
  if (const auto link = links_.find(key); link != links_.end()) return link->second.code;
  if (const auto device = devices_.find(key); device != devices_.end()) return device->second.code;
  const auto gone = gone_.find(key);
  return gone == gone_.end() ? to_text(key) : gone->second;
}

}  // namespace dz::backtest
