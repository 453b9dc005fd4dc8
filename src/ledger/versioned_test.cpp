// Transactions of version 0, lookup tables, and one message signed twice.
#include "wire/versioned_fixture.h"

#include <sodium.h>

#include <filesystem>

#include "ledger/ledger_fixture.h"

namespace dz::ledger {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Kind = wire::TransactionErrorKind;

// Another signature by key_number(n), of a nonce of its own. Who verifies cannot tell it from the usual one.
wire::Signature sign_again(std::uint8_t n, ByteView message) {
  std::array<std::uint8_t, 32> seed{}, secret{}, nonce{}, product{};
  std::array<std::uint8_t, 64> wide{}, hash{};
  seed.fill(n);
  crypto_hash_sha512(hash.data(), seed.data(), seed.size());
  hash[0] &= 248;
  hash[31] = static_cast<std::uint8_t>((hash[31] & 127) | 64);
  std::copy_n(hash.begin(), 32, wide.begin());
  crypto_core_ed25519_scalar_reduce(secret.data(), wide.data());
  crypto_core_ed25519_scalar_random(nonce.data());
  wire::Signature out;
  crypto_scalarmult_ed25519_base_noclamp(out.bytes.data(), nonce.data());
  crypto_hash_sha512_state state;
  crypto_hash_sha512_init(&state);
  crypto_hash_sha512_update(&state, out.bytes.data(), 32);
  crypto_hash_sha512_update(&state, key_number(n).pubkey().bytes.data(), 32);
  crypto_hash_sha512_update(&state, message.data(), message.size());
  crypto_hash_sha512_final(&state, wide.data());
  crypto_core_ed25519_scalar_reduce(product.data(), wide.data());
  crypto_core_ed25519_scalar_mul(product.data(), product.data(), secret.data());
  crypto_core_ed25519_scalar_add(out.bytes.data() + 32, product.data(), nonce.data());
  return out;
}

class Versioned : public testing::Test {
 protected:
  void SetUp() override {
    f.fund(f.alice.pubkey(), 1000 * kSol);
    f.pass(seconds{10});
  }

  wire::Transaction transfer(std::uint64_t lamports, const wire::TestTable* table = nullptr) {
    const wire::Instruction instructions[] = {system_transfer(f.alice.pubkey(), f.bob.pubkey(), lamports)};
    return wire::signed_message(versioned_message(instructions, f.alice.pubkey(), hash(), table), f.alice);
  }
  wire::Blockhash hash() const { return f.bank().latest_blockhash().hash; }
  std::optional<wire::TransactionError> land(std::vector<wire::Instruction> instructions) {
    const auto submission = f.ledger->submit(signed_by(f.alice, std::move(instructions), hash()), true);
    EXPECT_TRUE(f.ledger->commit());
    return submission.execution.error;
  }
  wire::TableInstructions table_of_now() const { return {f.alice.pubkey(), f.bank().slot().value - 1}; }
  wire::TestTable make_table(std::vector<Pubkey> keys) {
    const auto table = table_of_now();
    EXPECT_FALSE(land({table.create(), table.extend(keys)}));
    f.pass(seconds{1});
    return {table.address().address, std::move(keys)};
  }
  json::value send(const wire::Transaction& transaction, const std::string& more = "") {
    const auto answer =
        f.rpc("sendTransaction", "[\"" + base64_of(transaction) + R"(",{"encoding":"base64")" + more + "}]");
    EXPECT_TRUE(f.ledger->commit());
    return answer;
  }
  json::value shown(const wire::Transaction& transaction, const std::string& config) {
    return f.rpc("getTransaction", "[\"" + to_text(transaction.signatures[0]) + "\"," + config + "]");
  }
  std::optional<Kind> simulated(const wire::Transaction& transaction) {
    const auto execution = f.bank().simulate(transaction);
    return execution.error ? std::optional(execution.error->kind) : std::nullopt;
  }

  LedgerFixture f;
};

TEST_F(Versioned, OneWithoutTablesDoesWhatALegacyOneDoes) {
  const auto sent = transfer(kSol);
  EXPECT_EQ(send(sent).at("result"), json::value(to_text(sent.signatures[0])));
  EXPECT_EQ(f.balance(f.bob.pubkey()), kSol);
  const auto found = shown(sent, R"({"maxSupportedTransactionVersion":0})").at("result");
  EXPECT_EQ(found.at("version"), 0);
  EXPECT_EQ(json::serialize(found.at("transaction").at("message").at("addressTableLookups")), "[]");
  EXPECT_EQ(json::serialize(found.at("meta").at("loadedAddresses")), R"({"writable":[],"readonly":[]})");
}

TEST_F(Versioned, IsShownOnlyToWhoSaysThatItReadsIt) {
  const auto sent = transfer(kSol);
  send(sent);
  for (const std::string config :
       {"null", R"("base64")", R"({"encoding":"json"})", R"({"maxSupportedTransactionVersion":null})"}) {
    const auto error = shown(sent, config).at("error");
    EXPECT_EQ(error.at("code"), -32015);
    EXPECT_EQ(
        error.at("message"),
        "Transaction version (0) is not supported by the requesting client. Please try the request again with the "
        "following configuration parameter: \"maxSupportedTransactionVersion\": 0");
  }
  const auto legacy = f.transfer(f.alice, f.bob.pubkey(), 2 * kSol);
  send(legacy);
  EXPECT_FALSE(shown(legacy, "null").at("result").as_object().contains("version"));
  EXPECT_EQ(shown(legacy, R"({"maxSupportedTransactionVersion":0})").at("result").at("version"), "legacy");
  const auto message = shown(legacy, "null").at("result").at("transaction").at("message");
  EXPECT_FALSE(message.as_object().contains("addressTableLookups"));
}

TEST_F(Versioned, TablesStandForTheirAccounts) {
  const auto table = make_table({f.alice.pubkey(), wire::kSystemProgramId, f.bob.pubkey()});
  const auto sent = transfer(kSol, &table);
  ASSERT_EQ(sent.message.lookups.size(), 1U);
  EXPECT_EQ(sent.message.account_keys.size(), 2U);
  const auto simulation =
      f.rpc("simulateTransaction", "[\"" + base64_of(sent) + R"(",{"encoding":"base64","accounts":{"addresses":[")" +
                                       to_text(f.bob.pubkey()) + R"("]}}])");
  EXPECT_TRUE(simulation.at("result").at("value").at("err").is_null());
  EXPECT_EQ(simulation.at("result").at("value").at("accounts").at(0).at("lamports"), kSol);
  EXPECT_EQ(f.balance(f.bob.pubkey()), 0U);
  EXPECT_EQ(send(sent).at("result"), json::value(to_text(sent.signatures[0])));
  EXPECT_EQ(f.balance(f.bob.pubkey()), kSol);

  const std::string bob = to_text(f.bob.pubkey());
  const auto found = shown(sent, R"({"maxSupportedTransactionVersion":0})").at("result");
  EXPECT_EQ(json::serialize(found.at("meta").at("loadedAddresses")),
            R"({"writable":[")" + bob + R"("],"readonly":[]})");
  EXPECT_EQ(found.at("meta").at("postBalances").as_array().size(), 3U);
  EXPECT_EQ(found.at("meta").at("postBalances").at(2), kSol);
  const auto& message = found.at("transaction").at("message");
  EXPECT_EQ(message.at("accountKeys").as_array().size(), 2U);
  EXPECT_EQ(json::serialize(message.at("addressTableLookups")),
            R"([{"accountKey":")" + to_text(table.key) + R"(","writableIndexes":[2],"readonlyIndexes":[]}])");
  const auto parsed = shown(sent, R"({"maxSupportedTransactionVersion":0,"encoding":"jsonParsed"})").at("result");
  EXPECT_EQ(json::serialize(parsed.at("transaction").at("message").at("accountKeys").at(2)),
            R"({"pubkey":")" + bob + R"(","signer":false,"source":"lookupTable","writable":true})");
  EXPECT_EQ(parsed.at("transaction").at("message").at("instructions").at(0).at("accounts").at(1), json::value(bob));
  const auto history = f.rpc("getSignaturesForAddress", "[\"" + bob + "\"]").at("result");
  ASSERT_EQ(history.as_array().size(), 1U);
  EXPECT_EQ(history.at(0).at("signature"), json::value(to_text(sent.signatures[0])));
}

TEST_F(Versioned, WhatIsNotInATableIsTold) {
  auto table = make_table({f.bob.pubkey()});
  const auto good = transfer(kSol, &table);
  EXPECT_FALSE(simulated(good));
  auto sent = good;
  const auto sign = [&] { sent.signatures[0] = f.alice.sign(encode(sent.message)); };
  sent.message.lookups[0].table = key_number(77).pubkey();
  sign();
  EXPECT_EQ(simulated(sent), Kind::AddressLookupTableNotFound);
  const std::string text = "Transaction loads an address table account that doesn't exist";
  for (const std::string more : {"", R"(,"skipPreflight":true)"}) {
    const auto error = send(sent, more).at("error");
    EXPECT_EQ(error.at("code"), -32602);
    EXPECT_EQ(error.at("message"), json::value("invalid transaction: " + text));
    EXPECT_EQ(error.at("data").at("err"), "AddressLookupTableNotFound");
  }
  EXPECT_EQ(
      f.rpc("simulateTransaction", "[\"" + base64_of(sent) + R"(",{"encoding":"base64"}])").at("error").at("code"),
      -32602);
  sent.message.lookups[0].table = f.alice.pubkey();
  sign();
  EXPECT_EQ(simulated(sent), Kind::InvalidAddressLookupTableOwner);
  sent = good;
  sent.message.lookups[0].writable[0] = 1;
  sign();
  EXPECT_EQ(simulated(sent), Kind::InvalidAddressLookupTableIndex);
}

TEST_F(Versioned, AnAccountOfTheProgramThatIsNoTableIsInvalidData) {
  const auto blank = key_number(9);
  wire::BorshWriter data;
  data(std::uint32_t{0}, 10 * kSol, std::uint64_t{88}, wire::lookup_table_program_id());
  const wire::Instruction create[] = {
      {wire::kSystemProgramId, {{f.alice.pubkey(), true, true}, {blank.pubkey(), true, true}}, std::move(data).take()}};
  const wire::Keypair* others[] = {&blank};
  ASSERT_TRUE(f.ledger->submit(*sign_transaction(create, f.alice, others, hash()), true).accepted);
  const wire::TestTable table{blank.pubkey(), {f.bob.pubkey()}};
  EXPECT_EQ(simulated(transfer(kSol, &table)), Kind::InvalidAddressLookupTableData);
}

TEST_F(Versioned, OneAccountByTwoWaysIsLoadedTwiceAndTooManyAreTooMany) {
  const auto table = make_table({f.bob.pubkey(), f.alice.pubkey()});
  auto twice = transfer(kSol, &table);
  twice.message.lookups[0].read_only = {1};
  EXPECT_EQ(simulated(wire::signed_message(twice.message, f.alice)), Kind::AccountLoadedTwice);
  twice.message.lookups[0].read_only.assign(62, 1);
  EXPECT_EQ(simulated(wire::signed_message(twice.message, f.alice)), Kind::TooManyAccountLocks);
}

TEST_F(Versioned, KeysServeFromTheNextSlotAndATableUntilItIsGone) {
  const auto table = table_of_now();
  ASSERT_FALSE(land({table.create(), table.extend({f.bob.pubkey()})}));
  const wire::TestTable keys{table.address().address, {f.bob.pubkey()}};
  EXPECT_EQ(simulated(transfer(kSol, &keys)), Kind::InvalidAddressLookupTableIndex);
  f.pass(milliseconds{400});
  EXPECT_FALSE(simulated(transfer(kSol, &keys)));
  ASSERT_FALSE(land({table.deactivate()}));
  EXPECT_TRUE(land({table.extend({f.alice.pubkey()})}));
  EXPECT_TRUE(land({table.close(f.alice.pubkey())}));
  f.pass(512 * milliseconds{400});
  EXPECT_FALSE(simulated(transfer(kSol, &keys)));
  f.pass(milliseconds{400});
  EXPECT_EQ(simulated(transfer(kSol, &keys)), Kind::AddressLookupTableNotFound);
  const auto before = f.balance(f.bob.pubkey());
  EXPECT_FALSE(land({table.close(f.bob.pubkey())}));
  EXPECT_EQ(f.balance(f.bob.pubkey()), before + program::rent_exempt_minimum(56 + 32));
  EXPECT_EQ(f.bank().find(keys.key), nullptr);
}

TEST_F(Versioned, TablesBelongToTheirAuthority) {
  const auto table = table_of_now();
  ASSERT_FALSE(land({table.create(), table.extend({f.bob.pubkey()})}));
  EXPECT_FALSE(land({table.create(), wire::Instruction(system_transfer(f.alice.pubkey(), f.bob.pubkey(), kSol))}));
  const auto refused_with = [&](std::vector<wire::Instruction> instructions) {
    const auto error = land(std::move(instructions));
    return error ? std::optional(error->error.kind) : std::nullopt;
  };
  using Why = wire::InstructionErrorKind;
  auto strangers = table.deactivate();
  strangers.accounts[1] = {f.bob.pubkey(), false, false};
  EXPECT_EQ(refused_with({strangers}), Why::MissingRequiredSignature);
  auto old = table;
  old.slot = f.bank().slot().value;  // as getSlot says
  EXPECT_FALSE(refused_with({old.create()}));
  ++old.slot;  // has not begun
  EXPECT_EQ(refused_with({old.create()}), Why::InvalidInstructionData);
  EXPECT_EQ(refused_with({table.extend({})}), Why::InvalidInstructionData);
  EXPECT_EQ(refused_with({wire::TableInstructions{f.alice.pubkey(), table.slot - 1}.deactivate()}),
            Why::InvalidAccountOwner);
  auto elsewhere = wire::TableInstructions{f.alice.pubkey(), table.slot - 1}.create();
  elsewhere.accounts[0].key = f.bob.pubkey();
  EXPECT_EQ(refused_with({elsewhere}), Why::InvalidArgument);
  EXPECT_FALSE(refused_with({table.freeze()}));
  EXPECT_EQ(refused_with({table.extend({f.alice.pubkey()})}), Why::Immutable);
}

TEST_F(Versioned, TheFeeOfAMessageIsToldOfBothForms) {
  for (const auto& sent : {transfer(kSol), f.transfer(f.alice, f.bob.pubkey(), kSol)}) {
    const auto answer = f.rpc("getFeeForMessage", "[\"" + encode_base64(encode(sent.message)) + "\"]");
    EXPECT_EQ(answer.at("result").at("value"), 5000U);
  }
}

// What tables stood for is kept with the transaction, whatever becomes of the tables, and forgotten with it.
TEST_F(Versioned, IsFoundAgainAfterARestart) {
  const std::string folder = testing::TempDir() + "versioned_test_" + std::to_string(::getpid());
  std::filesystem::create_directory(folder);
  const auto open = [&] {
    f.ledger.reset();
    f.ledger = *Ledger::open(*open_sqlite_archive(folder + "/ledger.db"),
                             LedgerOptions{.history = std::chrono::hours{1}}, f.now);
  };
  open();
  f.fund(f.alice.pubkey(), 1000 * kSol);
  f.pass(seconds{10});
  const auto table = make_table({f.bob.pubkey()});
  const auto sent = transfer(kSol, &table);
  send(sent);
  open();
  const auto found = shown(sent, R"({"maxSupportedTransactionVersion":0,"encoding":"base64"})").at("result");
  EXPECT_EQ(found.at("transaction").at(0), json::value(base64_of(sent)));
  EXPECT_EQ(found.at("meta").at("loadedAddresses").at("writable").at(0), json::value(to_text(f.bob.pubkey())));
  auto again = sent;
  again.signatures[0] = sign_again(1, encode(sent.message));
  EXPECT_EQ(simulated(again), Kind::AlreadyProcessed);  // it remembers the message, too
  for (int i = 0; i < 70; ++i) f.pass(std::chrono::minutes{1});
  for (int i = 0; i < 3; ++i) f.fund(f.alice.pubkey());
  open();  // what is old goes with the next fold, and the sums agree
  EXPECT_TRUE(f.ledger->archive().find_by_address(f.bob.pubkey(), {})->empty());
  open();
  EXPECT_EQ(f.balance(f.bob.pubkey()), kSol);
  f.ledger.reset();
  std::filesystem::remove_all(folder);
}

TEST_F(Versioned, D19_OneMessageSignedTwiceIsOneTransaction) {
  for (const bool versioned : {false, true}) {
    const auto before = f.balance(f.bob.pubkey());
    const auto sent = versioned ? transfer(kSol) : f.transfer(f.alice, f.bob.pubkey(), kSol);
    auto again = sent;
    again.signatures[0] = sign_again(1, encode(sent.message));
    ASSERT_NE(again.signatures[0], sent.signatures[0]);
    ASSERT_TRUE(verify_signatures(again));
    EXPECT_EQ(send(again).at("result"), json::value(to_text(again.signatures[0])));
    const auto error = send(sent).at("error");
    EXPECT_EQ(error.at("code"), -32002);
    EXPECT_EQ(error.at("data").at("err"), "AlreadyProcessed");
    send(sent, R"(,"skipPreflight":true)");
    EXPECT_EQ(f.balance(f.bob.pubkey()), before + kSol);
    EXPECT_FALSE(*f.ledger->status(sent.signatures[0]));
    f.pass(seconds{30});  // as long as its block hash lives
    EXPECT_EQ(simulated(sent), Kind::AlreadyProcessed);
  }
}

}  // namespace
}  // namespace dz::ledger
