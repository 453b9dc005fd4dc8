// Damage to what the monitor keeps of its evidence: the start goes on, and nothing is good because of what was lost.
#include "telemetry/evidence_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include <gtest/gtest.h>

#include "evidence/snapshot.h"
#include "telemetry/durable_evidence.h"

namespace dz::telemetry {
namespace {

using evidence::MinuteState;
using evidence::Signal;
using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp kStart{std::chrono::hours{494'000}};
constexpr int kMinutes = 60;

Pubkey device(std::uint8_t n) {
  Pubkey key;
  key.bytes.fill(n);
  return key;
}

class EvidenceDamage : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "evidence_damage_" + std::to_string(::getpid());
    std::filesystem::create_directories(folder_);
    path_ = folder_ + "/monitor.db";
    open_database();
  }
  void TearDown() override {
    evidence_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }
  void open_database() { database_ = *storage::SqliteDatabase::open(path_); }
  void start(Timestamp now = kStart) {
    auto opened = DurableEvidence::open(*database_, {}, now);
    ASSERT_TRUE(opened) << opened.error().message;
    evidence_.emplace(std::move(*opened));
  }
  void restart(Timestamp now) {
    evidence_.reset();
    start(now);
  }
  void run(const std::string& sql) {
    const auto done = database_->execute(sql);
    ASSERT_TRUE(done) << done.error().message;
  }

  // An hour: a row of each of two devices a minute, and a pass. Checkpoints where asked, and errors of the first device
  // that rise in those minutes.
  void live(std::initializer_list<int> checkpoints = {}, std::initializer_list<int> risen = {}) {
    start();
    for (int m = 0; m < kMinutes; ++m) {
      const auto at = kStart + m * minutes{1} + seconds{20};
      const auto errors = std::count_if(risen.begin(), risen.end(), [&](int r) { return r <= m; });
      const auto number = static_cast<std::uint64_t>(m);
      ASSERT_TRUE(evidence_->ingest(rows(m, 1000 + number, static_cast<std::uint64_t>(errors)), at));
      ASSERT_TRUE(evidence_->pass(kStart + (m + 1) * minutes{1}));
      for (const int c : checkpoints) {
        if (c == m) ASSERT_TRUE(evidence_->checkpoint());
      }
    }
    ASSERT_TRUE(evidence_->pass(kStart + (kMinutes + 1) * minutes{1}));
  }
  static RowBatch rows(int minute, std::uint64_t octets, std::uint64_t errors = 0) {
    RowBatch batch;
    const auto at = kStart + minute * minutes{1} + seconds{10};
    batch.ports = {{device(1), "Switch1/1/1"}, {device(2), "Switch1/1/1"}};
    batch.counters = {{0, {at, octets, octets, errors, 0, 0}}, {1, {at, octets, octets, 0, 0, 0}}};
    batch.getconfigs = {{device(1), at, 2}};
    batch.qa_results = {{device(1), at, true}};
    return batch;
  }
  MinuteState at(int minute, Signal signal = Signal::Errors, std::uint8_t of = 1) const {
    const auto& store = evidence_->in_memory();
    return store.minute(store.find_interface(device(of), "Switch1/1/1"), signal,
                        minute_of(kStart + minute * minutes{1}));
  }
  int good_minutes() const {
    int good = 0;
    for (int m = 0; m < kMinutes; ++m) {
      for (const auto signal : {Signal::Errors, Signal::Data, Signal::Utilization}) {
        good += at(m, signal) == MinuteState::Good && at(m, signal, 2) == MinuteState::Good ? 1 : 0;
      }
    }
    return good;
  }

  std::string folder_, path_;
  std::optional<storage::SqliteDatabase> database_;
  std::optional<DurableEvidence> evidence_;
};

TEST_F(EvidenceDamage, WithoutDamageARestartTrustsEverything) {
  live({20, 40});
  const auto before = snapshot_of(evidence_->in_memory());
  restart(kStart + minutes{61});
  EXPECT_TRUE(evidence_->damage().empty());
  EXPECT_EQ(snapshot_of(evidence_->in_memory()), before);
  EXPECT_EQ(at(30), MinuteState::Good);
}

// The batch of minute 30 (entry 61) held an error; it must not turn good because the batch is gone.
TEST_F(EvidenceDamage, D18_ADamagedBatchIsSetAsideAndItsMinutesAreUnobserved) {
  start();
  for (int m = 0; m < kMinutes; ++m) {
    const auto at = kStart + m * minutes{1} + seconds{20};
    ASSERT_TRUE(evidence_->ingest(rows(m, 1000 + static_cast<std::uint64_t>(m), m == 30 ? 5 : 0), at));
    if (m == 30) ASSERT_TRUE(evidence_->ingest(rows(m, 1030), at));  // data there is from another batch too
    ASSERT_TRUE(evidence_->pass(at + seconds{40}));
  }
  EXPECT_EQ(at(30), MinuteState::Bad);
  run("UPDATE evidence_journal SET body = substr(body, 1, 90) || x'ff' || substr(body, 92) WHERE seq = 61");
  restart(kStart + minutes{61});
  ASSERT_EQ(evidence_->damage().size(), 1U);
  EXPECT_NE(evidence_->damage()[0].find("entry 61 of the evidence journal"), std::string::npos)
      << evidence_->damage()[0];
  for (const auto signal : {Signal::Errors, Signal::Data, Signal::Utilization}) {
    EXPECT_EQ(at(30, signal), MinuteState::Unobserved);
    EXPECT_EQ(at(30, signal, 2), MinuteState::Unobserved);
  }
  EXPECT_EQ(at(29), MinuteState::Good);
  EXPECT_EQ(at(32), MinuteState::Good);
  restart(kStart + minutes{62});  // nothing new is found, and the minute stays what it is
  EXPECT_TRUE(evidence_->damage().empty());
  EXPECT_EQ(at(30), MinuteState::Unobserved);
}

// The octets of minute 30 (entry 61), 1030, become 1031: a batch like any other, but for its checksum.
TEST_F(EvidenceDamage, D18_ADamagedBatchThatCanStillBeReadIsSetAsideToo) {
  live();
  run("UPDATE evidence_journal SET body = CAST(substr(body, 1, instr(body, x'0604000000000000') - 1) || x'07' || "
      "substr(body, instr(body, x'0604000000000000') + 1) AS BLOB) WHERE seq = 61");
  restart(kStart + minutes{61});
  ASSERT_EQ(evidence_->damage().size(), 1U);
  EXPECT_NE(evidence_->damage()[0].find("its checksum differs"), std::string::npos) << evidence_->damage()[0];
  EXPECT_EQ(at(30), MinuteState::Unobserved);
}

TEST_F(EvidenceDamage, D18_WhatIsKnownToBeBadStaysBad) {
  live({}, {10});
  ASSERT_EQ(at(10), MinuteState::Bad);
  run("UPDATE evidence_journal SET at = at + 1 WHERE seq = 40");  // a head: nothing is known of the entry
  restart(kStart + minutes{62});
  EXPECT_EQ(at(10), MinuteState::Bad);
  EXPECT_EQ(at(9), MinuteState::Unobserved);
  EXPECT_EQ(at(10, Signal::Data, 2), MinuteState::Unobserved);
}

// What is not known of a lost entry is where its rows belong; only that it came before the next one.
TEST_F(EvidenceDamage, D18_AMissingEntryWithdrawsAllUntilItsArrival) {
  live();
  run("DELETE FROM evidence_journal WHERE seq = 41");  // of minute 20
  restart(kStart + minutes{61});
  ASSERT_EQ(evidence_->damage().size(), 1U);
  EXPECT_EQ(at(5), MinuteState::Unobserved);
  EXPECT_EQ(at(20), MinuteState::Unobserved);
  EXPECT_EQ(at(45), MinuteState::Good);
}

TEST_F(EvidenceDamage, D18_ADamagedCheckpointFallsBackToTheOneBefore) {
  live({20, 40});
  const auto before = snapshot_of(evidence_->in_memory());
  const auto good_before = good_minutes();
  run("UPDATE evidence_saved SET state = substr(state, 1, 200) || x'ff' || substr(state, 202) WHERE through = (SELECT "
      "max(through) FROM evidence_saved)");
  restart(kStart + minutes{61});
  ASSERT_EQ(evidence_->damage().size(), 1U);
  EXPECT_NE(evidence_->damage()[0].find("checkpoint"), std::string::npos);
  EXPECT_EQ(snapshot_of(evidence_->in_memory()), before);
  EXPECT_EQ(good_minutes(), good_before);
  restart(kStart + minutes{62});
  EXPECT_TRUE(evidence_->damage().empty());
}

TEST_F(EvidenceDamage, D18_SoDoesOneWithADamagedPieceOrWithoutOne) {
  live({20, 40});
  const auto before = snapshot_of(evidence_->in_memory());
  const std::string of_the_newest = "WHERE through = (SELECT max(through) FROM evidence_saved)";
  run("UPDATE evidence_saved_piece SET bytes = substr(bytes, 1, 200) || x'ff' || substr(bytes, 202) " + of_the_newest);
  restart(kStart + minutes{61});
  EXPECT_EQ(evidence_->damage().size(), 1U);
  EXPECT_EQ(snapshot_of(evidence_->in_memory()), before);
  run("DELETE FROM evidence_saved_piece " + of_the_newest);
  restart(kStart + minutes{62});
  EXPECT_EQ(evidence_->damage().size(), 1U);
  EXPECT_EQ(snapshot_of(evidence_->in_memory()), before);
  restart(kStart + minutes{63});
  EXPECT_TRUE(evidence_->damage().empty());
}

TEST_F(EvidenceDamage, D18_WithoutAnyCheckpointTheEvidenceBeginsAnewAndUnobserved) {
  live({10, 20, 40});
  run("UPDATE evidence_saved SET state = x'00'");
  restart(kStart + minutes{61});
  EXPECT_FALSE(evidence_->damage().empty());
  for (int m = 0; m <= 20; ++m) {
    EXPECT_EQ(at(m), MinuteState::Unobserved) << m;
    EXPECT_EQ(at(m, Signal::Data), MinuteState::Unobserved) << m;
  }
  EXPECT_EQ(at(45), MinuteState::Good);
  ASSERT_TRUE(evidence_->pass(kStart + minutes{62}));
}

TEST_F(EvidenceDamage, D18_ALossThatIsNotedDamagedCountsForEverything) {
  live();
  run("DELETE FROM evidence_journal WHERE seq = 41");
  restart(kStart + minutes{61});
  EXPECT_EQ(at(45), MinuteState::Good);
  run("UPDATE evidence_lost SET until = 0");
  restart(kStart + minutes{61});
  EXPECT_EQ(at(20), MinuteState::Unobserved);
  EXPECT_EQ(at(45), MinuteState::Unobserved);
}

TEST_F(EvidenceDamage, D18_AQaWindowThatReachesIntoALossIsNotComplete) {
  live();
  const auto from = minute_of(kStart), to = minute_of(kStart + minutes{60});
  EXPECT_EQ(evidence_->in_memory().qa(device(1), from, to).from, from);
  run("UPDATE evidence_journal SET body = x'00' WHERE seq = 61");  // minute 30
  restart(kStart + minutes{61});
  const auto qa = evidence_->in_memory().qa(device(1), from, to);
  EXPECT_EQ(qa.from, minute_of(kStart + minutes{31}));
  EXPECT_EQ(qa.results.size(), 29U);
}

// The end of the journal that SQLite lost with its log is told by the mark beside the file.
TEST_F(EvidenceDamage, X18_ALostEndOfTheJournalIsNoticed) {
  live();
  run("DELETE FROM evidence_journal WHERE seq > 100");
  restart(kStart + minutes{61});
  ASSERT_EQ(evidence_->damage().size(), 1U);
  EXPECT_EQ(good_minutes(), 0);
  ASSERT_TRUE(evidence_->ingest(rows(62, 5000), kStart + minutes{62}));
  restart(kStart + minutes{63});
  EXPECT_TRUE(evidence_->damage().empty());
}

TEST_F(EvidenceDamage, X11_AnEntryThatCannotBeReadDoesNotKeepTheRestFromBeingUsed) {
  live();
  // Its checksums are right, but what it says cannot be read: a version with an error wrote it, or another one.
  run("UPDATE evidence_journal SET kind = 9, body = x'01' WHERE seq = 61");
  run("UPDATE evidence_journal SET sum = row_sum('body', seq, body), head_sum = row_sum('head', seq, kind, at, first, "
      "until, sources) WHERE seq = 61");
  restart(kStart + minutes{61});
  ASSERT_EQ(evidence_->damage().size(), 1U);
  EXPECT_NE(evidence_->damage()[0].find("kind 9"), std::string::npos);
  EXPECT_EQ(at(30), MinuteState::Unobserved);
  EXPECT_EQ(at(29), MinuteState::Good);
}

TEST_F(EvidenceDamage, X11_WhatIsSetAsideStaysForPeopleToLookAt) {
  live({20, 40});
  run("UPDATE evidence_journal SET kind = 9, body = x'0102' WHERE seq = 101");
  run("UPDATE evidence_journal SET sum = row_sum('body', seq, body), head_sum = row_sum('head', seq, kind, at, first, "
      "until, sources) WHERE seq = 101");
  run("UPDATE evidence_journal SET at = at + 1 WHERE seq = 103");
  restart(kStart + minutes{61});
  const auto set_aside = [&] {
    auto query = *database_->prepare("SELECT what, number, hex(body) FROM evidence_set_aside ORDER BY number");
    std::vector<std::string> found;
    while (*query.step()) {
      found.push_back(std::string(query.text(0)) + " " + std::to_string(query.integer(1)) +
                      (query.integer(1) == 101 ? " " + std::string(query.text(2)) : ""));
    }
    return found;
  };
  EXPECT_EQ(set_aside(), (std::vector<std::string>{"journal entry 101 0102", "journal entry 103"}));
  run("UPDATE evidence_saved SET state = x'03' WHERE through = (SELECT min(through) FROM evidence_saved)");
  run("UPDATE evidence_saved SET state = x'04' WHERE through = (SELECT max(through) FROM evidence_saved)");
  restart(kStart + minutes{62});
  EXPECT_EQ(set_aside().size(), 4U);
}

TEST_F(EvidenceDamage, X11_WhatIsSetAsideIsBounded) {
  live();
  run("CREATE TABLE numbers AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) SELECT i "
      "FROM n");
  run("INSERT INTO evidence_set_aside SELECT 0, 'journal entry', -i, '', zeroblob(1000000) FROM numbers");
  run("UPDATE evidence_journal SET body = x'05' WHERE seq = 31");
  restart(kStart + minutes{61});
  auto query = *database_->prepare("SELECT count(*), sum(length(body)), max(number) FROM evidence_set_aside");
  ASSERT_TRUE(*query.step());
  EXPECT_EQ(query.integer(0), 68);  // of a megabyte each, and the newest
  EXPECT_LE(query.integer(1), 64 << 20);
  EXPECT_EQ(query.integer(2), 31);
}

TEST_F(EvidenceDamage, AFileWithoutChecksumsIsReadAsItIs) {
  run("CREATE TABLE evidence_checkpoint(id INTEGER PRIMARY KEY CHECK(id = 1), state BLOB NOT NULL); CREATE TABLE "
      "evidence_journal(seq INTEGER PRIMARY KEY, kind INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL)");
  {
    auto add = *database_->prepare("INSERT INTO evidence_checkpoint VALUES(1, ?)");
    ASSERT_TRUE(add.bind(1, snapshot_of(evidence::Evidence{})).run());
    auto entry = *database_->prepare("INSERT INTO evidence_journal VALUES(7, 1, ?, ?)");
    ASSERT_TRUE(entry.bind(1, (kStart + seconds{20}).time_since_epoch().count()).bind(2, encode(rows(0, 5))).run());
  }
  start();
  EXPECT_TRUE(evidence_->damage().empty());
  EXPECT_EQ(evidence_->journal_entries(), 1U);
  ASSERT_TRUE(evidence_->pass(kStart + minutes{2}));
  EXPECT_NE(evidence_->in_memory().find_interface(device(1), "Switch1/1/1").index, evidence::kNoSubject);
  restart(kStart + minutes{3});
  EXPECT_TRUE(evidence_->damage().empty());
}

// Single bits of the evidence, anywhere: it starts, and no minute is better than it was.
TEST_F(EvidenceDamage, D18_NoFlippedBitMakesAMinuteBetter) {
  live({20, 40}, {5, 30, 45, 50});
  std::vector<MinuteState> before;
  for (int m = 0; m < kMinutes; ++m) before.push_back(at(m));
  ASSERT_EQ(before[30], MinuteState::Bad);
  evidence_.reset();
  database_.reset();
  const auto good = [&] {
    std::ifstream in(path_, std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(in), {}};
  }();
  const auto mark = [&] {
    std::ifstream in(path_ + "-tip", std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(in), {}};
  }();
  std::mt19937 random(18);
  int started = 0, noticed = 0;
  for (int i = 0; i < 200; ++i) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    auto damaged = good;
    const auto bit = random() % (damaged.size() * 8);
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    std::ofstream(path_, std::ios::binary) << damaged;
    std::ofstream(path_ + "-tip", std::ios::binary) << mark;
    auto opened = storage::SqliteDatabase::open(path_);
    if (!opened) continue;  // another place makes it readable again (storage/salvage.h)
    auto evidence = DurableEvidence::open(*opened, {}, kStart + minutes{62});
    if (!evidence) continue;
    ++started;
    noticed += evidence->damage().empty() ? 0 : 1;
    database_.emplace(std::move(*opened));
    evidence_.emplace(std::move(*evidence));
    for (int m = 0; m < kMinutes; ++m) {
      const auto now = at(m), then = before[static_cast<std::size_t>(m)];
      EXPECT_TRUE(now != MinuteState::Good || then == MinuteState::Good) << "bit " << bit << " minute " << m;
    }
    evidence_.reset();
    database_.reset();
  }
  EXPECT_GT(started, 150);
  EXPECT_GT(noticed, 30);
}

}  // namespace
}  // namespace dz::telemetry
