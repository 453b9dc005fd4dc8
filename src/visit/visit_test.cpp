#include "visit/visit.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace dz::visit {
namespace {

namespace json = boost::json;

constexpr Timestamp kNoon = std::chrono::sys_days{std::chrono::year{2026} / 12 / 3} + std::chrono::hours{12};

// Notes what it is asked.
struct Noted : Visited {
  Visit look() override { return visit; }
  Result<void> turn(std::string_view fault, bool on) override {
    if (fault != "store-lies") return not_found("expected a fault of the list");
    asked += std::string(fault) + (on ? " on;" : " off;");
    return {};
  }
  Result<void> mend() override {
    asked += "mend;";
    return {};
  }
  Result<void> set_speed(int speed) override {
    if (!visit.speed) return refused("time is as everywhere");
    visit.speed = speed;
    return {};
  }

  Visit visit{.now = kNoon};
  std::string asked;
};

net::HttpResponse ask(Visited& visited, std::string method, std::string path, std::string body = "") {
  net::HttpRequest request;
  request.method = std::move(method);
  request.path = std::move(path);
  request.body = std::move(body);
  return answer_visit(visited, request);
}

TEST(Visit, IsToldWithNullForWhatThereIsNot) {
  Visit visit{.now = kNoon};
  visit.faults = {{"a", "A", "about a", std::nullopt}, {"b", "B", "about b", kNoon}};
  visit.checks = {{"nothing unsafe", 7}};
  const auto told = to_json(visit);
  EXPECT_TRUE(told.at("speed").is_null());
  EXPECT_TRUE(told.at("console").is_null());
  EXPECT_TRUE(told.at("faults").at(0).at("since").is_null());
  EXPECT_EQ(told.at("faults").at(1).at("since").as_string(), "2026-12-03T12:00:00Z");
  EXPECT_EQ(told.at("checks").at(0).at("looked_at").as_int64(), 7);
}

TEST(Visit, OfTheStoryTheNewestLinesStandFirstAndNoMoreThanArePromised) {
  Visit visit{.now = kNoon};
  for (std::size_t i = 0; i <= kLongestStory; ++i) visit.story.push_back(std::to_string(i));
  visit.story.push_back(std::string(2 * kLongestLine, 'x'));
  const auto told = to_json(visit);
  const auto& story = told.at("story").as_array();
  ASSERT_EQ(story.size(), kLongestStory);
  EXPECT_EQ(story.at(0).as_string().size(), kLongestLine);
  EXPECT_EQ(story.at(1).as_string(), std::to_string(kLongestStory));
}

TEST(Visit, WhatIsAskedIsDoneAndAnsweredWithThePage) {
  Noted noted;
  EXPECT_EQ(ask(noted, "POST", "/simulation/faults/store-lies", R"({"on":true})").status, 200);
  EXPECT_EQ(ask(noted, "POST", "/simulation/faults/store-lies", R"({"on":false})").status, 200);
  const auto mended = ask(noted, "POST", "/simulation/mend", "{}");
  EXPECT_EQ(noted.asked, "store-lies on;store-lies off;mend;");
  EXPECT_EQ(json::parse(mended.body).at("now").as_string(), "2026-12-03T12:00:00Z");
  EXPECT_EQ(ask(noted, "GET", "/").status, 302);
}

TEST(Visit, WhatMakesNoSenseIsRefusedWithWhatWasExpected) {
  Noted noted;
  EXPECT_EQ(ask(noted, "POST", "/simulation/faults/steal-the-key", R"({"on":true})").status, 404);
  EXPECT_EQ(ask(noted, "POST", "/simulation/faults/store-lies", R"({"on":"yes"})").status, 400);
  EXPECT_EQ(ask(noted, "POST", "/simulation/faults/store-lies", "on").status, 400);
  EXPECT_EQ(ask(noted, "POST", "/simulation/speed", R"({"speed":601})").status, 400);
  EXPECT_EQ(ask(noted, "POST", "/simulation/speed", R"({"speed":60})").status, 409) << "time is as everywhere";
  EXPECT_EQ(ask(noted, "GET", "/simulation/nothing").status, 404);
  EXPECT_EQ(noted.asked, "");
  noted.visit.speed = 1;
  EXPECT_EQ(ask(noted, "POST", "/simulation/speed", R"({"speed":60})").status, 200);
  EXPECT_EQ(noted.visit.speed, 60);
}

}  // namespace
}  // namespace dz::visit
