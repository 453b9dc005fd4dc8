#include "control/provenance.h"

#include <algorithm>

namespace dz::control {
namespace {

constexpr bool is_ready(Health health) { return health == Health::Healthy; }
constexpr WordSet<Health> kNotReady{Health::Unknown, Health::Pending, Health::Impaired};

constexpr Proof missing(Unproven reason) { return {.missing = reason}; }
constexpr Proof needs_older() { return {.missing = Unproven::TrailTooShort, .needs_older = true}; }
constexpr Proof proven() { return {.missing = std::nullopt}; }

// A value at one point of the trail. Unknown: what was before the part that is known.
template <typename Word>
struct Value {
  bool known = false;
  std::optional<Word> word;  // known, and none: the program gave it, and it is no drained one
  bool may_be(Word other) const { return !known || word == other; }
  bool is(Word other) const { return known && word == other; }
};

// What the record was before each event.
struct Before {
  Value<Status> status;
  Value<DesiredStatus> desired;
};

std::vector<Before> states_before(const RecordEvents& trail) {
  std::vector<Before> states;
  Before state;
  for (const auto& event : trail.events) {
    states.push_back(state);
    if (event.kind != RecordEventKind::Written) state.status = {true, std::nullopt};
    if (event.kind == RecordEventKind::Created) state.desired = {true, std::nullopt};
    if (event.status) state.status = {true, event.status};
    if (event.desired_status) state.desired = {true, event.desired_status};
  }
  states.push_back(state);
  return states;
}

std::optional<Health> last_health(const RecordEvents& trail) {
  std::optional<Health> health;
  for (const auto& event : trail.events) {
    if (event.health) health = event.health;
  }
  return health;
}

// The trail and the record were read one after the other: when they do not agree, one of them is old.
bool agree(const RecordEvents& trail, const Before& end, const GovernedRecord& record) {
  const bool given = end.status.known && !end.status.word;
  if (given ? is_drained(record.status) : !end.status.may_be(record.status)) return false;
  if (end.desired.word && !end.desired.may_be(record.desired_status)) return false;
  const auto health = last_health(trail);
  return !health || *health == record.health;
}

// The activator's own step of a staged undrain.
enum class Step : std::uint8_t { No, Yes, CannotTell };
Step staged_step(const RecordEvent& event, const Before& before, const Witnesses& witnesses) {
  if (event.signer != witnesses.activator || event.status != Status::SoftDrained || event.desired_status)
    return Step::No;
  if (!before.status.may_be(Status::HardDrained) || !before.desired.may_be(DesiredStatus::Activated)) return Step::No;
  return before.status.known && before.desired.known ? Step::Yes : Step::CannotTell;
}

// Whether, after `from`, an authority wrote a health that is not ready and then a ready one that still holds.
bool judged_anew(const RecordEvents& trail, std::size_t from, const std::set<Pubkey>& authorities) {
  bool reset = false, ready = false;
  for (std::size_t i = from + 1; i < trail.events.size(); ++i) {
    const auto& event = trail.events[i];
    if (!event.health) continue;
    const bool by_authority = authorities.contains(event.signer);
    if (!is_ready(*event.health)) ready = false;
    if (by_authority && kNotReady.contains(*event.health)) reset = true;
    if (by_authority && reset && is_ready(*event.health)) ready = true;
  }
  return ready;
}

Proof prove_undrain(const RecordEvents& trail, const std::vector<Before>& states, const Witnesses& witnesses) {
  const auto& events = trail.events;
  std::optional<std::size_t> drain;
  for (std::size_t i = events.size(); i-- > 0 && !drain;) {
    if (!events[i].status || !is_drained(*events[i].status)) continue;
    const auto step = staged_step(events[i], states[i], witnesses);
    if (step == Step::CannotTell) return needs_older();
    if (step == Step::No) drain = i;
  }
  if (!drain) return trail.from_creation ? missing(Unproven::DrainedByHand) : needs_older();

  std::optional<std::size_t> undrain;
  bool cannot_tell = false;
  for (std::size_t i = *drain + 1; i < events.size(); ++i) {
    if (!events[i].desired_status) continue;
    const auto& before = states[i].desired;
    if (*events[i].desired_status != DesiredStatus::Activated) {
      undrain.reset();
      cannot_tell = false;
    } else if (!before.known) {
      cannot_tell = true;
    } else if (before.word && is_drained(*before.word)) {
      undrain = i;
    }
  }
  if (!undrain) return cannot_tell ? needs_older() : missing(Unproven::DrainedByHand);
  return judged_anew(trail, *undrain, witnesses.health_authorities) ? proven() : missing(Unproven::AwaitsJudgement);
}

Proof prove_own_health(const RecordEvents& trail, const std::vector<Before>& states, const Witnesses& witnesses) {
  const auto& events = trail.events;
  std::optional<std::size_t> health, entered;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].health) health = i;
    const bool within = events[i].status == Status::LinkProvisioning && states[i].status.is(Status::DeviceProvisioning);
    if (events[i].kind != RecordEventKind::Written || (events[i].status && !within)) entered = i;
  }
  if (!health) return trail.from_creation ? missing(Unproven::HealthNotByAuthority) : needs_older();
  if (!witnesses.health_authorities.contains(events[*health].signer)) return missing(Unproven::HealthNotByAuthority);
  if (!entered || *entered < *health) return proven();
  const bool cannot_tell = events[*entered].status == Status::LinkProvisioning && !states[*entered].status.known;
  return cannot_tell ? needs_older() : missing(Unproven::AwaitsJudgement);
}

std::optional<Timestamp> status_since(const RecordEvents& trail) {
  std::optional<Timestamp> since;
  for (const auto& event : trail.events) {
    if (event.status || event.kind != RecordEventKind::Written) since = event.time;
  }
  return since;
}

}  // namespace

std::string_view to_text(Unproven reason) {
  switch (reason) {
    case Unproven::TrailNotKnown: return "history not known yet";
    case Unproven::TrailTooShort: return "the ledger does not keep enough of its history";
    case Unproven::TransactionNotShown: return "the ledger does not show a transaction of its history";
    case Unproven::DrainedByHand: return "drained by hand";
    case Unproven::AwaitsJudgement:
      return "waiting for a judgement made after the undrain or the start of provisioning";
    case Unproven::HealthNotByAuthority: return "health not written by the health authority";
    case Unproven::JudgesNotHeard: return "what judges hold of it is not known yet";
    case Unproven::TooFewJudges: return "not held by enough judges";
  }
  return "";
}

Proof prove(Needs needs, const RecordEvents& trail, const GovernedRecord& record, const Witnesses& witnesses) {
  if (needs == Needs::Nothing) return proven();
  const auto states = states_before(trail);
  if (!agree(trail, states.back(), record)) return missing(Unproven::TrailNotKnown);
  auto proof =
      needs == Needs::Undrain ? prove_undrain(trail, states, witnesses) : prove_own_health(trail, states, witnesses);
  proof.status_since = status_since(trail);
  return proof;
}

Proof prove_with_health(Needs needs, const RecordEvents& trail, const GovernedRecord& record,
                        const Witnesses& witnesses) {
  auto proof = prove(needs, trail, record, witnesses);
  if (!proof.proven()) return proof;
  const auto& events = trail.events;
  const auto last = std::find_if(events.rbegin(), events.rend(), [](const auto& e) { return e.health.has_value(); });
  if (last == events.rend()) return trail.from_creation ? missing(Unproven::HealthNotByAuthority) : needs_older();
  // The trail and the record were read one after the other.
  if (*last->health != record.health) return missing(Unproven::TrailNotKnown);
  // What was judged before it counts for nothing, so it has to be known.
  const auto before = std::next(last);
  if (before == events.rend() && !trail.from_creation) return needs_older();
  proof.health =
      HealthWrite{last->signature, last->root, last->time, before == events.rend() ? std::nullopt : before->time};
  return proof;
}

}  // namespace dz::control
