// Each kind of fault that the fleet knows (fleet/fault.h), given to one of its devices or links: the sentence of the
// record that suffers names its cause first, there is one incident for it with its records, and after the repair the
// cause leaves while the incident recovers, until it is over.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "fleet/fleet.h"
#include "fleet/ledger_bench.h"
#include "fleet/sample_writer.h"
#include "monitor/monitor.h"
#include "testbed/held_write.h"

namespace dz {
namespace {

using control::CauseKind;
using control::IncidentState;
using namespace std::chrono_literals;

constexpr Duration kCadence = 10s;
constexpr std::chrono::minutes kWindow{12};

struct FaultCase {
  const char* name;
  const char* fault;   // as the fleet reads it
  const char* record;  // that suffers
  CauseKind cause;
  const char* words;      // of the first sentence
  Duration shows{3min};   // until then it is named
  Duration leaves{100s};  // after the repair: the first clean minute, and the time in which it closes
  bool enforced = true;   // by the policy of the test: probes and QA too
};

void PrintTo(const FaultCase& tried, std::ostream* out) { *out << tried.fault; }

class FaultKinds : public testing::TestWithParam<FaultCase> {
 protected:
  FaultKinds() {
    keys_.monitor = monitor_key_.pubkey();
    EXPECT_TRUE(bench_.client.request_airdrop(monitor_key_.pubkey(), 1'000'000'000'000));
    EXPECT_TRUE(fleet::onboard({bench_.client, bench_.clock, wire::local_program_ids()}, topology_, keys_));
    const auto records = *client::fetch_snapshot(bench_.client, wire::local_program_ids());
    std::map<std::string, Pubkey> devices;
    for (const auto& [key, device] : records.devices) devices[device.code] = keys_by_code_[device.code] = key;
    for (const auto& [key, link] : records.links) keys_by_code_[link.code] = key;
    fleet_ = std::make_unique<fleet::Fleet>(topology_, devices,
                                            fleet::FleetOptions{.seed = 7, .start = bench_.now, .env = "local"});
    std::vector<fleet::SampleRoute> routes;
    for (const auto& d : fleet_->directions()) {
      routes.push_back(
          {d, {devices.at(d.origin), devices.at(d.target), keys_by_code_.at(d.link)}, &keys_.agents.at(d.origin)});
    }
    writer_ = std::make_unique<fleet::SampleWriter>(bench_.client, bench_.clock, wire::local_program_ids().telemetry,
                                                    std::move(routes));
    sampled_ = bench_.now;
    settings_.policy.window = settings_.policy.recovery_window = kWindow;
    using enum verdict::CriterionId;
    for (const auto id : {LinkAzProbes, LinkZaProbes}) settings_.policy.of(id).mode = verdict::Mode::Enforce;
    settings_.policy.of(DeviceQa).mode = verdict::Mode::Shadow;
    start();
  }

  // Every device has what publishes its samples.
  static fleet::FleetTopology network() {
    auto topology = fleet::carried_testnet(DZ_SOURCE_DIR);
    for (auto& device : topology.devices) device.has_metrics_publisher = true;
    return topology;
  }

  void start() {
    monitor_.reset();
    monitor_ = *monitor::Monitor::open(bench_.client, database_,
                                       {.settings = settings_,
                                        .ids = wire::local_program_ids(),
                                        .key = monitor_key_,
                                        .log = [](service::LogLevel, std::string_view, const service::LogFields&) {}},
                                       bench_.now);
  }

  void run(Duration time) {
    for (const auto end = bench_.now + time; bench_.now < end;) {
      bench_.now += 5s;
      bench_.ledger->advance(bench_.now);
      ASSERT_TRUE(bench_.ledger->commit());
      if ((bench_.now - begin_) / 10s != (last_lines_ - begin_) / 10s) send_lines();
      if (bench_.now - sampled_ >= 1min) write_samples();
      monitor_->step(bench_.now);
    }
  }
  void send_lines() {
    last_lines_ = bench_.now;
    std::string body;
    for (const auto& line : fleet_->lines_until(bench_.now, kCadence)) body += line + "\n";
    // A line that is refused, as those from the future are, is no fault of the test.
    if (!body.empty()) (void)testbed::held_write(*monitor_, {telemetry::WriteApi::V1, body, "", ""}, bench_.now);
  }
  void write_samples() {
    const auto to = bench_.now;
    for (std::size_t i = 0; i < writer_->routes(); ++i)
      writer_->add(i, fleet_->samples(writer_->direction(i), sampled_, to));
    sampled_ = to;
    (void)writer_->submit();
  }

  verdict::AssessmentReport about(const std::string& code) { return *monitor_->assessment(keys_by_code_.at(code)); }
  std::vector<control::Incident> incidents(IncidentState state) const {
    std::vector<control::Incident> found;
    for (const auto& i : monitor_->incidents().all()) {
      if (i.state == state) found.push_back(i);
    }
    return found;
  }
  Link bench_link() {
    return client::fetch_snapshot(bench_.client, wire::local_program_ids())
        ->links.at(keys_by_code_.at("fra-dz001:fra-dz-001-x"));
  }
  std::set<std::string> standing_subjects() const {
    std::set<std::string> subjects;
    for (const auto& i : monitor_->incidents().all()) subjects.insert(i.subject);
    return subjects;
  }
  std::string told() const {
    std::string text;
    for (const auto& i : monitor_->incidents().all()) {
      text += i.subject + ": " + std::string(to_text(i.cause.kind)) + " " + std::string(to_text(i.state)) + "\n";
    }
    return text;
  }
  // Runs until holds() does, at most that long.
  template <typename Holds>
  bool within(Duration time, const Holds& holds) {
    for (const auto end = bench_.now + time; bench_.now < end; run(5s)) {
      if (holds()) return true;
    }
    return holds();
  }

  fleet::LedgerBench bench_;
  const Timestamp begin_ = bench_.now;
  fleet::FleetTopology topology_ = network();
  wire::Keypair monitor_key_ = wire::Keypair::generate();
  fleet::OnboardingKeys keys_ = bench_.keys_for(topology_);
  std::map<std::string, Pubkey> keys_by_code_;
  std::unique_ptr<fleet::Fleet> fleet_;
  std::unique_ptr<fleet::SampleWriter> writer_;
  Timestamp sampled_, last_lines_ = begin_;
  monitor::MonitorSettings settings_;
  storage::SqliteDatabase database_ = *storage::SqliteDatabase::open(":memory:");
  std::unique_ptr<monitor::Monitor> monitor_;
};

TEST_P(FaultKinds, TheFirstSentenceNamesTheCauseAndTheIncidentEndsWithIt) {
  const auto& tried = GetParam();
  if (tried.cause == CauseKind::QaFailing) {
    settings_.policy.of(verdict::CriterionId::DeviceQa).mode = verdict::Mode::Enforce;
    start();
  }
  const std::string_view fault = tried.fault;
  if (fault.starts_with("flapping") || fault.starts_with("congested")) {  // in shadow by default
    using enum verdict::CriterionId;
    for (const auto one : {LinkACarrier, LinkZCarrier, LinkADiscards, LinkZDiscards})
      settings_.policy.of(one).mode = verdict::Mode::Enforce;
    start();
  }
  run(kWindow + 5min);
  const auto before = standing_subjects();
  ASSERT_FALSE(about(tried.record).cause) << about(tried.record).sentence;

  const auto id = *fleet_->add_fault(*fleet::parse_fault(tried.fault, bench_.now));
  const auto key = keys_by_code_.at(tried.record);
  const auto named = [&] {
    const auto cause = about(tried.record).cause;
    return cause && cause->kind == to_text(tried.cause);
  };
  ASSERT_TRUE(within(tried.shows, named)) << about(tried.record).sentence << "\n" << told();
  const auto report = about(tried.record);
  EXPECT_EQ(report.sentence.find(report.cause->sentence), 0U) << report.sentence;
  EXPECT_NE(report.cause->sentence.find(tried.words), std::string::npos) << report.sentence;
  EXPECT_EQ(report.advice.find(report.cause->to_do), 0U) << report.advice;
  const auto page = *monitor_->explain(key);
  EXPECT_NE(page.substr(0, page.find('\n')).find(report.cause->sentence), std::string::npos) << page;
  EXPECT_EQ(page.find("find out why"), std::string::npos) << page;

  run(1min);  // what else it shows in
  const auto* incident = monitor_->incidents().leading(key);
  ASSERT_NE(incident, nullptr) << told();
  EXPECT_EQ(incident->state, IncidentState::Failing);
  EXPECT_TRUE(std::binary_search(incident->records.begin(), incident->records.end(), key));
  const auto subject = incident->subject, incident_id = incident->id();
  auto after = standing_subjects();
  for (const auto& other : before) after.erase(other);
  EXPECT_EQ(after, std::set{subject}) << "one cause, one incident:\n" << told();

  start();  // the same after a restart, from its first pass on
  run(5s);
  ASSERT_NE(monitor_->incidents().leading(key), nullptr) << told();
  EXPECT_EQ(monitor_->incidents().leading(key)->id(), incident_id);
  const auto again = about(tried.record);
  ASSERT_TRUE(again.cause) << again.sentence;
  EXPECT_EQ(again.sentence.find(again.cause->sentence), 0U) << again.sentence;
  // By how much a clock is ahead is measured anew, within the time between two rows.
  const bool measured = tried.cause == CauseKind::ClockAhead;
  EXPECT_TRUE(measured || again.cause->sentence.find(tried.words) != std::string::npos) << again.sentence;
  EXPECT_EQ(again.cause->kind, report.cause->kind);
  for (const auto end = bench_.now + 3min; bench_.now < end; run(5s)) {  // whatever of it is known anew meanwhile
    const auto still = about(tried.record);
    EXPECT_TRUE(still.cause && still.cause->kind == report.cause->kind) << to_text(bench_.now) << " " << still.sentence;
  }

  run(minute_of(bench_.now) + 1min - bench_.now);
  EXPECT_TRUE(fleet_->end_fault(id, bench_.now) || tried.cause == CauseKind::CountersFell);
  const auto cause_left = [&] { return !about(tried.record).cause; };
  EXPECT_TRUE(within(tried.leaves, cause_left)) << about(tried.record).sentence << "\n" << told();
  EXPECT_EQ(about(tried.record).sentence.find(report.cause->sentence), std::string::npos);
  const auto recovering = [&](const std::string& what) {
    const auto all = incidents(IncidentState::Recovering);
    return std::any_of(all.begin(), all.end(), [&](const auto& i) { return i.subject == what; });
  };
  EXPECT_TRUE(recovering(subject) || !monitor_->incidents().of(key)) << told();
  EXPECT_TRUE(within(kWindow + 75min, [&] { return !standing_subjects().contains(subject); })) << told();
}

INSTANTIATE_TEST_SUITE_P(
    Fleet, FaultKinds,
    testing::Values(
        FaultCase{"Errors", "errors device=fra-dz001 interface=Switch1/11/1 counter=in-errors every=10s",
                  "fra-dz001:fra-dz-001-x", CauseKind::PortErrors, "fra-dz001 Switch1/11/1 has counted in-errors since",
                  3min, 160s},
        FaultCase{
            "ErrorsOfAParentPort", "errors device=lon-dz001 interface=Switch1/1/1 counter=in-fcs-errors every=10s",
            "lon-dz001:fra-dz001", CauseKind::ParentPort, "lon-dz001 Switch1/1/1, the parent port of ", 3min, 160s},
        FaultCase{"Silence", "silence device=ams-dz001", "ams-dz001:lon-dz001", CauseKind::DeviceSilent,
                  "ams-dz001 has been silent since"},
        FaultCase{"SilenceOfAPort", "silence device=fra-dz001 interface=Switch1/11/1", "fra-dz001:fra-dz-001-x",
                  CauseKind::PortSilent, "fra-dz001 Switch1/11/1 has sent no counter rows since"},
        FaultCase{"Idle", "idle device=fra-dz001 interface=Switch1/11/1", "fra-dz001:fra-dz-001-x", CauseKind::PortIdle,
                  "fra-dz001 Switch1/11/1 has carried no traffic since"},
        FaultCase{"IdleOfEveryPort", "idle device=fra-dz001", "fra-dz001:fra-dz-001-x", CauseKind::PortIdle,
                  "has carried no traffic since"},
        FaultCase{"Reset", "reset device=fra-dz001 interface=Switch1/11/1", "fra-dz001:fra-dz-001-x",
                  CauseKind::CountersFell, "counters below earlier ones", 3min, 12min},
        FaultCase{"Replay", "replay device=fra-dz001 interface=Switch1/11/1", "fra-dz001:fra-dz-001-x",
                  CauseKind::CountersFell, "counters below earlier ones", 3min, 12min},
        FaultCase{"NoConfigAgent", "no-config-agent device=ams-dz001", "ams-dz001", CauseKind::ConfigAgentMissing,
                  "the config agent of ams-dz001 has fetched no configuration since"},
        FaultCase{"NoTelemetryAgent", "no-telemetry-agent device=ams-dz001", "ams-dz001",
                  CauseKind::TelemetryAgentSilent, "the telemetry agent of ams-dz001 has written no latency samples",
                  8min, 6min},
        FaultCase{"QaFailure", "qa-failure device=ams-dz001", "ams-dz001", CauseKind::QaFailing,
                  "QA of ams-dz001 has failed since", 65min, 65min},
        FaultCase{"ProbeLoss", "probe-loss link=ams-dz001:lon-dz001 from=ams-dz001", "ams-dz001:lon-dz001",
                  CauseKind::ProbesLost,
                  "probes of ams-dz001:lon-dz001 from ams-dz001 to lon-dz001 have been lost since", 8min, 6min},
        FaultCase{"NoProbes", "no-probes link=lon-dz001:fra-dz001 from=lon-dz001", "lon-dz001:fra-dz001",
                  CauseKind::NoProbes, "from lon-dz001 to fra-dz001 have had no samples since", 8min, 6min},
        FaultCase{"Late", "late device=ams-dz001 delay=4m", "ams-dz001:lon-dz001", CauseKind::RowsLate,
                  "rows of ams-dz001 come ", 7min, 6min},
        FaultCase{"ClockSetBack", "wrong-clock device=ams-dz001 offset=-4m", "ams-dz001:lon-dz001", CauseKind::RowsLate,
                  "rows of ams-dz001 come ", 7min, 6min},
        FaultCase{"WrongClock", "wrong-clock device=ams-dz001 offset=9m", "ams-dz001:lon-dz001", CauseKind::ClockAhead,
                  "the clock of ams-dz001 is 9 min ahead", 1min, 1min},
        FaultCase{"Flapping", "flapping device=fra-dz001 interface=Switch1/11/1", "fra-dz001:fra-dz-001-x",
                  CauseKind::PortFlaps, "fra-dz001 Switch1/11/1 has lost its carrier again and again since", 3min,
                  160s},
        FaultCase{"FlappingOfAParentPort", "flapping device=lon-dz001 interface=Switch1/1/1", "lon-dz001:fra-dz001",
                  CauseKind::ParentPort, "lon-dz001 Switch1/1/1, the parent port of ", 3min, 160s},
        FaultCase{"Congested", "congested device=fra-dz001 interface=Switch1/11/1", "fra-dz001:fra-dz-001-x",
                  CauseKind::PortDiscards, "fra-dz001 Switch1/11/1 has discarded packets since", 3min, 160s}),
    [](const auto& test) { return std::string(test.param.name); });

// Half of the network silent at once: the source is suspected, the silent are named, and none of them reads as if its
// evidence were whole.
class MassSilenceOfTheFleet : public FaultKinds {};
TEST_P(MassSilenceOfTheFleet, NamesTheSilentAtEachOfThem) {
  run(kWindow + 5min);
  const std::vector<std::string> dark{"ams-dz001", "fra-dz001", "lax-dz001", "lon-dz001", "nyc-dz001", "sin-dz001"};
  for (const auto& code : dark)
    ASSERT_TRUE(fleet_->add_fault(*fleet::parse_fault("silence device=" + code, bench_.now)));
  run(4min);
  const std::string said = "6 of 9 devices fell silent together at ";
  for (const auto& code : dark) {
    const auto report = about(code);
    ASSERT_TRUE(report.cause) << report.sentence;
    EXPECT_EQ(report.cause->kind, "source-suspect");
    EXPECT_EQ(report.sentence.find(said), 0U) << report.sentence;
    for (const auto& other : dark) EXPECT_NE(report.sentence.find(other), std::string::npos) << report.sentence;
  }
  EXPECT_EQ(about("lon-dz001:fra-dz001").sentence.find(said), 0U);
  const auto sending = about("tyo-dz001");
  EXPECT_TRUE(std::any_of(sending.notes.begin(), sending.notes.end(), [&](const std::string& note) {
    return note.find(said) == 0;
  })) << "judged meanwhile";
  const auto& alarm = monitor_->announcer().alarms().front();
  EXPECT_EQ(alarm.kind, control::AlarmKind::MassSilence);
  EXPECT_EQ(alarm.silent.size(), 6U);
  EXPECT_EQ(alarm.devices, 9);
  ASSERT_EQ(monitor_->incidents().all().size(), 1U) << told();
  for (const auto& fault : std::vector(fleet_->faults())) fleet_->end_fault(fault.id, bench_.now);
  run(3min);
  EXPECT_TRUE(incidents(IncidentState::Failing).empty()) << told();
  EXPECT_TRUE(within(kWindow + 5min, [&] { return monitor_->incidents().all().empty(); })) << told();
}
INSTANTIATE_TEST_SUITE_P(Fleet, MassSilenceOfTheFleet, testing::Values(FaultCase{"", "", "", {}, ""}),
                         [](const auto&) { return std::string("Silence"); });

// Carrier and discards are in shadow unless the policy says otherwise: shown, with numbers and the side by its code,
// and nothing is held for them.
class ShadowedFaults : public FaultKinds {};
TEST_P(ShadowedFaults, AreShownInNumbersAndHoldNothing) {
  run(kWindow + 5min);
  const auto finding = [&](std::string_view id) {
    const auto report = about("fra-dz001:fra-dz-001-x");
    const auto found =
        std::find_if(report.findings.begin(), report.findings.end(), [&](auto& f) { return f.id == id; });
    return *found;
  };
  const auto link = about("fra-dz001:fra-dz-001-x");
  const bool of_a = bench_link().side_a == keys_by_code_.at("fra-dz001");
  const std::string side = of_a ? "a" : "z";
  EXPECT_EQ(finding("link." + side + ".carrier").judgement, "met");
  ASSERT_TRUE(fleet_->add_fault(
      *fleet::parse_fault("flapping device=fra-dz001 interface=Switch1/11/1 every=20s", minute_of(bench_.now) + 1min)));
  ASSERT_TRUE(fleet_->add_fault(
      *fleet::parse_fault("congested device=fra-dz001 interface=Switch1/11/1 every=1m", minute_of(bench_.now) + 1min)));
  run(minute_of(bench_.now) + 5min - bench_.now);
  const auto carrier = finding("link." + side + ".carrier"), discards = finding("link." + side + ".discards");
  const auto where = (of_a ? "A" : "Z") + std::string(" (fra-dz001) Switch1/11/1, last ");
  EXPECT_EQ(carrier.detail.find("carrier changed 18 times in 3 minutes at " + where), 0U) << carrier.detail;
  EXPECT_EQ(discards.detail.find("120 packets discarded in 3 minutes (out-discards) at " + where), 0U)
      << discards.detail;
  EXPECT_EQ(carrier.minutes->rise, 18U);
  EXPECT_FALSE(carrier.gates);
  EXPECT_EQ(finding("link." + side + ".errors").judgement, "met");
  EXPECT_EQ(about("fra-dz001:fra-dz-001-x").next_health, link.next_health);
  EXPECT_EQ(about("fra-dz001:fra-dz-001-x").evidence, "met");
}
INSTANTIATE_TEST_SUITE_P(Fleet, ShadowedFaults, testing::Values(FaultCase{"", "", "", {}, ""}),
                         [](const auto&) { return std::string("CarrierAndDiscards"); });

// Every kind is tried.
TEST(FaultKindsOfTheFleet, AreAllTried) {
  const std::string kinds[] = {
      "errors",     "silence",    "idle",      "reset", "replay",      "no-config-agent", "no-telemetry-agent",
      "qa-failure", "probe-loss", "no-probes", "late",  "wrong-clock", "flapping",        "congested"};
  for (int kind = 0; kind <= static_cast<int>(fleet::FaultKind::Congested); ++kind) {
    const auto word = to_text(static_cast<fleet::FaultKind>(kind));
    EXPECT_NE(std::find(std::begin(kinds), std::end(kinds), word), std::end(kinds)) << word;
  }
}

}  // namespace
}  // namespace dz
