#include "history/past_minutes.h"

#include <gtest/gtest.h>

#include "history/history_archive.h"
#include "wire/accounts.h"

namespace dz::history {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const Minute kDay = minute_of(*parse_timestamp("2026-11-30T00:00:00Z"));
constexpr evidence::Marks kData = 1U << 5;

Pubkey numbered(std::uint8_t n) {
  Pubkey key;
  key.bytes.fill(n);
  return key;
}

class PastMinutesTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(database_.execute(std::string(history_schema())));
    add(-60, {.whole = true, .runs = {{source_, kDay - hours{2}, {}, 1}, {port_, kDay - hours{2}, {}, kData}}});
  }
  // A pass at that minute of the day, through which counters are complete.
  void add(int minute, HistoryPass pass) {
    pass.at = Timestamp{kDay + minutes{minute}};
    pass.watermarks = {{"counters", kDay + minutes{minute}}};
    ASSERT_TRUE(HistoryWriter(database_).add(pass));
  }
  HistoryRecord record(Status status) const {
    Link link;
    link.status = status;
    return {link_, RecordKind::Link, rfc_profile().version, wire::encode(link, rfc_profile()), {}};
  }
  PastMinutes read(std::vector<evidence::Subject> subjects) {
    auto past =
        PastMinutes::open(database_, evidence::Evidence(), verdict::Policy(),
                          {.key = link_, .from = kDay, .to = kDay + hours{24}, .subjects = std::move(subjects)});
    EXPECT_TRUE(past) << past.error().message;
    for (;;) {
      const auto all = past->read_some();
      EXPECT_TRUE(all) << all.error().message;
      ++pieces_;
      if (!all || *all) return std::move(*past);
    }
  }
  // A letter a minute: '.' with data, ' ' without.
  std::string data(const PastMinutes& past, int from, int to) const {
    std::string text;
    const auto ref = subject_ref(past.evidence(), port_);
    for (int m = from; m < to; ++m)
      text += marks_of(past.evidence(), ref, kDay + minutes{m}, kDay + minutes{m + 1}).front().marks == 0 ? ' ' : '.';
    return text;
  }

  const Pubkey link_ = numbered(3), device_ = numbered(1);
  const evidence::Subject port_ = evidence::interface_subject(device_, "Switch1/1/1"),
                          other_ = evidence::interface_subject(device_, "Switch1/2/1"),
                          source_ = evidence::source_subject("counters");
  storage::SqliteDatabase database_ = *storage::SqliteDatabase::open(":memory:");
  int pieces_ = 0;
};

TEST_F(PastMinutesTest, WhatWasSaidGoesOnAndOthersAreLeftOut) {
  add(10, {.runs = {{port_, kDay + minutes{8}, {}, 0}, {other_, kDay + minutes{8}, {}, kData}}});
  add(20, {.runs = {{port_, kDay + minutes{12}, {}, kData}}});
  add(24 * 60, {});
  const auto past = read({port_});
  EXPECT_EQ(data(past, 6, 14), "..    ..");
  EXPECT_EQ(data(past, 24 * 60 - 2, 24 * 60), "..");
  EXPECT_EQ(subject_ref(past.evidence(), other_).index, evidence::kNoSubject);
  EXPECT_EQ(past.recorded_from(), kDay - hours{2});
  EXPECT_EQ(past.evidence().state(evidence::Source::Counters).watermark, kDay + hours{24});
}

TEST_F(PastMinutesTest, ACorrectionThatCameTheNextDayCounts) {
  add(10, {.runs = {{port_, kDay + minutes{8}, {}, 0}}});
  add(24 * 60, {});
  add(27 * 60, {.runs = {{port_, kDay + minutes{8}, kDay + minutes{10}, kData}}});
  const auto past = read({port_});
  EXPECT_EQ(data(past, 7, 12), "...  ");
  EXPECT_EQ(past.evidence().state(evidence::Source::Counters).watermark, kDay + hours{24});
}

TEST_F(PastMinutesTest, MinutesOfTheNextDaysAreLeftOut) {
  add(24 * 60, {});
  add(40 * 60, {.runs = {{port_, kDay + hours{30}, {}, 0}}});
  const auto past = read({port_});
  EXPECT_EQ(data(past, 0, 3), "...");
  EXPECT_EQ(past.evidence().state(evidence::Source::Counters).watermark, kDay + hours{24});
}

TEST_F(PastMinutesTest, DrainsOfTheSpanAndNoOthers) {
  add(-50, {.records = {record(Status::HardDrained)}});
  add(-40, {.records = {record(Status::Activated)}});
  add(60, {.records = {record(Status::SoftDrained)}});
  add(70, {.records = {record(Status::HardDrained)}});
  add(80, {.records = {record(Status::Activated)}});
  add(90, {.records = {record(Status::HardDrained)}});
  const auto drains = read({}).drains();
  const auto at = [](int m) { return Timestamp{kDay + minutes{m}}; };
  EXPECT_EQ(drains, (std::vector<DrainedTime>{{at(60), at(70), Status::SoftDrained},
                                              {at(70), at(80), Status::HardDrained},
                                              {at(90), {}, Status::HardDrained}}));
}

TEST_F(PastMinutesTest, ADrainFromBeforeBeginsWithTheSpan) {
  add(-50, {.records = {record(Status::HardDrained)}});
  add(10, {});
  EXPECT_EQ(read({}).drains(), (std::vector<DrainedTime>{{Timestamp{kDay}, {}, Status::HardDrained}}));
}

TEST_F(PastMinutesTest, ManyPassesAreReadInPieces) {
  for (int m = 1; m < 1'500; ++m) add(m, {});
  read({port_});
  EXPECT_GE(pieces_, 3);
}

TEST_F(PastMinutesTest, WhatCannotBeReadIsSaid) {
  ASSERT_TRUE(database_.execute("UPDATE history_minutes SET marks = 'dQ'"));
  auto past = PastMinutes::open(database_, evidence::Evidence(), verdict::Policy(),
                                {.key = link_, .from = kDay, .to = kDay + hours{24}, .subjects = {port_}});
  ASSERT_TRUE(past);
  EXPECT_EQ(past->read_some().error().kind, ErrorKind::Corrupt);
}

TEST(PastMinutes, WithoutAHistoryThereIsNone) {
  auto database = *storage::SqliteDatabase::open(":memory:");
  ASSERT_TRUE(database.execute(std::string(history_schema())));
  EXPECT_EQ(PastMinutes::open(database, evidence::Evidence(), verdict::Policy(), {.from = kDay, .to = kDay + hours{24}})
                .error()
                .kind,
            ErrorKind::NotFound);
}

}  // namespace
}  // namespace dz::history
