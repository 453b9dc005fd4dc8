#include "client/sender.h"

#include <gtest/gtest.h>

#include "wire/instructions/solana.h"

namespace dz::client {
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
  std::function<tl::expected<wire::Signature, SendFailure>(const wire::Transaction&, int)> on_send =
      [](const wire::Transaction& t, int) -> tl::expected<wire::Signature, SendFailure> {
    return t.signatures.front();
  };
  Timestamp now{};
  int sends = 0;

  Clock clock() {
    return {[this] { return now; }, [this](Duration d) { now += d; }};
  }
  std::uint64_t height() const { return static_cast<std::uint64_t>(now.time_since_epoch() / milliseconds{400}); }

  void require_slot(Slot) override {}
  wire::Blockhash hash;
  int hashes = 0, looks = 0;
  Result<SimulationResult> simulation = SimulationResult{};
  std::vector<wire::Transaction> simulated;

  Result<LatestBlockhash> get_latest_blockhash() override {
    ++hashes;
    return LatestBlockhash{Slot{1}, hash, 150};
  }
  Result<std::uint64_t> get_block_height() override { return height(); }
  Result<std::vector<std::optional<SignatureStatus>>> get_signature_statuses(
      std::span<const wire::Signature> signatures) override {
    ++looks;
    DZ_TRY_ASSIGN(auto one, status(now));
    return std::vector(signatures.size(), one);
  }
  Result<SimulationResult> simulate_transaction(const wire::Transaction& t) override {
    simulated.push_back(t);
    return simulation;
  }
  tl::expected<wire::Signature, SendFailure> send_transaction(const wire::Transaction& t, const SendOptions&) override {
    return on_send(t, ++sends);
  }
  Result<AccountsAnswer> get_program_accounts(const Pubkey&, const AccountFilters&) override { return unused(); }
  Result<std::optional<wire::Account>> get_account(const Pubkey&) override { return unused(); }
  Result<NamedAccounts> get_multiple_accounts(std::span<const Pubkey>) override { return unused(); }
  Result<NamedAccounts> get_account_parts(std::span<const Pubkey>, DataSlice) override { return unused(); }
  Result<std::vector<TrailEntry>> get_signatures_for_address(const Pubkey&, const TrailRange&) override {
    return unused();
  }
  Result<std::optional<ConfirmedTransaction>> get_transaction(const wire::Signature&) override { return unused(); }
  Result<std::uint64_t> get_balance(const Pubkey&) override { return unused(); }
  Result<Slot> get_slot() override { return unused(); }
  Result<std::optional<Timestamp>> get_block_time(Slot) override { return unused(); }
  Result<EpochInfo> get_epoch_info() override { return unused(); }
  Result<wire::Blockhash> get_genesis_hash() override { return unused(); }
  Result<wire::Signature> request_airdrop(const Pubkey&, std::uint64_t) override { return unused(); }

 private:
  static tl::unexpected<Error> unused() { return fail(ErrorKind::Unsupported, "not scripted"); }
};

std::optional<SignatureStatus> landed_at(std::uint64_t slot, Commitment commitment = Commitment::Confirmed) {
  return SignatureStatus{Slot{slot}, commitment, std::nullopt};
}
tl::unexpected<SendFailure> lost() {
  return tl::unexpected(SendFailure{{ErrorKind::Retry, "connection lost"}, std::nullopt, {}});
}
tl::unexpected<SendFailure> preflight(wire::TransactionError error) {
  return tl::unexpected(SendFailure{{ErrorKind::Refused, "failed"}, error, {"Program log: no"}});
}
constexpr wire::TransactionError kInvalidStatus{
    wire::TransactionErrorKind::InstructionError, 0, {wire::InstructionErrorKind::Custom, 7}};

struct Sender : testing::Test {
  ScriptedLedger ledger;
  wire::Keypair key = wire::Keypair::generate();
  Result<SendOutcome> send() {
    const wire::Instruction nothing{Pubkey{}, {{key.pubkey(), true, true}}, {1}};
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
  ledger.on_send = [](const wire::Transaction&, int) { return preflight(kInvalidStatus); };
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
  ledger.on_send = [](const wire::Transaction&, int) { return lost(); };
  ledger.status = [](Timestamp) { return landed_at(3); };
  const auto outcome = send();
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(std::holds_alternative<Landed>(outcome->result));
  EXPECT_EQ(ledger.sends, 1);
}

TEST_F(Sender, ALostRequestIsSentAgainUnchanged) {
  std::vector<wire::Transaction> seen;
  ledger.on_send = [&](const wire::Transaction& t, int n) -> tl::expected<wire::Signature, SendFailure> {
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
  ledger.on_send = [](const wire::Transaction&, int n) -> tl::expected<wire::Signature, SendFailure> {
    if (n == 1) return lost();
    return preflight(kInvalidStatus);
  };
  const auto outcome = send();
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(std::holds_alternative<Rejected>(outcome->result));
}

TEST_F(Sender, AlreadyProcessedIsNotARefusal) {
  ledger.on_send = [](const wire::Transaction&, int) {
    return preflight({wire::TransactionErrorKind::AlreadyProcessed, 0, {}});
  };
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
  ledger.on_send = [](const wire::Transaction&, int) {
    return tl::unexpected(SendFailure{{ErrorKind::Refused, "signature verification failure"}, std::nullopt, {}});
  };
  EXPECT_EQ(send().error().message, "signature verification failure");
}

// ---- what the ledger is asked

wire::Instruction numbered(const wire::Keypair& key, std::uint8_t number) {
  return {Pubkey{}, {{key.pubkey(), true, true}}, {number}};
}

TEST_F(Sender, TransactionsOfTheSameMomentShareOneBlockHash) {
  TransactionSender sender(ledger, ledger.clock());
  for (std::uint8_t i = 0; i < 5; ++i) {
    const auto one = numbered(key, i);
    ASSERT_TRUE(sender.submit({&one, 1}, key));
  }
  EXPECT_EQ(ledger.hashes, 1);
  ledger.now += seconds{5};
  const auto late = numbered(key, 9);
  ASSERT_TRUE(sender.submit({&late, 1}, key));
  EXPECT_EQ(ledger.hashes, 2);
}

// With the same block hash it would be the same transaction: the ledger runs it once, and its status is that of the
// first.
TEST_F(Sender, TheSameAgainWaitsForANewBlock) {
  TransactionSender sender(ledger, ledger.clock());
  const auto one = numbered(key, 1);
  ASSERT_TRUE(sender.submit({&one, 1}, key));
  const auto again = sender.submit({&one, 1}, key);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::Retry);
  EXPECT_EQ(ledger.sends, 1);
  ledger.hash.bytes[0] = 1;
  EXPECT_TRUE(sender.submit({&one, 1}, key));
  EXPECT_EQ(ledger.sends, 2);
}

// Whatever the ledger's newest hash is: what was read is of the slot of the other one, or later.
TEST_F(Sender, D12_WhatRestsOnAReadingGoesWithTheHashFromBeforeIt) {
  TransactionSender sender(ledger, ledger.clock());
  LatestBlockhash anchor{Slot{7}, {}, 157};
  anchor.hash.bytes[0] = 42;
  std::vector<wire::Blockhash> sent;
  ledger.on_send = [&](const wire::Transaction& t, int) -> tl::expected<wire::Signature, SendFailure> {
    sent.push_back(t.message.recent_blockhash);
    return t.signatures.front();
  };
  const auto one = numbered(key, 1), other = numbered(key, 2);
  ASSERT_TRUE(sender.submit({&other, 1}, key));  // with a hash of its own
  ASSERT_TRUE(sender.submit({&one, 1}, key, {.others = {}, .anchor = anchor}));
  EXPECT_EQ(sent.back(), anchor.hash);
  EXPECT_EQ(ledger.hashes, 1);
  // The same with the same hash is the same transaction; it is not signed with another one either.
  const auto again = sender.submit({&one, 1}, key, {.others = {}, .anchor = anchor});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::Retry);
  EXPECT_EQ(ledger.sends, 2);
  EXPECT_EQ(ledger.hashes, 1);
}

TEST_F(Sender, D12_AHashFromBeforeAReadingIsNeverReplaced) {
  for (const bool budget : {false, true}) {
    SCOPED_TRACE(budget);
    const wire::TransactionError unknown{wire::TransactionErrorKind::BlockhashNotFound, 0, {}};
    ledger.simulation = SimulationResult{unknown, {}, 0};
    ledger.on_send = [&](const wire::Transaction&, int) { return preflight(unknown); };
    ledger.sends = ledger.hashes = 0;
    const auto one = numbered(key, 1);
    SenderOptions options;
    options.budget.on = budget;
    const auto sent = TransactionSender(ledger, ledger.clock(), options)
                          .submit({&one, 1}, key, {.others = {}, .anchor = LatestBlockhash{Slot{7}, {}, 157}});
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().kind, ErrorKind::Retry);
    EXPECT_EQ(ledger.hashes, 0);
    EXPECT_EQ(ledger.sends, budget ? 0 : 1);
  }
}

TEST_F(Sender, WhatIsNotToBeSentAgainIsOnlyLookedFor) {
  const auto one = numbered(key, 1);
  TransactionSender sender(ledger, ledger.clock());
  auto pending = std::get<PendingTransaction>(*sender.submit({&one, 1}, key));
  pending.send_again = false;
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(sender.look(pending));
    ledger.now += seconds{1};
  }
  EXPECT_EQ(ledger.sends, 1);
}

TEST_F(Sender, ABlockHashThatTheNodeDoesNotKnowIsReplaced) {
  ledger.on_send = [&](const wire::Transaction& t, int n) -> tl::expected<wire::Signature, SendFailure> {
    if (n > 1) return t.signatures.front();
    ledger.hash.bytes[0] = 1;
    return preflight({wire::TransactionErrorKind::BlockhashNotFound, 0, {}});
  };
  ledger.status = [](Timestamp) { return landed_at(3); };
  const auto outcome = send();
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_TRUE(std::holds_alternative<Landed>(outcome->result));
  EXPECT_EQ(ledger.sends, 2);
}

TEST_F(Sender, ManyAreLookedAtWithOneRequestAndNoneBeforeItIsDue) {
  TransactionSender sender(ledger, ledger.clock());
  std::vector<PendingTransaction> open;
  for (std::uint8_t i = 0; i < 3; ++i) {
    const auto one = numbered(key, i);
    open.push_back(std::get<PendingTransaction>(*sender.submit({&one, 1}, key)));
  }
  std::vector<PendingTransaction*> all{&open[0], &open[1], &open[2]};
  sender.look(all);
  EXPECT_EQ(ledger.looks, 1);
  ledger.now += milliseconds{100};
  sender.look(all);
  EXPECT_EQ(ledger.looks, 1);
  ledger.now += milliseconds{100};
  ledger.status = [](Timestamp) { return landed_at(3); };
  for (const auto& outcome : sender.look(all)) EXPECT_TRUE(outcome && std::holds_alternative<Landed>(outcome->result));
  EXPECT_EQ(ledger.looks, 2);
}

// ---- the compute budget in front

struct Budget : Sender {
  SenderOptions options{.budget = {.on = true}};
  Result<SendOutcome> send_two() {
    const wire::Instruction both[] = {numbered(key, 1), numbered(key, 2)};
    return TransactionSender(ledger, ledger.clock(), options).send(both, key);
  }
  std::vector<Bytes> sent_data() const {
    std::vector<Bytes> data;
    for (const auto& i : sent.message.instructions) data.push_back(i.data);
    return data;
  }
  void SetUp() override {
    ledger.status = [](Timestamp) { return landed_at(3); };
    ledger.on_send = [this](const wire::Transaction& t, int) -> tl::expected<wire::Signature, SendFailure> {
      sent = t;
      return t.signatures.front();
    };
  }
  wire::Transaction sent;
};

TEST_F(Budget, TheLimitIsWhatTheSimulationUsedAndAFifth) {
  ledger.simulation = SimulationResult{.units_consumed = 10'001};
  const auto outcome = send_two();
  ASSERT_TRUE(outcome && std::holds_alternative<Landed>(outcome->result));
  ASSERT_EQ(sent_data().size(), 4U);
  EXPECT_EQ(sent_data()[0], wire::compute_unit_limit(12'002).data);
  EXPECT_EQ(sent_data()[1], wire::heap_frame(256 * 1024).data);
  EXPECT_EQ(sent_data()[2], Bytes{1});
}

TEST_F(Budget, ThePriceIsCappedByWhatATransactionMayCost) {
  ledger.simulation = SimulationResult{.units_consumed = 100'000};
  options.budget.price = 1'000;  // 120 lamports
  options.budget.most_priority = 60;
  ASSERT_TRUE(send_two());
  ASSERT_EQ(sent_data().size(), 5U);
  EXPECT_EQ(sent_data()[2], wire::compute_unit_price(500).data);
  options.budget.most_priority = 50'000;
  ledger.hash.bytes[0] = 1;
  ASSERT_TRUE(send_two());
  EXPECT_EQ(sent_data()[2], wire::compute_unit_price(1'000).data);
}

TEST_F(Budget, ErrorsCountTheCallersInstructions) {
  const wire::TransactionError third{
      wire::TransactionErrorKind::InstructionError, 3, {wire::InstructionErrorKind::Custom, 7}};
  ledger.simulation = SimulationResult{.error = third, .logs = {"Program log: no"}};
  auto outcome = send_two();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(std::get<Rejected>(outcome->result).error.instruction, 1);
  EXPECT_EQ(ledger.sends, 0);  // nothing is paid for what fails anyway

  ledger.simulation = SimulationResult{.units_consumed = 1};
  ledger.status = [&](Timestamp) { return std::optional{SignatureStatus{Slot{2}, Commitment::Confirmed, third}}; };
  outcome = send_two();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(std::get<Rejected>(outcome->result).error.instruction, 1);

  // An error of what we put in front is nobody's instruction.
  ledger.hash.bytes[0] = 1;
  ledger.simulation =
      SimulationResult{.error = wire::TransactionError{wire::TransactionErrorKind::InstructionError, 0, {}}};
  outcome = send_two();
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(std::holds_alternative<Unknown>(outcome->result));
}

TEST_F(Sender, RoomIsThatOfATransaction) {
  std::vector<wire::Instruction> many;
  for (std::uint8_t i = 0; i < 40; ++i) {
    many.push_back({Pubkey{}, {{key.pubkey(), true, true}, {wire::Keypair::generate().pubkey(), false, true}}, {i}});
  }
  const auto plain = TransactionSender(ledger, ledger.clock()).room_for(many, key.pubkey());
  const auto prefixed =
      TransactionSender(ledger, ledger.clock(), {.budget = {.on = true}}).room_for(many, key.pubkey());
  EXPECT_GT(plain, prefixed);
  const auto first = std::span(many).first(plain);
  EXPECT_TRUE(sign_transaction(first, key, {}, wire::Blockhash{}));
  EXPECT_FALSE(sign_transaction(std::span(many).first(plain + 1), key, {}, wire::Blockhash{}));
  EXPECT_EQ(TransactionSender(ledger, ledger.clock()).room_for(std::span(many).first(2), key.pubkey()), 2U);
}

}  // namespace
}  // namespace dz::client
