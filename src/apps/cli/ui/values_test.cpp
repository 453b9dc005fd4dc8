#include "apps/cli/ui/values.h"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "apps/cli/ui/table.h"
#include "wire/json_text.h"

namespace dz::cli {
namespace {

TEST(Values, BandwidthNeedsItsUnit) {
  EXPECT_EQ(*parse_bandwidth("10Gbps"), 10'000'000'000U);
  EXPECT_EQ(*parse_bandwidth("10 gbps"), 10'000'000'000U);
  EXPECT_EQ(*parse_bandwidth("1.5G"), 1'500'000'000U);
  EXPECT_EQ(*parse_bandwidth("500Kbps"), 500'000U);
  EXPECT_EQ(*parse_bandwidth("200bps"), 200U);
  for (const auto* bad : {"10000", "10Xbps", "Gbps", "-1G", "0.1bps", "", "1e30G"}) {
    EXPECT_FALSE(parse_bandwidth(bad)) << bad;
  }
}

TEST(Values, BandwidthIsPrintedExactly) {
  EXPECT_EQ(bandwidth_text(1'500'000'000), "1.5Gbps");
  EXPECT_EQ(bandwidth_text(10'000'000'000), "10Gbps");
  EXPECT_EQ(bandwidth_text(0), "0bps");
  for (const std::uint64_t bits : {1ULL, 999ULL, 1'234'567ULL, 400'000'000'000ULL, 10'000'000'001ULL}) {
    EXPECT_EQ(*parse_bandwidth(bandwidth_text(bits)), bits);
  }
}

TEST(Values, DelaysAreMillisecondsInRange) {
  EXPECT_EQ(*parse_delay_ms("12.5"), 12'500'000U);
  EXPECT_EQ(*parse_delay_ms("0.01"), 10'000U);
  EXPECT_FALSE(parse_delay_ms("0"));
  EXPECT_FALSE(parse_delay_ms("1000.1"));
  EXPECT_EQ(*parse_delay_override_ms("0"), 0U);
  EXPECT_EQ(delay_text(40'000'000), "40.00ms");
}

TEST(Values, NetworksAreCommaSeparated) {
  EXPECT_EQ(networks_text(*parse_networks("10.0.0.0/8,11.0.0.0/16")), "10.0.0.0/8,11.0.0.0/16");
  EXPECT_FALSE(parse_networks(""));
  EXPECT_FALSE(parse_networks("10.0.0.0/8,,11.0.0.0/16"));
}

TEST(Values, CreditsAreExact) {
  EXPECT_EQ(*parse_credits("1.5"), 1'500'000'000U);
  EXPECT_FALSE(parse_credits("0"));
  EXPECT_EQ(credits_text(1), "0.000000001");
  EXPECT_EQ(credits_text(100'500'000'000), "100.5");
  EXPECT_EQ(credits_text(0), "0");
}

TEST(Values, CodesHaveFewCharacters) {
  EXPECT_TRUE(parse_code("ams-dz001:lon_dz001"));
  for (const auto* bad : {"", "a b", "a/b", "abcdefghijklmnopqrstuvwxyz0123456"}) EXPECT_FALSE(parse_code(bad)) << bad;
}

TEST(Table, PadsAsPsqlDoes) {
  EXPECT_EQ(render_fitted({"code", "n"}, {{"a", "10"}, {"bcdefg", "1"}}, {}),
            " code   | n \n a      | 10\n bcdefg | 1 \n");
  EXPECT_EQ(render_fitted({"n\u00e9", "x"}, {{"abc", "1"}}, {}), " n\u00e9  | x\n abc | 1\n");
  EXPECT_EQ(render_record({{"a", "1"}, {"long", "2"}}), " a    | 1\n long | 2\n");
}

TEST(JsonText, KeepsOrderAndShortNumbers) {
  const auto value =
      boost::json::parse(R"({"b":[1,{"x":51.5139998039393}],"a":"q\"","e":[],"n":18446744073709551615})");
  EXPECT_EQ(wire::render_json(value, wire::JsonStyle::Compact),
            R"({"b":[1,{"x":51.5139998039393}],"a":"q\"","e":[],"n":18446744073709551615})");
  EXPECT_EQ(wire::render_json(boost::json::parse(R"({"a":[1],"e":{}})"), wire::JsonStyle::Pretty),
            "{\n  \"a\": [\n    1\n  ],\n  \"e\": {}\n}");
}

}  // namespace
}  // namespace dz::cli
