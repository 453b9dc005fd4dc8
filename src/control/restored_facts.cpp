#include "control/restored_facts.h"

namespace dz::control {
namespace {

constexpr Duration kMinute = std::chrono::minutes{1};

bool is_known_by_rows(CauseKind kind) {
  return kind == CauseKind::ClockAhead || kind == CauseKind::RowsLate || kind == CauseKind::TimesBack ||
         kind == CauseKind::PubkeyChanged;
}

bool says_something(const KnownFacts& facts, const Pubkey& device) {
  return facts.clock_ahead.contains(device) || facts.rows_late.contains(device) || facts.times_back.contains(device) ||
         facts.old_pubkey.contains(device);
}

}  // namespace

RestoredFacts::RestoredFacts(std::span<const Incident> restored, Timestamp until) : until_(until) {
  for (const auto& incident : restored) {
    const auto& cause = incident.cause;
    if (incident.state != IncidentState::Failing || !is_known_by_rows(cause.kind)) continue;
    causes_.emplace(cause.device, cause);
    if (cause.kind != CauseKind::PubkeyChanged) continue;
    if (const auto old = parse_pubkey(cause.detail)) old_pubkeys_.emplace(*old, cause.device);
  }
}

void RestoredFacts::add_to(KnownFacts& facts, Duration lateness, Timestamp now) {
  // Rows under its own pubkey that are not ahead are of another clock than a wrong one; whether they are late is known
  // at once when they are not, and else when that stands.
  const auto is_decided = [&](const Pubkey& device, const Cause& cause) {
    if (says_something(facts, device)) return true;
    if (cause.kind == CauseKind::TimesBack) return now >= until_;  // of what came before the start
    const auto heard = facts.heard ? facts.heard(device) : std::nullopt;
    if (cause.kind != CauseKind::RowsLate) return heard || now >= until_;
    if (facts.perhaps_late.contains(device)) return false;
    return now >= until_ || (heard && now - *heard <= lateness + kMinute);
  };
  std::erase_if(causes_, [&](const auto& known) { return is_decided(known.first, known.second); });
  for (const auto& [device, cause] : causes_) {
    switch (cause.kind) {
      case CauseKind::ClockAhead: facts.clock_ahead.emplace(device, cause.by); break;
      case CauseKind::RowsLate: facts.rows_late.emplace(device, cause.by); break;
      case CauseKind::TimesBack:
        if (cause.since) facts.times_back.emplace(device, TimesBack{cause.by, *cause.since});
        break;
      default:
        if (const auto old = parse_pubkey(cause.detail)) facts.old_pubkey.emplace(device, *old);
        break;
    }
  }
}

}  // namespace dz::control
