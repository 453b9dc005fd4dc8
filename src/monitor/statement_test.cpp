// What is stated about decisions: made before their transactions, tied to them, and what becomes of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "attest/memo.h"
#include "attest/verify.h"
#include "base/base64.h"
#include "base/sha256.h"
#include "client/record_writes.h"
#include "monitor/api_fixture.h"
#include "monitor/parts_fixture.h"
#include "monitor/statement_archive.h"

namespace dz::monitor {
namespace {

using std::chrono::seconds;
using testbed::LineFault;
using testing::ElementsAre;
using testing::SizeIs;

std::vector<StoredStatement> all_of(StatementArchive& archive) {
  std::vector<StoredStatement> all;
  for (std::int64_t i = 0; auto stored = must(archive.find(i)); ++i) all.push_back(std::move(*stored));
  return all;
}

TEST(Statements, AreMadeOfWhatIsWrittenAndTheTransactionCarriesTheirRoot) {
  PartsFixture parts;
  parts.pass();
  parts.network.advance(seconds{1});
  parts.pass();
  auto& archive = parts.memory.statements();
  const auto all = all_of(archive);
  ASSERT_THAT(all, SizeIs(3));
  std::vector<attest::Hash> hashes;
  for (const auto& stored : all) {
    EXPECT_EQ(stored.outcome, StatementOutcome::Landed);
    EXPECT_EQ(stored.signature, all.front().signature);  // they went together
    hashes.push_back(stored.hash);
    const auto statement = must(attest::decode_statement(stored.bytes));
    EXPECT_EQ(stored.hash, statement_hash(statement));
    EXPECT_EQ(statement.monitor, parts.key.pubkey());
    EXPECT_EQ(statement.program, wire::local_program_ids().serviceability);
    EXPECT_EQ(statement.genesis, must(parts.client.get_genesis_hash()).bytes);
    EXPECT_EQ(statement.from, Health::Unknown);
    EXPECT_EQ(statement.to, Health::Pending);
    EXPECT_FALSE(statement.criteria.empty());
    EXPECT_EQ(statement.minutes, attest::minutes_root(archive.minutes(stored.index).value_or(std::vector<Bytes>{})));
  }
  const auto sent = must(parts.client.get_transaction(must(wire::parse_signature(all.front().signature))));
  const auto transaction = must(wire::parse_transaction(sent->bytes));
  EXPECT_EQ(must(attest::root_in(transaction.message, transaction.message.account_keys)),
            transparency::tree_root(hashes));
  // In the order of the instructions, which are read as they were before there were memos.
  const auto writes = must(client::record_writes(*sent, wire::local_program_ids(), rfc_profile()));
  ASSERT_THAT(writes, SizeIs(3));
  for (std::size_t i = 0; i < writes.size(); ++i) {
    EXPECT_EQ(writes[i].record, must(attest::decode_statement(all[i].bytes)).record);
    EXPECT_TRUE(writes[i].readable);
    EXPECT_EQ(writes[i].event.health, Health::Pending);
  }
  EXPECT_EQ(must(archive.of_transaction(all.front().signature)).size(), 3U);
  EXPECT_EQ(must(archive.index_of(all.front().signature, parts.link)), 0);
}

TEST(Statements, TheAccountIsTheOneThatWasJudged) {
  PartsFixture parts;
  parts.pass();
  const auto* read = parts.reader.mirror().account(parts.link);
  ASSERT_NE(read, nullptr);
  const auto statement = must(attest::decode_statement(must(parts.memory.statements().find(0))->bytes));
  EXPECT_EQ(statement.record, parts.link);
  EXPECT_EQ(statement.account, sha256(read->data));
  EXPECT_LE(statement.slot, read->slot);
  EXPECT_GT(statement.slot.value, 0U);
}

TEST(Statements, WhatIsDeferredIsNotStated) {
  MonitorSettings settings;
  settings.limits.writes_per_minute = 1;
  PartsFixture parts(settings);
  parts.pass();
  EXPECT_THAT(all_of(parts.memory.statements()), SizeIs(1));
}

TEST(Statements, WithoutAnAnswerFromTheLedgerNothingIsStated) {
  PartsFixture parts;
  parts.line = [](std::string_view call) {
    return call == "get_latest_blockhash" ? LineFault::RequestLost : LineFault::None;
  };
  parts.pass();
  EXPECT_TRUE(all_of(parts.memory.statements()).empty());
}

TEST(Statements, NothingIsSentBeforeWhatIsStatedIsOnDisk) {
  PartsFixture parts;
  parts.on_disk = false;
  parts.pass();
  EXPECT_EQ(parts.desk.counters().unsent, 3U);
  EXPECT_EQ(parts.sent, 0);
  for (const auto& stored : all_of(parts.memory.statements())) EXPECT_EQ(stored.outcome, StatementOutcome::NotSent);
  parts.on_disk = true;
  for (int i = 0; i < 5; ++i) {
    parts.network.advance(seconds{10});
    parts.pass();
  }
  EXPECT_EQ(parts.link_health(), Health::Pending);
  EXPECT_GT(parts.sent, 0);
}

TEST(Statements, WhatTheLedgerRefusedIsNeverShownAsDone) {
  PartsFixture parts({}, testbed::SmallNetwork::key(3));  // a contributor's: it may write no health
  for (int i = 0; i < 5; ++i) {
    parts.pass();
    parts.network.advance(seconds{1});
  }
  const auto all = all_of(parts.memory.statements());
  EXPECT_THAT(all, SizeIs(testing::Ge(3U)));
  for (const auto& stored : all) EXPECT_NE(stored.outcome, StatementOutcome::Landed) << stored.index;
}

// Killed between the statement and the answer: the next start does not know, and says so.
TEST(Statements, WhatWasOpenAtAStartWasInterrupted) {
  PartsFixture parts;
  parts.line = [](std::string_view call) {
    return call == "get_signature_statuses" ? LineFault::RequestLost : LineFault::None;
  };
  parts.pass();
  for (const auto& stored : all_of(parts.memory.statements())) EXPECT_EQ(stored.outcome, StatementOutcome::Open);
  auto again =
      must(MonitorMemory::open(parts.database, {{render_policy(parts.settings.policy), {}, {}}, {}}, parts.files));
  const auto all = all_of(again.statements());
  ASSERT_THAT(all, SizeIs(3));
  for (const auto& stored : all) {
    EXPECT_EQ(stored.outcome, StatementOutcome::Interrupted);
    EXPECT_EQ(stored.signature, "");
  }
  EXPECT_THAT(must(again.statements().interrupted(10)), SizeIs(3));
}

// The transaction landed while nobody looked: its memo tells which statements it made true.
TEST(Statements, WhatLandedMeanwhileIsFoundByItsMemo) {
  PartsFixture parts;
  parts.line = [](std::string_view call) {
    return call == "get_signature_statuses" ? LineFault::RequestLost : LineFault::None;
  };
  parts.pass();
  must_be_done(parts.memory.statements().interrupt_open());
  parts.network.advance(seconds{1});
  parts.line = {};
  StatementRecovery recovery(parts.memory, wire::local_program_ids());
  for (int i = 0; i < 5; ++i) recovery.step(parts.client, rfc_profile(), parts.network.now());
  const auto all = all_of(parts.memory.statements());
  ASSERT_THAT(all, SizeIs(3));
  for (const auto& stored : all) {
    EXPECT_EQ(stored.outcome, StatementOutcome::Landed);
    EXPECT_EQ(must(parts.memory.statements().of_transaction(stored.signature)).size(), 3U);
  }
}

// What was never sent stays what it is, whatever else was written of the record since.
TEST(Statements, WhatWasNeverSentIsNeverDone) {
  PartsFixture parts;
  parts.on_disk = false;
  parts.pass();
  std::vector<StatementArchive::Outcome> open;
  for (const auto& stored : all_of(parts.memory.statements()))
    open.push_back({stored.index, StatementOutcome::Interrupted, {}});
  parts.memory.settle(open);
  parts.on_disk = true;
  for (int i = 0; i < 3; ++i) {
    parts.network.advance(seconds{10});
    parts.pass();
  }
  ASSERT_EQ(parts.link_health(), Health::Pending);
  StatementRecovery recovery(parts.memory, wire::local_program_ids());
  for (int i = 0; i < 5; ++i) recovery.step(parts.client, rfc_profile(), parts.network.now());
  EXPECT_EQ(must(parts.memory.statements().find(0))->outcome, StatementOutcome::Interrupted);
}

TEST(Statements, DamageOnDiskIsNotGivenOut) {
  PartsFixture parts;
  parts.pass();
  must_be_done(parts.database.execute("UPDATE statement SET bytes = x'00' WHERE id = 1"));
  must_be_done(parts.database.execute("UPDATE log_entry SET entry = x'00' WHERE number = 2"));
  EXPECT_TRUE(parts.memory.statements().find(0));
  EXPECT_EQ(parts.memory.statements().find(1).error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(parts.memory.statements().find(2).error().kind, ErrorKind::Corrupt);
}

// Their bytes are in the log alone, in bundles once these are full; an earlier version kept them in its table too.
TEST(Statements, AreReadFromTheLog) {
  PartsFixture parts;
  parts.pass();
  auto& archive = parts.memory.statements();
  const auto first = *must(archive.find(0));
  const auto stated = must(attest::decode_statement(first.bytes));
  std::vector<attest::Stated> more(300, {stated, {}, {}});
  for (std::size_t i = 0; i < more.size(); ++i) more[i].statement.slot.value += 1 + i;
  const auto next = must(archive.add(more)).first;
  for (const std::int64_t index : {next, next + 200, next + 299}) {
    const auto stored = *must(archive.find(index));
    const auto& expected = more[static_cast<std::size_t>(index - next)].statement;
    EXPECT_EQ(must(attest::decode_statement(stored.bytes)), expected);
    EXPECT_EQ(must(archive.find(attest::statement_hash(expected)))->index, index);
  }
  auto row = must(parts.database.prepare("SELECT sum(length(bytes)) FROM statement"));
  ASSERT_TRUE(must(row.step()));
  EXPECT_EQ(row.integer(0), 0);
  row.reset();
  auto as_it_was = must(parts.database.prepare(
      "UPDATE statement SET bytes = ?1, sum = row_sum('statement', id, at, pubkey, hash, ?1) WHERE id = 0"));
  must_be_done(as_it_was.bind(1, ByteView(first.bytes)).run());
  must_be_done(parts.database.execute("DELETE FROM log_bundle"));
  EXPECT_EQ(must(archive.find(0))->bytes, first.bytes);
  EXPECT_EQ(StatementArchive(parts.database).find(next).error().kind, ErrorKind::NotFound);
}

// However many statements there are: each decision of a pass asks for its own.
TEST(Statements, ThoseOfATransactionAreFoundByAnIndex) {
  PartsFixture parts;
  for (int i = 0; i < 2; ++i) {
    parts.pass();
    parts.network.advance(seconds{1});
  }
  must_be_done(parts.database.execute(
      "WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) INSERT INTO "
      "statement_outcome SELECT i, 1, 'other' || i, 0 FROM n"));
  const auto stored = *must(parts.memory.statements().find(0));
  const auto record = must(attest::decode_statement(stored.bytes)).record;
  const auto begin = std::clock();
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(must(parts.memory.statements().index_of(stored.signature, record)), 0);
    ASSERT_THAT(must(parts.memory.statements().of_transaction(stored.signature)), SizeIs(3));
  }
  EXPECT_LT(std::clock() - begin, 5 * CLOCKS_PER_SEC);  // with every row read it would be more than 20
}

class StatementApi : public ApiFixture {};

TEST_F(StatementApi, EachDecisionNamesItsStatementAndTheTransactionHasThemAll) {
  start();
  const auto decisions = body("/api/v1/decisions").at("decisions").as_array();
  ASSERT_FALSE(decisions.empty());
  for (const auto& decision : decisions) {
    const auto index = decision.at("statement").as_int64();
    const auto one = body("/api/v1/statements/" + std::to_string(index), "minutes=1");
    EXPECT_EQ(one.at("transaction"), decision.at("signature"));
    EXPECT_EQ(one.at("outcome"), "landed");
    const auto statement = must(attest::decode_statement(must(decode_base64(one.at("statement").as_string()))));
    EXPECT_EQ(to_text(statement.record), decision.at("pubkey").as_string());
    std::vector<Bytes> leaves;
    for (const auto& leaf : one.at("minutes").as_array()) leaves.push_back(must(decode_base64(leaf.as_string())));
    EXPECT_EQ(attest::minutes_root(leaves), statement.minutes);
    EXPECT_EQ(body("/api/v1/statements/" + std::string(one.at("hash").as_string())).at("index"), index);
  }
  const auto signature = std::string(decisions.front().at("signature").as_string());
  EXPECT_FALSE(body("/api/v1/statements", "transaction=" + signature).at("statements").as_array().empty());
}

// The monitor's own words about each decision, with the transaction from the ledger, are all that a verifier needs.
TEST_F(StatementApi, EachDecisionIsShownByItsBundleAndTheLedgersTransaction) {
  start();
  for (int i = 0; i < 4; ++i) pass(std::chrono::minutes{1});
  const auto decisions = body("/api/v1/decisions").at("decisions").as_array();
  ASSERT_FALSE(decisions.empty());
  for (const auto& decision : decisions) {
    const auto path = "/api/v1/statements/" + std::to_string(decision.at("statement").as_int64());
    auto bundle = must(attest::decode_bundle(boost::json::serialize(body(path, "bundle=1").at("bundle")) + "\n"));
    EXPECT_TRUE(bundle.transaction.empty());
    EXPECT_EQ(bundle.index, static_cast<std::uint64_t>(decision.at("statement").as_int64()));
    const auto signature = must(wire::parse_signature(decision.at("signature").as_string()));
    bundle.transaction = must(network.client().get_transaction(signature))->bytes;
    const auto found = attest::verify(bundle, {.monitor = network.monitor.pubkey(),
                                               .genesis = must(network.client().get_genesis_hash()).bytes,
                                               .program = wire::local_program_ids().serviceability});
    EXPECT_TRUE(found.holds()) << found.steps.back().part << ": " << found.steps.back().says;
  }
}

TEST_F(StatementApi, WhatIsNotThereIsSaid) {
  start();
  EXPECT_THAT(error("/api/v1/statements", "transaction=x", 400), testing::HasSubstr("expected the signature"));
  EXPECT_THAT(error("/api/v1/statements/99999", "", 404), testing::HasSubstr("made no such statement"));
  EXPECT_THAT(error("/api/v1/statements/x", "", 404), testing::HasSubstr("expected the index"));
  const auto unknown = to_text(wire::Signature{});
  EXPECT_TRUE(body("/api/v1/statements", "transaction=" + unknown).at("statements").as_array().empty());
}

}  // namespace
}  // namespace dz::monitor
