// Which records a pass leaves alone while minutes close, and what each of the things is that end it. A second book of
// which every record is judged in every pass says what the verdicts are to be.
#include "control/calm.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "control/plan_monitor.h"
#include "control/small_fleet.h"

namespace dz::control {
namespace {

using namespace std::chrono_literals;

// A healthy fleet on a window of an hour. Every ten minutes both devices have a result of QA.
class CalmFleet : public SmallFleet {
 public:
  explicit CalmFleet(verdict::Mode qa = verdict::Mode::Enforce, bool runs = true) : qa_runs(runs) {
    for (auto& criterion : policy.criteria) criterion.window.reset();
    policy.window = policy.recovery_window = 60min;
    policy.damping_long = {6, 15};
    policy.qa = {3, 50min};
    policy.of(verdict::CriterionId::DeviceQa).mode = qa;
    for (const auto& key : {kAms, kLon, kLink}) set_health(key, Health::Healthy);
    for (const auto& key : {kAms, kLon}) {
      for (const auto* port : {"Ethernet1", "Ethernet2"}) send_errors(key, port, kFleetStart, 0);
    }
    for (int i = 0; i < 104; ++i) minute();
    EXPECT_EQ(minute(), 0) << "all are calm";
  }

  // One minute of rows, and its pass. Returns how many records were judged.
  int minute() {
    const auto at = Timestamp{fed} + 20s;
    octets += 1000;
    for (const auto& [key, device] : devices) {
      for (const auto& port : device.interfaces) {
        if (silent.contains({key, port.name})) continue;
        EXPECT_TRUE(evidence.add_counters(key, port.name, {at, octets, octets, {}, {}, {}}, at));
      }
      if (!without_config.contains(key)) evidence.add_getconfig(key, at, 1, at);
      if (qa_runs && (fed - kFleetStart) % 10min == 0min) evidence.add_qa_result(key, at, true, at);
    }
    fed += 1min;
    evidence.accepting(kFleetStart - 1min, fed + 30s);
    evidence.advance(fed + 30s);
    return look();
  }

  int look() {
    const auto in = inputs(fed + 30s);
    const auto plan = plan_monitor(in, book);
    auto of_others = in;
    of_others.records_revision = ++always_new_;
    const auto whole = plan_monitor(of_others, full_);
    EXPECT_EQ(plan.changes, whole.changes);
    EXPECT_EQ(plan.causes, whole.causes);
    EXPECT_TRUE(
        std::equal(book.verdicts().begin(), book.verdicts().end(), full_.verdicts().begin(), full_.verdicts().end()))
        << "after " << (fed - kFleetStart).count() << " minutes";
    EXPECT_EQ(book.memories(), full_.memories());
    return plan.assessed;
  }

  // A row of errors, of whatever minute.
  void send_errors(const Pubkey& device, const std::string& port, Minute minute, std::uint64_t errors) {
    EXPECT_TRUE(evidence.add_counters(device, port, {Timestamp{minute} + 40s, {}, {}, errors, {}, {}}, fed + 35s));
  }

  bool is_good(const Pubkey& key) const {
    const auto* verdict = book.verdict_of(key);
    return verdict != nullptr && verdict->evidence_judgement == verdict::Judgement::Met;
  }
  verdict::Judgement qa_of(const Pubkey& key) const {
    const auto criteria = policy.device_criteria();
    const auto qa = std::find(criteria.begin(), criteria.end(), verdict::CriterionId::DeviceQa);
    return book.verdict_of(key)->judgements.at(static_cast<std::size_t>(qa - criteria.begin()));
  }

  std::set<std::pair<Pubkey, std::string>> silent;  // interfaces that send nothing
  std::set<Pubkey> without_config;
  bool qa_runs;

 private:
  RecordBook full_;
  std::uint64_t always_new_ = 0;
};

TEST(Calm, RecordsAreLeftAloneWhileTheirMinutesAreGood) {
  CalmFleet f;
  int judged = 0, calm = 0;
  for (int i = 0; i < 40; ++i) {
    const auto now = f.minute();
    judged += now;
    calm += now == 0 ? 1 : 0;
  }
  EXPECT_TRUE(f.is_good(CalmFleet::kAms) && f.is_good(CalmFleet::kLon) && f.is_good(CalmFleet::kLink));
  EXPECT_LE(judged, 2 * 4 * 2) << "both devices, for each of four results when it comes and when its minute has closed";
  EXPECT_GE(calm, 32);
}

TEST(Calm, AMinuteThatIsNotGoodIsLookedAt) {
  for (const auto* what : {"dia", "config agent", "link"}) {
    SCOPED_TRACE(what);
    CalmFleet f;
    if (what == std::string("dia")) f.silent = {{CalmFleet::kLon, "Ethernet2"}};
    if (what == std::string("config agent")) f.without_config = {CalmFleet::kLon};
    if (what == std::string("link")) f.silent = {{CalmFleet::kLon, "Ethernet1"}};
    f.minute();
    f.silent.clear();
    f.without_config.clear();
    EXPECT_FALSE(f.is_good(CalmFleet::kLon));
    for (int i = 0; i < 70; ++i) f.minute();
    EXPECT_TRUE(f.is_good(CalmFleet::kLon));
  }
}

TEST(Calm, AnOlderMinuteThatChangesIsLookedAt) {
  CalmFleet f;
  f.send_errors(CalmFleet::kLon, "Ethernet2", f.fed - 5min, 3);
  f.minute();
  EXPECT_FALSE(f.is_good(CalmFleet::kLon));
  EXPECT_TRUE(f.is_good(CalmFleet::kAms));
}

TEST(Calm, ADeviceIsJudgedWithItsLink) {
  CalmFleet f;
  f.send_errors(CalmFleet::kLon, "Ethernet1", f.fed - 5min, 3);
  f.minute();
  EXPECT_FALSE(f.is_good(CalmFleet::kLink));
  EXPECT_FALSE(f.is_good(CalmFleet::kAms)) << "the other end, of which no row came";
  for (int i = 0; i < 70; ++i) f.minute();
  EXPECT_TRUE(f.is_good(CalmFleet::kAms));
}

TEST(Calm, QaThatEndsIsNotEnoughAfterAWhile) {
  CalmFleet f;
  f.qa_runs = false;
  std::vector<bool> good;
  for (int i = 0; i < 60; ++i) {
    f.minute();
    good.push_back(f.is_good(CalmFleet::kAms));
  }
  EXPECT_TRUE(good.front());
  EXPECT_FALSE(good.back());
}

// Allowed or not, it goes on or it does not.
TEST(Calm, ABadMinuteThatIsAllowedIsLookedAtUntilItIsOver) {
  CalmFleet f;
  f.policy.bad_allowed = 2;
  f.minute();
  EXPECT_EQ(f.minute(), 0);
  f.silent = {{CalmFleet::kLon, "Ethernet2"}};
  f.minute();
  f.silent.clear();
  EXPECT_TRUE(f.is_good(CalmFleet::kLon));
  EXPECT_GT(f.minute(), 0);
  EXPECT_GT(f.minute(), 0) << "it is still in the window";
}

// The newest result is not old, but the third newest leaves the window.
TEST(Calm, SuccessesThatLeaveTheWindowAreNotEnough) {
  CalmFleet f;
  f.policy.qa = {4, 50min};
  f.qa_runs = false;
  const auto tell = [&] {
    for (const auto& key : {CalmFleet::kAms, CalmFleet::kLon}) f.evidence.add_qa_result(key, f.fed, true, f.fed + 5s);
  };
  for (int i = 0; i < 70; ++i) {
    if (i % 15 == 0) tell();
    f.minute();
  }
  EXPECT_TRUE(f.is_good(CalmFleet::kAms));
  int lost = 0;
  for (int i = 0; i < 20; ++i) {
    f.minute();
    lost += f.is_good(CalmFleet::kAms) ? 0 : 1;
  }
  EXPECT_GT(lost, 0) << "of 4 results in 60 minutes";
}

TEST(Calm, AFailureIsLookedAtWhenItComesAndWhenItsMinuteCloses) {
  for (const auto ahead : {-5min, 0min, 1min}) {
    SCOPED_TRACE(ahead.count());
    CalmFleet f;
    f.minute();
    ASSERT_TRUE(f.is_good(CalmFleet::kAms));
    EXPECT_EQ(f.evidence.add_own_qa_result(CalmFleet::kAms, f.fed + ahead + 50s, false, f.fed + 35s),
              evidence::RowOutcome::Taken);
    f.look();
    for (int i = 0; i < 3; ++i) f.minute();
    EXPECT_FALSE(f.is_good(CalmFleet::kAms));
    EXPECT_TRUE(f.is_good(CalmFleet::kLon));
  }
}

// A device without results is judged otherwise once others have some.
TEST(Calm, TheFirstRunOfAnybodyIsLookedAtByAll) {
  CalmFleet f(verdict::Mode::Shadow, false);
  EXPECT_EQ(f.qa_of(CalmFleet::kLon), verdict::Judgement::Unknown);
  f.evidence.add_qa_result(CalmFleet::kAms, f.fed, true, f.fed + 5s);
  for (int i = 0; i < 3; ++i) f.minute();
  EXPECT_EQ(f.qa_of(CalmFleet::kLon), verdict::Judgement::NotMet);
}

}  // namespace
}  // namespace dz::control
