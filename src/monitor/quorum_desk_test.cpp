// Three monitors, each with evidence of its own, that judge one link together: the first writes, the others observe.
#include "monitor/quorum_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include <fmt/format.h>

#include "monitor/monitor_api.h"
#include "testbed/held_write.h"
#include "testbed/small_network.h"

namespace dz::monitor {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

const Timestamp kStart{hours{494'000}};

class ThreeJudges : public testing::Test {
 protected:
  static constexpr std::array<const char*, 3> kNames{"one", "two", "three"};
  enum class Line { Good, Hangs, Refuses, Rubbish };

  struct One {
    std::unique_ptr<storage::SqliteDatabase> database;
    std::unique_ptr<Monitor> monitor;
    Line line = Line::Good;  // to it
    bool errors = false;     // what its evidence shows of the link
    std::vector<std::string> log;
  };

  ThreeJudges() {
    ams = network.add_device("ams", network.alpha);
    fra = network.add_device("fra", network.alpha);
    link = network.add_link("ams-fra", LinkType::Wan, "ams", "Switch1/1/1", "fra", "Switch1/1/1");
  }

  static wire::Keypair key(std::size_t i) { return testbed::SmallNetwork::key(static_cast<std::uint8_t>(60 + i)); }

  MonitorSettings settings_of(std::size_t i, std::uint32_t k) const {
    MonitorSettings settings;
    settings.policy.window = settings.policy.recovery_window = minutes{120};
    settings.write_mode = i == 0 ? control::WriteMode::Write : control::WriteMode::Observe;
    settings.quorum.k = k;
    for (std::size_t j = 0; j < judges.size(); ++j) {
      if (j != i) settings.quorum.peers.push_back({kNames[j], "http://" + std::string(kNames[j]), key(j).pubkey()});
    }
    return settings;
  }

  void start(std::uint32_t k = 2) {
    for (std::size_t i = 0; i < judges.size(); ++i) {
      auto& one = judges[i];
      one.database = std::make_unique<storage::SqliteDatabase>(*storage::SqliteDatabase::open(":memory:"));
      const auto log = [&one](service::LogLevel, std::string_view event, const service::LogFields&) {
        one.log.emplace_back(event);
      };
      auto opened = Monitor::open(network.client(), *one.database,
                                  {.settings = settings_of(i, k),
                                   .ids = wire::local_program_ids(),
                                   .key = i == 0 ? std::optional(network.monitor) : std::nullopt,
                                   .judge_key = key(i),
                                   .log = log},
                                  network.now());
      ASSERT_TRUE(opened) << opened.error().message;
      one.monitor = std::move(*opened);
      one.monitor->connect_judges(
          {[this](const QuorumPeer& peer, const std::string& target, const auto& done) { ask(peer, target, done); },
           [] {}});
    }
  }

  void ask(const QuorumPeer& peer, const std::string& target, const std::function<void(Result<std::string>)>& done) {
    const auto named = std::find_if(kNames.begin(), kNames.end(), [&](const char* n) { return peer.name == n; });
    auto& one = judges[static_cast<std::size_t>(named - kNames.begin())];
    const auto sign = target.find('?');
    switch (one.line) {
      case Line::Hangs: return;
      case Line::Refuses: return done(fail(ErrorKind::Retry, "connection refused"));
      case Line::Rubbish: return done("{\"opinions\": 7}");
      case Line::Good: break;
    }
    const auto answer = answer_monitor_request(
        *one.monitor,
        {"GET", target.substr(0, sign), sign == target.npos ? "" : target.substr(sign + 1), {}, "", "127.0.0.1"},
        network.now());
    EXPECT_EQ(answer.status, 200) << answer.body;
    done(answer.body);
  }

  std::string rows(const One& one, Timestamp at) const {
    std::string body;
    const auto octets = 1'000'000'000 + (at - kStart) / seconds{1} * 1000;
    for (const auto& device : {ams, fra}) {
      for (const auto* port : {"Switch1/1/1", "Switch1/31/1"}) {
        body += fmt::format("intfCounters,dzd_pubkey={},intf={} in-octets={}i,out-octets={}i,in-errors={}i {}\n",
                            to_text(device), port, octets, octets,
                            one.errors ? 1'000'000 + (at - kStart) / seconds{1} : 1'000'000,
                            at.time_since_epoch().count() * 1000);
      }
    }
    return body;
  }
  void push(One& one, const std::string& body) {
    EXPECT_EQ(testbed::held_write(*one.monitor, {telemetry::WriteApi::V1, body, "", ""}, network.now()).error, "");
  }
  // What each of them has seen so far.
  void replay(Duration length) {
    for (auto& one : judges) {
      std::string body;
      for (auto at = network.now() - length; at < network.now(); at += seconds{30}) body += rows(one, at);
      push(one, body);
    }
  }
  void run(Duration time) {
    for (const auto end = network.now() + time; network.now() < end; network.advance(seconds{5})) {
      for (auto& one : judges) {
        if ((network.now() - kStart) / seconds{5} % 6 == 0) push(one, rows(one, network.now()));
        one.monitor->step(network.now());
      }
    }
  }
  Health health() { return network.link("ams-fra").health; }
  std::string why() const { return judges[0].monitor->judges().sentence_of(link); }

  testbed::SmallNetwork network{kStart};
  Pubkey ams, fra, link;
  std::array<One, 3> judges;
};

TEST_F(ThreeJudges, WhatTwoHoldIsWritten) {
  start();
  replay(minutes{118});
  run(minutes{5});
  EXPECT_EQ(health(), Health::Healthy) << why();
  EXPECT_EQ(why(), "");
  EXPECT_EQ(judges[0].monitor->judges().counters().agreed, 1U);
}

// Pending is no judgement and needs nobody; healthy is held back, and it is said for whom.
TEST_F(ThreeJudges, WhatNobodyElseHoldsWaitsAndTellsWhy) {
  judges[1].errors = true;
  judges[2].line = Line::Refuses;
  start();
  replay(minutes{118});
  run(minutes{6});
  EXPECT_EQ(health(), Health::Pending);
  EXPECT_THAT(why(), HasSubstr("healthy waits for 1 more of 2 judges that have to hold it"));
  EXPECT_THAT(why(), HasSubstr("judge two would write pending"));
  EXPECT_THAT(why(), HasSubstr("judge three does not answer: connection refused"));
  const auto page = *judges[0].monitor->explain(link);
  EXPECT_THAT(page, HasSubstr("judge two would write pending"));
  // Where the two differ is found by their minutes.
  EXPECT_THAT(why(), HasSubstr("judge two would write pending (link.a.errors: "));
  EXPECT_THAT(why(), HasSubstr("of counters (errors of interface " + to_text(ams) +
                               " switch1/1/1): this monitor has good, two has bad (in-errors)"));
  const auto* found = judges[0].monitor->judges().differences(key(1).pubkey(), link);
  ASSERT_NE(found, nullptr);
  for (const auto& d : found->minutes) EXPECT_THAT(d.criterion, testing::AnyOf("link.a.errors", "link.z.errors"));
  EXPECT_THAT(found->not_compared, testing::IsEmpty());
  EXPECT_GT(found->compared, 6U * 100U);
  EXPECT_EQ(std::count(judges[0].log.begin(), judges[0].log.end(), "judge_does_not_answer"), 1);
  // The third comes back, and holds what the first holds.
  judges[2].line = Line::Good;
  run(minutes{2});
  EXPECT_EQ(health(), Health::Healthy) << why();
  EXPECT_EQ(std::count(judges[0].log.begin(), judges[0].log.end(), "judge_answers"), 1);
}

TEST_F(ThreeJudges, OneThatHangsOrSaysNonsenseHoldsNobodyUp) {
  judges[1].line = Line::Hangs;
  start();
  replay(minutes{118});
  run(minutes{5});
  EXPECT_EQ(health(), Health::Healthy) << why();

  judges[1].line = Line::Rubbish;
  network.advance(minutes{1});
  run(minutes{2});
  const auto& peers = judges[0].monitor->judges().peers().peers();
  EXPECT_THAT(peers.at(key(1).pubkey()).last_error, HasSubstr("is it a monitor's API?"));
  EXPECT_EQ(peers.at(key(2).pubkey()).last_error, "");
}

TEST_F(ThreeJudges, ARecordThatNobodyElseJudgesSoStaysWithThreeOfThree) {
  judges[2].line = Line::Hangs;
  start(3);
  replay(minutes{118});
  run(minutes{6});
  EXPECT_EQ(health(), Health::Pending);
  EXPECT_THAT(why(), HasSubstr("healthy waits for 1 more of 3 judges"));
  EXPECT_THAT(why(), HasSubstr("judge three does not answer: no answer within 15 s"));
}

// One monitor's evidence goes wrong: the link stays in service, for the others do not see it.
TEST_F(ThreeJudges, OneAloneTakesNoTrafficAway) {
  start();
  replay(minutes{118});
  run(minutes{5});
  ASSERT_EQ(health(), Health::Healthy);
  const auto record = network.link("ams-fra");
  ASSERT_TRUE(network.as(network.activator).update_link({link, &record}, {.status = Status::Activated}));
  run(seconds{30});
  judges[0].errors = true;
  run(minutes{8});
  EXPECT_EQ(health(), Health::Healthy);
  EXPECT_THAT(why(), HasSubstr("impaired waits for 1 more of 2 judges"));
  judges[2].errors = true;
  run(minutes{8});
  EXPECT_EQ(health(), Health::Impaired) << why();
}

TEST_F(ThreeJudges, OpinionsAreSignedAndThoseAskedForByNameAreThere) {
  start();
  replay(minutes{118});
  run(seconds{10});  // pending: it stands as the monitor would have it
  auto& second = *judges[1].monitor;
  EXPECT_TRUE(second.opinions({}).empty());
  (void)second.opinions(std::vector{link});
  run(seconds{10});
  const auto given = second.opinions(std::vector{link});
  ASSERT_EQ(given.size(), 1U);
  EXPECT_TRUE(is_signed(given[0]));
  EXPECT_EQ(given[0].opinion.judge, key(1).pubkey());
  EXPECT_EQ(given[0].opinion.health, Health::Pending);
  EXPECT_EQ(given[0].opinion.network.genesis, *network.client().get_genesis_hash());
  const auto account = *network.client().get_account(link);
  EXPECT_EQ(given[0].opinion.account, quorum::account_hash(account->data));
  EXPECT_LE(Timestamp{given[0].opinion.window_end}, given[0].opinion.made_at);
  // Nobody asks any more.
  run(minutes{2});
  judges[0].line = judges[2].line = Line::Hangs;
  EXPECT_TRUE(second.opinions({}).empty());
}

// An opinion is as old as the pass that judged: a monitor whose passes stand still gives none that counts.
TEST_F(ThreeJudges, AMonitorThatStandsStillIsNotCounted) {
  judges[2].line = Line::Hangs;
  start();
  replay(minutes{118});
  run(seconds{20});
  auto& first = *judges[0].monitor;
  for (const auto end = network.now() + minutes{6}; network.now() < end; network.advance(seconds{5})) {
    if ((network.now() - kStart) / seconds{5} % 6 == 0) push(judges[0], rows(judges[0], network.now()));
    first.step(network.now());
  }
  EXPECT_EQ(health(), Health::Pending);
  EXPECT_THAT(why(), HasSubstr("healthy waits for 1 more"));
}

TEST_F(ThreeJudges, TwoMonitorsWithOneKeyAreRefused) {
  auto settings = settings_of(0, 2);
  settings.quorum.peers[0].key = key(0).pubkey();
  judges[0].database = std::make_unique<storage::SqliteDatabase>(*storage::SqliteDatabase::open(":memory:"));
  const auto opened = Monitor::open(network.client(), *judges[0].database,
                                    {.settings = settings,
                                     .ids = wire::local_program_ids(),
                                     .key = network.monitor,
                                     .judge_key = key(0),
                                     .log = [](service::LogLevel, std::string_view, const service::LogFields&) {}},
                                    network.now());
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("two monitors with one key are one judge"));
}

}  // namespace
}  // namespace dz::monitor
