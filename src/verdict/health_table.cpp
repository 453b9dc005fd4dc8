#include "verdict/health_table.h"

namespace dz::verdict {
namespace {

using enum HealthReason;

bool is_ready_for_links(const HealthInputs& in) {
  return in.stages && !in.activated && in.links_evidence_judgement == Judgement::Met &&
         in.links_record_judgement == Judgement::Met && in.stayed;
}

HealthOutcome from_pending(const HealthInputs& in) {
  if (in.evidence_judgement == Judgement::Met) {
    if (in.activated) return {Health::Healthy, BecameHealthy};
    if (in.record_judgement == Judgement::Met)
      return in.stayed ? HealthOutcome{Health::Healthy, BecameHealthy} : HealthOutcome{Health::Pending, PendingStay};
  }
  if (is_ready_for_links(in)) return {Health::ReadyForLinks, BecameReadyForLinks};
  if (in.activated && in.damped_failure) return {Health::Impaired, DampedFailure};
  return {Health::Pending, in.evidence_judgement == Judgement::Met ? PendingRecord : PendingEvidence};
}

HealthOutcome from_ready_for_links(const HealthInputs& in) {
  if (in.activated) {
    if (in.evidence_judgement == Judgement::Met) return {Health::Healthy, BecameHealthy};
    if (in.damped_failure) return {Health::Impaired, DampedFailure};
    return {Health::ReadyForLinks, AwaitsLinks};
  }
  if (in.links_evidence_judgement == Judgement::NotMet) return {Health::Impaired, BadEvidence};
  if (in.links_evidence_judgement == Judgement::Unknown) {
    return in.held_too_long ? HealthOutcome{Health::Impaired, HoldExpired}
                            : HealthOutcome{Health::ReadyForLinks, HeldWithoutEvidence};
  }
  if (in.evidence_judgement != Judgement::Met || in.record_judgement != Judgement::Met)
    return {Health::ReadyForLinks, AwaitsLinks};
  if (!in.stayed) return {Health::ReadyForLinks, PendingStay};
  return {Health::Healthy, BecameHealthy};
}

HealthOutcome from_healthy(const HealthInputs& in) {
  if (in.activated) {
    if (in.damped_failure) return {Health::Impaired, DampedFailure};
    if (in.evidence_judgement == Judgement::NotMet) return {Health::Healthy, ToleratedFailure};
  } else {
    if (in.evidence_judgement == Judgement::NotMet) return {Health::Impaired, BadEvidence};
    if (in.evidence_judgement == Judgement::Unknown && in.held_too_long) return {Health::Impaired, HoldExpired};
  }
  return {Health::Healthy, in.evidence_judgement == Judgement::Met ? StaysHealthy : HeldWithoutEvidence};
}

HealthOutcome from_impaired(const HealthInputs& in) {
  if (in.evidence_judgement == Judgement::Met && (in.activated || in.stayed)) return {Health::Healthy, Recovered};
  if (is_ready_for_links(in)) return {Health::ReadyForLinks, BecameReadyForLinks};
  return {Health::Impaired, in.evidence_judgement == Judgement::Met ? ImpairedStay : ImpairedEvidence};
}

}  // namespace

HealthOutcome next_health(const HealthInputs& in) {
  switch (in.health) {
    case Health::Unknown: return {Health::Pending, FirstSight};
    case Health::Pending: return from_pending(in);
    case Health::ReadyForLinks: return from_ready_for_links(in);
    case Health::Healthy: return from_healthy(in);
    case Health::Impaired: return from_impaired(in);
  }
  return {in.health, ImpairedEvidence};
}

std::string_view to_text(Judgement judgement) {
  switch (judgement) {
    case Judgement::Met: return "met";
    case Judgement::NotMet: return "not met";
    case Judgement::Unknown: return "unknown";
    case Judgement::NotApplicable: return "not applicable";
  }
  return "invalid";
}

std::string_view to_text(HealthReason reason) {
  switch (reason) {
    case FirstSight: return "first-sight";
    case PendingEvidence: return "pending-evidence";
    case PendingRecord: return "pending-record";
    case PendingStay: return "pending-stay";
    case BecameHealthy: return "became-healthy";
    case DampedFailure: return "damped-failure";
    case StaysHealthy: return "stays-healthy";
    case ToleratedFailure: return "tolerated-failure";
    case HeldWithoutEvidence: return "held-without-evidence";
    case BadEvidence: return "bad-evidence";
    case HoldExpired: return "hold-expired";
    case ImpairedEvidence: return "impaired-evidence";
    case ImpairedStay: return "impaired-stay";
    case Recovered: return "recovered";
    case BecameReadyForLinks: return "became-ready-for-links";
    case AwaitsLinks: return "awaits-links";
    case LeftService: return "left-service";
    case WantedAgain: return "wanted-again";
    case EntersProvisioning: return "enters-provisioning";
  }
  return "invalid";
}

}  // namespace dz::verdict
