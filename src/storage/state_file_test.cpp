#include "storage/state_file.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace dz::storage {
namespace {

class StateFile : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directory(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  static std::string bytes_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void put(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }
  std::string folder_ = testing::TempDir() + "state_file_test_" + std::to_string(::getpid());
  std::string path_ = folder_ + "/activator.state";
};

TEST_F(StateFile, GivesBackWhatWasWrittenLast) {
  EXPECT_EQ(*read_state_file(path_), std::nullopt);
  for (const std::string text : {"slot 12\n", "", "slot 13, longer than the first\n"}) {
    ASSERT_TRUE(write_state_file(path_, text));
    EXPECT_EQ(*read_state_file(path_), text);
  }
  EXPECT_FALSE(std::filesystem::exists(path_ + ".new"));
}

TEST_F(StateFile, D18_EveryFlippedBitIsNoticed) {
  ASSERT_TRUE(write_state_file(path_, "slot 123456\n"));
  const auto good = bytes_of(path_);
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    auto damaged = good;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    put(path_, damaged);
    const auto read = read_state_file(path_);
    ASSERT_FALSE(read) << "bit " << bit;
    EXPECT_EQ(read.error().kind, ErrorKind::Corrupt);
  }
}

TEST_F(StateFile, D18_AFileThatWasCutIsNoticed) {
  ASSERT_TRUE(write_state_file(path_, "slot 123456\n"));
  const auto good = bytes_of(path_);
  for (std::size_t size = 0; size < good.size(); ++size) {
    put(path_, good.substr(0, size));
    ASSERT_FALSE(read_state_file(path_)) << size;
  }
  put(path_, good + "x");
  EXPECT_NE(read_state_file(path_).error().message.find(path_), std::string::npos);
}

TEST_F(StateFile, AFailedWriteLeavesTheOldState) {
  ASSERT_TRUE(write_state_file(path_, "old"));
  std::filesystem::create_directory(path_ + ".new");  // so that the new one cannot be written
  const auto written = write_state_file(path_, "new");
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().message.find(path_), std::string::npos);
  EXPECT_EQ(*read_state_file(path_), "old");
  EXPECT_FALSE(write_state_file(folder_ + "/missing/state", "x"));
}

}  // namespace
}  // namespace dz::storage
