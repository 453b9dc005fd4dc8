// Nothing is acted on from a stale view: nodes that are behind, after a restart and without one.
#include <map>
#include <utility>

#include "activator/activator_report.h"
#include "activator/live_fixture.h"
#include "testbed/lagging_client.h"

namespace dz::activator {
namespace {

// Link 0 is undrained, judged, brought into service by the activator, and drained by hand again. The node stopped
// following before it came into service, so that there it looks as if it were to be brought back.
class StaleView : public LiveActivator {
 protected:
  using Lag = testbed::Lag;

  void drained_again_behind(Lag lag, Duration since = seconds{0}) {
    drain(0);
    undrain(0);
    judge(0, Health::Impaired);
    judge(0, Health::Healthy);
    node.stop_following(std::move(lag));
    auto before = make(kept());
    run(*before, seconds{2}, std::chrono::milliseconds{500});
    ASSERT_EQ(status(0), Status::Activated);
    drain(0);
    before->on_event(links[0]);
    run(*before, seconds{1}, std::chrono::milliseconds{500});
    ASSERT_EQ(before->records().at(links[0]).status, Status::HardDrained);
    network.advance(since);
    log.clear();
  }
  ActivatorOptions kept() {
    ActivatorOptions options;
    options.view.kept = {.load = [this](const wire::Blockhash& genesis) -> Result<std::optional<Slot>> {
                           const auto found = slots.find(genesis);
                           return found == slots.end() ? std::nullopt : std::optional(found->second);
                         },
                         .save = [this](const wire::Blockhash& genesis, Slot slot) -> Result<void> {
                           slots[genesis] = slot;
                           return {};
                         }};
    return options;
  }
  // What a process does that has just started at this node, until the node's last block hash is long worth nothing.
  std::uint64_t sent_after_restart(const ActivatorOptions& options, Duration time = minutes{3}) {
    node.restart();
    auto activator = make_on(node, options);
    run(*activator, time);
    reason = activator->problem();
    healthy = activator_health(*activator, minutes{1}, network.now()).healthy;
    return activator->counters().sent;
  }
  void comes_back_when_the_node_follows(const ActivatorOptions& options) {
    node.follow();
    undrain(0);
    judge(0, Health::Impaired);
    judge(0, Health::Healthy);
    EXPECT_EQ(sent_after_restart(options), 1U);
    EXPECT_EQ(status(0), Status::Activated);
  }

  testbed::LaggingClient node{network.ledger(), network.client()};
  std::map<wire::Blockhash, Slot> slots;
  std::string reason;
  bool healthy = true;
};

TEST_F(StaleView, D12_ANewBlockHashIsNotSentWithOldState) {
  drained_again_behind({.current = {"get_latest_blockhash", "get_block_time"}});
  EXPECT_EQ(sent_after_restart({}), 0U);
  EXPECT_EQ(status(0), Status::HardDrained);
  comes_back_when_the_node_follows({});
}

TEST_F(StaleView, D12_ANodeThatIgnoresTheRequiredSlotIsNotActedOn) {
  drained_again_behind({.honours_slots = false, .current = {"get_latest_blockhash", "get_block_time"}});
  EXPECT_EQ(sent_after_restart({}), 0U);
  EXPECT_EQ(status(0), Status::HardDrained);
}

// Trails do not name the slot that they are of, but they have to agree with the record, which does.
TEST_F(StaleView, D12_AnOldTrailDoesNotProveACurrentRecord) {
  for (const bool honours : {true, false}) {
    SCOPED_TRACE(honours);
    drained_again_behind({.honours_slots = honours,
                          .current = {"get_latest_blockhash", "get_block_time", "get_program_accounts",
                                      "get_multiple_accounts", "get_slot"}});
    EXPECT_EQ(sent_after_restart({}), 0U);
    EXPECT_EQ(status(0), Status::HardDrained);
    node.follow();
  }
}

TEST_F(StaleView, D12_AnOldBlockHashIsNotTakenBelowTheSlotThatWasKept) {
  drained_again_behind({});
  EXPECT_EQ(sent_after_restart(kept(), seconds{20}), 0U);
  EXPECT_EQ(status(0), Status::HardDrained);
  EXPECT_FALSE(healthy);
  EXPECT_NE(reason.find("behind"), std::string::npos) << reason;
  comes_back_when_the_node_follows(kept());
}

TEST_F(StaleView, D12_ANodeThatLagsUniformlyIsNotActedOnAlsoWhenNothingWasKept) {
  drained_again_behind({}, seconds{35});  // its block hash is good for 25 s more
  EXPECT_EQ(sent_after_restart({}), 0U);
  EXPECT_EQ(status(0), Status::HardDrained);
  EXPECT_FALSE(healthy);
  EXPECT_NE(reason.find("the newest block of this node"), std::string::npos) << reason;
  EXPECT_EQ(said("ledger_behind"), 1);
  comes_back_when_the_node_follows({});
}

// What the two rules above are good for: without them the same node is believed.
TEST_F(StaleView, WithoutAnyOfThemTheSameNodeIsBelieved) {
  drained_again_behind({}, seconds{35});
  ActivatorOptions options;
  options.view.most_age = minutes{10};
  EXPECT_EQ(sent_after_restart(options), 1U);
}

TEST_F(StaleView, AStagedUndrainTakesNoStepEither) {
  auto options = kept();
  options.staged.on = true;
  drained_again_behind({.current = {"get_latest_blockhash", "get_block_time"}});
  EXPECT_EQ(sent_after_restart(options), 0U);
  EXPECT_EQ(status(0), Status::HardDrained);
}

// The record looks the same, and its history says that it was drained anew: between planning and writing.
TEST_F(StaleView, AStageEndsOnlyWhenItIsOldEnoughByTheTrailReadLast) {
  ActivatorOptions options;
  options.staged = {.on = true, .dwell = minutes{10}};
  drain(0);
  undrain(0);
  judge(0, Health::Impaired);
  judge(0, Health::Healthy);
  auto activator = make(options);
  run(*activator, minutes{1});
  ASSERT_EQ(status(0), Status::SoftDrained);
  run(*activator, minutes{9} - seconds{5});
  update(0, {.status = Status::HardDrained, .desired_status = DesiredStatus::HardDrained}, network.alpha);
  update(0, {.status = Status::SoftDrained}, network.alpha);
  undrain(0);
  judge(0, Health::Impaired);
  judge(0, Health::Healthy);
  run(*activator, minutes{5});
  EXPECT_EQ(status(0), Status::SoftDrained);
  run(*activator, minutes{6});
  EXPECT_EQ(status(0), Status::Activated);
}

// Loses everything that is sent, until told otherwise.
class Lossy final : public testbed::ForwardingClient {
 public:
  using ForwardingClient::ForwardingClient;
  bool loses = true;
  int sends = 0;
  tl::expected<wire::Signature, client::SendFailure> send_transaction(const wire::Transaction& t,
                                                                      const client::SendOptions& options) override {
    ++sends;
    if (loses) return tl::unexpected(client::SendFailure{{ErrorKind::Retry, "no answer"}, {}, {}});
    return ForwardingClient::send_transaction(t, options);
  }
};

TEST_F(StaleView, WhatIsUnderWayIsNotSentAgainOnceTheRecordWasWrittenTo) {
  Lossy client(network.client());
  drain(0);
  undrain(0);
  judge(0, Health::Impaired);
  judge(0, Health::Healthy);
  auto activator = make_on(client);
  run(*activator, seconds{6});
  ASSERT_EQ(activator->open_transactions(), 1U);
  EXPECT_GT(client.sends, 1);  // lost, and sent again
  // Drained anew by hand: the record looks as it did.
  update(0, {.status = Status::HardDrained}, network.alpha);
  activator->on_event(links[0]);
  client.loses = false;
  run(*activator, minutes{5});
  EXPECT_EQ(status(0), Status::HardDrained);
}

// Also when no event says so, as far as the record shows it.
TEST_F(StaleView, WhatIsUnderWayIsNotSentAgainOnceTheRecordIsReadAsAnother) {
  Lossy client(network.client());
  drain(0);
  undrain(0);
  judge(0, Health::Impaired);
  judge(0, Health::Healthy);
  ActivatorOptions options;
  options.poll_interval = seconds{5};
  auto activator = make_on(client, options);
  run(*activator, seconds{4});
  ASSERT_EQ(activator->open_transactions(), 1U);
  drain(0);
  run(*activator, seconds{6});
  const int sends = std::exchange(client.sends, 0);
  client.loses = false;
  run(*activator, minutes{5});
  EXPECT_GT(sends, 0);
  EXPECT_EQ(client.sends, 0);
  EXPECT_EQ(status(0), Status::HardDrained);
}

}  // namespace
}  // namespace dz::activator
