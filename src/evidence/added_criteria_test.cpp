#include <gtest/gtest.h>

#include "evidence/snapshot.h"
#include "evidence/testing.h"

namespace dz::evidence {
namespace {

using std::chrono::minutes;

const std::vector<std::string> kTwo{"device.ntp", "link.power"};

// A store answered for [0, 60), with a value of criterion 0 in every minute but 30, and one out of bounds in 20.
Evidence with_values() {
  Evidence evidence;
  evidence.set_added(kTwo);
  for (int m = 0; m < 60; ++m) {
    if (m == 30) continue;
    EXPECT_EQ(evidence.add_value(0, {numbered_key(1), ""}, {day_time(m), 1, m != 20}, day_time(60)), RowOutcome::Taken);
  }
  evidence.answered(added_source(0), {day_minute(0), day_minute(60), day_time(61)});
  return evidence;
}

MinuteState state_of(const Evidence& evidence, int m, bool absent_is_bad = true, std::size_t criterion = 0) {
  return evidence.minute(evidence.find_added(criterion, numbered_key(1), "", absent_is_bad), day_minute(m));
}

TEST(AddedCriteria, AMinuteIsGoodBadOrAbsent) {
  const auto evidence = with_values();
  EXPECT_EQ(state_of(evidence, 10), MinuteState::Good);
  EXPECT_EQ(state_of(evidence, 20), MinuteState::Bad);
  EXPECT_EQ(state_of(evidence, 30), MinuteState::Bad);
  EXPECT_EQ(state_of(evidence, 30, false), MinuteState::Unobserved);
  EXPECT_EQ(state_of(evidence, 60), MinuteState::Unobserved) << "the store has not answered for it";
  const auto tally =
      evidence.tally(evidence.find_added(0, numbered_key(1), "", true), {day_minute(0), day_minute(60), 0, 15});
  EXPECT_EQ(tally.bad, 2);
  EXPECT_EQ(tally.first_bad, (Offence{day_minute(20), kOutOfBounds}));
  EXPECT_EQ(tally.last_bad, (Offence{day_minute(30), 0}));
  EXPECT_EQ(tally.earliest_from, day_minute(31));
}

TEST(AddedCriteria, ALateValueFillsButNeverClears) {
  auto evidence = with_values();
  const auto ref = evidence.find_added(0, numbered_key(1), "", true);
  const TallyQuery query{day_minute(0), day_minute(60), 0, 15};
  EXPECT_EQ(evidence.tally(ref, query).bad, 2);
  (void)evidence.add_value(0, {numbered_key(1), ""}, {day_time(30), 1, true}, day_time(61));
  (void)evidence.add_value(0, {numbered_key(1), ""}, {day_time(20), 1, true}, day_time(61));
  EXPECT_EQ(evidence.tally(ref, query).bad, 1);
  EXPECT_EQ(state_of(evidence, 20), MinuteState::Bad);
}

TEST(AddedCriteria, AValueSpeaksForItsMinutes) {
  auto evidence = with_values();
  (void)evidence.add_value(1, {numbered_key(1), ""}, {day_time(5), 5, false}, day_time(60));
  evidence.answered(added_source(1), {day_minute(0), day_minute(60), day_time(61)});
  EXPECT_EQ(state_of(evidence, 4, false, 1), MinuteState::Unobserved);
  EXPECT_EQ(state_of(evidence, 5, false, 1), MinuteState::Bad);
  EXPECT_EQ(state_of(evidence, 9, false, 1), MinuteState::Bad);
  EXPECT_EQ(state_of(evidence, 10, false, 1), MinuteState::Unobserved);
}

TEST(AddedCriteria, AnInterfaceIsMetUnderAnySpellingOrByItsParentPort) {
  auto evidence = with_values();
  (void)evidence.add_value(1, {numbered_key(2), "port-channel1000"}, {day_time(5), 1, true}, day_time(60));
  EXPECT_NE(evidence.find_added(1, numbered_key(2), "Port-Channel1000", true).index, kNoSubject);
  const auto parent = evidence.find_added(1, numbered_key(2), "Port-Channel1000.20", true);
  EXPECT_NE(parent.index, kNoSubject);
  EXPECT_TRUE(parent.parent_port);
  EXPECT_EQ(evidence.find_added(1, numbered_key(2), "Ethernet1", true).index, kNoSubject);
}

TEST(AddedCriteria, ARuleThatMovedKeepsItsEvidenceAndOneThatWentIsForgotten) {
  auto evidence = with_values();
  evidence.set_added(std::vector<std::string>{"device.other", "device.ntp"});
  EXPECT_EQ(state_of(evidence, 10, true, 1), MinuteState::Good);
  EXPECT_EQ(state_of(evidence, 20, true, 1), MinuteState::Bad);
  EXPECT_EQ(evidence.state(added_source(1)).watermark, day_minute(60));
  EXPECT_EQ(evidence.state(added_source(0)).watermark, std::nullopt);
  evidence.set_added(std::vector<std::string>{"device.other"});
  evidence.set_added(std::vector<std::string>{"device.other", "device.ntp"});
  EXPECT_EQ(evidence.find_added(1, numbered_key(1), "", true).index, kNoSubject);
}

TEST(AddedCriteria, ASnapshotHasThem) {
  auto evidence = with_values();
  evidence.set_added(std::vector<std::string>{"device.ntp"});
  const auto restored = restore_evidence(snapshot_of(evidence));
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(snapshot_of(*restored), snapshot_of(evidence));
  EXPECT_EQ(state_of(*restored, 20), MinuteState::Bad);
  EXPECT_EQ(restored->added().size(), 1U);
}

TEST(AddedCriteria, RowsTooOldOrTooFarAheadAreRefused) {
  auto evidence = with_values();
  const AddedSubject device{numbered_key(1), ""};
  EXPECT_EQ(evidence.add_value(0, device, {day_time(70), 1, true}, day_time(60)), RowOutcome::TooFarAhead);
  EXPECT_EQ(evidence.add_value(0, device, {day_time(0) - kRingLength, 1, true}, day_time(60)), RowOutcome::TooOld);
}

}  // namespace
}  // namespace dz::evidence
