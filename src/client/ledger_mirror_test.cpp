#include "client/ledger_mirror.h"

#include <gtest/gtest.h>

#include "client/provision.h"
#include "testbed/faulty_client.h"
#include "testbed/forwarding_client.h"
#include "testbed/local_client.h"
#include "testbed/small_network.h"
#include "wire/addresses.h"

namespace dz::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A ledger in memory behind a line that counts its calls and fails as it is told.
struct Mirror : testing::Test {
  Timestamp now{seconds{1'795'000'000}};
  std::unique_ptr<ledger::Ledger> ledger = *ledger::Ledger::open(ledger::make_memory_archive(), {}, now);
  testbed::LocalClient local{*ledger, [this] { return now; }};
  std::vector<std::string> calls;
  std::function<testbed::LineFault(int call)> fault = [](int) {
    return testbed::LineFault::None;
  };  // calls count from 1
  testbed::FaultyClient line{local, [this](std::string_view call) {
                               calls.emplace_back(call);
                               return fault(static_cast<int>(calls.size()));
                             }};
  wire::Keypair foundation = wire::Keypair::generate();
  Provisioner people{{local, {[this] { return now; }, [this](Duration pause) { now += pause; }}, foundation},
                     {wire::local_program_ids().serviceability, foundation.pubkey(), false},
                     rfc_profile()};
  LedgerMirror mirror{line, {.ids = wire::local_program_ids(), .poll_interval = seconds{60}}};

  void SetUp() override {
    ASSERT_TRUE(local.request_airdrop(foundation.pubkey(), 100'000'000'000));
    ASSERT_TRUE(people.init());
    contributor = people.create_contributor(foundation.pubkey(), {"alpha"})->record;
    ASSERT_TRUE(people.create_location({"ams", "Amsterdam", "NL", 52.3, 4.9, 1}));
  }
  MirrorUpdate step(Duration later = {}) {
    now += later;
    return mirror.step(now);
  }
  void rename(const std::string& code) {
    now += seconds{1};
    ASSERT_TRUE(people.update_contributor(contributor, {.code = code}));
  }
  std::string code() const { return mirror.snapshot()->contributors.at(contributor).code; }

  Pubkey contributor;
};

TEST_F(Mirror, ReadsEverythingOnceAndOnlyWhatIsNeeded) {
  const auto first = step();
  EXPECT_TRUE(first.changed && first.everything && first.polled);
  EXPECT_EQ(code(), "alpha");
  EXPECT_TRUE(mirror.snapshot()->global_state);
  EXPECT_EQ(mirror.snapshot()->profile, &rfc_profile());
  EXPECT_TRUE(mirror.snapshot()->locations.empty());
  EXPECT_EQ(calls.size(), 5U);  // the head, and four types

  const auto second = step(seconds{59});
  EXPECT_FALSE(second.changed || second.polled);
  EXPECT_EQ(calls.size(), 5U);
  const auto third = step(seconds{1});
  EXPECT_TRUE(third.polled);
  EXPECT_FALSE(third.changed);  // nothing changed
}

TEST_F(Mirror, PlacesAreReadForWhoShowsThem) {
  LedgerMirror shown(line, {.ids = wire::local_program_ids(), .poll_interval = seconds{60}, .places = true});
  shown.step(now);
  ASSERT_EQ(shown.snapshot()->locations.size(), 1U);
  EXPECT_EQ(shown.snapshot()->locations.begin()->second.code, "ams");
  EXPECT_EQ(calls.size(), 7U);  // one request more for each of the two types
  ASSERT_TRUE(people.create_location({"fra", "Frankfurt", "DE", 50.1, 8.6, 2}));
  shown.step(now += seconds{60});
  EXPECT_EQ(shown.snapshot()->locations.size(), 2U);
}

TEST_F(Mirror, AHintReadsOneAccount) {
  step();
  rename("beta");
  mirror.look_at(contributor);
  EXPECT_TRUE(mirror.awaits(contributor));
  const auto update = step();
  EXPECT_EQ(calls.size(), 6U);
  EXPECT_EQ(update.records, std::vector<Pubkey>{contributor});
  EXPECT_FALSE(update.everything || mirror.awaits(contributor));
  EXPECT_EQ(code(), "beta");
  EXPECT_EQ(mirror.counters().accounts_reread, 1U);
}

TEST_F(Mirror, HintsAreGathered) {
  LedgerMirror slow(line, {.ids = wire::local_program_ids(), .gather = milliseconds{50}});
  slow.step(now);
  slow.look_at(
      AccountNotification{Slot{}, contributor, {1, Bytes{10}, wire::local_program_ids().serviceability, false}});
  slow.step(now);
  const auto before = calls.size();
  EXPECT_EQ(slow.next_read(), now + milliseconds{50});
  slow.step(now + milliseconds{49});
  EXPECT_EQ(calls.size(), before);
  slow.step(now + milliseconds{50});
  EXPECT_EQ(calls.size(), before + 1);
  slow.look_at(contributor);  // what the daemon did itself does not wait
  slow.step(now + milliseconds{51});
  EXPECT_EQ(calls.size(), before + 2);
}

TEST_F(Mirror, NotificationsOfOtherAccountsAreIgnored) {
  step();
  AccountNotification user{
      Slot{5}, foundation.pubkey(), {1, Bytes{7, 1, 2}, wire::local_program_ids().serviceability, false}};
  mirror.look_at(user);
  EXPECT_FALSE(mirror.awaits(user.key));
  user.account.data = {10};  // a contributor
  mirror.look_at(user);
  EXPECT_TRUE(mirror.awaits(user.key));
  AccountNotification closed{Slot{5}, contributor, {}};
  mirror.look_at(closed);
  EXPECT_TRUE(mirror.awaits(contributor));
}

TEST_F(Mirror, WhatIsGoneIsFoundByAHintOrByThePoll) {
  step();
  const auto remove = [&] {
    now += seconds{1};
    ASSERT_TRUE(people.delete_contributor(contributor));
  };
  remove();
  mirror.look_at(contributor);
  EXPECT_EQ(step().records, std::vector<Pubkey>{contributor});
  EXPECT_TRUE(mirror.snapshot()->contributors.empty());

  contributor = people.create_contributor(foundation.pubkey(), {"gamma"})->record;
  step(seconds{60});
  EXPECT_TRUE(mirror.snapshot()->contributors.contains(contributor));
  remove();
  EXPECT_EQ(step(seconds{60}).records, std::vector<Pubkey>{contributor});
  EXPECT_TRUE(mirror.snapshot()->contributors.empty());
}

TEST_F(Mirror, TheLastGoodStateStaysWhileTheLedgerIsSilent) {
  step();
  const auto read_at = now;
  rename("beta");
  fault = [](int) { return testbed::LineFault::RequestLost; };
  const auto update = step(seconds{60});
  ASSERT_TRUE(update.failure);
  EXPECT_EQ(update.failure->kind, ErrorKind::Retry);
  EXPECT_EQ(code(), "alpha");
  EXPECT_EQ(mirror.last_poll(), read_at);
  EXPECT_EQ(mirror.next_read(), now + seconds{1});
  step(seconds{1});
  EXPECT_EQ(mirror.next_read(), now + seconds{2});
  const auto asked = calls.size();
  step(seconds{1});  // not yet
  EXPECT_EQ(calls.size(), asked);
  fault = [](int) { return testbed::LineFault::None; };
  EXPECT_TRUE(step(seconds{1}).polled);
  EXPECT_EQ(code(), "beta");
}

TEST_F(Mirror, AFullReadGoesOnWhereItFailed) {
  fault = [](int call) { return call == 3 ? testbed::LineFault::AnswerLost : testbed::LineFault::None; };
  EXPECT_TRUE(step().failure);
  EXPECT_FALSE(mirror.snapshot());  // not before all of it is there
  const auto began = now;
  EXPECT_TRUE(step(seconds{1}).everything);
  EXPECT_EQ(calls.size(), 6U);
  EXPECT_EQ(mirror.last_poll(), began);
}

TEST_F(Mirror, AnOlderAnswerIsNotTaken) {
  step();
  mirror.look_at(contributor);
  step();
  rename("beta");
  mirror.look_at(contributor, *local.get_slot());
  fault = [](int) { return testbed::LineFault::StaleAnswer; };
  EXPECT_TRUE(step().failure);
  EXPECT_TRUE(mirror.awaits(contributor));
  fault = [](int) { return testbed::LineFault::None; };
  step(seconds{1});
  EXPECT_EQ(code(), "beta");
  fault = [](int) { return testbed::LineFault::StaleAnswer; };
  EXPECT_TRUE(step(seconds{60}).failure);
  EXPECT_EQ(code(), "beta");
}

TEST_F(Mirror, ManyHintsAreOneFullRead) {
  step();
  for (int i = 0; i < 1001; ++i) mirror.look_at(wire::Keypair::generate().pubkey());
  calls.clear();
  const auto update = step();
  EXPECT_TRUE(update.polled);
  EXPECT_EQ(calls.size(), 5U);
}

// The program is replaced by one of another version while the daemon runs.
class Upgraded final : public testbed::ForwardingClient {
 public:
  using testbed::ForwardingClient::ForwardingClient;
  std::optional<Version> version;

  Result<NamedAccounts> get_multiple_accounts(std::span<const Pubkey> keys) override {
    auto answer = testbed::ForwardingClient::get_multiple_accounts(keys);
    for (std::size_t i = 0; version && i < keys.size(); ++i) {
      auto& account = answer->accounts[i];
      if (!account || wire::account_type(account->data) != wire::AccountType::ProgramConfig) continue;
      auto config = *wire::decode_program_config(account->data);
      config.version = *version;
      account->data = wire::encode(config);
    }
    return answer;
  }
};

TEST_F(Mirror, AnotherVersionOfTheProgramIsReadAnew) {
  Upgraded upgraded(line);
  LedgerMirror watched(upgraded, {.ids = wire::local_program_ids()});
  watched.step(now);
  ASSERT_TRUE(watched.snapshot());
  upgraded.version = Version{9, 9, 9};
  watched.look_at(wire::program_config_address(wire::local_program_ids().serviceability).address);
  auto update = watched.step(now);
  EXPECT_TRUE(update.changed && update.everything);
  EXPECT_FALSE(watched.snapshot());
  EXPECT_EQ(watched.next_read(), std::nullopt);  // at once
  update = watched.step(now);
  EXPECT_TRUE(update.everything && update.polled);
  ASSERT_TRUE(watched.snapshot());
  EXPECT_EQ(watched.snapshot()->profile, nullptr);
  EXPECT_EQ(watched.snapshot()->contributors.size(), 1U);
}

TEST(MirrorOfANetwork, WhatWasReadOfAnotherVersionIsDecodedAnew) {
  testbed::SmallNetwork network{Timestamp{seconds{1'795'000'000}}};
  network.add_device("ams", network.alpha);
  Upgraded upgraded(network.client());
  LedgerMirror watched(upgraded, {.ids = wire::local_program_ids()});
  watched.step(network.now());
  ASSERT_EQ(watched.snapshot()->devices.size(), 1U);
  upgraded.version = Version{9, 9, 9};
  watched.look_at(wire::program_config_address(wire::local_program_ids().serviceability).address);
  watched.step(network.now());
  watched.step(network.now());
  LedgerMirror anew(upgraded, {.ids = wire::local_program_ids()});
  anew.step(network.now());
  const auto all = [](const Snapshot& snapshot) { return snapshot.devices.size() + snapshot.undecodable.size(); };
  EXPECT_EQ(all(*watched.snapshot()), all(*anew.snapshot()));
  EXPECT_EQ(all(*watched.snapshot()), 1U);
}

}  // namespace
}  // namespace dz::client
