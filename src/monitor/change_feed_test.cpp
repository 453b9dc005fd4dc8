#include "monitor/change_feed.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <boost/json.hpp>

#include "monitor/api_fixture.h"
#include "monitor/event_streams.h"

namespace dz::monitor {
namespace {

constexpr Timestamp kNow{std::chrono::hours{494'000}};
constexpr std::size_t kAny = 10U << 20;

RecordPicture record(std::uint8_t n, Health health = Health::Pending) {
  RecordPicture picture;
  picture.key.bytes[0] = n;
  picture.code = "r" + std::to_string(n);
  picture.health = health;
  return picture;
}

std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t n = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

struct Feed : testing::Test {
  Feed() {
    feed.on_news([this](std::uint64_t last, const std::string& text) {
      told += text;
      newest = last;
    });
    feed.look_at_records({record(1), record(2)}, kNow);
  }
  std::string since(std::uint64_t seen) const { return feed.begin("run-" + std::to_string(seen), kAny).text; }

  ChangeFeed feed{"run", rfc_profile()};
  std::string told;
  std::uint64_t newest = 0;
};

TEST_F(Feed, TheFirstPictureIsNoNewsAndTheSameOneNeither) {
  feed.look_at_records({record(1), record(2)}, kNow);
  EXPECT_EQ(told, "");
}

TEST_F(Feed, WhatComesChangesAndGoesIsToldOnce) {
  feed.look_at_records({record(0), record(1, Health::Impaired), record(3)}, kNow);
  EXPECT_EQ(count_of(told, "\nevent: record\n"), 4U);
  EXPECT_NE(told.find("id: run-1\nevent: record\ndata: {\"change\":\"added\","), std::string::npos) << told;
  EXPECT_EQ(count_of(told, R"("change":"changed")"), 1U);
  EXPECT_EQ(count_of(told, R"("health":"impaired")"), 1U);
  EXPECT_EQ(count_of(told, R"("change":"gone")"), 1U);
  EXPECT_EQ(newest, 4U);
  EXPECT_EQ(feed.gone("R2")->code, "r2");
  EXPECT_EQ(feed.gone("r1"), nullptr);
}

TEST_F(Feed, AlarmsAndSourcesAreToldByName) {
  feed.look_at_alarms({{"b", R"("alarm":"b")"}}, kNow);
  feed.look_at_alarms({{"c", R"("alarm":"c")"}, {"a", R"("alarm":"a")"}}, kNow);
  feed.look_at_alarms({{"a", R"("alarm":"A")"}}, kNow);
  EXPECT_EQ(count_of(told, "event: alarm"), 5U);
  EXPECT_EQ(count_of(told, "added"), 2U);
  EXPECT_EQ(count_of(told, "gone"), 2U);
  EXPECT_EQ(count_of(told, R"("change":"changed")"), 1U);
}

TEST_F(Feed, WhatARecordIsToldWithIsComparedToo) {
  int asked = 0;
  const auto look = [&](const RecordPicture& picture) {
    told.clear();
    feed.look_at_records({picture, record(2)}, kNow, [&](const Pubkey&, boost::json::object& members) {
      ++asked;
      members["cause"] = "here";
    });
    return count_of(told, R"("cause":"here")");
  };
  auto picture = record(1);
  EXPECT_EQ(look(picture), 0U);
  picture.condition.state = verdict::ConditionState::Failing;
  EXPECT_EQ(look(picture), 1U);
  picture.incident = "device x 1";
  EXPECT_EQ(look(picture), 1U);
  picture.maintenance = "0123";
  EXPECT_EQ(look(picture), 1U);
  picture.drained_by.bytes[0] = 1;
  EXPECT_EQ(look(picture), 1U);
  EXPECT_EQ(look(picture), 0U);
  EXPECT_EQ(asked, 4) << "only of what changed";
}

TEST_F(Feed, IncidentsAndDecisionsAreTold) {
  feed.look_at_incidents({}, kNow);
  feed.look_at_incidents({{"a", R"("id":"a")", 1}}, kNow);
  feed.look_at_incidents({{"a", R"("id":"a")", 2}}, kNow);  // other records of the same number
  feed.look_at_incidents({}, kNow);
  EXPECT_EQ(count_of(told, "event: incident"), 3U);
  feed.tell_decisions({R"("at":"then","id":7)"});
  EXPECT_NE(told.find("event: decision\ndata: {\"change\":\"added\",\"at\":\"then\",\"id\":7}\n"), std::string::npos)
      << told;
}

TEST_F(Feed, WhoComesBackIsToldWhatWasMissed) {
  feed.look_at_records({record(1)}, kNow);
  feed.look_at_records({}, kNow);
  EXPECT_EQ(count_of(since(0), "event: record"), 2U);
  EXPECT_EQ(count_of(since(1), "event: record"), 1U);
  EXPECT_EQ(since(2), "retry: 2000\nid: run-2\n\n");
  EXPECT_EQ(feed.begin("", kAny).text, "retry: 2000\nid: run-2\n\n");
  EXPECT_EQ(feed.begin("", kAny).last, 2U);
}

TEST_F(Feed, WhoWasAwayTooLongReadsTheListsAgain) {
  feed.look_at_records({}, kNow);
  for (const auto* id : {"other-1", "run-99", "run-", "run-x", "run-1x", "nonsense", "run--1"}) {
    const auto begun = feed.begin(id, kAny);
    EXPECT_EQ(count_of(begun.text, "event: resync"), 1U) << id;
    EXPECT_NE(begun.text.find("id: run-2\n"), std::string::npos);
    EXPECT_EQ(begun.last, 2U);
  }
  EXPECT_EQ(count_of(feed.begin("run-0", 10).text, "event: resync"), 1U);  // more than may wait
}

TEST_F(Feed, MemoryIsBounded) {
  std::uint64_t looks = 0;
  for (; looks < ChangeFeed::kMostEvents + 10; ++looks)
    feed.look_at_records({record(1, looks % 2 == 0 ? Health::Impaired : Health::Healthy), record(2)}, kNow);
  EXPECT_EQ(count_of(since(0), "event: resync"), 1U);
  const auto recent = since(looks - 100);
  EXPECT_EQ(count_of(recent, "event: record"), 100U);
  std::string longest;
  for (std::uint64_t seen = looks; seen > 0 && count_of(since(seen), "resync") == 0; seen -= 16) longest = since(seen);
  EXPECT_LE(longest.size(), ChangeFeed::kMostBytes + 100);
}

TEST_F(Feed, APassThatChangesVeryMuchIsOneResync) {
  std::vector<NamedPicture> many;
  feed.look_at_sources({}, kNow);
  for (std::size_t i = 0; i <= ChangeFeed::kMostAtOnce; ++i) many.push_back({std::to_string(i), R"("source":"x")"});
  feed.look_at_sources(many, kNow);
  EXPECT_EQ(count_of(told, "event: "), 1U);
  EXPECT_EQ(count_of(told, "event: resync"), 1U);
  EXPECT_EQ(count_of(since(0), "event: resync"), 1U);
  many.pop_back();
  many.back().members = R"("source":"y")";
  feed.look_at_sources(many, kNow);
  EXPECT_EQ(count_of(told, "event: source"), 2U);
  EXPECT_EQ(count_of(since(1), "event: source"), 2U);
}

struct Streams : testing::Test {
  net::Answer taker() {
    return [this](net::HttpResponse response) {
      status = response.status;
      if (response.opened) response.opened(++last_session);
    };
  }
  int status = 0;
  net::SessionId last_session = 0;
  std::map<net::SessionId, std::string> heard;
  EventStreams streams{2, [this](net::SessionId session, const std::string& text) { heard[session] += text; }};
};

TEST_F(Streams, AreTelledEveryPieceOnce) {
  streams.open({}, 5, taker());
  streams.open({}, 6, taker());
  streams.tell(6, "six");
  streams.tell(8, "eight");
  streams.tell(8, "eight");
  EXPECT_EQ(heard[1], "sixeight");
  EXPECT_EQ(heard[2], "eight");
  streams.beat();
  EXPECT_TRUE(heard[1].ends_with(":\n\n"));
}

TEST_F(Streams, X10_AreSoManyAtOnce) {
  for (int i = 0; i < 2; ++i) streams.open({}, 0, taker());
  EXPECT_EQ(status, 200);
  streams.open({}, 0, taker());
  EXPECT_EQ(status, 503);
  EXPECT_EQ(streams.count(), 2U);
  streams.closed(1);
  streams.open({}, 0, taker());
  EXPECT_EQ(status, 200);
}

class MonitorFeed : public ApiFixture {};

TEST_F(MonitorFeed, TellsWhatPassesFind) {
  start();
  std::string told;
  monitor->on_changes([&](std::uint64_t, const std::string& text) { told += text; });
  const auto begun = get("/api/v1/stream");
  EXPECT_EQ(begun.content_type, "text/event-stream");
  EXPECT_TRUE(begun.body.starts_with("retry: 2000\nid: " + monitor->run() + "-")) << begun.body;
  const auto seen =
      begun.body.substr(begun.body.find("id: ") + 4, begun.body.find("\n\n") - begun.body.find("id: ") - 4);
  network.add_device("par", network.alpha);
  pass();
  EXPECT_NE(told.find(R"("change":"added")"), std::string::npos) << told;
  EXPECT_NE(told.find(R"("code":"par")"), std::string::npos);
  const auto resumed = get("/api/v1/stream", "", {{"last-event-id", seen}});
  EXPECT_NE(resumed.body.find(R"("code":"par")"), std::string::npos) << resumed.body;
  EXPECT_EQ(header(resumed, "ETag"), "");
  pass(std::chrono::minutes{3});
  EXPECT_NE(told.find("event: source"), std::string::npos) << told;
  EXPECT_EQ(count_of(told, "event: decision"), 1U) << told;
  EXPECT_NE(told.find(R"("condition":{"state":")"), std::string::npos) << told;
}

}  // namespace
}  // namespace dz::monitor
