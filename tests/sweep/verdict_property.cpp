#include "verdict_property.h"

#include <deque>
#include <random>

#include <fmt/format.h>

#include "naive_verdict.h"
#include "verdict/assessment.h"

namespace dz::verdict {
namespace {

using evidence::MinuteState;
using evidence::Source;
using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp kStart{std::chrono::hours{494'000}};

Judgement judgement_of(naive::Answer answer) {
  constexpr std::array kAll{Judgement::Met, Judgement::NotMet, Judgement::Unknown, Judgement::NotApplicable};
  return kAll[static_cast<std::size_t>(answer)];
}

// One case: what is drawn goes to both sides, which share nothing but these numbers.
class RandomCase {
 public:
  explicit RandomCase(std::uint64_t seed) : random_(seed) {
    draw_rules();
    draw_feeds();
    record_memory();
  }

  std::string compare_link();
  std::string compare_device();

 private:
  int between(int from, int to) {
    return from + static_cast<int>(random_() % static_cast<std::uint64_t>(to - from + 1));
  }
  bool chance(int percent) { return between(0, 99) < percent; }

  void draw_rules();
  void draw_feeds();
  void record_memory();
  Mode draw_mode(CriterionId id);
  NaiveSeries draw_minutes(Source source);
  // The series as a tally over the window that the record is judged over; null without a watermark.
  const evidence::SignalTally* tally_of(const NaiveSeries& series, Source source);
  PortTallies draw_port(std::vector<NaiveSeries>& signals);
  void draw_qa();
  std::string compare(const Assessment& judged);
  std::string compare_time(const Assessment& judged);

  std::mt19937_64 random_;
  Policy policy_;
  Sources sources_{};
  naive::Case naive_;
  Health health_ = Health::Pending;
  Status status_ = Status::HardDrained;
  RecordMemory memory_;
  std::deque<evidence::SignalTally> tallies_;
  evidence::QaEvidence qa_;
  std::vector<std::pair<CriterionId, naive::Answer>> expected_;
};

void RandomCase::draw_rules() {
  auto& r = naive_.rules;
  r.window = minutes{between(12, 45)};
  r.recovery = minutes{between(12, 45)};
  r.stale = minutes{between(3, 10)};
  r.hold = minutes{between(0, 30)};
  r.bad = chance(70) ? 0 : between(1, 4);
  r.unobserved = between(0, 6);
  r.qa_successes = between(1, 3);
  r.qa_gap = r.qa_stale = minutes{between(4, 20)};
  policy_.window = r.window;
  policy_.recovery_window = r.recovery;
  policy_.max_staleness = r.stale;
  policy_.max_hold = r.hold;
  policy_.bad_allowed = r.bad;
  policy_.unobserved_allowed = r.unobserved;
  policy_.qa.successes = r.qa_successes;
  policy_.qa.max_gap = r.qa_gap;
  naive_.now = kStart + seconds{between(0, 7200)};
}

void RandomCase::draw_feeds() {
  for (std::size_t i = 0; i < evidence::kNamedSources; ++i) {
    auto& feed = naive_.feeds[i];
    feed.delay = seconds{between(0, 150)};
    feed.disputed = chance(4);
    auto watermark = minute_of(naive_.now - feed.delay);
    if (chance(20)) watermark -= minutes{between(1, 14)};
    if (!chance(4)) feed.watermark = watermark;
    sources_[i] = {{feed.watermark, std::nullopt, 0}, feed.delay, feed.disputed};
  }
}

void RandomCase::record_memory() {
  constexpr std::array kHealths{Health::Unknown, Health::Pending, Health::Healthy, Health::Impaired};
  constexpr std::array kStatuses{Status::Activated, Status::SoftDrained, Status::HardDrained};
  health_ = kHealths[static_cast<std::size_t>(between(0, 3))];
  status_ = kStatuses[static_cast<std::size_t>(between(0, 2))];
  naive_.activated = status_ == Status::Activated;
  naive_.was_in_service = health_ == Health::Healthy || health_ == Health::Impaired;
  naive_.present_since = naive_.now - seconds{chance(30) ? between(0, 300) : between(300, 6000)};
  naive_.known_at = naive_.now - seconds{between(0, 2700)};
  memory_.seen = true;
  memory_.status = status_;
  memory_.present_since = naive_.present_since;
  memory_.evidence_known_at = naive_.known_at;
}

Mode RandomCase::draw_mode(CriterionId id) {
  const auto mode = chance(75) ? Mode::Enforce : chance(50) ? Mode::Shadow : Mode::Off;
  policy_.of(id).mode = mode;
  return mode;
}

NaiveSeries RandomCase::draw_minutes(Source source) {
  const auto& watermark = naive_.feeds[static_cast<std::size_t>(source)].watermark;
  NaiveSeries series;
  constexpr int kLong = 70;
  const auto end = watermark.value_or(minute_of(naive_.now));
  series.start = end - minutes{kLong};
  series.minutes.resize(kLong);
  // A source that never answered has shown nothing.
  if (!watermark) series.minutes.assign(kLong, {MinuteState::Unobserved, 0, false});
  const int flaws = chance(60) ? 0 : between(1, 6);
  for (int i = 0; i < flaws; ++i) {
    const auto at = static_cast<std::size_t>(chance(30) ? between(kLong - 8, kLong - 1) : between(0, kLong - 1));
    const auto last = std::min(at + static_cast<std::size_t>(between(1, 4)), series.minutes.size());
    const bool bad = chance(50);
    for (auto k = at; k < last; ++k) {
      if (watermark) series.minutes[k] = {bad ? MinuteState::Bad : MinuteState::Unobserved, 0, bad && chance(20)};
    }
  }
  return series;
}

const evidence::SignalTally* RandomCase::tally_of(const NaiveSeries& series, Source source) {
  const auto& watermark = naive_.feeds[static_cast<std::size_t>(source)].watermark;
  if (!watermark) return nullptr;
  const auto window = naive_.was_in_service ? naive_.rules.recovery : naive_.rules.window;
  tallies_.push_back(naive_tally(series, {*watermark - window, *watermark, naive_.rules.bad, naive_.rules.unobserved}));
  return &tallies_.back();
}

PortTallies RandomCase::draw_port(std::vector<NaiveSeries>& signals) {
  PortTallies port;
  for (auto* tally : {&port.data, &port.errors, &port.utilization}) {
    signals.push_back(draw_minutes(Source::Counters));
    *tally = tally_of(signals.back(), Source::Counters);
  }
  return port;
}

void RandomCase::draw_qa() {
  const auto& watermark = naive_.feeds[static_cast<std::size_t>(Source::Qa)].watermark;
  const auto window = naive_.was_in_service ? naive_.rules.recovery : naive_.rules.window;
  const auto end = watermark.value_or(minute_of(naive_.now));
  for (auto at = Timestamp{end - minutes{60}} + seconds{between(0, 400)}; at < Timestamp{end};
       at += seconds{between(60, 900)}) {
    if (chance(12)) continue;
    std::optional<bool> own;
    if (!chance(10)) own = !chance(7);
    naive_.qa.push_back({at, own});
  }
  if (!watermark) return;
  qa_.from = *watermark - window;
  qa_.to = *watermark;
  for (const auto& run : naive_.qa) {
    if (run.at < Timestamp{qa_.from} || run.at >= Timestamp{qa_.to}) continue;
    if (run.own) qa_.results.push_back({run.at, *run.own});
    qa_.fleet_runs.push_back(run.at);
  }
}

std::string RandomCase::compare_link() {
  using enum CriterionId;
  Link link;
  link.health = health_;
  link.status = status_;
  const bool wanted = chance(80);
  link.desired_status = wanted ? DesiredStatus::Activated : DesiredStatus::HardDrained;
  naive_.records = {{draw_mode(LinkDrained) == Mode::Enforce, status_ != Status::Activated},
                    {draw_mode(LinkDesiredActivated) == Mode::Enforce, wanted}};
  LinkTallies tallies;
  const auto add = [&](CriterionId id, Source source) {
    const bool enforced = draw_mode(id) == Mode::Enforce;
    naive_.evidence.push_back({enforced, static_cast<int>(source), {{draw_minutes(source)}}});
    expected_.emplace_back(id, naive::criterion(naive_, naive_.evidence.back()));
    return tally_of(naive_.evidence.back().any_of[0][0], source);
  };
  tallies.a = {add(LinkAData, Source::Counters), add(LinkAErrors, Source::Counters),
               add(LinkAUtilization, Source::Counters)};
  tallies.z = {add(LinkZData, Source::Counters), add(LinkZErrors, Source::Counters),
               add(LinkZUtilization, Source::Counters)};
  tallies.az_probes = add(LinkAzProbes, Source::LatencySamples);
  tallies.za_probes = add(LinkZaProbes, Source::LatencySamples);
  Assessment judged;
  assess_link({link, tallies, memory_}, {policy_, sources_, naive_.now}, judged);
  return compare(judged);
}

std::string RandomCase::compare_device() {
  using enum CriterionId;
  Device device;
  device.health = health_;
  device.status = status_;
  device.type = chance(25) ? DeviceType::Transit : DeviceType::Hybrid;
  device.public_ip = ipv4_from(chance(90) ? 0x2D200A01U : 0U);
  const int prefix = between(27, 31);
  device.dz_prefixes = {*parse_network(fmt::format("45.33.0.0/{}", prefix))};
  device.max_users = chance(80) ? 0 : 5;
  device.metrics_publisher.bytes[0] = 7;  // or no minute that is to come brings samples
  std::deque<Interface> ports;
  std::deque<Link> links;
  DeviceTallies tallies;
  bool dia = false, link_port = false;

  naive::Evidence dia_up{true, static_cast<int>(Source::Counters), {}}, link_up = dia_up;
  for (int i = between(0, 2); i > 0; --i) {
    auto& port = ports.emplace_back();
    port.status = chance(75) ? InterfaceStatus::Activated : InterfaceStatus::Unlinked;
    std::vector<NaiveSeries> signals;
    tallies.dia.push_back({&port, draw_port(signals)});
    if (port.status != InterfaceStatus::Activated) continue;
    dia = true;
    dia_up.any_of.push_back(std::move(signals));
  }
  const AssessmentContext context{policy_, sources_, naive_.now};
  for (int i = between(0, 2); i > 0; --i) {
    auto& port = ports.emplace_back();
    port.status = chance(75) ? InterfaceStatus::Activated : InterfaceStatus::Unlinked;
    link_port |= port.status == InterfaceStatus::Activated;
    constexpr std::array kStatuses{Status::Activated, Status::SoftDrained, Status::HardDrained, Status::Requested};
    auto& link = links.emplace_back();
    link.status = kStatuses[static_cast<std::size_t>(between(0, 3))];
    std::vector<NaiveSeries> signals;
    LinkTallies both;
    both.a = draw_port(signals);
    both.z = draw_port(signals);
    tallies.links.push_back({&link, &port, judge_link(both, window_for(policy_, health_, status_), context)});
    if (link.status != Status::Requested) link_up.any_of.push_back(std::move(signals));
  }
  naive_.records = {{draw_mode(DevicePublicIp) == Mode::Enforce, device.public_ip != Ipv4{}},
                    {draw_mode(DeviceDzPrefix) == Mode::Enforce, prefix <= 29},
                    {draw_mode(DeviceMaxUsersZero) == Mode::Enforce, device.max_users == 0},
                    {draw_mode(DeviceHardDrained) == Mode::Enforce, status_ == Status::HardDrained},
                    {draw_mode(DeviceDiaInterface) == Mode::Enforce, dia},
                    {draw_mode(DeviceLinkInterface) == Mode::Enforce, link_port}};
  const auto take = [&](CriterionId id, naive::Evidence e) {
    e.enforced = draw_mode(id) == Mode::Enforce;
    expected_.emplace_back(id, naive::criterion(naive_, e));
    naive_.evidence.push_back(std::move(e));
  };
  take(DeviceDiaUp, std::move(dia_up));
  take(DeviceLinkUp, std::move(link_up));
  const auto own = [&](CriterionId id, Source source) {
    const auto series = draw_minutes(source);
    take(id, {true, static_cast<int>(source), {{series}}});
    return tally_of(series, source);
  };
  tallies.reporting = own(DeviceReporting, Source::Counters);
  tallies.config_agent = own(DeviceConfigAgent, Source::ConfigAgent);
  tallies.telemetry_agent = own(DeviceTelemetryAgent, Source::LatencySamples);
  naive_.qa_enforced = draw_mode(DeviceQa) == Mode::Enforce;
  naive_.qa_applies = device.type != DeviceType::Transit;
  policy_.of(DeviceCyoaUp).mode = Mode::Shadow;
  draw_qa();
  if (naive_.feeds[static_cast<std::size_t>(Source::Qa)].watermark) tallies.qa = &qa_;
  expected_.emplace_back(DeviceQa, naive::qa(naive_));
  Assessment judged;
  assess_device({device, tallies, memory_}, context, judged);
  return compare(judged);
}

std::string RandomCase::compare(const Assessment& judged) {
  std::string out;
  for (const auto& [id, answer] : expected_) {
    const auto* finding = judged.find(id);
    if (finding == nullptr) return fmt::format("{} was not judged", criterion(id).name);
    if (finding->judgement != judgement_of(answer)) {
      out += fmt::format("{}: judged {}, expected {}. ", criterion(id).name, to_text(finding->judgement),
                         to_text(judgement_of(answer)));
    }
  }
  const auto t = naive::together(naive_);
  if (judged.evidence_judgement != judgement_of(t.evidence)) {
    out += fmt::format("the evidence: judged {}, expected {}. ", to_text(judged.evidence_judgement),
                       to_text(judgement_of(t.evidence)));
  }
  const auto record = naive::asks_record(naive_, health_) ? judgement_of(t.record) : Judgement::NotApplicable;
  if (judged.record_judgement != record) {
    out += fmt::format("the record: judged {}, expected {}. ", to_text(judged.record_judgement), to_text(record));
  }
  const auto expected = naive::next(naive_, health_);
  if (judged.to != expected) {
    out += fmt::format("{} {}: judged {}, expected {}. ", to_text(health_), to_text(status_), to_text(judged.to),
                       to_text(expected));
  }
  return out + compare_time(judged);
}

// The time that is named is never after the one that comes; QA has no minutes to count ahead.
std::string RandomCase::compare_time(const Assessment& judged) {
  const bool moves = judged.to != health_;  // it may be judged over another window then
  if (moves || (naive_.qa_enforced && naive_.qa_applies)) return {};
  if (health_ != Health::Healthy && !naive::time_brings_all(naive_)) {
    if (!judged.healthy_at) return {};
    return fmt::format("time does not bring it, and {} is named. ", dz::to_text(*judged.healthy_at));
  }
  if (!chance(20)) return {};
  constexpr minutes kMost{130};
  const auto comes = naive::healthy_from(naive_, health_, kMost);
  if (!comes) return {};
  const bool is_late = naive::some_source_is_late(naive_);
  if (!judged.healthy_at) {
    return is_late ? std::string() : fmt::format("healthy at {}, and no time is named. ", dz::to_text(*comes));
  }
  // What a late source leaves out may be the time of the sooner of two candidates.
  if (*judged.healthy_at <= *comes || (is_late && naive::has_a_choice(naive_))) return {};
  return fmt::format("healthy at {}, and {} is named. ", dz::to_text(*comes), dz::to_text(*judged.healthy_at));
}

}  // namespace

std::string judge_a_random_case(std::uint64_t seed) {
  RandomCase one(seed);
  return seed % 2 == 0 ? one.compare_link() : one.compare_device();
}

}  // namespace dz::verdict
