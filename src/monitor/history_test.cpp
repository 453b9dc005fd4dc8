// What the monitor keeps for backtests: in and out of the file, and forgetting.
#include <gtest/gtest.h>

#include "history/history_archive.h"
#include "monitor/monitor_archive.h"

namespace dz::monitor {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const Timestamp kStart{hours{494'000}};

Pubkey numbered(std::uint8_t n) {
  Pubkey key;
  key.bytes.fill(n);
  return key;
}

class HistoryTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(MonitorArchive::open(database)); }

  static history::HistoryPass pass(int minute, bool whole = false) {
    history::HistoryPass pass;
    pass.at = kStart + minutes{minute};
    if (!whole) pass.previous = pass.at - std::chrono::seconds{5};
    pass.whole = whole;
    pass.could_write = true;
    pass.watermarks = {{"counters", minute_of(pass.at) - minutes{1}},
                       {"device.ntp_sync", minute_of(pass.at) - minutes{3}}};
    pass.runs = {{evidence::interface_subject(numbered(1), "Switch1/1/1"), minute_of(pass.at), {}, 56}};
    return pass;
  }
  static history::HistoryPass first() {
    auto first = pass(0, true);
    first.start = history::HistoryStart{"[window]\n", control::WriteMode::Standby, {1, 2, 3}};
    first.runs.insert(first.runs.begin(), {evidence::interface_subject(numbered(1), "Switch1/1/1"),
                                           minute_of(first.at) - hours{1}, minute_of(first.at), 0});
    first.records = {{numbered(2), RecordKind::Device, {0, 10, 0}, {5, 6}, Health::Pending},
                     {numbered(3), RecordKind::Link, {0, 34, 1}, {}, {}}};
    first.qa = {{Pubkey{}, {kStart, false}}, {numbered(2), {kStart - hours{2}, true}}};
    return first;
  }
  std::vector<history::HistoryPass> read(Timestamp from, Timestamp to) {
    auto reader = history::HistoryReader::open(database, from, to);
    EXPECT_TRUE(reader) << reader.error().message;
    std::vector<history::HistoryPass> passes;
    for (;;) {
      auto next = reader->next();
      EXPECT_TRUE(next) << next.error().message;
      if (!next || !*next) return passes;
      passes.push_back(std::move(**next));
    }
  }

  storage::SqliteDatabase database = *storage::SqliteDatabase::open(":memory:");
};

TEST_F(HistoryTest, PassesReadBackAsTheyWereWritten) {
  history::HistoryWriter writer(database);
  const std::vector<history::HistoryPass> passes{first(), pass(1), pass(2)};
  for (const auto& p : passes) ASSERT_TRUE(writer.add(p));
  EXPECT_EQ(read(kStart, kStart + hours{1}), passes);
  EXPECT_EQ(writer.newest(), kStart + minutes{2});
}

TEST_F(HistoryTest, ForgettingKeepsTheLastWholePassBefore) {
  history::HistoryWriter writer(database);
  ASSERT_TRUE(writer.add(first()));
  for (const int m : {1, 2, 3, 4}) ASSERT_TRUE(writer.add(pass(m, m == 2)));
  ASSERT_TRUE(writer.forget_before(kStart + minutes{3}));
  EXPECT_EQ(history::whole_pass_before(database, kStart + minutes{3}), kStart + minutes{2});
  const auto kept = read(kStart + minutes{2}, kStart + hours{1});
  ASSERT_EQ(kept.size(), 3U);
  EXPECT_EQ(kept[0].start, first().start);  // the policy in force is known still
  EXPECT_EQ(history::history_bounds(database)->value().first, kStart + minutes{2});
}

}  // namespace
}  // namespace dz::monitor
