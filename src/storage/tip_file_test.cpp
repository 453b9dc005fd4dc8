#include "storage/tip_file.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace dz::storage {
namespace {

class TipFiles : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directory(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string folder_ = testing::TempDir() + "tip_file_test_" + std::to_string(::getpid());
  std::string path_ = folder_ + "/ledger.db";
};

TEST_F(TipFiles, KeepsTheLastMark) {
  EXPECT_EQ(*read_tip(path_), std::nullopt);
  EXPECT_TRUE(check_tip(path_, {0, 0}));  // nothing is known
  const auto file = TipFile::open(path_, {1, 2});
  ASSERT_TRUE(file);
  EXPECT_EQ(*read_tip(path_), (Tip{1, 2}));
  file->write({UINT64_MAX, UINT64_MAX - 1});
  EXPECT_EQ(*read_tip(path_), (Tip{UINT64_MAX, UINT64_MAX - 1}));
}

TEST_F(TipFiles, X18_AStateBehindTheMarkIsRefusedAndALaterOneIsNot) {
  ASSERT_TRUE(TipFile::open(path_, {7, 70}));
  EXPECT_TRUE(check_tip(path_, {7, 70}));
  EXPECT_TRUE(check_tip(path_, {8, 80}));  // a power cut kept the commit and not its mark
  const auto behind = check_tip(path_, {6, 60});
  ASSERT_FALSE(behind);
  EXPECT_EQ(behind.error().kind, ErrorKind::Corrupt);
  EXPECT_NE(behind.error().message.find("expected commit 7"), std::string::npos) << behind.error().message;
  EXPECT_NE(behind.error().message.find("ends at commit 6"), std::string::npos);
  EXPECT_NE(behind.error().message.find("remove " + path_ + "-tip"), std::string::npos);
  EXPECT_FALSE(check_tip(path_, {7, 71}));
}

TEST_F(TipFiles, X18_ADamagedMarkIsNoticed) {
  ASSERT_TRUE(TipFile::open(path_, {7, 70}));
  std::fstream(path_ + "-tip", std::ios::in | std::ios::out).seekp(40) << 'x';
  const auto tip = read_tip(path_);
  ASSERT_FALSE(tip);
  EXPECT_EQ(tip.error().kind, ErrorKind::Corrupt);
  EXPECT_FALSE(check_tip(path_, {7, 70}));
}

}  // namespace
}  // namespace dz::storage
