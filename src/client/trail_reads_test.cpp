// The trail of an address, over JSON-RPC and in the same process: one and the same answer.
#include <gtest/gtest.h>

#include "client/rpc_client.h"
#include "client/sender.h"
#include "ledger/rpc.h"
#include "testbed/local_client.h"
#include "wire/instructions/solana.h"
#include "wire/versioned_fixture.h"

namespace dz::client {
namespace {

struct TrailReads : testing::Test {
  Timestamp now{std::chrono::seconds{1'795'000'000}};
  std::unique_ptr<ledger::Ledger> ledger = *ledger::Ledger::open(ledger::make_memory_archive(), {}, now);
  testbed::LocalClient local{*ledger, [this] { return now; }};
  RpcClient remote{[this](std::string_view body) -> Result<std::string> { return ledger::handle_rpc(body, *ledger); },
                   Clock{[this] { return now; }, [](Duration) {}}};
  wire::Keypair payer = wire::Keypair::generate();

  wire::Signature airdrop() {
    now += std::chrono::seconds{1};
    return *local.request_airdrop(payer.pubkey(), 1'000'000'000);
  }
};

TEST_F(TrailReads, BothGiveTheSame) {
  const std::vector<wire::Signature> sent{airdrop(), airdrop(), airdrop()};
  for (LedgerClient* client : {static_cast<LedgerClient*>(&local), static_cast<LedgerClient*>(&remote)}) {
    const auto all = client->get_signatures_for_address(payer.pubkey(), {});
    ASSERT_TRUE(all) << all.error().message;
    ASSERT_EQ(all->size(), 3U);
    EXPECT_EQ(all->front().signature, sent[2]);
    EXPECT_LT(all->back().slot, all->front().slot);
    EXPECT_FALSE(all->front().failed);
    EXPECT_EQ(all->front().block_time, std::chrono::floor<std::chrono::seconds>(*all->front().block_time));

    const auto older = client->get_signatures_for_address(payer.pubkey(), {.before = sent[2], .until = sent[0]});
    ASSERT_TRUE(older && older->size() == 1);
    EXPECT_EQ(older->front().signature, sent[1]);
    EXPECT_EQ(client->get_signatures_for_address(payer.pubkey(), {.limit = 2})->size(), 2U);

    const auto found = client->get_transaction(sent[1]);
    ASSERT_TRUE(found && *found);
    const auto transaction = wire::parse_transaction((*found)->bytes);
    ASSERT_TRUE(transaction) << transaction.error().message;
    EXPECT_EQ(transaction->signatures.front(), sent[1]);
    EXPECT_EQ((*found)->slot, older->front().slot);
    EXPECT_EQ((*found)->block_time, older->front().block_time);
    const auto none = client->get_transaction(wire::Signature{});
    EXPECT_TRUE(none && !*none);
  }
}

// What its lookup tables stood for is told with it.
TEST_F(TrailReads, BothGiveTheSameOfVersionZero) {
  airdrop();
  const wire::TableInstructions made{payer.pubkey(), local.get_slot()->value - 1};
  const std::vector<Pubkey> keys{wire::Keypair::generate().pubkey()};
  TransactionSender sender(local, {[this] { return now; }, [](Duration) {}});
  const wire::Instruction instructions[] = {made.create(), made.extend(keys)};
  ASSERT_TRUE(sender.send(instructions, payer));
  now += std::chrono::seconds{1};
  const wire::TestTable table{made.address().address, keys};
  const wire::Instruction pay[] = {wire::transfer(payer.pubkey(), keys[0], 10'000'000)};
  const auto sent =
      wire::signed_message(versioned_message(pay, payer.pubkey(), local.get_latest_blockhash()->hash, &table), payer);
  ASSERT_TRUE(local.send_transaction(sent, {}));
  for (LedgerClient* client : {static_cast<LedgerClient*>(&local), static_cast<LedgerClient*>(&remote)}) {
    const auto found = client->get_transaction(sent.signatures[0]);
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->bytes, encode(sent));
    EXPECT_EQ((*found)->loaded, keys);
    EXPECT_EQ(client->get_signatures_for_address(keys[0], {})->front().signature, sent.signatures[0]);
  }
}

TEST_F(TrailReads, AFailureThatLandedIsMarked) {
  airdrop();
  const wire::Instruction nonsense{wire::local_program_ids().serviceability, {{payer.pubkey(), true, true}}, {255}};
  TransactionSender sender(local, {[this] { return now; }, [](Duration) {}}, {.skip_preflight = true});
  const auto outcome = sender.send({&nonsense, 1}, payer);
  ASSERT_TRUE(outcome) << outcome.error().message;
  for (LedgerClient* client : {static_cast<LedgerClient*>(&local), static_cast<LedgerClient*>(&remote)}) {
    EXPECT_TRUE(client->get_signatures_for_address(payer.pubkey(), {})->front().failed);
    EXPECT_TRUE((*client->get_transaction(outcome->signature))->failed);
  }
}

}  // namespace
}  // namespace dz::client
