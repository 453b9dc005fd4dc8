#include "control/gather.h"

#include <set>

#include "base/check.h"
#include "domain/interface_name.h"

namespace dz::control {
namespace {

using enum verdict::CriterionId;

constexpr std::size_t kPortTallies = 5;
constexpr std::size_t kLinkTallies = 2 * kPortTallies + 2;
constexpr std::size_t kDeviceTallies = 3;

std::vector<evidence::AddedRef> resolve_added(const evidence::Evidence& evidence, const verdict::Policy& policy,
                                              const Pubkey& key, const Link* link) {
  std::vector<evidence::AddedRef> refs;
  for (std::size_t i = 0; i < policy.added.size(); ++i) {
    const auto& criterion = policy.added[i];
    const auto find = [&](const Pubkey& subject, std::string_view interface) {
      return evidence.find_added(i, subject, interface, criterion.absent_is_bad);
    };
    if (criterion.is_of_links() != (link != nullptr)) {
      refs.emplace_back();
    } else if (criterion.subject == verdict::AddedKind::SideA) {
      refs.push_back(find(link->side_a, link->side_a_iface));
    } else if (criterion.subject == verdict::AddedKind::SideZ) {
      refs.push_back(find(link->side_z, link->side_z_iface));
    } else {
      refs.push_back(find(key, {}));
    }
  }
  return refs;
}

}  // namespace

std::vector<evidence::NamedInterface> interfaces_named_by(const std::map<Pubkey, Link>& links,
                                                          const std::map<Pubkey, Device>& devices) {
  std::set<evidence::NamedInterface> named;
  const auto name = [&](const Pubkey& device, std::string_view interface) {
    if (interface.empty()) return;
    named.insert({device, interface_key(interface)});
    named.insert({device, interface_key(parent_port(interface))});
  };
  for (const auto& [key, link] : links) {
    name(link.side_a, link.side_a_iface);
    name(link.side_z, link.side_z_iface);
  }
  for (const auto& [key, device] : devices) {
    for (const auto& port : device.interfaces) name(key, port.name);
  }
  return {named.begin(), named.end()};
}

LinkSubjects resolve_link(const evidence::Evidence& evidence, const verdict::Policy& policy, const Pubkey& key,
                          const Link& link) {
  return {evidence.find_interface(link.side_a, link.side_a_iface),
          evidence.find_interface(link.side_z, link.side_z_iface), evidence.find_direction(key, link.side_a),
          evidence.find_direction(key, link.side_z), resolve_added(evidence, policy, key, &link)};
}

DeviceSubjects resolve_device(const evidence::Evidence& evidence, const verdict::Policy& policy,
                              const KeyedDevice& keyed, std::span<const KeyedLink> links) {
  const auto& [key, device] = keyed;
  DeviceSubjects subjects;
  subjects.key = key;
  subjects.device = evidence.find_device(key);
  subjects.values = resolve_added(evidence, policy, key, nullptr);
  for (const auto& port : device.interfaces) {
    if (port.dia == Dia::None && port.cyoa == Cyoa::None) continue;
    const DeviceSubjects::Port resolved{&port, evidence.find_interface(key, port.name)};
    if (port.dia != Dia::None) subjects.dia.push_back(resolved);
    if (port.cyoa != Cyoa::None) subjects.cyoa.push_back(resolved);
  }
  for (const auto& [link_key, link] : links) {
    const auto& name = link->side_a == key ? link->side_a_iface : link->side_z_iface;
    subjects.links.push_back(
        {link_key, link, find_interface(device, name), resolve_link(evidence, policy, link_key, *link)});
  }
  return subjects;
}

verdict::Sources gather_sources(const evidence::Evidence& evidence, std::uint32_t disputed) {
  const auto& settings = evidence.settings();
  verdict::Sources sources{};
  for (std::size_t i = 0; i < evidence::kSourceCount; ++i) {
    const auto source = static_cast<evidence::Source>(i);
    sources[i].state = evidence.state(source);
    sources[i].disputed = (disputed >> i & 1) != 0;
    sources[i].delay = settings.pushed(source) ? settings.lateness : settings.lag[i];
  }
  sources[static_cast<std::size_t>(evidence::Source::LatencySamples)].delay = settings.samples_lag;
  return sources;
}

void TallyGatherer::begin(const verdict::Window& window, std::size_t tallies) {
  if (storage_.size() < tallies) storage_.resize(tallies);
  used_ = 0;
  window_ = window;
}

template <typename Ref, typename... Signals>
const evidence::SignalTally* TallyGatherer::tally(verdict::CriterionId id, Ref ref, Signals... signal) {
  const auto& policy = context_.policy;
  const auto& watermark = view_of(context_.sources, criterion(id).source).state.watermark;
  const auto window = policy.window_of(id, window_);
  if (!watermark || *watermark - window < Minute{}) return nullptr;
  DZ_CHECK(used_ < storage_.size());
  auto& slot = storage_[used_++];
  evidence::TallyQuery query{*watermark - window, *watermark, policy.bad_allowed_of(id),
                             policy.unobserved_allowed_of(id)};
  if (horizon_ == nullptr) {
    slot = evidence_.tally(ref, signal..., query);
    return &slot;
  }
  query.to = (*horizon_)[static_cast<std::size_t>(criterion(id).source)];
  slot = query.from < query.to ? evidence::continued(evidence_.tally(ref, signal..., query), *watermark)
                               : evidence::all_good(query.from, *watermark);
  return &slot;
}

verdict::PortTallies TallyGatherer::port(evidence::InterfaceRef ref, const PortCriteria& ids) {
  using enum evidence::Signal;
  return {tally(ids.data, ref, Data), tally(ids.errors, ref, Errors), tally(ids.utilization, ref, Utilization),
          tally(ids.carrier, ref, Carrier), tally(ids.discards, ref, Discards)};
}

verdict::PortTallies TallyGatherer::link_end(evidence::InterfaceRef ref) {
  using enum evidence::Signal;
  return {tally(DeviceLinkUp, ref, Data), tally(DeviceLinkUp, ref, Errors), tally(DeviceLinkUp, ref, Utilization)};
}

verdict::AddedTallies TallyGatherer::values(const std::vector<evidence::AddedRef>& refs, bool of_links) {
  verdict::AddedTallies tallies{};
  for (std::size_t i = 0; i < refs.size(); ++i) {
    if (context_.policy.added[i].is_of_links() == of_links) tallies[i] = tally(verdict::added_criterion(i), refs[i]);
  }
  return tallies;
}

const verdict::LinkTallies& TallyGatherer::link(const LinkSubjects& subjects, const verdict::Window& window) {
  begin(window, kLinkTallies + subjects.values.size());
  link_.a = port(subjects.a, {LinkAData, LinkAErrors, LinkAUtilization, LinkACarrier, LinkADiscards});
  link_.z = port(subjects.z, {LinkZData, LinkZErrors, LinkZUtilization, LinkZCarrier, LinkZDiscards});
  link_.az_probes = tally(LinkAzProbes, subjects.az);
  link_.za_probes = tally(LinkZaProbes, subjects.za);
  link_.values = values(subjects.values, true);
  return link_;
}

const verdict::DeviceTallies& TallyGatherer::device(const DeviceSubjects& subjects, const verdict::Window& window) {
  begin(window, kDeviceTallies + kPortTallies * (subjects.dia.size() + subjects.cyoa.size()) +
                    kLinkTallies * subjects.links.size() + subjects.values.size());
  device_.dia.clear();
  device_.cyoa.clear();
  device_.links.clear();
  device_.reporting = tally(DeviceReporting, subjects.device, evidence::Signal::Reporting);
  device_.config_agent = tally(DeviceConfigAgent, subjects.device, evidence::Signal::ConfigAgent);
  device_.telemetry_agent = tally(DeviceTelemetryAgent, subjects.device, evidence::Signal::TelemetryAgent);
  device_.values = values(subjects.values, false);
  constexpr PortCriteria kDia{DeviceDiaUp, DeviceDiaUp, DeviceDiaUp, DeviceDiaCarrier, DeviceDiaDiscards};
  constexpr PortCriteria kCyoa{DeviceCyoaUp, DeviceCyoaUp, DeviceCyoaUp, DeviceCyoaCarrier, DeviceCyoaDiscards};
  for (const auto& p : subjects.dia) device_.dia.push_back({p.port, port(p.ref, kDia)});
  for (const auto& p : subjects.cyoa) device_.cyoa.push_back({p.port, port(p.ref, kCyoa)});
  for (const auto& l : subjects.links) device_.links.push_back({l.link, l.port, candidate(l, window)});
  device_.qa = nullptr;
  auto watermark = view_of(context_.sources, evidence::Source::Qa).state.watermark;
  if (horizon_ != nullptr) watermark = (*horizon_)[static_cast<std::size_t>(evidence::Source::Qa)];
  const auto qa_window = context_.policy.window_of(DeviceQa, window);
  if (watermark && *watermark - qa_window >= Minute{}) {
    qa_ = evidence_.qa(subjects.key, *watermark - qa_window, *watermark);
    device_.qa = &qa_;
  }
  return device_;
}

verdict::Candidate TallyGatherer::candidate(const DeviceSubjects::LinkEnd& end, const verdict::Window& window) {
  if (horizon_ == nullptr && end.judged != nullptr && end.judged->window == window) return end.judged->up;
  const verdict::LinkTallies tallies{link_end(end.subjects.a), link_end(end.subjects.z), nullptr, nullptr, {}};
  return judge_link(tallies, window, context_);
}

}  // namespace dz::control
