#include "control/gather.h"

#include "base/check.h"

namespace dz {
namespace {

constexpr std::size_t kPortTallies = 3;
constexpr std::size_t kLinkTallies = 2 * kPortTallies + 2;
constexpr std::size_t kDeviceTallies = 3;

}  // namespace

LinkSubjects resolve_link(const EvidenceStore& store, const Pubkey& key, const Link& link) {
  return {store.find_interface(link.side_a, link.side_a_iface), store.find_interface(link.side_z, link.side_z_iface),
          store.find_direction(key, link.side_a), store.find_direction(key, link.side_z)};
}

DeviceSubjects resolve_device(const EvidenceStore& store, const Pubkey& key, const Device& device,
                              std::span<const KeyedLink> links) {
  DeviceSubjects subjects;
  subjects.key = key;
  subjects.device = store.find_device(key);
  for (const auto& port : device.interfaces) {
    if (port.dia == Dia::None && port.cyoa == Cyoa::None) continue;
    const DeviceSubjects::Port resolved{&port, store.find_interface(key, port.name)};
    if (port.dia != Dia::None) subjects.dia.push_back(resolved);
    if (port.cyoa != Cyoa::None) subjects.cyoa.push_back(resolved);
  }
  for (const auto& [link_key, link] : links) {
    const auto& name = link->side_a == key ? link->side_a_iface : link->side_z_iface;
    subjects.links.push_back({link_key, link, find_interface(device, name), resolve_link(store, link_key, *link)});
  }
  return subjects;
}

Sources gather_sources(const EvidenceStore& store, Duration pull_lag) {
  const auto& settings = store.settings();
  Sources sources{};
  for (std::size_t i = 0; i < kSourceCount; ++i) {
    const auto source = static_cast<Source>(i);
    sources[i].state = store.state(source);
    sources[i].delay = settings.pushed(source) ? settings.lateness : pull_lag;
  }
  sources[static_cast<std::size_t>(Source::LatencySamples)].delay = settings.samples_lag;
  return sources;
}

void TallyGatherer::begin(std::chrono::minutes window, std::size_t tallies) {
  if (storage_.size() < tallies) storage_.resize(tallies);
  used_ = 0;
  for (std::size_t i = 0; i < kSourceCount; ++i) {
    const auto& watermark = context_.sources[i].state.watermark;
    answered_[i] = watermark && *watermark - window >= Minute{};
    if (!answered_[i]) continue;
    queries_[i] = {*watermark - window, *watermark, context_.policy.bad_allowed, context_.policy.unobserved_allowed};
  }
}

template <typename Ref, typename... Signals>
const SignalTally* TallyGatherer::tally(Ref ref, Source source, Signals... signal) {
  const auto i = static_cast<std::size_t>(source);
  if (!answered_[i]) return nullptr;
  DZ_CHECK(used_ < storage_.size());
  auto& slot = storage_[used_++];
  slot = store_.tally(ref, signal..., queries_[i]);
  return &slot;
}

PortTallies TallyGatherer::port(InterfaceRef ref) {
  return {tally(ref, Source::Counters, Signal::Data), tally(ref, Source::Counters, Signal::Errors),
          tally(ref, Source::Counters, Signal::Utilization)};
}

LinkTallies TallyGatherer::link_now(const LinkSubjects& subjects, bool with_probes) {
  LinkTallies tallies{port(subjects.a), port(subjects.z), nullptr, nullptr};
  if (!with_probes) return tallies;
  tallies.az_probes = tally(subjects.az, Source::LatencySamples);
  tallies.za_probes = tally(subjects.za, Source::LatencySamples);
  return tallies;
}

const LinkTallies& TallyGatherer::link(const LinkSubjects& subjects, std::chrono::minutes window) {
  begin(window, kLinkTallies);
  link_ = link_now(subjects, true);
  return link_;
}

const DeviceTallies& TallyGatherer::device(const DeviceSubjects& subjects, std::chrono::minutes window) {
  begin(window, kDeviceTallies + kPortTallies * (subjects.dia.size() + subjects.cyoa.size()) +
                    kLinkTallies * subjects.links.size());
  device_.dia.clear();
  device_.cyoa.clear();
  device_.links.clear();
  device_.reporting = tally(subjects.device, Source::Counters, Signal::Reporting);
  device_.config_agent = tally(subjects.device, Source::ConfigAgent, Signal::ConfigAgent);
  device_.telemetry_agent = tally(subjects.device, Source::LatencySamples, Signal::TelemetryAgent);
  for (const auto& p : subjects.dia) device_.dia.push_back({p.port, port(p.ref)});
  for (const auto& p : subjects.cyoa) device_.cyoa.push_back({p.port, port(p.ref)});
  for (const auto& l : subjects.links) {
    const bool known = l.judged != nullptr && l.judged->window == window;
    device_.links.push_back(
        {l.link, l.port, known ? l.judged->up : judge_link(link_now(l.subjects, false), window, context_)});
  }
  const auto qa = static_cast<std::size_t>(Source::Qa);
  device_.qa = nullptr;
  if (answered_[qa]) {
    qa_ = store_.qa(subjects.key, queries_[qa].from, queries_[qa].to);
    device_.qa = &qa_;
  }
  return device_;
}

}  // namespace dz
