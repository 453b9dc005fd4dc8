#include "sim/steady_times.h"

#include <algorithm>

#include <fmt/format.h>

namespace dz::sim {
namespace {

// The reason of a verdict when it is a reset's; an undrain on a ledger that does not guard shows in nothing else.
std::optional<verdict::HealthReason> reset_of(const control::RecordVerdict& verdict) {
  using enum verdict::HealthReason;
  const auto reason = verdict.reason;
  const bool reset = reason == LeftService || reason == WantedAgain || reason == EntersProvisioning;
  return reset ? std::optional(reason) : std::nullopt;
}

// A source that is behind moves a time that has come, each time it comes.
bool some_source_is_behind(const verdict::AssessmentReport& report) {
  constexpr std::chrono::minutes kBehind{3};  // in time, one is two minutes old at most
  return std::any_of(report.findings.begin(), report.findings.end(), [&](const verdict::FindingReport& f) {
    return f.gates && f.watermark && *f.watermark + kBehind <= report.at;
  });
}

}  // namespace

bool SteadyTimes::Facts::nothing_new_since(const Facts& before) const {
  return last_bad == before.last_bad && last_unobserved == before.last_unobserved && bad <= before.bad &&
         unobserved <= before.unobserved && last_failure == before.last_failure;
}

std::map<std::string, SteadyTimes::Facts, std::less<>> SteadyTimes::facts_of(const verdict::AssessmentReport& report) {
  std::map<std::string, Facts, std::less<>> all;
  for (const auto& f : report.findings) {
    if (!f.gates) continue;
    auto& facts = all[std::string(f.id)];
    if (f.qa) facts.last_failure = f.qa->last_failure;
    if (!f.minutes) continue;
    if (f.minutes->last_bad) facts.last_bad = f.minutes->last_bad->at;
    facts.last_unobserved = f.minutes->last_unobserved;
    facts.bad = f.minutes->bad;
    facts.unobserved = f.minutes->unobserved;
  }
  return all;
}

void SteadyTimes::look(const monitor::Monitor& monitor, std::uint64_t life, const Safety& safety) {
  if (std::exchange(life_, life) != life) named_of_.clear();
  for (const auto& verdict : monitor.verdicts()) {
    auto known = named_of_.find(verdict.key);
    const auto changed_at = safety.changed_at(verdict.key);
    // The time came: what is named later, when nobody wrote it and the window has moved on, is another one.
    if (verdict.verdict == Health::Healthy) {
      named_of_.erase(verdict.key);
      continue;
    }
    const auto reset = reset_of(verdict);
    if (known != named_of_.end()) {
      const auto& before = known->second;
      if (before.changed_at != changed_at || before.health != verdict.health || before.reset != reset) {
        named_of_.erase(known);
        known = named_of_.end();
      }
    }
    if (!verdict.healthy_at || (known != named_of_.end() && known->second.at == verdict.healthy_at)) continue;
    const auto report = monitor.assessment(verdict.key);
    if (!report) continue;
    Named present{changed_at,
                  monitor.ledger().read_since(),
                  verdict.health,
                  reset,
                  std::string(report->status),
                  std::string(report->desired_status),
                  verdict.healthy_at,
                  facts_of(*report)};
    ++named_;
    const bool as_known = known != named_of_.end() && known->second.status == present.status &&
                          known->second.desired_status == present.desired_status;
    if (as_known && *verdict.healthy_at > *known->second.at) {
      const auto& before = known->second;
      const bool as_read = before.read_since == present.read_since;
      const bool nothing_new =
          as_read && std::all_of(present.facts.begin(), present.facts.end(), [&](const auto& entry) {
            const auto then = before.facts.find(entry.first);
            return then != before.facts.end() && entry.second.nothing_new_since(then->second);
          });
      present.moved = nothing_new ? before.moved + (some_source_is_behind(*report) ? 0 : 1) : 0;
      if (present.moved >= 2) {
        broken_.push_back(fmt::format("{} {} {}: the time slides while nothing new goes wrong: {}, and now {}: {}",
                                      dz::to_text(report->at), report->kind, report->code, dz::to_text(*before.at),
                                      dz::to_text(*verdict.healthy_at), report->sentence));
      }
    }
    named_of_.insert_or_assign(verdict.key, std::move(present));
  }
}

}  // namespace dz::sim
