// Damage to what a monitor keeps besides its evidence: it is left out and said, and nothing better comes of it.
#include <gtest/gtest.h>

#include "history/history_archive.h"
#include "monitor/parts_fixture.h"

namespace dz::monitor {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const Timestamp kNow = PartsFixture::kStart;

Pubkey numbered(std::uint8_t n) {
  Pubkey key;
  key.bytes.fill(n);
  return key;
}

TEST(MonitorDamage, D18_ADamagedMemoryIsOfARecordNeverSeen) {
  PartsFixture parts;
  verdict::RecordMemory memory;
  memory.evidence_known_at = kNow;
  memory.own_health = Health::Pending;
  ASSERT_TRUE(parts.memory.save({{numbered(1), memory}, {numbered(2), memory}}, kNow));
  ASSERT_TRUE(
      parts.database.execute("UPDATE memory SET own_health = 2 WHERE pubkey = (SELECT min(pubkey) FROM memory)"));
  const auto open = [&] { return must(MonitorMemory::open(parts.database, {{}, hours{24}}, parts.files)); };
  const auto damaged = open();
  ASSERT_EQ(damaged.damage().size(), 1U);
  EXPECT_NE(damaged.damage()[0].find(to_text(numbered(1))), std::string::npos) << damaged.damage()[0];
  EXPECT_FALSE(damaged.restored(kNow).contains(numbered(1)));
  EXPECT_EQ(damaged.restored(kNow).at(numbered(2)).own_health, Health::Pending);
  EXPECT_TRUE(open().damage().empty());  // it is gone from the file
}

TEST(MonitorDamage, D18_ADamagedDecisionSaysSoAndNothingElse) {
  PartsFixture parts;
  parts.memory.add({{.at = kNow, .key = numbered(1), .sentence = "one"}, {.at = kNow, .key = numbered(1)}});
  ASSERT_TRUE(parts.database.execute("UPDATE decision SET to_health = 2 WHERE id = 1"));
  const auto found = *parts.memory.decisions().find({});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_NE(found[1].sentence.find("damaged"), std::string::npos);
  EXPECT_EQ(found[1].to, Health::Unknown);
  EXPECT_EQ(found[0].sentence, "");
}

class HistoryDamage : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(MonitorArchive::open(database_));
    history::HistoryWriter writer(database_);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(writer.add(pass(i)));
  }
  static history::HistoryPass pass(int minute) {
    history::HistoryPass pass;
    pass.at = kNow + minutes{minute};
    pass.whole = minute == 0;
    pass.watermarks = {{"counters", minute_of(pass.at)}};
    pass.runs = {{evidence::interface_subject(numbered(1), "Switch1/1/1"), minute_of(pass.at), {}, 1},
                 {evidence::device_subject(evidence::SubjectKind::Reporting, numbered(1)), minute_of(pass.at), {}, 1}};
    pass.records = {{numbered(2), RecordKind::Device, {0, 10, 0}, {5, 6}, Health::Pending}};
    pass.qa = {{numbered(2), {pass.at, true}}};
    if (minute == 0) pass.start = history::HistoryStart{"[window]\n", control::WriteMode::Standby, {1, 2, 3}};
    return pass;
  }
  // How many passes can be read before one that cannot be trusted.
  int readable() {
    auto reader = history::HistoryReader::open(database_, kNow, kNow + hours{1});
    if (!reader) return -1;
    for (int count = 0;; ++count) {
      const auto next = reader->next();
      if (!next) {
        EXPECT_EQ(next.error().kind, ErrorKind::Corrupt);
        return count;
      }
      if (!*next) return count;
    }
  }
  storage::SqliteDatabase database_ = *storage::SqliteDatabase::open(":memory:");
};

TEST_F(HistoryDamage, D18_APassIsReadAsItWasWrittenOrNotAtAll) {
  EXPECT_EQ(readable(), 3);
  const auto second = std::to_string((kNow + minutes{1}).time_since_epoch().count());
  for (const auto& damage :
       {std::string("UPDATE history_pass SET could_write = 1 WHERE at = ") + second,
        "UPDATE history_minutes SET marks = 'i' WHERE at = " + second,
        "DELETE FROM history_minutes WHERE at = " + second,
        "UPDATE history_minutes SET first = first + 1 WHERE at = " + second,
        "UPDATE history_record SET own_health = 2 WHERE at = " + second, "DELETE FROM history_qa WHERE at = " + second,
        "UPDATE history_qa SET success = 0 WHERE at = " + second}) {
    ASSERT_TRUE(database_.execute("SAVEPOINT s; " + damage)) << damage;
    EXPECT_EQ(readable(), 1) << damage;
    ASSERT_TRUE(database_.execute("ROLLBACK TO s; RELEASE s"));
  }
}

TEST_F(HistoryDamage, D18_APassWithoutQaIsCheckedAsAnyOther) {
  auto last = pass(3);
  last.qa.clear();
  ASSERT_TRUE(history::HistoryWriter(database_).add(last));
  EXPECT_EQ(readable(), 4);
  ASSERT_TRUE(database_.execute("UPDATE history_pass SET could_write = 1 - could_write WHERE at = " +
                                std::to_string(last.at.time_since_epoch().count())));
  EXPECT_EQ(readable(), 3);
}

TEST_F(HistoryDamage, D18_ADamagedStartOrSubjectIsNoticed) {
  for (const std::string damage : {"UPDATE history_start SET policy = ''",
                                   "UPDATE history_subject SET subject = replace(subject, '1/1/1', '1/1/2')"}) {
    ASSERT_TRUE(database_.execute("SAVEPOINT s; " + damage)) << damage;
    EXPECT_EQ(readable(), 0) << damage;
    ASSERT_TRUE(database_.execute("ROLLBACK TO s; RELEASE s"));
  }
}

TEST_F(HistoryDamage, X11_ASubjectThatCannotBeReadDamagesThePassesThatNameItOnly) {
  history::HistoryWriter writer(database_);
  auto other = pass(3);
  other.runs = {{evidence::device_subject(evidence::SubjectKind::Reporting, numbered(7)), minute_of(other.at), {}, 1}};
  ASSERT_TRUE(writer.add(other));
  ASSERT_TRUE(
      database_.execute("UPDATE history_subject SET subject = cast(x'FF' AS TEXT) WHERE id = 3; UPDATE "
                        "history_subject SET sum = row_sum('history_subject', id, subject)"));
  EXPECT_EQ(readable(), 3);
}

TEST_F(HistoryDamage, PassesOfAnOlderVersionAreReadAsTheyAre) {
  ASSERT_TRUE(database_.execute("UPDATE history_pass SET sum = NULL"));
  EXPECT_EQ(readable(), 3);
}

TEST(MonitorDamage, X15_AClockThatIsWrongForOnePassForgetsNothing) {
  PartsFixture parts;
  for (int hour = 0; hour < 3; ++hour) {
    parts.memory.add({{.at = kNow + hours{hour}, .key = parts.link}});
    for (int m = 0; m < 60; m += 5) parts.memory.keep_house(parts.evidence, kNow + hours{hour} + minutes{m});
  }
  parts.memory.keep_house(parts.evidence, kNow + hours{24 * 365 * 14});
  EXPECT_EQ(parts.memory.decisions().find({})->size(), 3U);
  parts.memory.keep_house(parts.evidence, kNow + hours{3});
  EXPECT_EQ(parts.memory.decisions().find({})->size(), 3U);
}

}  // namespace
}  // namespace dz::monitor
