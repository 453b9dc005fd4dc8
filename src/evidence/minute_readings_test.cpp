#include "evidence/minute_readings.h"

#include <gtest/gtest.h>

#include "evidence/minute_marks.h"
#include "evidence/testing.h"

namespace dz::evidence {
namespace {

const CounterReadings& of(const PortReadings& all, CounterBit counter) {
  for (const auto& one : all.counters) {
    if (one.counter == counter) return one;
  }
  ADD_FAILURE() << "no such counter";
  return all.counters[0];
}

class MinuteReadingsTest : public testing::Test {
 protected:
  PortReadings at(int m) const {
    return readings_of(watched.evidence, watched.evidence.find_interface(numbered_key(1), "Ethernet1"), day_minute(m));
  }
  Watched watched;
};

TEST_F(MinuteReadingsTest, FirstAndLastOctetsWithTheLastOfTheMinuteBefore) {
  for (int m = 0; m < 3; ++m) watched.octets(1, m);
  watched.octets(1, day_time(1, 20), 100'130);
  watched.close(3);
  const auto all = at(1);
  EXPECT_EQ(all.octets, ReadingsKept::Kept);
  const auto& in = of(all, kInOctets);
  EXPECT_EQ(in.before, (Reading{day_time(0, 45), 100'050}));
  EXPECT_EQ(in.readings, (std::vector<Reading>{{day_time(1, 5), 100'100}, {day_time(1, 45), 100'150}}));
  EXPECT_TRUE(in.left_out);
}

TEST_F(MinuteReadingsTest, AnErrorStandsWithTheValueBeforeIt) {
  for (int m = 0; m < 4; ++m) watched.octets(1, m);
  watched.errors(1, day_time(0, 10), 5);
  watched.errors(1, day_time(2, 10), 8);
  watched.close(4);
  const auto in = of(at(2), kInErrors);
  EXPECT_EQ(in.before, (Reading{day_time(0, 10), 5}));
  EXPECT_EQ(in.readings, (std::vector<Reading>{{day_time(2, 10), 8}}));
  EXPECT_TRUE(of(at(1), kInErrors).readings.empty());
  EXPECT_EQ(of(at(1), kInErrors).before, (Reading{day_time(0, 10), 5}));
  EXPECT_FALSE(of(at(3), kOutErrors).before);
}

TEST_F(MinuteReadingsTest, OldReadingsComeFromTheShelf) {
  MemoryShelf shelf;
  watched.evidence.keep_readings_on(shelf);
  for (int m = 0; m < 90; ++m) {
    watched.octets(1, m);
    watched.close(m + 1);
  }
  EXPECT_EQ(at(3).octets, ReadingsKept::Kept);
  EXPECT_EQ(of(at(3), kOutOctets).readings.front(), (Reading{day_time(3, 5), 100'300}));
  EXPECT_EQ(of(at(3), kOutOctets).before, (Reading{day_time(2, 45), 100'250}));
  MemoryShelf empty;
  watched.evidence.keep_readings_on(empty);
  EXPECT_EQ(at(3).octets, ReadingsKept::NotKept);
  EXPECT_EQ(at(88).octets, ReadingsKept::Kept);  // the newest are in memory
}

TEST_F(MinuteReadingsTest, WhatIsNotThereIsSaid) {
  watched.octets(1, 0);
  watched.octets(1, 2);
  watched.close(2);
  EXPECT_EQ(at(1).octets, ReadingsKept::NoRows);
  EXPECT_EQ(at(2).octets, ReadingsKept::NotClosed);
  EXPECT_EQ(at(-3'000).octets, ReadingsKept::TooOld);
  EXPECT_EQ(readings_of(watched.evidence, {}, day_minute(0)).octets, ReadingsKept::NoRows);
}

TEST(Marks, OnlySilenceThatIsNotCountedIsExcused) {
  const auto marks = [](const char* letters) { return *parse_marks(SubjectKind::Reporting, letters); };
  EXPECT_TRUE(is_excused(SubjectKind::Reporting, marks("x")));
  EXPECT_FALSE(is_excused(SubjectKind::Reporting, marks("px")));  // it was heard after all
  EXPECT_FALSE(is_excused(SubjectKind::Reporting, marks("y")));
  EXPECT_FALSE(is_excused(SubjectKind::Interface, 2));
}

}  // namespace
}  // namespace dz::evidence
