#include "client/secret_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "client/config_file.h"
#include "client/key_file.h"

namespace dz::client {
namespace {

class SecretFile : public testing::Test {
 protected:
  SecretFile() {
    std::filesystem::create_directories(folder_);
    std::ofstream(path_) << wire::Keypair::generate().to_json();
  }
  ~SecretFile() override { std::filesystem::remove_all(folder_); }
  void mode(unsigned bits) { ASSERT_EQ(::chmod(path_.c_str(), bits), 0); }

  const std::string folder_ = std::string(testing::TempDir()) + "dz_secret_" + std::to_string(::getpid());
  const std::string path_ = folder_ + "/id.json";
};

TEST_F(SecretFile, X7_AKeyThatOthersCanReadOrChangeIsRefusedWithTheCommandThatMendsIt) {
  for (const unsigned bits : {0644U, 0640U, 0604U, 0620U, 0602U, 0610U, 0666U, 0777U}) {
    mode(bits);
    const auto key = read_key_file(path_);
    ASSERT_FALSE(key) << std::oct << bits;
    EXPECT_EQ(key.error().kind, ErrorKind::Refused);
    EXPECT_NE(key.error().message.find("chmod 600 " + path_), std::string::npos) << key.error().message;
    EXPECT_NE(key.error().message.find("--allow-readable-secrets"), std::string::npos);
  }
  for (const unsigned bits : {0600U, 0400U, 0700U}) {
    mode(bits);
    EXPECT_TRUE(read_key_file(path_)) << std::oct << bits;
  }
}

TEST_F(SecretFile, X7_AFlagTakesItAsItIs) {
  mode(0644);
  EXPECT_TRUE(read_key_file(path_, {.allow_readable = true}));
}

TEST_F(SecretFile, X7_WhatTheServiceManagerHandsOverIsTakenAsItIs) {
  mode(0440);  // it grants by an access list, which shows as the group's bits
  EXPECT_TRUE(read_key_file(path_, {.credentials = folder_}));
  EXPECT_FALSE(read_key_file(path_, {.credentials = folder_ + "/other"}));
  std::filesystem::create_directories(folder_ + "/sub");
  EXPECT_FALSE(read_key_file(folder_ + "/sub/../id.json", {.credentials = folder_ + "/sub"}));
}

TEST_F(SecretFile, X7_ALinkIsJudgedByWhatItLeadsTo) {
  mode(0644);
  std::filesystem::create_symlink(path_, folder_ + "/link");
  EXPECT_FALSE(check_secret_file(folder_ + "/link"));
  mode(0600);
  EXPECT_TRUE(check_secret_file(folder_ + "/link"));
}

TEST_F(SecretFile, X7_TheCommandCanBePastedWhateverThePathIs) {
  const auto odd = folder_ + "/my key's.json";
  std::filesystem::copy_file(path_, odd);
  ASSERT_EQ(::chmod(odd.c_str(), 0644), 0);
  EXPECT_NE(check_secret_file(odd).error().message.find("chmod 600 '" + folder_ + "/my key'\\''s.json'"),
            std::string::npos);
}

TEST_F(SecretFile, X7_WhatIsNotThereIsSaidByWhoReadsIt) {
  EXPECT_TRUE(check_secret_file(folder_ + "/nothing"));
  EXPECT_EQ(read_key_file(folder_ + "/nothing").error().kind, ErrorKind::NotFound);
  EXPECT_TRUE(check_secret_file("/dev/null"));
}

TEST_F(SecretFile, X7_TheConfigurationIsWrittenForItsOwnerAlone) {
  const auto path = folder_ + "/config.yml";
  ConfigFile config;
  config.json_rpc_url = "https://ledger.example.com/secret";
  ASSERT_TRUE(write_config_file(path, config));
  EXPECT_TRUE(holds_secret(config));
  EXPECT_TRUE(check_secret_file(path));
  config.json_rpc_url = "https://ledger.example.com";
  EXPECT_FALSE(holds_secret(config));
}

}  // namespace
}  // namespace dz::client
