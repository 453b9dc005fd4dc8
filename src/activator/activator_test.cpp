// The activator over a ledger in memory. The lessons of the network's earlier activator are the list of tests.
#include "activator/activator.h"

#include <gtest/gtest.h>

#include "testbed/faulty_client.h"
#include "testbed/forwarding_client.h"
#include "testbed/small_network.h"

namespace dz::activator {
namespace {

using std::chrono::seconds;

class ActivatorTest : public testing::Test {
 protected:
  ActivatorTest() {
    network.add_device("ams", network.alpha);
    network.add_device("fra", network.alpha);
    link = network.add_link("ams-fra", LinkType::Wan, "ams", "Switch1/1/1", "fra", "Switch1/1/1");
  }

  std::unique_ptr<Activator> make(client::LedgerClient& client, ActivatorOptions options = {}) {
    options.ids = wire::local_program_ids();
    return std::make_unique<Activator>(
        client, network.activator, options,
        [this](service::LogLevel, std::string_view event, const service::LogFields&) { log.emplace_back(event); });
  }
  void set_health(Health health) { ASSERT_TRUE(network.as(network.monitor).set_link_health(link, health)); }
  void want(DesiredStatus desired) {
    const auto record = network.link("ams-fra");
    ASSERT_TRUE(network.as(network.alpha).update_link({link, &record}, {.desired_status = desired}));
  }
  // Steps for that long, every 200 ms.
  void run(Activator& activator, Duration time) {
    for (const auto end = network.now() + time; network.now() < end; network.advance(std::chrono::milliseconds{200})) {
      activator.step(network.now());
    }
  }
  Status status() { return network.link("ams-fra").status; }
  int said(std::string_view event) const { return static_cast<int>(std::count(log.begin(), log.end(), event)); }

  testbed::SmallNetwork network{Timestamp{std::chrono::hours{494'000}}};
  Pubkey link;
  std::vector<std::string> log;
};

TEST_F(ActivatorTest, ActivatesAHealthyLinkAndThenRests) {
  auto activator = make(network.client());
  run(*activator, seconds{5});
  EXPECT_EQ(status(), Status::HardDrained);
  set_health(Health::Healthy);
  activator->on_event(link);
  run(*activator, seconds{5});
  EXPECT_EQ(status(), Status::Activated);
  EXPECT_EQ(activator->counters().sent, 1U);
  run(*activator, seconds{200});
  EXPECT_EQ(activator->counters().sent, 1U);
  EXPECT_EQ(said("status_changed"), 1);
}

TEST_F(ActivatorTest, ALinkThatIsDrainedAndBackWithinSecondsIsActivatedAtOnceAgain) {
  auto activator = make(network.client());
  run(*activator, seconds{5});
  for (unsigned round = 1; round <= 3; ++round) {
    set_health(Health::Healthy);
    activator->on_event(link);
    run(*activator, std::chrono::milliseconds{600});
    EXPECT_EQ(status(), Status::Activated);
    EXPECT_EQ(activator->counters().sent, round);
    const auto serving = network.link("ams-fra");
    ASSERT_TRUE(network.as(network.alpha).drain_link({link, &serving}, Status::HardDrained, {}));
    const auto drained = network.link("ams-fra");
    ASSERT_TRUE(network.as(network.alpha).undrain_link({link, &drained}, {}));
  }
  EXPECT_EQ(activator->counters().refused, 0U);
}

TEST_F(ActivatorTest, FindsByPollingWhatNoEventTold) {
  auto activator = make(network.client());
  run(*activator, seconds{1});
  set_health(Health::Healthy);
  run(*activator, seconds{58});
  EXPECT_EQ(status(), Status::HardDrained);
  run(*activator, seconds{5});
  EXPECT_EQ(status(), Status::Activated);
}

TEST_F(ActivatorTest, DrainsAndOffboardsAsWanted) {
  set_health(Health::Healthy);
  auto activator = make(network.client());
  run(*activator, seconds{2});
  for (const auto& [desired, expected] : {std::pair{DesiredStatus::SoftDrained, Status::SoftDrained},
                                          std::pair{DesiredStatus::HardDrained, Status::HardDrained},
                                          std::pair{DesiredStatus::SoftDrained, Status::SoftDrained},
                                          std::pair{DesiredStatus::Deleted, Status::HardDrained}}) {
    want(desired);
    activator->on_event(link);
    run(*activator, seconds{2});
    EXPECT_EQ(status(), expected);
  }
}

TEST_F(ActivatorTest, TwoSideBySideDoNoHarm) {
  auto one = make(network.client());
  auto two = make(network.client());
  one->step(network.now());
  two->step(network.now());
  set_health(Health::Healthy);
  for (auto* each : {one.get(), two.get()}) each->on_event(link);
  // Both have read the record before either wrote.
  testbed::FaultyClient slow(network.client(), [](std::string_view) { return testbed::LineFault::None; });
  for (int i = 0; i < 20; ++i) {
    one->step(network.now());
    two->step(network.now());
    network.advance(std::chrono::milliseconds{200});
  }
  EXPECT_EQ(status(), Status::Activated);
  EXPECT_EQ(one->counters().refused + two->counters().refused, 0U);
}

TEST_F(ActivatorTest, AStaleReadIsNoticedBeforeAnythingIsSent) {
  int stale_reads = 0;
  testbed::FaultyClient client(network.client(), [&](std::string_view) {
    return stale_reads > 0 && stale_reads-- > 0 ? testbed::LineFault::StaleAnswer : testbed::LineFault::None;
  });
  set_health(Health::Healthy);
  client::LedgerMirror earlier(client, {.ids = wire::local_program_ids()});
  ASSERT_TRUE(earlier.step(network.now()).polled);  // what will be told again
  client.restart();
  auto late = make(client);
  auto first = make(network.client());
  run(*first, seconds{2});
  ASSERT_EQ(status(), Status::Activated);
  stale_reads = 5;  // all of the first full read
  run(*late, seconds{2});
  EXPECT_EQ(late->counters().sent, 0U);
  EXPECT_EQ(late->records().at(link).status, Status::Activated);
}

// Somebody else acts at the last moment.
class Overtaken final : public testbed::ForwardingClient {
 public:
  using testbed::ForwardingClient::ForwardingClient;
  std::function<void()> before_sending;

  tl::expected<wire::Signature, client::SendFailure> send_transaction(const wire::Transaction& t,
                                                                      const client::SendOptions& options) override {
    if (const auto first = std::exchange(before_sending, nullptr)) first();
    return testbed::ForwardingClient::send_transaction(t, options);
  }
};

TEST_F(ActivatorTest, WhoeverComesSecondIsRefusedByTheLedgerAndCountsItAsDone) {
  Overtaken client(network.client());
  auto late = make(client);
  auto first = make(network.client());
  first->step(network.now());
  set_health(Health::Healthy);
  client.before_sending = [&] {
    network.advance(seconds{6});  // with the same block hash it would be the same transaction
    first->on_event(link);
    first->step(network.now());
  };
  late->step(network.now());
  EXPECT_EQ(status(), Status::Activated);
  run(*late, seconds{2});
  EXPECT_EQ(late->counters().sent, 1U);
  EXPECT_EQ(late->counters().already_done, 1U);
  EXPECT_EQ(late->counters().refused, 0U);
}

// A program that cannot validate a record any more refuses every write to it.
class Unwilling final : public testbed::ForwardingClient {
 public:
  using testbed::ForwardingClient::ForwardingClient;
  bool willing = false;

  tl::expected<wire::Signature, client::SendFailure> send_transaction(const wire::Transaction& t,
                                                                      const client::SendOptions& options) override {
    if (willing) return testbed::ForwardingClient::send_transaction(t, options);
    const wire::TransactionError error{
        wire::TransactionErrorKind::InstructionError, 0, {wire::InstructionErrorKind::Custom, 28}};
    return tl::unexpected(client::SendFailure{{ErrorKind::Refused, to_text(error)}, error, {}});
  }
};

TEST_F(ActivatorTest, ARecordThatIsRefusedIsSaidOnceAndLeftAloneUntilItChanges) {
  Unwilling client(network.client());
  set_health(Health::Healthy);
  auto activator = make(client);
  run(*activator, std::chrono::minutes{20});
  EXPECT_EQ(activator->counters().sent, 1U);
  EXPECT_EQ(activator->counters().refused, 1U);
  EXPECT_EQ(said("status_refused"), 1);
  // Something of the link that decides nothing else.
  const auto record = network.link("ams-fra");
  ASSERT_TRUE(network.as(network.alpha).update_link({link, &record}, {.jitter_ns = record.jitter_ns + 1'000'000}));
  client.willing = true;
  activator->on_event(link);
  run(*activator, seconds{5});
  EXPECT_EQ(status(), Status::Activated);
}

TEST_F(ActivatorTest, NothingIsDoneOnWhatWasSeenLongAgo) {
  bool reads = true, sends = false;
  testbed::FaultyClient client(network.client(), [&](std::string_view call) {
    const bool of_sending = call == "get_latest_blockhash" || call == "send_transaction" ||
                            call == "get_signature_statuses" || call == "get_block_height";
    return (of_sending ? sends : reads) ? testbed::LineFault::None : testbed::LineFault::RequestLost;
  });
  set_health(Health::Healthy);
  auto activator = make(client);
  activator->step(network.now());  // sees what is due and cannot do it
  reads = false;
  run(*activator, std::chrono::minutes{4});
  sends = true;
  run(*activator, std::chrono::minutes{6});
  EXPECT_EQ(activator->counters().sent, 0U);
  reads = true;
  run(*activator, std::chrono::minutes{2});
  EXPECT_EQ(status(), Status::Activated);
}

TEST_F(ActivatorTest, AnAnswerThatIsLostIsNotSignedAgain) {
  int lost = 0;
  testbed::FaultyClient client(network.client(), [&](std::string_view call) {
    return call == "send_transaction" && lost++ == 0 ? testbed::LineFault::AnswerLost : testbed::LineFault::None;
  });
  set_health(Health::Healthy);
  auto activator = make(client);
  run(*activator, seconds{5});
  EXPECT_EQ(status(), Status::Activated);
  EXPECT_EQ(activator->counters().sent, 1U);
  EXPECT_EQ(activator->counters().confirmed, 1U);
}

TEST_F(ActivatorTest, ARequestThatIsLostIsSentAgain) {
  int lost = 0;
  testbed::FaultyClient client(network.client(), [&](std::string_view call) {
    return call == "send_transaction" && lost++ == 0 ? testbed::LineFault::RequestLost : testbed::LineFault::None;
  });
  set_health(Health::Healthy);
  auto activator = make(client);
  run(*activator, seconds{5});
  EXPECT_EQ(status(), Status::Activated);
}

// An error at each step of the conversation in turn.
TEST_F(ActivatorTest, RecoversFromAFaultAtAnyStep) {
  for (const auto fault :
       {testbed::LineFault::RequestLost, testbed::LineFault::AnswerLost, testbed::LineFault::StaleAnswer}) {
    for (int at = 0; at < 12; ++at) {
      want(DesiredStatus::HardDrained);
      auto cleaner = make(network.client());
      run(*cleaner, seconds{3});
      want(DesiredStatus::Activated);
      set_health(Health::Healthy);
      ASSERT_EQ(status(), Status::HardDrained);
      int call = 0;
      testbed::FaultyClient client(network.client(),
                                   [&](std::string_view) { return call++ == at ? fault : testbed::LineFault::None; });
      auto activator = make(client);
      run(*activator, seconds{70});
      EXPECT_EQ(status(), Status::Activated) << "fault " << static_cast<int>(fault) << " at call " << at;
    }
  }
}

TEST_F(ActivatorTest, ObservingSaysOnceAndWritesNothing) {
  set_health(Health::Healthy);
  ActivatorOptions options;
  options.observe = true;
  auto activator = make(network.client(), options);
  run(*activator, seconds{130});
  EXPECT_EQ(status(), Status::HardDrained);
  EXPECT_EQ(said("would_change_status"), 1);
}

TEST_F(ActivatorTest, RefusesAKeyThatIsAlsoFoundation) {
  set_health(Health::Healthy);
  ActivatorOptions options;
  options.ids = wire::local_program_ids();
  Activator activator(network.client(), network.foundation, options,
                      [](service::LogLevel, std::string_view, const service::LogFields&) {});
  run(activator, seconds{5});
  EXPECT_EQ(status(), Status::HardDrained);
  EXPECT_NE(activator.problem().find("--allow-foundation-key"), std::string::npos);
}

TEST_F(ActivatorTest, SaysSoWhenItsKeyMayNotWrite) {
  Activator activator(network.client(), network.beta, {.ids = wire::local_program_ids()},
                      [](service::LogLevel, std::string_view, const service::LogFields&) {});
  run(activator, seconds{2});
  EXPECT_NE(activator.problem().find("activator authority"), std::string::npos);
  // The authority is read again with every poll.
  ASSERT_TRUE(network.as(network.foundation).set_authority({.activator = network.beta.pubkey()}));
  run(activator, seconds{65});
  EXPECT_EQ(activator.problem(), "");
}

TEST_F(ActivatorTest, ALedgerThatIsAwayChangesNothingAndIsAskedAgain) {
  bool away = true;
  testbed::FaultyClient client(network.client(), [&](std::string_view) {
    return away ? testbed::LineFault::RequestLost : testbed::LineFault::None;
  });
  set_health(Health::Healthy);
  auto activator = make(client);
  run(*activator, seconds{30});
  EXPECT_GE(activator->counters().poll_failures, 4U);
  EXPECT_LE(activator->counters().poll_failures, 8U);
  away = false;
  run(*activator, seconds{61});
  EXPECT_EQ(status(), Status::Activated);
}

}  // namespace
}  // namespace dz::activator
