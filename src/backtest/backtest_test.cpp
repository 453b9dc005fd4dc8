// The monitor runs over a ledger in memory, on virtual time, through errors, silence, late rows, drains and a restart;
// then its recorded minutes are judged again.
#include "backtest/backtest.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "activator/activator.h"
#include "backtest/backtest_report.h"
#include "monitor/monitor.h"
#include "testbed/held_write.h"
#include "testbed/small_network.h"

namespace dz::backtest {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp kStart{hours{494'000}};

// Three devices, two links; all ports send octets twice a minute, but those of a silent device.
class Story {
 public:
  Story() {
    ams = network.add_device("ams", network.alpha);
    fra = network.add_device("fra", network.alpha);
    lon = network.add_device("lon", network.alpha);
    link = network.add_link("ams-fra", LinkType::Wan, "ams", "Switch1/1/1", "fra", "Switch1/1/1");
    other = network.add_link("ams-lon", LinkType::Wan, "ams", "Switch1/2/1", "lon", "Switch1/1/1");
    settings.policy.window = minutes{120};
    settings.policy.recovery_window = minutes{60};
    settings.policy.qa.max_gap = minutes{60};
    database = std::make_unique<storage::SqliteDatabase>(*storage::SqliteDatabase::open(":memory:"));
    activator::ActivatorOptions options;
    options.ids = wire::local_program_ids();
    activator = std::make_unique<activator::Activator>(network.client(), network.activator, options, quiet);
  }

  void start() {
    monitor.reset();
    const bool writes = settings.write_mode == control::WriteMode::Write;
    monitor = *monitor::Monitor::open(network.client(), *database,
                                      {.settings = settings,
                                       .ids = wire::local_program_ids(),
                                       .key = writes ? std::optional(network.monitor) : std::nullopt,
                                       .log = quiet},
                                      network.now());
  }

  std::string row(const Pubkey& device, const std::string& fields, Timestamp at, const char* port = "Switch1/1/1") {
    return fmt::format("intfCounters,dzd_pubkey={},intf={} {} {}\n", to_text(device), port, fields,
                       at.time_since_epoch().count() * 1000);
  }
  std::string rows(const Pubkey& device, Timestamp at) {
    std::string body;
    const auto octets = 1'000'000'000 + (at - kStart) / seconds{1} * 1000;
    for (const auto* port : {"Switch1/1/1", "Switch1/2/1", "Switch1/31/1"}) {
      body += row(device, fmt::format("in-octets={}i,out-octets={}i", octets, octets), at, port);
    }
    return body;
  }
  void push(const std::string& body) {
    if (!body.empty()) {
      EXPECT_EQ(testbed::held_write(*monitor, {telemetry::WriteApi::V1, body, "", ""}, network.now()).error, "");
    }
  }

  void run(Duration time) {
    for (const auto end = network.now() + time; network.now() < end; network.advance(seconds{5})) {
      const auto now = network.now();
      if ((now - kStart) / seconds{5} % 6 == 0) {
        std::string body;
        for (const auto& device : {ams, fra, lon}) {
          if (!dark) (device == silent ? buffered : body) += rows(device, now);
        }
        push(body);
        if (erring) push(row(ams, fmt::format("in-errors={}i", ++errors), now));
      }
      // As the loop calls it: no later than it asked for.
      for (auto next = monitor->step(now); next < now + seconds{5}; next = monitor->step(next)) {
        network.advance(next - network.now());
      }
      network.advance(now - network.now());
      activator->step(now);
    }
  }
  void drain(Status to) {
    const auto record = network.link("ams-fra");
    EXPECT_TRUE(network.as(network.alpha).drain_link({link, &record}, to, {}));
    activator->on_event(link);
  }
  void undrain() {
    const auto record = network.link("ams-fra");
    EXPECT_TRUE(network.as(network.alpha).undrain_link({link, &record}, {}));
    activator->on_event(link);
  }

  // Two hours to service, a lone error, a failure in service, a drain for repair, back, a device that is silent and
  // buffers, a source that is away, a restart, a hold by the foundation, a link deleted.
  void tell() {
    start();
    run(minutes{130});
    erring = true;
    run(minutes{1});
    erring = false;
    run(minutes{20});
    erring = true;
    run(minutes{6});
    erring = false;
    run(minutes{3});
    drain(Status::HardDrained);
    run(minutes{10});
    undrain();
    run(minutes{70});
    drain(Status::SoftDrained);
    run(minutes{75});  // healthy again, and kept out
    silent = fra;
    run(minutes{12});
    push(std::exchange(buffered, ""));
    silent = {};
    run(minutes{20});
    dark = true;  // all at once: the source is suspected, the drained link is held for an hour
    run(minutes{75});
    dark = false;
    run(minutes{80});
    monitor.reset();
    network.advance(minutes{3});
    start();
    run(minutes{10});
    EXPECT_TRUE(network.as(network.foundation).set_link_health(other, Health::Pending));
    run(minutes{5});
    EXPECT_TRUE(network.as(network.foundation).set_link_health(other, Health::Impaired));
    run(minutes{5});
    undrain();
    run(minutes{30});
    drain(Status::HardDrained);
    run(minutes{2});
    const auto record = network.link("ams-fra");
    EXPECT_TRUE(network.as(network.alpha).delete_link({link, &record}));
    run(minutes{5});
  }

  BacktestOutcome backtest(const verdict::Policy& policy, std::optional<Timestamp> from = {},
                           std::optional<Timestamp> to = {}) {
    const auto go_on = [](Timestamp) { return Result<void>(); };
    auto outcome = run_backtest(*database, {from.value_or(kStart), to.value_or(network.now()), policy}, go_on);
    EXPECT_TRUE(outcome) << outcome.error().message;
    return outcome ? std::move(*outcome) : BacktestOutcome{};
  }

  static void quiet(service::LogLevel, std::string_view, const service::LogFields&) {}

  testbed::SmallNetwork network{kStart};
  Pubkey ams, fra, lon, link, other;
  monitor::MonitorSettings settings;
  std::unique_ptr<storage::SqliteDatabase> database;
  std::unique_ptr<monitor::Monitor> monitor;
  std::unique_ptr<activator::Activator> activator;
  Pubkey silent;
  std::string buffered;
  bool erring = false, dark = false;
  int errors = 10;
};

// Told once: the tests only look back at it.
Story& story() {
  static Story* told = [] {
    auto* s = new Story;
    s->tell();
    return s;
  }();
  return *told;
}

std::vector<BacktestRow> rows_of(const BacktestOutcome& outcome, BacktestDifference difference) {
  auto rows = compare_backtest(outcome);
  std::erase_if(rows, [&](const auto& row) { return row.difference != difference; });
  return rows;
}

std::vector<std::string> steps_of(const BacktestDecision& decision) {
  std::vector<std::string> steps;
  for (const auto& step : decision.followed) {
    steps.push_back(fmt::format("{} {}", to_text(step.to), dz::to_text(Timestamp{minute_of(step.at)})));
  }
  return steps;
}

void expect_the_same(const BacktestOutcome& outcome) {
  for (const auto& row : compare_backtest(outcome)) {
    EXPECT_EQ(row.difference, BacktestDifference::Same) << render_backtest(outcome, "", "");
    if (row.decided == nullptr || row.recorded == nullptr) continue;
    EXPECT_EQ(row.decided->reason, row.recorded->reason);
    // What was recorded may begin with the cause, which a backtest does not look for.
    EXPECT_TRUE(row.recorded->sentence.ends_with(row.decided->sentence)) << row.recorded->sentence;
    EXPECT_EQ(steps_of(*row.decided), steps_of(*row.recorded));
  }
}

TEST(Backtest, ThePolicyInForceDecidesWhatWasDecidedInTheSameMinutesForTheSameReasons) {
  const auto outcome = story().backtest(story().settings.policy);
  expect_the_same(outcome);
  EXPECT_GE(outcome.recorded.size(), 14U) << render_backtest(outcome, "", "");
  ASSERT_EQ(outcome.in_force.size(), 1U);
  EXPECT_EQ(outcome.in_force[0].digest, outcome.policy_digest);
  std::set<std::string> reasons;
  for (const auto& d : outcome.recorded) reasons.insert(d.reason);
  for (const auto* reason :
       {"first-sight", "became-healthy", "damped-failure", "recovered", "bad-evidence", "hold-expired"}) {
    EXPECT_TRUE(reasons.contains(reason)) << reason;
  }
}

TEST(Backtest, ItMayBeginInTheMiddle) {
  for (int quarter = 1; quarter < 35; quarter += 2) {
    const auto from = kStart + minutes{15 * quarter};
    expect_the_same(story().backtest(story().settings.policy, from, from + minutes{160}));
  }
}

TEST(Backtest, AShorterWindowIsHealthyEarlierAndActivationFollows) {
  auto policy = story().settings.policy;
  policy.window = minutes{60};
  const auto outcome = story().backtest(policy);
  const auto earlier = rows_of(outcome, BacktestDifference::Earlier);
  ASSERT_EQ(earlier.size(), 2U) << render_backtest(outcome, "", "");
  for (const auto& row : earlier) {
    EXPECT_EQ(row.decided->to, Health::Healthy);
    EXPECT_EQ(minute_of(row.recorded->at) - minute_of(row.decided->at), minutes{60});
    ASSERT_EQ(row.decided->followed.size(), 1U);
    EXPECT_EQ(row.decided->followed[0].to, Status::Activated);
    EXPECT_LE(row.decided->followed[0].at - row.decided->at, minutes{1});
  }
}

TEST(Backtest, ALaxerPolicyDoesNotImpairWhatItTolerates) {
  auto policy = story().settings.policy;
  policy.bad_allowed = 30;
  policy.damping_short = {20, 20};
  policy.damping_long = {30, 60};
  const auto outcome = story().backtest(policy);
  for (const auto& d : outcome.decided) EXPECT_NE(d.reason, "bad-evidence");
  std::multiset<std::string> missing;
  for (const auto& row : rows_of(outcome, BacktestDifference::Missing)) missing.insert(row.recorded->reason);
  EXPECT_EQ(missing, (std::multiset<std::string>{"bad-evidence", "damped-failure", "recovered"}))
      << render_backtest(outcome, "", "");
}

TEST(Backtest, AStricterPolicyThatNeverActivatesIsMissingWhatFollowed) {
  auto policy = story().settings.policy;
  policy.window = policy.recovery_window = hours{24};
  const auto outcome = story().backtest(policy);
  for (const auto& d : outcome.decided) EXPECT_NE(d.to, Health::Healthy);
  ASSERT_EQ(outcome.notes.size(), 1U);
  EXPECT_NE(outcome.notes[0].find("unobserved"), std::string::npos) << outcome.notes[0];
}

TEST(Backtest, TableAndJsonSayTheSame) {
  auto policy = story().settings.policy;
  policy.window = minutes{60};
  const auto outcome = story().backtest(policy);
  const auto text = render_backtest(outcome, "short.toml", "AMS-fra");
  const auto json = backtest_json(outcome, "short.toml", "AMS-fra");
  EXPECT_NE(text.find("1 h 0 min earlier"), std::string::npos) << text;
  EXPECT_NE(text.find(outcome.policy_digest), std::string::npos);
  EXPECT_EQ(text.find("ams-lon"), std::string::npos);
  const auto& summary = json.at("summary").as_object();
  EXPECT_NE(
      text.find(fmt::format("{} same, {} earlier, {} later, {} new, {} missing", summary.at("same").to_number<int>(),
                            summary.at("earlier").to_number<int>(), summary.at("later").to_number<int>(),
                            summary.at("new").to_number<int>(), summary.at("missing").to_number<int>())),
      std::string::npos)
      << text << boost::json::serialize(json);
  EXPECT_EQ(json.at("policy_under_test").at("digest").as_string(), outcome.policy_digest);
}

TEST(Backtest, OfAStandbyTheOtherMonitorsDecisionsAreWhatHappened) {
  Story s;
  s.settings.write_mode = control::WriteMode::Standby;
  s.start();
  s.run(minutes{10});
  EXPECT_TRUE(s.network.as(s.network.monitor).set_link_health(s.link, Health::Pending));
  s.run(minutes{10});
  const auto outcome = s.backtest(s.settings.policy);
  ASSERT_EQ(outcome.recorded.size(), 1U);
  EXPECT_EQ(outcome.recorded[0].to, Health::Pending);
  EXPECT_EQ(outcome.decided.size(), 5U);  // two links and three devices at first sight
}

TEST(Backtest, WithoutAnythingRecordedItSaysSo) {
  Story s;
  ASSERT_TRUE(monitor::MonitorArchive::open(*s.database));
  const auto go_on = [](Timestamp) { return Result<void>(); };
  const auto outcome = run_backtest(*s.database, {kStart, kStart + hours{1}, {}}, go_on);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::NotFound);
}

TEST(Backtest, WhoeverAskedMayEndItAndDecisionsAreBounded) {
  Story s;
  s.start();
  s.run(minutes{10});
  int passes = 0;
  const auto stop = [&](Timestamp) -> Result<void> {
    if (++passes == 3) return fail(ErrorKind::Cancelled, "gone");
    return {};
  };
  const BacktestRequest request{kStart, s.network.now(), s.settings.policy};
  EXPECT_EQ(run_backtest(*s.database, request, stop).error().kind, ErrorKind::Cancelled);
  EXPECT_EQ(passes, 3);
  const auto go_on = [](Timestamp) { return Result<void>(); };
  auto bounded = request;
  bounded.most_decisions = 4;  // five at first sight
  EXPECT_EQ(run_backtest(*s.database, bounded, go_on).error().kind, ErrorKind::TooMuch);
  bounded.most_decisions = 5;
  EXPECT_TRUE(run_backtest(*s.database, bounded, go_on));
}

TEST(Backtest, RecordsThatEndElsewhereAreNamedWithTheMinuteFromWhichOn) {
  Story s;
  s.start();
  s.run(minutes{100});  // of 120 that the policy in force asks for
  EXPECT_TRUE(s.backtest(s.settings.policy).elsewhere.empty());
  auto quick = s.settings.policy;
  quick.window = minutes{70};
  const auto outcome = s.backtest(quick);
  ASSERT_FALSE(outcome.elsewhere.empty());
  const auto is_link = [&](const BacktestPlace& place) { return place.key == s.link; };
  const auto found = std::find_if(outcome.elsewhere.begin(), outcome.elsewhere.end(), is_link);
  ASSERT_NE(found, outcome.elsewhere.end());
  EXPECT_EQ(found->code, "ams-fra");
  EXPECT_EQ(found->decided, (BacktestPlace::Side{Status::Activated, Health::Healthy}));
  EXPECT_EQ(found->recorded, (BacktestPlace::Side{Status::HardDrained, Health::Pending}));
  const auto healthy = std::find_if(outcome.decided.begin(), outcome.decided.end(), [&](const BacktestDecision& d) {
    return d.key == s.link && d.to == Health::Healthy;
  });
  ASSERT_NE(healthy, outcome.decided.end());
  EXPECT_EQ(found->since, Timestamp{minute_of(healthy->at)});
  const auto json = backtest_json(outcome, "quick", "ams-fra");
  ASSERT_EQ(json.at("elsewhere").as_array().size(), 1U);
  EXPECT_EQ(json.at("elsewhere").at(0).at("recorded").at("status"), "hard-drained");
}

}  // namespace
}  // namespace dz::backtest
