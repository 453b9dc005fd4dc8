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
  rules_ = ProgramRules(*profile);
  const Reading reading{at, record, other_writes};
  if (record.kind == RecordKind::Link) {
    DZ_TRY_ASSIGN(auto link, wire::decode_link(record.account, *profile));
    take_record(reading, std::move(link), links_);
  } else {
    DZ_TRY_ASSIGN(auto device, wire::decode_device(record.account, *profile));
    take_record(reading, std::move(device), devices_);
  }
  return {};
}

template <typename Record>
void BacktestRecords::take_record(const Reading& reading, Record record, std::map<Pubkey, Record>& records) {
  const auto& key = reading.record.key;
  const auto after = state_of(record);
  const auto before = recorded_.find(key);
  const auto own = records.find(key);
  if (begun_ && before != recorded_.end() && own != records.end()) {
    const auto was = state_of(own->second);
    if (before->second.status != after.status) {
      recorded_steps_.push_back({reading.at, key, before->second.status, after.status});
    }
    const auto merged = merge(reading, before->second, after, was);
    put(record, merged);
    note_step(reading.at, key, was.status, merged.status);
  }
  recorded_.insert_or_assign(key, after);
  records.insert_or_assign(key, std::move(record));
}

// What changed on the ledger from `before` to `after`, done to the record as it is in the backtest.
lifecycle::LifecycleState BacktestRecords::merge(const Reading& reading, const lifecycle::LifecycleState& before,
                                                 const lifecycle::LifecycleState& after,
                                                 lifecycle::LifecycleState own) {
  const auto& key = reading.record.key;
  const auto kind = reading.record.kind;
  if (before.desired_status != after.desired_status) {
    own = rules_.written(own, {.status = {}, .desired_status = after.desired_status}, kOwner);
  }
  if (before.status != after.status) {
    const lifecycle::LifecycleWrite move{.status = after.status, .desired_status = {}};
    if (!rules_.by_table(kind, before, after)) {
      own = rules_.written(own, move, kOwner);
    } else if (rules_.next(kind, own) == after.status) {
      own = rules_.written(own, move, kActivator);
    }
  }
  if (before.health == after.health || rules_.impaired_by_program(before, after)) return own;
  if (reading.other_writes) {
    monitor::Decision decision{.at = reading.at, .key = key, .kind = kind, .code = code_of(key)};
    decision.from = before.health;
    decision.to = after.health;
    decision.sentence = "written by another monitor";
    others_.push_back(std::move(decision));
  } else if (!decisions_.explain(key, after.health, reading.at)) {
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
  for (auto& [key, record] : records) {
    const auto own = state_of(record);
    const auto to = rules_.next(kind, own);
    if (!to || own == recorded_.at(key)) {
      if (!movable_since_.empty()) movable_since_.erase(key);
      continue;
    }
    const auto [since, fresh] = movable_since_.try_emplace(key, at);
    if (fresh || at - since->second < kActivatorTakes) continue;
    put(record, rules_.written(own, {.status = *to, .desired_status = {}}, kActivator));
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
