#include "transparency/witness.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

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
  EXPECT_EQ(conflicts[1].found, render_note(fork.published.newest()->note));
  EXPECT_EQ(open_checkpoint(conflicts[1].seen, log.published.verifier())->checkpoint,
            log.published.newest()->checkpoint);
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
