#include "quorum/stated_opinions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "quorum/opinion_fixture.h"
#include "transparency/merkle.h"

namespace dz::quorum {
namespace {

using testing::HasSubstr;

// A statement that two judges back, and the ledger as it shows the record.
class StatedOpinions : public testing::Test {
 protected:
  StatedOpinions() {
    const auto o = plain_opinion();
    statement.genesis = o.network.genesis.bytes;
    statement.program = o.network.program;
    statement.record = o.record;
    statement.kind = o.kind;
    statement.account = o.account;
    statement.to = o.health;
    statement.policy = o.policy;
    statement.at = o.made_at;
    auto other = o;
    other.window_end -= std::chrono::minutes{1};
    other.made_at -= std::chrono::seconds{3};
    statement.opinions = stated(std::vector{sign(o, judge(1)), sign(other, judge(2))});
    shown = {o.network, o.record, o.kind, o.health, {}, {}};
  }
  std::string refusal(const std::function<void(attest::Statement&)>& vary = [](auto&) {}) const {
    auto varied = statement;
    vary(varied);
    const auto done = check_statement(varied, shown, rules);
    return done ? "" : done.error().message;
  }

  attest::Statement statement;
  ShownHealth shown;
  Rules rules{2, {judge(1).pubkey(), judge(2).pubkey(), judge(3).pubkey()}};
};

TEST_F(StatedOpinions, ComeBackAsTheyWereSigned) {
  for (const auto& opinion : opinions_of(statement)) EXPECT_TRUE(is_signed(opinion));
  const auto read = attest::decode_statement(encode(statement));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(opinions_of(*read), opinions_of(statement));
  EXPECT_EQ(refusal(), "");
}

// Nothing of the statement can be another than the judges held.
TEST_F(StatedOpinions, BackNothingButWhatWasHeld) {
  const auto none = HasSubstr("found 0 that count");
  EXPECT_THAT(refusal([](auto& s) { s.account[0] ^= 1; }), none);
  EXPECT_THAT(refusal([](auto& s) { s.policy[0] ^= 1; }), none);
  EXPECT_THAT(refusal([](auto& s) { s.opinions[0].window_end += std::chrono::minutes{-1}; }),
              HasSubstr("found 1 that count"));
  EXPECT_THAT(refusal([](auto& s) { s.opinions.pop_back(); }), HasSubstr("found 1 that count"));
  EXPECT_THAT(refusal([](auto& s) { s.at += std::chrono::minutes{3}; }), HasSubstr("too-old"));
  EXPECT_THAT(refusal([](auto& s) { s.genesis[0] ^= 1; }), HasSubstr("about this network"));
  EXPECT_THAT(refusal([](auto& s) { s.record = key_of(9); }), HasSubstr("about the record"));
  EXPECT_THAT(refusal([](auto& s) { s.to = Health::Impaired; }), HasSubstr("that the record is healthy"));
}

TEST_F(StatedOpinions, AreAskedForWhereTheChangeNeedsThem) {
  EXPECT_EQ(judges_step(statement, rules, {}).says, "2 of 3 judges agreed; 2 had to");
  EXPECT_EQ(judges_step(statement, {2, {}}, {}).says,
            "2 of 2 judges that it names, whoever they are, agreed; 2 had to");
  const auto more = judges_step(statement, {3, rules.judges}, {});
  EXPECT_FALSE(more.holds);
  EXPECT_THAT(more.says, HasSubstr("found 2 that count; no opinion of judge " + to_text(judge(3).pubkey())));
  EXPECT_FALSE(judges_step(statement, rules, statement.at + std::chrono::minutes{6}).holds);
  // What lowers a record in service needs them too; what carries nothing, and what is reset, does not.
  auto lowered = statement;
  lowered.opinions.clear();
  lowered.from = Health::Healthy;
  lowered.to = Health::Impaired;
  lowered.status = Status::Activated;
  EXPECT_FALSE(judges_step(lowered, rules, {}).holds);
  lowered.status = Status::HardDrained;
  EXPECT_TRUE(judges_step(lowered, rules, {}).holds);
  lowered.status = Status::Activated;
  lowered.reset = true;
  EXPECT_TRUE(judges_step(lowered, rules, {}).holds);
}

TEST_F(StatedOpinions, AreFoundByTheRootInTheTransaction) {
  auto other = statement;
  other.record = key_of(7);
  const std::vector<Bytes> both{encode(other), encode(statement)};
  const std::vector<Hash> leaves{transparency::leaf_hash(both[0]), transparency::leaf_hash(both[1])};
  const auto root = transparency::tree_root(leaves);
  const auto found = find_statement(both, root, statement.record);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(*found, statement);
  EXPECT_THAT(find_statement(both, root, key_of(8)).error().message, HasSubstr("found none"));
  EXPECT_THAT(find_statement(std::vector<Bytes>{both[1], both[0]}, root, statement.record).error().message,
              HasSubstr("found others"));
  EXPECT_THAT(find_statement(std::vector<Bytes>{both[1]}, root, statement.record).error().message,
              HasSubstr("found others"));
  EXPECT_THAT(find_statement({}, root, statement.record).error().message, HasSubstr("found others"));
}

}  // namespace
}  // namespace dz::quorum
