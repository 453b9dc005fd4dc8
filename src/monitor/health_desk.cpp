#include "monitor/health_desk.h"

#include <algorithm>
#include <set>

#include <boost/json.hpp>

#include "base/check.h"
#include "base/sha256.h"
#include "client/standing.h"
#include "control/explain_record.h"
#include "monitor/assessment_json.h"
#include "net/retry_after.h"

namespace dz::monitor {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kRetry = seconds{2};  // after what could not be sent
constexpr Duration kLongestRetry = minutes{2};
constexpr Duration kFollow = std::chrono::milliseconds{200};  // between looks at an open transaction
constexpr std::size_t kMostAtOnce = 100;                      // records that one request reads again
constexpr Duration kBudgetLooksBack = std::chrono::hours{1};

// What must not wait before what may, where not all may be written at once.
int rank_of(const HealthWrite& write) { return write.reset ? 0 : write.to == Health::Impaired ? 1 : 2; }

// The ledger of this machine charges by the signature and has computing to spare.
client::SenderOptions sender_options(const MonitorSettings& settings) {
  client::SenderOptions options{.budget = settings.budget};
  const auto environment = wire::find_environment(settings.environment);
  options.budget.on = environment && (*environment)->name != "local";
  return options;
}

control::GovernedRecord governed(const client::Snapshot& records, const Pubkey& key, RecordKind kind) {
  const auto part_of = [&](const auto& record) -> control::GovernedRecord {
    return {kind, record.status, record.desired_status, record.health};
  };
  return kind == RecordKind::Link ? part_of(records.links.at(key)) : part_of(records.devices.at(key));
}

bool is_as_judged(const client::Snapshot& records, const HealthWrite& write) {
  const bool there =
      write.judged.kind == RecordKind::Link ? records.links.contains(write.key) : records.devices.contains(write.key);
  return there && governed(records, write.key, write.judged.kind) == write.judged;
}

std::optional<control::GovernedRecord> governed_if_any(const client::Snapshot& records, const Pubkey& key) {
  if (records.links.contains(key)) return governed(records, key, RecordKind::Link);
  if (records.devices.contains(key)) return governed(records, key, RecordKind::Device);
  return std::nullopt;
}

}  // namespace

HealthDesk::HealthDesk(HealthDeskParts parts, const MonitorSettings& settings, HealthSigner signer)
    : parts_(std::move(parts)),
      profile_(*settings.policy.profile),
      policy_digest_(verdict::policy_digest(settings.policy)),
      by_{.genesis = {},
          .program = signer.ids.serviceability,
          .monitor = signer.key ? signer.key->pubkey() : Pubkey{},
          .policy = sha256(as_bytes(render_policy(settings.policy)))},
      recovery_(parts_.memory, signer.ids),
      key_(std::move(signer.key)),
      budget_(settings.limits),
      takes_over_(takes_over(settings)) {
  parts_.memory.keep_policy(render_policy(settings.policy));
  if (!profile_.guarded) {
    unguarded_ = Unguarded{};
    for (const auto& [record, memory] : parts_.book.memories()) {
      if (memory.tried_health || memory.reset)
        unguarded_->guard.may_land(record, memory.tried_health.value_or(Health::Impaired));
    }
  }
  if (key_ && (settings.write_mode == control::WriteMode::Write || takes_over_)) {
    const client::Clock clock{[this] { return now_; }, [](Duration) {}};
    writer_.emplace(parts_.ledger, *key_, std::move(signer.ids), HealthWriterOptions{clock, sender_options(settings)});
  }
}

void HealthDesk::follow(const client::MirrorUpdate& update) {
  const auto& records = parts_.reader.snapshot();
  // A change of anything else, such as a permission, may change what the ledger refuses.
  const auto is_link_or_device = [&](const Pubkey& key) {
    return records && (records->links.contains(key) || records->devices.contains(key));
  };
  if (update.everything || !std::all_of(update.records.begin(), update.records.end(), is_link_or_device)) {
    refused_.clear();
  }
  for (const auto& key : update.records) refused_.erase(key);
  if (records && writer_) writer_->use_permission(has_permission_account(*records, key_->pubkey()));
}

// ---- before judging

void HealthDesk::note_under_way(Timestamp now) {
  under_way_.clear();
  if (writer_) learn_genesis();
  const auto& read = parts_.reader.snapshot();
  if (writer_ && read && read->profile != nullptr) recovery_.step(parts_.ledger, *read->profile, now);
  if (writer_) under_way_ = writer_->under_way();
  if (!unguarded_) return;
  unguarded_->guard.step(parts_.ledger, now);
  unguarded_->guard.add_to(under_way_);
  // Those that are known to have changed since they were read.
  const auto& records = *parts_.reader.snapshot();
  for (const auto& key : parts_.reader.mirror().awaited()) {
    if (const auto record = governed_if_any(records, key)) under_way_.emplace(key, record->health);
  }
}

// Records drained by hand keep their desired_status when they are undrained: their transactions tell. Such a
// transaction may also be the step back into service, so the record is read as it is after it before anything is
// written.
void HealthDesk::look_for_undrains(Timestamp now) {
  if (!unguarded_) return;
  const auto& records = *parts_.reader.snapshot();
  follow_waiting(records);
  const auto& waiting = unguarded_->waiting;
  const auto own = [this](const Pubkey& key) { return newest_own(key); };
  for (const auto& write : unguarded_->undrains.step(parts_.ledger, waiting, own, now)) {
    parts_.book.wanted_again(write.record);
    parts_.reader.mirror().look_at(write.record, write.slot);
    const auto kind = records.links.contains(write.record) ? RecordKind::Link : RecordKind::Device;
    under_way_.emplace(write.record, governed(records, write.record, kind).health);
  }
}

void HealthDesk::follow_waiting(const client::Snapshot& records) {
  auto& waiting = unguarded_->waiting;
  auto& followed = unguarded_->followed;
  const auto& changes = parts_.reader.changes();
  const auto look_at = [&](const Pubkey& key) {
    const auto record = governed_if_any(records, key);
    if (record && is_drained(record->status) && record->desired_status == DesiredStatus::Activated) {
      waiting.insert(key);
    } else {
      waiting.erase(key);
    }
  };
  const auto changed = followed ? changes.since(*followed) : std::nullopt;
  followed = changes.revision();
  if (changed) {
    std::for_each(changed->begin(), changed->end(), look_at);
    return;
  }
  waiting.clear();
  for (const auto& [key, _] : records.links) look_at(key);
  for (const auto& [key, _] : records.devices) look_at(key);
}

// The transaction of this monitor's last decision about the record.
std::optional<SeenTransaction> HealthDesk::newest_own(const Pubkey& key) {
  const auto own = parts_.memory.decisions().find({.key = key, .limit = 1});
  if (!own || own->empty()) return std::nullopt;
  const auto signature = wire::parse_signature(own->front().signature);
  return signature ? std::optional(SeenTransaction{*signature, own->front().slot}) : std::nullopt;
}

// ---- writing

void HealthDesk::write(const control::MonitorPlan& plan, const control::MonitorInputs& inputs) {
  if (!writer_) return;
  now_ = inputs.now;
  if (send_again_.at && now_ < *send_again_.at) return;
  send_again_.at.reset();
  const auto& records = *parts_.reader.snapshot();
  std::vector<HealthWrite> writes;
  std::map<Pubkey, const control::HealthChange*> planned;
  for (const auto& change : plan.changes) {
    auto write = write_of(change, records);
    if (!write) continue;
    planned.emplace(change.key, &change);
    writes.push_back(std::move(*write));
  }
  writes = within_budget(std::move(writes), now_);
  stated_.clear();
  for (const auto& write : writes) decide(*planned.at(write.key), inputs);
  for (std::size_t at = 0; at < writes.size(); at += kMostAtOnce) {
    const auto first = writes.begin() + static_cast<std::ptrdiff_t>(at);
    send({first, first + static_cast<std::ptrdiff_t>(std::min(kMostAtOnce, writes.size() - at))});
  }
}

void HealthDesk::send(std::vector<HealthWrite> writes) {
  std::vector<Pubkey> keys;
  for (const auto& write : writes) keys.push_back(write.key);
  const auto anchor = parts_.reader.mirror().view().anchor(now_);
  const auto read = anchor ? parts_.reader.read_again(keys) : Result<void>(tl::unexpected(anchor.error()));
  if (!read) return refuse_all(std::move(writes), read.error());
  const auto& records = parts_.reader.snapshot();
  std::erase_if(writes, [&](const HealthWrite& write) {
    if (records && is_as_judged(*records, write)) return false;
    budget_.give_back(write.key);
    undecided_.erase(write.key);
    return true;
  });
  if (writes.empty()) return;
  if (const auto kept = keep_statements(writes); !kept) return refuse_all(std::move(writes), kept.error());
  // Rows may have been written while the disk was waited for, and the ledger read: nothing rests on that but the state.
  settle(writer_->submit(std::move(writes), *records->profile, *anchor), now_);
}

void HealthDesk::refuse_all(std::vector<HealthWrite> writes, const Error& error) {
  std::vector<HealthWriteOutcome> unsent;
  for (auto& write : writes) {
    unsent.push_back({std::move(write), HealthWriteOutcome::Kind::NotSent, {}, {}, error.message});
  }
  settle(unsent, now_);
}

// Without it nothing is stated, so nothing is written; it is asked for again at the next pass.
void HealthDesk::learn_genesis() {
  if (knows_genesis_) return;
  const auto& known = parts_.reader.mirror().view().genesis();
  const auto genesis = known ? Result<wire::Blockhash>(*known) : parts_.ledger.get_genesis_hash();
  knows_genesis_ = genesis.has_value();
  if (genesis) by_.genesis = genesis->bytes;
}

// On disk before anything is sent: what was sent and is not stated could not be checked by anybody.
Result<void> HealthDesk::keep_statements(std::vector<HealthWrite>& writes) {
  if (!knows_genesis_) return fail(ErrorKind::Retry, "the ledger has not told its genesis hash yet");
  std::vector<attest::Stated> all;
  for (const auto& write : writes) {
    const auto stated = stated_.find(write.key);
    DZ_CHECK(stated != stated_.end());
    stated->second.statement.genesis = by_.genesis;
    all.push_back(std::move(stated->second));
  }
  DZ_TRY_ASSIGN(const auto added, parts_.memory.add_statements(all));
  for (std::size_t i = 0; i < writes.size(); ++i) {
    writes[i].stated = {added.first + static_cast<std::int64_t>(i), added.hashes[i]};
  }
  if (parts_.is_on_disk && !parts_.is_on_disk())
    return fail(ErrorKind::Retry, "what is stated about it could not be brought to disk");
  return {};
}

void HealthDesk::tell_statements(const std::vector<HealthWriteOutcome>& outcomes) {
  using Kind = HealthWriteOutcome::Kind;
  std::vector<StatementArchive::Outcome> told;
  for (const auto& outcome : outcomes) {
    if (!outcome.write.stated) continue;
    const auto became = outcome.kind == Kind::Landed    ? StatementOutcome::Landed
                        : outcome.kind == Kind::Refused ? StatementOutcome::Refused
                        : outcome.kind == Kind::Unknown ? StatementOutcome::Unknown
                                                        : StatementOutcome::NotSent;
    const bool sent = outcome.kind != Kind::NotSent;
    told.push_back({outcome.write.stated->index, became, sent ? to_text(outcome.signature) : std::string()});
  }
  parts_.memory.settle(told);
  if (said_memo_ || writer_->memo_problem().empty()) return;
  said_memo_ = true;
  parts_.log(service::LogLevel::Warn, "memo_not_taken",
             {{"reason", writer_->memo_problem()},
              {"then", "transactions carry no root over what is stated about them; statements are kept all the same"}});
}

// None: the record is read again first, or the ledger has refused just this.
std::optional<HealthWrite> HealthDesk::write_of(const control::HealthChange& change,
                                                const client::Snapshot& records) const {
  if (parts_.reader.mirror().awaits(change.key)) return std::nullopt;
  HealthWrite write{change.key, governed(records, change.key, change.kind), change.to, change.reset};
  const auto refused = refused_.find(change.key);
  if (refused != refused_.end() && refused->second == write) return std::nullopt;
  return write;
}

void HealthDesk::decide(const control::HealthChange& change, const control::MonitorInputs& inputs) {
  Decision decision{.at = inputs.now,
                    .key = change.key,
                    .kind = change.kind,
                    .code = parts_.reader.code_of(change.key),
                    .from = change.from,
                    .to = change.to};
  decision.reason = to_text(change.reason);
  decision.policy_digest = policy_digest_;
  const auto* account = parts_.reader.mirror().account(change.key);
  const auto judged =
      account != nullptr ? attest::JudgedAccount{sha256(account->data), account->slot} : attest::JudgedAccount{};
  const auto report = report_record(inputs, parts_.book, change.key, {}, [&](const control::JudgedNow& now) {
    auto& stated = stated_[change.key];
    stated = state_change(change, now, inputs, by_, judged);
    if (account != nullptr) stated.account = account->data;
    if (parts_.opinions) stated.statement.opinions = parts_.opinions(change.key);
  });
  if (report) {
    decision.sentence = report->sentence;
    decision.findings_json = boost::json::serialize(findings_json(*report));
  }
  undecided_.insert_or_assign(change.key, std::move(decision));
}

// The most urgent first; the others are deferred to a later pass.
std::vector<HealthWrite> HealthDesk::within_budget(std::vector<HealthWrite> writes, Timestamp now) {
  restore_budget(now);
  budget_.begin_pass(parts_.book.verdicts().size(), now);  // of a part of the fleet: its share of the changes
  std::stable_sort(writes.begin(), writes.end(),
                   [](const HealthWrite& a, const HealthWrite& b) { return rank_of(a) < rank_of(b); });
  std::erase_if(writes, [&](const HealthWrite& write) {
    if (budget_.take(write.key)) return false;
    undecided_.erase(write.key);  // it is not sent
    return true;
  });
  return writes;
}

// What this monitor wrote lately, also before it was restarted.
void HealthDesk::restore_budget(Timestamp now) {
  if (!budget_.needs_history()) return;
  const auto decided = parts_.memory.decisions().between(now - kBudgetLooksBack, now + Duration{1});
  if (!decided) return;
  std::vector<control::BudgetWrite> written;
  for (const auto& decision : *decided) written.push_back({decision.at, decision.key});
  budget_.restore(written, now);
}

Timestamp HealthDesk::next(Timestamp now) const {
  auto next = Timestamp::max();
  // What may not be sent even then waits for the next pass.
  if (send_again_.at && now < *send_again_.at) next = *send_again_.at;
  if (writer_ && writer_->open_transactions() > 0) next = std::min(next, now + kFollow);
  return next;
}

std::optional<verdict::HeldBack> HealthDesk::held_back(const Pubkey& key, Timestamp now) const {
  if (!budget_.defers(key)) return std::nullopt;
  return verdict::HeldBack{budget_.why_deferred("its change of health", now),
                           "nothing but to wait until it may be written, or to raise the monitor's limits"};
}

const Decision* HealthDesk::undecided(const Pubkey& key) const {
  const auto found = undecided_.find(key);
  return found == undecided_.end() ? nullptr : &found->second;
}

// ---- what became of it

void HealthDesk::collect(Timestamp now) {
  if (!writer_) return;
  now_ = now;
  settle(writer_->collect(), now);
}

void HealthDesk::settle(const std::vector<HealthWriteOutcome>& outcomes, Timestamp now) {
  using Kind = HealthWriteOutcome::Kind;
  const auto is_unsent = [](const HealthWriteOutcome& outcome) { return outcome.kind == Kind::NotSent; };
  if (!outcomes.empty())
    send_again_.failures = std::any_of(outcomes.begin(), outcomes.end(), is_unsent) ? send_again_.failures + 1 : 0;
  std::vector<Decision> decided;
  for (const auto& outcome : outcomes) {
    const auto& write = outcome.write;
    parts_.reader.mirror().look_at(write.key, outcome.slot);  // the record is read again before it is judged again
    switch (outcome.kind) {
      case Kind::Landed: landed(outcome, decided); break;
      case Kind::Refused:
        ++counters_.refused;
        refused_.insert_or_assign(write.key, HealthWrite{write.key, write.judged, write.to, write.reset});
        budget_.give_back(write.key);
        say(service::LogLevel::Warn, "health_refused", outcome, {"reason", outcome.reason});
        break;
      case Kind::Unknown:
        ++counters_.outcome_unknown;
        if (unguarded_) unguarded_->guard.may_land(write.key, write.to);
        say(service::LogLevel::Warn, "outcome_unknown", outcome, {"reason", outcome.reason});
        break;
      case Kind::NotSent:
        parts_.reader.mirror().view().drop_anchor();
        ++counters_.unsent;
        send_again_.at = now + net::backoff(send_again_.failures, kRetry, kLongestRetry, 0);
        say(service::LogLevel::Warn, "health_not_sent", outcome, {"reason", outcome.reason});
        break;
    }
  }
  parts_.memory.add(decided);
  tell_statements(outcomes);
}

void HealthDesk::landed(const HealthWriteOutcome& outcome, std::vector<Decision>& decided) {
  const auto& write = outcome.write;
  ++counters_.changes;
  if (takes_over_) landed_.emplace_back(write.key, write.to);
  refused_.erase(write.key);
  if (unguarded_) {
    parts_.book.landed(write.key, write.to, write.reset);
    unguarded_->undrains.wrote(write.key, outcome.signature);
  }
  auto decision = undecided_.extract(write.key);
  if (decision.empty()) return;
  counters_.write_times.add(now_ - decision.mapped().at);
  decision.mapped().slot = outcome.slot;
  decision.mapped().signature = to_text(outcome.signature);
  say(service::LogLevel::Info, "health_changed", outcome, {"because", decision.mapped().sentence});
  decided.push_back(std::move(decision.mapped()));
}

void HealthDesk::say(service::LogLevel level, std::string_view event, const HealthWriteOutcome& outcome,
                     std::pair<std::string_view, std::string> detail) const {
  const auto& [key, judged, to, reset, stated] = outcome.write;
  parts_.log(level, event,
             {{"kind", std::string(to_text(judged.kind))},
              {"pubkey", to_text(key)},
              {"code", parts_.reader.code_of(key)},
              {"from", std::string(spell(profile_, judged.kind, judged.health))},
              {"to", std::string(spell(profile_, judged.kind, to))},
              std::move(detail)});
}

}  // namespace dz::monitor
