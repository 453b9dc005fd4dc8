// The monitor over a ledger in memory, on virtual time: evidence by line protocol, health on the ledger.
#include "monitor/monitor.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "testbed/faulty_client.h"
#include "testbed/forwarding_client.h"
#include "testbed/held_write.h"
#include "testbed/small_network.h"

namespace dz::monitor {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp kStart{hours{494'000}};

// Two devices, one link; every port of both sends octets twice a minute while `sending`.
class MonitorTest : public testing::Test {
 protected:
  MonitorTest() {
    ams = network.add_device("ams", network.alpha);
    fra = network.add_device("fra", network.alpha);
    link = network.add_link("ams-fra", LinkType::Wan, "ams", "Switch1/1/1", "fra", "Switch1/1/1");
    settings.policy.window = minutes{120};
    settings.policy.recovery_window = minutes{120};
    database = std::make_unique<storage::SqliteDatabase>(*storage::SqliteDatabase::open(":memory:"));
  }

  void start(client::LedgerClient& client, const wire::Keypair* key = nullptr) {
    monitor.reset();
    auto opened =
        Monitor::open(client, *database,
                      {.settings = settings,
                       .ids = wire::local_program_ids(),
                       .key = key == nullptr ? network.monitor : *key,
                       .log =
                           [this](service::LogLevel, std::string_view event, const service::LogFields& fields) {
                             log.emplace_back(event);
                             for (const auto& [name, value] : fields) last_fields[std::string(name)] = value;
                           }},
                      network.now());
    ASSERT_TRUE(opened) << opened.error().message;
    monitor = std::move(*opened);
  }
  void start() { start(network.client()); }

  std::string rows(Timestamp at) {
    std::string body;
    const auto octets = 1'000'000'000 + (at - kStart) / seconds{1} * 1000;
    for (const auto& device : {ams, fra}) {
      for (const auto* port : {"Switch1/1/1", "Switch1/31/1"}) {
        body += fmt::format("intfCounters,dzd_pubkey={},intf={} in-octets={}i,out-octets={}i {}\n", to_text(device),
                            port, octets, octets, at.time_since_epoch().count() * 1000);
      }
    }
    return body;
  }

  void run(Duration time) {
    for (const auto end = network.now() + time; network.now() < end; network.advance(seconds{5})) {
      const auto now = network.now();
      if (sending && (now - kStart) / seconds{5} % 6 == 0) {
        const auto body = rows(now);
        EXPECT_EQ(write(body).error, "");
      }
      monitor->step(now);
    }
  }
  // History of that length, as an agent that buffered it replays it.
  void replay(Duration length) {
    std::string body;
    for (auto at = network.now() - length; at < network.now(); at += seconds{30}) body += rows(at);
    EXPECT_EQ(write(body).error, "");
  }
  telemetry::WriteAnswer write(std::string_view body, std::string_view token = "",
                               telemetry::WriteApi api = telemetry::WriteApi::V1) {
    return testbed::held_write(*monitor, {api, body, "", token}, network.now());
  }
  Health health() { return network.link("ams-fra").health; }
  int said(std::string_view event) const { return static_cast<int>(std::count(log.begin(), log.end(), event)); }
  std::string why() { return monitor->assessment(link)->sentence; }

  testbed::SmallNetwork network{kStart};
  Pubkey ams, fra, link;
  MonitorSettings settings;
  std::unique_ptr<storage::SqliteDatabase> database;
  std::unique_ptr<Monitor> monitor;
  bool sending = true;
  std::vector<std::string> log;
  std::map<std::string, std::string> last_fields;
};

TEST_F(MonitorTest, ALinkTurnsPendingAtFirstSightAndHealthyWhenItsWindowIsClean) {
  start();
  run(seconds{10});
  EXPECT_EQ(health(), Health::Pending);
  run(minutes{119});
  EXPECT_EQ(health(), Health::Pending) << why();
  run(minutes{5});
  EXPECT_EQ(health(), Health::Healthy) << why();
  EXPECT_EQ(monitor->counters().health.refused, 0U);
}

TEST_F(MonitorTest, NothingIsSentThatARestartWouldNotKnowWasTried) {
  start();
  ASSERT_TRUE(database->execute(
      "CREATE TRIGGER full BEFORE INSERT ON memory BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"));
  run(seconds{30});
  EXPECT_EQ(health(), Health::Unknown);
  EXPECT_GT(monitor->counters().file_failures, 0U);
  EXPECT_EQ(monitor->file_problem().find("the monitor's file cannot be written (memory): "), 0U);  // X16
  ASSERT_TRUE(database->execute("DROP TRIGGER full"));
  run(seconds{30});
  EXPECT_EQ(monitor->file_problem(), "");
  EXPECT_EQ(health(), Health::Pending);
}

TEST_F(MonitorTest, NothingIsSentBeforeADiskHasWhatWasTried) {
  const auto path = testing::TempDir() + "monitor_test_on_disk_" + std::to_string(::getpid()) + ".db";
  for (const auto* suffix : {"", "-wal", "-shm", "-tip"}) std::remove((path + suffix).c_str());
  *database = *storage::SqliteDatabase::open(path);
  bool fails = false, asked = false;
  Health while_asked = Health::Healthy;
  storage::LogSync::Settings held;
  held.sync = [&](const storage::OpenFile&) -> Result<void> {
    if (!std::exchange(asked, true)) while_asked = health();
    return fails ? fail(ErrorKind::Retry, "no such luck") : Result<void>{};
  };
  const auto synced = database->sync_when_asked(held);
  ASSERT_TRUE(synced) << synced.error().message;
  start();
  asked = false;
  run(seconds{10});
  EXPECT_TRUE(asked);
  EXPECT_EQ(while_asked, Health::Unknown);
  EXPECT_EQ(health(), Health::Pending);
  replay(minutes{118});
  fails = true;
  run(minutes{5});
  EXPECT_EQ(health(), Health::Pending);
  EXPECT_NE(monitor->file_problem().find("no such luck"), std::string::npos) << monitor->file_problem();
  monitor.reset();
}

TEST_F(MonitorTest, ReplayedHistoryCounts) {
  start();
  replay(minutes{118});
  run(minutes{5});
  EXPECT_EQ(health(), Health::Healthy) << why();
}

TEST_F(MonitorTest, EveryChangeIsRecordedWithItsReasons) {
  start();
  replay(minutes{118});
  run(minutes{5});
  const auto decisions = monitor->decisions({.key = link});
  ASSERT_TRUE(decisions);
  ASSERT_EQ(decisions->size(), 2U);
  const auto& healthy = decisions->front();
  EXPECT_EQ(healthy.from, Health::Pending);
  EXPECT_EQ(healthy.to, Health::Healthy);
  EXPECT_EQ(healthy.code, "ams-fra");
  EXPECT_EQ(healthy.policy_digest, monitor->policy_digest());
  EXPECT_NE(healthy.findings_json.find("link.a.errors"), std::string::npos);
  const auto signature = wire::parse_signature(healthy.signature);
  ASSERT_TRUE(signature);
  EXPECT_TRUE(network.client().get_signature_statuses({&*signature, 1})->front());
}

TEST_F(MonitorTest, ARestartAnywhereLosesNothingAcknowledged) {
  start();
  replay(minutes{118});
  for (int i = 0; i < 12; ++i) {
    run(seconds{20});
    start();  // without a stop: the old one is gone at once
  }
  run(minutes{4});
  EXPECT_EQ(health(), Health::Healthy) << why();
}

TEST_F(MonitorTest, ARestartAfterACheckpointToo) {
  start();
  replay(minutes{118});
  run(minutes{11});
  EXPECT_EQ(health(), Health::Healthy);
  start();
  run(minutes{1});
  EXPECT_EQ(health(), Health::Healthy) << why();
  EXPECT_EQ(monitor->decisions({.key = link})->size(), 2U);
}

TEST_F(MonitorTest, AnErrorImpairsADrainedLinkAndIsNamed) {
  start();
  replay(minutes{118});
  run(minutes{5});
  for (const int errors : {1, 2}) {
    const auto row = fmt::format("intfCounters,dzd_pubkey={},intf=Switch1/1/1 in-errors={}i {}\n", to_text(ams), errors,
                                 network.now().time_since_epoch().count() * 1000);
    EXPECT_EQ(write(row).status, 204);
    run(minutes{2});
  }
  EXPECT_EQ(health(), Health::Impaired);
  EXPECT_NE(why().find("in-errors"), std::string::npos) << why();
}

TEST_F(MonitorTest, RestsWhenNothingChanges) {
  start();
  replay(minutes{118});
  run(minutes{5});
  const auto changes = monitor->counters().health.changes;
  run(minutes{30});
  EXPECT_EQ(monitor->counters().health.changes, changes);
}

TEST_F(MonitorTest, AStandbyAdoptsAndWritesNothing) {
  settings.write_mode = control::WriteMode::Standby;
  start();
  run(minutes{2});
  EXPECT_EQ(health(), Health::Unknown);
  ASSERT_TRUE(network.as(network.monitor).set_link_health(link, Health::Pending));
  run(minutes{1});
  EXPECT_EQ(said("alarm"), 0);
}

TEST_F(MonitorTest, AStandbyTakesOverFromASilentWriterAndStepsBackWhenItWritesAgain) {
  settings.write_mode = control::WriteMode::Standby;
  settings.asked.takeover_after = minutes{10};
  start();
  run(minutes{10});
  EXPECT_EQ(health(), Health::Unknown);
  EXPECT_EQ(monitor->write_mode(), control::WriteMode::Standby);
  run(minutes{1});
  EXPECT_EQ(health(), Health::Pending);  // due since the first pass
  EXPECT_EQ(said("took_over"), 1);
  EXPECT_EQ(monitor->write_mode(), control::WriteMode::Write);
  run(minutes{30});
  EXPECT_EQ(said("stepped_back"), 0);  // its own writes are nobody else's
  ASSERT_TRUE(network.as(network.monitor).set_link_health(link, Health::Impaired));
  run(minutes{1});
  EXPECT_EQ(said("stepped_back"), 1);
  EXPECT_EQ(monitor->write_mode(), control::WriteMode::Standby);
  EXPECT_EQ(said("alarm"), 0);
}

TEST_F(MonitorTest, AStandbyLeavesAHealthThatSomebodySetToPeopleWhenItTakesOver) {
  settings.write_mode = control::WriteMode::Standby;
  settings.asked.takeover_after = minutes{10};
  start();
  run(minutes{1});
  for (const auto& record : {ams, fra}) {
    ASSERT_TRUE(network.as(network.monitor).set_device_health(record, Health::Pending));
  }
  ASSERT_TRUE(network.as(network.foundation).set_link_health(link, Health::Impaired));  // the evidence says pending
  run(minutes{60});
  EXPECT_EQ(health(), Health::Impaired);
  EXPECT_EQ(said("took_over"), 0);
}

TEST_F(MonitorTest, ADryRunSaysOnceWhatItWouldWrite) {
  settings.write_mode = control::WriteMode::Observe;
  start();
  run(minutes{2});
  EXPECT_EQ(health(), Health::Unknown);
  EXPECT_EQ(said("would_change_health"), 3);  // the link and two devices
}

TEST_F(MonitorTest, AHealthSetBySomebodyElseAgainstTheEvidenceStandsAndAlarms) {
  start();
  replay(minutes{118});
  run(minutes{5});
  ASSERT_EQ(health(), Health::Healthy) << why();
  ASSERT_TRUE(network.as(network.foundation).set_link_health(link, Health::Pending));
  run(minutes{2});
  EXPECT_EQ(health(), Health::Pending);
  EXPECT_EQ(last_fields["alarm"], "health-disagreement");
}

TEST_F(MonitorTest, ARefusedRecordDoesNotHoldUpTheOthersAndIsSaidOnce) {
  for (int i = 2; i <= 4; ++i) {
    const auto port = "Switch1/" + std::to_string(i) + "/1";
    network.add_link("spare" + std::to_string(i), LinkType::Wan, "ams", port, "fra", port);
  }
  // The ledger refuses one of five records in the batch: it was changed behind the monitor's back.
  testbed::FaultyClient client(network.client(), [&, done = false](std::string_view call) mutable {
    if (call == "send_transaction" && !done) {
      done = true;
      EXPECT_TRUE(network.as(network.foundation).set_link_health(link, Health::Impaired));
    }
    return testbed::LineFault::None;
  });
  start(client);
  run(seconds{5});
  EXPECT_EQ(network.link("spare2").health, Health::Pending);
  EXPECT_EQ(network.link("spare4").health, Health::Pending);
  EXPECT_EQ(health(), Health::Impaired);
  EXPECT_EQ(monitor->counters().health.refused, 1U);
}

// A program that cannot validate a record any more refuses every write to it, whoever signs.
class RecordRefused final : public testbed::ForwardingClient {
 public:
  RecordRefused(client::LedgerClient& inner, const Pubkey& record)
      : testbed::ForwardingClient(inner), record_(record) {}
  bool refuses = true;
  int refusals = 0;

  tl::expected<wire::Signature, client::SendFailure> send_transaction(const wire::Transaction& t,
                                                                      const client::SendOptions& options) override {
    const auto& all = t.message.instructions;
    for (std::size_t i = 0; refuses && i < all.size(); ++i) {
      const auto& accounts = all[i].account_indexes;
      if (accounts.empty() || t.message.account_keys[accounts.front()] != record_) continue;
      ++refusals;
      const wire::TransactionError error{wire::TransactionErrorKind::InstructionError,
                                         static_cast<std::uint8_t>(i),
                                         {wire::InstructionErrorKind::Custom, 28}};
      return tl::unexpected(client::SendFailure{{ErrorKind::Refused, to_text(error)}, error, {}});
    }
    return testbed::ForwardingClient::send_transaction(t, options);
  }

 private:
  Pubkey record_;
};

TEST_F(MonitorTest, ARecordThatIsRefusedIsSaidOnceAndTriedAgainWhenItChanges) {
  RecordRefused client(network.client(), link);
  start(client);
  run(minutes{5});
  EXPECT_EQ(client.refusals, 1);
  EXPECT_EQ(said("health_refused"), 1);
  EXPECT_EQ(health(), Health::Unknown);
  EXPECT_EQ(network.device("ams").health, Health::Pending);  // the others of its batch, in the same pass
  const auto record = network.link("ams-fra");
  ASSERT_TRUE(network.as(network.alpha).update_link({link, &record}, {.jitter_ns = record.jitter_ns + 1'000'000}));
  client.refuses = false;
  monitor->on_ledger_event(link);
  run(seconds{10});
  EXPECT_EQ(health(), Health::Pending);
}

// It used to wait for the time of the read before.
TEST_F(MonitorTest, ARecordThatWasRefusedIsReadAgainAtOnce) {
  testbed::FaultyClient client(network.client(), [&, done = false](std::string_view call) mutable {
    if (call == "send_transaction" && !done) {
      done = true;
      EXPECT_TRUE(network.as(network.foundation).set_link_health(link, Health::Impaired));
    }
    return testbed::LineFault::None;
  });
  start(client);
  EXPECT_EQ(monitor->step(network.now()), network.now() + std::chrono::milliseconds{1});
  EXPECT_EQ(monitor->counters().health.refused, 1U);
}

// A fault at each call of the conversation in turn: the health ends where it belongs.
TEST_F(MonitorTest, RecoversFromAFaultAtAnyCall) {
  sending = false;  // before the first read of the ledger every device is unknown
  for (const auto fault :
       {testbed::LineFault::RequestLost, testbed::LineFault::AnswerLost, testbed::LineFault::StaleAnswer}) {
    for (int at = 0; at < 12; ++at) {
      ASSERT_TRUE(network.as(network.foundation).set_link_health(link, Health::Unknown));
      database = std::make_unique<storage::SqliteDatabase>(*storage::SqliteDatabase::open(":memory:"));
      int call = 0;
      testbed::FaultyClient client(network.client(),
                                   [&](std::string_view) { return call++ == at ? fault : testbed::LineFault::None; });
      start(client);
      run(minutes{2});
      EXPECT_EQ(health(), Health::Pending) << "fault " << static_cast<int>(fault) << " at call " << at;
      monitor.reset();
    }
  }
}

TEST_F(MonitorTest, RefusesAKeyThatIsAlsoFoundation) {
  start(network.client(), &network.foundation);
  run(minutes{1});
  EXPECT_EQ(health(), Health::Unknown);
  EXPECT_NE(monitor->ledger().problem().find("foundation"), std::string::npos);
}

TEST_F(MonitorTest, UnknownDevicesAreRefusedByNameAfterOneLookAtTheLedger) {
  start();
  run(seconds{90});
  const auto reads = monitor->ledger().mirror().counters().accounts_reread;
  const auto row = fmt::format("intfCounters,dzd_pubkey={},intf=Switch1/1/1 in-octets=1i\n", to_text(link));
  const auto answer = write(row);
  EXPECT_EQ(answer.status, 400);
  EXPECT_NE(answer.error.find("partial write: device " + to_text(link)), std::string::npos) << answer.error;
  EXPECT_EQ(monitor->ledger().mirror().counters().accounts_reread, reads + 1);
  EXPECT_EQ(write(row).status, 400);
  EXPECT_EQ(monitor->ledger().mirror().counters().accounts_reread, reads + 1);
}

// Agents drop what is refused and keep what could not be taken.
TEST_F(MonitorTest, RowsBeforeTheLedgerWasReadAreToBeSentAgain) {
  bool away = true;
  testbed::FaultyClient client(network.client(), [&](std::string_view) {
    return away ? testbed::LineFault::RequestLost : testbed::LineFault::None;
  });
  start(client);
  monitor->step(network.now());
  EXPECT_EQ(write(rows(network.now())).status, 503);
  away = false;
  network.advance(seconds{11});
  EXPECT_EQ(write(rows(network.now())).status, 204);
}

TEST_F(MonitorTest, ADayOfHistoryBeforeTheFirstStepIsTaken) {
  start();
  replay(hours{24});
  EXPECT_EQ(monitor->pushed().counters().devices.at(ams).too_many, 0U);
}

// While a write is on its way nothing else is tried, so that its landing is never taken for somebody else's.
TEST_F(MonitorTest, ASlowWriteIsNobodyElses) {
  bool slow = true;
  testbed::FaultyClient client(network.client(), [&](std::string_view call) {
    return slow && call == "get_signature_statuses" ? testbed::LineFault::RequestLost : testbed::LineFault::None;
  });
  start(client);
  replay(minutes{118});
  run(minutes{5});
  EXPECT_EQ(last_fields["alarm"], "");
  slow = false;
  run(minutes{5});
  EXPECT_EQ(health(), Health::Healthy) << why();
  EXPECT_EQ(last_fields["alarm"], "");
}

// Rows come while a pass waits for the ledger: what it closes and judges is not as of a time before them.
TEST_F(MonitorTest, D14_APassGoesOnAtTheTimeOfRowsThatCameWhileItAskedTheLedger) {
  std::function<void()> meanwhile;
  testbed::FaultyClient client(network.client(), [&](std::string_view) {
    if (meanwhile) std::exchange(meanwhile, {})();
    return testbed::LineFault::None;
  });
  start(client);
  run(minutes{1});
  const auto begin = network.now();
  meanwhile = [&] {
    network.advance(seconds{7});
    const auto body = rows(network.now());
    EXPECT_EQ(monitor->write({telemetry::WriteApi::V1, body, "", ""}, network.now()).status, 204);
  };
  monitor->step(begin);
  EXPECT_FALSE(meanwhile);
  EXPECT_EQ(monitor->evidence().last_pass(), begin + seconds{7});
}

TEST_F(MonitorTest, ADeviceWhoseClockIsAheadIsNamed) {
  start();
  run(minutes{1});
  const auto row = fmt::format("intfCounters,dzd_pubkey={},intf=Switch1/1/1 in-octets=1i {}\n", to_text(ams),
                               (network.now() + minutes{9}).time_since_epoch().count() * 1000);
  const auto answer = write(row);
  EXPECT_EQ(answer.status, 400);
  EXPECT_NE(answer.error.find("clock is 9 min ahead"), std::string::npos) << answer.error;
  EXPECT_EQ(monitor->pushed().counters().devices.at(ams).too_far_ahead, 1U);
}

TEST_F(MonitorTest, TokensBindRowsToTheirOwner) {
  settings.tokens = {{"0123456789abcdef", "alpha", ""}, {"fedcba9876543210", "", "fra"}};
  start();
  monitor->step(network.now());
  const auto body = rows(network.now());
  EXPECT_EQ(write(body, "", telemetry::WriteApi::V2).status, 401);
  EXPECT_EQ(write(body, "0123456789abcdef", telemetry::WriteApi::V2).status, 204);
  const auto partial = write(body, "fedcba9876543210", telemetry::WriteApi::V2);
  EXPECT_EQ(partial.status, 400);
  EXPECT_NE(partial.error.find(to_text(ams)), std::string::npos);
  EXPECT_EQ(partial.error.find(to_text(fra)), std::string::npos);
}

TEST_F(MonitorTest, ASourceThatIsAwayRaisesNothing) {
  start();
  replay(minutes{118});
  run(minutes{5});
  ASSERT_EQ(health(), Health::Healthy);
  sending = false;  // both devices at once: the source is suspected
  run(minutes{40});
  EXPECT_EQ(health(), Health::Healthy) << why();
}

// ---- windows in slots

TEST_F(MonitorTest, AWindowInSlotsIsAsLongAsTheLedgersClockSays) {
  settings.policy.window = settings.policy.recovery_window =
      verdict::window_in_slots(18'000);  // 2 h; the ledger is 1 h old
  start();
  replay(minutes{118});
  run(minutes{5});
  EXPECT_EQ(health(), Health::Pending);
  EXPECT_NE(why().find("the ledger is younger than 18000 slots"), std::string::npos) << why();
  run(minutes{50});
  EXPECT_EQ(health(), Health::Pending) << why();
  run(minutes{10});
  EXPECT_EQ(health(), Health::Healthy) << why();
  EXPECT_EQ(monitor->policy().window.length, minutes{120});
  EXPECT_NE(monitor->explain(link)->find("over 2 h 0 min (18000 slots)"), std::string::npos) << *monitor->explain(link);
}

TEST_F(MonitorTest, APolicyForAnotherNetworkWritesNothing) {
  settings.policy = verdict::default_policy(v034_profile());
  start();
  run(minutes{1});
  EXPECT_EQ(health(), Health::Unknown);
  EXPECT_NE(monitor->ledger().problem().find("the ledger speaks profile rfc"), std::string::npos)
      << monitor->ledger().problem();
  EXPECT_EQ(monitor->counters().health.changes, 0U);
}

// ---- the change budget

TEST_F(MonitorTest, NoMoreIsWrittenThanTheBudgetAllows) {
  settings.limits.writes_per_minute = 1;
  start();
  run(seconds{50});
  EXPECT_EQ(monitor->counters().health.changes, 1U);
  const auto alarms = monitor->announcer().alarms();
  EXPECT_TRUE(std::any_of(alarms.begin(), alarms.end(),
                          [](const auto& a) { return a.kind == control::AlarmKind::ChangeBudget; }));
  start();  // a restart has no more to spend
  run(seconds{5});
  EXPECT_EQ(monitor->counters().health.changes, 0U);
  run(minutes{3});
  EXPECT_EQ(monitor->counters().health.changes, 2U);
  EXPECT_EQ(said("alarm_over"), 1);
}

// Nobody knows when it is written, so it is not said to be healthy in a minute, minute after minute.
TEST_F(MonitorTest, WhatTheBudgetHoldsBackHasNoTimeAndSaysUntilWhen) {
  settings.limits.fleet_percent_per_hour = 1;  // one record
  start();
  run(minutes{3});
  std::optional<std::string> before;
  for (int i = 0; i < 3; ++i) {
    run(minutes{1});
    int held = 0;
    for (const auto& verdict : monitor->verdicts()) {
      const auto report = monitor->assessment(verdict.key);
      ASSERT_TRUE(report);
      const bool says = report->sentence.find(
                            "; its change of health is held back by the change budget (too much of the "
                            "fleet in an hour), until ") != std::string::npos;
      EXPECT_EQ(says, monitor->desk().budget().defers(verdict.key)) << report->sentence;
      if (!says) continue;
      ++held;
      EXPECT_FALSE(report->healthy_at || report->condition.returns_at || verdict.healthy_at) << report->sentence;
      const auto page = monitor->explain(verdict.key);
      EXPECT_NE(page->find("is held back by the change budget"), std::string::npos) << *page;
      EXPECT_EQ(page->find("if it stays clean; its change"), std::string::npos) << *page;
      EXPECT_EQ(before.value_or(report->sentence.substr(report->sentence.find("until"))),
                report->sentence.substr(report->sentence.find("until")));
      before = report->sentence.substr(report->sentence.find("until"));
    }
    EXPECT_EQ(held, 2);  // of three records
  }
}

}  // namespace
}  // namespace dz::monitor
