#include "verdict/explain.h"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "domain/interface_name.h"

namespace dz::verdict {
namespace {

using std::chrono::minutes;
using enum CriterionId;

using Text = fmt::memory_buffer;

template <typename... Args>
void put(Text& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

std::string to_string(const Text& text) { return {text.data(), text.size()}; }

// "at 11:43", "tomorrow 11:43", "on 2026-11-25 09:13".
std::string when(Timestamp t, Timestamp now) {
  auto text = clock_text(t, now);
  if (text.size() == 5) return "at " + text;
  return text[0] >= '0' && text[0] <= '9' ? "on " + text : text;
}

const char* plural(int n) { return n == 1 ? "" : "s"; }

const DeviceLink* candidate_link(const JudgedRecord& record, const Finding& f) {
  if (f.id != DeviceLinkUp || f.candidate < 0) return nullptr;
  return &record.evidence()->links[static_cast<std::size_t>(f.candidate)];
}

const Interface* candidate_port(const JudgedRecord& record, const Finding& f) {
  if (f.candidate < 0 || (f.id != DeviceDiaUp && f.id != DeviceCyoaUp)) return nullptr;
  const auto& ports = f.id == DeviceDiaUp ? record.evidence()->dia : record.evidence()->cyoa;
  return ports[static_cast<std::size_t>(f.candidate)].port;
}

void put_port(Text& out, std::string_view name, bool parent) {
  if (parent) {
    put(out, "{} (for {})", parent_port(name), name);
  } else {
    put(out, "{}", name);
  }
}

// "A Switch1/1/1", "ams-dz001:lon-dz001 A Switch1/1/1", "Ethernet4": where the minutes of a finding were seen.
void put_where(Text& out, const JudgedRecord& record, const Finding& f) {
  const auto* of_device = candidate_link(record, f);
  if (const auto* link = of_device != nullptr ? of_device->link : record.link()) {
    if (of_device != nullptr) put(out, "{} ", link->code);
    if (f.signal == evidence::Signal::Probes) {
      put(out, "{}", f.side == Side::A ? "A to Z" : "Z to A");
      return;
    }
    if (f.side == Side::None) return;
    put(out, "{} ", to_text(f.side));
    put_port(out, f.side == Side::A ? link->side_a_iface : link->side_z_iface, f.tally.parent_port);
  } else if (const auto* port = candidate_port(record, f)) {
    put_port(out, port->name, f.tally.parent_port);
  }
}

// What was wrong with the bad minutes, and where.
void put_offence(Text& out, const JudgedRecord& record, const Finding& f) {
  const auto counters = evidence::counters_text(f.tally.last_bad->counters);
  switch (f.signal) {
    case evidence::Signal::Data: put(out, " without counter rows at "); break;
    case evidence::Signal::Errors: put(out, " with {} at ", counters.empty() ? "errors" : counters); break;
    case evidence::Signal::Utilization:
      if (counters.empty()) {
        put(out, " without traffic at ");
      } else {
        put(out, " without rising {} at ", counters);
      }
      break;
    case evidence::Signal::Probes:
      put(out, " {} samples ", (f.tally.last_bad->counters & evidence::kLoss) != 0 ? "with lost" : "without");
      break;
    case evidence::Signal::Reporting: put(out, " without counter rows of the device"); return;
    case evidence::Signal::ConfigAgent: put(out, " without a configuration fetch"); return;
    case evidence::Signal::TelemetryAgent: put(out, " without latency samples of the device"); return;
    case evidence::Signal::Value:
      put(out, " {}", counters.empty() ? "without a value" : "with a value out of bounds");
      if (f.side == Side::None) return;
      put(out, " at ");
      break;
  }
  put_where(out, record, f);
}

void put_bad_minutes(Text& out, const JudgedRecord& record, const Finding& f, Timestamp now) {
  const auto& t = f.tally;
  put(out, "{} minute{}", t.bad, plural(t.bad));
  put_offence(out, record, f);
  put(out, "{}{}", t.bad == 1 ? ", " : ", last ", clock_text(t.last_bad->minute, now));
  if (t.last_bad->minute + minutes{1} < t.to) put(out, "; clean since");
}

void put_unknown_minutes(Text& out, const JudgedRecord& record, const Finding& f, Timestamp now) {
  const auto& t = f.tally;
  const auto source = f.source_name;
  if (f.stale) {
    put(out, "source {} last answered for {}", source, clock_text(t.to, now));
    return;
  }
  if (t.unobserved > 0 && t.last_unobserved) {
    put(out, "{} minute{} unobserved", t.unobserved, plural(t.unobserved));
    if (f.side != Side::None || f.candidate >= 0) {
      put(out, " at ");
      put_where(out, record, f);
    }
    put(out, ", last {}", clock_text(*t.last_unobserved, now));
    if (!t.first_minute_observed) put(out, "; the window begins with an unobserved minute");
    return;
  }
  put(out, "evidence from {} on only", clock_text(t.from, now));
}

void put_minutes(Text& out, const JudgedRecord& record, const Finding& f, Timestamp now) {
  if (!f.has_tally) {
    put(out, "source {}: nothing was ever seen", f.source_name);
  } else if (f.judgement == Judgement::NotMet) {
    put_bad_minutes(out, record, f, now);
  } else if (f.judgement == Judgement::Unknown) {
    put_unknown_minutes(out, record, f, now);
  } else {
    put(out, "{} good minute{}", f.tally.good, plural(f.tally.good));
    if (f.tally.bad > 0) put(out, ", {} bad", f.tally.bad);
    if (f.tally.unobserved > 0) put(out, ", {} unobserved", f.tally.unobserved);
    if (f.side != Side::None || f.candidate >= 0) {
      put(out, "{}", f.signal == evidence::Signal::Probes ? " " : " at ");
      put_where(out, record, f);
    }
  }
  if (f.has_tally && f.tally.derived) put(out, " (times derived)");
}

void put_candidates(Text& out, const JudgedRecord& record, const Finding& f, Timestamp now) {
  const bool every = f.id == DeviceCyoaUp;
  const auto* what = f.id == DeviceLinkUp ? "link" : every ? "CYOA interface" : "DIA interface";
  if (f.candidates == 0) {
    put(out, "no {}{}", every ? "" : f.id == DeviceLinkUp ? "activated or drained " : "activated ", what);
    return;
  }
  if (f.judgement == Judgement::Met) {
    put(out, "{} of {} {}{} up: ", f.candidates_met, f.candidates, what, plural(f.candidates));
  } else if (f.candidates > 1) {
    put(out, "{} of {} {}s up; {}: ", f.candidates_met, f.candidates, what, every ? "the worst" : "the nearest");
  }
  put_minutes(out, record, f, now);
}

void put_qa(Text& out, const Finding& f, Timestamp now) {
  const auto& qa = f.qa;
  if (qa.successes == 0 && qa.failures == 0) {
    put(out, "no QA result{}", qa.missed_run ? ", although QA ran" : "");
  } else {
    put(out, "{} success{}", qa.successes, qa.successes == 1 ? "" : "es");
    put(out, ", {} failure{}", qa.failures, plural(qa.failures));
    if (qa.last_failure) put(out, ", last {}", clock_text(*qa.last_failure, now));
    put(out, "; longest gap {}", duration_text(qa.longest_gap));
    if (qa.missed_run) put(out, ", although QA ran");
  }
  if (f.stale && f.judgement == Judgement::Unknown) put(out, "; source {} is stale", to_text(evidence::Source::Qa));
}

std::string prefixes_text(const Device& device) {
  std::string list;
  for (const auto& prefix : device.dz_prefixes) list += (list.empty() ? "" : ", ") + to_text(prefix);
  return list.empty() ? "none" : list;
}

void put_record(Text& out, const JudgedRecord& record, const Finding& f) {
  const bool met = f.judgement == Judgement::Met;
  switch (f.id) {
    case LinkDrained: put(out, "status is {}", to_text(record.link()->status)); break;
    case LinkDesiredActivated: put(out, "desired_status is {}", to_text(record.link()->desired_status)); break;
    case DevicePublicIp: put(out, "public_ip is {}", to_text(record.device()->public_ip)); break;
    case DeviceDzPrefix: put(out, "dz_prefixes: {}", prefixes_text(*record.device())); break;
    case DeviceMaxUsersZero: put(out, "max_users is {}", record.device()->max_users); break;
    case DeviceHardDrained: put(out, "status is {}", to_text(record.device()->status)); break;
    case DeviceDiaInterface: put(out, "{} DIA interface is activated", met ? "a" : "no"); break;
    case DeviceLinkInterface: put(out, "{} interface of a link is activated", met ? "an" : "no"); break;
    default: break;
  }
}

void put_not_applicable(Text& out, const JudgedRecord& record) {
  if (const auto* link = record.link()) {
    put(out, "it is not judged of {} links", to_text(link->type));
  } else {
    put(out, "it is not judged of {} devices", to_text(record.device()->type));
  }
}

void put_finding(Text& out, const JudgedRecord& record, const Finding& f, const Assessment& a) {
  const auto now = a.at;
  if (f.no_window) {
    put(out, "{}", trouble_text(a.window));
  } else if (f.judgement == Judgement::NotApplicable && f.candidates == 0 && f.id != DeviceCyoaUp) {
    put_not_applicable(out, record);
  } else if (criterion(f.id).kind == CriterionKind::Record) {
    put_record(out, record, f);
  } else if (f.id == DeviceQa) {
    put_qa(out, f, now);
  } else if (f.id == DeviceDiaUp || f.id == DeviceLinkUp || f.id == DeviceCyoaUp) {
    put_candidates(out, record, f, now);
  } else {
    put_minutes(out, record, f, now);
  }
}

void put_to_do(Text& out, const JudgedRecord& record, const Finding& f, const Assessment& a) {
  // What to do, and the command for it; {} is the record.
  const auto ask = [&](std::string_view what, std::string_view command) {
    const auto* noun = record.link() != nullptr ? "link" : "device";
    put(out, "{}: doublezero {} {}", what, noun, fmt::format(fmt::runtime(command), record.code()));
  };
  switch (f.to_do) {
    case ToDo::Nothing: break;
    case ToDo::CleanMinutes:
      if (f.earliest) put(out, "met {} if it stays clean", when(*f.earliest, a.at));
      break;
    case ToDo::SourceAnswers: put(out, "source {} has to answer again", f.source_name); break;
    case ToDo::DrainLink: ask("drain it", "drain --pubkey {}"); break;
    case ToDo::DesireActivated: ask("ask for it", "undrain --pubkey {}"); break;
    case ToDo::SetPublicIp: ask("set it", "update --pubkey {} --public-ip <address>"); break;
    case ToDo::AddDzPrefix: ask("add a /29 or larger", "update --pubkey {} --dz-prefixes <list>"); break;
    case ToDo::SetMaxUsersZero: ask("set it to 0", "update --pubkey {} --max-users 0"); break;
    case ToDo::HardDrainDevice: {
      const bool hard = a.profile->device_status.code(Status::HardDrained).has_value();
      ask("drain it", hard ? "drain --hard --pubkey {}" : "drain --pubkey {}");
      break;
    }
    case ToDo::ActivateDia:
      ask("activate a DIA interface", "interface update {} <interface> --status activated");
      break;
    case ToDo::ActivateLinkPort: put(out, "connect an interface by a link that both sides accepted"); break;
    case ToDo::DrainOrActivateLink: put(out, "create a link, or accept the one requested"); break;
    case ToDo::QaWithoutFailure: put(out, "QA has to pass until no failure is left in the window"); break;
    case ToDo::QaRuns: put(out, "QA has to run and pass"); break;
    case ToDo::LedgerTells: put(out, "{}", trouble_to_do(a.window)); break;
  }
}

// ---- the sentence

std::string_view word_of(const JudgedRecord& record, const Assessment& a, Health health) {
  return spell(*a.profile, record.kind(), health);
}

// The finding to name first: what needs a hand before what needs time, then what takes longest.
const Finding* leading(const Assessment& a, bool (*counts)(const Finding&)) {
  const Finding* lead = nullptr;
  for (const auto& f : a.findings()) {
    if (!counts(f)) continue;
    const bool longer = lead == nullptr || (lead->earliest && (!f.earliest || *f.earliest > *lead->earliest));
    if (longer) lead = &f;
  }
  return lead;
}

bool is_open(const Finding& f) {
  return f.gates && f.judgement != Judgement::Met && f.judgement != Judgement::NotApplicable;
}
bool is_damped(const Finding& f) { return f.gates && f.damped_failure; }
bool is_bad(const Finding& f) { return f.gates && f.judgement == Judgement::NotMet; }

void put_lead(Text& out, const JudgedRecord& record, const Assessment& a, const Finding& lead) {
  put(out, "{}: ", lead.name);
  put_finding(out, record, lead, a);
}

void put_others(Text& out, const Assessment& a, const Finding& lead) {
  bool first = true;
  for (const auto& f : a.findings()) {
    if (!is_open(f) || &f == &lead) continue;
    put(out, "{}{}", first ? "; also " : ", ", f.name);
    first = false;
  }
}

void put_outlook(Text& out, const JudgedRecord& record, const Assessment& a, const Finding* lead) {
  if (a.healthy_at) {
    put(out, "; {} {} if it stays clean", word_of(record, a, Health::Healthy), when(*a.healthy_at, a.at));
  } else if (lead != nullptr && lead->to_do != ToDo::CleanMinutes) {
    put(out, "; ");
    put_to_do(out, record, *lead, a);
  }
}

void put_held(Text& out, const JudgedRecord& record, const Assessment& a, std::string_view verb) {
  const auto* lead = leading(a, is_open);
  put(out, "{}", verb);
  if (lead != nullptr) {
    put(out, " by ");
    put_lead(out, record, a, *lead);
    put_others(out, a, *lead);
  }
  put_outlook(out, record, a, lead);
}

void put_damped(Text& out, const JudgedRecord& record, const Assessment& a) {
  const auto* lead = leading(a, is_damped);
  put(out, "impaired");
  if (lead == nullptr) return;
  put(out, " by ");
  put_lead(out, record, a, *lead);
  if (lead->id != DeviceQa && lead->has_tally) {
    const int recent = std::popcount(lead->tally.damped_bad);
    put(out, "; {} bad minute{} in the last hour", recent, plural(recent));
  }
  put_outlook(out, record, a, lead);
}

void put_hold(Text& out, const JudgedRecord& record, const Assessment& a) {
  put(out, "stays {} without evidence", word_of(record, a, a.to));
  if (const auto* lead = leading(a, is_open)) {
    put(out, ": ");
    put_lead(out, record, a, *lead);
  }
  if (a.hold_until) put(out, "; impaired {} unless evidence returns", when(*a.hold_until, a.at));
}

void put_sentence(Text& out, const JudgedRecord& record, const Assessment& a) {
  switch (a.reason) {
    case HealthReason::FirstSight: put_held(out, record, a, "first seen"); break;
    case HealthReason::PendingEvidence:
    case HealthReason::PendingRecord:
    case HealthReason::ImpairedEvidence: put_held(out, record, a, "held"); break;
    case HealthReason::PendingStay:
    case HealthReason::ImpairedStay:
      put(out, "every criterion is met; a whole minute has to pass since the record last changed");
      put_outlook(out, record, a, nullptr);
      break;
    case HealthReason::BecameHealthy:
    case HealthReason::StaysHealthy:
      put(out, "{}: every criterion is met over {}", word_of(record, a, a.to), to_text(a.window));
      break;
    case HealthReason::Recovered:
      put(out, "{} again: every criterion is met over {}", word_of(record, a, a.to), to_text(a.window));
      break;
    case HealthReason::DampedFailure: put_damped(out, record, a); break;
    case HealthReason::ToleratedFailure: {
      put(out, "stays {}, with too few bad minutes to impair: ", word_of(record, a, a.to));
      if (const auto* lead = leading(a, is_bad)) put_lead(out, record, a, *lead);
      break;
    }
    case HealthReason::HeldWithoutEvidence: put_hold(out, record, a); break;
    case HealthReason::BadEvidence: put_held(out, record, a, "impaired"); break;
    case HealthReason::HoldExpired: put_held(out, record, a, "impaired after too long without evidence"); break;
    case HealthReason::BecameReadyForLinks: put_held(out, record, a, "ready for links; held"); break;
    case HealthReason::AwaitsLinks: put_held(out, record, a, "stays ready for links; held"); break;
    case HealthReason::LeftService: put(out, "it left service: health is impaired until it is judged again"); break;
    case HealthReason::WantedAgain:
      put(out, "it is wanted back in service: health is impaired until it is judged again");
      break;
    case HealthReason::EntersProvisioning:
      put(out, "it is provisioned: its health was not judged by this monitor, and is pending until it is");
      break;
  }
}

}  // namespace

std::string_view to_text(Side side) {
  switch (side) {
    case Side::None: return "";
    case Side::A: return "A";
    case Side::Z: return "Z";
  }
  return "";
}

std::string render_sentence(const JudgedRecord& record, const Assessment& assessment) {
  Text out;
  put_sentence(out, record, assessment);
  return to_string(out);
}

std::string render_finding(const JudgedRecord& record, const Finding& finding, const Assessment& assessment) {
  Text out;
  put_finding(out, record, finding, assessment);
  return to_string(out);
}

std::string render_to_do(const JudgedRecord& record, const Finding& finding, const Assessment& assessment) {
  Text out;
  put_to_do(out, record, finding, assessment);
  return to_string(out);
}

std::string render_where(const JudgedRecord& record, const Finding& finding) {
  Text out;
  put_where(out, record, finding);
  return to_string(out);
}

}  // namespace dz::verdict
