// Any bytes in an instruction, on both profiles: whatever became of the transaction, a restart finds it and the very
// same accounts. The seed of a failure is in its message.
#include <filesystem>
#include <random>

#include <gtest/gtest.h>

#include "ledger/ledger_fixture.h"
#include "wire/program_ids.h"

namespace dz::ledger {
namespace {

class AnyInstruction : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("dz-any-bytes-" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Ledger> open(const Profile& profile, Timestamp now) {
    auto archive = open_sqlite_archive((folder_ / (std::string(profile.name) + ".db")).string());
    EXPECT_TRUE(archive) << archive.error().message;
    auto ledger = Ledger::open(std::move(*archive), LedgerOptions{.profile = &profile, .secret = {7}}, now);
    EXPECT_TRUE(ledger) << ledger.error().message;
    return std::move(*ledger);
  }

  // A tag, then texts and numbers as an instruction has them, of any bytes.
  Bytes data() {
    Bytes data{static_cast<std::uint8_t>(random_() % 110)};
    for (auto left = random_() % 5; left > 0; --left) {
      const auto size = random_() % 40;
      data.insert(data.end(), {static_cast<std::uint8_t>(size), 0, 0, 0});
      for (auto i = size; i > 0; --i) {
        data.push_back(static_cast<std::uint8_t>(random_() % 3 == 0 ? random_() : 'a' + random_() % 26));
      }
    }
    return data;
  }

  std::filesystem::path folder_;
  std::mt19937 random_{11};
};

TEST_F(AnyInstruction, X11_ARestartFindsWhateverBecameOfIt) {
  for (const auto* profile : all_profiles()) {
    LedgerFixture f;
    f.ledger = open(*profile, f.now);
    f.fund(f.alice.pubkey(), 1000 * kSol);
    const auto ids = wire::local_program_ids();
    std::vector<wire::Signature> sent;
    for (int round = 0; round < 12; ++round) {
      for (int i = 0; i < 12; ++i) {
        const auto program = random_() % 4 == 0 ? ids.telemetry : ids.serviceability;
        const wire::Instruction any{program, {{f.alice.pubkey(), true, true}, {f.bob.pubkey(), false, true}}, data()};
        const auto transaction = signed_by(f.alice, {any}, f.bank().latest_blockhash().hash);
        if (f.ledger->submit(transaction, false).accepted) sent.push_back(transaction.signatures[0]);
        f.pass(std::chrono::milliseconds{400});
      }
      ASSERT_TRUE(f.ledger->commit());
      const auto balance = f.balance(f.alice.pubkey());
      const auto accounts = f.bank().account_count();
      f.ledger.reset();
      f.ledger = open(*profile, f.now);
      SCOPED_TRACE(std::string(profile->name) + ", round " + std::to_string(round));
      EXPECT_EQ(f.balance(f.alice.pubkey()), balance);
      EXPECT_EQ(f.bank().account_count(), accounts);
      const auto found = f.ledger->archive().find_by_address(f.alice.pubkey(), {});
      ASSERT_TRUE(found) << found.error().message;
      EXPECT_EQ(found->size(), std::min<std::size_t>(sent.size() + 1, 1000));
    }
    for (const auto& signature : sent) {
      const auto record = f.ledger->archive().find(signature);
      ASSERT_TRUE(record) << record.error().message;
      EXPECT_TRUE(*record);
    }
  }
}

}  // namespace
}  // namespace dz::ledger
