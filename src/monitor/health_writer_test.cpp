#include "monitor/health_writer.h"

#include <gtest/gtest.h>

#include <set>

#include "attest/memo.h"
#include "client/ledger_view.h"
#include "testbed/forwarding_client.h"
#include "testbed/small_network.h"

namespace dz::monitor {
namespace {

// A ledger that takes no more than so many writes a transaction, and refuses those of some records.
class StrictLedger final : public testbed::ForwardingClient {
 public:
  using testbed::ForwardingClient::ForwardingClient;

  std::size_t most = 64;
  std::set<Pubkey> invalid;
  wire::InstructionErrorKind kind = wire::InstructionErrorKind::Custom;
  std::optional<wire::TransactionErrorKind> payer_problem;
  std::optional<wire::TransactionError> memo_problem;  // what becomes of a transaction with a memo
  std::vector<std::size_t> sizes;                      // of what was sent

  tl::expected<wire::Signature, client::SendFailure> send_transaction(const wire::Transaction& t,
                                                                      const client::SendOptions& options) override {
    const auto& instructions = t.message.instructions;
    sizes.push_back(instructions.size());
    if (payer_problem) return rejected({*payer_problem, 0, {}});
    if (instructions.size() > most) {
      return rejected({wire::TransactionErrorKind::InstructionError,
                       static_cast<std::uint8_t>(most),
                       {wire::InstructionErrorKind::ComputationalBudgetExceeded, 0}});
    }
    const auto memo = std::find_if(instructions.begin(), instructions.end(), is_memo);
    if (memo != instructions.end() && memo_problem) {
      auto error = *memo_problem;
      error.instruction = static_cast<std::uint8_t>(memo - instructions.begin());
      return rejected(error);
    }
    for (std::size_t i = 0; i < instructions.size(); ++i) {
      if (is_memo(instructions[i])) continue;
      if (!invalid.contains(t.message.account_keys[instructions[i].account_indexes.front()])) continue;
      return rejected({wire::TransactionErrorKind::InstructionError, static_cast<std::uint8_t>(i), {kind, 28}});
    }
    return testbed::ForwardingClient::send_transaction(t, options);
  }

 private:
  static bool is_memo(const wire::CompiledInstruction& instruction) { return instruction.account_indexes.empty(); }
  static tl::unexpected<client::SendFailure> rejected(wire::TransactionError error) {
    return tl::unexpected(client::SendFailure{{ErrorKind::Refused, to_text(error)}, error, {}});
  }
};

struct HealthWriterTest : testing::Test {
  testbed::SmallNetwork network{Timestamp{std::chrono::hours{494'000}}};
  StrictLedger ledger{network.client()};
  HealthWriter writer{
      ledger, network.monitor, wire::local_program_ids(), {.clock = {network.clock(), [](Duration) {}}}};
  std::vector<Pubkey> devices;
  bool stated = false;

  void SetUp() override {
    for (int i = 0; i < 24; ++i) devices.push_back(network.add_device("d" + std::to_string(i), network.alpha));
  }
  // Of the first `count` devices; everything that becomes of it.
  std::vector<HealthWriteOutcome> write(std::size_t count, Health to) {
    const auto snapshot = network.read();
    std::vector<HealthWrite> writes;
    for (std::size_t i = 0; i < count; ++i) {
      const auto& d = snapshot.devices.at(devices[i]);
      writes.push_back({devices[i], {RecordKind::Device, d.status, d.desired_status, d.health}, to});
      if (stated) writes.back().stated = HealthWrite::Stated{static_cast<std::int64_t>(i), transparency::leaf_hash(devices[i].view())};
    }
    auto outcomes = writer.submit(writes, rfc_profile(), *client::take_hash(ledger));
    while (writer.open_transactions() > 0) {
      network.advance(std::chrono::seconds{1});
      for (auto& outcome : writer.collect()) outcomes.push_back(std::move(outcome));
    }
    return outcomes;
  }
  static int count(const std::vector<HealthWriteOutcome>& outcomes, HealthWriteOutcome::Kind kind) {
    return static_cast<int>(
        std::count_if(outcomes.begin(), outcomes.end(), [&](const auto& outcome) { return outcome.kind == kind; }));
  }
  using Kind = HealthWriteOutcome::Kind;
};

TEST_F(HealthWriterTest, BatchesGrowWhileFullOnesLand) {
  EXPECT_EQ(count(write(24, Health::Pending), Kind::Landed), 24);
  EXPECT_EQ(ledger.sizes, (std::vector<std::size_t>{8, 8, 8}));
  EXPECT_EQ(writer.batch(), 10U);  // a quarter more, once for those that went together
  ledger.sizes.clear();
  EXPECT_EQ(count(write(24, Health::Impaired), Kind::Landed), 24);
  EXPECT_EQ(ledger.sizes, (std::vector<std::size_t>{10, 10, 4}));
  EXPECT_EQ(writer.batch(), 12U);
}

TEST_F(HealthWriterTest, ABatchThatIsTooMuchIsHalvedAndAllOfItIsWritten) {
  ledger.most = 5;
  EXPECT_EQ(count(write(24, Health::Pending), Kind::Landed), 24);
  ledger.sizes.clear();
  EXPECT_EQ(count(write(24, Health::Impaired), Kind::Landed), 24);
  for (const auto size : ledger.sizes) EXPECT_LE(size, 7U);  // never again as many as were too much
}

TEST_F(HealthWriterTest, OneThatIsRefusedDoesNotHoldUpTheOthers) {
  ledger.invalid = {devices[2], devices[9]};
  const auto outcomes = write(16, Health::Pending);
  EXPECT_EQ(count(outcomes, Kind::Landed), 14);
  EXPECT_EQ(count(outcomes, Kind::Refused), 2);
  for (const auto& outcome : outcomes) {
    EXPECT_EQ(outcome.kind == Kind::Refused, ledger.invalid.contains(outcome.write.key));
  }
}

TEST_F(HealthWriterTest, WhatDidNotComeToItsEndIsTriedAloneBeforeItCountsAsRefused) {
  ledger.invalid = {devices[2]};
  ledger.kind = wire::InstructionErrorKind::ProgramFailedToComplete;
  const auto outcomes = write(8, Health::Pending);
  EXPECT_EQ(count(outcomes, Kind::Landed), 7);
  EXPECT_EQ(count(outcomes, Kind::Refused), 1);
  EXPECT_EQ(ledger.sizes, (std::vector<std::size_t>{8, 1, 7}));
}

TEST_F(HealthWriterTest, WhatIsStatedGoesAlongAsOneMemoBehindTheWrites) {
  stated = true;
  const auto outcomes = write(8, Health::Pending);
  EXPECT_EQ(count(outcomes, Kind::Landed), 8);
  EXPECT_EQ(ledger.sizes, (std::vector<std::size_t>{9}));
  std::vector<attest::Hash> hashes;
  for (int i = 0; i < 8; ++i) hashes.push_back(transparency::leaf_hash(devices[static_cast<std::size_t>(i)].view()));
  const auto sent = *network.client().get_transaction(outcomes.front().signature);
  const auto message = wire::parse_transaction(sent->bytes)->message;
  EXPECT_EQ(*attest::root_in(message, message.account_keys), transparency::tree_root(hashes));
}

// Of a batch that is split each part says what it makes true.
TEST_F(HealthWriterTest, WithoutTheRefusedOneTheMemoIsAnotherOne) {
  stated = true;
  ledger.invalid = {devices[0]};
  const auto outcomes = write(3, Health::Pending);
  EXPECT_EQ(count(outcomes, Kind::Landed), 2);
  const auto landed = std::find_if(outcomes.begin(), outcomes.end(), [](const auto& o) { return o.kind == Kind::Landed; });
  const auto message = wire::parse_transaction((*network.client().get_transaction(landed->signature))->bytes)->message;
  const std::vector<attest::Hash> hashes{transparency::leaf_hash(devices[1].view()),
                                         transparency::leaf_hash(devices[2].view())};
  EXPECT_EQ(*attest::root_in(message, message.account_keys), transparency::tree_root(hashes));
}

TEST_F(HealthWriterTest, ALedgerThatTakesNoMemoIsAskedOnceAndWrittenWithout) {
  stated = true;
  using Kinds = wire::TransactionErrorKind;
  for (const auto& problem : {wire::TransactionError{Kinds::ProgramAccountNotFound, 0, {}},
                              wire::TransactionError{Kinds::InstructionError, 0, {wire::InstructionErrorKind::UnsupportedProgramId, 0}}}) {
    ledger.memo_problem = problem;
    ledger.sizes.clear();
    HealthWriter other{ledger, network.monitor, wire::local_program_ids(), {.clock = {network.clock(), [](Duration) {}}}};
    const auto snapshot = network.read();
    std::vector<HealthWrite> writes;
    for (int i = 0; i < 2; ++i) {
      const auto& d = snapshot.devices.at(devices[static_cast<std::size_t>(i)]);
      const auto to = d.health == Health::Pending ? Health::Impaired : Health::Pending;
      writes.push_back({devices[static_cast<std::size_t>(i)], {RecordKind::Device, d.status, d.desired_status, d.health}, to});
      writes.back().stated = HealthWrite::Stated{i, {}};
    }
    auto outcomes = other.submit(writes, rfc_profile(), *client::take_hash(ledger));
    network.advance(std::chrono::seconds{1});
    for (auto& outcome : other.collect()) outcomes.push_back(std::move(outcome));
    EXPECT_EQ(count(outcomes, Kind::Landed), 2);
    EXPECT_EQ(ledger.sizes, (std::vector<std::size_t>{3, 2}));
    EXPECT_NE(other.memo_problem(), "");
  }
}

// How many writes a transaction has room for, and how much of that the memo takes.
TEST_F(HealthWriterTest, AMemoTakesTheRoomOfTwoWritesAtMost) {
  const auto largest = [&] {
    ledger.sizes.clear();
    for (const auto to : {Health::Pending, Health::Impaired, Health::Pending, Health::Impaired, Health::Pending, Health::Impaired})
      EXPECT_EQ(count(write(24, to), Kind::Landed), 24);
    return *std::max_element(ledger.sizes.begin(), ledger.sizes.end());
  };
  const auto without = largest();
  stated = true;
  const auto with = largest() - 1;  // less the memo itself
  std::printf("writes a transaction: %zu, with a memo %zu\n", without, with);
  EXPECT_GE(with + 2, without);
}

TEST_F(HealthWriterTest, AKeyThatCannotPayRefusesNoRecord) {
  ledger.payer_problem = wire::TransactionErrorKind::InsufficientFundsForFee;
  EXPECT_EQ(count(write(8, Health::Pending), Kind::NotSent), 8);
  ledger.payer_problem.reset();
  network.advance(std::chrono::seconds{1});  // the same bytes again need another block hash
  EXPECT_EQ(count(write(8, Health::Pending), Kind::Landed), 8);
}

}  // namespace
}  // namespace dz::monitor
