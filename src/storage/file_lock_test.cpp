#include "storage/file_lock.h"

#include <csignal>
#include <filesystem>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dz::storage {
namespace {

class FileLocks : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directory(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string folder_ = testing::TempDir() + "file_lock_test_" + std::to_string(::getpid());
  std::string path_ = folder_ + "/monitor.db";
};

TEST_F(FileLocks, D17_ASecondHolderIsRefusedWithTheNameOfTheFirst) {
  auto first = FileLock::take(path_);
  ASSERT_TRUE(first) << first.error().message;
  const auto second = FileLock::take(path_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::Refused);
  EXPECT_NE(second.error().message.find(path_), std::string::npos) << second.error().message;
  EXPECT_NE(second.error().message.find("process " + std::to_string(::getpid()) + " ("), std::string::npos);
}

TEST_F(FileLocks, D17_AnotherNameOfTheFileIsTheSameLock) {
  std::filesystem::create_symlink("monitor.db", folder_ + "/other.db");
  const auto first = FileLock::take(path_);
  ASSERT_TRUE(first);
  EXPECT_FALSE(FileLock::take(folder_ + "/other.db"));
  EXPECT_FALSE(FileLock::take(folder_ + "/../file_lock_test/monitor.db"));
  EXPECT_TRUE(FileLock::take(folder_ + "/third.db"));
}

TEST_F(FileLocks, D17_AKilledHolderLeavesNoLock) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = FileLock::take(path_);
    const char answer = lock ? 'y' : 'n';
    (void)!::write(ready[1], &answer, 1);
    for (;;) ::pause();
  }
  char answer = 0;
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  const auto refused = FileLock::take(path_);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("process " + std::to_string(child)), std::string::npos);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(FileLock::take(path_));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(FileLocks, SaysWhyAFileCannotBeLocked) {
  const auto lock = FileLock::take(folder_ + "/missing/monitor.db");
  ASSERT_FALSE(lock);
  EXPECT_NE(lock.error().message.find("/missing/monitor.db-lock"), std::string::npos) << lock.error().message;
}

}  // namespace
}  // namespace dz::storage
