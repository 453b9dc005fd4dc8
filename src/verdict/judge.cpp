#include "verdict/judge.h"

#include <algorithm>
#include <bit>

namespace dz::verdict {
namespace {

using std::chrono::minutes;

// Worst first, so that the least of several parts decides.
int rank(Judgement j) {
  switch (j) {
    case Judgement::NotMet: return 0;
    case Judgement::Unknown: return 1;
    case Judgement::Met:
    case Judgement::NotApplicable: return 2;
  }
  return 0;
}

// What a criterion over interfaces of a device asks of one.
struct PortParts {
  std::array<Judge::Part, 3> all;
  std::size_t count;

  operator std::span<const Judge::Part>() const { return std::span(all).first(count); }
};
PortParts parts_of(CriterionId id, const PortTallies& t) {
  using evidence::Signal;
  switch (id) {
    case CriterionId::DeviceDiaCarrier:
    case CriterionId::DeviceCyoaCarrier: return {{{{Signal::Carrier, Side::None, t.carrier}}}, 1};
    case CriterionId::DeviceDiaDiscards:
    case CriterionId::DeviceCyoaDiscards: return {{{{Signal::Discards, Side::None, t.discards}}}, 1};
    default: break;
  }
  return {{{{Signal::Data, Side::None, t.data},
            {Signal::Errors, Side::None, t.errors},
            {Signal::Utilization, Side::None, t.utilization}}},
          3};
}

bool is_clean(Judgement judgement, const evidence::SignalTally* tally) {
  return judgement == Judgement::Met && tally != nullptr && tally->bad == 0 && tally->unobserved == 0;
}

constexpr std::uint64_t low_bits(int n) { return (std::uint64_t{1} << n) - 1; }
static_assert(low_bits(60) != 0, "damping looks at 60 minutes at most");

}  // namespace

Judge::Judge(const AssessmentContext& context, const Window& window, std::optional<Minute> stay_minute)
    : context_(context), window_(window), stay_minute_(stay_minute) {
  const auto& policy = context.policy;
  for (std::size_t i = 0; i < evidence::kNamedSources + policy.added.size(); ++i) {
    const auto& watermark = context.sources[i].state.watermark;
    stale_[i] = context.sources[i].disputed || !watermark ||
                context.now - *watermark > policy.max_staleness_of(static_cast<evidence::Source>(i));
  }
}

bool Judge::stale(evidence::Source source) const { return stale_[static_cast<std::size_t>(source)]; }

std::optional<Timestamp> Judge::first_pass_at(Minute minute, evidence::Source source) const {
  const auto delay = view_of(context_.sources, source).delay;
  const auto closed = minute_of(context_.now - delay);
  if (minute < closed) return std::nullopt;
  return std::max(minute, closed + minutes{1}) + delay;
}

void Judge::begin(CriterionId id, Finding& out) const {
  out = Finding{};
  out.id = id;
  out.name = context_.policy.name(id);
  out.source_name = context_.policy.source_name(id);
  out.mode = context_.policy.mode(id);
  out.stage = context_.policy.stage_of(id);
  if (criterion(id).kind == CriterionKind::Evidence && !knows_window(id)) out.no_window = true;
}

ToDo Judge::before_window_is_known() const {
  return window_.trouble == SlotTrouble::YoungLedger ? ToDo::LedgerGrows : ToDo::LedgerTells;
}

void Judge::record(CriterionId id, bool holds, ToDo to_do, Finding& out) const {
  begin(id, out);
  out.judgement = holds ? Judgement::Met : Judgement::NotMet;
  if (!holds) out.to_do = to_do;
}

bool Judge::applies(CriterionId id, std::uint8_t type, Finding& out) const {
  if ((context_.policy.of(id).types & type) != 0) return true;
  begin(id, out);
  out.judgement = Judgement::NotApplicable;
  return false;
}

Judgement Judge::judge(const evidence::SignalTally* tally, CriterionId id) const {
  const auto& policy = context_.policy;
  if (tally == nullptr || !knows_window(id)) return Judgement::Unknown;
  if (tally->bad > policy.bad_allowed_of(id)) return Judgement::NotMet;
  const bool whole = tally->to - tally->from >= policy.window_of(id, window_) && tally->first_minute_observed;
  if (!whole || tally->unobserved > policy.unobserved_allowed_of(id) || stale(criterion(id).source)) {
    return Judgement::Unknown;
  }
  return Judgement::Met;
}

std::optional<Timestamp> Judge::earliest(const evidence::SignalTally* tally, CriterionId id) const {
  const auto source = criterion(id).source;
  if (to_do_of(tally, stale(source)) != ToDo::CleanMinutes) return std::nullopt;
  return first_pass_at(tally->earliest_from + context_.policy.window_of(id, window_), source);
}

std::optional<Timestamp> Judge::after_stay(Timestamp earliest, evidence::Source source) const {
  const auto& watermark = view_of(context_.sources, source).state.watermark;
  if (!stay_minute_ || (watermark && *watermark > *stay_minute_)) return earliest;
  const auto stayed = first_pass_at(*stay_minute_ + minutes{1}, source);
  return stayed ? std::optional(std::max(earliest, *stayed)) : std::nullopt;
}

bool Judge::damped(std::uint64_t bad) const {
  const auto reached = [&](const Damping& d) { return std::popcount(bad & low_bits(d.of)) >= d.bad; };
  return reached(context_.policy.damping_short) || reached(context_.policy.damping_long);
}

void Judge::signal(CriterionId id, const Part& part, Finding& out) const {
  begin(id, out);
  const auto* tally = part.tally;
  const auto source = criterion(id).source;
  out.judgement = judge(tally, id);
  out.stale = stale(source);
  out.signal = part.signal;
  out.side = part.side;
  out.has_tally = tally != nullptr;
  out.clean = is_clean(out.judgement, tally);
  if (tally != nullptr) {
    out.tally = *tally;
    out.damped_failure = !out.stale && damped(tally->damped_bad);
  }
  if (out.judgement != Judgement::Met) put_to_do(to_do_of(tally, out.stale), earliest(tally, id), out);
}

// While the ledger has no key of it the agent cannot write samples: no minute that is still to come brings them.
void Judge::telemetry_agent(const Device& device, const evidence::SignalTally* tally, Finding& out) const {
  signal(CriterionId::DeviceTelemetryAgent, {evidence::Signal::TelemetryAgent, Side::None, tally}, out);
  const bool waits = out.to_do == ToDo::CleanMinutes || out.to_do == ToDo::ObservedAgain || out.to_do == ToDo::Repair;
  if (!waits || device.metrics_publisher != Pubkey{}) return;
  out.to_do = ToDo::FirstHeard;
  out.earliest.reset();
}

void Judge::put_to_do(ToDo to_do, std::optional<Timestamp> earliest, Finding& out) const {
  out.to_do = out.no_window ? before_window_is_known() : to_do;
  if (out.to_do != ToDo::CleanMinutes) return;
  if (earliest) out.earliest = after_stay(*earliest, criterion(out.id).source);
  if (!out.earliest) out.to_do = ToDo::SourceAnswers;
}

void Judge::added(std::size_t criterion, const evidence::SignalTally* tally, Finding& out) const {
  const auto subject = context_.policy.added[criterion].subject;
  auto side = Side::None;
  if (subject == AddedKind::SideA) side = Side::A;
  if (subject == AddedKind::SideZ) side = Side::Z;
  signal(added_criterion(criterion), {evidence::Signal::Value, side, tally}, out);
  // Where a minute without a value is no bad one, the source may have none at all of it.
  if (out.to_do == ToDo::ObservedAgain && tally->good == 0 && tally->bad == 0) out.to_do = ToDo::FirstHeard;
}

Candidate Judge::candidate(CriterionId id, std::span<const Part> parts) const {
  Candidate all;
  all.clean = !parts.empty();
  for (const auto& part : parts) {
    const auto judgement = judge(part.tally, id);
    auto to_do = ToDo::Nothing;
    std::optional<Timestamp> time;
    if (judgement != Judgement::Met) {
      to_do = to_do_of(part.tally, stale(criterion(id).source));
      time = earliest(part.tally, id);
      if (to_do == ToDo::CleanMinutes && !time) to_do = ToDo::SourceAnswers;
    }
    const bool decides = &part == parts.data() || rank(judgement) < rank(all.judgement) ||
                         (judgement == all.judgement && std::pair(to_do, time) > std::pair(all.to_do, all.earliest));
    if (decides) {
      all.judgement = judgement;
      all.signal = part.signal;
      all.side = part.side;
      all.tally = part.tally;
    }
    all.to_do = std::max(all.to_do, to_do);
    all.earliest = std::max(all.earliest, time);
    if (part.tally != nullptr) all.damped_bad |= part.tally->damped_bad;
    all.clean &= is_clean(judgement, part.tally);
  }
  if (all.to_do != ToDo::CleanMinutes) all.earliest.reset();
  return all;
}

Candidate Judge::link(const LinkTallies& tallies) const {
  const auto& [a, z, az, za, values] = tallies;
  const Part parts[] = {{evidence::Signal::Data, Side::A, a.data},
                        {evidence::Signal::Errors, Side::A, a.errors},
                        {evidence::Signal::Utilization, Side::A, a.utilization},
                        {evidence::Signal::Data, Side::Z, z.data},
                        {evidence::Signal::Errors, Side::Z, z.errors},
                        {evidence::Signal::Utilization, Side::Z, z.utilization}};
  return candidate(CriterionId::DeviceLinkUp, parts);
}

void Judge::show(const Choice& choice, Finding& out) const {
  const auto& chosen = choice.candidate;
  out.stale = stale(evidence::Source::Counters);
  out.judgement = chosen.judgement;
  out.candidate = choice.index;
  out.signal = chosen.signal;
  out.side = chosen.side;
  out.has_tally = chosen.tally != nullptr;
  if (out.has_tally) out.tally = *chosen.tally;
  out.damped_failure = !out.stale && damped(choice.damped_bad);
  out.clean = choice.all_clean;
  if (out.judgement != Judgement::Met) put_to_do(choice.to_do, choice.earliest, out);
}

namespace {

// Follows the candidates of a criterion that one candidate is enough for.
struct Nearest {
  Candidate best;
  int index = -1;
  std::optional<Timestamp> soonest;           // of any of them that time alone brings
  std::uint64_t all_bad = ~std::uint64_t{0};  // bad for every candidate
  bool all_clean = true;
  int count = 0, met = 0;

  void add(const Candidate& c, std::size_t i) {
    const bool nearer =
        count == 0 || rank(c.judgement) > rank(best.judgement) ||
        (c.judgement == best.judgement && std::pair(c.to_do, c.earliest) < std::pair(best.to_do, best.earliest));
    if (nearer) {
      best = c;
      index = static_cast<int>(i);
    }
    if (c.earliest) soonest = std::min(soonest.value_or(*c.earliest), *c.earliest);
    all_bad &= c.damped_bad;
    all_clean &= c.clean;
    ++count;
    met += c.judgement == Judgement::Met ? 1 : 0;
  }
  ToDo to_do() const { return soonest ? ToDo::CleanMinutes : best.to_do; }
};

}  // namespace

void Judge::any_dia(CriterionId id, const DeviceTallies& tallies, Finding& out) const {
  begin(id, out);
  Nearest nearest;
  for (std::size_t i = 0; i < tallies.dia.size(); ++i) {
    const auto& [port, t] = tallies.dia[i];
    if (port->status != InterfaceStatus::Activated) continue;
    nearest.add(candidate(id, parts_of(id, t)), i);
  }
  out.candidates = nearest.count;
  out.candidates_met = nearest.met;
  if (nearest.count > 0)
    return show({nearest.best, nearest.index, nearest.all_bad, nearest.all_clean, nearest.to_do(), nearest.soonest},
                out);
  out.judgement = Judgement::NotMet;
  out.to_do = ToDo::ActivateDia;
}

void Judge::link_up(const DeviceTallies& tallies, Finding& out) const {
  begin(CriterionId::DeviceLinkUp, out);
  Nearest nearest;
  for (std::size_t i = 0; i < tallies.links.size(); ++i) {
    const auto status = tallies.links[i].link->status;
    if (status == Status::Activated || is_drained(status) || is_provisioning(status))
      nearest.add(tallies.links[i].up, i);
  }
  out.candidates = nearest.count;
  out.candidates_met = nearest.met;
  if (nearest.count > 0)
    return show({nearest.best, nearest.index, nearest.all_bad, nearest.all_clean, nearest.to_do(), nearest.soonest},
                out);
  out.judgement = Judgement::NotMet;
  out.to_do = ToDo::DrainOrActivateLink;
}

void Judge::every_cyoa(CriterionId id, const Device& device, const DeviceTallies& tallies, Finding& out) const {
  begin(id, out);
  Candidate worst;
  int index = -1;
  std::uint64_t any_bad = 0;
  bool all_clean = true;
  auto to_do = ToDo::Nothing;
  std::optional<Timestamp> latest;
  for (std::size_t i = 0; i < tallies.cyoa.size(); ++i) {
    auto parts = parts_of(id, tallies.cyoa[i].tallies);
    if (id == CriterionId::DeviceCyoaUp && device.max_users == 0) --parts.count;  // no users, no traffic to expect
    const auto c = candidate(id, parts);
    const bool farther =
        i == 0 || rank(c.judgement) < rank(worst.judgement) ||
        (c.judgement == worst.judgement && std::pair(c.to_do, c.earliest) > std::pair(worst.to_do, worst.earliest));
    if (farther) {
      worst = c;
      index = static_cast<int>(i);
    }
    any_bad |= c.damped_bad;
    all_clean &= c.clean;
    to_do = std::max(to_do, c.to_do);
    latest = std::max(latest, c.earliest);
    ++out.candidates;
    out.candidates_met += c.judgement == Judgement::Met ? 1 : 0;
  }
  if (out.candidates > 0) return show({worst, index, any_bad, all_clean, to_do, latest}, out);
  out.judgement = Judgement::NotApplicable;
}

void Judge::qa(const evidence::QaEvidence* evidence, Finding& out) const {
  begin(CriterionId::DeviceQa, out);
  out.stale = stale(evidence::Source::Qa);
  out.to_do = out.no_window ? before_window_is_known() : ToDo::SourceAnswers;
  if (evidence == nullptr || out.no_window) return;

  const auto& policy = context_.policy.qa;
  auto& qa = out.qa;
  const auto close_gap = [&](Timestamp begin, Timestamp end, bool begin_is_success) {
    const auto gap = end - begin;
    qa.longest_gap = std::max(qa.longest_gap, gap);
    if (gap <= policy.max_gap) return;
    qa.missed_run |= std::any_of(evidence->fleet_runs.begin(), evidence->fleet_runs.end(), [&](Timestamp run) {
      return (begin_is_success ? run > begin : run >= begin) && run < end;
    });
  };
  Timestamp last_success = evidence->from;
  for (const auto& result : evidence->results) {
    if (!result.success) {
      ++qa.failures;
      qa.last_failure = result.at;
      if (!qa.failing_since) qa.failing_since = result.at;
      continue;
    }
    qa.last_success = result.at;
    qa.failing_since.reset();
    close_gap(last_success, result.at, qa.successes > 0);
    last_success = result.at;
    ++qa.successes;
  }
  close_gap(last_success, evidence->to, qa.successes > 0);

  const auto n = evidence->results.size();
  out.damped_failure = !out.stale && n >= 2 && !evidence->results[n - 1].success && !evidence->results[n - 2].success;
  if (qa.failures > 0) {
    out.judgement = Judgement::NotMet;
    out.to_do = ToDo::QaWithoutFailure;
  } else if (qa.missed_run) {
    out.judgement = Judgement::NotMet;
    out.to_do = ToDo::QaRuns;
  } else if (out.stale || qa.successes < policy.successes || qa.longest_gap > policy.max_gap ||
             evidence->to - evidence->from < context_.policy.window_of(CriterionId::DeviceQa, window_)) {
    out.judgement = Judgement::Unknown;
    const bool goes_on = qa.last_success && evidence->to - *qa.last_success <= policy.max_gap;
    if (!out.stale) out.to_do = goes_on ? ToDo::QaGoesOn : ToDo::QaRuns;
  } else {
    out.judgement = Judgement::Met;
    out.to_do = ToDo::Nothing;
    qa.enough_until = enough_until(*evidence);
  }
}

// As the window moves on, the successes that it asks for have to stay in it, and the newest one must not be too long
// ago. Gaps within the window were looked at, and do not grow.
std::optional<Timestamp> Judge::enough_until(const evidence::QaEvidence& met) const {
  const auto& policy = context_.policy.qa;
  const auto& successes = met.results;  // it is not met with a failure
  if (successes.empty()) return std::nullopt;
  const auto needed = static_cast<std::size_t>(std::max(policy.successes, 1));
  const auto oldest_needed = successes[successes.size() - needed].at;
  return std::min(successes.back().at + policy.max_gap,
                  oldest_needed + context_.policy.window_of(CriterionId::DeviceQa, window_));
}

}  // namespace dz::verdict
