// Line protocol to rings, and rings to tallies, at the size the design names: 10,000 links.
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "base/check.h"
#include "evidence/evidence.h"
#include "evidence/snapshot.h"
#include "wire/row_reader.h"

namespace dz {
namespace {

constexpr int kLinks = 10'000;
constexpr int kLinksPerDevice = 4;  // as side A; as many as side Z
constexpr int kDevices = kLinks / kLinksPerDevice;
const Minute kDay = minute_of(*parse_timestamp("2026-11-23T00:00:00Z"));

Timestamp at(int minute, double seconds) {
  return Timestamp{kDay + std::chrono::minutes{minute}} + Duration{static_cast<std::int64_t>(seconds * 1e6)};
}

Pubkey key_of(int kind, int n) {
  Pubkey key;
  key.bytes[0] = static_cast<std::uint8_t>(n);
  key.bytes[1] = static_cast<std::uint8_t>(n >> 8);
  key.bytes[2] = static_cast<std::uint8_t>(n >> 16);
  key.bytes[3] = static_cast<std::uint8_t>(kind);
  return key;
}

struct LinkEnd {
  evidence::InterfaceRef interface;
  evidence::DirectionRef direction;
};

// A network that has been watched for a day. `dark`: for three minutes six hours ago nothing was accepted, and one
// end in a hundred had an error since, so that hardly a window is clean.
class Network {
 public:
  explicit Network(bool dark) : dark_(dark) {
    for (int i = 0; i < 2 * kLinks; ++i) {
      const auto device = key_of(1, i % kDevices);
      LinkEnd end;
      end.interface =
          evidence_.interface_for_rows(device, fmt::format("Ethernet{}/1", i / kDevices + 1), Timestamp{}).value();
      ends_.push_back(end);
    }
    for (; minute_ < 1441;) live_one_minute();
    for (int i = 0; i < 2 * kLinks; ++i) {
      auto& end = ends_[static_cast<std::size_t>(i)];
      end.direction = evidence_.find_direction(key_of(2, i), key_of(1, i % kDevices));
    }
  }

  void live_one_minute() {
    const int m = minute_++;
    const bool accepted = !dark_ || m < 1080 || m >= 1083;
    const auto value = static_cast<std::uint64_t>(m + 1) * 1000;
    for (std::size_t i = 0; i < ends_.size() && accepted; ++i) {
      evidence::CounterRow row{at(m, 20), value, value, {}, {}, {}};
      (void)evidence_.add_counters(ends_[i].interface, row, at(m, 20));
      if (dark_ && i % 100 == 0 && m % 300 == 0) {
        (void)evidence_.add_counters(ends_[i].interface, {at(m, 21), {}, {}, value, {}, {}}, at(m, 21));
      }
    }
    if (accepted) evidence_.accepting(at(m < 1083 ? 0 : (dark_ ? 1083 : 0), 0), at(m + 1, 30));
    evidence_.advance(at(m + 1, 30));
    read_samples(m);
  }

  // The whole network's tallies, as a pass asks for them.
  std::int64_t pass(int unobserved_allowed) const {
    const auto counters = *evidence_.state(evidence::Source::Counters).watermark;
    const auto samples = *evidence_.state(evidence::Source::LatencySamples).watermark;
    const evidence::TallyQuery of_counters{counters - evidence::kLongestWindow, counters, 0, unobserved_allowed};
    const evidence::TallyQuery of_samples{samples - evidence::kLongestWindow, samples, 0, unobserved_allowed};
    std::int64_t good = 0;
    for (const auto& end : ends_) {
      for (const auto signal : {evidence::Signal::Data, evidence::Signal::Errors, evidence::Signal::Utilization}) {
        good += evidence_.tally(end.interface, signal, of_counters).good;
      }
      good += evidence_.tally(end.direction, of_samples).good;
    }
    return good;
  }

  const evidence::Evidence& evidence() const { return evidence_; }

 private:
  void read_samples(int m) {
    std::vector<evidence::SampleRead> reads;
    for (int i = 0; i < 2 * kLinks; ++i) {
      evidence::SampleRead read;
      read.account = key_of(3, i);
      read.samples.link = key_of(2, i);
      read.samples.origin_device = key_of(1, i % kDevices);
      read.samples.sampling_interval_us = 60'000'000;  // one a minute keeps the set-up short
      read.samples.start_timestamp_us = static_cast<std::uint64_t>(at(0, 0).time_since_epoch().count());
      read.samples.rtt_us.assign(1, 1500);
      read.first_index = static_cast<std::uint32_t>(m);
      reads.push_back(std::move(read));
    }
    evidence_.observe_samples(at(m + 1, 0), reads);
  }

  bool dark_;
  int minute_ = 0;
  evidence::Evidence evidence_;
  std::vector<LinkEnd> ends_;
};

Network& network(bool dark) {
  static std::unique_ptr<Network> networks[2];
  auto& found = networks[dark ? 1 : 0];
  if (!found) found = std::make_unique<Network>(dark);
  return *found;
}

// Nothing remembered: the first question about a minute is, and the loop asks with another allowance, so every tally is
// a recount.
void FullPass(benchmark::State& state) {
  auto& net = network(state.range(0) != 0);
  (void)net.pass(14);
  for (auto _ : state) benchmark::DoNotOptimize(net.pass(13));
  state.SetItemsProcessed(state.iterations() * kLinks);
}
BENCHMARK(FullPass)->ArgName("dark")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

void PassWithOneMinuteClosed(benchmark::State& state) {
  auto& net = network(state.range(0) != 0);
  (void)net.pass(15);
  for (auto _ : state) {
    state.PauseTiming();
    net.live_one_minute();
    state.ResumeTiming();
    benchmark::DoNotOptimize(net.pass(15));
  }
  state.SetItemsProcessed(state.iterations() * kLinks);
}
BENCHMARK(PassWithOneMinuteClosed)->ArgName("dark")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->Iterations(40);

void PassWithNothingNew(benchmark::State& state) {
  auto& net = network(false);
  (void)net.pass(15);
  for (auto _ : state) benchmark::DoNotOptimize(net.pass(15));
}
BENCHMARK(PassWithNothingNew)->Unit(benchmark::kMillisecond);

void Snapshot(benchmark::State& state) {
  const auto& evidence = network(state.range(0) != 0).evidence();
  std::size_t size = 0;
  for (auto _ : state) size = snapshot_of(evidence).size();
  state.counters["bytes"] = static_cast<double>(size);
}
BENCHMARK(Snapshot)->ArgName("dark")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

// One minute of a fleet of 96 devices with 40 interfaces, a row every 2 s each, as EOS writes it.
class Minutes {
 public:
  static constexpr int kFleet = 96, kPorts = 40, kRows = 30;
  static constexpr int kRowsPerMinute = kFleet * kPorts * kRows;

  Minutes() {
    for (int d = 0; d < kFleet; ++d) {
      for (int p = 1; p <= kPorts; ++p) {
        series_.push_back(
            fmt::format("intfCounters,dzd_pubkey={},host=fra-dz{:03},intf=Ethernet{}/1,location=xfra,"
                        "model_name=DCS-7280CR3A-32S,serial_number=JPE{:08}",
                        to_text(key_of(1, d)), d, p, d));
      }
    }
  }

  const std::string& next() {
    body_.clear();
    for (int r = 0; r < kRows; ++r) {
      const auto nanos = std::chrono::nanoseconds(at(minute_, 2 * r).time_since_epoch()).count();
      const auto n = static_cast<std::int64_t>(minute_) * kRows + r;
      for (const auto& series : series_) {
        fmt::format_to(std::back_inserter(body_),
                       "{} in-octets={}i,out-octets={}i,in-pkts={}i,out-pkts={}i,in-unicast-pkts={}i,"
                       "out-unicast-pkts={}i,in-multicast-pkts={}i,out-multicast-pkts={}i,in-broadcast-pkts={}i,"
                       "out-broadcast-pkts={}i {}\n",
                       series, 918273645546 + n * 7000, 818273645001 + n * 6000, 1234567890 + n * 9, 1134567890 + n * 8,
                       1234000000 + n * 7, 1134000000 + n * 6, 560000 + n, 560100 + n, 7890 + n, 7790 + n, nanos);
      }
    }
    ++minute_;
    return body_;
  }
  Timestamp now() const { return at(minute_, 30); }

 private:
  std::vector<std::string> series_;
  std::string body_;
  int minute_ = 0;
};

void LinesToRows(benchmark::State& state) {
  Minutes minutes;
  wire::RowReader reader;
  const auto body = minutes.next();
  for (auto _ : state) {
    reader.start(body, wire::Precision::Nanoseconds, minutes.now());
    int rows = 0;
    while (reader.next() != nullptr) ++rows;
    DZ_CHECK(rows == Minutes::kRowsPerMinute);
  }
  state.SetItemsProcessed(state.iterations() * Minutes::kRowsPerMinute);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}
BENCHMARK(LinesToRows)->Unit(benchmark::kMillisecond);

void LinesToRings(benchmark::State& state) {
  Minutes minutes;
  wire::RowReader reader;
  evidence::Evidence evidence;
  std::size_t bytes = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const auto& body = minutes.next();
    bytes += body.size();
    state.ResumeTiming();
    reader.start(body, wire::Precision::Nanoseconds, minutes.now());
    while (const auto* row = reader.next()) {
      const auto& series = *row->series;
      evidence::InterfaceRef interface;
      if (series.memo == wire::Series::kNoMemo)
        series.memo = evidence.interface_for_rows(series.device, series.interface, Timestamp{})->index;
      interface.index = static_cast<std::uint32_t>(series.memo);
      (void)evidence.add_counters(
          interface, {row->at, row->in_octets, row->out_octets, row->in_errors, row->out_errors, row->in_fcs_errors},
          minutes.now());
    }
    evidence.accepting(at(0, 0), minutes.now());
    evidence.advance(minutes.now());
  }
  state.SetItemsProcessed(state.iterations() * Minutes::kRowsPerMinute);
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(LinesToRings)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dz

BENCHMARK_MAIN();
