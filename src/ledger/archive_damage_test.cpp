// The ledger's file, damaged in every way that a disk has: what it then says is what it said before, or it is refused.
#include <filesystem>
#include <fstream>
#include <random>

#include <fmt/format.h>

#include "ledger/archive_tables.h"
#include "ledger/ledger_fixture.h"
#include "storage/sqlite.h"

namespace dz::ledger {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void put(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// All that a ledger says of its past.
struct Told {
  Snapshot snapshot;
  std::vector<TransactionRecord> history;
  bool operator==(const Told& o) const {
    const auto &a = snapshot, &b = o.snapshot;
    const bool same_recent = std::equal(
        a.recent.begin(), a.recent.end(), b.recent.begin(), b.recent.end(), [](const auto& x, const auto& y) {
          return x.first == y.first && x.second.slot == y.second.slot && x.second.error == y.second.error;
        });
    return a.genesis.secret == b.genesis.secret && a.genesis.time == b.genesis.time &&
           a.genesis.faucet_lamports == b.genesis.faucet_lamports && a.profile == b.profile && a.slot == b.slot &&
           a.anchors == b.anchors && a.transaction_count == b.transaction_count && a.accounts == b.accounts &&
           same_recent && history == o.history;
  }
};

class ArchiveDamage : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "archive_damage_" + std::to_string(::getpid());
    fs::create_directories(folder_);
    path_ = folder_ + "/ledger.db";
    f.ledger = *Ledger::open(*open_sqlite_archive(path_), LedgerOptions{.secret = {9}}, f.now);
    for (int i = 0; i < 40; ++i) live_a_little(i);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void live_a_little(int i) {
    f.pass(std::chrono::seconds{7});
    const auto wallet = key_number(static_cast<std::uint8_t>(10 + i));
    signatures_.push_back(f.ledger->airdrop(wallet.pubkey(), kSol).value());
    if (i % 3 == 0) {
      const auto fails = f.transfer(wallet, f.bob.pubkey(), 5 * kSol);
      f.ledger->submit(fails, false);
      signatures_.push_back(fails.signatures.front());
    }
    ASSERT_TRUE(f.ledger->commit());
  }

  // Nothing: refused, with words.
  std::optional<Told> open_and_read() {
    auto archive = open_sqlite_archive(path_);
    if (!archive) {
      EXPECT_FALSE(archive.error().message.empty());
      said_ = archive.error().message;
      return std::nullopt;
    }
    auto snapshot = (*archive)->load();
    if (!snapshot || !*snapshot) return std::nullopt;
    Told told{std::move(**snapshot), {}};
    for (const auto& signature : signatures_) {
      const auto record = (*archive)->find(signature);
      if (!record) return std::nullopt;
      if (*record) told.history.push_back(**record);
    }
    auto named = (*archive)->find_by_address(f.bob.pubkey(), {});
    if (!named) return std::nullopt;
    told.history.insert(told.history.end(), named->begin(), named->end());
    return told;
  }

  // Flips `count` bits of one file of the ledger, one at a time; returns how many were noticed.
  int flip_bits(const std::string& file, int count, unsigned seed) {
    std::map<std::string, std::string> good;
    for (const auto& entry : fs::directory_iterator(folder_)) good[entry.path().string()] = bytes_of(entry.path());
    const auto expected = open_and_read();
    EXPECT_TRUE(expected) << said_;
    std::mt19937 random(seed);
    int refused = 0;
    for (int i = 0; i < count; ++i) {
      fs::remove_all(folder_);
      fs::create_directories(folder_);
      for (const auto& [name, bytes] : good) put(name, bytes);
      auto damaged = good.at(file);
      const auto bit = random() % (damaged.size() * 8);
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
      put(file, damaged);
      const auto told = open_and_read();
      refused += told ? 0 : 1;
      if (told) {
        EXPECT_TRUE(*told == *expected) << fmt::format("seed {}: bit {} of byte {} of {} is believed", seed, bit % 8,
                                                       bit / 8, file);
      }
    }
    return refused;
  }

  // Ends as kill -9 does: nothing is written any more.
  void kill() {
    std::map<std::string, std::string> left;
    for (const auto& entry : fs::directory_iterator(folder_)) left[entry.path().string()] = bytes_of(entry.path());
    f.ledger.reset();
    for (const auto& [name, bytes] : left) put(name, bytes);
  }

  std::string folder_, path_, said_;
  LedgerFixture f;
  std::vector<wire::Signature> signatures_;
};

TEST_F(ArchiveDamage, D18_AFlippedBitOfTheFileIsNoticedOrChangesNothing) {
  f.ledger.reset();
  EXPECT_GT(flip_bits(path_, 250, 18), 70);  // some of its pages are free
}

TEST_F(ArchiveDamage, X18_AFlippedBitOfTheLogIsNoticedOrChangesNothing) {
  kill();
  ASSERT_GT(fs::file_size(path_ + "-wal"), 100'000U);
  EXPECT_GT(flip_bits(path_ + "-wal", 60, 180), 50);
}

TEST_F(ArchiveDamage, X18_AFlippedBitOfTheMarkIsNoticed) {
  f.ledger.reset();
  EXPECT_EQ(flip_bits(path_ + "-tip", 20, 181), 20);
}

TEST_F(ArchiveDamage, X18_ALogThatIsMissingOrCutIsNoticed) {
  kill();
  const auto log = bytes_of(path_ + "-wal");
  put(path_ + "-wal", log.substr(0, log.size() / 2));
  EXPECT_EQ(verify_sqlite_archive(path_, [](std::string_view) {}).error().kind, ErrorKind::Corrupt);
  EXPECT_FALSE(open_and_read());
  EXPECT_NE(said_.find("which was confirmed"), std::string::npos) << said_;
  EXPECT_EQ(bytes_of(path_ + "-wal").size(), log.size() / 2);  // a refused start changes nothing
  fs::remove(path_ + "-wal");
  fs::remove(path_ + "-shm");
  EXPECT_EQ(verify_sqlite_archive(path_, [](std::string_view) {}).error().kind, ErrorKind::Corrupt);
  EXPECT_FALSE(open_and_read());
  put(path_ + "-wal", log);
  EXPECT_TRUE(open_and_read());
}

TEST_F(ArchiveDamage, X18_AFileCutToNothingIsNoNewLedger) {
  f.ledger.reset();
  const auto whole = bytes_of(path_);
  for (const std::size_t size : {std::size_t{0}, std::size_t{100}, whole.size() / 2, whole.size() - 4096}) {
    put(path_, whole.substr(0, size));
    EXPECT_FALSE(open_and_read()) << size;
    EXPECT_FALSE(said_.empty());
  }
}

TEST_F(ArchiveDamage, D18_WhatIsDamagedIsNamed) {
  f.ledger.reset();
  auto database = *storage::SqliteDatabase::open(path_);
  ASSERT_TRUE(
      database.execute("UPDATE accounts SET lamports = lamports + 1 WHERE key = (SELECT max(key) FROM accounts)"));
  { const auto closed = std::move(database); }
  EXPECT_FALSE(open_and_read());
  EXPECT_NE(said_.find("table accounts, the row with key X'"), std::string::npos) << said_;
  EXPECT_NE(said_.find("put an intact copy"), std::string::npos);
}

TEST_F(ArchiveDamage, D18_RowsThatAreMissingAreNoticed) {
  f.ledger.reset();
  const auto whole = bytes_of(path_);
  for (const std::string sql :
       {"DELETE FROM mentions WHERE address = (SELECT max(address) FROM mentions)", "DELETE FROM anchors",
        "DELETE FROM transactions WHERE number = 7", "DELETE FROM accounts WHERE key = (SELECT max(key) FROM accounts)",
        "UPDATE ledger SET slot = slot + 1", "DROP INDEX transactions_by_slot"}) {
    put(path_, whole);
    ASSERT_TRUE(storage::SqliteDatabase::open(path_)->execute(sql)) << sql;
    EXPECT_FALSE(open_and_read()) << sql;
  }
}

// Batches that are not in the tables yet, after a kill.
TEST_F(ArchiveDamage, D18_ABatchThatIsMissingOrChangedIsNoticed) {
  kill();
  const auto whole = bytes_of(path_), log = bytes_of(path_ + "-wal"), mark = bytes_of(path_ + "-tip");
  for (const std::string sql :
       {"DELETE FROM batches WHERE number = (SELECT max(number) FROM batches)",
        "DELETE FROM batches WHERE number = (SELECT min(number) FROM batches)",
        "DELETE FROM batches WHERE number = (SELECT min(number) + 3 FROM batches)", "DELETE FROM batches",
        "UPDATE batches SET bytes = zeroblob(length(bytes)) WHERE number = (SELECT min(number) + 3 FROM batches)",
        "UPDATE batches SET previous = previous + 1 WHERE number = (SELECT max(number) FROM batches)",
        "UPDATE batches SET previous = previous + 1, sum = row_sum('batches', number, previous + 1, bytes)",
        "UPDATE batches SET number = number + 1 WHERE number = (SELECT max(number) FROM batches)"}) {
    put(path_, whole);
    put(path_ + "-wal", log);
    put(path_ + "-tip", mark);
    fs::remove(path_ + "-shm");
    EXPECT_TRUE(open_and_read()) << said_;
    put(path_, whole);
    put(path_ + "-wal", log);
    put(path_ + "-tip", mark);
    fs::remove(path_ + "-shm");
    ASSERT_TRUE(storage::SqliteDatabase::open(path_)->execute(sql)) << sql;
    EXPECT_FALSE(open_and_read()) << sql;
  }
}

TEST_F(ArchiveDamage, D18_VerifySaysWhatItReadsAndChangesNothing) {
  f.ledger.reset();
  const auto whole = bytes_of(path_);
  std::vector<std::string> heard;
  const auto say = [&](std::string_view what) { heard.emplace_back(what); };
  EXPECT_TRUE(verify_sqlite_archive(path_, say));
  EXPECT_EQ(heard, (std::vector<std::string>{"structure", "table ledger", "table batches", "table anchors",
                                             "table accounts", "table transactions", "table mentions"}));
  EXPECT_EQ(bytes_of(path_), whole);
  auto damaged = whole;
  damaged[whole.find("doublezero")] = 'D';
  put(path_, damaged);
  EXPECT_EQ(verify_sqlite_archive(path_, say).error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(bytes_of(path_), damaged);
  EXPECT_EQ(verify_sqlite_archive(folder_ + "/missing.db", say).error().kind, ErrorKind::NotFound);
}

// Damage that comes while the ledger runs is noticed when it is read.
TEST_F(ArchiveDamage, D18_HistoryIsCheckedWhenItIsRead) {
  f.ledger.reset();
  auto archive = *open_sqlite_archive(path_);
  ASSERT_TRUE(archive->load());
  const auto first = **archive->find(signatures_.front());
  const auto bytes = bytes_of(path_);
  const auto place = bytes.find(std::string(first.bytes.begin(), first.bytes.end()));
  ASSERT_NE(place, std::string::npos);
  std::fstream(path_, std::ios::in | std::ios::out | std::ios::binary).seekp(static_cast<std::streamoff>(place + 100))
      << static_cast<char>(bytes[place + 100] ^ 1);
  // Much is read after it, so that it is read from the disk again.
  auto large = first;
  large.signature.bytes[0] ^= 1;
  large.logs = {std::string(16U << 20, 'x')};
  ASSERT_TRUE(archive->commit({.slot = first.slot, .transactions = {large}}));
  ASSERT_TRUE(archive->find(large.signature));
  const auto record = archive->find(signatures_.front());
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().kind, ErrorKind::Corrupt);
}

TEST_F(ArchiveDamage, AFileOfFormat1GetsItsChecksums) {
  f.ledger.reset();
  const auto expected = open_and_read();
  {
    auto database = *storage::SqliteDatabase::open(path_);
    for (const std::string table : {"anchors", "accounts", "transactions", "ledger"}) {
      ASSERT_TRUE(database.execute("ALTER TABLE " + table + " DROP COLUMN sum"));
    }
    for (const std::string column :
         {"commits", "leaps", "anchors_sum", "accounts_sum", "transactions_sum", "mentions_sum", "schema_sum"}) {
      ASSERT_TRUE(database.execute("ALTER TABLE ledger DROP COLUMN " + column));
    }
    ASSERT_TRUE(database.execute("DROP TABLE batches; PRAGMA user_version = 1"));
  }
  fs::remove(path_ + "-tip");
  EXPECT_EQ(verify_sqlite_archive(path_, [](std::string_view) {}).error().kind, ErrorKind::Unsupported);
  const auto told = open_and_read();
  ASSERT_TRUE(told) << said_;
  EXPECT_TRUE(*told == *expected);
  EXPECT_TRUE(verify_sqlite_archive(path_, [](std::string_view) {}));
  f.ledger = *Ledger::open(*open_sqlite_archive(path_), LedgerOptions{}, f.now);
  live_a_little(50);
  f.ledger.reset();
  EXPECT_TRUE(verify_sqlite_archive(path_, [](std::string_view) {}));
}

TEST_F(ArchiveDamage, AFileOfFormat2GetsItsTableOfBatches) {
  f.ledger.reset();
  const auto expected = open_and_read();
  {
    auto database = *storage::SqliteDatabase::open(path_);
    ASSERT_TRUE(database.execute("DROP TABLE batches; PRAGMA user_version = 2"));
    const auto put_sums = [&](const std::string& value) { return database.execute("UPDATE ledger SET " + value); };
    const auto schema = storage::total_of(database, {"sqlite_master", "type, name, tbl_name, sql"});
    ASSERT_TRUE(put_sums("schema_sum = " + std::to_string(static_cast<std::int64_t>(*schema))));
    ASSERT_TRUE(storage::sum_rows(database, kLedger));
  }
  fs::remove(path_ + "-tip");
  EXPECT_TRUE(verify_sqlite_archive(path_, [](std::string_view) {}));
  const auto told = open_and_read();
  ASSERT_TRUE(told) << said_;
  EXPECT_TRUE(*told == *expected);
  EXPECT_TRUE(verify_sqlite_archive(path_, [](std::string_view) {}));
  f.ledger = *Ledger::open(*open_sqlite_archive(path_), LedgerOptions{}, f.now);
  live_a_little(50);
  f.ledger.reset();
  EXPECT_TRUE(verify_sqlite_archive(path_, [](std::string_view) {}));
}

}  // namespace
}  // namespace dz::ledger
