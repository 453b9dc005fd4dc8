#include "transparency/witness.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "storage/row_checks.h"
#include "transparency/hand_on.h"
#include "transparency/published_log.h"
#include "transparency/testing.h"

namespace dz::transparency {
namespace {

using testing::key_of;
using testing::some_entries;

const Timestamp kNow{std::chrono::seconds{1'764'633'600}};

// A log, what its operator could do with it, and a witness that knows it.
struct WitnessTest : ::testing::Test {
  struct Side {  // one of the stories that the log's key signs
    storage::SqliteDatabase database = *storage::SqliteDatabase::open(":memory:");
    PublishedLog published = *PublishedLog::open(*Log::open(database), {"log.example", key_of(1), ""});
    void add(const std::vector<Bytes>& entries) {
      auto log = published.log();
      ASSERT_TRUE(log.append(entries));
      ASSERT_TRUE(published.publish());
    }
    std::string request(std::uint64_t seen) const { return render_add_checkpoint(*published.ask_witness(seen)); }
  };

  storage::SqliteDatabase kept = *storage::SqliteDatabase::open(":memory:");
  Side log;
  Witness witness = open();

  Witness open() { return *Witness::open(kept, "witness.example/w1", key_of(9), {log.published.verifier()}); }
  WitnessAnswer ask(const std::string& body) { return witness.add_checkpoint(body, kNow); }
  TreeHead seen() { return witness.seen()->at(0).head; }

  // What somebody does who reads `from` and asks the witness about it.
  Result<void> hand_on(const Side& from) {
    const auto fetch = [&](const std::string& path) {
      return file_of(from.published, path).map([](const LogFile& file) { return file.body; });
    };
    return transparency::hand_on(
        *from.published.newest(), fetch, [&](const AddCheckpoint& request) -> Result<WitnessWord> {
          const auto answer = ask(render_add_checkpoint(request));
          return read_witness_answer(answer.status, answer.body, from.published.newest()->note, witness.verifier());
        });
  }
  // By whoever has what the witness shows, and trusts nobody.
  void expect_proven(const LogConflict& conflict) {
    const auto one = open_checkpoint(conflict.seen, log.published.verifier());
    const auto other = open_checkpoint(conflict.found, log.published.verifier());
    ASSERT_TRUE(one && other);
    EXPECT_TRUE(contradict(one->checkpoint.head, other->checkpoint.head, conflict.beginning));
  }
};

TEST_F(WitnessTest, CosignsWhatGoesOnFromWhatItSaw) {
  std::uint64_t before = 0;
  for (const std::size_t count : {0, 1, 300, 0, 57}) {
    log.add(some_entries(before, count));
    const auto answer = ask(log.request(before));
    ASSERT_EQ(answer.status, 200) << answer.body;
    const auto& note = log.published.newest()->note;
    const auto word = read_witness_answer(answer.status, answer.body, note, witness.verifier());
    ASSERT_EQ(word.kind, WitnessWord::Kind::Cosigned) << word.trouble;
    log.published.add_cosignatures(note.text, word.cosignatures);
    const auto known = find_signature(note, witness.verifier());
    ASSERT_TRUE(known && *known);
    EXPECT_EQ((*known)->cosigned_at, kNow);
    before += count;
    EXPECT_EQ(seen().size, before);
    witness = open();  // it knows after a restart
  }
  EXPECT_EQ(log.published.newest()->note.signatures.size(), 2U);
  EXPECT_TRUE(witness.conflicts()->empty());
}

TEST_F(WitnessTest, SaysWhichSizeItSaw) {
  log.add(some_entries(0, 10));
  ASSERT_EQ(ask(log.request(0)).status, 200);
  log.add(some_entries(10, 10));
  for (const std::uint64_t other : {0, 5, 20}) {
    const auto answer = ask(log.request(other));
    EXPECT_EQ(answer.status, 409);
    EXPECT_EQ(answer.content_type, "text/x.tlog.size");
    EXPECT_EQ(answer.body, "10\n");
    const auto word = read_witness_answer(409, answer.body, log.published.newest()->note, witness.verifier());
    EXPECT_EQ(word.kind, WitnessWord::Kind::Behind);
    EXPECT_EQ(word.other_size, 10U);
  }
  EXPECT_EQ(ask(log.request(10)).status, 200);
}

TEST_F(WitnessTest, NeverCosignsTwoStories) {
  log.add(some_entries(0, 10));
  ASSERT_EQ(ask(log.request(0)).status, 200);
  Side fork;
  fork.add(some_entries(1, 10));
  EXPECT_EQ(ask(fork.request(10)).status, 409);  // as long, and different
  fork.add(some_entries(11, 10));
  EXPECT_EQ(ask(fork.request(10)).status, 422);  // longer: no proof leads there
  EXPECT_EQ(ask(fork.request(10)).status, 422);
  EXPECT_EQ(seen(), log.published.newest()->checkpoint.head);
  const auto conflicts = *witness.conflicts();
  ASSERT_EQ(conflicts.size(), 2U);  // the same is kept once
  EXPECT_TRUE(conflicts[0].beginning.empty());
  EXPECT_EQ(conflicts[1].found, render_note(fork.published.newest()->note));
  EXPECT_EQ(open_checkpoint(conflicts[1].seen, log.published.verifier())->checkpoint,
            log.published.newest()->checkpoint);
  for (const auto& conflict : conflicts) expect_proven(conflict);
}

// Everybody can read the checkpoints of a log that tells one story.
TEST_F(WitnessTest, AStrangerRaisesNoAlarmAboutAnHonestLog) {
  log.add(some_entries(0, 6));
  for (const std::size_t size : {7, 8}) {
    log.add(some_entries(size - 1, 1));
    ASSERT_TRUE(hand_on(log));
    const auto known = *parse_add_checkpoint(log.request(size));
    Side later;
    later.add(some_entries(0, size));
    later.add(some_entries(size, 13));
    const auto right = *parse_add_checkpoint(later.request(size));
    for (const auto& request : {known, right}) {
      std::vector<Proof> wrong(3, request.proof);
      wrong[0].insert(wrong[0].begin(), seen().root);
      wrong[1].insert(wrong[1].begin(), Hash{});
      wrong[2].push_back(Hash{});
      for (std::size_t i = 0; i < request.proof.size(); ++i) {
        wrong.push_back(request.proof);
        wrong.back()[i][0] ^= 1;
      }
      for (const auto& proof : wrong)
        EXPECT_EQ(ask(render_add_checkpoint({size, proof, request.note})).status, 422) << size << " " << proof.size();
    }
  }
  EXPECT_TRUE(witness.conflicts()->empty());
  EXPECT_GT(witness.answers().at(422), 10U);
  Side later;
  later.add(some_entries(0, 21));
  EXPECT_TRUE(hand_on(later));  // and the log goes on
}

TEST_F(WitnessTest, AnotherStoryIsProvenWhateverItsSize) {
  for (std::size_t size = 1; size <= 17; ++size) {
    Side story;
    story.add(some_entries(0, size));
    kept = *storage::SqliteDatabase::open(":memory:");
    witness = open();
    ASSERT_TRUE(hand_on(story));
    Side other;
    other.add(some_entries(1, size));
    for (const std::size_t more : {0, 1, 300}) {
      other.add(some_entries(size + 1, more));
      const auto said = hand_on(other);
      ASSERT_FALSE(said);
      EXPECT_EQ(said.error().kind, ErrorKind::Refused);
      EXPECT_NE(said.error().message.find("two stories"), std::string::npos) << said.error().message;
    }
    const auto conflicts = *witness.conflicts();
    ASSERT_EQ(conflicts.size(), 3U) << size;
    for (const auto& conflict : conflicts) expect_proven(conflict);
  }
}

// Anybody can add lines of signatures to a note; what is kept is the log's own, so once.
TEST_F(WitnessTest, AConflictIsKeptWithTheLogsSignatureAlone) {
  log.add(some_entries(0, 10));
  ASSERT_TRUE(hand_on(log));
  Side fork;
  fork.add(some_entries(1, 10));
  auto request = *parse_add_checkpoint(fork.request(10));
  for (std::uint8_t other = 0; other < 5; ++other) {
    auto note = *parse_note(request.note);
    note.signatures.push_back(sign_note(note.text, "stranger.example", key_of(other)));
    EXPECT_EQ(ask(render_add_checkpoint({10, {}, render_note(note)})).status, 409);
  }
  ASSERT_EQ(witness.conflicts()->size(), 1U);
  EXPECT_EQ(witness.conflicts()->at(0).found, request.note);
}

TEST_F(WitnessTest, OfWhatAnEarlierVersionKeptOnlyProofsAreTakenOver) {
  log.add(some_entries(0, 10));
  ASSERT_TRUE(hand_on(log));
  Side fork, honest;
  fork.add(some_entries(1, 10));
  honest.add(some_entries(0, 12));
  constexpr storage::CheckedTable kFormer{"witness_conflict", "id, origin, at, seen, found, reason"};
  ASSERT_TRUE(
      kept.execute("CREATE TABLE witness_conflict(id INTEGER PRIMARY KEY, origin TEXT NOT NULL, at INTEGER NOT "
                   "NULL, seen TEXT NOT NULL, found TEXT NOT NULL, reason TEXT NOT NULL, sum INTEGER NOT NULL)"));
  const auto seen_note = render_note(log.published.newest()->note);
  std::int64_t id = 0;
  for (const Side* side : {&honest, &fork}) {
    auto add = *kept.prepare(insert_sql(kFormer));
    add.bind(1, ++id).bind(2, std::string_view("log.example")).bind(3, std::int64_t{5});
    add.bind(4, std::string_view(seen_note));
    ASSERT_TRUE(add.bind(5, std::string_view(render_note(side->published.newest()->note)))
                    .bind(6, std::string_view("no proof leads there"))
                    .run());
  }
  for (int start = 0; start < 2; ++start) {
    witness = open();
    const auto conflicts = *witness.conflicts();
    ASSERT_EQ(conflicts.size(), 1U);
    EXPECT_EQ(conflicts[0].found, render_note(fork.published.newest()->note));
    EXPECT_EQ(conflicts[0].at, Timestamp{Duration{5}});
    expect_proven(conflicts[0]);
  }
}

// A log may refuse to show what it signed: that proves no second story, and is said in other words.
TEST_F(WitnessTest, WhatALogDoesNotShowIsNotHandedOn) {
  log.add(some_entries(0, 10));
  ASSERT_TRUE(hand_on(log));
  Side fork, unlike;
  fork.add(some_entries(1, 300));
  unlike.add(some_entries(2, 300));
  const auto ask_witness = [&](const AddCheckpoint& request) -> Result<WitnessWord> {
    const auto answer = ask(render_add_checkpoint(request));
    return read_witness_answer(answer.status, answer.body, fork.published.newest()->note, witness.verifier());
  };
  const auto none = transparency::hand_on(
      *fork.published.newest(), [](const std::string& path) -> Result<std::string> { return not_found(path); },
      ask_witness);
  EXPECT_EQ(none.error().kind, ErrorKind::NotFound);
  const auto others = transparency::hand_on(
      *fork.published.newest(),
      [&](const std::string& path) {
        return file_of(unlike.published, path).map([](const LogFile& file) { return file.body; });
      },
      ask_witness);
  EXPECT_EQ(others.error().kind, ErrorKind::Refused);
  EXPECT_NE(others.error().message.find("do not show the tree"), std::string::npos) << others.error().message;
  EXPECT_TRUE(witness.conflicts()->empty());
}

TEST_F(WitnessTest, ALogThatWasSetBackIsNotCosigned) {
  log.add(some_entries(0, 10));
  ASSERT_EQ(ask(log.request(0)).status, 200);
  Side back;
  back.add(some_entries(0, 8));
  EXPECT_EQ(ask(back.request(0)).status, 409);
  EXPECT_EQ(back.published.ask_witness(10).error().kind, ErrorKind::Refused);  // the log notices it too
  auto forced = *parse_add_checkpoint(back.request(8));
  forced.old_size = 10;
  EXPECT_EQ(ask(render_add_checkpoint(forced)).status, 400);
  EXPECT_EQ(seen().size, 10U);
}

TEST_F(WitnessTest, KnowsLogsByTheirKeys) {
  log.add(some_entries(0, 3));
  auto request = *parse_add_checkpoint(log.request(0));
  auto note = *parse_note(request.note);
  note.signatures = {sign_note(note.text, "log.example", key_of(2))};
  request.note = render_note(note);
  EXPECT_EQ(ask(render_add_checkpoint(request)).status, 403);
  note.text = render_checkpoint({"other.example", {3, empty_root()}});
  request.note = render_note(note);
  EXPECT_EQ(ask(render_add_checkpoint(request)).status, 404);
  EXPECT_TRUE(witness.seen()->empty());
  EXPECT_EQ(witness.answers().at(403), 1U);
}

TEST_F(WitnessTest, WhatIsNoRequestIsRefused) {
  log.add(some_entries(0, 3));
  ASSERT_EQ(ask(log.request(0)).status, 200);
  log.add(some_entries(3, 4));
  const auto good = log.request(3);
  const auto rest = good.substr(good.find('\n') + 1);
  for (const std::string& bad : std::vector<std::string>{
           std::string(), std::string("old 3\n"), std::string("old 3\n\n"), "old 03\n" + rest, "old\n" + rest,
           "old -3\n" + rest, "Old 3\n" + rest, "old 3\nAAAA\n" + rest, good.substr(0, good.size() - 1)}) {
    EXPECT_EQ(ask(bad).status, 400) << bad;
  }
  std::string lines;
  for (int i = 0; i < 64; ++i) lines += "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
  EXPECT_EQ(ask("old 3\n" + lines + rest).status, 400);
  auto request = *parse_add_checkpoint(good);
  request.proof.back()[0] ^= 1;
  EXPECT_EQ(ask(render_add_checkpoint(request)).status, 422);
  EXPECT_EQ(ask(good).status, 200);
}

TEST_F(WitnessTest, AnAnswerCountsOnlyWithItsSignature) {
  log.add(some_entries(0, 3));
  const auto answer = ask(log.request(0));
  const auto& note = log.published.newest()->note;
  const NoteKey other{"witness.example/w1", SignatureType::Cosignature, key_of(8).pubkey()};
  EXPECT_EQ(read_witness_answer(200, answer.body, note, other).kind, WitnessWord::Kind::Refused);
  EXPECT_EQ(read_witness_answer(200, "", note, witness.verifier()).kind, WitnessWord::Kind::Refused);
  EXPECT_EQ(read_witness_answer(200, "nonsense", note, witness.verifier()).kind, WitnessWord::Kind::Refused);
  EXPECT_EQ(read_witness_answer(409, "many\n", note, witness.verifier()).kind, WitnessWord::Kind::Refused);
  EXPECT_EQ(read_witness_answer(500, "", note, witness.verifier()).kind, WitnessWord::Kind::Refused);
  const auto elsewhere = sign_note("another\n", "witness.example/w1", key_of(9));
  EXPECT_EQ(read_witness_answer(200, render_signatures({elsewhere}), note, witness.verifier()).kind,
            WitnessWord::Kind::Refused);
}

TEST(WitnessAddress, IsAKeyAndAUrl) {
  const auto key = to_text(NoteKey{"w.example", SignatureType::Cosignature, key_of(9).pubkey()});
  const auto address = parse_witness_address(key + " https://w.example/prefix/");
  ASSERT_TRUE(address) << address.error().message;
  EXPECT_EQ(address->url, "https://w.example/prefix");
  EXPECT_FALSE(parse_witness_address(key));
  EXPECT_FALSE(parse_witness_address(key + " w.example"));
  EXPECT_FALSE(parse_witness_address(to_text(NoteKey{"w.example", SignatureType::Ed25519, key_of(9).pubkey()}) +
                                     " https://w.example"));
}

}  // namespace
}  // namespace dz::transparency
