#include "control/reset.h"

#include <random>

#include <gtest/gtest.h>

#include "control/plan_monitor.h"

namespace dz::control {
namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;

constexpr Minute kStart{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};

verdict::RecordMemory memory_of(Status status, DesiredStatus desired) {
  verdict::RecordMemory memory;
  memory.seen = true;
  memory.status = status;
  memory.desired_status = desired;
  return memory;
}

std::optional<verdict::HealthReason> reason(const verdict::RecordMemory& before, Status status, DesiredStatus desired,
                                            Health health) {
  const auto reset = reset_for(before, status, desired, health);
  return reset ? std::optional(reset->reason) : std::nullopt;
}

TEST(Reset, FollowsADrainAndAnUndrain) {
  using enum verdict::HealthReason;
  const auto in_service = memory_of(Status::Activated, DesiredStatus::Activated);
  EXPECT_EQ(reason(in_service, Status::HardDrained, DesiredStatus::HardDrained, Health::Healthy), LeftService);
  EXPECT_EQ(reason(in_service, Status::SoftDrained, DesiredStatus::Activated, Health::Impaired), LeftService);
  EXPECT_EQ(reason(in_service, Status::Activated, DesiredStatus::Drained, Health::Healthy), std::nullopt);
  const auto drained = memory_of(Status::Drained, DesiredStatus::Drained);
  EXPECT_EQ(reason(drained, Status::Drained, DesiredStatus::Activated, Health::Healthy), WantedAgain);
  EXPECT_EQ(reason(drained, Status::Drained, DesiredStatus::Activated, Health::Impaired), WantedAgain);
  EXPECT_EQ(reason(drained, Status::Activated, DesiredStatus::Activated, Health::Healthy), std::nullopt);
  EXPECT_EQ(reason(drained, Status::Drained, DesiredStatus::Drained, Health::Healthy), std::nullopt);
}

TEST(Reset, FollowsProvisioning) {
  using enum verdict::HealthReason;
  const auto to = [](const verdict::RecordMemory& before, Health health) {
    return reason(before, Status::LinkProvisioning, DesiredStatus::Activated, health);
  };
  EXPECT_EQ(to(memory_of(Status::Drained, DesiredStatus::Activated), Health::Pending), EntersProvisioning);
  EXPECT_EQ(to(verdict::RecordMemory{}, Health::Healthy), EntersProvisioning);  // forced at creation
  EXPECT_EQ(to(verdict::RecordMemory{}, Health::ReadyForLinks), EntersProvisioning);
  EXPECT_EQ(to(verdict::RecordMemory{}, Health::Pending), std::nullopt);
  auto on_its_way = memory_of(Status::DeviceProvisioning, DesiredStatus::Pending);
  EXPECT_EQ(to(on_its_way, Health::Pending), std::nullopt);
  on_its_way.own_health = Health::ReadyForLinks;
  EXPECT_EQ(to(on_its_way, Health::ReadyForLinks), EntersProvisioning);  // adopted, as a dry run does
  on_its_way.own_written = true;
  EXPECT_EQ(to(on_its_way, Health::ReadyForLinks), std::nullopt);
  EXPECT_EQ(to(on_its_way, Health::Healthy), std::nullopt);  // somebody else's: complained about
}

// Records of both profiles at first sight: what is drained or in service is adopted, whatever forced its health.
TEST(Reset, AdoptsWhatIsDrainedOrInServiceAtFirstSight) {
  for (const auto status : {Status::Activated, Status::HardDrained, Status::SoftDrained, Status::Drained}) {
    EXPECT_EQ(reason({}, status, DesiredStatus::Activated, Health::Healthy), std::nullopt) << to_text(status);
  }
}

// A link whose health was forced at creation, as a dry run and as a monitor that writes see it.
TEST(Reset, OfADryRunIsShownAndOfAMonitorThatWritesIsWrittenOnce) {
  evidence::Evidence evidence;
  const auto policy = verdict::default_policy(v034_profile());
  const Pubkey key{};
  std::map<Pubkey, Link> links;
  const std::map<Pubkey, Device> devices;
  links[key].status = Status::Provisioning;
  links[key].health = Health::Healthy;
  RecordBook book;
  const auto pass = [&](WriteMode mode, const std::map<Pubkey, Health>* under_way = nullptr) {
    return plan_monitor({links, devices, 1, evidence, policy, mode, true, kStart, under_way}, book).changes;
  };
  for (int i = 0; i < 2; ++i) {
    const auto shown = pass(WriteMode::Observe);
    ASSERT_EQ(shown.size(), 1U);
    EXPECT_EQ(shown[0].to, Health::Pending);
    EXPECT_EQ(shown[0].reason, verdict::HealthReason::EntersProvisioning);
  }
  EXPECT_TRUE(pass(WriteMode::Standby).empty());
  ASSERT_EQ(pass(WriteMode::Write).size(), 1U);
  const std::map<Pubkey, Health> under_way{{key, Health::Pending}};
  EXPECT_TRUE(pass(WriteMode::Write, &under_way).empty());
  book.landed(key, Health::Pending, true);
  EXPECT_TRUE(pass(WriteMode::Write, &under_way).empty());  // not read again yet
  links[key].health = Health::Pending;
  EXPECT_TRUE(pass(WriteMode::Write).empty());
}

// One clean link of a network that does not guard, its ledger, and a monitor that may be killed at any instant. What is
// sent lands later or never; while it may land nothing else is sent, and after a restart too (monitor/monitor.cpp).
class UnguardedWorld {
 public:
  explicit UnguardedWorld(unsigned seed) : random_(seed) {
    policy_ = verdict::default_policy(v034_profile());
    policy_.window = policy_.recovery_window = 40min;
    for (const auto id : {verdict::CriterionId::LinkAzProbes, verdict::CriterionId::LinkZaProbes})
      policy_.of(id).mode = verdict::Mode::Off;
    auto& link = links_[key_];
    link.side_a.bytes.fill(1);
    link.side_z.bytes.fill(2);
    link.side_a_iface = link.side_z_iface = "Ethernet1";
    link.status = pick({Status::Activated, Status::HardDrained});
    link.desired_status = link.status == Status::Activated ? DesiredStatus::Activated : DesiredStatus::HardDrained;
    link.health = pick({Health::Healthy, Health::Impaired});
    feed(kStart + 60min);
  }

  void step() {
    switch (random_() % 9) {
      case 0: return set(Status::HardDrained, DesiredStatus::HardDrained);
      case 1: return set(Status::HardDrained, link().desired_status);  // by hand
      case 2: return undrain();
      case 3: return set(Status::Activated, link().desired_status);  // by hand
      case 4: return land();
      case 5: return learn();
      case 6: return restart();
      default: return pass();
    }
  }
  void settle() {
    for (int i = 0; i < 6; ++i) {
      pass();
      land();
      learn();
    }
  }
  void undrain() {
    if (link().status == Status::Activated || link().desired_status == DesiredStatus::Activated) return;
    const bool seen = seen_status_ == Status::Activated || seen_desired_ != DesiredStatus::Activated;
    set(link().status, DesiredStatus::Activated);
    undrained_ = true;
    visible_ = seen;  // else no pass could tell
    impaired_after_.reset();
    ready_after_ = false;
  }

  bool undrain_was_seen() const { return undrained_ && visible_ && link().status != Status::Activated; }
  bool ready_after() const { return ready_after_; }
  bool old_judgement_counted() const { return old_judgement_counted_; }

 private:
  struct Sent {
    HealthChange change;
    Minute judged;
    bool landed = false;
    bool forgotten = false;  // by a restart: all that is known is that nothing lands any more
  };
  const Link& link() const { return links_.at(key_); }

  template <typename T>
  T pick(std::initializer_list<T> values) {
    return *(values.begin() + static_cast<std::ptrdiff_t>(random_() % values.size()));
  }

  void feed(Minute to) {
    for (; fed_ < to; fed_ += 1min) {
      octets_ += 1000;
      for (const auto& device : {link().side_a, link().side_z}) {
        const auto at = Timestamp{fed_} + 20s;
        ASSERT_TRUE(evidence_.add_counters(device, "Ethernet1", {at, octets_, octets_, {}, {}, {}}, at));
      }
      evidence_.accepting(kStart, Timestamp{fed_} + 90s);
      evidence_.advance(Timestamp{fed_} + 90s);
    }
  }

  void set(Status status, DesiredStatus desired) {
    const bool drained_again = desired != DesiredStatus::Activated || status == Status::Activated;
    if (drained_again) undrained_ = false;
    links_[key_].status = status;
    links_[key_].desired_status = desired;
    ++revision_;
  }

  void pass() {
    feed(fed_ + 2min);
    const std::map<Pubkey, Health> under_way =
        sent_ ? std::map<Pubkey, Health>{{key_, sent_->change.to}} : std::map<Pubkey, Health>{};
    const auto plan = plan_monitor(
        {links_, {}, revision_, evidence_, policy_, WriteMode::Write, true, fed_ + 30s, &under_way}, book_);
    saved_ = book_.memories();
    seen_status_ = link().status;
    seen_desired_ = link().desired_status;
    if (plan.changes.empty()) return;
    EXPECT_FALSE(sent_) << "an older write may still land";
    sent_ = Sent{plan.changes.front(), fed_};
  }

  // The activator asks for: undrained, then a health that is not ready, then a ready one.
  void land() {
    if (!sent_ || sent_->landed) return;
    sent_->landed = true;
    const auto& [change, judged, landed, forgotten] = *sent_;
    links_[key_].health = change.to;
    ++revision_;
    if (!undrained_) return;
    if (change.to != Health::Healthy) {
      if (!impaired_after_) impaired_after_ = fed_;
    } else if (impaired_after_) {
      ready_after_ = true;
      old_judgement_counted_ |= judged <= *impaired_after_;
    }
  }

  // What became of it; what has not landed by now never does.
  void learn() {
    if (sent_ && sent_->landed && !sent_->forgotten) book_.landed(key_, sent_->change.to, sent_->change.reset);
    sent_.reset();
  }

  void restart() {
    book_ = RecordBook(saved_);
    if (sent_) sent_->forgotten = true;
  }

  std::mt19937 random_;
  verdict::Policy policy_;
  evidence::Evidence evidence_;
  Pubkey key_;
  std::map<Pubkey, Link> links_;
  std::uint64_t revision_ = 0, octets_ = 1;
  Minute fed_ = kStart;
  RecordBook book_;
  RecordBook::Memories saved_;
  std::optional<Sent> sent_;
  Status seen_status_ = Status::Pending;
  DesiredStatus seen_desired_ = DesiredStatus::Activated;
  bool undrained_ = false, visible_ = false, ready_after_ = false, old_judgement_counted_ = false;
  std::optional<Minute> impaired_after_;
};

TEST(Reset, NoReadyHealthJudgedBeforeAnUndrainCountsAfterIt) {
  int returned = 0;
  for (unsigned seed = 1; seed <= 600; ++seed) {
    UnguardedWorld world(seed);
    for (int i = 0; i < 40; ++i) {
      world.step();
      ASSERT_FALSE(world.old_judgement_counted() || HasFailure()) << "seed " << seed << " step " << i;
    }
    world.settle();
    ASSERT_FALSE(world.old_judgement_counted()) << "seed " << seed;
    // Whatever happened before: an undrain of now is answered.
    if (!world.undrain_was_seen()) continue;
    ASSERT_TRUE(world.ready_after()) << "seed " << seed;
    ++returned;
  }
  EXPECT_GT(returned, 50);
}

}  // namespace
}  // namespace dz::control
