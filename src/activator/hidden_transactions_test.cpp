// Transactions that the ledger lists and does not show hold back the record that they name, and no other.
#include <map>
#include <set>

#include <boost/json.hpp>

#include "activator/activator_report.h"
#include "activator/live_fixture.h"
#include "testbed/forgetful_client.h"
#include "testbed/forwarding_client.h"
#include "wire/instructions/solana.h"

namespace dz::activator {
namespace {

using control::Unproven;

// Does not show some transactions, each in a way of its own.
class Hiding final : public testbed::ForwardingClient {
 public:
  using ForwardingClient::ForwardingClient;
  std::map<wire::Signature, Result<std::optional<client::ConfirmedTransaction>>> hidden;
  std::map<wire::Signature, int> asked;

  Result<std::optional<client::ConfirmedTransaction>> get_transaction(const wire::Signature& signature) override {
    ++asked[signature];
    const auto found = hidden.find(signature);
    return found == hidden.end() ? ForwardingClient::get_transaction(signature) : found->second;
  }
};

class HiddenTransactions : public LiveActivator {
 protected:
  // 1 lamport to the account of the link: it wrote nothing.
  wire::Signature lamport_to(int i) {
    client::TransactionSender sender(network.client(), {network.clock(), [](Duration) {}});
    const auto transfer = wire::transfer(network.alpha.pubkey(), links[static_cast<std::size_t>(i)], 1);
    const auto sent = sender.send({&transfer, 1}, network.alpha);
    EXPECT_TRUE(sent && std::holds_alternative<client::Landed>(sent->result));
    network.advance(seconds{1});
    return sent->signature;
  }
  void wanted_back(int i, bool lamport = false) {
    drain(i);
    undrain(i);
    if (lamport) signature = lamport_to(i);
    judge(i, Health::Impaired);
    judge(i, Health::Healthy);
  }
  Result<std::optional<client::ConfirmedTransaction>> version_not_supported() const {
    return refused("the ledger declined getTransaction: Transaction version (1) is not supported (code -32015)");
  }
  const control::HeldRecord* held(const Activator& activator, int i) const {
    const auto found = activator.plan().held.find(links[static_cast<std::size_t>(i)]);
    return found == activator.plan().held.end() ? nullptr : &found->second;
  }

  Hiding client{network.client()};
  wire::Signature signature;
};

TEST_F(HiddenTransactions, D13_OneHoldsBackItsOwnRecordOnlyAndIsShown) {
  const std::vector<Result<std::optional<client::ConfirmedTransaction>>> ways{
      version_not_supported(), std::optional<client::ConfirmedTransaction>(), corrupt("expected a field 'meta'"),
      fail(ErrorKind::Retry, "HTTP 502")};
  for (const auto& way : ways) {
    SCOPED_TRACE(way ? "null" : way.error().message);
    wanted_back(0, true);
    wanted_back(1);
    wanted_back(2);
    client.hidden.insert_or_assign(signature, way);
    auto activator = make_on(client);
    run(*activator, minutes{3});
    EXPECT_EQ(status(0), Status::HardDrained);
    EXPECT_EQ(status(1), Status::Activated);
    EXPECT_EQ(status(2), Status::Activated);
    ASSERT_NE(held(*activator, 0), nullptr);
    EXPECT_EQ(held(*activator, 0)->reason, Unproven::TransactionNotShown);
    const auto page = boost::json::parse(render_activator_status(*activator, network.now()));
    const auto& record = page.at("held").at("records").at(0);
    EXPECT_EQ(record.at("transaction"), boost::json::value(to_text(signature)));
    EXPECT_FALSE(record.at("transaction_error").as_string().empty());
    EXPECT_TRUE(record.as_object().contains("asked_again_at"));
    EXPECT_NE(render_activator_metrics(*activator, "1", network.now())
                  .find(R"(held_records{reason="the ledger does not show a transaction of its history"} 1)"),
              std::string::npos);
    EXPECT_EQ(said("record_held"), 1);
    log.clear();
  }
}

// Also one that arrives while the trail is known already.
TEST_F(HiddenTransactions, D13_ANewOneHoldsBackItsOwnRecordOnly) {
  auto activator = make_on(client);
  for (int i = 0; i < 3; ++i) {
    drain(i);
    undrain(i);
  }
  run(*activator, minutes{1});
  signature = lamport_to(0);
  client.hidden.insert_or_assign(signature, version_not_supported());
  for (int i = 0; i < 3; ++i) {
    judge(i, Health::Impaired);
    judge(i, Health::Healthy);
    activator->on_event(links[static_cast<std::size_t>(i)]);
  }
  run(*activator, minutes{3});
  EXPECT_EQ(status(0), Status::HardDrained);
  EXPECT_EQ(status(1), Status::Activated);
  EXPECT_EQ(status(2), Status::Activated);
  ASSERT_NE(held(*activator, 0), nullptr);
  EXPECT_EQ(held(*activator, 0)->reason, Unproven::TransactionNotShown);
}

TEST_F(HiddenTransactions, D13_ItIsAskedForEverMoreRarely) {
  wanted_back(0, true);
  client.hidden.insert_or_assign(signature, version_not_supported());
  auto activator = make_on(client);
  run(*activator, minutes{10});
  const int first = client.asked[signature];
  EXPECT_GE(first, 4);
  EXPECT_LE(first, 14);
  run(*activator, std::chrono::hours{24}, seconds{20});
  EXPECT_GE(client.asked[signature] - first, 20);  // every hour, in the end
  EXPECT_LE(client.asked[signature] - first, 32);
  EXPECT_EQ(status(0), Status::HardDrained);
}

TEST_F(HiddenTransactions, D13_OnceItIsShownTheRecordGoesOn) {
  wanted_back(0, true);
  client.hidden.insert_or_assign(signature, std::optional<client::ConfirmedTransaction>());
  auto activator = make_on(client);
  run(*activator, minutes{10});
  EXPECT_EQ(status(0), Status::HardDrained);
  client.hidden.clear();
  run(*activator, minutes{15});
  EXPECT_EQ(status(0), Status::Activated);
}

// A node that does not list enough is not the last word: another one does, or this one once it has read its archive.
TEST_F(HiddenTransactions, WhatIsNotListedIsAskedForAgain) {
  drain(0);
  undrain(0);
  testbed::ForgetfulClient node(network.client());
  node.prune_before(*network.client().get_slot());
  judge(0, Health::Impaired);
  judge(0, Health::Healthy);
  auto activator = make_on(node);
  run(*activator, minutes{10});
  EXPECT_EQ(status(0), Status::HardDrained);
  ASSERT_NE(held(*activator, 0), nullptr);
  EXPECT_EQ(held(*activator, 0)->reason, Unproven::TrailTooShort);
  node.remember();
  run(*activator, minutes{15});
  EXPECT_EQ(status(0), Status::Activated);
}

TEST_F(HiddenTransactions, WhatIsNeverListedIsAskedForEverMoreRarely) {
  drain(0);
  undrain(0);
  testbed::ForgetfulClient node(network.client());
  node.prune_before(*network.client().get_slot());
  judge(0, Health::Impaired);
  judge(0, Health::Healthy);
  auto activator = make_on(node);
  run(*activator, minutes{10});
  const auto first = activator->proofs().requests();
  run(*activator, std::chrono::hours{24}, seconds{20});
  EXPECT_LE(activator->proofs().requests() - first, 24U * 6 * 3);  // every 10 minutes a look, and hourly one more
}

// It may have written anything; what is proven by what came after it is proven.
TEST_F(HiddenTransactions, D13_ADrainAndAnUndrainAfterItAreProofEnough) {
  wanted_back(0, true);
  client.hidden.insert_or_assign(signature, version_not_supported());
  auto activator = make_on(client);
  run(*activator, minutes{3});
  ASSERT_EQ(status(0), Status::HardDrained);
  drain(0);
  undrain(0);
  activator->on_event(links[0]);
  run(*activator, minutes{1});
  EXPECT_EQ(held(*activator, 0)->reason, Unproven::AwaitsJudgement);
  judge(0, Health::Impaired);
  judge(0, Health::Healthy);
  activator->on_event(links[0]);
  run(*activator, seconds{10});
  EXPECT_EQ(status(0), Status::Activated);
}

TEST_F(HiddenTransactions, OneFromBeforeTheDrainKeepsNobody) {
  signature = lamport_to(0);
  wanted_back(0);
  client.hidden.insert_or_assign(signature, version_not_supported());
  auto activator = make_on(client);
  run(*activator, seconds{10});
  EXPECT_EQ(status(0), Status::Activated);
}

// The queue is fair: neither a long trail nor a record that is written to all the time makes the others wait.
TEST_F(HiddenTransactions, D13_NoRecordStarvesTheOthers) {
  update(0, {.status = Status::HardDrained}, network.alpha);  // by hand: its whole trail will be read
  update(3, {.status = Status::HardDrained}, network.alpha);
  for (int n = 0; n < 200; ++n) update(0, {.delay_override_ns = 20'000U + static_cast<unsigned>(n)}, network.alpha);
  wanted_back(1);
  wanted_back(2);
  ActivatorOptions options;
  options.proofs.requests_per_second = 2;
  auto activator = make_on(client, options);
  for (int n = 0; n < 60; ++n) {
    activator->on_event(links[0]);
    activator->on_event(links[3]);
    run(*activator, seconds{1});
  }
  EXPECT_EQ(status(1), Status::Activated);
  EXPECT_EQ(status(2), Status::Activated);
}

}  // namespace
}  // namespace dz::activator
