// The activator where k judges are asked for, over a ledger in memory: it acts on a healthy record when what the
// transaction states carries their opinions, and on nothing that a stolen health key writes alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include <boost/json.hpp>

#include "activator/activator_report.h"
#include "attest/memo.h"
#include "base/base64.h"
#include "base/sha256.h"
#include "testbed/small_network.h"
#include "transparency/merkle.h"
#include "wire/instructions/link.h"
#include "wire/instructions/solana.h"

namespace dz::activator {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

class ActivatorWithJudges : public testing::Test {
 protected:
  ActivatorWithJudges() {
    network.add_device("ams", network.alpha);
    network.add_device("fra", network.alpha);
    link = network.add_link("ams-fra", LinkType::Wan, "ams", "Switch1/1/1", "fra", "Switch1/1/1");
    other = network.add_link("fra-ams", LinkType::Wan, "ams", "Switch1/2/1", "fra", "Switch1/2/1");
    activator = start(2);
  }

  static wire::Keypair judge(std::uint8_t n) { return testbed::SmallNetwork::key(static_cast<std::uint8_t>(100 + n)); }

  std::unique_ptr<Activator> start(std::uint32_t k) {
    ActivatorOptions options;
    options.ids = wire::local_program_ids();
    options.view.kept = client::no_slots();
    options.backing.rules = {k, {judge(1).pubkey(), judge(2).pubkey(), judge(3).pubkey()}};
    options.backing.monitors = {"http://one", "http://two"};
    auto made = std::make_unique<Activator>(
        network.client(), network.activator, options,
        [this](service::LogLevel, std::string_view event, const service::LogFields& fields) {
          if (event != "record_held") return;
          for (const auto& [name, value] : fields) {
            if (name == "why") said.push_back(value);
          }
        });
    made->connect_monitors({[this](const std::string& url, std::function<void(Result<std::string>)> done) {
                              asked.push_back(url);
                              const bool first = url.starts_with("http://one/");
                              if (first && one_is_down) return done(fail(ErrorKind::Retry, "connection refused"));
                              done(first && !one_is_down ? served[url.substr(url.find('=') + 1)] : nothing());
                            },
                            [] {}});
    return made;
  }

  static std::string nothing() { return R"({"statements":[]})"; }
  std::string served_as(const std::vector<Bytes>& statements) const {
    boost::json::array list;
    for (const auto& bytes : statements) list.push_back(boost::json::object{{"statement", encode_base64(bytes)}});
    return boost::json::serialize(boost::json::object{{"statements", std::move(list)}});
  }

  // As a monitor makes it of the link as it is now.
  attest::Statement statement_of(const Pubkey& record, Health health = Health::Healthy) {
    attest::Statement s;
    s.genesis = network.client().get_genesis_hash()->bytes;
    s.program = wire::local_program_ids().serviceability;
    s.monitor = network.monitor.pubkey();
    s.record = record;
    s.account = sha256((*network.client().get_account(record))->data);
    s.to = health;
    s.at = network.now();
    return s;
  }
  static void hold(attest::Statement& s, std::initializer_list<std::uint8_t> judges) {
    std::vector<quorum::SignedOpinion> all;
    for (const auto n : judges) {
      all.push_back(quorum::sign(quorum::Opinion{{wire::Blockhash{s.genesis}, s.program},
                                                 {},
                                                 s.record,
                                                 s.kind,
                                                 s.account,
                                                 s.to,
                                                 minute_of(s.at),
                                                 s.policy,
                                                 s.at},
                                 judge(n)));
    }
    s.opinions = quorum::stated(all);
  }
  attest::Statement held_by(std::initializer_list<std::uint8_t> judges) {
    auto s = statement_of(link);
    hold(s, judges);
    return s;
  }

  // With the health authority's key: the health of a record, and what the transaction states.
  void write(const Pubkey& record, Health health, const std::vector<attest::Statement>& stated) {
    std::vector<wire::Instruction> instructions{*wire::set_link_health(
        {wire::local_program_ids().serviceability, network.monitor.pubkey()}, record, health, rfc_profile())};
    std::vector<Bytes> statements;
    std::vector<quorum::Hash> leaves;
    for (const auto& s : stated) {
      statements.push_back(encode(s));
      leaves.push_back(transparency::leaf_hash(statements.back()));
    }
    if (!stated.empty()) instructions.push_back(wire::memo(attest::memo_text(transparency::tree_root(leaves))));
    const auto hash = network.client().get_latest_blockhash()->hash;
    const auto sent =
        network.client().send_transaction(*wire::sign_transaction(instructions, network.monitor, {}, hash), {});
    ASSERT_TRUE(sent) << sent.error().error.message;
    served[to_text(*sent)] = served_as(statements);
    network.advance(seconds{1});
    activator->on_event(record);
  }
  void run(Duration time) {
    for (const auto end = network.now() + time; network.now() < end; network.advance(milliseconds{200}))
      activator->step(network.now());
  }
  Status status(const std::string& code = "ams-fra") { return network.link(code).status; }
  std::string status_page() { return render_activator_status(*activator, network.now()); }

  testbed::SmallNetwork network{Timestamp{std::chrono::hours{494'000}}};
  Pubkey link, other;
  std::map<std::string, std::string> served;  // by transaction
  std::vector<std::string> asked, said;
  bool one_is_down = false;
  std::unique_ptr<Activator> activator;
};

TEST_F(ActivatorWithJudges, ActsOnWhatEnoughOfThemHold) {
  run(seconds{2});
  EXPECT_TRUE(asked.empty());
  write(link, Health::Healthy, {held_by({1, 3})});
  run(seconds{5});
  EXPECT_EQ(status(), Status::Activated);
  EXPECT_EQ(activator->backing().counters().backed, 1U);
}

TEST_F(ActivatorWithJudges, AStolenHealthKeyAloneBringsNothingIntoService) {
  write(link, Health::Healthy, {});
  run(minutes{5});
  EXPECT_EQ(status(), Status::HardDrained);
  ASSERT_FALSE(said.empty());
  EXPECT_THAT(said.back(), HasSubstr("expected opinions of 2 of the judges"));
  EXPECT_THAT(said.back(), HasSubstr("found a transaction that states nothing"));
  EXPECT_THAT(status_page(), HasSubstr("not held by enough judges"));
  EXPECT_TRUE(asked.empty());  // there is nothing to ask for
}

TEST_F(ActivatorWithJudges, TooFewOpinionsAreNotEnoughWhateverElseIsSigned) {
  const std::vector<std::function<attest::Statement()>> makes{
      [&] { return held_by({1}); },
      [&] {
        auto forged = held_by({1, 2});
        forged.opinions[1].signature = forged.opinions[0].signature;
        return forged;
      },
      [&] {
        return held_by({1, 9});
      },
      [&] {
        auto lifted = held_by({1, 2});  // of another state of the account
        lifted.account[0] ^= 1;
        return lifted;
      }};
  for (const auto& make : makes) {
    write(link, Health::Healthy, {make()});
    run(seconds{5});
    EXPECT_EQ(status(), Status::HardDrained);
  }
  EXPECT_EQ(activator->backing().counters().refused, 4U);
  ASSERT_EQ(said.size(), 4U);
  EXPECT_THAT(said[0], HasSubstr("expected the opinions of 2 judges behind the statement, found 1 that count"));
  EXPECT_THAT(said[1], HasSubstr("wrong-signature"));
  EXPECT_THAT(said[2], HasSubstr("unknown-judge"));
  EXPECT_THAT(said[3], HasSubstr("found 0 that count"));
}

// Signatures do not grow old. The health was lowered since, so nobody holds it any more.
TEST_F(ActivatorWithJudges, WhatWasHeldBeforeTheRecordChangedIsNotTakenAgain) {
  const auto once = held_by({1, 2});
  network.advance(seconds{20});
  write(link, Health::Impaired, {statement_of(link, Health::Impaired)});
  write(link, Health::Healthy, {once});
  run(seconds{5});
  EXPECT_EQ(status(), Status::HardDrained);
  ASSERT_FALSE(said.empty());
  EXPECT_THAT(said.back(), HasSubstr("expected a statement judged after the record changed"));
}

TEST_F(ActivatorWithJudges, WhatWasHeldLongAgoIsNotTakenAgain) {
  const auto once = held_by({1, 2});
  network.advance(minutes{6});
  write(link, Health::Healthy, {once});
  run(seconds{5});
  EXPECT_EQ(status(), Status::HardDrained);
  ASSERT_FALSE(said.empty());
  EXPECT_THAT(said.back(), HasSubstr("judged at most 5 min before it landed"));
}

TEST_F(ActivatorWithJudges, WhatIsHeldOfAnotherRecordIsNothing) {
  auto s = statement_of(other);
  hold(s, {1, 2});
  write(link, Health::Healthy, {s});
  run(seconds{5});
  EXPECT_EQ(status(), Status::HardDrained);
  ASSERT_FALSE(said.empty());
  EXPECT_THAT(said.back(), HasSubstr("expected a statement about the record in its transaction, found none"));
}

// A monitor gives statements that the transaction does not carry the root of.
TEST_F(ActivatorWithJudges, AMonitorIsNotBelieved) {
  auto weak = held_by({1});
  write(link, Health::Healthy, {weak});
  served.begin()->second = served_as({encode(held_by({1, 2}))});
  run(minutes{2});
  EXPECT_EQ(status(), Status::HardDrained);
  ASSERT_FALSE(said.empty());
  EXPECT_THAT(said.back(), HasSubstr("states what the transaction does not carry the root of"));
  EXPECT_THAT(status_page(), HasSubstr("what judges hold of it is not known yet"));
}

TEST_F(ActivatorWithJudges, AMonitorThatDoesNotAnswerHoldsBackThatRecordAlone) {
  one_is_down = true;
  write(link, Health::Healthy, {held_by({1, 2})});
  const auto record = network.link("fra-ams");
  ASSERT_TRUE(network.as(network.alpha).update_link({other, &record}, {.desired_status = DesiredStatus::SoftDrained}));
  activator->on_event(other);
  run(minutes{30});
  EXPECT_EQ(status("fra-ams"), Status::SoftDrained);
  EXPECT_EQ(status(), Status::HardDrained);
  ASSERT_FALSE(said.empty());
  EXPECT_THAT(said.back(), HasSubstr("the monitor at http://one does not answer: connection refused"));
  EXPECT_LT(asked.size(), 70U);  // once a minute of the one, and fewer of the other
  EXPECT_THAT(status_page(), HasSubstr("connection refused"));
  EXPECT_THAT(render_activator_metrics(*activator, "1", network.now()),
              HasSubstr("doublezero_activator_quorum_monitor_answers{monitor=\"http://one\"} 0"));
  one_is_down = false;
  run(minutes{1});
  EXPECT_EQ(status(), Status::Activated);
}

// What a monitor has not settled yet is asked for again.
TEST_F(ActivatorWithJudges, AStatementThatIsServedLaterIsFound) {
  write(link, Health::Healthy, {held_by({1, 2})});
  const auto later = std::exchange(served.begin()->second, nothing());
  run(seconds{10});
  EXPECT_EQ(status(), Status::HardDrained);
  ASSERT_FALSE(said.empty());
  EXPECT_THAT(said.back(), HasSubstr("the monitor at http://one states nothing of it"));
  served.begin()->second = later;
  run(seconds{10});
  EXPECT_EQ(status(), Status::Activated);
}

TEST_F(ActivatorWithJudges, DrainingNeedsNoJudge) {
  write(link, Health::Healthy, {held_by({1, 2})});
  run(seconds{5});
  ASSERT_EQ(status(), Status::Activated);
  const auto questions = asked.size();
  const auto record = network.link("ams-fra");
  ASSERT_TRUE(network.as(network.alpha).update_link({link, &record}, {.desired_status = DesiredStatus::HardDrained}));
  activator->on_event(link);
  run(seconds{5});
  EXPECT_EQ(status(), Status::HardDrained);
  EXPECT_EQ(asked.size(), questions);
}

// Enough judges held it, and then somebody wrote it once more without them: it is what stands that counts.
TEST_F(ActivatorWithJudges, TheWriteThatStandsIsTheOneThatCounts) {
  one_is_down = true;
  write(link, Health::Healthy, {held_by({1, 2})});
  run(seconds{2});
  write(link, Health::Healthy, {held_by({1})});
  one_is_down = false;
  run(minutes{3});
  EXPECT_EQ(status(), Status::HardDrained);
}

TEST_F(ActivatorWithJudges, OneJudgeIsEnoughWhereOneIsAskedFor) {
  activator = start(1);
  write(link, Health::Healthy, {held_by({2})});
  run(seconds{5});
  EXPECT_EQ(status(), Status::Activated);
}

TEST(ReadStatements, RefusesWhatIsNoAnswer) {
  EXPECT_EQ(read_statements(R"({"transaction":"x","statements":[{"index":0,"statement":"AQID"}]})"),
            (std::vector<Bytes>{{1, 2, 3}}));
  for (const auto* text : {"", "[]", "{}", R"({"statements":1})", R"({"statements":[1]})", R"({"statements":[{}]})",
                           R"({"statements":[{"statement":1}]})", R"({"statements":[{"statement":"*"}]})"}) {
    EXPECT_EQ(read_statements(text).error().kind, ErrorKind::Corrupt) << text;
  }
}

}  // namespace
}  // namespace dz::activator
