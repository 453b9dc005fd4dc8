#include "activator/own_writes.h"

#include <gtest/gtest.h>

#include "testbed/faulty_client.h"
#include "testbed/forwarding_client.h"
#include "testbed/small_network.h"

namespace dz::activator {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class OwnWritesTest : public testing::Test {
 protected:
  OwnWritesTest() {
    network.add_device("ams", network.alpha);
    network.add_device("fra", network.alpha);
    for (const auto* port : {"Switch1/1/1", "Switch1/2/1", "Switch1/3/1"})
      links.push_back(network.add_link(std::string("link") + port[8], LinkType::Wan, "ams", port, "fra", port));
  }
  void judge(int link, Health health) {
    network.advance(seconds{1});
    ASSERT_TRUE(network.as(network.monitor).set_link_health(links[static_cast<std::size_t>(link)], health));
  }
  control::ChangeBudget restored(control::ChangeLimits limits, std::size_t fleet = 100) {
    control::ChangeBudget budget(limits);
    OwnWrites writes(network.client(), network.monitor.pubkey(), wire::local_program_ids());
    const auto done = writes.restore(budget, {rfc_profile(), fleet, 1000}, network.now());
    EXPECT_TRUE(done && *done);
    budget.begin_pass(fleet, network.now());
    return budget;
  }

  testbed::SmallNetwork network{Timestamp{std::chrono::hours{494'000}}};
  std::vector<Pubkey> links;
};

TEST_F(OwnWritesTest, CountsWhatTheKeyWroteLately) {
  judge(0, Health::Impaired);
  network.advance(std::chrono::hours{1});
  judge(1, Health::Impaired);
  network.advance(minutes{30});
  judge(1, Health::Healthy);
  judge(2, Health::Healthy);
  auto budget = restored({.writes_per_minute = 5, .fleet_percent_per_hour = 3});
  EXPECT_EQ(budget.written_in_minute(), 2U);
  EXPECT_EQ(budget.records_in_hour(), 2U);
  EXPECT_TRUE(budget.take(links[0]));
  EXPECT_FALSE(budget.take(Pubkey{}));  // would be a fourth record of a hundred
}

TEST_F(OwnWritesTest, WritesOfOthersDoNotCount) {
  judge(0, Health::Healthy);
  control::ChangeBudget budget({.writes_per_minute = 5});
  OwnWrites writes(network.client(), network.activator.pubkey(), wire::local_program_ids());
  ASSERT_TRUE(*writes.restore(budget, {rfc_profile(), 100, 1000}, network.now()));
  budget.begin_pass(100, network.now());
  EXPECT_EQ(budget.written_in_minute(), 0U);
}

TEST_F(OwnWritesTest, ReadsOnWhereItStopped) {
  for (int i = 0; i < 6; ++i) judge(i % 3, i % 2 == 0 ? Health::Impaired : Health::Healthy);
  int call = 0;
  testbed::FaultyClient client(network.client(), [&](std::string_view) {
    return ++call % 3 == 0 ? testbed::LineFault::RequestLost : testbed::LineFault::None;
  });
  control::ChangeBudget budget({.writes_per_minute = 100, .fleet_percent_per_hour = 50});
  OwnWrites writes(client, network.monitor.pubkey(), wire::local_program_ids());
  int tries = 0;
  while (budget.needs_history() && ++tries < 100) {
    (void)writes.restore(budget, {rfc_profile(), 100, 1}, network.now());
  }
  budget.begin_pass(100, network.now());
  EXPECT_EQ(budget.written_in_minute(), 6U);
  EXPECT_EQ(budget.records_in_hour(), 3U);
}

// Somebody may send the key a transaction that is never shown.
class Unshowing final : public testbed::ForwardingClient {
 public:
  using ForwardingClient::ForwardingClient;
  Error error;
  Result<std::optional<client::ConfirmedTransaction>> get_transaction(const wire::Signature& signature) override {
    if (!hidden) hidden = signature;
    return signature == hidden ? tl::unexpected(error) : ForwardingClient::get_transaction(signature);
  }

 private:
  std::optional<wire::Signature> hidden;
};

TEST_F(OwnWritesTest, D13_ATransactionThatIsNotShownCountsAsOneRecordAndHoldsBackNothing) {
  for (int i = 0; i < 6; ++i) judge(i % 3, i % 2 == 0 ? Health::Impaired : Health::Healthy);
  for (const auto kind : {ErrorKind::Refused, ErrorKind::Corrupt, ErrorKind::Retry}) {
    SCOPED_TRACE(static_cast<int>(kind));
    Unshowing client(network.client());
    client.error = {kind, "not this one"};
    control::ChangeBudget budget({.writes_per_minute = 100, .fleet_percent_per_hour = 50});
    OwnWrites writes(client, network.monitor.pubkey(), wire::local_program_ids());
    for (int tries = 0; budget.needs_history() && tries < 20; ++tries)
      (void)writes.restore(budget, {rfc_profile(), 100, 1000}, network.now());
    ASSERT_FALSE(budget.needs_history());
    budget.begin_pass(100, network.now());
    EXPECT_EQ(budget.written_in_minute(), 6U);
    EXPECT_EQ(budget.records_in_hour(), 4U);
  }
}

TEST_F(OwnWritesTest, StopsOnceTheBudgetIsSpentAnyway) {
  for (int i = 0; i < 20; ++i) judge(i % 3, i % 2 == 0 ? Health::Impaired : Health::Healthy);
  int calls = 0;
  testbed::FaultyClient client(network.client(), [&](std::string_view) {
    ++calls;
    return testbed::LineFault::None;
  });
  control::ChangeBudget budget({.writes_per_minute = 2, .fleet_percent_per_hour = 2});
  OwnWrites writes(client, network.monitor.pubkey(), wire::local_program_ids());
  ASSERT_TRUE(*writes.restore(budget, {rfc_profile(), 100, 1000}, network.now()));
  EXPECT_EQ(calls, 3);  // the list, and two transactions
  budget.begin_pass(100, network.now());
  EXPECT_FALSE(budget.take(links[0]));
}

}  // namespace
}  // namespace dz::activator
