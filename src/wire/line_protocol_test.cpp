#include "wire/line_protocol.h"

#include <random>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dz::wire {
namespace {

ProtocolLine parsed(std::string_view text) {
  ProtocolLine line;
  const auto result = parse_line(text, line);
  EXPECT_TRUE(result) << text << ": " << (result ? "" : result.error().message);
  return line;
}

std::string why(std::string_view text) {
  ProtocolLine line;
  const auto result = parse_line(text, line);
  return result ? "accepted" : result.error().message;
}

TEST(LineProtocol, ReadsMeasurementTagsFieldsAndTime) {
  const auto line = parsed(R"(cpu,host=a,region=eu value=1.5,n=-3i,u=4u,ok=true,s="a \"b\", c" 1763000000123000000)");
  EXPECT_EQ(line.measurement, "cpu");
  EXPECT_EQ(line.series, "cpu,host=a,region=eu");
  ASSERT_EQ(line.tags.size(), 2U);
  EXPECT_EQ(line.tags[1].value, "eu");
  ASSERT_EQ(line.fields.size(), 5U);
  EXPECT_EQ(line.fields[0].kind, FieldKind::Float);
  EXPECT_EQ(line.fields[1].kind, FieldKind::Integer);
  EXPECT_EQ(line.fields[1].text, "-3");
  EXPECT_EQ(line.fields[2].kind, FieldKind::Unsigned);
  EXPECT_EQ(line.fields[3].kind, FieldKind::Boolean);
  EXPECT_EQ(line.fields[4].kind, FieldKind::String);
  EXPECT_EQ(line.fields[4].text, R"(a \"b\", c)");
  EXPECT_EQ(line.timestamp, 1763000000123000000);
}

TEST(LineProtocol, EscapesKeepTheirPlace) {
  const auto line = parsed(R"(my\ cpu\,x,host\ name=a\=b\ c,d=e f\ g=1,h\=i=2)");
  EXPECT_EQ(unescape_key(line.measurement), "my cpu,x");
  EXPECT_EQ(unescape_key(line.tags[0].key), "host name");
  EXPECT_EQ(unescape_key(line.tags[0].value), "a=b c");
  ASSERT_EQ(line.fields.size(), 2U);
  EXPECT_EQ(unescape_key(line.fields[1].key), "h=i");
  EXPECT_FALSE(line.timestamp);
}

TEST(LineProtocol, NumbersOfEveryShape) {
  for (const auto* number : {"1", "1.", ".5", "-1.25e-3", "1E+9", "9223372036854775807i", "-9223372036854775808i",
                             "18446744073709551615u", "0i"}) {
    EXPECT_EQ(why(std::string("m v=") + number), "accepted") << number;
  }
}

TEST(LineProtocol, RefusesInInfluxDbsWords) {
  EXPECT_EQ(why(",a=b v=1"), "missing measurement");
  EXPECT_EQ(why("cpu"), "missing fields");
  EXPECT_EQ(why("cpu,a=b"), "missing fields");
  EXPECT_EQ(why("cpu "), "missing fields");
  EXPECT_EQ(why("cpu, v=1"), "missing tag key");
  EXPECT_EQ(why("cpu,=b v=1"), "missing tag key");
  EXPECT_EQ(why("cpu,a v=1"), "missing tag value");
  EXPECT_EQ(why("cpu,a= v=1"), "missing tag value");
  EXPECT_EQ(why("cpu,a=b=c v=1"), "invalid tag format");
  EXPECT_EQ(why("cpu,a=b,a=c v=1"), "duplicate tags");
  EXPECT_EQ(why("cpu =1"), "missing field key");
  EXPECT_EQ(why("cpu v="), "missing field value");
  EXPECT_EQ(why("cpu v=,w=1"), "missing field value");
  EXPECT_EQ(why("cpu v=1,w"), "invalid field format");
  EXPECT_EQ(why("cpu v"), "invalid field format");
  EXPECT_EQ(why("cpu v=1.2.3"), "invalid number");
  EXPECT_EQ(why("cpu v=-"), "invalid number");
  EXPECT_EQ(why("cpu v=1.5i"), "invalid number");
  EXPECT_EQ(why("cpu v=-1u"), "invalid number");
  EXPECT_EQ(why("cpu v=NaN"), "invalid number");
  EXPECT_EQ(why("cpu v=1e999"), "invalid float");
  EXPECT_EQ(why("cpu v=9223372036854775808i"), "unable to parse integer 9223372036854775808: value out of range");
  EXPECT_EQ(why("cpu v=yes"), "invalid boolean");
  EXPECT_EQ(why("cpu v=\"abc"), "unbalanced quotes");
  EXPECT_EQ(why("cpu v=1 12a"), "bad timestamp");
  EXPECT_EQ(why("cpu v=1 -"), "bad timestamp");
  EXPECT_EQ(why("cpu v=1 12 13"), "point is invalid");
  EXPECT_EQ(why("cpu,a=" + std::string(70'000, 'x') + " v=1"), "max key length exceeded: 70006 > 65535");
}

TEST(LineProtocol, PrecisionsScaleTheTimestamp) {
  const auto at = [](std::int64_t value, std::string_view precision) {
    return time_of(value, *parse_precision(precision)).value().time_since_epoch().count();
  };
  EXPECT_EQ(at(1'999, ""), 1);
  EXPECT_EQ(at(-1, "ns"), -1);  // the microsecond it lies in
  EXPECT_EQ(at(7, "u"), 7);
  EXPECT_EQ(at(7, "ms"), 7'000);
  EXPECT_EQ(at(7, "s"), 7'000'000);
  EXPECT_EQ(at(7, "m"), 420'000'000);
  EXPECT_EQ(at(1, "h"), 3'600'000'000);
  EXPECT_FALSE(parse_precision("d"));
  EXPECT_EQ(time_of(INT64_MAX, Precision::Hours).error().message, "time outside range");
  EXPECT_FALSE(time_of(INT64_MAX / 1000 + 1, Precision::Microseconds));
}

RC_GTEST_PROP(LineProtocol, ArbitraryBytesNeverCrash, (const std::string& text)) {
  ProtocolLine line;
  (void)parse_line(text, line);
}

// What the parser accepts, it took apart completely.
TEST(LineProtocol, DamagedLinesAreTakenApartOrRefused) {
  const std::string good = R"(my\ m,a\=b=c,d=e f=1i,g="h\"i",j=t,k=2.5,l=3u 1763000000123000000)";
  constexpr std::string_view kBytes = " ,=\\\"\n\r\t0123456789iutfeE+-.NaN#x\0";
  std::mt19937_64 random(7);
  ProtocolLine line;
  int accepted = 0;
  for (int round = 0; round < 30'000; ++round) {
    auto text = good;
    for (auto changes = 1 + random() % 4; changes > 0; --changes) {
      const auto at = random() % text.size();
      if (random() % 3 == 0) {
        text.erase(at, 1 + random() % 5);
      } else {
        text[at] = kBytes[random() % kBytes.size()];
      }
      if (text.empty()) text = "x";
    }
    if (!parse_line(text, line)) continue;
    ++accepted;
    EXPECT_FALSE(line.measurement.empty());
    EXPECT_FALSE(line.fields.empty());
    for (const auto& field : line.fields) EXPECT_FALSE(field.key.empty());
    for (const auto& tag : line.tags) EXPECT_FALSE(tag.key.empty() || tag.value.empty());
  }
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace dz::wire
