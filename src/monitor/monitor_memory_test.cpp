#include "monitor/monitor_memory.h"

#include <gtest/gtest.h>

#include "monitor/parts_fixture.h"

namespace dz::monitor {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const Timestamp kNow = PartsFixture::kStart;

control::RecordBook::Memories memories_of(const Pubkey& key) {
  verdict::RecordMemory memory;
  memory.evidence_known_at = kNow;
  memory.own_health = Health::Pending;
  memory.tried_health = Health::Healthy;
  memory.seen = true;
  memory.status = Status::HardDrained;
  return {{key, memory}};
}

TEST(MonitorMemory, ARestartRemembersWhatWasTried) {
  PartsFixture parts;
  const auto memories = memories_of(parts.link);
  ASSERT_TRUE(parts.memory.save(memories, kNow));
  const auto again = must(MonitorMemory::open(parts.database, {{}, hours{24}}, parts.files));
  const auto restored = again.restored(kNow).at(parts.link);
  EXPECT_EQ(restored.tried_health, Health::Healthy);
  EXPECT_EQ(restored.own_health, Health::Pending);
  EXPECT_EQ(restored.status, Status::HardDrained);
  EXPECT_EQ(restored.evidence_known_at, kNow);  // it was known in the last pass
  EXPECT_TRUE(restored.seen);
}

TEST(MonitorMemory, ARecordThatIsGoneIsForgotten) {
  PartsFixture parts;
  ASSERT_TRUE(parts.memory.save(memories_of(parts.link), kNow));
  ASSERT_TRUE(parts.memory.save({}, kNow));
  const auto again = must(MonitorMemory::open(parts.database, {{}, hours{24}}, parts.files));
  EXPECT_TRUE(again.restored(kNow).empty());
}

TEST(MonitorMemory, WhatCouldNotBeWrittenIsSaidCountedAndTriedAgain) {
  PartsFixture parts;
  ASSERT_TRUE(parts.database.execute("PRAGMA query_only = ON"));
  EXPECT_FALSE(parts.memory.save(memories_of(parts.link), kNow));
  EXPECT_EQ(parts.said("store_failed"), 1);
  EXPECT_EQ(parts.files.failures(), 1U);
  ASSERT_TRUE(parts.database.execute("PRAGMA query_only = OFF"));
  EXPECT_TRUE(parts.memory.save(memories_of(parts.link), kNow));
  const auto again = must(MonitorMemory::open(parts.database, {{}, hours{24}}, parts.files));
  EXPECT_EQ(again.restored(kNow).size(), 1U);
}

TEST(MonitorMemory, RecordsPassesAndForgetsDecisions) {
  PartsFixture parts;
  parts.pass();
  parts.memory.record(*parts.memory.news(parts.inputs(), rfc_profile()), parts.book);
  const auto bounds = history::history_bounds(parts.database);
  ASSERT_TRUE(bounds && *bounds);
  EXPECT_EQ((*bounds)->first, kNow);
  parts.memory.add({{.at = kNow, .key = parts.link}, {.at = kNow}});
  const auto live = [&](Duration from, Duration to) {
    for (auto t = from; t <= to; t += minutes{10}) parts.memory.keep_house(parts.evidence, kNow + t);
  };
  live(minutes{0}, parts.settings.history);
  EXPECT_EQ(parts.memory.decisions().find({.key = parts.link})->size(), 1U);
  live(parts.settings.history, parts.settings.history + minutes{30});  // not so soon again
  EXPECT_EQ(parts.memory.decisions().find({.key = parts.link})->size(), 1U);
  live(parts.settings.history + minutes{30}, parts.settings.history + hours{1});
  EXPECT_EQ(parts.memory.decisions().find({.key = parts.link})->size(), 0U);
}

TEST(MonitorMemory, WhatIsNotElsewhereIsKeptUntilTheHoldEnds) {
  PartsFixture parts;
  std::optional<Timestamp> through;
  const auto keep = parts.settings.history, hold = keep + hours{20};
  parts.memory.keep_until_elsewhere([&] { return through; }, hold);
  parts.memory.add({{.at = kNow, .key = parts.link}, {.at = kNow + hours{5}, .key = parts.link}, {.at = kNow}});
  auto lived = minutes{0};
  const auto kept_after = [&](Duration until) {
    for (; lived <= until; lived += minutes{10}) parts.memory.keep_house(parts.evidence, kNow + lived);
    return parts.memory.decisions().find({.key = parts.link})->size();
  };
  EXPECT_EQ(kept_after(keep + hours{6}), 2U) << "nobody knows what is elsewhere";
  through = kNow + hours{1};
  EXPECT_EQ(kept_after(keep + hours{8}), 1U) << "the older one is";
  through.reset();
  EXPECT_EQ(kept_after(hold + hours{4}), 1U);
  EXPECT_EQ(kept_after(hold + hours{7}), 0U) << "it is held no longer";
}

}  // namespace
}  // namespace dz::monitor
