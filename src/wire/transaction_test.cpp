#include "wire/transaction.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "wire/program_ids.h"
#include "wire/transaction_error.h"

namespace dz::wire {
namespace {

Keypair key(std::uint8_t n) {
  std::array<std::uint8_t, 32> seed{};
  seed[0] = n;
  return Keypair::from_seed(seed);
}
Pubkey address(std::uint8_t n) {
  Pubkey p;
  p.bytes.fill(n);
  return p;
}

TEST(Message, OrdersAccountsBySignerThenWritableEachOnce) {
  const auto payer = key(1).pubkey();
  const std::vector<Instruction> instructions = {
      {address(50), {{address(40), false, false}, {address(41), false, true}, {address(42), true, false}}, {7}},
      {address(50), {{address(40), false, true}, {address(43), true, true}, {payer, false, false}}, {8, 9}}};
  const auto m = compile_message(instructions, payer, address(9));
  EXPECT_EQ(m.account_keys,
            (std::vector<Pubkey>{payer, address(43), address(42), address(40), address(41), address(50)}));
  EXPECT_EQ(m.required_signatures, 3);
  EXPECT_EQ(m.readonly_signed, 1);
  EXPECT_EQ(m.readonly_unsigned, 1);
  EXPECT_TRUE(m.is_writable(1));
  EXPECT_FALSE(m.is_writable(2));
  EXPECT_TRUE(m.is_writable(4));
  EXPECT_FALSE(m.is_writable(5));
  EXPECT_EQ(m.instructions[1], (CompiledInstruction{5, {3, 1, 0}, {8, 9}}));
}

TEST(Transaction, SignedBytesParseBackAndVerify) {
  const auto payer = key(1), other = key(2);
  const std::vector<Instruction> instructions = {
      {address(50), {{other.pubkey(), true, false}, {address(3), false, true}}, Bytes(300, 1)}};
  const Keypair* others[] = {&other};
  const auto signed_one = sign_transaction(instructions, payer, others, address(9));
  ASSERT_TRUE(signed_one);
  const auto bytes = encode(*signed_one);
  const auto back = parse_transaction(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, *signed_one);
  EXPECT_TRUE(verify_signatures(*back));
  auto forged = *back;
  forged.message.instructions[0].data[0] ^= 1;
  EXPECT_FALSE(verify_signatures(forged));
}

TEST(Transaction, RefusesAMissingKeyAndTooMuch) {
  const std::vector<Instruction> two_signers = {{address(50), {{key(2).pubkey(), true, false}}, {}}};
  const auto missing = sign_transaction(two_signers, key(1), {}, {});
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find(to_text(key(2).pubkey())), std::string::npos);
  const std::vector<Instruction> large = {{address(50), {}, Bytes(1200)}};
  EXPECT_FALSE(sign_transaction(large, key(1), {}, {}));
  const std::vector<Instruction> huge = {{address(50), {}, Bytes(70'000)}};
  EXPECT_FALSE(sign_transaction(huge, key(1), {}, {}));
  Instruction crowd{address(50), {}, {}};
  for (std::uint8_t i = 0; i < 70; ++i) crowd.accounts.push_back({address(i), false, false});
  EXPECT_FALSE(sign_transaction(std::span(&crowd, 1), key(1), {}, {}));
}

Bytes sample_bytes() {
  const std::vector<Instruction> instructions = {{address(50), {{address(3), false, true}}, Bytes(200, 1)}};
  return encode(*sign_transaction(instructions, key(1), {}, address(9)));
}

TEST(Transaction, EveryCutAndEveryAdditionIsCorrupt) {
  auto bytes = sample_bytes();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(parse_transaction(ByteView(bytes).first(length))) << length;
  }
  bytes.push_back(0);
  EXPECT_FALSE(parse_transaction(bytes));
}

TEST(Transaction, RefusesBytesThatReferToNothing) {
  const auto good = *parse_transaction(sample_bytes());
  const auto parses = [](const Transaction& t) { return parse_transaction(encode(t)).has_value(); };
  ASSERT_TRUE(parses(good));
  auto t = good;
  t.message.instructions[0].program_index = 3;
  EXPECT_FALSE(parses(t));
  t.message.instructions[0].program_index = 0;  // the payer is no program
  EXPECT_FALSE(parses(t));
  t = good;
  t.message.instructions[0].account_indexes[0] = 3;
  EXPECT_FALSE(parses(t));
  t = good;
  t.message.readonly_signed = 1;  // nobody left to pay
  EXPECT_FALSE(parses(t));
  t = good;
  t.message.readonly_unsigned = 3;
  EXPECT_FALSE(parses(t));
  t = good;
  t.signatures.clear();
  EXPECT_FALSE(parses(t));
}

// The sample as version 0 with one lookup table, of two writable accounts and one that is not.
Bytes versioned_sample() {
  const auto legacy = sample_bytes();
  Bytes bytes(legacy.begin(), legacy.begin() + 65);
  bytes.push_back(0x80);
  bytes.insert(bytes.end(), legacy.begin() + 65, legacy.end());
  bytes.push_back(1);
  bytes.resize(bytes.size() + 32);
  for (const std::uint8_t byte : {2, 3, 4, 1, 5}) bytes.push_back(byte);
  return bytes;
}

TEST(Transaction, VersionZeroLooksItsAccountsUp) {
  const auto legacy = *parse_transaction(sample_bytes());
  EXPECT_EQ(*all_accounts(legacy.message, {}), legacy.message.account_keys);
  std::vector<Pubkey> loaded(3);
  for (std::size_t i = 0; i < 3; ++i) loaded[i].bytes[0] = static_cast<std::uint8_t>(100 + i);
  const auto bytes = versioned_sample();
  const auto found = parse_transaction(bytes);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(encode(*found), bytes);
  const auto& message = found->message;
  EXPECT_EQ(message.version, MessageVersion::Zero);
  EXPECT_EQ(message.lookups, (std::vector<AddressLookup>{{Pubkey{}, {3, 4}, {5}}}));
  EXPECT_EQ(message.account_keys, legacy.message.account_keys);
  EXPECT_EQ(message.instructions, legacy.message.instructions);
  const auto own = message.account_keys.size();
  EXPECT_TRUE(message.is_writable(own) && message.is_writable(own + 1));
  EXPECT_FALSE(message.is_writable(own + 2) || message.is_signer(own));
  const auto all = *all_accounts(message, loaded);
  ASSERT_EQ(all.size(), own + 3);
  EXPECT_EQ(all[own + 2], loaded[2]);
  // Not as many as it looks up; cut short; of a version to come.
  EXPECT_FALSE(all_accounts(message, std::span(loaded).first(2)));
  EXPECT_FALSE(all_accounts(message, {}));
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_FALSE(parse_transaction(ByteView(bytes).first(length))) << length;
  auto later = bytes;
  later[65] = 0x81;
  const auto refused = parse_transaction(later);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "expected a transaction of the legacy form or version 0, found version 1");
}

TEST(Transaction, ATableIsLookedInForSomethingAndNeverForAProgram) {
  const auto good = *parse_transaction(versioned_sample());
  const auto parses = [](const Transaction& t) { return parse_transaction(encode(t)).has_value(); };
  auto t = good;
  t.message.instructions[0].account_indexes = {5};  // three of its own, three looked up
  EXPECT_TRUE(parses(t));
  t.message.instructions[0].account_indexes = {6};
  EXPECT_FALSE(parses(t));
  t = good;
  t.message.instructions[0].program_index = 3;
  EXPECT_FALSE(parses(t));
  t = good;
  t.message.lookups.push_back({address(7), {}, {}});
  EXPECT_FALSE(parses(t));
  t = good;
  t.message.lookups[0].writable.assign(252, 1);  // and one more, and three: as many as an index can say
  EXPECT_TRUE(parses(t));
  t.message.lookups[0].writable.push_back(1);
  EXPECT_FALSE(parses(t));
}

TEST(Transaction, OneAmongMoreBytesIsTakenOffThem) {
  auto bytes = versioned_sample();
  const auto size = bytes.size();
  bytes.insert(bytes.end(), {7, 8, 9});
  ByteView rest = bytes;
  const auto taken = take_transaction(rest);
  ASSERT_TRUE(taken);
  EXPECT_EQ(encode(*taken), Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)));
  EXPECT_EQ(Bytes(rest.begin(), rest.end()), (Bytes{7, 8, 9}));
}

RC_GTEST_PROP(Transaction, ChangedVersionedOnesNeverCrashNorParseTwoWays, ()) {
  auto bytes = versioned_sample();
  bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<std::uint8_t>();
  const auto result = parse_transaction(bytes);
  if (result) RC_ASSERT(encode(*result) == bytes);
}

TEST(Transaction, LongFormsOfACountAreCorrupt) {
  auto bytes = sample_bytes();
  bytes[0] = 0x81;
  bytes.insert(bytes.begin() + 1, 0x00);
  EXPECT_FALSE(parse_transaction(bytes));
}

RC_GTEST_PROP(Transaction, RandomBytesNeverCrash, (const Bytes& bytes)) {
  const auto result = parse_transaction(bytes);
  if (result) RC_ASSERT(encode(*result) == bytes);
}

RC_GTEST_PROP(Transaction, OneChangedByteNeverCrashesNorParsesTwoWays, ()) {
  auto bytes = sample_bytes();
  bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<std::uint8_t>();
  const auto result = parse_transaction(bytes);
  if (result) RC_ASSERT(encode(*result) == bytes);
}

void expect_error(const TransactionError& error, std::string_view json, std::string_view text) {
  EXPECT_EQ(boost::json::serialize(to_json(error)), json);
  EXPECT_EQ(to_text(error), text);
  const auto back = parse_transaction_error(boost::json::parse({json.data(), json.size()}));
  ASSERT_TRUE(back) << json;
  EXPECT_EQ(*back, error);
}

TEST(TransactionError, JsonAndTextAreSolanas) {
  expect_error({TransactionErrorKind::InstructionError, 2, {InstructionErrorKind::Custom, 8}},
               R"({"InstructionError":[2,{"Custom":8}]})", "Error processing Instruction 2: custom program error: 0x8");
  expect_error({TransactionErrorKind::InstructionError, 0, {InstructionErrorKind::BorshIoError, 0}},
               R"({"InstructionError":[0,{"BorshIoError":"Unknown"}]})",
               "Error processing Instruction 0: Failed to serialize or deserialize account data: Unknown");
  expect_error({TransactionErrorKind::InstructionError, 0, {InstructionErrorKind::ProgramFailedToComplete, 0}},
               R"({"InstructionError":[0,"ProgramFailedToComplete"]})",
               "Error processing Instruction 0: Program failed to complete");
  expect_error({TransactionErrorKind::BlockhashNotFound, 0, {}}, R"("BlockhashNotFound")", "Blockhash not found");
  expect_error({TransactionErrorKind::InsufficientFundsForRent, 2, {}},
               R"({"InsufficientFundsForRent":{"account_index":2}})",
               "Transaction results in an account (2) with insufficient funds for rent");
}

TEST(TransactionError, EveryKindRoundTrips) {
  for (int k = 0; k <= static_cast<int>(InstructionErrorKind::MissingAccount); ++k) {
    const TransactionError error{TransactionErrorKind::InstructionError, 1, {static_cast<InstructionErrorKind>(k), 0}};
    EXPECT_EQ(parse_transaction_error(to_json(error)), error) << k;
    EXPECT_FALSE(to_text(error).empty());
  }
  for (int k = 1; k <= static_cast<int>(TransactionErrorKind::InsufficientFundsForRent); ++k) {
    const TransactionError error{static_cast<TransactionErrorKind>(k), 0, {}};
    EXPECT_EQ(parse_transaction_error(to_json(error)), error) << k;
    EXPECT_FALSE(to_text(error).empty());
  }
}

TEST(TransactionError, OtherShapesAreErrors) {
  for (const auto* text : {"null", "7", "[]", R"({"InstructionError":[2]})", R"({"InstructionError":[-1,"Custom"]})",
                           R"({"InstructionError":[0,{"Custom":-1}]})", R"({"InstructionError":[0,7]})"}) {
    const auto result = parse_transaction_error(boost::json::parse(text));
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().kind, ErrorKind::Corrupt) << text;
  }
  const auto unknown = parse_transaction_error(boost::json::parse(R"("ClusterMaintenance")"));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::Unsupported);
}

}  // namespace
}  // namespace dz::wire
