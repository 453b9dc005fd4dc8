#include "attest/state_change.h"

#include <gtest/gtest.h>

#include "attest/state_fixture.h"
#include "evidence/snapshot.h"

namespace dz::attest {
namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;

class StateChange : public testing::Test, protected StateFixture {
 protected:
  StateChange() { feed({.errors = true}); }

  using StateFixture::inputs;
  control::MonitorInputs inputs(const evidence::Evidence& by) const { return inputs(by, kStart + 91min); }
  Stated state(const Pubkey& key, const evidence::Evidence& by, bool reset = false) const {
    control::RecordBook book;
    (void)plan_monitor(inputs(by), book);
    control::HealthChange change{key,
                                 key == link ? RecordKind::Link : RecordKind::Device,
                                 Health::Pending,
                                 Health::Healthy,
                                 verdict::HealthReason::BecameHealthy,
                                 reset};
    Stated stated;
    const auto report = report_record(inputs(by), book, key, {}, [&](const control::JudgedNow& judged) {
      stated =
          state_change(change, judged, inputs(by), {hash_of(1), key_of(2), key_of(3), hash_of(4)}, {hash_of(5), {6}});
    });
    EXPECT_TRUE(report);
    return stated;
  }
  Stated state(const Pubkey& key) const { return state(key, evidence); }

  Result<evidence::Evidence> restored_evidence() const { return dz::evidence::restore_evidence(snapshot_of(evidence)); }
};

TEST_F(StateChange, EveryCriterionOfALinkIsStatedAndItsMinutesAreLeaves) {
  const auto stated = state(link);
  const auto& s = stated.statement;
  EXPECT_EQ(s.record, link);
  EXPECT_EQ(s.at, kStart + 91min);
  EXPECT_EQ(s.criteria.size(), verdict::kLinkCriterionCount);
  EXPECT_EQ(s.window_minutes, 60U);
  EXPECT_EQ(s.minutes, minutes_root(stated.leaves));
  std::size_t with_minutes = 0;
  for (const auto& bytes : stated.leaves) {
    const auto leaf = decode_minutes(bytes);
    ASSERT_TRUE(leaf) << leaf.error().message;
    const auto criterion =
        std::find_if(s.criteria.begin(), s.criteria.end(), [&](const auto& c) { return c.name == leaf->criterion; });
    ASSERT_NE(criterion, s.criteria.end()) << leaf->criterion;
    ++with_minutes;
    const auto tally = tally_of(*leaf, policy.bad_allowed, policy.unobserved_allowed);
    ASSERT_TRUE(criterion->counts);
    EXPECT_EQ(tally.from, criterion->counts->from);
    EXPECT_EQ(tally.to, criterion->counts->to);
    EXPECT_EQ(tally.good, static_cast<int>(criterion->counts->good)) << leaf->criterion;
    EXPECT_EQ(tally.bad, static_cast<int>(criterion->counts->bad)) << leaf->criterion;
  }
  EXPECT_GE(with_minutes, 10U);  // five signals a side; samples were never read
}

TEST_F(StateChange, TheLeavesGiveTheTalliesOfTheRings) {
  const auto stated = state(link);
  for (const auto& bytes : stated.leaves) {
    const auto leaf = *decode_minutes(bytes);
    if (leaf.criterion != "link.a.errors") continue;
    const auto ref = evidence.find_interface(ams, "Ethernet1");
    const evidence::TallyQuery query{leaf.from, leaf.to, 0, 15};
    EXPECT_EQ(tally_of(leaf, 0, 15), evidence.tally(ref, evidence::Signal::Errors, query));
    ASSERT_EQ(leaf.values.size(), 1U);
    EXPECT_EQ(leaf.values.front(), (MinutesLeaf::Value{kStart + 70min, evidence::kInErrors, 5, 9}));
    EXPECT_EQ(leaf.offences.size(), 1U);
    return;
  }
  FAIL() << "no leaf of link.a.errors";
}

TEST_F(StateChange, ADevicesLeavesAreThoseOfTheCandidateThatDecided) {
  const auto stated = state(ams);
  int of_dia = 0, of_links = 0;
  for (const auto& bytes : stated.leaves) {
    const auto leaf = *decode_minutes(bytes);
    of_dia += leaf.criterion == "device.dia_up" ? 1 : 0;
    if (leaf.criterion != "device.link_up") continue;
    ++of_links;
    EXPECT_EQ(leaf.link, link);
  }
  EXPECT_EQ(of_dia, 3);
  EXPECT_EQ(of_links, 6);
}

TEST_F(StateChange, TheSameInputsGiveTheSameBytesAfterARestart) {
  const auto restored = restored_evidence();
  ASSERT_TRUE(restored);
  for (const auto& key : {link, ams}) {
    const auto before = state(key), after = state(key, *restored);
    EXPECT_EQ(encode(before.statement), encode(after.statement));
    EXPECT_EQ(before.leaves, after.leaves);
  }
}

TEST_F(StateChange, AResetRestsOnNothing) {
  const auto stated = state(link, evidence, true);
  EXPECT_TRUE(stated.statement.criteria.empty());
  EXPECT_TRUE(stated.statement.sources.empty());
  EXPECT_TRUE(stated.leaves.empty());
  EXPECT_EQ(stated.statement.minutes, transparency::empty_root());
  EXPECT_TRUE(decode_statement(encode(stated.statement)));
}

// Of a window of 24 h: the figure is 4 KB a criterion.
TEST_F(StateChange, TheEvidenceOfACriterionIsSmall) {
  policy.window = policy.recovery_window = std::chrono::hours{24};
  for (const auto& key : {link, ams}) {
    std::map<std::string, std::size_t> bytes;
    for (const auto& leaf : state(key).leaves) bytes[decode_minutes(leaf)->criterion] += leaf.size();
    for (const auto& [criterion, size] : bytes) EXPECT_LE(size, 4096U) << criterion;
  }
}

}  // namespace
}  // namespace dz::attest
