#include "ledger/retention.h"

#include <filesystem>

#include "ledger/ledger_fixture.h"

namespace dz::ledger {
namespace {

TEST(LivedSlots, WithoutLeapsAgeIsADifferenceOfSlots) {
  LivedSlots lived;
  lived.pass({0}, {100}, 100);
  EXPECT_TRUE(lived.leaps().empty());
  EXPECT_EQ(lived.older_than({100}, 30), Slot{70});
  EXPECT_EQ(lived.older_than({100}, 100), Slot{0});
  EXPECT_EQ(lived.older_than({100}, 101), Slot{0});
}

TEST(LivedSlots, X15_ALeapAddsNothingToAnAge) {
  LivedSlots lived;
  lived.pass({1000}, {1'000'000}, 10);  // 10 slots were lived
  EXPECT_EQ(lived.leaps(), (std::vector<SlotLeap>{{{1'000'000}, 998'990}}));
  EXPECT_EQ(lived.older_than({1'000'000}, 100), Slot{910});
  EXPECT_EQ(lived.older_than({1'000'090}, 100), Slot{1000});
  // Nothing was lived between the slot before the leap and ten before the slot after it.
  EXPECT_EQ(lived.older_than({1'000'095}, 100), Slot{1005});
  EXPECT_EQ(lived.older_than({1'000'100}, 100), Slot{1'000'000});
  EXPECT_EQ(lived.older_than({1'000'101}, 100), Slot{1'000'001});
}

TEST(LivedSlots, X15_LeapsAddUpAndManyOfThemKeepMore) {
  LivedSlots lived;
  Slot slot{1000};
  for (int i = 0; i < 200; ++i) {
    const Slot next{slot.value + 500};
    lived.pass(slot, next, 1);
    slot = next;
  }
  EXPECT_EQ(lived.leaps().size(), 64U);
  EXPECT_EQ(lived.leaps().back().skipped, 200U * 499);
  EXPECT_EQ(lived.older_than(slot, 10), Slot{slot.value - 10 * 500});
  EXPECT_LE(lived.older_than(slot, 100), Slot{slot.value - 100 * 500});
}

class RetentionTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = testing::TempDir() + "retention_test_" + std::to_string(::getpid());
    std::filesystem::create_directory(path_);
    open();
  }
  void TearDown() override { std::filesystem::remove_all(path_); }
  void open() {
    f.ledger.reset();
    f.ledger = *Ledger::open(*open_sqlite_archive(path_ + "/ledger.db"),
                             LedgerOptions{.history = std::chrono::hours{1}}, f.now);
  }
  void live(int minutes) {
    for (int i = 0; i < minutes; ++i) f.pass(std::chrono::minutes{1});
  }
  std::size_t known() { return f.ledger->archive().find_by_address(f.alice.pubkey(), {})->size(); }

  std::string path_;
  LedgerFixture f;
};

// Twelve transactions, a clock that is years ahead for a moment, and two more for each of which two could go.
TEST_F(RetentionTest, X15_AForwardStepOfTheClockErasesNoHistory) {
  for (int i = 0; i < 12; ++i) f.fund(f.alice.pubkey());
  f.pass(std::chrono::hours{24 * 365 * 14});
  f.fund(f.alice.pubkey());
  EXPECT_EQ(known(), 13U);
  f.now -= std::chrono::hours{24 * 365 * 14};  // and back
  f.pass(std::chrono::seconds{1});
  f.fund(f.alice.pubkey());
  EXPECT_EQ(known(), 14U);
}

TEST_F(RetentionTest, X15_AStartUnderAWrongClockErasesNoHistory) {
  for (int i = 0; i < 12; ++i) f.fund(f.alice.pubkey());
  f.now += std::chrono::hours{24 * 365};
  open();
  for (int i = 0; i < 4; ++i) f.fund(f.alice.pubkey());
  EXPECT_EQ(known(), 16U);
}

TEST_F(RetentionTest, X15_AfterAStepTheHistoryEndsInItsTime) {
  for (int i = 0; i < 4; ++i) f.fund(f.alice.pubkey());
  live(5);
  f.pass(std::chrono::hours{24 * 365});
  f.fund(f.alice.pubkey());
  live(50);
  f.fund(f.bob.pubkey());
  open();  // what was lived until the last batch is not forgotten
  f.fund(f.alice.pubkey());
  EXPECT_EQ(known(), 6U);
  live(6);
  for (int i = 0; i < 3; ++i) f.fund(f.alice.pubkey());
  // The four before the step are an hour old; the others are not.
  EXPECT_EQ(known(), 5U);
}

}  // namespace
}  // namespace dz::ledger
