// Single findings in words: what was found, where, and what has to happen.
#include "domain/interface_name.h"
#include "verdict/explain_text.h"

namespace dz::verdict {
namespace {

using std::chrono::minutes;
using enum CriterionId;

const DeviceLink* candidate_link(const JudgedRecord& record, const Finding& f) {
  if (f.id != DeviceLinkUp || f.candidate < 0) return nullptr;
  return &record.evidence()->links[static_cast<std::size_t>(f.candidate)];
}

const Interface* candidate_port(const JudgedRecord& record, const Finding& f) {
  if (f.candidate < 0 || !(is_of_dia(f.id) || is_of_cyoa(f.id))) return nullptr;
  const auto& ports = is_of_dia(f.id) ? record.evidence()->dia : record.evidence()->cyoa;
  return ports[static_cast<std::size_t>(f.candidate)].port;
}

void put_port(Text& out, std::string_view name, bool parent) {
  if (parent) {
    put(out, "{} (for {})", parent_port(name), name);
  } else {
    put(out, "{}", name);
  }
}

// "A (ams-dz001)".
void put_side(Text& out, const JudgedRecord& record, const Link& link, Side side) {
  const auto code = record.code_at(link, side);
  put(out, "{}", to_text(side));
  if (!code.empty()) put(out, " ({})", code);
}

// "A (ams-dz001) Switch1/1/1", "ams-dz001:lon-dz001 A (ams-dz001) Switch1/1/1", "Ethernet4": where the minutes of a
// finding were seen.
void put_where(Text& out, const JudgedRecord& record, const Finding& f) {
  const auto* of_device = candidate_link(record, f);
  if (const auto* link = of_device != nullptr ? of_device->link : record.link()) {
    if (of_device != nullptr) put(out, "{} ", link->code);
    if (f.signal == evidence::Signal::Probes) {
      put_side(out, record, *link, f.side);
      put(out, " to ");
      put_side(out, record, *link, f.side == Side::A ? Side::Z : Side::A);
      return;
    }
    if (f.side == Side::None) return;
    put_side(out, record, *link, f.side);
    put(out, " ");
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
    case evidence::Signal::Carrier:
    case evidence::Signal::Discards:
      if (f.tally.rise == 0) {
        put(out, " with {} at ", counters);
      } else {
        put(out, "{} at ", f.signal == evidence::Signal::Discards ? fmt::format(" ({})", counters) : "");
      }
      break;
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

// Whether it goes on, from when; or that it is over. Neither is known of minutes after the last one answered for.
void put_present(Text& out, const Finding& f, Timestamp now) {
  const auto& t = f.tally;
  const bool seen_since = !t.last_unobserved || *t.last_unobserved < t.last_bad->minute;
  if (t.bad_since) {
    const bool stale = f.to_do == ToDo::SourceAnswers;
    put(out, "; {}", stale ? "failing when last seen" : "failing");
    if (*t.bad_since > t.from) put(out, " since {}", clock_text(*t.bad_since, now));
  } else {
    put(out, "; {}", seen_since ? "clean since" : "not bad since, as far as it was observed");
  }
}

// How often or how much, where it is known.
void put_rise(Text& out, const Finding& f) {
  const auto rise = f.tally.rise;
  if (rise == 0) return;
  if (f.signal == evidence::Signal::Carrier) {
    put(out, "carrier changed {} time{} in ", rise, rise == 1 ? "" : "s");
  } else {
    put(out, "{} packet{} discarded in ", rise, rise == 1 ? "" : "s");
  }
}

void put_bad_minutes(Text& out, const JudgedRecord& record, const Finding& f, Timestamp now) {
  const auto& t = f.tally;
  put_rise(out, f);
  put(out, "{} minute{}", t.bad, plural(t.bad));
  put_offence(out, record, f);
  put(out, "{}{}", t.bad == 1 ? ", " : ", last ", clock_text(t.last_bad->minute, now));
  put_present(out, f, now);
  if (f.stale) put(out, "; source {} last answered for {}", f.source_name, clock_text(t.to, now));
}

// The source answers, and says nothing of it: an interface that does not exist, an agent that does not run.
void put_unheard(Text& out, const JudgedRecord& record, const Finding& f) {
  const auto what = [&]() -> std::string_view {
    switch (f.signal) {
      case evidence::Signal::ConfigAgent: return "configuration fetch";
      case evidence::Signal::TelemetryAgent: return "latency sample of the device";
      case evidence::Signal::Reporting: return "counter row of the device";
      case evidence::Signal::Probes: return "latency sample";
      case evidence::Signal::Value: return "value";
      case evidence::Signal::Data:
      case evidence::Signal::Errors:
      case evidence::Signal::Carrier:
      case evidence::Signal::Discards:
      case evidence::Signal::Utilization: return "counter row";
    }
    return "row";
  }();
  put(out, "no {} in {}", what, duration_text(f.tally.to - f.tally.from));
  if (f.side == Side::None && f.candidate < 0) return;
  put(out, "{}", f.signal == evidence::Signal::Probes ? " from " : " of ");
  put_where(out, record, f);
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
    put(out, "source {} never answered", f.source_name);
  } else if (f.to_do == ToDo::FirstHeard && f.tally.good == 0) {
    put_unheard(out, record, f);
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

// How a candidate is that a criterion is met by.
std::string_view as_asked(const Finding& f) {
  if (f.id == DeviceDiaCarrier || f.id == DeviceCyoaCarrier) return "with a steady carrier";
  if (f.id == DeviceDiaDiscards || f.id == DeviceCyoaDiscards) return "without discards";
  return "up";
}

void put_candidates(Text& out, const JudgedRecord& record, const Finding& f, Timestamp now) {
  const bool every = is_of_cyoa(f.id);
  const auto* what = f.id == DeviceLinkUp ? "link" : every ? "CYOA interface" : "DIA interface";
  if (f.candidates == 0) {
    put(out, "no {}{}", every ? "" : f.id == DeviceLinkUp ? "activated or drained " : "activated ", what);
    return;
  }
  if (f.judgement == Judgement::Met) {
    put(out, "{} of {} {}{} {}: ", f.candidates_met, f.candidates, what, plural(f.candidates), as_asked(f));
  } else if (f.candidates > 1) {
    put(out, "{} of {} {}s {}; {}: ", f.candidates_met, f.candidates, what, as_asked(f),
        every ? "the worst" : "the nearest");
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

// Of the window that a finding is judged over.
std::string length_of(const Finding& f) { return duration_text(f.tally.to - f.tally.from); }

// Nothing was ever heard of it: who has to do what for rows to come, and to be taken for this record's.
void put_first_heard(Text& out, const JudgedRecord& record, const Finding& f) {
  const auto* device = record.device();
  switch (f.signal) {
    case evidence::Signal::Data:
    case evidence::Signal::Errors:
    case evidence::Signal::Carrier:
    case evidence::Signal::Discards:
    case evidence::Signal::Utilization:
      put(out, "check that the interface exists on the device under this name, and that the switch sends its rows");
      break;
    case evidence::Signal::Reporting:
      put(out, "the switch has to send its counter rows, tagged with this device's pubkey (dzd_pubkey)");
      break;
    case evidence::Signal::ConfigAgent: put(out, "its config agent has to fetch its configuration"); break;
    case evidence::Signal::TelemetryAgent:
      if (device != nullptr && device->metrics_publisher == Pubkey{}) {
        put_command(out, record, "name the key of its telemetry agent", "update --pubkey {} --metrics-publisher <key>");
      } else if (device != nullptr && record.evidence()->links.empty()) {
        put(out, "its telemetry agent measures links, and the device has none: create one");
      } else {
        put(out, "its telemetry agent has to write latency samples");
      }
      break;
    case evidence::Signal::Probes:
      put(out, "the telemetry agent of side {} has to measure this link", to_text(f.side));
      break;
    case evidence::Signal::Value: put(out, "source {} has to have values of it", f.source_name); break;
  }
}

}  // namespace

void put_command(Text& out, const JudgedRecord& record, std::string_view what, std::string_view command) {
  put(out, "{}: doublezero {} {}", what, to_text(record.kind()), fmt::format(fmt::runtime(command), record.code()));
}

void put_finding(Text& out, const JudgedRecord& record, const Finding& f, const Assessment& a) {
  const auto now = a.at;
  if (f.no_window) {
    put(out, "{}", trouble_text(a.window));
  } else if (f.not_asked) {
    put(out, "{}", a.activated ? "not asked in service" : "asked on the way into service only");
  } else if (f.judgement == Judgement::NotApplicable && f.candidates == 0 && !is_of_cyoa(f.id)) {
    put_not_applicable(out, record);
  } else if (criterion(f.id).kind == CriterionKind::Record) {
    put_record(out, record, f);
  } else if (f.id == DeviceQa) {
    put_qa(out, f, now);
  } else if (is_of_dia(f.id) || f.id == DeviceLinkUp || is_of_cyoa(f.id)) {
    put_candidates(out, record, f, now);
  } else {
    put_minutes(out, record, f, now);
  }
}

void put_to_do(Text& out, const JudgedRecord& record, const Finding& f, const Assessment& a) {
  const auto ask = [&](std::string_view what, std::string_view command) { put_command(out, record, what, command); };
  switch (f.to_do) {
    case ToDo::Nothing: break;
    case ToDo::CleanMinutes:
      if (f.earliest) put(out, "met {} if it stays clean", when(*f.earliest, a.at));
      break;
    case ToDo::ObservedAgain: put(out, "met at most {} after it is observed again", length_of(f)); break;
    case ToDo::Repair: put(out, "met {} after it is repaired", length_of(f)); break;
    case ToDo::FirstHeard: put_first_heard(out, record, f); break;
    case ToDo::SourceAnswers: put(out, "source {} has to answer{}", f.source_name, f.has_tally ? " again" : ""); break;
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
    case ToDo::QaGoesOn: put(out, "QA has to go on and pass"); break;
    case ToDo::QaRuns: put(out, "QA has to run and pass"); break;
    case ToDo::LedgerGrows:
    case ToDo::LedgerTells: put(out, "{}", trouble_to_do(a.window)); break;
  }
}

std::string_view JudgedRecord::code_at(const Link& link, Side side) const {
  if (devices_ == nullptr || side == Side::None) return {};
  const auto found = devices_->find(side == Side::A ? link.side_a : link.side_z);
  return found == devices_->end() ? std::string_view() : std::string_view(found->second.code);
}

std::string when(Timestamp t, Timestamp now) {
  auto text = clock_text(t, now);
  if (text.size() == 5) return "at " + text;
  return text[0] >= '0' && text[0] <= '9' ? "on " + text : text;
}

std::string_view to_text(Side side) {
  switch (side) {
    case Side::None: return "";
    case Side::A: return "A";
    case Side::Z: return "Z";
  }
  return "";
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
