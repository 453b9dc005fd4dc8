#include <gtest/gtest.h>

#include "evidence/snapshot.h"
#include "evidence/testing.h"

namespace dz::evidence {
namespace {

using std::chrono::minutes;

const std::vector<std::string> kTwo{"device.ntp", "link.power"};

// A store that answered for [0, 60), with a value of rule 0 in every minute but 30, and one out of bounds in 20.
EvidenceStore measured() {
  EvidenceStore store;
  store.set_rules(kTwo);
  for (int m = 0; m < 60; ++m) {
    if (m == 30) continue;
    EXPECT_EQ(store.add_measure(0, {numbered_key(1), ""}, day_time(m), 1, m != 20, day_time(60)), RowOutcome::Taken);
  }
  store.answered(rule_source(0), day_minute(0), day_minute(60));
  return store;
}

MinuteState state_of(const EvidenceStore& store, int m, bool absent_is_bad = true, std::size_t rule = 0) {
  return store.minute(store.find_measure(rule, numbered_key(1), "", absent_is_bad), day_minute(m));
}

TEST(Measures, AMinuteIsGoodBadOrAbsent) {
  const auto store = measured();
  EXPECT_EQ(state_of(store, 10), MinuteState::Good);
  EXPECT_EQ(state_of(store, 20), MinuteState::Bad);
  EXPECT_EQ(state_of(store, 30), MinuteState::Bad);
  EXPECT_EQ(state_of(store, 30, false), MinuteState::Unobserved);
  EXPECT_EQ(state_of(store, 60), MinuteState::Unobserved) << "the store has not answered for it";
  const auto tally =
      store.tally(store.find_measure(0, numbered_key(1), "", true), {day_minute(0), day_minute(60), 0, 15});
  EXPECT_EQ(tally.bad, 2);
  EXPECT_EQ(tally.first_bad, (Offence{day_minute(20), kOutOfBounds}));
  EXPECT_EQ(tally.last_bad, (Offence{day_minute(30), 0}));
  EXPECT_EQ(tally.earliest_from, day_minute(31));
}

TEST(Measures, ALateValueFillsButNeverClears) {
  auto store = measured();
  const auto ref = store.find_measure(0, numbered_key(1), "", true);
  const TallyQuery query{day_minute(0), day_minute(60), 0, 15};
  EXPECT_EQ(store.tally(ref, query).bad, 2);
  (void)store.add_measure(0, {numbered_key(1), ""}, day_time(30), 1, true, day_time(61));
  (void)store.add_measure(0, {numbered_key(1), ""}, day_time(20), 1, true, day_time(61));
  EXPECT_EQ(store.tally(ref, query).bad, 1);
  EXPECT_EQ(state_of(store, 20), MinuteState::Bad);
}

TEST(Measures, AValueSpeaksForItsMinutes) {
  auto store = measured();
  (void)store.add_measure(1, {numbered_key(1), ""}, day_time(5), 5, false, day_time(60));
  store.answered(rule_source(1), day_minute(0), day_minute(60));
  EXPECT_EQ(state_of(store, 4, false, 1), MinuteState::Unobserved);
  EXPECT_EQ(state_of(store, 5, false, 1), MinuteState::Bad);
  EXPECT_EQ(state_of(store, 9, false, 1), MinuteState::Bad);
  EXPECT_EQ(state_of(store, 10, false, 1), MinuteState::Unobserved);
}

TEST(Measures, AnInterfaceIsMetUnderAnySpellingOrByItsParentPort) {
  auto store = measured();
  (void)store.add_measure(1, {numbered_key(2), "port-channel1000"}, day_time(5), 1, true, day_time(60));
  EXPECT_NE(store.find_measure(1, numbered_key(2), "Port-Channel1000", true).index, kNoSubject);
  const auto parent = store.find_measure(1, numbered_key(2), "Port-Channel1000.20", true);
  EXPECT_NE(parent.index, kNoSubject);
  EXPECT_TRUE(parent.parent_port);
  EXPECT_EQ(store.find_measure(1, numbered_key(2), "Ethernet1", true).index, kNoSubject);
}

TEST(Measures, ARuleThatMovedKeepsItsEvidenceAndOneThatWentIsForgotten) {
  auto store = measured();
  store.set_rules(std::vector<std::string>{"device.other", "device.ntp"});
  EXPECT_EQ(state_of(store, 10, true, 1), MinuteState::Good);
  EXPECT_EQ(state_of(store, 20, true, 1), MinuteState::Bad);
  EXPECT_EQ(store.state(rule_source(1)).watermark, day_minute(60));
  EXPECT_EQ(store.state(rule_source(0)).watermark, std::nullopt);
  store.set_rules(std::vector<std::string>{"device.other"});
  store.set_rules(std::vector<std::string>{"device.other", "device.ntp"});
  EXPECT_EQ(store.find_measure(1, numbered_key(1), "", true).index, kNoSubject);
}

TEST(Measures, ASnapshotHasThem) {
  auto store = measured();
  store.set_rules(std::vector<std::string>{"device.ntp"});
  const auto restored = restore_evidence(snapshot_of(store));
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(snapshot_of(*restored), snapshot_of(store));
  EXPECT_EQ(state_of(*restored, 20), MinuteState::Bad);
  EXPECT_EQ(restored->rules().size(), 1U);
}

TEST(Measures, RowsTooOldOrTooFarAheadAreRefused) {
  auto store = measured();
  const MeasureSubject device{numbered_key(1), ""};
  EXPECT_EQ(store.add_measure(0, device, day_time(70), 1, true, day_time(60)), RowOutcome::TooFarAhead);
  EXPECT_EQ(store.add_measure(0, device, day_time(0) - kRingLength, 1, true, day_time(60)), RowOutcome::TooOld);
}

}  // namespace
}  // namespace dz::evidence
