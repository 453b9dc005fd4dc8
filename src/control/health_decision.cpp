#include "control/health_decision.h"

#include <algorithm>

#include "control/reset.h"
#include "verdict/condition.h"

namespace dz::control {
namespace {

// A reset that is due stays due, and an event asks for it anew, also while it is on its way.
void note_reset(const SeenRecord& seen, const MonitorInputs& inputs, verdict::RecordMemory& memory) {
  if (inputs.program().resets_health) return;
  const auto& [kind, status, desired, health] = seen.record;
  const auto due = reset_for(memory, status, desired, health);
  const bool event = memory.seen && (memory.status != status || memory.desired_status != desired);
  const bool moot = status == Status::Activated && !inputs.is_under_way(seen.key);
  if (inputs.mode == WriteMode::Observe) {
    memory.reset = is_provisioning(status) ? due : std::nullopt;
  } else if (inputs.mode == WriteMode::Standby || moot) {
    memory.reset.reset();
  } else if (due && (event || memory.reset != due)) {
    memory.reset = due;
    memory.reset_sent = false;
  }
}

// The program impaired it: it left service, or was wanted back, since it was seen last.
bool was_reset(const GovernedRecord& record, const MonitorInputs& inputs, const verdict::RecordMemory& memory) {
  return inputs.program().resets_health && record.health == Health::Impaired && memory.own_health &&
         memory.own_health != Health::Impaired && memory.tried_health != Health::Impaired;
}

// A record out of service may have been taken through other states and back while the ledger was not read: its stay
// begins anew when it is, and when its health tells that somebody did.
void note_presence(const GovernedRecord& record, const MonitorInputs& inputs, verdict::RecordMemory& memory) {
  const bool same = memory.status == record.status && memory.desired_status == record.desired_status &&
                    !was_reset(record, inputs, memory);
  if (!memory.present_since || !same) {
    memory.status = record.status;
    memory.desired_status = record.desired_status;
    memory.present_since = inputs.now;
  } else if (record.status != Status::Activated && inputs.read_since) {
    memory.present_since = std::max(*memory.present_since, *inputs.read_since);
  }
  memory.seen = true;
  if (!memory.evidence_known_at) memory.evidence_known_at = inputs.now;
}

// Whose health stands on the ledger: this monitor's, when its write landed; adopted, when it writes nothing.
void note_health(const SeenRecord& seen, const MonitorInputs& inputs, verdict::RecordMemory& memory) {
  const auto health = seen.record.health;
  const bool decided = inputs.program().guards_health || !inputs.is_under_way(seen.key);
  const bool landed = decided && memory.tried_health == health;
  const bool adopts = !inputs.writable() || !memory.own_health;
  if (landed) {
    memory.own_written = true;
  } else if (adopts && memory.own_health != health) {
    memory.own_written = false;
  }
  if (landed || adopts) memory.own_health = health;
  // A node that is behind shows what stood there before: what was tried may have landed since.
  if (landed || inputs.mode != WriteMode::Write) memory.tried_health.reset();
}

MonitorAlarm alarm_of(AlarmKind kind, const SeenRecord& seen, const verdict::Assessment& assessment, Health own) {
  MonitorAlarm alarm;
  alarm.kind = kind;
  alarm.key = seen.key;
  alarm.record = seen.record.kind;
  alarm.found = assessment.from;
  alarm.own = own;
  alarm.verdict = assessment.to;
  return alarm;
}

// Whether it goes on, and since when.
void tell_condition(const verdict::Assessment& a, MonitorAlarm& alarm) {
  using enum verdict::ConditionState;
  const auto condition = condition_of(a);
  const auto* finding = condition.criterion ? a.find(*condition.criterion) : nullptr;
  alarm.out_of_sight = condition.state == Collecting && finding != nullptr &&
                       finding->judgement == verdict::Judgement::NotMet &&
                       finding->to_do == verdict::ToDo::ObservedAgain;
  const bool comes_back = condition.state == Recovering || (condition.state == Collecting && !alarm.out_of_sight);
  alarm.state = comes_back ? AlarmState::Recovering : AlarmState::Failing;
  alarm.since = condition.since;
  if (comes_back) alarm.returns_at = condition.returns_at;
  if (finding == nullptr) return;
  alarm.criterion = finding->name;
  alarm.side = finding->side;
}

HealthChange change_of(const SeenRecord& seen, const verdict::Assessment& assessment) {
  return {.key = seen.key,
          .kind = seen.record.kind,
          .from = assessment.from,
          .to = assessment.to,
          .reason = assessment.reason};
}

}  // namespace

void observe(const SeenRecord& seen, const MonitorInputs& inputs, verdict::RecordMemory& memory) {
  note_reset(seen, inputs, memory);
  note_presence(seen.record, inputs, memory);
  note_health(seen, inputs, memory);
}

Decision decide(const SeenRecord& seen, const MonitorInputs& inputs, const verdict::Assessment& a,
                verdict::RecordMemory& memory) {
  Decision decision;
  if (a.evidence_behind_health() != verdict::Judgement::Unknown) memory.evidence_known_at = inputs.now;
  if (inputs.is_under_way(seen.key)) return decision;
  if (memory.reset) {
    if (inputs.writable()) {
      memory.tried_health = memory.reset->to;
      memory.reset_sent = true;
    }
    decision.change = change_of(seen, a);
    decision.change->reset = true;
    return decision;
  }
  // A program that resets health impairs what leaves service, or is wanted back in it.
  const bool by_program =
      inputs.program().resets_health && a.from == Health::Impaired && seen.record.status != Status::Activated;
  const bool foreign = memory.own_health != a.from && !by_program;
  decision.disagreement = foreign && a.to != a.from;
  if (*decision.disagreement) {
    decision.alarm = alarm_of(AlarmKind::HealthDisagreement, seen, a, *memory.own_health);
    return decision;
  }
  if (memory.own_health != a.from) {
    memory.own_health = a.from;
    memory.own_written = false;
    memory.tried_health.reset();
  }
  if (a.activated && a.from == Health::Impaired && a.to == Health::Impaired) {
    decision.alarm = alarm_of(AlarmKind::ImpairedInService, seen, a, *memory.own_health);
    tell_condition(a, *decision.alarm);
  }
  if (a.hold_until && *a.hold_until >= inputs.now) decision.look_again = *a.hold_until + Duration{1};
  if (a.to == a.from) return decision;
  if (inputs.writable()) memory.tried_health = a.to;
  decision.change = change_of(seen, a);
  return decision;
}

}  // namespace dz::control
