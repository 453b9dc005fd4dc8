#include "client/key_file.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace dz::client {
namespace {

class KeyFile : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("dz_key_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string path() const { return (folder_ / "sub" / "id.json").string(); }
  std::filesystem::path folder_;
};

TEST_F(KeyFile, IsReadableByItsOwnerAlone) {
  const auto key = wire::Keypair::generate();
  ::umask(0);
  ASSERT_TRUE(write_key_file(path(), key, false));
  struct stat info {};
  ASSERT_EQ(::stat(path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  EXPECT_EQ(read_key_file(path())->pubkey(), key.pubkey());
}

TEST_F(KeyFile, IsNotOverwrittenUnlessForced) {
  const auto first = wire::Keypair::generate();
  const auto second = wire::Keypair::generate();
  ASSERT_TRUE(write_key_file(path(), first, false));
  EXPECT_EQ(write_key_file(path(), second, false).error().kind, ErrorKind::Refused);
  EXPECT_EQ(read_key_file(path())->pubkey(), first.pubkey());
  ASSERT_TRUE(write_key_file(path(), second, true));
  EXPECT_EQ(read_key_file(path())->pubkey(), second.pubkey());
}

TEST_F(KeyFile, LeavesNothingBesideIt) {
  ASSERT_TRUE(write_key_file(path(), wire::Keypair::generate(), false));
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "sub")) files += entry.is_regular_file();
  EXPECT_EQ(files, 1);
}

TEST_F(KeyFile, SaysThatThereIsNoneWhereOneMayBeDoneWithout) {
  ASSERT_TRUE(write_file_atomically((folder_ / "none").string(), "none", 0600));
  const auto none = read_optional_key_file((folder_ / "none").string());
  ASSERT_TRUE(none) << none.error().message;
  EXPECT_FALSE(none->has_value());
  EXPECT_FALSE(read_key_file((folder_ / "none").string()));
  const auto key = wire::Keypair::generate();
  ASSERT_TRUE(write_key_file(path(), key, false));
  EXPECT_EQ((*read_optional_key_file(path()))->pubkey(), key.pubkey());
  ASSERT_TRUE(write_file_atomically((folder_ / "cut").string(), "", 0600));
  EXPECT_FALSE(read_optional_key_file((folder_ / "cut").string()));
  EXPECT_FALSE(read_optional_key_file((folder_ / "missing").string()));
}

TEST_F(KeyFile, MissingSaysHowToMakeOne) {
  const auto key = read_key_file(path());
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().kind, ErrorKind::NotFound);
  EXPECT_NE(key.error().message.find("doublezero keygen"), std::string::npos);
}

TEST_F(KeyFile, RefusesWhatIsNoKey) {
  std::filesystem::create_directories(folder_ / "sub");
  std::ofstream(path()) << "[1,2,3]";
  EXPECT_FALSE(read_key_file(path()));
}

}  // namespace
}  // namespace dz::client
