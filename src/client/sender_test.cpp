#include "client/sender.h"

#include <gtest/gtest.h>

namespace dz {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A ledger whose every answer is set by the test; time moves only by sleeping.
class ScriptedLedger final : public LedgerClient {
 public:
  // What the ledger knows about the transaction at this time; sees all sends so far.
  std::function<Result<std::optional<SignatureStatus>>(Timestamp)> status = [](Timestamp) {
    return std::optional<SignatureStatus>{};
  };
  std::function<tl::expected<Signature, SendFailure>(const Transaction&, int)> on_send =
      [](const Transaction& t, int) -> tl::expected<Signature, SendFailure> { return t.signatures.front(); };
  Timestamp now{};
  int sends = 0;

  Clock clock() {
    return {[this] { return now; }, [this](Duration d) { now += d; }};
  }
  std::uint64_t height() const { return static_cast<std::uint64_t>(now.time_since_epoch() / milliseconds{400}); }

  void require_slot(Slot) override {}
  Result<LatestBlockhash> get_latest_blockhash() override { return LatestBlockhash{Slot{1}, Blockhash{}, 150}; }
  Result<std::uint64_t> get_block_height() override { return height(); }
  Result<std::vector<std::optional<SignatureStatus>>> get_signature_statuses(std::span<const Signature>) override {
    DZ_TRY_ASSIGN(auto one, status(now));
    return std::vector{one};
  }
  tl::expected<Signature, SendFailure> send_transaction(const Transaction& t, const SendOptions&) override {
    return on_send(t, ++sends);
  }
  Result<AccountsAnswer> get_program_accounts(const Pubkey&, const AccountFilters&) override { return unused(); }
  Result<std::optional<Account>> get_account(const Pubkey&) override { return unused(); }
  Result<NamedAccounts> get_multiple_accounts(std::span<const Pubkey>) override { return unused(); }
  Result<std::vector<HistoryEntry>> get_signatures_for_address(const Pubkey&, const HistoryRange&) override {
    return unused();
  }
  Result<std::optional<ConfirmedTransaction>> get_transaction(const Signature&) override { return unused(); }
  Result<std::uint64_t> get_balance(const Pubkey&) override { return unused(); }
  Result<Slot> get_slot() override { return unused(); }
  Result<std::optional<Timestamp>> get_block_time(Slot) override { return unused(); }
  Result<EpochInfo> get_epoch_info() override { return unused(); }
  Result<Signature> request_airdrop(const Pubkey&, std::uint64_t) override { return unused(); }
  Result<SimulationResult> simulate_transaction(const Transaction&) override { return unused(); }

 private:
  static tl::unexpected<Error> unused() { return fail(ErrorKind::Unsupported, "not scripted"); }
};

std::optional<SignatureStatus> landed_at(std::uint64_t slot, Commitment commitment = Commitment::Confirmed) {
  return SignatureStatus{Slot{slot}, commitment, std::nullopt};
}
tl::unexpected<SendFailure> lost() {
  return tl::unexpected(SendFailure{{ErrorKind::Retry, "connection lost"}, std::nullopt, {}});
}
tl::unexpected<SendFailure> preflight(TransactionError error) {
  return tl::unexpected(SendFailure{{ErrorKind::Refused, "failed"}, error, {"Program log: no"}});
}
constexpr TransactionError kInvalidStatus{TransactionErrorKind::InstructionError, 0, {InstructionErrorKind::Custom, 7}};

struct Sender : testing::Test {
  ScriptedLedger ledger;
  Keypair key = Keypair::generate();
  Result<SendOutcome> send() {
    const Instruction nothing{Pubkey{}, {{key.pubkey(), true, true}}, {1}};
    return TransactionSender(ledger, ledger.clock()).send({&nothing, 1}, key);
  }
};

TEST_F(Sender, WaitsUntilConfirmed) {
  ledger.status = [](Timestamp now) -> Result<std::optional<SignatureStatus>> {
    if (now < Timestamp{milliseconds{300}}) return std::optional<SignatureStatus>{};
    return landed_at(5, now < Timestamp{milliseconds{700}} ? Commitment::Processed : Commitment::Confirmed);
  };
  const auto outcome = send();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(std::get<Landed>(outcome->result).slot.value, 5U);
  EXPECT_EQ(ledger.now, Timestamp{milliseconds{800}});
  EXPECT_EQ(ledger.sends, 1);
}

TEST_F(Sender, APreflightRefusalIsFinalAndCarriesItsLogs) {
  ledger.on_send = [](const Transaction&, int) { return preflight(kInvalidStatus); };
  const auto outcome = send();
  ASSERT_TRUE(outcome);
  const auto& rejected = std::get<Rejected>(outcome->result);
  EXPECT_EQ(rejected.error, kInvalidStatus);
  EXPECT_EQ(rejected.logs.size(), 1U);
}

TEST_F(Sender, ALandedFailureIsRejected) {
  ledger.status = [](Timestamp) {
    return std::optional{SignatureStatus{Slot{2}, Commitment::Processed, kInvalidStatus}};
  };
  const auto outcome = send();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(std::get<Rejected>(outcome->result).error, kInvalidStatus);
}

TEST_F(Sender, ALostReplyIsFollowedNotResigned) {
  ledger.on_send = [](const Transaction&, int) { return lost(); };
  ledger.status = [](Timestamp) { return landed_at(3); };
  const auto outcome = send();
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(std::holds_alternative<Landed>(outcome->result));
  EXPECT_EQ(ledger.sends, 1);
}

TEST_F(Sender, ALostRequestIsSentAgainUnchanged) {
  std::vector<Transaction> seen;
  ledger.on_send = [&](const Transaction& t, int n) -> tl::expected<Signature, SendFailure> {
    seen.push_back(t);
    if (n == 1) return lost();
    return t.signatures.front();
  };
  ledger.status = [&](Timestamp) { return seen.size() > 1 ? landed_at(9) : std::nullopt; };
  const auto outcome = send();
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(std::holds_alternative<Landed>(outcome->result));
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0], seen[1]);
}

TEST_F(Sender, ARepeatThatIsRefusedMeansThatNoCopyRan) {
  ledger.on_send = [](const Transaction&, int n) -> tl::expected<Signature, SendFailure> {
    if (n == 1) return lost();
    return preflight(kInvalidStatus);
  };
  const auto outcome = send();
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(std::holds_alternative<Rejected>(outcome->result));
}

TEST_F(Sender, AlreadyProcessedIsNotARefusal) {
  ledger.on_send = [](const Transaction&, int) { return preflight({TransactionErrorKind::AlreadyProcessed, 0, {}}); };
  ledger.status = [](Timestamp) { return landed_at(4); };
  const auto outcome = send();
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(std::holds_alternative<Landed>(outcome->result));
}

TEST_F(Sender, AnExpiredBlockHashEndsInUnknown) {
  const auto outcome = send();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(std::get<Unknown>(outcome->result).reason, "its block hash expired before the ledger showed it");
  EXPECT_GT(ledger.height(), 150U);
}

TEST_F(Sender, ASilentLedgerEndsInUnknown) {
  ledger.status = [](Timestamp) -> Result<std::optional<SignatureStatus>> { return fail(ErrorKind::Retry, "gone"); };
  const auto outcome = send();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(std::get<Unknown>(outcome->result).reason, "the ledger stopped answering: gone");
  EXPECT_EQ(ledger.now, Timestamp{seconds{90}});
}

TEST_F(Sender, WhatWasNeverTakenIsAnError) {
  ledger.on_send = [](const Transaction&, int) {
    return tl::unexpected(SendFailure{{ErrorKind::Refused, "signature verification failure"}, std::nullopt, {}});
  };
  EXPECT_EQ(send().error().message, "signature verification failure");
}

}  // namespace
}  // namespace dz
