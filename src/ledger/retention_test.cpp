// What of the history is dropped, and when.
#include <filesystem>

#include "ledger/ledger_fixture.h"

namespace dz::ledger {
namespace {

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
  open();
  EXPECT_EQ(known(), 13U);
  f.now -= std::chrono::hours{24 * 365 * 14};  // and back
  f.pass(std::chrono::seconds{1});
  f.fund(f.alice.pubkey());
  open();
  EXPECT_EQ(known(), 14U);
}

TEST_F(RetentionTest, X15_AStartUnderAWrongClockErasesNoHistory) {
  for (int i = 0; i < 12; ++i) f.fund(f.alice.pubkey());
  f.now += std::chrono::hours{24 * 365};
  open();
  for (int i = 0; i < 4; ++i) f.fund(f.alice.pubkey());
  open();
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
  live(7);
  for (int i = 0; i < 3; ++i) f.fund(f.alice.pubkey());
  open();  // what is old goes with the next fold
  // The four before the step are an hour old; the others are not.
  EXPECT_EQ(known(), 5U);
}

}  // namespace
}  // namespace dz::ledger
