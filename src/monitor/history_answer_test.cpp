// /api/v1/history: what the ledger's transactions and the monitor's decisions tell of one record.
#include "monitor/history_answer.h"

#include <set>

#include "monitor/api_fixture.h"
#include "testbed/faulty_client.h"

namespace dz::monitor {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

class HistoryAnswer : public ApiFixture {
 protected:
  // Asked until the ledger was read.
  json::object history(const std::string& query) {
    for (int i = 0; i < 100; ++i) {
      auto answer = body("/api/v1/history", query);
      if (!answer.at("reading").as_bool()) return answer;
      pass();
    }
    ADD_FAILURE() << query;
    return {};
  }
  void drain(const wire::Keypair& by, Status to = Status::HardDrained) {
    const auto snapshot = network.read();
    const auto link = client::find_record(snapshot.links, "link", "ams-lon");
    const auto drained = network.as(by).drain_link(*link, to, std::nullopt);
    EXPECT_TRUE(drained) << drained.error().message;
  }
  static std::string text(const json::value& entry, const char* name) {
    return entry.at(name).is_null() ? "" : std::string(entry.at(name).as_string());
  }
  // Every entry by itself, newest first, in pages of so many.
  std::vector<json::value> paged(const std::string& record, int limit) {
    std::vector<json::value> all;
    std::string cursor;
    do {
      const auto page = history("record=" + record + "&limit=" + std::to_string(limit) + cursor);
      for (const auto& entry : page.at("history").as_array()) all.push_back(entry);
      const auto& next = page.at("next");
      cursor = next.is_null() ? "" : "&cursor=" + std::string(next.as_string());
    } while (!cursor.empty() && all.size() < 1000);
    return all;
  }
};

TEST_F(HistoryAnswer, TheFirstQuestionWaitsForNoLedgerAndTheNextOneIsWhole) {
  start();
  const auto first = body("/api/v1/history", "record=ams-lon");
  EXPECT_TRUE(first.at("reading").as_bool());
  EXPECT_EQ(first.at("ends").as_string(), "the ledger's transactions are being read: ask again");
  pass();
  const auto answer = body("/api/v1/history", "record=ams-lon");
  EXPECT_FALSE(answer.at("reading").as_bool());
  EXPECT_EQ(answer.at("pubkey").as_string(), to_text(wan));
  EXPECT_EQ(answer.at("kind").as_string(), "link");
  const auto& entries = answer.at("history").as_array();
  ASSERT_EQ(entries.size(), 2U) << json::serialize(answer);
  EXPECT_EQ(text(entries[1], "event"), "created");
  EXPECT_EQ(text(entries[1], "signer"), to_text(network.alpha.pubkey()));
  EXPECT_EQ(text(entries[1], "role").find("side A, contributor '"), 0U);
  EXPECT_EQ(text(entries[0].at("health"), "after"), "pending");
  EXPECT_EQ(text(entries[0], "role"), "the health authority");
  EXPECT_NE(text(entries[0], "reason"), "") << "as the monitor decided it";
  EXPECT_NE(text(entries[0], "signature"), "");
  EXPECT_NE(text(entries[0], "time"), "");
  EXPECT_TRUE(answer.at("from_creation").as_bool());
  EXPECT_TRUE(answer.at("ends").is_null());
  EXPECT_TRUE(answer.at("next").is_null());
}

TEST_F(HistoryAnswer, WhatLandedSinceIsReadBeforeItIsCalledWhole) {
  start();
  EXPECT_EQ(history("record=ams-lon").at("history").as_array().size(), 2U);
  drain(network.alpha);
  pass();  // the monitor hears of it
  EXPECT_TRUE(body("/api/v1/history", "record=ams-lon").at("reading").as_bool());
  const auto answer = history("record=ams-lon");
  const auto& newest = answer.at("history").as_array().at(0);
  EXPECT_EQ(text(newest.at("status"), "after"), "hard-drained") << json::serialize(answer);
}

TEST_F(HistoryAnswer, PagesHoldEveryEntryOnceAlsoWhileOthersAreWritten) {
  start();
  for (int i = 0; i < 3; ++i) {
    drain(network.alpha, i % 2 == 0 ? Status::SoftDrained : Status::HardDrained);
    pass();
  }
  const auto whole = paged("ams-lon", 1000);
  EXPECT_GE(whole.size(), 5U);
  for (const int limit : {1, 2, 3}) {
    const auto all = paged("ams-lon", limit);
    EXPECT_EQ(all, whole) << limit;
  }
  const auto page = history("record=ams-lon&limit=2");
  drain(network.alpha, Status::HardDrained);
  pass();
  const auto next =
      history("record=ams-lon&limit=2&cursor=" + std::string(page.at("next").as_string())).at("history").as_array();
  ASSERT_EQ(next.size(), 2U);
  EXPECT_EQ(next.at(0), whole.at(2));
  EXPECT_EQ(next.at(1), whole.at(3));
}

TEST_F(HistoryAnswer, ADecisionThatNoTransactionIsKnownToHaveWrittenStandsAlone) {
  start();
  const auto written = paged("ams", 10);
  const auto slot = written.front().at("slot").to_number<std::uint64_t>();
  Decision dry{.at = network.now(), .slot = {slot + 1}, .key = ams, .kind = RecordKind::Device, .code = "ams"};
  dry.from = Health::Pending;
  dry.to = Health::Healthy;
  dry.reason = "clean";
  ASSERT_TRUE(DecisionArchive(*database).add({dry}));
  const auto entries = paged("ams", 10);
  ASSERT_EQ(entries.size(), written.size() + 1);
  EXPECT_EQ(text(entries[0], "event"), "decided");
  EXPECT_EQ(text(entries[0], "reason"), "clean");
  EXPECT_TRUE(entries[0].at("signature").is_null());
  EXPECT_EQ(paged("ams", 1), entries);
}

TEST_F(HistoryAnswer, ADecisionThatIsDamagedOnDiskSaysSoAndNothingElse) {
  start();
  ASSERT_TRUE(database->execute("UPDATE decision SET reason = 'all is well'"));
  const auto entries = paged("ams", 10);
  EXPECT_NE(text(entries.back(), "reason").find("damaged on disk"), std::string::npos);
  EXPECT_TRUE(entries.back().at("time").is_null());
}

TEST_F(HistoryAnswer, WhatIsGoneIsFoundAndWhatNeverWasIsNot) {
  start();
  const auto snapshot = network.read();
  ASSERT_TRUE(network.as(network.alpha).delete_link(*client::find_record(snapshot.links, "link", "ams-lon")));
  pass();
  EXPECT_EQ(text(history("record=ams-lon"), "pubkey"), to_text(wan));
  EXPECT_GE(paged(to_text(wan), 20).size(), 2U);
  EXPECT_NE(error("/api/v1/history", "record=nobody", 404).find("expected the pubkey or code"), std::string::npos);
  error("/api/v1/history", "record=" + to_text(network.alpha.pubkey()), 404);
  error("/api/v1/history", "", 400);
  error("/api/v1/history", "record=ams&cursor=x", 400);
  error("/api/v1/history", "record=ams&limit=0", 400);
}

TEST(HistoryDeskTest, ALedgerThatDoesNotAnswerIsSaidAndLeftAloneForAWhile) {
  testbed::SmallNetwork network{Timestamp{std::chrono::hours{494'000}}};
  const auto ams = network.add_device("ams", network.alpha);
  int calls = 0;
  bool dead = true;
  testbed::FaultyClient line(network.client(), [&](std::string_view) {
    ++calls;
    return dead ? testbed::LineFault::RequestLost : testbed::LineFault::None;
  });
  const auto records = network.read();
  HistoryDesk desk;
  auto now = network.now();
  desk.ask(ams, 20, now);
  EXPECT_EQ(desk.next(now), now);
  desk.step(line, records, now);
  EXPECT_NE(desk.find(ams, now).trouble, "");
  EXPECT_EQ(calls, 1);
  desk.ask(ams, 20, now += 1s);
  desk.step(line, records, now);
  EXPECT_EQ(calls, 1) << "it was asked a moment ago";
  dead = false;
  desk.step(line, records, now += HistoryDesk::kAgainAfter);
  EXPECT_EQ(desk.find(ams, now).trouble, "");
  EXPECT_TRUE(desk.find(ams, now).fresh);
  EXPECT_TRUE(desk.find(ams, now).history.from_creation);
  EXPECT_EQ(desk.next(now), Timestamp::max()) << "nothing is left to do";
}

TEST(HistoryDeskTest, NoQuestionMakesAStormOfRequestsNorKeepsMoreThanSoManyRecords) {
  testbed::SmallNetwork network{Timestamp{std::chrono::hours{494'000}}};
  const auto ams = network.add_device("ams", network.alpha);
  std::size_t calls = 0;
  testbed::FaultyClient line(network.client(), [&](std::string_view) {
    ++calls;
    return testbed::LineFault::None;
  });
  const auto records = network.read();
  HistoryDesk desk;
  auto now = network.now();
  std::set<Pubkey> others;
  for (std::uint8_t n = 0; n < 2 * HistoryDesk::kMostRecords; ++n) {
    others.insert(testbed::SmallNetwork::key(static_cast<std::uint8_t>(100 + n)).pubkey());
  }
  for (const auto& other : others) desk.ask(other, 20, now);
  while (desk.next(now) != Timestamp::max()) {
    const auto before = calls;
    desk.step(line, records, now);
    EXPECT_LE(calls - before, HistoryDesk::kRequestsAStep);
    now += HistoryDesk::kEvery;
  }
  EXPECT_LE(calls, HistoryDesk::kMostRecords) << "what is beyond them was not taken on";
  desk.ask(ams, 20, now);
  desk.step(line, records, now);
  EXPECT_TRUE(desk.find(ams, now).fresh);
  EXPECT_EQ(std::count_if(others.begin(), others.end(), [&](const auto& key) { return desk.find(key, now).fresh; }),
            static_cast<long>(HistoryDesk::kMostRecords) - 1);
}

}  // namespace
}  // namespace dz::monitor
