#include <filesystem>

#include <unistd.h>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "evidence/snapshot.h"
#include "telemetry/durable_evidence.h"
#include "telemetry/parse_lines.h"

namespace dz::telemetry {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp kNow{std::chrono::hours{494'000}};
Pubkey device(std::uint8_t n) {
  Pubkey key;
  key.bytes.fill(n);
  return key;
}

RowBatch batch_at(Timestamp at, std::uint64_t octets) {
  RowBatch batch;
  batch.ports = {{device(1), "Switch1/1/1"}, {device(2), "Vlan4001"}};
  batch.counters = {{0, {at, octets, octets, std::nullopt, std::nullopt, std::nullopt}},
                    {1, {at, octets, octets, 3, std::nullopt, 0}}};
  batch.getconfigs = {{device(1), at, 2}};
  batch.qa_results = {{device(2), at, true}};
  batch.qa_runs = {at};
  batch.added = {"device.ntp"};
  batch.values = {{0, {device(1), ""}, at, 5, true}};
  return batch;
}

TEST(RowBatch, RoundTripsAndRefusesDamage) {
  const auto batch = batch_at(kNow, 7);
  const auto bytes = encode(batch);
  EXPECT_EQ(*decode_row_batch(bytes), batch);
  auto older = batch;
  older.added.clear();
  older.values.clear();
  const auto older_size =
      encode(older).size() - 2 * sizeof(std::uint32_t);  // as written before there were added criteria
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto cut = decode_row_batch(ByteView(bytes).first(size));
    EXPECT_EQ(cut.has_value(), size == older_size) << size;
    if (cut) EXPECT_EQ(*cut, older);
  }
  auto longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(decode_row_batch(longer));
}

TEST(RowBatch, PresencesStandBehindAllElseAndRoundTrip) {
  auto batch = batch_at(kNow, 7);
  batch.presences = {{device(3), kNow}, {device(4), kNow + seconds{7}}};
  EXPECT_EQ(*decode_row_batch(encode(batch)), batch);
  batch.counters[1].row.in_discards = 4;
  const auto bytes = encode(batch);
  EXPECT_EQ(*decode_row_batch(bytes), batch);
  auto longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(decode_row_batch(longer));
}

RC_GTEST_PROP(RowBatch, AnyBytesNeverCrash, (const Bytes& bytes)) { (void)decode_row_batch(bytes); }

class DurableEvidenceTest : public testing::Test {
 protected:
  DurableEvidence open(Timestamp now) { return *DurableEvidence::open(database, {}, now); }
  DurableEvidence open_part(Timestamp now, std::uint32_t part, std::uint32_t parts) {
    evidence::EvidenceSettings settings;
    settings.part = part;
    settings.parts = parts;
    return *DurableEvidence::open(database, settings, now);
  }
  storage::SqliteDatabase database = *storage::SqliteDatabase::open(":memory:");
};

// A restart at any point of the journal, with and without a checkpoint, ends with the very same bytes.
TEST_F(DurableEvidenceTest, ARestartAnywhereGoesOnWithTheSameEvidence) {
  for (const int restart : {0, 1, 7, 12, 19}) {
    for (const bool checkpoint : {false, true}) {
      storage::SqliteDatabase one = *storage::SqliteDatabase::open(":memory:"),
                              two = *storage::SqliteDatabase::open(":memory:");
      std::optional<DurableEvidence> straight = *DurableEvidence::open(one, {}, kNow);
      std::optional<DurableEvidence> broken = *DurableEvidence::open(two, {}, kNow);
      for (int i = 0; i < 20; ++i) {
        const auto now = kNow + i * seconds{20};
        if (i == restart) {
          if (checkpoint) ASSERT_TRUE(broken->checkpoint());
          broken.reset();
          broken = *DurableEvidence::open(two, {}, kNow);  // it accepted all along
        }
        for (auto* each : {&*straight, &*broken}) {
          ASSERT_TRUE(each->ingest(batch_at(now, 1000 + static_cast<std::uint64_t>(i)), now));
          ASSERT_TRUE(each->pass(now + seconds{1}));
        }
      }
      EXPECT_EQ(snapshot_of(straight->in_memory()), snapshot_of(broken->in_memory())) << "restart at " << restart;
      EXPECT_EQ(straight->last_pass(), broken->last_pass());
    }
  }
}

// X2: rows that are taken while a pass settles many ports come after the pass in the journal, and count so.
TEST_F(DurableEvidenceTest, X2_RowsInAPauseOfAPassCountAsARestartReadsThem) {
  auto evidence = open(kNow);
  const auto rows_at = [](Timestamp at, std::uint64_t octets) {
    RowBatch batch;
    for (std::uint32_t port = 0; port < 600; ++port) {
      batch.ports.push_back({device(1), "Ethernet" + std::to_string(port)});
      batch.counters.push_back({port, {at, octets, octets, 3, std::nullopt, std::nullopt}});
    }
    return batch;
  };
  int pauses = 0;
  evidence.on_pause([&] {
    if (++pauses <= 3) ASSERT_TRUE(evidence.ingest(batch_at(kNow + pauses * seconds{20}, 7), kNow + minutes{3}));
  });
  for (int m = 0; m < 4; ++m) {
    const auto now = kNow + m * minutes{1};
    ASSERT_TRUE(evidence.ingest(rows_at(now + seconds{10}, 1000 + static_cast<std::uint64_t>(m)), now + seconds{10}));
    ASSERT_TRUE(evidence.ingest(rows_at(kNow - minutes{m}, 500), now + seconds{11}));
    ASSERT_TRUE(evidence.pass(now + seconds{40}));
  }
  EXPECT_GE(pauses, 3);
  ASSERT_TRUE(evidence.pass(kNow + minutes{6}));
  EXPECT_EQ(snapshot_of(open(kNow).in_memory()), snapshot_of(evidence.in_memory()));
}

// A copy of the file at each pause is what a crash there would leave.
class CheckpointInPieces : public DurableEvidenceTest {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "checkpoint_in_pieces_" + std::to_string(::getpid());
    std::filesystem::create_directories(folder_);
    for (int n = 0; n < 2'500; ++n) names_.push_back("Ethernet" + std::to_string(n));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void live(DurableEvidence& evidence, int minute) const {
    RowBatch batch;
    const auto now = kNow + minute * minutes{1};
    for (std::uint32_t port = 0; port < names_.size(); ++port) {
      batch.ports.push_back({device(static_cast<std::uint8_t>(1 + port % 5)), names_[port]});
      const auto octets = static_cast<std::uint64_t>(1000 + minute);
      batch.counters.push_back({port, {now + seconds{10}, octets, octets, 3, std::nullopt, std::nullopt}});
    }
    ASSERT_TRUE(evidence.ingest(batch, now + seconds{11}));
    ASSERT_TRUE(evidence.pass(now + seconds{40}));
  }
  // Rows of ports that are written down, that are not yet, and that are new.
  void rows_meanwhile(DurableEvidence& evidence, int pause, Timestamp now) const {
    auto batch = batch_at(now - seconds{pause}, 7);
    for (const auto port : {0, 700, 2'499}) {
      const auto index = static_cast<std::uint32_t>(batch.ports.size());
      batch.ports.push_back({device(static_cast<std::uint8_t>(1 + port % 5)), names_[static_cast<std::size_t>(port)]});
      batch.counters.push_back({index, {now - minutes{pause % 3}, 5000, 5000, 4, std::nullopt, std::nullopt}});
    }
    batch.ports.push_back({device(9), "Ethernet" + std::to_string(pause)});
    batch.counters.push_back({static_cast<std::uint32_t>(batch.ports.size() - 1), {now, 1, 1, 1, 0, 0}});
    ASSERT_TRUE(evidence.ingest(batch, now));
  }
  Bytes after_a_crash_here(Timestamp now) {
    const auto path = folder_ + "/copy-" + std::to_string(copies_++);
    EXPECT_TRUE(database.execute("VACUUM INTO '" + path + "'"));
    auto copy = *storage::SqliteDatabase::open(path);
    auto again = *DurableEvidence::open(copy, {}, now);
    EXPECT_TRUE(again.damage().empty());
    return snapshot_of(again.in_memory());
  }

  std::string folder_;
  std::vector<std::string> names_;
  int copies_ = 0;
};

TEST_F(CheckpointInPieces, ACrashBetweenAnyTwoLosesNothing) {
  auto evidence = open(kNow);
  for (int minute = 0; minute < 12;) {
    evidence.on_pause({});
    for (int m = 0; m < 3; ++m) live(evidence, minute++);
    const auto now = kNow + minute * minutes{1};
    int pauses = 0;
    evidence.on_pause([&] {
      rows_meanwhile(evidence, ++pauses, now);
      EXPECT_EQ(after_a_crash_here(now), snapshot_of(evidence.in_memory())) << "pause " << pauses;
    });
    ASSERT_TRUE(evidence.checkpoint());
    EXPECT_GE(pauses, 4);
  }
  evidence.on_pause({});
  live(evidence, 13);
  EXPECT_EQ(after_a_crash_here(kNow + minutes{14}), snapshot_of(evidence.in_memory()));
  auto saved = *database.prepare("SELECT count(*) FROM evidence_saved");
  ASSERT_TRUE(*saved.step());
  EXPECT_EQ(saved.integer(0), 2);
}

TEST_F(DurableEvidenceTest, AfterACheckpointNothingIsReplayedAndTheLastPassIsKnown) {
  auto evidence = open(kNow);
  ASSERT_TRUE(evidence.ingest(batch_at(kNow, 1), kNow));
  ASSERT_TRUE(evidence.pass(kNow));
  ASSERT_TRUE(evidence.ingest(batch_at(kNow, 2), kNow));
  EXPECT_EQ(evidence.journal_entries(), 3U);
  ASSERT_TRUE(evidence.checkpoint());
  EXPECT_EQ(evidence.journal_entries(), 0U);
  const auto again = open(kNow + seconds{5});
  EXPECT_EQ(again.journal_entries(), 0U);
  EXPECT_EQ(again.last_pass(), kNow);
}

TEST_F(DurableEvidenceTest, SettingsOfTheFileHoldAfterARestart) {
  open(kNow).checkpoint();
  evidence::EvidenceSettings settings;
  settings.lateness = seconds{90};
  EXPECT_EQ(DurableEvidence::open(database, settings, kNow)->in_memory().settings(), settings);
}

// When a minute closes, how late a store may answer and which rows are taken depends on settings. What was taken under
// them comes back the same, although they were changed before and since, without a checkpoint in between.
TEST_F(DurableEvidenceTest, WhatIsReplayedIsJudgedByTheSettingsItCameUnder) {
  Bytes before;
  auto now = kNow;
  for (const auto lateness : {seconds{30}, seconds{150}, seconds{5}}) {
    evidence::EvidenceSettings settings;
    settings.pulled = 1U << static_cast<unsigned>(evidence::Source::ConfigAgent);
    settings.lateness = lateness;
    settings.lag.fill(lateness);
    settings.most_interfaces = static_cast<int>(lateness.count());
    auto evidence = *DurableEvidence::open(database, settings, now);
    if (!before.empty()) {
      auto restored = *evidence::restore_evidence(before);
      restored.configure(settings);
      EXPECT_EQ(snapshot_of(evidence.in_memory()), snapshot_of(restored)) << lateness.count();
    }
    for (int i = 0; i < 9; ++i, now += seconds{40}) {
      ASSERT_TRUE(evidence.ingest(batch_at(now - seconds{100}, 7), now));
      if (i % 4 == 0) {
        ASSERT_TRUE(evidence.answered(evidence::Source::ConfigAgent, minute_of(now) - minutes{3}, minute_of(now), now));
      }
      ASSERT_TRUE(evidence.pass(now));
    }
    before = snapshot_of(evidence.in_memory());
  }
}

// What a store answered, and which criterion a value belongs to, is what it was when it was written down, although the
// policy has changed since.
TEST_F(DurableEvidenceTest, AnswersOfPulledSourcesSurviveARestartAndAChangeOfRules) {
  evidence::EvidenceSettings settings;
  settings.pulled = 1;  // counters
  const auto minute = minute_of(kNow), end = minute + minutes{1};
  const auto later = kNow + minutes{2};
  {
    auto evidence = *DurableEvidence::open(database, settings, kNow, {"device.other", "device.ntp"});
    ASSERT_TRUE(evidence.ingest(batch_at(kNow, 7), later));
    ASSERT_TRUE(evidence.answered(evidence::Source::Counters, minute, end, later));
    ASSERT_TRUE(evidence.answered(evidence::added_source(1), minute, end, later));
  }
  const auto evidence = *DurableEvidence::open(database, settings, later, {"device.ntp"});
  const auto& store = evidence.in_memory();
  EXPECT_EQ(store.state(evidence::Source::Counters).watermark, end);
  EXPECT_EQ(store.state(evidence::added_source(0)).watermark, end);
  EXPECT_EQ(store.minute(store.find_added(0, device(1), "", true), minute), evidence::MinuteState::Good);
  EXPECT_EQ(store.state(evidence::added_source(1)).watermark, std::nullopt);
}

// Whatever door forgot to look: what is written down can be read again.
TEST_F(DurableEvidenceTest, X11_WhatCouldNotBeReadAgainIsNotWrittenDown) {
  auto evidence = *DurableEvidence::open(database, {}, kNow, {"device.ntp"});
  auto batch = batch_at(kNow, 7);
  const auto rows = batch.rows();
  batch.ports.push_back({device(3), "Eth\xFF"});
  batch.counters.push_back({2, {kNow, 1, 1, 1, 1, 1}});
  batch.values.push_back({0, {device(1), "\x01"}, kNow, 5, true});
  batch.values.push_back({0, {device(1), ""}, kNow, 24 * 60 + 1, true});
  const auto report = *evidence.ingest(batch, kNow);
  EXPECT_EQ(report.taken, rows);
  EXPECT_EQ(report.unkept_rows, 3U);
  ASSERT_EQ(report.unkept.size(), 3U);
  EXPECT_NE(report.unkept[0].find("device " + to_text(device(3)) + ": interface: expected"), std::string::npos);
  const auto again = DurableEvidence::open(database, {}, kNow, {"device.ntp"});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->damage().empty());
  EXPECT_EQ(snapshot_of(again->in_memory()), snapshot_of(evidence.in_memory()));
}

// A version that took any bytes wrote them into its journal and its checkpoints.
TEST_F(DurableEvidenceTest, X11_NamesThatAnEarlierVersionTookAreReadAsTheyStand) {
  const std::string odd = "Eth\xFF";
  auto batch = batch_at(kNow, 7);
  batch.ports[0].interface = odd;
  {
    auto evidence = *DurableEvidence::open(database, {}, kNow, {"device.ntp"});
    ASSERT_TRUE(evidence.ingest(batch_at(kNow, 7), kNow));
    auto put =
        *database.prepare("UPDATE evidence_journal SET body = ?1, sum = row_sum('body', seq, ?1) WHERE kind = 1");
    ASSERT_TRUE(put.bind(1, encode(batch)).run());
  }
  for (const bool checkpoint : {false, true}) {
    auto evidence = DurableEvidence::open(database, {}, kNow, {"device.ntp"});
    ASSERT_TRUE(evidence) << evidence.error().message;
    EXPECT_TRUE(evidence->damage().empty());
    EXPECT_NE(evidence->in_memory().find_interface(device(1), odd).index, evidence::kNoSubject);
    EXPECT_NE(evidence->in_memory().find_interface(device(2), "Vlan4001").index, evidence::kNoSubject);
    if (!checkpoint) ASSERT_TRUE(evidence->checkpoint());
  }
}

// While nothing could be written, rows were refused: nobody was silent then.
TEST_F(DurableEvidenceTest, X16_MinutesInWhichNothingCouldBeKeptAreUnobserved) {
  auto evidence = open(kNow);
  const auto live = [&](int minute) {  // the others, so that nobody takes the silence for one of the source
    const auto at = kNow + minutes{minute} + seconds{5};
    RowBatch batch;
    for (std::uint8_t n = 2; n < 7; ++n) {
      batch.ports.push_back({device(n), "Switch1/1/1"});
      batch.counters.push_back({n - 2U, {at, 1, 1, 0, 0, 0}});
    }
    const bool kept = evidence.ingest(batch, at).has_value();
    return evidence.pass(at + seconds{50}).has_value() && kept;
  };
  ASSERT_TRUE(evidence.ingest(batch_at(kNow + seconds{5}, 1), kNow + seconds{5}));
  for (const int minute : {0, 1, 2}) ASSERT_TRUE(live(minute));
  const auto before = snapshot_of(evidence.in_memory());
  ASSERT_TRUE(database.execute("PRAGMA query_only = ON"));
  for (const int minute : {3, 4}) EXPECT_FALSE(live(minute));
  EXPECT_EQ(snapshot_of(evidence.in_memory()), before);
  ASSERT_TRUE(database.execute("PRAGMA query_only = OFF"));
  for (const int minute : {5, 6, 7, 8, 9, 10}) ASSERT_TRUE(live(minute));
  const auto state = [](const evidence::Evidence& store, int minute) {
    return store.minute(store.find_interface(device(1), "Switch1/1/1"), evidence::Signal::Data,
                        minute_of(kNow + minutes{minute}));
  };
  const auto again = open(kNow + minutes{11});
  for (const auto* store : {&evidence.in_memory(), &again.in_memory()}) {
    EXPECT_EQ(state(*store, 1), evidence::MinuteState::Bad);
    for (const int minute : {3, 4, 5}) EXPECT_EQ(state(*store, minute), evidence::MinuteState::Unobserved) << minute;
    EXPECT_EQ(state(*store, 8), evidence::MinuteState::Bad);
  }
}

TEST_F(DurableEvidenceTest, TellsWhatBecameOfEachDevicesRows) {
  auto evidence = open(kNow);
  auto batch = batch_at(kNow + minutes{9}, 1);
  batch.getconfigs.clear();
  const auto ahead = evidence.ingest(batch, kNow);
  ASSERT_TRUE(ahead);
  EXPECT_EQ(ahead->taken, 0U);
  ASSERT_EQ(ahead->refused.size(), 3U);  // the QA run, and two devices
  EXPECT_EQ(ahead->refused[1].device, device(1));
  EXPECT_EQ(ahead->refused[1].outcome, evidence::RowOutcome::TooFarAhead);
  EXPECT_EQ(ahead->refused[1].at, kNow + minutes{9});
  EXPECT_EQ(evidence.ingest(batch_at(kNow, 1), kNow)->taken, 5U);
}

// Refused rows leave no trace, not even the name of a port.
// Behind everything else, and only where there are any: an older program reads all that it can know of.
TEST(RowBatch, EventsStandBehindAllElse) {
  RowBatch batch;
  batch.ports = {{device(1), "Ethernet1"}};
  batch.counters = {{0, {kNow, 5, 6, {}, {}, {}}}, {0, {kNow + std::chrono::seconds{1}, {}, {}, 7, {}, {}}}};
  const auto without = encode(batch);
  batch.counters[1].row.carrier_transitions = 3;
  batch.counters[1].row.in_discards = 0;
  const auto with = encode(batch);
  EXPECT_TRUE(std::equal(without.begin(), without.end(), with.begin()));
  EXPECT_EQ(*decode_row_batch(with), batch);
  auto bytes = with;
  bytes[without.size() + 4] = 2;  // of a row that is not there
  EXPECT_FALSE(decode_row_batch(bytes));
  bytes = with;
  bytes.pop_back();
  EXPECT_FALSE(decode_row_batch(bytes));
}

TEST(RowBatch, D14_RowsOfSomeDevicesAreTakenOutWithTheirPorts) {
  RowBatch batch;
  batch.ports = {{device(1), "a"}, {device(2), "b"}, {device(1), "c"}, {device(3), "d"}};
  for (const std::uint32_t port : {3U, 1U, 0U, 2U, 1U}) batch.counters.push_back({port, {.at = kNow + seconds{port}}});
  batch.getconfigs = {{device(2), kNow, 1}, {device(1), kNow, 2}};
  batch.qa_results = {{device(1), kNow, true}, {device(2), kNow, false}};
  batch.qa_runs = {kNow};
  const auto taken = take_rows_of(batch, [](const Pubkey& key) { return key == device(1); });
  EXPECT_EQ(taken.ports, (std::vector<RowBatch::Port>{{device(1), "a"}, {device(1), "c"}}));
  ASSERT_EQ(taken.counters.size(), 2U);
  EXPECT_EQ(taken.counters[0].row.at, kNow);
  EXPECT_EQ(taken.counters[1].row.at, kNow + seconds{2});
  EXPECT_EQ(taken.counters[1].port, 1U);
  EXPECT_EQ(taken.getconfigs, (std::vector<RowBatch::Getconfig>{{device(1), kNow, 2}}));
  EXPECT_EQ(taken.qa_results, (std::vector<RowBatch::Qa>{{device(1), kNow, true}}));
  EXPECT_TRUE(taken.qa_runs.empty());
  EXPECT_EQ(batch.ports, (std::vector<RowBatch::Port>{{device(3), "d"}, {device(2), "b"}}));
  EXPECT_EQ(batch.counters.size(), 3U);
  EXPECT_EQ(batch.counters[0].port, 0U);
  EXPECT_EQ(batch.rows(), 6U);
}

TEST(LineParser, NamesEachPortOnceABody) {
  LineParser parser;
  const auto key = to_text(device(1));
  const auto line = "intfCounters,dzd_pubkey=" + key + ",intf=Switch1/1/1 in-octets=1i 1000000000\n";
  for (int body = 0; body < 3; ++body) {
    const auto parsed = parser.parse_piece(line + line + "cpu,host=x usage=1\nbad\n", "", kNow);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->batch.ports.size(), 1U);
    EXPECT_EQ(parsed->batch.counters.size(), 2U);
    EXPECT_EQ(parsed->ignored, 1U);
    EXPECT_EQ(parsed->unreadable, 1U);
  }
  EXPECT_FALSE(parser.parse_piece(line, "fortnights", kNow));
}

TEST_F(DurableEvidenceTest, OfWhatAPartDoesNotHearItKeepsThatTheDeviceWasThere) {
  Bytes before;
  {
    auto store = open_part(kNow, 1, 2);
    ASSERT_TRUE(store.name_interfaces({{device(1), "switch1/1/1"}}, kNow));
    auto batch = batch_at(kNow + minutes{2}, 7);
    batch.values.clear();
    for (int i = 0; i < 50; ++i) batch.counters.push_back({1, {kNow + minutes{2} + seconds{i}, 8, 8, {}, {}, {}}});
    batch.counters.push_back({1, {kNow - std::chrono::hours{24 * 20}, {}, {}, 3, {}, {}}});  // a baseline
    const auto report = store.ingest(batch, kNow + minutes{2} + seconds{50});
    ASSERT_TRUE(report);
    EXPECT_EQ(report->taken, batch.rows());
    EXPECT_TRUE(report->refused.empty());
    const auto bytes = store.journal_bytes();
    ASSERT_TRUE(store.ingest(batch, kNow + minutes{2} + seconds{50}));
    EXPECT_LT(store.journal_bytes() - bytes, 400U);  // fifty rows are one minute of a device
    batch.counters = {{1, {kNow + std::chrono::hours{1}, 8, 8, {}, {}, {}}}};
    const auto ahead = store.ingest(batch, kNow + minutes{3});
    ASSERT_TRUE(ahead);
    ASSERT_EQ(ahead->refused.size(), 1U);
    EXPECT_EQ(ahead->refused[0].outcome, evidence::RowOutcome::TooFarAhead);
    ASSERT_TRUE(store.pass(kNow + minutes{5}));
    const auto& evidence = store.in_memory();
    EXPECT_EQ(evidence.subject_counts().interfaces, 1U);
    EXPECT_EQ(
        evidence.minute(evidence.find_device(device(2)), evidence::Signal::Reporting, minute_of(kNow) + minutes{2}),
        evidence::MinuteState::Good);
    before = snapshot_of(evidence);
  }
  EXPECT_EQ(snapshot_of(open_part(kNow + minutes{6}, 1, 2).in_memory()), before);
  // Another part of as many: what both hear stays, and is the same after one more start.
  {
    auto store = open_part(kNow + minutes{7}, 2, 2);
    ASSERT_TRUE(store.name_interfaces({{device(2), "vlan4001"}}, kNow + minutes{7}));
    ASSERT_TRUE(store.pass(kNow + minutes{9}));
    EXPECT_TRUE(store.in_memory().hears(device(1), "Switch1/1/1"));  // until it is forgotten
    ASSERT_TRUE(store.forget_gone({device(1), device(2)}, kNow + minutes{9}));
    EXPECT_FALSE(store.in_memory().hears(device(1), "Switch1/1/1"));
    const auto port = store.in_memory().find_interface(device(2), "Vlan4001");
    EXPECT_EQ(store.in_memory().minute(port, evidence::Signal::Data, minute_of(kNow) + minutes{3}),
              evidence::MinuteState::Unobserved);
    before = snapshot_of(store.in_memory());
  }
  EXPECT_EQ(snapshot_of(open_part(kNow + minutes{10}, 2, 2).in_memory()), before);
  EXPECT_TRUE(open(kNow + minutes{11}).in_memory().settings().hears_all());
}

}  // namespace
}  // namespace dz::telemetry
