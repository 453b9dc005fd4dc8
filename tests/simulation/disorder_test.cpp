// Walks through disorder: rows that come late, twice or in another order, nodes that are behind, stores and ledgers
// that answer in ways of their own. Each bears the number of its case. Windows are an hour or two, so that a wrong
// judgement does not take a day to show.
#include <algorithm>

#include <fmt/format.h>

#include "walk.h"

namespace dz::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Order = World::Order;

class WalkOfDisorder : public Walk {
 protected:
  static WorldOptions options(Duration cadence = seconds{20}, bool zero_errors = false) {
    WorldOptions o;
    o.window = minutes{120};
    o.qa_every = minutes{12};
    o.cadence = cadence;
    o.zero_errors = zero_errors;
    o.activators = 1;
    return o;
  }
  // Everything is in service, and one link is drained and healthy: of that one the strict judgement shows.
  World& drained_and_healthy(const WorldOptions& o) {
    if (!world_) begin(o, o.window + minutes{15});
    world_->start_all();
    world_->run(minutes{12});
    EXPECT_TRUE(world_->drain_link(kSecondWan, Status::SoftDrained));
    world_->run(minutes{6});
    expect_link(kSecondWan, Status::SoftDrained, Health::Healthy);
    expect_link(kWan, Status::Activated, Health::Healthy);
    run_to_second(0);
    return *world_;
  }
  std::size_t port() const { return world_->links()[kSecondWan].port_a; }  // of ams
  // A row of that port's error counter; rises: what the truth counts, where it is more than before.
  void show_errors(std::uint64_t value, Timestamp stamp, std::optional<std::uint64_t> rises = std::nullopt) {
    world_->show(kAms, {port(), stamp, std::nullopt, {value}, rises});
  }
  void expect_judged(Health health) { expect_link(kSecondWan, Status::SoftDrained, health); }
};

// ---- D1: an error row that comes late

TEST_F(WalkOfDisorder, D1_AnErrorInABatchThatComesThreeMinutesLate) {
  auto& world = drained_and_healthy(options(seconds{2}));
  world.hold_rows(kAms, true);
  world.run(seconds{3});
  world.faults(kAms).ports[port()].errors = true;
  world.run(seconds{2});
  world.faults(kAms).ports[port()].errors = false;
  world.run(seconds{7});
  world.hold_rows(kAms, false);
  world.run(minutes{3} - seconds{12});
  world.deliver_held(kAms);
  world.run(minutes{3});
  expect_judged(Health::Impaired);
}

TEST_F(WalkOfDisorder, D1_OnlyTheErrorRowComesLate) {
  for (const auto cadence : {seconds{20}, seconds{60}}) {
    world_.reset();
    auto& world = drained_and_healthy(options(cadence));
    const auto at = world.now() + seconds{3};
    world.run(minutes{3});
    show_errors(2, at, 2);
    world.run(minutes{3});
    expect_judged(Health::Impaired);
  }
}

TEST_F(WalkOfDisorder, D1_ALateErrorRowBetweenTwoOlderAnswers) {
  auto& world = drained_and_healthy(options(seconds{20}, true));
  const auto rise = world.now() + seconds{5};
  world.run(minutes{10});
  show_errors(0, world.now());  // after a clear
  world.run(minutes{20});
  show_errors(3, rise, 3);
  world.run(minutes{3});
  expect_judged(Health::Impaired);
}

// ---- D2: octets that come late are no idle minutes

TEST_F(WalkOfDisorder, D2_TenMinutesOfOctetsComeLate) {
  for (const auto order : {Order::OldestFirst, Order::NewestFirst, Order::Random}) {
    world_.reset();
    auto& world = drained_and_healthy(options(order == Order::Random ? seconds{20} : seconds{60}));
    world.hold_rows(kAms, true);
    world.run(minutes{10});
    world.hold_rows(kAms, false);
    world.run(minutes{5});
    world.deliver_held(kAms, order);
    world.run(minutes{4});
    expect_judged(Health::Healthy);
  }
}

// ---- D3, D4: values that were there before

TEST_F(WalkOfDisorder, D3_AReplayedDipInBufferedRows) {
  const auto o = options();
  auto& world = begin(o, Duration{});
  world.start_errors(kAms, port(), 12);
  world.backfill(o.window + minutes{15});
  drained_and_healthy(o);
  const auto dip = world.now() + minutes{1};
  world.run(minutes{11});
  show_errors(11, dip);
  show_errors(12, dip + minutes{5});
  world.run(minutes{3});
  expect_judged(Health::Healthy);
}

TEST_F(WalkOfDisorder, D4_ADuplicateOfARowFromBeforeAClear) {
  const auto o = options();
  auto& world = begin(o, Duration{});
  world.start_errors(kAms, port(), 41);
  world.backfill(o.window + minutes{15});
  drained_and_healthy(o);
  const auto at = world.now() + seconds{10};
  world.run(seconds{11});
  show_errors(41, at);
  world.run(minutes{40});
  show_errors(0, world.now());  // a clear
  world.run(minutes{12});
  expect_judged(Health::Healthy);
  show_errors(41, at);
  world.run(minutes{3});
  expect_judged(Health::Healthy);
}

// ---- D5: octets that come late explain

TEST_F(WalkOfDisorder, D5_OldReadingsThatComeLateAreNoTraffic) {
  auto& world = drained_and_healthy(options());
  const auto idle_from = world.now();
  world.faults(kAms).ports[port()].idle = true;
  world.run(minutes{4});
  world.faults(kAms).ports[port()].idle = false;
  world.run(minutes{3});
  expect_judged(Health::Impaired);
  for (int m = 0; m < 4; ++m) {
    // As after a reset long ago.
    world.show(kAms, {port(), idle_from + minutes{m} + seconds{5}, 1000, {}, std::nullopt});
  }
  world.run(minutes{20});
  expect_judged(Health::Impaired);
}

TEST_F(WalkOfDisorder, D5_LateOctetsShowThatTheFirstErrorsWereARise) {
  auto& world = drained_and_healthy(options());
  world.hold_rows(kAms, true);
  world.run(minutes{7});
  show_errors(5, world.now(), 5);  // nothing was heard of the port for 7 minutes
  world.run(seconds{10});
  world.hold_rows(kAms, false);
  world.deliver_held(kAms);
  world.run(minutes{5});
  expect_judged(Health::Impaired);
}

// ---- D6: a clear is no idle minute

TEST_F(WalkOfDisorder, D6_ClearedCountersWithOneReadingAMinute) {
  auto& world = drained_and_healthy(options(seconds{60}, true));
  world.reset_counters(kAms, port());
  world.reset_counters(kAms, world.links()[kWan].port_a);
  world.run(minutes{3});
  expect_link(kWan, Status::Activated, Health::Healthy);
  world.run(minutes{12});
  expect_judged(Health::Healthy);
  expect_link(kWan, Status::Activated, Health::Healthy);
  EXPECT_EQ(world.safety().counts().impaired_in_service, 0);
}

TEST_F(WalkOfDisorder, D6_AReplayImpairsNothingInService) {
  auto& world = drained_and_healthy(options(seconds{20}, true));
  auto& ports = world.faults(kAms).ports;
  ports[world.links()[kWan].port_a].replay = true;
  world.run(minutes{5});
  ports[world.links()[kWan].port_a].replay = false;
  world.run(minutes{15});
  expect_link(kWan, Status::Activated, Health::Healthy);
  EXPECT_EQ(world.safety().counts().impaired_in_service, 0);
}

// ---- D7: many interfaces

TEST_F(WalkOfDisorder, D7_PortsOfTheLedgerHaveAPlaceBehind300Tunnels) {
  auto o = options();
  o.window = minutes{60};
  auto& world = begin(o, Duration{});
  world.start_monitor(0);
  world.run(seconds{1});
  std::string tunnels;
  const auto stamp = world.now().time_since_epoch().count() * 1000;
  for (int i = 1; i <= 300; ++i) {
    tunnels += fmt::format("intfCounters,dzd_pubkey={},intf=Tunnel{} in-octets=1i,out-octets=1i {}\n",
                           to_text(world.device(kAms).key()), i, stamp);
  }
  (void)world.request(0, {.method = "POST", .path = "/api/v2/write", .body = tunnels});
  world.start_activator(0);
  world.run(minutes{70});
  for (std::size_t i = 0; i < world.links().size(); ++i) expect_link(i, Status::Activated, Health::Healthy);
}

// ---- D8, D9: what is lost is said, in words that every client reads

TEST_F(WalkOfDisorder, D8_WhatIsNotTakenIsNotAnswered204) {
  auto& world = drained_and_healthy(options());
  std::string good;
  const auto stamp = world.now().time_since_epoch().count() * 1000;
  for (int i = 0; i < 1200; ++i) {
    good += fmt::format("intfCounters,dzd_pubkey={},intf=Switch1/1/1 in-octets=1i {}\n",
                        to_text(world.device(kAms).key()), stamp - i);
  }
  const auto status = [&](const std::string& body) {
    return world.request(0, {.method = "POST", .path = "/api/v2/write", .body = body}).status;
  };
  EXPECT_EQ(status("syslog message=\"x\n" + good), 400);
  EXPECT_EQ(status("syslog,host=" + std::string(80 * 1024, 'h') + " message=\"x\"\n"), 400);
  EXPECT_EQ(status(good.substr(0, good.find('\n') + 1) + std::string(70 * 1024, 'x') + "\n"), 400);
  world.run(minutes{3});
}

TEST_F(WalkOfDisorder, D9_ErrorsAreHttp) {
  auto& world = drained_and_healthy(options());
  const std::string gzip("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x01\x02\x7f\x80\xff\n", 16);
  for (const auto& body : {gzip, std::string("a b=1\rc d=2"), std::string(40 * 1024, 'x')}) {
    const auto answer = world.request(0, {.method = "POST", .path = "/api/v2/write", .body = body});
    EXPECT_EQ(answer.status, 400);
    for (const auto& [name, value] : answer.headers) {
      EXPECT_LE(value.size(), 1024U) << name;
      const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
      EXPECT_TRUE(std::none_of(value.begin(), value.end(), is_control)) << name;
    }
  }
}

// ---- D10, D11: stores with words of their own

class WalkOfStores : public WalkOfDisorder {
 protected:
  World& with_store(telemetry::StoreKind kind, bool prometheus, StoreFault fault) {
    auto o = options();
    o.store = kind;
    o.prometheus = prometheus;
    auto& world = begin(o, o.window + minutes{15});
    world.set_store(fault);
    world.start_all();
    world.run(minutes{30});
    for (std::size_t i = 0; i < world.links().size(); ++i) expect_link(i, Status::Activated, Health::Healthy);
    for (std::size_t i = 0; i < world.devices(); ++i) expect_device(i, Status::Activated, Health::Healthy);
    return world;
  }
};

TEST_F(WalkOfStores, AStoreThatIsWellServesLikeRowsThatArePushed) {
  for (const auto kind : {telemetry::StoreKind::InfluxDb, telemetry::StoreKind::ClickHouse}) {
    with_store(kind, kind == telemetry::StoreKind::ClickHouse, StoreFault::None);
  }
}

TEST_F(WalkOfStores, D10_InfluxDbSaysThatAQuestionIsTooMuch) {
  with_store(telemetry::StoreKind::InfluxDb, false, StoreFault::TooMuch);
}

TEST_F(WalkOfStores, D10_ClickHouseSaysThatAQuestionIsTooMuch) {
  with_store(telemetry::StoreKind::ClickHouse, false, StoreFault::TooMuch);
}

TEST_F(WalkOfStores, D10_PrometheusSaysThatAQuestionIsTooMuch) {
  with_store(telemetry::StoreKind::InfluxDb, true, StoreFault::TooMuch);
}

TEST_F(WalkOfStores, D11_OmittedAnnotationsAreNoPartialAnswer) {
  with_store(telemetry::StoreKind::InfluxDb, true, StoreFault::Annotated);
}

// The store was away for a while, and the agents kept their rows. When it is back they deliver one after the other: who
// has not delivered yet is not silent.
TEST_F(WalkOfStores, AStoreThatFillsUpAfterAnOutageImpairsNothing) {
  auto& world = with_store(telemetry::StoreKind::InfluxDb, false, StoreFault::None);
  for (int i = 0; i < 8; ++i) {
    run_to_second(30);
    world.set_delivery(0, false);
    world.run(minutes{6});
    run_to_second(45 + i);
    world.set_delivery(0, true);
    world.run(minutes{3});
    EXPECT_EQ(world.safety().counts().impaired_in_service, 0);
  }
}

// Nobody ever delivered anything to it: that says nothing of a link that carries traffic.
TEST_F(WalkOfDisorder, AMonitorThatWasNeverSentARowImpairsNothing) {
  auto& world = begin(options(), Duration{});
  world.set_delivery(0, false);
  ASSERT_TRUE(world.override_link(kWan, Status::Activated));
  world.start_all();
  world.run(minutes{40});
  EXPECT_EQ(world.safety().counts().impaired_in_service, 0);
}

// ---- D12: nothing is acted on from a view that is behind

class WalkOfNodes : public Walk {
 protected:
  World& in_service_live(int activators) {
    WorldOptions o;
    o.live = true;
    o.window = minutes{120};
    o.qa_every = minutes{12};
    o.activators = activators;
    auto& world = begin(o, o.window + minutes{15});
    world.start_all();
    world.run(minutes{18});
    for (std::size_t i = 0; i < world.links().size(); ++i) expect_link(i, Status::Activated, Health::Healthy);
    return world;
  }
  // Drained, undrained and judged anew, and not yet in service: at that moment the node of activator 1 stops following.
  // Then activator 0 returns the link to service, activator 1 sees that by another node, and somebody drains again.
  World& drained_twice() {
    auto& world = in_service_live(2);
    EXPECT_TRUE(world.drain_link(kWan, Status::HardDrained));
    world.run(minutes{10});
    world.stop_activator(0);
    world.stop_activator(1);
    EXPECT_TRUE(world.undrain_link(kWan));
    for (int i = 0; i < 600 && world.link(kWan)->health != Health::Impaired; ++i) world.run(seconds{1});
    for (int i = 0; i < 600 && world.link(kWan)->health != Health::Healthy; ++i) world.run(seconds{1});
    expect_link(kWan, Status::HardDrained, Health::Healthy);
    world.run(seconds{2});
    world.freeze_activator_node(1);
    world.run(seconds{1});  // what follows is of another slot
    world.start_activator(0);
    world.start_activator(1);
    for (int i = 0; i < 100 && world.link(kWan)->status != Status::Activated; ++i) world.run(Duration{100'000});
    expect_link(kWan, Status::Activated, Health::Healthy);
    world.run(seconds{3});
    world.stop_activator(0);
    world.stop_activator(1);
    EXPECT_TRUE(world.drain_link(kWan, Status::HardDrained));
    return world;
  }
  void expect_drained_by_hand() {
    EXPECT_EQ(to_text(world_->link(kWan)->status), to_text(Status::HardDrained));
    EXPECT_EQ(to_text(world_->link(kWan)->desired_status), to_text(DesiredStatus::HardDrained));
  }
};

TEST_F(WalkOfNodes, D12_AnActivatorThatRestartsOnANodeBehindUndoesNoDrain) {
  auto& world = drained_twice();
  world.set_activator_node(1, NodeFault::Behind);
  world.start_activator(1);
  world.run(minutes{5});
  expect_drained_by_hand();
}

TEST_F(WalkOfNodes, D12_ANodeThatHasNotFollowedForHalfAMinuteIsNotActedOn) {
  auto& world = drained_twice();
  world.run(seconds{35});  // and the block hash of then is still good
  world.set_activator_node(1, NodeFault::Behind);
  world.start_activator(1);
  world.run(minutes{5});
  expect_drained_by_hand();
}

TEST_F(WalkOfNodes, D12_NodesThatAnswerByTurns) {
  auto& world = drained_twice();
  world.set_activator_node(1, NodeFault::TakesTurns);
  world.start_activator(1);
  world.run(minutes{10});
  expect_drained_by_hand();
}

TEST_F(WalkOfNodes, D12_AMonitorOnANodeBehindWritesNothing) {
  auto& world = in_service_live(1);
  ASSERT_TRUE(world.drain_link(kWan, Status::SoftDrained));
  world.run(minutes{5});
  world.set_monitor_node(0, NodeFault::Behind);
  world.run(seconds{20});
  ASSERT_TRUE(world.undrain_link(kWan));
  world.run(minutes{4});
  const auto changes = world.safety().counts().changes;
  world.run(minutes{10});
  EXPECT_EQ(world.safety().counts().changes, changes);
  world.set_monitor_node(0, NodeFault::None);
  world.run(minutes{10});
  expect_link(kWan, Status::Activated, Health::Healthy);
}

// ---- D13: a transaction that cannot be shown

TEST_F(WalkOfNodes, D13_OneTransactionThatIsNotShownHoldsBackItsOwnRecord) {
  for (const auto how : {testbed::NotShown::Refused, testbed::NotShown::Null}) {
    world_.reset();
    auto& world = in_service_live(1);
    ASSERT_TRUE(world.drain_link(kSecondWan, Status::HardDrained));
    ASSERT_TRUE(world.override_link(kWan, Status::HardDrained));
    world.run(minutes{10});
    expect_link(kWan, Status::HardDrained, Health::Healthy);  // its trail is read: it says that a hand drained it
    const auto hidden = world.pay_link(kWan);
    world.activator_history(0).hide(hidden, how);
    world.monitor_history(0).hide(hidden, how);
    world.run(seconds{10});
    ASSERT_TRUE(world.undrain_link(kSecondWan));
    world.run(minutes{30});
    expect_link(kSecondWan, Status::Activated, Health::Healthy);
    expect_link(kWan, Status::HardDrained, Health::Healthy);
  }
}

TEST_F(WalkOfNodes, D13_ATransactionThatIsNotShownBehindAnUndrain) {
  for (const auto how : {testbed::NotShown::Refused, testbed::NotShown::Null}) {
    world_.reset();
    auto& world = in_service_live(1);
    for (const auto link : {kWan, kSecondWan}) ASSERT_TRUE(world.drain_link(link, Status::HardDrained));
    world.run(minutes{5});
    for (const auto link : {kWan, kSecondWan}) ASSERT_TRUE(world.undrain_link(link));
    const auto hidden = world.pay_link(kWan);
    world.activator_history(0).hide(hidden, how);
    world.monitor_history(0).hide(hidden, how);
    world.run(minutes{30});
    expect_link(kSecondWan, Status::Activated, Health::Healthy);
  }
}

TEST_F(WalkOfNodes, D13_APrunedTrailHoldsBackItsOwnRecord) {
  auto& world = in_service_live(1);
  ASSERT_TRUE(world.drain_link(kWan, Status::HardDrained));
  world.run(minutes{5});
  ASSERT_TRUE(world.undrain_link(kWan));
  world.run(seconds{1});
  world.activator_history(0).prune_before(world.slot_at(world.now()));
  ASSERT_TRUE(world.drain_link(kSecondWan, Status::HardDrained));
  world.run(minutes{5});
  ASSERT_TRUE(world.undrain_link(kSecondWan));
  world.run(minutes{20});
  expect_link(kSecondWan, Status::Activated, Health::Healthy);
}

// ---- D14: a dependency that does not answer

TEST_F(WalkOfDisorder, D14_ALedgerThatDoesNotAnswerStopsNothingElse) {
  auto& world = drained_and_healthy(options());
  Weather silent;
  silent.lost = 100;
  world.set_monitor_weather(0, silent);
  for (int i = 0; i < 20; ++i) {
    world.run(minutes{1});
    const auto row = fmt::format("intfCounters,dzd_pubkey={},intf=Switch1/4/1 in-octets={}i {}\n",
                                 to_text(world.device(kAms).key()), i, world.now().time_since_epoch().count() * 1000);
    EXPECT_EQ(world.request(0, {.method = "POST", .path = "/api/v2/write", .body = row}).status, 204);
  }
  world.set_monitor_weather(0, {});
  world.run(minutes{5});
  expect_judged(Health::Healthy);
  expect_link(kWan, Status::Activated, Health::Healthy);
  EXPECT_EQ(world.safety().counts().impaired_in_service, 0);
}

// ---- D15: a slow poll is no fault

TEST_F(WalkOfDisorder, D15_APollOfFiveMinutesIsNoFault) {
  auto o = options();
  o.ledger_poll = minutes{5};
  auto& world = begin(o, o.window + minutes{15});
  world.start_all();
  world.run(minutes{12});
  for (int i = 0; i < 20; ++i) {
    world.run(minutes{1});
    const auto answer = world.request(0, {.method = "GET", .path = "/healthz"});
    EXPECT_EQ(answer.status, 200) << answer.body;
  }
}

}  // namespace
}  // namespace dz::sim
