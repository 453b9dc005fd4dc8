#include "control/plan_monitor.h"

#include <algorithm>

#include <fmt/format.h>

#include "control/finding_minutes.h"
#include "control/reset.h"

namespace dz::control {
namespace {

bool is_under_way(const MonitorInputs& inputs, const Pubkey& key) {
  return inputs.under_way != nullptr && inputs.under_way->contains(key);
}

// A reset that is due stays due, and an event asks for it anew, also while it is on its way.
void note_reset(const RecordVerdict& record, Status status, DesiredStatus desired, const MonitorInputs& inputs,
                verdict::RecordMemory& memory) {
  if (inputs.policy.profile->guarded) return;
  const auto due = reset_for(memory, status, desired, record.health);
  const bool event = memory.seen && (memory.status != status || memory.desired_status != desired);
  const bool moot = status == Status::Activated && !is_under_way(inputs, record.key);
  if (inputs.mode == WriteMode::Observe) {
    memory.reset = is_provisioning(status) ? due : std::nullopt;
  } else if (inputs.mode == WriteMode::Standby || moot) {
    memory.reset.reset();
  } else if (due && (event || memory.reset != due)) {
    memory.reset = due;
    memory.reset_sent = false;
  }
}

// Before the verdict: what the memory has to say of the record as it is now.
void observe(const RecordVerdict& record, Status status, DesiredStatus desired, const MonitorInputs& inputs,
             verdict::RecordMemory& memory) {
  note_reset(record, status, desired, inputs, memory);
  if (!memory.present_since || memory.status != status || memory.desired_status != desired) {
    memory.status = status;
    memory.desired_status = desired;
    memory.present_since = inputs.now;
  }
  memory.seen = true;
  if (!memory.evidence_known_at) memory.evidence_known_at = inputs.now;
  // Without a guard only the ledger's word counts: the same health may stand there by somebody else's write.
  const bool decided = inputs.policy.profile->guarded || !is_under_way(inputs, record.key);
  const bool landed = decided && memory.tried_health == record.health;
  if (landed) {
    memory.own_written = true;
  } else if (memory.own_health != record.health && (!inputs.writable() || !memory.own_health)) {
    memory.own_written = false;
  }
  if (landed || !inputs.writable() || !memory.own_health) {
    memory.own_health = record.health;
    memory.tried_health.reset();
  }
}

Timestamp next_close(Duration delay, Timestamp now) { return minute_of(now - delay) + std::chrono::minutes{1} + delay; }

}  // namespace

std::string_view to_text(AlarmKind kind) {
  switch (kind) {
    case AlarmKind::MassSilence: return "mass-silence";
    case AlarmKind::StaleSource: return "stale-source";
    case AlarmKind::HealthDisagreement: return "health-disagreement";
    case AlarmKind::ImpairedInService: return "impaired-in-service";
    case AlarmKind::SourcesDisagree: return "sources-disagree";
    case AlarmKind::ChangeBudget: return "change-budget";
  }
  return "invalid";
}

bool is_of_record(AlarmKind kind) {
  return kind == AlarmKind::HealthDisagreement || kind == AlarmKind::ImpairedInService;
}

std::string render_alarm(const MonitorAlarm& a, std::string_view subject, Timestamp now, const Profile& profile) {
  switch (a.kind) {
    case AlarmKind::MassSilence:
      return fmt::format(
          "{} devices of source {} fell silent together at {}: the source is suspected, and their silent "
          "minutes count as unobserved until more than half of them send again; check the source",
          a.devices, subject, clock_text(*a.since, now));
    case AlarmKind::StaleSource:
      if (!a.since) {
        return fmt::format("source {} has never answered: nothing that needs it can be met{}{}", subject,
                           a.detail.empty() ? "" : "; ", a.detail);
      }
      return fmt::format("source {} last answered for {}: what it shows as met counts as unknown; check the source{}{}",
                         subject, clock_text(*a.since, now), a.detail.empty() ? "" : ": ", a.detail);
    case AlarmKind::HealthDisagreement:
      return fmt::format(
          "{} {}: expected health {} as this monitor left it, found {}, which the evidence would make {}; "
          "nothing is written to it until they agree: find out who else writes health",
          to_text(a.record), subject, spell(profile, a.record, a.own), spell(profile, a.record, a.found),
          spell(profile, a.record, a.verdict));
    case AlarmKind::ImpairedInService:
      return fmt::format("{} {} is in service and impaired: repair it, or drain it", to_text(a.record), subject);
    case AlarmKind::SourcesDisagree:
      return fmt::format(
          "two stores tell different things of source {}: {}; what it shows as met counts as unknown "
          "until they agree: find out which is wrong",
          subject, a.detail);
    case AlarmKind::ChangeBudget:
      return fmt::format("health is held back: {}; see what changed at once, and raise the limits if it is right",
                         a.detail);
  }
  return {};
}

MonitorPlanner::MonitorPlanner(Memories memories) : restored_(std::move(memories)) {
  for (auto& [key, memory] : restored_) {
    memory.present_since.reset();
    memory.reset_sent = false;
  }
}

MonitorPlanner::Memories MonitorPlanner::memories() const {
  Memories memories = restored_;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    auto& memory = memories[verdicts_[i].key] = links_[i].memory;
    if (links_[i].calm.holds) memory.evidence_known_at = last_pass_;
  }
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    memories[verdicts_[links_.size() + i].key] = devices_[i].memory;
  }
  return memories;
}

// Entries follow the records; what is remembered of records that are gone goes too.
void MonitorPlanner::refresh_records(const MonitorInputs& inputs) {
  const auto subjects_revision = inputs.evidence.subjects_revision();
  if (records_revision_ == inputs.records_revision && subjects_revision_ == subjects_revision) return;
  records_revision_ = inputs.records_revision;
  subjects_revision_ = subjects_revision;

  const auto kept = memories();
  const auto memory_of = [&](const Pubkey& key) {
    const auto found = kept.find(key);
    return found == kept.end() ? verdict::RecordMemory{} : found->second;
  };
  restored_.clear();
  links_.clear();
  devices_.clear();
  verdicts_.clear();
  ground_.reset();
  struct LinksOfDevice {
    std::vector<KeyedLink> links;
    std::vector<std::size_t> indices;
  };
  std::map<Pubkey, LinksOfDevice> of_device;
  for (const auto& [key, link] : inputs.links) {
    for (const auto* side : {&link.side_a, &link.side_z}) {
      if (side == &link.side_z && link.side_z == link.side_a) continue;
      of_device[*side].links.push_back({key, &link});
      of_device[*side].indices.push_back(links_.size());
    }
    links_.push_back({&link, resolve_link(inputs.evidence, inputs.policy, key, link), memory_of(key), {}, {}});
    verdicts_.push_back({.key = key, .kind = RecordKind::Link});
  }
  for (const auto& [key, device] : inputs.devices) {
    const auto& [links, indices] = of_device[key];
    auto subjects = resolve_device(inputs.evidence, inputs.policy, key, device, links);
    for (std::size_t i = 0; i < indices.size(); ++i) subjects.links[i].judged = &links_[indices[i]].judged;
    devices_.push_back({&device, std::move(subjects), memory_of(key)});
    verdicts_.push_back({.key = key, .kind = RecordKind::Device});
  }
}

// After the verdict: writes it, unless somebody else's health stands against it.
void MonitorPlanner::decide(const MonitorInputs& inputs, Status status, verdict::RecordMemory& memory,
                            RecordVerdict& verdict) {
  const auto& a = assessment_;
  verdict.health = a.from;
  verdict.verdict = a.to;
  verdict.reason = a.reason;
  verdict.evidence_judgement = a.evidence_judgement;
  verdict.record_judgement = a.record_judgement;
  verdict.healthy_at = a.to == Health::Healthy ? std::nullopt : a.healthy_at;
  for (std::size_t i = 0; i < a.count; ++i) verdict.judgements[i] = a.storage[i].judgement;

  if (a.evidence_behind_health() != verdict::Judgement::Unknown) memory.evidence_known_at = inputs.now;
  if (is_under_way(inputs, verdict.key)) return;
  if (memory.reset) {
    if (inputs.writable()) {
      memory.tried_health = memory.reset->to;
      memory.reset_sent = true;
    }
    plan_.changes.push_back({verdict.key, verdict.kind, a.from, a.to, a.reason, true});
    return;
  }
  // A program that guards impairs what leaves service, or is wanted back in it.
  const bool by_program = inputs.policy.profile->guarded && a.from == Health::Impaired && status != Status::Activated;
  const bool foreign = memory.own_health != a.from && !by_program;
  verdict.disagreement = foreign && a.to != a.from;
  const auto alarm = [&](AlarmKind kind) {
    MonitorAlarm raised;
    raised.kind = kind;
    raised.key = verdict.key;
    raised.record = verdict.kind;
    raised.found = a.from;
    raised.own = *memory.own_health;
    raised.verdict = a.to;
    plan_.alarms.push_back(raised);
  };
  if (verdict.disagreement) return alarm(AlarmKind::HealthDisagreement);
  if (memory.own_health != a.from) {
    memory.own_health = a.from;
    memory.own_written = false;
    memory.tried_health.reset();
  }
  if (a.activated && a.from == Health::Impaired && a.to == Health::Impaired) alarm(AlarmKind::ImpairedInService);
  if (a.hold_until && *a.hold_until >= inputs.now) {
    plan_.next_look = std::min(plan_.next_look, *a.hold_until + Duration{1});
  }
  if (a.to == a.from) return;
  if (inputs.writable()) memory.tried_health = a.to;
  plan_.changes.push_back({verdict.key, verdict.kind, a.from, a.to, a.reason});
}

void MonitorPlanner::plan_links(const MonitorInputs& inputs, TallyGatherer& gatherer,
                                const verdict::AssessmentContext& context, Outlook& outlook) {
  for (std::size_t i = 0; i < links_.size(); ++i) {
    auto& [link, subjects, memory, judged, calm] = links_[i];
    if (calm.holds) {
      if (ground_before_ && stays_calm(inputs.evidence, subjects, calm, *ground_before_, *ground_)) continue;
      memory.evidence_known_at = last_pass_;
    }
    verdicts_[i].health = link->health;
    observe(verdicts_[i], link->status, link->desired_status, inputs, memory);
    const auto window = window_for(inputs.policy, link->health, link->status);
    const auto& tallies = gatherer.link(subjects, window);
    assess_link({*link, tallies, memory}, context, assessment_);
    assessment_.healthy_at = outlook.healthy_at(*link, subjects, memory, assessment_);
    decide(inputs, link->status, memory, verdicts_[i]);
    judged = inputs.policy.links_judged_as_candidates() ? JudgedLink{judge_link(tallies, window, context), window}
                                                        : JudgedLink{};
    judged.up.tally = nullptr;  // it does not outlive this pass
    const bool unsettled = verdicts_[i].disagreement || is_under_way(inputs, verdicts_[i].key);
    calm = unsettled ? CalmMark{} : calm_mark(inputs.evidence, subjects, assessment_, *ground_);
    ++plan_.assessed;
  }
}

void MonitorPlanner::plan_devices(const MonitorInputs& inputs, TallyGatherer& gatherer,
                                  const verdict::AssessmentContext& context, Outlook& outlook) {
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    auto& [device, subjects, memory] = devices_[i];
    auto& verdict = verdicts_[links_.size() + i];
    verdict.health = device->health;
    observe(verdict, device->status, device->desired_status, inputs, memory);
    const auto& tallies = gatherer.device(subjects, window_for(inputs.policy, device->health, device->status));
    assess_device({*device, tallies, memory}, context, assessment_);
    assessment_.healthy_at = outlook.healthy_at(*device, subjects, memory, assessment_);
    decide(inputs, device->status, memory, verdict);
    ++plan_.assessed;
  }
}

void MonitorPlanner::raise_source_alarms(const MonitorInputs& inputs, const verdict::Sources& sources) {
  for (std::size_t i = 0; i < evidence::kNamedSources + inputs.policy.added.size(); ++i) {
    const auto source = static_cast<evidence::Source>(i);
    const auto& [state, delay, held] = sources[i];
    MonitorAlarm alarm;
    alarm.source = source;
    if (state.suspect_since) {
      alarm.kind = AlarmKind::MassSilence;
      alarm.since = state.suspect_since;
      alarm.devices = state.suspect_devices;
      plan_.alarms.push_back(alarm);
    }
    if (source == evidence::Source::Qa) continue;  // its results are hours apart
    const bool closes_by_clock =
        source != evidence::Source::LatencySamples && inputs.evidence.settings().pushed(source);
    if (closes_by_clock) plan_.next_look = std::min(plan_.next_look, next_close(delay, inputs.now));
    const auto bound = inputs.policy.max_staleness_of(source);
    if (state.watermark && inputs.now - *state.watermark <= bound) {
      plan_.next_look = std::min(plan_.next_look, *state.watermark + bound + Duration{1});
      continue;
    }
    alarm.kind = AlarmKind::StaleSource;
    alarm.since = state.watermark;
    alarm.devices = 0;
    plan_.alarms.push_back(alarm);
  }
}

const MonitorPlan& MonitorPlanner::plan(const MonitorInputs& inputs) {
  refresh_records(inputs);
  const auto sources = gather_sources(inputs.evidence, inputs.held_sources);
  const verdict::AssessmentContext context{inputs.policy, sources, inputs.now};
  TallyGatherer gatherer(inputs.evidence, context);
  Outlook outlook(inputs.evidence, context);
  const auto ground = ground_of(context, inputs.writable());
  ground_before_ = ground_ && only_time_passed(*ground_, ground) ? ground_ : std::nullopt;
  ground_ = ground;
  plan_.changes.clear();
  plan_.alarms.clear();
  plan_.assessed = 0;
  plan_.next_look = inputs.now + std::chrono::minutes{1};
  raise_source_alarms(inputs, sources);
  plan_links(inputs, gatherer, context, outlook);
  plan_devices(inputs, gatherer, context, outlook);
  last_pass_ = inputs.now;
  return plan_;
}

std::optional<std::size_t> MonitorPlanner::place_of(const Pubkey& key) const {
  const auto first_device = verdicts_.begin() + static_cast<std::ptrdiff_t>(links_.size());
  for (const auto& [begin, end] : {std::pair{verdicts_.begin(), first_device}, {first_device, verdicts_.end()}}) {
    const auto at =
        std::lower_bound(begin, end, key, [](const RecordVerdict& v, const Pubkey& k) { return v.key < k; });
    if (at != end && at->key == key) return static_cast<std::size_t>(at - verdicts_.begin());
  }
  return std::nullopt;
}

const verdict::RecordMemory& MonitorPlanner::memory_at(std::size_t place) const {
  return place < links_.size() ? links_[place].memory : devices_[place - links_.size()].memory;
}

verdict::RecordMemory& MonitorPlanner::memory_at(std::size_t place) {
  return place < links_.size() ? links_[place].memory : devices_[place - links_.size()].memory;
}

void MonitorPlanner::landed(const Pubkey& key, Health health, bool reset) {
  const auto place = place_of(key);
  if (!place) return;
  auto& memory = memory_at(*place);
  memory.own_health = health;
  memory.own_written = true;
  memory.tried_health.reset();
  if (reset && memory.reset_sent) memory.reset.reset();
}

void MonitorPlanner::wanted_again(const Pubkey& key) {
  const auto place = place_of(key);
  if (!place) return;
  auto& memory = memory_at(*place);
  memory.reset = verdict::Reset{Health::Impaired, verdict::HealthReason::WantedAgain};
  memory.reset_sent = false;
  if (*place < links_.size()) links_[*place].calm = CalmMark{};  // it is looked at in the next pass
}

template <typename Use>
Result<void> MonitorPlanner::with_assessment(const MonitorInputs& inputs, const Pubkey& key, const Use& use) const {
  const auto sources = gather_sources(inputs.evidence, inputs.held_sources);
  const verdict::AssessmentContext context{inputs.policy, sources, inputs.now};
  TallyGatherer gatherer(inputs.evidence, context);
  Outlook outlook(inputs.evidence, context);
  const auto place = place_of(key);
  const auto memory = place ? memory_at(*place) : verdict::RecordMemory{};
  verdict::Assessment assessment;
  if (const auto link = inputs.links.find(key); link != inputs.links.end()) {
    const auto& [_, record] = *link;
    const auto subjects = resolve_link(inputs.evidence, inputs.policy, key, record);
    const auto window = window_for(inputs.policy, record.health, record.status);
    assess_link({record, gatherer.link(subjects, window), memory}, context, assessment);
    assessment.healthy_at = outlook.healthy_at(record, subjects, memory, assessment);
    const verdict::JudgedRecord judged{record};
    use(judged, assessment, sources, [&] {
      return finding_minutes(inputs.evidence, context, {judged, assessment}, subjects);
    });
    return {};
  }
  const auto device = inputs.devices.find(key);
  if (device == inputs.devices.end()) {
    return not_found("expected the pubkey of a link or a device, found " + to_text(key) + ", which is neither");
  }
  std::vector<KeyedLink> links;
  for (const auto& [link_key, link] : inputs.links) {
    if (link.side_a == key || link.side_z == key) links.push_back({link_key, &link});
  }
  const auto& record = device->second;
  const auto subjects = resolve_device(inputs.evidence, inputs.policy, key, record, links);
  const auto& tallies = gatherer.device(subjects, window_for(inputs.policy, record.health, record.status));
  assess_device({record, tallies, memory}, context, assessment);
  assessment.healthy_at = outlook.healthy_at(record, subjects, memory, assessment);
  const verdict::JudgedRecord judged{record, tallies};
  use(judged, assessment, sources, [&] {
    return finding_minutes(inputs.evidence, context, {judged, assessment}, subjects);
  });
  return {};
}

Result<verdict::AssessmentReport> MonitorPlanner::report(const MonitorInputs& inputs, const Pubkey& key,
                                                         const verdict::ReportExtras& extras) const {
  verdict::AssessmentReport report;
  const auto use = [&](const verdict::JudgedRecord& judged, const verdict::Assessment& a,
                       const verdict::Sources& sources, const auto& minutes) {
    report = report_assessment(judged, a, sources);
    const bool wants_minutes = extras.strips || extras.minutes;
    add_minutes(a, wants_minutes ? minutes() : std::vector<verdict::FindingMinutes>{}, extras, report);
  };
  DZ_TRY(with_assessment(inputs, key, use));
  return report;
}

Result<std::string> MonitorPlanner::explain(const MonitorInputs& inputs, const Pubkey& key,
                                            const verdict::PageOptions& options) const {
  std::string text;
  const auto use = [&](const verdict::JudgedRecord& judged, const verdict::Assessment& a,
                       const verdict::Sources& sources, const auto& minutes) {
    text = render_page(judged, a, {sources, minutes()}, options);
  };
  DZ_TRY(with_assessment(inputs, key, use));
  return text;
}

}  // namespace dz::control
