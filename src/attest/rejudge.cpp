#include "attest/rejudge.h"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>

#include <fmt/format.h>

#include "attest/stated_criterion.h"
#include "domain/interface_name.h"
#include "wire/accounts.h"

namespace dz::attest {
namespace {

using evidence::Signal;
using std::chrono::minutes;
using verdict::CriterionId;

const CriterionStatement* find(const Statement& statement, std::string_view name) {
  const auto found = std::find_if(statement.criteria.begin(), statement.criteria.end(),
                                  [&](const CriterionStatement& c) { return c.name == name; });
  return found == statement.criteria.end() ? nullptr : &*found;
}

// A window in slots has the length that the ledger's clock gave it then.
verdict::Policy policy_in_force(verdict::Policy policy, const Statement& s) {
  for (auto* window : {&policy.window, &policy.recovery_window}) {
    if (s.window_slots == 0 || window->slots != s.window_slots) continue;
    window->length = minutes{s.window_minutes};
    window->trouble = s.window_known ? verdict::SlotTrouble::None : verdict::SlotTrouble::NotRead;
  }
  return policy;
}

class Rejudge {
 public:
  Rejudge(const Statement& statement, const Grounds& grounds, const verdict::Policy& policy)
      : statement_(statement), grounds_(grounds), policy_(policy) {}

  Result<verdict::Assessment> judge() {
    memory_.seen = true;
    memory_.status = statement_.status;
    memory_.desired_status = statement_.desired_status;
    memory_.present_since = statement_.present_since;
    memory_.evidence_known_at = statement_.evidence_known_at;
    DZ_TRY(read_sources());
    verdict::Assessment out;
    if (statement_.kind == RecordKind::Link) {
      DZ_TRY_ASSIGN(const auto link, wire::decode_link(grounds_.account, *policy_.profile));
      window_ = window_for(policy_, link.health, link.status);
      DZ_TRY_ASSIGN(const auto tallies, tallies_of(link));
      assess_link({link, tallies, memory_}, {policy_, sources_, statement_.at}, out);
    } else {
      DZ_TRY_ASSIGN(const auto device, wire::decode_device(grounds_.account, *policy_.profile));
      window_ = window_for(policy_, device.health, device.status);
      DZ_TRY(gather(device));
      assess_device({device, device_, memory_}, {policy_, sources_, statement_.at}, out);
    }
    return out;
  }

 private:
  Result<void> read_sources() {
    const auto known = policy_.sources();
    if (known.size() != statement_.sources.size())
      return refused(
          fmt::format("sources: expected {} as the policy has, found {}", known.size(), statement_.sources.size()));
    for (std::size_t i = 0; i < known.size(); ++i) {
      const auto& stated = statement_.sources[i];
      if (stated.name != policy_.source_name(known[i]))
        return refused(fmt::format("sources: expected {}, found another", policy_.source_name(known[i])));
      if (stated.watermark && Timestamp{*stated.watermark} > statement_.at)
        return refused(
            fmt::format("sources: expected {} to be complete through a minute before the judgement, found a "
                        "later one",
                        stated.name));
      auto& view = sources_[static_cast<std::size_t>(known[i])];
      view.state.watermark = stated.watermark;
      view.state.suspect_since = stated.suspect_since;
      view.delay = stated.delay;
      view.disputed = stated.disputed;
    }
    return {};
  }

  // The leaves of a criterion, each of which must be over its window and of that subject.
  Result<const evidence::SignalTally*> tally(CriterionId id, std::optional<Signal> signal,
                                             const evidence::Subject& subject) {
    const auto name = policy_.name(id);
    for (const auto& leaf : grounds_.minutes) {
      if (leaf.criterion != name || leaf.signal != signal || leaf.link) continue;
      if (leaf.subject != subject)
        return refused(fmt::format("minutes of {}: expected those of {}, found those of {}", name, to_text(subject),
                                   to_text(leaf.subject)));
      return counted(id, leaf);
    }
    return nullptr;
  }

  Result<void> check_window(CriterionId id, const MinutesLeaf& leaf) const {
    const auto& watermark = view_of(sources_, criterion(id).source).state.watermark;
    const auto window = policy_.window_of(id, window_);
    if (watermark && leaf.to == *watermark && leaf.from == *watermark - window) return {};
    return refused(fmt::format("minutes of {}: expected {} up to the watermark of its source, found another window",
                               leaf.criterion, verdict::to_text(verdict::Window(window))));
  }

  Result<const evidence::SignalTally*> counted(CriterionId id, const MinutesLeaf& leaf) {
    DZ_TRY(check_window(id, leaf));
    return &tallies_.emplace_back(tally_of(leaf, policy_.bad_allowed_of(id), policy_.unobserved_allowed_of(id)));
  }

  Result<verdict::LinkTallies> tallies_of(const Link& link) {
    using enum CriterionId;
    verdict::LinkTallies t;
    const auto a = evidence::interface_subject(link.side_a, link.side_a_iface);
    const auto z = evidence::interface_subject(link.side_z, link.side_z_iface);
    DZ_TRY_ASSIGN(t.a.data, tally(LinkAData, Signal::Data, a));
    DZ_TRY_ASSIGN(t.a.errors, tally(LinkAErrors, Signal::Errors, a));
    DZ_TRY_ASSIGN(t.a.utilization, tally(LinkAUtilization, Signal::Utilization, a));
    DZ_TRY_ASSIGN(t.a.carrier, tally(LinkACarrier, Signal::Carrier, a));
    DZ_TRY_ASSIGN(t.a.discards, tally(LinkADiscards, Signal::Discards, a));
    DZ_TRY_ASSIGN(t.z.data, tally(LinkZData, Signal::Data, z));
    DZ_TRY_ASSIGN(t.z.errors, tally(LinkZErrors, Signal::Errors, z));
    DZ_TRY_ASSIGN(t.z.utilization, tally(LinkZUtilization, Signal::Utilization, z));
    DZ_TRY_ASSIGN(t.z.carrier, tally(LinkZCarrier, Signal::Carrier, z));
    DZ_TRY_ASSIGN(t.z.discards, tally(LinkZDiscards, Signal::Discards, z));
    const auto& key = statement_.record;
    DZ_TRY_ASSIGN(t.az_probes, tally(LinkAzProbes, Signal::Probes, evidence::probes_subject(key, link.side_a)));
    DZ_TRY_ASSIGN(t.za_probes, tally(LinkZaProbes, Signal::Probes, evidence::probes_subject(key, link.side_z)));
    for (std::size_t i = 0; i < policy_.added.size(); ++i) {
      const auto& added = policy_.added[i];
      if (!added.is_of_links()) continue;
      auto subject = evidence::added_subject(added.id, key, {});
      if (added.subject == verdict::AddedKind::SideA)
        subject = evidence::added_subject(added.id, link.side_a, interface_key(link.side_a_iface));
      if (added.subject == verdict::AddedKind::SideZ)
        subject = evidence::added_subject(added.id, link.side_z, interface_key(link.side_z_iface));
      DZ_TRY_ASSIGN(t.values[i], tally(verdict::added_criterion(i), Signal::Value, subject));
    }
    return t;
  }

  Result<void> gather(const Device& device) {
    using enum CriterionId;
    const auto own = [&](evidence::SubjectKind kind) { return evidence::device_subject(kind, statement_.record); };
    DZ_TRY_ASSIGN(device_.reporting, tally(DeviceReporting, Signal::Reporting, own(evidence::SubjectKind::Reporting)));
    DZ_TRY_ASSIGN(device_.config_agent,
                  tally(DeviceConfigAgent, Signal::ConfigAgent, own(evidence::SubjectKind::ConfigAgent)));
    DZ_TRY_ASSIGN(device_.telemetry_agent,
                  tally(DeviceTelemetryAgent, Signal::TelemetryAgent, own(evidence::SubjectKind::TelemetryAgent)));
    for (std::size_t i = 0; i < policy_.added.size(); ++i) {
      if (policy_.added[i].is_of_links()) continue;
      DZ_TRY_ASSIGN(device_.values[i], tally(verdict::added_criterion(i), Signal::Value,
                                             evidence::added_subject(policy_.added[i].id, statement_.record, {})));
    }
    DZ_TRY(gather_ports(device, true));
    DZ_TRY(gather_ports(device, false));
    DZ_TRY(gather_links(device));
    return gather_qa();
  }

  // One port stands for all candidates: each criterion's minutes are those of the one that decided it.
  Result<void> gather_ports(const Device& device, bool dia) {
    using enum CriterionId;
    const auto is_candidate = [&](const Interface& port) {
      return dia ? port.dia != Dia::None && port.status == InterfaceStatus::Activated : port.cyoa != Cyoa::None;
    };
    const auto first = std::find_if(device.interfaces.begin(), device.interfaces.end(), is_candidate);
    if (first == device.interfaces.end()) return {};
    verdict::PortTallies t;
    const auto up = dia ? DeviceDiaUp : DeviceCyoaUp;
    const auto put = [&](CriterionId id, Signal signal, const evidence::SignalTally*& into) -> Result<void> {
      for (const auto& leaf : grounds_.minutes) {
        if (leaf.criterion != policy_.name(id) || leaf.signal != signal) continue;
        const auto is_it = [&](const Interface& port) {
          return is_candidate(port) && evidence::interface_subject(statement_.record, port.name) == leaf.subject;
        };
        if (std::none_of(device.interfaces.begin(), device.interfaces.end(), is_it))
          return refused(fmt::format("minutes of {}: expected those of an interface of the device, found those of {}",
                                     leaf.criterion, to_text(leaf.subject)));
        DZ_TRY_ASSIGN(into, counted(id, leaf));
        settle_damping(id, dia);
      }
      return {};
    };
    DZ_TRY(put(up, Signal::Data, t.data));
    DZ_TRY(put(up, Signal::Errors, t.errors));
    DZ_TRY(put(up, Signal::Utilization, t.utilization));
    DZ_TRY(put(dia ? DeviceDiaCarrier : DeviceCyoaCarrier, Signal::Carrier, t.carrier));
    DZ_TRY(put(dia ? DeviceDiaDiscards : DeviceCyoaDiscards, Signal::Discards, t.discards));
    (dia ? device_.dia : device_.cyoa).push_back({&*first, t});
    return {};
  }

  // Whether traffic has to leave rests on all candidates, of which one is here: that is taken as stated, as far as the
  // minutes of this one do not contradict it.
  void settle_damping(CriterionId id, bool any_is_enough) {
    const auto* stated = find(statement_, policy_.name(id));
    if (stated == nullptr || !stated->candidates || stated->candidates->asked < 2) return;
    if (any_is_enough && !stated->damped_failure) tallies_.back().damped_bad = 0;
    if (!any_is_enough && stated->damped_failure) tallies_.back().damped_bad = ~std::uint64_t{0} >> 4;
  }

  Result<void> gather_links(const Device& device) {
    using enum CriterionId;
    const auto* stated = find(statement_, policy_.name(DeviceLinkUp));
    if (stated != nullptr && stated->candidates && stated->candidates->asked > 0) {
      verdict::LinkTallies t;
      std::optional<Pubkey> link;
      bool of_device = false;
      for (const auto& leaf : grounds_.minutes) {
        if (leaf.criterion != policy_.name(DeviceLinkUp)) continue;
        if (!link) link = leaf.link;
        if (!leaf.link || leaf.link != link)
          return refused("minutes of device.link_up: expected those of one link, found those of several");
        of_device |= leaf.subject.key == statement_.record;
        // Side A comes first, and each side has its signals in one order.
        auto& side = t.a.utilization == nullptr ? t.a : t.z;
        auto& into = leaf.signal == Signal::Data     ? side.data
                     : leaf.signal == Signal::Errors ? side.errors
                                                     : side.utilization;
        DZ_TRY_ASSIGN(into, counted(DeviceLinkUp, leaf));
        settle_damping(DeviceLinkUp, true);
      }
      if (link && !of_device)
        return refused("minutes of device.link_up: expected those of a link of the device, found those of another");
      candidate_.status = Status::Activated;
      const verdict::AssessmentContext context{policy_, sources_, statement_.at};
      device_.links.push_back({&candidate_, nullptr, judge_link(t, window_, context)});
    }
    // Whether a port of the device carries a link is in the accounts of the links.
    const auto* port_stated = find(statement_, policy_.name(DeviceLinkInterface));
    const auto up = std::find_if(device.interfaces.begin(), device.interfaces.end(),
                                 [](const Interface& i) { return i.status == InterfaceStatus::Activated; });
    if (port_stated != nullptr && port_stated->judgement == verdict::Judgement::Met && up != device.interfaces.end()) {
      no_candidate_.status = Status::Rejected;
      device_.links.push_back({&no_candidate_, &*up, {}});
    }
    return {};
  }

  Result<void> gather_qa() {
    for (const auto& leaf : grounds_.minutes) {
      if (leaf.criterion != policy_.name(CriterionId::DeviceQa)) continue;
      DZ_TRY(check_window(CriterionId::DeviceQa, leaf));
      const auto subject = evidence::device_subject(evidence::SubjectKind::Reporting, statement_.record);
      if (leaf.subject != subject || leaf.signal)
        return refused("minutes of device.qa: expected QA results of the device, found others");
      qa_ = evidence::QaEvidence{leaf.from, leaf.to, leaf.results, leaf.runs};
      device_.qa = &qa_;
    }
    return {};
  }

  const Statement& statement_;
  const Grounds& grounds_;
  const verdict::Policy& policy_;
  verdict::RecordMemory memory_;
  verdict::Sources sources_{};
  verdict::Window window_;
  std::deque<evidence::SignalTally> tallies_;  // each stays where it is
  evidence::QaEvidence qa_{};
  Link candidate_, no_candidate_;
  verdict::DeviceTallies device_;
};

std::string number_text(const std::optional<CriterionStatement::Counts>& n) {
  if (!n) return "no minutes";
  return fmt::format("{} good, {} bad and {} unobserved minutes", n->good, n->bad, n->unobserved);
}

std::string results_text(const std::optional<CriterionStatement::Results>& n) {
  if (!n) return "none";
  return fmt::format("{} passed and {} failed from {} to {}", n->successes, n->failures, to_text(Timestamp{n->from}),
                     to_text(Timestamp{n->to}));
}

// Of a criterion over candidates: whether its judgement goes with how many of them met it.
bool candidates_agree(const CriterionStatement& stated, const verdict::Finding& found) {
  if (!stated.candidates) return found.candidates == 0;
  const bool met = stated.judgement == verdict::Judgement::Met;
  if (verdict::is_of_cyoa(found.id)) return met == (stated.candidates->met == stated.candidates->asked);
  return met == (stated.candidates->met > 0);
}

std::string difference_of(const CriterionStatement& stated, const CriterionStatement& found) {
  const auto differs = [&](std::string_view what, std::string_view expected, std::string_view says) {
    return fmt::format("{}: expected {} {}, the statement says {}", stated.name, what, expected, says);
  };
  const auto yes = [](bool b) { return b ? "yes" : "no"; };
  if (stated.name != found.name)
    return fmt::format("criteria: expected {}, the statement has {}", found.name, stated.name);
  if (stated.mode != found.mode) return differs("the mode", to_text(found.mode), to_text(stated.mode));
  if (stated.counts != found.counts)
    return differs("minutes that add up to", number_text(found.counts), number_text(stated.counts));
  if (stated.judgement != found.judgement)
    return differs("the judgement", to_text(found.judgement), to_text(stated.judgement));
  if (stated.gates != found.gates) return differs("that it gates:", yes(found.gates), yes(stated.gates));
  if (stated.stale != found.stale) return differs("a stale source:", yes(found.stale), yes(stated.stale));
  if (stated.damped_failure != found.damped_failure)
    return differs("a damped failure:", yes(found.damped_failure), yes(stated.damped_failure));
  if (stated.results != found.results)
    return differs("QA results:", results_text(found.results), results_text(stated.results));
  return {};
}

}  // namespace

Result<verdict::Assessment> rejudge(const Statement& statement, const Grounds& grounds) {
  const auto policy = policy_in_force(grounds.policy, statement);
  DZ_TRY_ASSIGN(auto found, Rejudge(statement, grounds, policy).judge());
  // Names are those of the policy that the caller keeps.
  for (auto& f : std::span(found.storage).first(found.count)) {
    f.name = grounds.policy.name(f.id);
    f.source_name = grounds.policy.source_name(f.id);
  }
  return found;
}

Statement restated(const Statement& stated, const verdict::Policy& policy, const verdict::Assessment& found) {
  auto s = stated;
  s.status = found.status;
  s.desired_status = found.desired_status;
  s.from = found.from;
  s.to = found.to;
  s.reason = found.reason;
  s.window_minutes = static_cast<std::uint32_t>(found.window.length.count());
  s.window_slots = found.window.slots;
  s.window_known = found.window.known();
  const auto sources = policy.sources();
  const auto watermark_of = [&](const verdict::Finding& f) -> std::optional<Minute> {
    const auto source = std::find(sources.begin(), sources.end(), criterion(f.id).source);
    const auto number = static_cast<std::size_t>(source - sources.begin());
    return number < s.sources.size() ? s.sources[number].watermark : std::nullopt;
  };
  s.criteria.clear();
  for (const auto& f : found.findings()) {
    s.criteria.push_back(stated_criterion(f, watermark_of(f), policy, found.window));
    auto& criterion = s.criteria.back();
    const auto* before = find(stated, criterion.name);
    if (before == nullptr) continue;
    // Nobody keeps the minutes of a criterion that is switched off, and of several candidates those of one are here.
    if (criterion.mode == verdict::Mode::Off && before->mode == verdict::Mode::Off) criterion = *before;
    if (candidates_agree(*before, f)) criterion.candidates = before->candidates;
  }
  return s;
}

std::string first_difference(const Statement& s, const verdict::Policy& policy, const verdict::Assessment& judged) {
  const auto differs = [](std::string_view what, std::string_view expected, std::string_view says) {
    return fmt::format("{}: expected {}, the statement says {}", what, expected, says);
  };
  const auto found = restated(s, policy, judged);
  if (found.window_minutes != s.window_minutes || found.window_slots != s.window_slots)
    return differs("window", to_text(judged.window), fmt::format("{} minutes", s.window_minutes));
  if (found.criteria.size() != s.criteria.size())
    return differs("criteria", fmt::format("{} of them", found.criteria.size()), fmt::format("{}", s.criteria.size()));
  for (std::size_t i = 0; i < found.criteria.size(); ++i) {
    const auto& stated = s.criteria[i];
    if (auto difference = difference_of(stated, found.criteria[i]); !difference.empty()) return difference;
    if (stated.candidates != found.criteria[i].candidates)
      return differs(stated.name, "candidates that go with its judgement", "others");
  }
  if (found.to != s.to) return differs("health", to_text(found.to), to_text(s.to));
  if (found.reason != s.reason) return differs("reason", to_text(found.reason), to_text(s.reason));
  // Whatever else follows from the judgement.
  if (encode(found) != encode(s)) return differs("bytes", "those that follow from the judgement", "others");
  return {};
}

}  // namespace dz::attest
