#include "minutes_apart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "row_relay.h"

namespace dz::demo {
namespace {

using ::testing::HasSubstr;

// Four minutes a byte from 08:00 on: g good, b bad, u unobserved.
std::string answer(const std::string& criterion, const std::string& states, const std::string& window_from) {
  return R"({"lines":[{"criterion":")" + criterion +
         R"(","signal":"data","side":"a","where":"fra1 Ethernet1","source":"counters","from":"2026-05-10T08:00:00Z",)" +
         R"("to":"2026-05-10T08:04:00Z","states":")" + states + R"(","faults":[],"window_from":")" + window_from +
         R"(","ages_out":null}]})";
}
const std::string kFrom = "2026-05-10T08:00:00Z";
const std::string kGood = "VQ==", kTwoBad = "aQ==", kOneUnobserved = "1Q==";  // gggg, gbbg, gggu

std::vector<std::string> apart(const std::string& first, const std::string& second) {
  std::vector<std::string> texts;
  const auto found = compare_minutes(first, second);
  if (!found) return {found.error().message};
  for (const auto& one : *found) texts.push_back(render_apart(one, "oslo", "rome"));
  return texts;
}

TEST(MinutesApart, AreNamedWithCriterionSourceAndWhatEachHas) {
  const std::vector<std::string> two{
      "2 minutes of counters, 08:01 to 08:02: oslo has good, rome has bad, at fra1 Ethernet1: link.a.data"};
  EXPECT_EQ(apart(answer("link.a.data", kGood, kFrom), answer("link.a.data", kTwoBad, kFrom)), two);
  const std::vector<std::string> one{
      "minute 08:03 of counters: oslo has unobserved, rome has good, at fra1 Ethernet1: link.a.data"};
  EXPECT_EQ(apart(answer("link.a.data", kOneUnobserved, kFrom), answer("link.a.data", kGood, kFrom)), one);
}

TEST(MinutesApart, OfSeveralCriteriaThatDifferAlikeAreToldOnce) {
  const auto two = [](const std::string& states) {
    const auto one = answer("link.a.data", states, kFrom), other = answer("link.a.errors", states, kFrom);
    return one.substr(0, one.size() - 2) + "," + other.substr(std::string(R"({"lines":[)").size());
  };
  EXPECT_EQ(
      apart(two(kGood), two(kOneUnobserved)),
      (std::vector<std::string>{"minute 08:03 of counters: oslo has good, rome has unobserved, at fra1 Ethernet1: "
                                "link.a.data, link.a.errors"}));
}

TEST(MinutesApart, AreOnlyThoseThatBothJudgeBy) {
  const auto good = answer("link.a.data", kGood, kFrom);
  EXPECT_TRUE(apart(good, good).empty());
  EXPECT_TRUE(apart(good, answer("link.z.data", kTwoBad, kFrom)).empty());
  EXPECT_TRUE(apart(good, answer("link.a.data", kTwoBad, "2026-05-10T08:03:00Z")).empty());
  EXPECT_THAT(apart(good, answer("link.a.data", kTwoBad, "2026-05-10T08:02:00Z")).at(0), HasSubstr("minute 08:02"));
}

TEST(MinutesApart, WhatIsNoAnswerIsRefused) {
  const auto good = answer("link.a.data", kGood, kFrom);
  EXPECT_THAT(apart(good, "{}").at(0), HasSubstr("expected the minutes of a record"));
  EXPECT_THAT(apart(answer("link.a.data", "VVU=", kFrom), good).at(0), HasSubstr("expected 4 minutes of link.a.data"));
}

TEST(RowRelay, LosesTheRowsOfOnePortInASpanAndNoOthers) {
  const auto at = [](const char* time) { return *parse_timestamp(time); };
  const LostRows lost{"fra1", "Ethernet1", at("2026-05-10T08:00:00Z"), at("2026-05-10T08:06:00Z")};
  const auto line = [](const char* host, const char* port, const char* nanoseconds) {
    return std::string("intfCounters,dzd_pubkey=1,host=") + host + ",intf=" + port + ",location=x in-octets=5i " +
           nanoseconds;
  };
  EXPECT_TRUE(is_lost(lost, line("fra1", "Ethernet1", "1778400000000000000")));
  EXPECT_TRUE(is_lost(lost, line("fra1", "Ethernet1", "1778400359999999999")));
  EXPECT_FALSE(is_lost(lost, line("fra1", "Ethernet1", "1778400360000000000")));
  EXPECT_FALSE(is_lost(lost, line("fra1", "Ethernet1", "1778399999999999999")));
  EXPECT_FALSE(is_lost(lost, line("fra1", "Ethernet11", "1778400000000000000")));
  EXPECT_FALSE(is_lost(lost, line("ams1", "Ethernet1", "1778400000000000000")));
  EXPECT_FALSE(is_lost(lost, "intfCounters,host=fra1,intf=Ethernet1,location=x in-octets=5i"));
}

}  // namespace
}  // namespace dz::demo
