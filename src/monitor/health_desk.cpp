// What a monitor writes and what becomes of it.
#include <algorithm>

#include <boost/json.hpp>

#include "monitor/assessment_json.h"
#include "monitor/monitor.h"
#include "net/retry_after.h"

namespace dz::monitor {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kRetry = seconds{2};  // after what could not be sent
constexpr Duration kLongestRetry = minutes{2};

// What must not wait before what may, where not all may be written at once.
int rank_of(const HealthWrite& write) { return write.reset ? 0 : write.to == Health::Impaired ? 1 : 2; }

}  // namespace

control::GovernedRecord Monitor::governed(const Pubkey& key, RecordKind kind) const {
  if (kind == RecordKind::Link) {
    const auto& link = snapshot()->links.at(key);
    return {kind, link.status, link.desired_status, link.health};
  }
  const auto& device = snapshot()->devices.at(key);
  return {kind, device.status, device.desired_status, device.health};
}

std::vector<HealthWrite> Monitor::writes_of(const control::MonitorPlan& plan) {
  std::vector<HealthWrite> writes;
  for (const auto& change : plan.changes) {
    HealthWrite write{change.key, governed(change.key, change.kind), change.to, change.reset};
    if (mirror_.awaits(change.key)) continue;  // the record is read again before it is written again
    if (const auto refused = refused_.find(change.key); refused != refused_.end() && refused->second == write) continue;
    const auto report = planner_.report(inputs(now_), change.key);
    Decision decision{.at = now_,
                      .key = change.key,
                      .kind = change.kind,
                      .code = code_of(change.key),
                      .from = change.from,
                      .to = change.to};
    decision.reason = to_text(change.reason);
    decision.policy_digest = digest_;
    if (report) {
      decision.sentence = report->sentence;
      decision.findings_json = boost::json::serialize(findings_json(*report));
    }
    undecided_.insert_or_assign(change.key, std::move(decision));
    writes.push_back(std::move(write));
  }
  return writes;
}

void Monitor::say_would_write(const control::MonitorPlan& plan) {
  for (const auto& change : plan.changes) {
    if (const auto said = announced_.find(change.key); said != announced_.end() && said->second == change) continue;
    announced_.insert_or_assign(change.key, change);
    log_(service::LogLevel::Info, "would_change_health",
         {{"kind", std::string(to_text(change.kind))},
          {"code", code_of(change.key)},
          {"from", std::string(spell(*settings_.policy.profile, change.kind, change.from))},
          {"to", std::string(spell(*settings_.policy.profile, change.kind, change.to))},
          {"reason", std::string(to_text(change.reason))}});
  }
}

void Monitor::on_outcomes(const std::vector<HealthWriteOutcome>& outcomes, Timestamp now) {
  using Kind = HealthWriteOutcome::Kind;
  const auto& profile = *settings_.policy.profile;
  const auto is_unsent = [](const HealthWriteOutcome& outcome) { return outcome.kind == Kind::NotSent; };
  if (!outcomes.empty()) unsent_ = std::any_of(outcomes.begin(), outcomes.end(), is_unsent) ? unsent_ + 1 : 0;
  std::vector<Decision> decided;
  for (const auto& outcome : outcomes) {
    const auto& write = outcome.write;
    mirror_.look_at(write.key, outcome.slot);  // the record is read again before it is judged again
    const service::LogFields fields{{"kind", std::string(to_text(write.judged.kind))},
                                    {"pubkey", to_text(write.key)},
                                    {"code", code_of(write.key)},
                                    {"from", std::string(spell(profile, write.judged.kind, write.judged.health))},
                                    {"to", std::string(spell(profile, write.judged.kind, write.to))}};
    const auto say = [&](service::LogLevel level, std::string_view event, std::string_view name,
                         const std::string& value) {
      auto all = fields;
      all.emplace_back(name, value);
      log_(level, event, all);
    };
    if (outcome.kind == Kind::Landed) {
      ++counters_.health_changes;
      refused_.erase(write.key);
      if (!profile.guarded) {
        planner_.landed(write.key, write.to, write.reset);
        undrains_.wrote(write.key, outcome.signature);
      }
      auto decision = undecided_.extract(write.key);
      if (!decision.empty()) {
        decision.mapped().slot = outcome.slot;
        decision.mapped().signature = to_text(outcome.signature);
        say(service::LogLevel::Info, "health_changed", "because", decision.mapped().sentence);
        decided.push_back(std::move(decision.mapped()));
      }
    } else if (outcome.kind == Kind::Refused) {
      ++counters_.health_refused;
      refused_.insert_or_assign(write.key, write);
      budget_.give_back(write.key);
      say(service::LogLevel::Warn, "health_refused", "reason", outcome.reason);
    } else if (outcome.kind == Kind::Unknown) {
      ++counters_.outcome_unknown;
      if (!profile.guarded) guard_.may_land(write.key, write.to);
      say(service::LogLevel::Warn, "outcome_unknown", "reason", outcome.reason);
    } else {
      ++counters_.health_unsent;
      send_again_ = now + net::backoff(unsent_, kRetry, kLongestRetry, 0);
      say(service::LogLevel::Warn, "health_not_sent", "reason", outcome.reason);
    }
  }
  stored(archive_.decisions().add(decided), "decisions");
}

// As much of it as the budget allows.
std::vector<HealthWrite> Monitor::allowed(std::vector<HealthWrite> writes, Timestamp now) {
  restore_budget(now);
  budget_.begin_pass(snapshot()->links.size() + snapshot()->devices.size(), now);
  std::stable_sort(writes.begin(), writes.end(),
                   [](const HealthWrite& a, const HealthWrite& b) { return rank_of(a) < rank_of(b); });
  std::erase_if(writes, [&](const HealthWrite& write) {
    if (budget_.take(write.key)) return false;
    undecided_.erase(write.key);  // it is not sent
    return true;
  });
  return writes;
}

// What this monitor wrote lately, also before it was started anew.
void Monitor::restore_budget(Timestamp now) {
  if (!budget_.needs_history()) return;
  const auto decided = archive_.decisions().between(now - std::chrono::hours{1}, now + Duration{1});
  if (!decided) return;
  std::vector<control::BudgetWrite> written;
  for (const auto& decision : *decided) written.push_back({decision.at, decision.key});
  budget_.restore(written, now);
}

// Records drained by hand keep their desired_status when they are undrained: their history tells.
void Monitor::look_for_undrains(Timestamp now) {
  if (settings_.policy.profile->guarded) return;
  std::set<Pubkey> waiting;
  const auto consider = [&](const auto& records) {
    for (const auto& [key, record] : records) {
      if (is_drained(record.status) && record.desired_status == DesiredStatus::Activated) waiting.insert(key);
    }
  };
  consider(snapshot()->links);
  consider(snapshot()->devices);
  const auto newest_own = [&](const Pubkey& key) -> std::optional<wire::Signature> {
    const auto own = archive_.decisions().find({.key = key, .limit = 1});
    if (!own || own->empty()) return std::nullopt;
    const auto signature = wire::parse_signature(own->front().signature);
    return signature ? std::optional(*signature) : std::nullopt;
  };
  for (const auto& key : undrains_.step(ledger_, waiting, newest_own, now)) planner_.wanted_again(key);
}

}  // namespace dz::monitor
