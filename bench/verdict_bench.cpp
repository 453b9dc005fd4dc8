// The cost of verdicts: passes over 10,000 links and 500 devices with 24 h of evidence in the real rings, and texts.
#include <benchmark/benchmark.h>

#include "attest/state_change.h"
#include "control/plan_monitor.h"
#include "verdict/page.h"

namespace dz {
namespace {

using namespace std::chrono_literals;

constexpr Minute kStart{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};
constexpr int kLinks = 10'000, kDevices = 500;
constexpr int kPorts = 2 * kLinks / kDevices;  // of a device; the last one is also its DIA port

Pubkey key_of(char kind, int n) {
  Pubkey key;
  key.bytes[0] = static_cast<std::uint8_t>(n);  // the first bytes are hashed
  key.bytes[1] = static_cast<std::uint8_t>(n >> 8);
  key.bytes[8] = static_cast<std::uint8_t>(kind);
  return key;
}

struct Network {
  Network() {
    for (int d = 0; d < kDevices; ++d) add_device(d);
    for (int l = 0; l < kLinks; ++l) add_link(l);
    for (const auto& [key, device] : devices) {
      for (const auto& port : device.interfaces)
        ports.push_back(*evidence.interface_for_rows(key, port.name, Timestamp{}));
    }
    while (fed < kStart + 24h + 5min) feed();
  }

  void add_device(int d) {
    auto& device = devices[key_of('d', d)];
    device.code = "dev" + std::to_string(d);
    device.status = d % 2 == 0 ? Status::Activated : Status::HardDrained;
    device.health = Health::Healthy;
    device.interfaces.resize(kPorts);
    for (int p = 0; p < kPorts; ++p) {
      device.interfaces[static_cast<std::size_t>(p)].name = "Ethernet" + std::to_string(p + 1);
      device.interfaces[static_cast<std::size_t>(p)].status = InterfaceStatus::Activated;
    }
    device.interfaces.back().dia = Dia::Dia;
  }

  void add_link(int l) {
    auto& link = links[key_of('l', l)];
    link.code = "link" + std::to_string(l);
    link.side_a = key_of('d', l % kDevices);
    link.side_z = key_of('d', (l + 1) % kDevices);
    link.side_a_iface = "Ethernet" + std::to_string(l / kDevices + 1);
    link.side_z_iface = "Ethernet" + std::to_string(l / kDevices + 1 + kPorts / 2);
    link.status = l % 2 == 0 ? Status::Activated : Status::HardDrained;
    link.health = Health::Healthy;
  }

  // One minute of rows; one port in a hundred has an error at some minute of the day.
  void feed() {
    const auto at = Timestamp{fed} + 20s;
    octets += 1000;
    const auto n = static_cast<std::size_t>((fed - kStart).count());
    for (std::size_t i = 0; i < ports.size(); ++i) {
      evidence::CounterRow row{at, octets, octets, {}, {}, {}};
      if (i % 100 == 0) row.in_errors = n > 700 + i % 300 ? 5 : 4;
      evidence.add_counters(ports[i], row, at);
    }
    for (const auto& [key, device] : devices) evidence.add_getconfig(key, at, 1, at);
    fed += 1min;
    evidence.accepting(kStart - 1min, Timestamp{fed} + 30s);
    evidence.advance(Timestamp{fed} + 30s);
  }

  control::MonitorInputs inputs(const verdict::Policy& policy) const {
    return {links, devices, 1, evidence, policy, control::WriteMode::Write, true, Timestamp{fed} + 30s};
  }

  std::map<Pubkey, Link> links;
  std::map<Pubkey, Device> devices;
  evidence::Evidence evidence;
  std::vector<evidence::InterfaceRef> ports;
  Minute fed = kStart;
  std::uint64_t octets = 1;
};

Network& network() {
  static Network instance;
  return instance;
}

// Every link judged, findings and all; what was counted of the rings at the last pass is still there.
void BM_FullPassOverLinks(benchmark::State& state) {
  auto& net = network();
  const std::map<Pubkey, Device> no_devices;
  control::RecordBook book;
  const verdict::Policy policy;
  bool writable = false;
  for (auto _ : state) {
    writable = !writable;  // another ground: nothing is left alone
    const control::MonitorInputs inputs{
        net.links, no_devices, 1, net.evidence, policy, control::WriteMode::Write, writable, Timestamp{net.fed} + 30s};
    benchmark::DoNotOptimize(plan_monitor(inputs, book).changes.size());
  }
}
BENCHMARK(BM_FullPassOverLinks)->Unit(benchmark::kMillisecond);

// The same from rings never counted before, as after a start: another allowance forgets what was counted.
void BM_FullPassOverLinksCold(benchmark::State& state) {
  auto& net = network();
  const std::map<Pubkey, Device> no_devices;
  control::RecordBook book;
  verdict::Policy policy;
  for (auto _ : state) {
    policy.unobserved_allowed = policy.unobserved_allowed == 15 ? 16 : 15;
    const control::MonitorInputs inputs{
        net.links, no_devices, 1, net.evidence, policy, control::WriteMode::Write, true, Timestamp{net.fed} + 30s};
    benchmark::DoNotOptimize(plan_monitor(inputs, book).changes.size());
  }
}
BENCHMARK(BM_FullPassOverLinksCold)->Unit(benchmark::kMillisecond);

void BM_FullPassWithDevices(benchmark::State& state) {
  auto& net = network();
  control::RecordBook book;
  const verdict::Policy policy;
  auto inputs = net.inputs(policy);
  for (auto _ : state) {
    inputs.can_write = !inputs.can_write;
    benchmark::DoNotOptimize(plan_monitor(inputs, book).changes.size());
  }
}
BENCHMARK(BM_FullPassWithDevices)->Unit(benchmark::kMillisecond);

void BM_PassAgain(benchmark::State& state) {
  auto& net = network();
  control::RecordBook book;
  const verdict::Policy policy;
  for (auto _ : state) benchmark::DoNotOptimize(plan_monitor(net.inputs(policy), book).changes.size());
}
BENCHMARK(BM_PassAgain)->Unit(benchmark::kMillisecond);

void BM_PassAfterOneMinuteClosed(benchmark::State& state) {
  auto& net = network();
  control::RecordBook book;
  const verdict::Policy policy;
  plan_monitor(net.inputs(policy), book);
  double assessed = 0;
  for (auto _ : state) {
    state.PauseTiming();
    net.feed();
    state.ResumeTiming();
    const auto plan = plan_monitor(net.inputs(policy), book);
    assessed += plan.assessed;
    benchmark::DoNotOptimize(plan.changes.size());
  }
  state.counters["assessed"] = benchmark::Counter(assessed, benchmark::Counter::kAvgIterations);
}
BENCHMARK(BM_PassAfterOneMinuteClosed)->Unit(benchmark::kMillisecond)->Iterations(50);

struct OneLink {
  OneLink() {
    const auto& [key, record] = *network().links.begin();
    link = record;
    sources = control::gather_sources(network().evidence);
    const verdict::AssessmentContext context{policy, sources, Timestamp{network().fed} + 30s};
    control::TallyGatherer gatherer(network().evidence, context);
    memory.present_since = network().fed - 24h;
    assess_link(
        {link, gatherer.link(control::resolve_link(network().evidence, policy, key, link), policy.window), memory},
        context, assessment);
  }
  Link link;
  verdict::Policy policy;
  verdict::Sources sources;
  verdict::RecordMemory memory;
  verdict::Assessment assessment;
};

void BM_AssessOneLink(benchmark::State& state) {
  auto& net = network();
  const auto& [key, link] = *net.links.begin();
  const verdict::Policy policy;
  const auto sources = control::gather_sources(net.evidence);
  const verdict::AssessmentContext context{policy, sources, Timestamp{net.fed} + 30s};
  control::TallyGatherer gatherer(net.evidence, context);
  const auto& tallies = gatherer.link(control::resolve_link(net.evidence, policy, key, link), policy.window);
  verdict::Assessment assessment;
  for (auto _ : state) {
    assess_link({link, tallies, {}}, context, assessment);
    benchmark::DoNotOptimize(assessment.count);
  }
}
BENCHMARK(BM_AssessOneLink)->Unit(benchmark::kNanosecond);

void BM_Sentence(benchmark::State& state) {
  const OneLink one;
  for (auto _ : state) benchmark::DoNotOptimize(render_sentence(verdict::JudgedRecord{one.link}, one.assessment));
}
BENCHMARK(BM_Sentence)->Unit(benchmark::kMicrosecond);

void BM_Explanation(benchmark::State& state) {
  const OneLink one;
  for (auto _ : state) benchmark::DoNotOptimize(render_explanation(verdict::JudgedRecord{one.link}, one.assessment));
}
BENCHMARK(BM_Explanation)->Unit(benchmark::kMicrosecond);

void BM_Report(benchmark::State& state) {
  const OneLink one;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        report_assessment(verdict::JudgedRecord{one.link}, one.assessment, one.sources).findings.size());
  }
}
BENCHMARK(BM_Report)->Unit(benchmark::kMicrosecond);

// What a decision costs: its report alone, and with what is stated about it. A pass with 1,000 changes does this for each.
void BM_Decision(benchmark::State& state) {
  auto& net = network();
  const bool stated = state.range(0) != 0;
  control::RecordBook book;
  const verdict::Policy policy;
  const auto inputs = net.inputs(policy);
  plan_monitor(inputs, book);
  const auto& key = net.links.begin()->first;
  const control::HealthChange change{.key = key, .from = Health::Pending, .to = Health::Healthy};
  std::size_t bytes = 0, criteria = 1;
  const control::UseJudged also = [&](const control::JudgedNow& judged) {
    const auto made = attest::state_change(change, judged, inputs, {}, {});
    bytes = encode(made.statement).size();
    criteria = made.statement.criteria.size();
    for (const auto& leaf : made.leaves) bytes += leaf.size();
  };
  for (auto _ : state) {
    benchmark::DoNotOptimize(report_record(inputs, book, key, {}, stated ? also : control::UseJudged{}));
  }
  state.counters["bytes_a_criterion"] = static_cast<double>(bytes) / static_cast<double>(criteria);
}
BENCHMARK(BM_Decision)->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace dz

BENCHMARK_MAIN();
