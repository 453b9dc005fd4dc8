#include "client/provision.h"

#include <gtest/gtest.h>

#include "testbed/forwarding_client.h"
#include "testbed/local_client.h"

namespace dz::client {
namespace {

// A ledger in memory whose next send can be preceded by somebody else's, or get lost.
class FickleClient final : public testbed::ForwardingClient {
 public:
  using testbed::ForwardingClient::ForwardingClient;

  std::function<void()> before_send;  // called once
  bool lose_requests = false;

  tl::expected<wire::Signature, SendFailure> send_transaction(const wire::Transaction& t,
                                                              const SendOptions& options) override {
    if (auto intrude = std::exchange(before_send, nullptr)) intrude();
    if (lose_requests) return tl::unexpected(SendFailure{{ErrorKind::Retry, "connection lost"}, std::nullopt, {}});
    return testbed::ForwardingClient::send_transaction(t, options);
  }
};

struct Provision : testing::Test {
  Timestamp now{std::chrono::seconds{1'795'000'000}};
  std::unique_ptr<ledger::Ledger> ledger = *ledger::Ledger::open(ledger::make_memory_archive(), {}, now);
  testbed::LocalClient local{*ledger, [this] { return now; }};
  FickleClient fickle{local};
  wire::Keypair foundation = wire::Keypair::generate();
  Clock clock{[this] { return now; }, [this](Duration pause) { now += pause; }};
  Provisioner provisioner{{fickle, clock, foundation},
                          {wire::local_program_ids().serviceability, foundation.pubkey(), false},
                          rfc_profile()};

  void SetUp() override {
    ASSERT_TRUE(local.request_airdrop(foundation.pubkey(), 100'000'000'000));
    ASSERT_TRUE(provisioner.init());
  }
  Snapshot read() { return *fetch_snapshot(local, wire::local_program_ids()); }
};

TEST_F(Provision, GivesBackTheNewRecord) {
  const auto written = provisioner.create_location({"ams", "Amsterdam", "NL", 52.3, 4.9, 1});
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(read().locations.at(written->record).code, "ams");
}

TEST_F(Provision, ALostRaceForAnIndexIsRunAgain) {
  fickle.before_send = [&] {
    Provisioner other({local, clock, foundation},
                      {wire::local_program_ids().serviceability, foundation.pubkey(), false}, rfc_profile());
    ASSERT_TRUE(other.create_location({"lon", "London", "GB", 51.5, -0.1, 2}));
  };
  const auto written = provisioner.create_location({"ams", "Amsterdam", "NL", 52.3, 4.9, 1});
  ASSERT_TRUE(written) << written.error().message;
  const auto snapshot = read();
  EXPECT_EQ(snapshot.locations.size(), 2U);
  EXPECT_EQ(snapshot.locations.at(written->record).code, "ams");
}

TEST_F(Provision, ARefusedCreateIsNotRunAgain) {
  const auto written = provisioner.create_location({"ams", "Amsterdam", "N", 52.3, 4.9, 1});  // one letter
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::Refused);
  EXPECT_NE(written.error().message.find("location create was refused by the ledger: "), std::string::npos);
}

TEST_F(Provision, AnUnknownOutcomeSaysToLookFirst) {
  fickle.lose_requests = true;
  const auto written = provisioner.create_location({"ams", "Amsterdam", "NL", 52.3, 4.9, 1});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::Retry);
  EXPECT_NE(written.error().message.find("look at the record before doing it again"), std::string::npos);
  EXPECT_TRUE(read().locations.empty());
}

TEST_F(Provision, NeedsALedgerThatCanBeWritten) {
  auto other = *ledger::Ledger::open(ledger::make_memory_archive(), {}, now);
  testbed::LocalClient empty(*other, [this] { return now; });
  const auto snapshot = *fetch_snapshot(empty, wire::local_program_ids());
  EXPECT_FALSE(writable_profile(snapshot));
}

}  // namespace
}  // namespace dz::client
