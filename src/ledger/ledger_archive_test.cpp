#include "ledger/ledger_archive.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "ledger/ledger_fixture.h"
#include "storage/sqlite.h"
#include "testbed/full_disk.h"

namespace dz::ledger {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class SqliteArchiveTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              ("dz-archive-" + std::string(info->name()) + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string path() const { return (folder_ / "ledger.db").string(); }

  std::filesystem::path folder_;
};

std::unique_ptr<Ledger> open_ledger(const std::string& path, Timestamp now, Duration slot = kDefaultSlotLength) {
  auto archive = open_sqlite_archive(path);
  if (!archive) {
    ADD_FAILURE() << archive.error().message;
    return nullptr;
  }
  LedgerOptions options;
  options.slot_length = slot;
  options.secret = {9};
  auto ledger = Ledger::open(std::move(*archive), options, now);
  if (!ledger) ADD_FAILURE() << ledger.error().message;
  return ledger ? std::move(*ledger) : nullptr;
}

TEST_F(SqliteArchiveTest, X16_AFullDiskConfirmsNothingAndLosesNothing) {
  LedgerFixture f;
  f.ledger = open_ledger(path(), f.now);
  f.fund(f.alice.pubkey());
  ASSERT_TRUE(f.ledger->commit());
  const auto landed = f.transfer(f.alice, f.bob.pubkey(), kSol);
  {
    const testbed::FullDisk full(path());
    EXPECT_TRUE(f.ledger->submit(landed, true).accepted);
    const auto committed = f.ledger->commit();
    ASSERT_FALSE(committed);
    EXPECT_EQ(committed.error().kind, ErrorKind::Retry);
    EXPECT_NE(committed.error().message.find("free space"), std::string::npos) << committed.error().message;
    EXPECT_FALSE((*f.ledger->status(landed.signatures[0]))->durable);
    EXPECT_TRUE(f.ledger->has_pending());
    EXPECT_FALSE(f.ledger->ready_to_take());
    EXPECT_TRUE(f.ledger->failure());
  }
  EXPECT_TRUE(f.ledger->ready_to_take());
  EXPECT_FALSE(f.ledger->failure());
  EXPECT_FALSE(f.ledger->has_pending());
  EXPECT_TRUE((*f.ledger->status(landed.signatures[0]))->durable);
  const auto later = f.transfer(f.alice, f.bob.pubkey(), 2 * kSol);
  f.ledger->submit(later, true);
  ASSERT_TRUE(f.ledger->commit());
  f.ledger.reset();
  f.ledger = open_ledger(path(), f.now + seconds{10});
  for (const auto& each : {landed, later}) EXPECT_TRUE((*f.ledger->status(each.signatures[0]))->durable);
  f.ledger.reset();
  ASSERT_TRUE(verify_sqlite_archive(path(), [](std::string_view) {}));
}

TEST_F(SqliteArchiveTest, X11_LogsOfAnyBytesCanBeReadAgain) {
  Batch batch;
  {
    LedgerFixture f;
    f.ledger = open_ledger(path(), f.now);
    f.fund(f.alice.pubkey());
    ASSERT_TRUE(f.ledger->commit());
    const auto landed = f.transfer(f.alice, f.bob.pubkey(), kSol);
    f.ledger->submit(landed, true);
    batch.transactions = f.bank().pending().transactions;
    ASSERT_FALSE(batch.transactions.empty());
    batch.transactions[0].logs = {"Program log: topology 'z\xC3' is too long"};
    batch.slot = f.bank().slot();
  }
  auto archive = *open_sqlite_archive(path());
  ASSERT_TRUE(*archive->load());
  ASSERT_TRUE(archive->commit(batch));
  const auto found = archive->find(batch.transactions[0].signature);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ((*found)->logs, (std::vector<std::string>{"Program log: topology 'z\xEF\xBF\xBD' is too long"}));
}

TEST_F(SqliteArchiveTest, ARestartFindsEverythingDurableAndNothingElse) {
  LedgerFixture f;
  f.ledger = open_ledger(path(), f.now);
  f.fund(f.alice.pubkey());
  const auto landed = f.transfer(f.alice, f.bob.pubkey(), kSol);
  f.ledger->submit(landed, true);
  const auto failed = f.transfer(f.alice, f.bob.pubkey(), 100 * kSol);
  f.ledger->submit(failed, false);
  ASSERT_TRUE(f.ledger->commit());
  const auto record = **f.ledger->archive().find(failed.signatures[0]);
  const auto lost = f.transfer(f.alice, f.bob.pubkey(), 2 * kSol);
  f.ledger->submit(lost, true);
  const auto hash = f.bank().latest_blockhash().hash;

  f.ledger.reset();  // a crash: what was only processed is gone
  f.ledger = open_ledger(path(), f.now + seconds{10});
  EXPECT_EQ(f.balance(f.bob.pubkey()), kSol);
  EXPECT_EQ(f.balance(f.alice.pubkey()), 9 * kSol - 2 * 5000);
  EXPECT_EQ(f.bank().transaction_count(), 3U);
  EXPECT_EQ(f.bank().slot(), Slot{25});
  EXPECT_EQ(**f.ledger->archive().find(failed.signatures[0]), record);
  EXPECT_EQ(record.error->error.custom, 1U);
  EXPECT_TRUE(f.bank().find_blockhash(hash));             // what was signed before still counts
  EXPECT_FALSE(f.ledger->submit(landed, true).accepted);  // and cannot land twice
  EXPECT_TRUE(f.ledger->submit(lost, true).accepted);
}

TEST_F(SqliteArchiveTest, SlotsGoOnWhenTheLengthChangesOrTheClockWentBack) {
  LedgerFixture f;
  f.ledger = open_ledger(path(), f.now);
  f.pass(seconds{40});
  f.fund(f.alice.pubkey());
  f.ledger.reset();
  f.ledger = open_ledger(path(), f.now + seconds{40}, seconds{1});
  EXPECT_EQ(f.bank().slot(), Slot{201});
  ASSERT_TRUE(f.ledger->commit());
  f.fund(f.bob.pubkey());
  f.ledger.reset();
  f.ledger = open_ledger(path(), start_time(), seconds{1});  // long before
  EXPECT_EQ(f.bank().slot(), Slot{202});
  EXPECT_EQ(f.bank().clock().time_of(Slot{50}), start_time() + seconds{20});
}

TEST_F(SqliteArchiveTest, OldTransactionsAreForgottenAndTheirEffectsStay) {
  LedgerFixture f;
  auto archive = *open_sqlite_archive(path());
  f.ledger = *Ledger::open(std::move(archive), LedgerOptions{.history = std::chrono::hours{1}}, f.now);
  f.fund(f.alice.pubkey());
  const auto old = f.transfer(f.alice, f.bob.pubkey(), kSol);
  f.ledger->submit(old, true);
  ASSERT_TRUE(f.ledger->commit());
  const auto live = [&](int minutes) {
    for (int i = 0; i < minutes; ++i) f.pass(std::chrono::minutes{1});
  };
  live(50);
  f.fund(f.bob.pubkey(), kSol);
  EXPECT_TRUE(f.ledger->archive().find(old.signatures[0])->has_value());
  live(20);
  f.fund(f.bob.pubkey(), kSol);
  f.ledger.reset();  // batches are folded, and with them what is old is dropped
  f.ledger = *Ledger::open(*open_sqlite_archive(path()), LedgerOptions{.history = std::chrono::hours{1}}, f.now);
  EXPECT_FALSE(f.ledger->archive().find(old.signatures[0])->has_value());
  EXPECT_EQ(f.ledger->archive().find_by_address(f.alice.pubkey(), {})->size(), 0U);
  EXPECT_EQ(f.ledger->archive().find_by_address(f.bob.pubkey(), {})->size(), 2U);
  EXPECT_EQ(f.balance(f.bob.pubkey()), 3 * kSol);
  EXPECT_EQ(f.bank().transaction_count(), 4U);
}

// Takes what an archive in memory takes.
class Twice final : public LedgerArchive {
 public:
  std::unique_ptr<LedgerArchive> memory = make_memory_archive(), file;

  Result<std::optional<Snapshot>> load() override { return memory->load(); }
  Result<void> create(const Snapshot& snapshot) override {
    DZ_TRY(memory->create(snapshot));
    return file->create(snapshot);
  }
  // Now and then so much that batches are folded.
  Result<void> commit(const Batch& batch) override {
    auto changed = batch;
    if (++commits_ % 7 == 0 && !changed.transactions.empty())
      changed.transactions[0].logs = {std::string(900'000, 'x')};
    DZ_TRY(memory->commit(changed));
    return file->commit(changed);
  }
  Result<std::optional<TransactionRecord>> find(const wire::Signature& s) override { return memory->find(s); }
  Result<std::vector<std::int64_t>> places_of(const Pubkey& a, const Range& r) override {
    return memory->places_of(a, r);
  }
  Result<std::vector<std::int64_t>> places_in(Slot slot) override { return memory->places_in(slot); }
  Result<Slot> first_whole_slot() override { return memory->first_whole_slot(); }
  Result<std::optional<TransactionRecord>> record_at(std::int64_t place) override { return memory->record_at(place); }

 private:
  int commits_ = 0;
};

// Through folds, ends and kills.
TEST_F(SqliteArchiveTest, WhatIsFoundDoesNotDependOnWhatIsFolded) {
  std::mt19937 random(51);
  LedgerFixture f;
  auto owned = std::make_unique<Twice>();
  auto& archives = *owned;
  archives.file = *open_sqlite_archive(path());
  f.ledger = *Ledger::open(std::move(owned), LedgerOptions{.secret = {9}}, f.now);
  std::vector<wire::Keypair> wallets;
  std::vector<wire::Signature> sent;
  for (std::uint8_t n = 30; n < 35; ++n) {
    wallets.push_back(key_number(n));
    f.fund(wallets.back().pubkey());
  }
  const auto reopen = [&](bool killed) {
    const auto copy = folder_ / "copy";
    if (killed) {
      std::filesystem::create_directories(copy);
      for (const auto* suffix : {"", "-wal", "-tip"}) {
        std::filesystem::copy_file(path() + suffix, copy / ("ledger.db" + std::string(suffix)),
                                   std::filesystem::copy_options::overwrite_existing);
      }
    }
    archives.file.reset();
    if (killed) {
      for (const auto* suffix : {"", "-wal", "-tip"}) {
        std::filesystem::copy_file(copy / ("ledger.db" + std::string(suffix)), path() + suffix,
                                   std::filesystem::copy_options::overwrite_existing);
      }
      ASSERT_TRUE(verify_sqlite_archive(path(), [](std::string_view) {}));
    }
    archives.file = *open_sqlite_archive(path());
    const auto from_file = **archives.file->load(), from_memory = **archives.memory->load();
    EXPECT_EQ(from_file.accounts, from_memory.accounts);
    EXPECT_EQ(from_file.anchors, from_memory.anchors);
    EXPECT_EQ(from_file.slot, from_memory.slot);
    EXPECT_EQ(from_file.transaction_count, from_memory.transaction_count);
    EXPECT_EQ(from_file.recent.size(), from_memory.recent.size());
  };
  const auto compare = [&] {
    for (const auto& wallet : wallets) {
      LedgerArchive::Range range{.limit = 1 + random() % 30};
      if (random() % 2 == 0) range.before = sent[random() % sent.size()];
      if (random() % 2 == 0) range.until = sent[random() % sent.size()];
      EXPECT_EQ(*archives.file->find_by_address(wallet.pubkey(), range),
                *archives.memory->find_by_address(wallet.pubkey(), range));
    }
    const auto& one = sent[random() % sent.size()];
    const auto found = *archives.file->find(one);
    EXPECT_EQ(found, *archives.memory->find(one));
    ASSERT_TRUE(found);
    const auto all_in = [&](LedgerArchive& archive) {
      std::vector<TransactionRecord> all;
      const auto places = *archive.places_in(found->slot);
      for (const auto place : places) all.push_back(**archive.record_at(place));
      return all;
    };
    EXPECT_EQ(all_in(*archives.file), all_in(*archives.memory));
  };
  for (int step = 0; step < 120; ++step) {
    for (auto n = 1 + random() % 3; n > 0; --n) {
      const auto& from = wallets[random() % wallets.size()];
      const auto one =
          f.transfer(from, wallets[random() % wallets.size()].pubkey(), 1'000'000 + random() % 1'000'000'000);
      if (f.ledger->submit(one, false).accepted) sent.push_back(one.signatures.front());
    }
    ASSERT_TRUE(f.ledger->commit());
    if (random() % 3 == 0) f.pass(std::chrono::milliseconds{400});
    compare();
    if (random() % 20 == 0) reopen(random() % 2 == 0);
  }
  reopen(true);
  reopen(false);
  compare();
}

TEST_F(SqliteArchiveTest, OfALargeAccountOnlyWhatChangedIsWritten) {
  auto archive = *open_sqlite_archive(path());
  Snapshot snapshot;
  snapshot.anchors = {{Slot{0}, start_time(), milliseconds{400}}};
  auto account = wire::Account{1, Bytes(140'000, 7), key_number(3).pubkey(), false};
  snapshot.accounts[Pubkey{}] = account;
  ASSERT_TRUE(archive->create(snapshot));
  const auto size = std::filesystem::file_size(path() + "-wal");
  for (std::uint64_t n = 1; n <= 100; ++n) {
    Batch batch;
    batch.slot = Slot{n};
    batch.before[Pubkey{}] = account;
    account.data.insert(account.data.end(), 24, static_cast<std::uint8_t>(n));
    batch.accounts[Pubkey{}] = account;
    ASSERT_TRUE(archive->commit(batch));
  }
  EXPECT_LT(std::filesystem::file_size(path() + "-wal") - size, 100U * 3 * 4096);
  archive.reset();
  archive = *open_sqlite_archive(path());
  EXPECT_EQ((**archive->load()).accounts.at(Pubkey{}), account);
}

TEST_F(SqliteArchiveTest, ClosedAccountsStayClosed) {
  LedgerFixture f;
  f.ledger = open_ledger(path(), f.now);
  f.fund(f.alice.pubkey(), kSol);
  f.ledger->submit(f.transfer(f.alice, f.bob.pubkey(), kSol - 5000), true);
  ASSERT_TRUE(f.ledger->commit());
  f.ledger.reset();
  f.ledger = open_ledger(path(), f.now);
  EXPECT_EQ(f.bank().find(f.alice.pubkey()), nullptr);
}

TEST_F(SqliteArchiveTest, RefusesAnUnknownFormatAndSaysWhatToDo) {
  open_ledger(path(), start_time());
  {
    auto database = storage::SqliteDatabase::open(path());
    ASSERT_TRUE(database->execute("PRAGMA user_version = 99"));
  }
  const auto archive = open_sqlite_archive(path());
  ASSERT_FALSE(archive);
  EXPECT_EQ(archive.error().kind, ErrorKind::Unsupported);
  EXPECT_NE(archive.error().message.find("format 99"), std::string::npos) << archive.error().message;
}

TEST_F(SqliteArchiveTest, RefusesOtherFiles) {
  {
    auto database = storage::SqliteDatabase::open(path());
    ASSERT_TRUE(database->execute("CREATE TABLE other(x)"));
  }
  EXPECT_FALSE(open_sqlite_archive(path()));
  std::filesystem::remove(path());
  std::ofstream(path()) << "this is a text, and a long enough one to be told from an empty file; "
                        << std::string(500, 'x');
  EXPECT_FALSE(open_sqlite_archive(path()));
  EXPECT_FALSE(open_sqlite_archive((folder_ / "missing" / "ledger.db").string()));
}

// Any 64-bit number of lamports comes back.
TEST_F(SqliteArchiveTest, KeepsLargeNumbers) {
  auto archive = *open_sqlite_archive(path());
  Snapshot snapshot;
  snapshot.anchors = {{Slot{0}, start_time(), milliseconds{400}}};
  snapshot.accounts[Pubkey{}] = wire::Account{~std::uint64_t{0}, {1, 2, 3}, key_number(3).pubkey(), true};
  ASSERT_TRUE(archive->create(snapshot));
  const auto loaded = **archive->load();
  EXPECT_EQ(loaded.accounts, snapshot.accounts);
  EXPECT_EQ(loaded.anchors, snapshot.anchors);
}

}  // namespace
}  // namespace dz::ledger
