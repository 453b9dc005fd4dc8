#include "evidence/readings.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "evidence/testing.h"

namespace dz::evidence {
namespace {

MinuteReadings reading(int m, double first, double last, std::uint64_t in, std::uint64_t out) {
  MinuteReadings readings{.minute = index_of(day_minute(m))};
  for (const double s : {first, last}) {
    const auto more = static_cast<std::uint64_t>(s);
    readings.add(0, {day_time(m, s), in + more});
    readings.add(1, {day_time(m, s), out + more});
  }
  return readings;
}

TEST(Readings, ComeBackAsTheyWere) {
  std::vector<MinuteReadings> readings{reading(0, 1, 59, UINT64_MAX - 70, 0), reading(1, 3, 3, 5, UINT64_MAX - 5),
                                       reading(70, 0, 59.999999, 1, 1)};
  readings[1].first[0] = readings[1].last[0] = std::nullopt;  // out-octets alone
  EXPECT_EQ(decode_readings(encode_readings(readings)), readings);
}

TEST(Readings, AppendedBytesAreThoseOfAllAtOnce) {
  const std::vector<MinuteReadings> readings{reading(0, 1, 59, 7, 9), reading(1, 3, 3, 70, 90),
                                             reading(2, 9, 11, 1, 1)};
  Bytes bytes;
  for (std::size_t i = 0; i < readings.size(); ++i) {
    append_readings(bytes, i == 0 ? ReadingBasis{} : basis_of(readings[i - 1]), readings[i]);
  }
  EXPECT_EQ(bytes, encode_readings(readings));
}

TEST(Readings, AQuarterOfAnHourTakesAFewHundredBytes) {
  std::vector<MinuteReadings> readings;
  for (int m = 0; m < 16; ++m) {
    const auto octets = 1'000'000'000'000U + static_cast<std::uint64_t>(m) * 7'500'000'000U;  // 1 Gbit/s
    readings.push_back(reading(m, 0.9 + 0.01 * m, 58.9 + 0.01 * m, octets, octets / 2));
  }
  EXPECT_LT(encode_readings(readings).size(), 450U);
}

TEST(Readings, DamagedBytesAreRefused) {
  auto bytes = encode_readings(std::vector{reading(0, 1, 59, 7, 9)});
  bytes.pop_back();
  EXPECT_FALSE(decode_readings(bytes));
  EXPECT_FALSE(decode_readings(Bytes{0, 0xff}));
  EXPECT_FALSE(decode_readings(Bytes(12, 0xff)));
}

RC_GTEST_PROP(ReadingsProperty, AnyBytesAreDecodedOrRefused, (const std::vector<std::uint8_t>& bytes)) {
  const auto readings = decode_readings(bytes);
  if (readings) RC_ASSERT(decode_readings(encode_readings(*readings)) == readings);
}

RC_GTEST_PROP(ReadingsProperty, PartsAreAsEncodedByThemselves, (const std::vector<std::uint8_t>& gaps)) {
  std::vector<MinuteReadings> readings;
  int m = 0;
  for (const auto gap : gaps) {
    m += 1 + gap % 40;
    readings.push_back(reading(m, gap % 7, 7 + gap % 50, gap * 1000U, 77U * static_cast<unsigned>(m)));
    if (gap % 5 == 0) readings.back().first[gap % 2] = readings.back().last[gap % 2] = std::nullopt;
  }
  const auto bytes = encode_readings(readings);
  RC_ASSERT(first_minute(bytes) == (readings.empty() ? std::nullopt : std::optional(readings.front().minute)));
  const auto at = index_of(day_minute(*rc::gen::inRange(0, m + 3)));
  const auto rest = std::find_if(readings.begin(), readings.end(), [&](const auto& r) { return r.minute >= at; });
  const auto split = split_readings(bytes, at);
  RC_ASSERT(split.has_value());
  RC_ASSERT(split->before == encode_readings(std::vector(readings.begin(), rest)));
  RC_ASSERT(split->rest == encode_readings(std::vector(rest, readings.end())));
}

RC_GTEST_PROP(ReadingsProperty, WhatCannotBeReadCannotBeSplit, (const std::vector<std::uint8_t>& bytes)) {
  const bool whole = split_readings(bytes, INT32_MAX).has_value();
  RC_ASSERT(whole == decode_readings(bytes).has_value());
}

TEST(MemoryShelf, ForgetsOldPieces) {
  MemoryShelf shelf;
  const auto device = numbered_key(1);
  const PortShelf port(shelf, device, "Ethernet1");
  const std::vector<MinuteReadings> readings{reading(0, 1, 2, 3, 4)};
  port.put(piece_of(readings[0].minute), readings);
  EXPECT_EQ(PortShelf(shelf, device, "ETHERNET1").get(piece_of(readings[0].minute)), readings);
  shelf.forget_before(piece_of(readings[0].minute) + 1);
  EXPECT_TRUE(port.get(piece_of(readings[0].minute)).empty());
}

}  // namespace
}  // namespace dz::evidence
