#include "verdict/assessment.h"

#include <algorithm>
#include <tuple>

#include "domain/dz_prefixes.h"
#include "verdict/judge.h"

namespace dz::verdict {
namespace {

using std::chrono::minutes;
using enum CriterionId;

// Met when every enforced criterion of the kind is (one that does not apply counts as met), and there is one at all:
// no criteria, no evidence, never healthy. For ready-for-links those of ready-for-users are left out.
Judgement all_of(std::span<const Finding> findings, CriterionKind kind, Stage stage = Stage::ReadyForUsers) {
  bool any = false, unknown = false, not_met = false;
  for (const auto& f : findings) {
    if (f.mode != Mode::Enforce || criterion(f.id).kind != kind || f.stage > stage) continue;
    any |= f.judgement != Judgement::NotApplicable;
    unknown |= f.judgement == Judgement::Unknown;
    not_met |= f.judgement == Judgement::NotMet;
  }
  if (not_met) return Judgement::NotMet;
  return unknown || !any ? Judgement::Unknown : Judgement::Met;
}

bool is_enforced_evidence(const Finding& f) {
  return f.mode == Mode::Enforce && criterion(f.id).kind == CriterionKind::Evidence;
}

// The stay rule looks at minute windows, and QA has none.
bool has_minutes(const Finding& f) {
  return is_enforced_evidence(f) && f.id != DeviceQa && f.judgement != Judgement::NotApplicable;
}

struct Frame {
  const AssessmentContext& context;
  const RecordMemory& memory;
  Judge judge;
  std::optional<Minute> stay_minute;
};

// Where a record stands on the ledger.
struct Standing {
  Health health;
  Status status;
  DesiredStatus desired_status;
};

Frame begin(const Standing& standing, const RecordMemory& memory, const AssessmentContext& context, Assessment& out) {
  out.profile = context.policy.profile;
  out.device_stages = context.policy.device_stages;
  out.at = context.now;
  out.from = standing.health;
  out.status = standing.status;
  out.desired_status = standing.desired_status;
  out.activated = standing.status == Status::Activated;
  out.window = window_for(context.policy, standing.health, standing.status);
  std::optional<Minute> stay_minute;
  if (!out.activated) stay_minute = minute_of(memory.present_since.value_or(context.now)) + minutes{1};
  return {context, memory, Judge{context, out.window, stay_minute}, stay_minute};
}

void apply_stay_rule(const Frame& frame, Assessment& out) {
  out.stayed = true;
  out.stay_until.reset();
  if (!frame.stay_minute) return;
  const auto needed = *frame.stay_minute + minutes{1};
  for (const auto& f : out.findings()) {
    if (!has_minutes(f)) continue;
    const auto source = criterion(f.id).source;
    const auto& watermark = view_of(frame.context.sources, source).state.watermark;
    if (watermark && *watermark >= needed) continue;
    const auto pass = frame.judge.first_pass_at(needed, source);
    out.stay_until = out.stayed || (out.stay_until && pass) ? std::max(out.stay_until, pass) : std::nullopt;
    out.stayed = false;
  }
}

bool apply_hold(const Frame& frame, Assessment& out) {
  out.hold_until.reset();
  const bool holds = out.from == Health::Healthy || out.from == Health::ReadyForLinks;
  const auto evidence = out.from == Health::ReadyForLinks ? out.links_evidence_judgement : out.evidence_judgement;
  if (evidence != Judgement::Unknown || !holds || out.activated) return false;
  out.hold_until = frame.memory.evidence_known_at.value_or(frame.context.now) + frame.context.policy.max_hold;
  return frame.context.now > *out.hold_until;
}

std::optional<Timestamp> healthy_time(const Assessment& a) {
  if (a.to == Health::Healthy) return a.at;
  auto time = a.at;
  bool any = false;
  for (const auto& f : a.findings()) {
    any |= f.gates;
    if (!f.gates || f.judgement == Judgement::Met || f.judgement == Judgement::NotApplicable) continue;
    if (!f.earliest) return std::nullopt;
    time = std::max(time, *f.earliest);
  }
  if (!any) return std::nullopt;
  if (!a.stayed && !a.stay_until) return std::nullopt;
  return std::max(time, a.stay_until.value_or(time));
}

// What the record has to be on its way into service is not asked of it later, and nothing is said about it then.
void leave_out_records(Assessment& out) {
  out.record_judgement = out.links_record_judgement = Judgement::NotApplicable;
  for (auto& f : std::span(out.storage).first(out.count)) {
    if (criterion(f.id).kind != CriterionKind::Record) continue;
    f.judgement = Judgement::NotApplicable;
    f.to_do = ToDo::Nothing;
    f.not_asked = true;
  }
}

void conclude(const Frame& frame, bool stages, Assessment& out) {
  out.evidence_judgement = all_of(out.findings(), CriterionKind::Evidence);
  out.record_judgement = all_of(out.findings(), CriterionKind::Record);
  out.links_evidence_judgement = all_of(out.findings(), CriterionKind::Evidence, Stage::ReadyForLinks);
  out.links_record_judgement = all_of(out.findings(), CriterionKind::Record, Stage::ReadyForLinks);
  out.damped_failure = std::any_of(out.findings().begin(), out.findings().end(),
                                   [](const Finding& f) { return is_enforced_evidence(f) && f.damped_failure; });
  apply_stay_rule(frame, out);
  const bool held_too_long = apply_hold(frame, out);
  const auto outcome = next_health({.health = out.from,
                                    .activated = out.activated,
                                    .evidence_judgement = out.evidence_judgement,
                                    .record_judgement = out.record_judgement,
                                    .damped_failure = out.damped_failure,
                                    .held_too_long = held_too_long,
                                    .stayed = out.stayed,
                                    .stages = stages,
                                    .links_evidence_judgement = out.links_evidence_judgement,
                                    .links_record_judgement = out.links_record_judgement});
  out.to = outcome.health;
  out.reason = outcome.reason;
  if (const auto& reset = frame.memory.reset) {
    out.to = reset->to;
    out.reason = reset->reason;
  }
  // Record criteria are read on the way up from pending only, of a record that is not in service.
  const bool on_its_way =
      out.from == Health::Unknown || out.from == Health::Pending || out.from == Health::ReadyForLinks;
  const bool reads_records = !out.activated && on_its_way;
  for (auto& f : std::span(out.storage).first(out.count)) {
    f.gates = f.mode == Mode::Enforce && (criterion(f.id).kind == CriterionKind::Evidence || reads_records);
  }
  // From impaired on, the table asks the record only where that leads to ready-for-links.
  const bool leads_to_links = stages && !out.activated && out.from == Health::Impaired;
  if (!reads_records && !leads_to_links) leave_out_records(out);
  out.healthy_at = healthy_time(out);
  // A reset has to be written first, and when that succeeds is not a matter of evidence.
  if (frame.memory.reset && out.healthy_at == out.at) out.healthy_at.reset();
}

// The findings of an assessment, one after the other; those of criteria that do not speak of this type of record say
// so.
class FindingList {
 public:
  FindingList(const Judge& judge, std::uint8_t type, Assessment& out) : judge_(judge), type_(type), out_(out) {
    out_.count = 0;
  }

  template <typename Fill>
  void add(CriterionId id, const Fill& fill) {
    auto& finding = out_.storage[out_.count++];
    if (judge_.applies(id, type_, finding)) fill(finding);
  }
  void record(CriterionId id, bool holds, ToDo to_do) {
    add(id, [&](Finding& f) { judge_.record(id, holds, to_do, f); });
  }
  void signal(CriterionId id, const Judge::Part& part) {
    add(id, [&](Finding& f) { judge_.signal(id, part, f); });
  }
  void added(const Policy& policy, bool of_links, const AddedTallies& tallies) {
    for (std::size_t i = 0; i < policy.added.size(); ++i) {
      if (policy.added[i].is_of_links() != of_links) continue;
      add(added_criterion(i), [&](Finding& f) { judge_.added(i, tallies[i], f); });
    }
  }

 private:
  const Judge& judge_;
  std::uint8_t type_;
  Assessment& out_;
};

// Without users: a soft-drained device keeps those it has.
bool is_out_of_service(Status s) { return s == Status::HardDrained || s == Status::Drained || is_provisioning(s); }

bool is_up(const Interface* port) { return port != nullptr && port->status == InterfaceStatus::Activated; }

}  // namespace

const Finding* Assessment::find(CriterionId id) const {
  for (const auto& f : findings()) {
    if (f.id == id) return &f;
  }
  return nullptr;
}

bool Assessment::operator==(const Assessment& o) const {
  const auto key = [](const Assessment& a) {
    return std::tie(a.profile, a.device_stages, a.at, a.from, a.to, a.reason, a.status, a.desired_status,
                    a.evidence_judgement, a.record_judgement, a.links_evidence_judgement, a.links_record_judgement,
                    a.damped_failure, a.stayed, a.stay_until, a.hold_until, a.healthy_at);
  };
  return key(*this) == key(o) && window == o.window &&
         std::equal(findings().begin(), findings().end(), o.findings().begin(), o.findings().end());
}

Candidate judge_link(const LinkTallies& tallies, const Window& window, const AssessmentContext& context) {
  return Judge{context, window, std::nullopt}.link(tallies);
}

void assess_link(const LinkCase& judged, const AssessmentContext& context, Assessment& out) {
  const auto& [link, tallies, memory] = judged;
  const auto frame = begin({link.health, link.status, link.desired_status}, memory, context, out);
  FindingList list(frame.judge, type_bit(link.type), out);
  list.record(LinkDrained, is_drained(link.status) || is_provisioning(link.status), ToDo::DrainLink);
  list.record(LinkDesiredActivated, link.desired_status == DesiredStatus::Activated, ToDo::DesireActivated);
  list.signal(LinkAData, {evidence::Signal::Data, Side::A, tallies.a.data});
  list.signal(LinkAErrors, {evidence::Signal::Errors, Side::A, tallies.a.errors});
  list.signal(LinkAUtilization, {evidence::Signal::Utilization, Side::A, tallies.a.utilization});
  list.signal(LinkACarrier, {evidence::Signal::Carrier, Side::A, tallies.a.carrier});
  list.signal(LinkADiscards, {evidence::Signal::Discards, Side::A, tallies.a.discards});
  list.signal(LinkZData, {evidence::Signal::Data, Side::Z, tallies.z.data});
  list.signal(LinkZErrors, {evidence::Signal::Errors, Side::Z, tallies.z.errors});
  list.signal(LinkZUtilization, {evidence::Signal::Utilization, Side::Z, tallies.z.utilization});
  list.signal(LinkZCarrier, {evidence::Signal::Carrier, Side::Z, tallies.z.carrier});
  list.signal(LinkZDiscards, {evidence::Signal::Discards, Side::Z, tallies.z.discards});
  list.signal(LinkAzProbes, {evidence::Signal::Probes, Side::A, tallies.az_probes});
  list.signal(LinkZaProbes, {evidence::Signal::Probes, Side::Z, tallies.za_probes});
  list.added(context.policy, true, tallies.values);
  conclude(frame, false, out);
}

void assess_device(const DeviceCase& judged, const AssessmentContext& context, Assessment& out) {
  const auto& device = judged.device;
  const auto& tallies = judged.tallies;
  const auto frame = begin({device.health, device.status, device.desired_status}, judged.memory, context, out);
  const auto& judge = frame.judge;
  const bool dia =
      std::any_of(tallies.dia.begin(), tallies.dia.end(), [](const DevicePort& p) { return is_up(p.port); });
  const bool link =
      std::any_of(tallies.links.begin(), tallies.links.end(), [](const DeviceLink& l) { return is_up(l.port); });
  FindingList list(judge, type_bit(device.type), out);
  list.record(DevicePublicIp, device.public_ip != Ipv4{}, ToDo::SetPublicIp);
  list.record(DeviceDzPrefix, has_dz_prefix(device.dz_prefixes), ToDo::AddDzPrefix);
  list.record(DeviceMaxUsersZero, device.max_users == 0, ToDo::SetMaxUsersZero);
  list.record(DeviceHardDrained, is_out_of_service(device.status), ToDo::HardDrainDevice);
  list.record(DeviceDiaInterface, dia, ToDo::ActivateDia);
  list.record(DeviceLinkInterface, link, ToDo::ActivateLinkPort);
  list.add(DeviceDiaUp, [&](Finding& f) { judge.any_dia(DeviceDiaUp, tallies, f); });
  list.add(DeviceLinkUp, [&](Finding& f) { judge.link_up(tallies, f); });
  list.signal(DeviceReporting, {evidence::Signal::Reporting, Side::None, tallies.reporting});
  list.signal(DeviceConfigAgent, {evidence::Signal::ConfigAgent, Side::None, tallies.config_agent});
  list.add(DeviceTelemetryAgent, [&](Finding& f) { judge.telemetry_agent(device, tallies.telemetry_agent, f); });
  list.add(DeviceQa, [&](Finding& f) { judge.qa(tallies.qa, f); });
  list.add(DeviceCyoaUp, [&](Finding& f) { judge.every_cyoa(DeviceCyoaUp, device, tallies, f); });
  for (const auto id : {DeviceDiaCarrier, DeviceDiaDiscards}) {
    list.add(id, [&](Finding& f) { judge.any_dia(id, tallies, f); });
  }
  for (const auto id : {DeviceCyoaCarrier, DeviceCyoaDiscards}) {
    list.add(id, [&](Finding& f) { judge.every_cyoa(id, device, tallies, f); });
  }
  list.added(context.policy, false, tallies.values);
  conclude(frame, context.policy.device_stages, out);
}

}  // namespace dz::verdict
