#include "transparency/note.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/base64.h"
#include "transparency/checkpoint.h"

namespace dz::transparency {
namespace {

using std::chrono::seconds;

wire::Keypair key_of(std::uint8_t n) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(n);
  return wire::Keypair::from_seed(seed);
}

Note signed_by(std::uint8_t n, std::string text = "a text\n", const std::string& name = "log.example") {
  Note note{std::move(text), {}};
  note.signatures.push_back(sign_note(note.text, name, key_of(n)));
  return note;
}

NoteKey log_key(std::uint8_t n) { return {"log.example", SignatureType::Ed25519, key_of(n).pubkey()}; }

// The example in the documentation of Go's golang.org/x/mod/sumdb/note.
TEST(SignedNote, IsAsOtherProgramsMakeIt) {
  const std::string verifier = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
  const std::string note =
      "If you think cryptography is the answer to your problem,\n"
      "then you don't know what your problem is.\n"
      "\n"
      "\xE2\x80\x94 PeterNeumann "
      "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
  const auto key = parse_note_key(verifier);
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(to_text(*key), verifier);
  const auto parsed = parse_note(note);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(render_note(*parsed), note);
  const auto known = find_signature(*parsed, *key);
  ASSERT_TRUE(known) << known.error().message;
  EXPECT_TRUE(known->has_value());

  const auto secret = decode_base64("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz");
  std::array<std::uint8_t, 32> seed{};
  std::copy(secret->begin() + 1, secret->end(), seed.begin());
  const auto signature = sign_note(parsed->text, "PeterNeumann", wire::Keypair::from_seed(seed));
  EXPECT_EQ(signature, parsed->signatures.front());
}

TEST(SignedNote, IsReadAsItWasMade) {
  auto note = signed_by(1, "first\n\nsecond \xC3\xA8\n");
  note.signatures.push_back(sign_note(note.text, "other.example/x", key_of(2)));
  const auto read = parse_note(render_note(note));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, note);
}

TEST(SignedNote, KeysOfLogsAreNoKeysOfWitnesses) {
  auto witness = log_key(1);
  witness.type = SignatureType::Cosignature;
  const auto logs = parse_log_keys({to_text(log_key(1)), to_text(log_key(2))});
  ASSERT_TRUE(logs);
  EXPECT_EQ(*logs, (std::vector{log_key(1), log_key(2)}));
  EXPECT_FALSE(parse_log_keys({to_text(log_key(1)), to_text(witness)}));
  EXPECT_FALSE(parse_log_keys({"nonsense"}));
}

TEST(SignedNote, WhatIsNoneIsRefused) {
  const auto whole = render_note(signed_by(1));
  ASSERT_TRUE(parse_note(whole));
  const auto line = whole.substr(whole.find("\xE2\x80\x94"));
  for (const std::string& bad : std::vector<std::string>{
           std::string(), std::string("a text\n"), std::string("a text\n\n"), whole.substr(0, whole.size() - 1),
           "a\ttext\n\n" + line, "a\xFFtext\n\n" + line, "a text\n\n- log.example AAAA\n", whole + "more\n",
           whole + "\xE2\x80\x94 log.example AAAAAA==\n", whole + "\xE2\x80\x94 log.example AAAA*AAA\n",
           whole + "\xE2\x80\x94 two words AAAAAAAA\n", whole + "\xE2\x80\x94 a+b AAAAAAAA\n",
           whole + "\xE2\x80\x94  AAAAAAAA\n",
           whole + "\xE2\x80\x94 a\xE3\x80\x80"
                   "b AAAAAAAA\n"}) {
    EXPECT_FALSE(parse_note(bad)) << bad;
  }
}

TEST(SignedNote, HasAtMostSoManySignatures) {
  auto note = signed_by(1);
  const auto one = note.signatures.front();
  note.signatures.assign(kMostNoteSignatures, one);
  EXPECT_TRUE(parse_note(render_note(note)));
  note.signatures.push_back(one);
  EXPECT_FALSE(parse_note(render_note(note)));
}

TEST(SignedNote, OnlyTheKnownKeyCounts) {
  auto note = signed_by(1);
  EXPECT_TRUE(find_signature(note, log_key(1))->has_value());
  EXPECT_FALSE(find_signature(note, log_key(2))->has_value());  // of an unknown key: ignored
  EXPECT_FALSE(find_signature(note, {"elsewhere.example", SignatureType::Ed25519, key_of(1).pubkey()})->has_value());
  EXPECT_FALSE(find_signature(note, {"log.example", SignatureType::Cosignature, key_of(1).pubkey()})->has_value());
}

TEST(SignedNote, ASignatureOfAKnownKeyThatDoesNotHoldSpoilsIt) {
  auto note = signed_by(1);
  note.signatures.front().bytes[5] ^= 1;
  EXPECT_EQ(find_signature(note, log_key(1)).error().kind, ErrorKind::Refused);
  note = signed_by(1);
  note.text = "another\n";
  EXPECT_FALSE(find_signature(note, log_key(1)));
  note = signed_by(1);
  note.signatures.front().bytes.pop_back();
  EXPECT_FALSE(find_signature(note, log_key(1)));
}

TEST(Cosignature, SaysWhenAndForWhat) {
  const NoteKey witness{"witness.example/w1", SignatureType::Cosignature, key_of(7).pubkey()};
  auto note = signed_by(1);
  const auto at = Timestamp{seconds{1'679'315'147}};
  note.signatures.push_back(cosign_note(note.text, witness.name, key_of(7), at + std::chrono::milliseconds{900}));
  ASSERT_EQ(note.signatures.back().bytes.size(), 8U + 64U);
  auto known = find_signature(note, witness);
  ASSERT_TRUE(known && *known);
  EXPECT_EQ((*known)->cosigned_at, at);
  // The signed words are those of the specification.
  wire::Signature signature;
  std::copy(note.signatures.back().bytes.begin() + 8, note.signatures.back().bytes.end(), signature.bytes.begin());
  EXPECT_TRUE(wire::verify(signature, key_of(7).pubkey(), as_bytes("cosignature/v1\ntime 1679315147\n" + note.text)));
  note.signatures.back().bytes[7] ^= 1;  // a second more or less
  EXPECT_FALSE(find_signature(note, witness));
  note.signatures.back().bytes.resize(7);
  EXPECT_FALSE(find_signature(note, witness));
}

TEST(NoteKey, AnIdThatIsNotTheKeysIsRefused) {
  const auto text = to_text(log_key(1));
  EXPECT_EQ(*parse_note_key(text), log_key(1));
  auto other = text;
  other[text.find('+') + 1] = other[text.find('+') + 1] == '0' ? '1' : '0';
  EXPECT_FALSE(parse_note_key(other));
  for (const auto* bad : {"", "a", "a+b", "a+00000000+", "a b+00000000+AAAA", "+00000000+AAAA"}) {
    EXPECT_FALSE(parse_note_key(bad)) << bad;
  }
}

TEST(Checkpoint, IsReadAsItWasMade) {
  Checkpoint checkpoint{"log.example/one", {20'852'163, leaf_hash(as_bytes("x"))}, {"more"}};
  EXPECT_EQ(*parse_checkpoint(render_checkpoint(checkpoint)), checkpoint);
  checkpoint = {"log.example/one", {0, empty_root()}};
  EXPECT_EQ(render_checkpoint(checkpoint), "log.example/one\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
  EXPECT_EQ(*parse_checkpoint(render_checkpoint(checkpoint)), checkpoint);
}

TEST(Checkpoint, WhatIsNoneIsRefused) {
  const std::string root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  ASSERT_TRUE(parse_checkpoint("o\n1\n" + root + "\n"));
  for (const std::string& bad : std::vector<std::string>{
           std::string(), "o\n01\n" + root + "\n", "o\n-1\n" + root + "\n", "o\n\n" + root + "\n",
           "\n1\n" + root + "\n", "o\n1\n" + root, std::string("o\n1\nAAAA\n"), "o\n1\n" + root + "\n\n",
           "o\n9223372036854775808\n" + root + "\n", "o\n1 \n" + root + "\n"}) {
    EXPECT_FALSE(parse_checkpoint(bad)) << bad;
  }
}

TEST(Checkpoint, IsOfTheLogWhoseKeySignedIt) {
  const auto note = render_note(signed_by(1, render_checkpoint({"log.example", {0, empty_root()}})));
  EXPECT_TRUE(open_checkpoint(note, log_key(1)));
  EXPECT_EQ(open_checkpoint(note, log_key(2)).error().kind, ErrorKind::Refused);
  const auto other = render_note(signed_by(1, render_checkpoint({"other.example", {0, empty_root()}})));
  EXPECT_EQ(open_checkpoint(other, log_key(1)).error().kind, ErrorKind::Refused);
}

}  // namespace
}  // namespace dz::transparency
