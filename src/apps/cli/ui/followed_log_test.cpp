#include "apps/cli/ui/followed_log.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "transparency/published_log.h"
#include "transparency/witness.h"

namespace dz::cli {
namespace {

using transparency::Log;
using transparency::NoteKey;
using transparency::PublishedLog;

wire::Keypair key_of(std::uint8_t n) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(n);
  return wire::Keypair::from_seed(seed);
}

// A log, and somebody who follows it.
struct FollowedLog : testing::Test {
  struct Side {
    storage::SqliteDatabase database = *storage::SqliteDatabase::open(":memory:");
    PublishedLog published = *PublishedLog::open(*Log::open(database), {"log.example", key_of(1), ""});
    void add(std::initializer_list<const char*> entries) {
      std::vector<Bytes> bytes;
      for (const std::string text : entries) bytes.emplace_back(text.begin(), text.end());
      auto log = published.log();
      ASSERT_TRUE(log.append(bytes));
      ASSERT_TRUE(published.publish());
    }
    transparency::FetchFile fetch() const {
      return [this](const std::string& path) -> Result<std::string> {
        DZ_TRY_ASSIGN(auto file, file_of(published, path));
        return std::move(file.body);
      };
    }
  };

  FollowedLog() {
    auto name = (std::filesystem::temp_directory_path() / "dz-followed-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    folder = name;
    log.state = folder + "/deeper/state";
    log.wanted = [](ByteView entry) { return as_text(entry).starts_with("a"); };
  }
  ~FollowedLog() override { std::filesystem::remove_all(folder); }

  std::string folder;
  Side side;
  LogToFollow log;
};

TEST_F(FollowedLog, TellsWhatIsNewAndWanted) {
  side.add({"a1", "b1"});
  const auto first = follow_log(log, side.fetch());
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_TRUE(first->key_by_itself);
  EXPECT_EQ(first->key, side.published.verifier());
  ASSERT_EQ(first->entries.size(), 1U);
  side.add({"b2", "a2"});
  const auto second = follow_log(log, side.fetch());
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_FALSE(second->key_by_itself);
  EXPECT_EQ(second->before.size, 2U);
  ASSERT_EQ(second->entries.size(), 1U);
  EXPECT_EQ(second->entries[0].index, 3U);
  EXPECT_TRUE(follow_log(log, side.fetch())->entries.empty());
}

TEST_F(FollowedLog, ALogThatContradictsWhatWasAcceptedIsRefusedWithTheEvidenceKept) {
  side.add({"a1", "b1"});
  ASSERT_TRUE(follow_log(log, side.fetch()));
  Side other;
  other.add({"a1", "b9", "c9"});
  const auto refused = follow_log(log, other.fetch());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("contradicts itself"), std::string::npos) << refused.error().message;
  EXPECT_TRUE(std::filesystem::exists(log.state + ".refused"));
  side.add({"a2"});
  EXPECT_EQ(follow_log(log, side.fetch())->before.size, 2U);  // the true one goes on
}

TEST_F(FollowedLog, AWitnessThatSawAnotherStoryHearsOfThisOne) {
  auto kept = *storage::SqliteDatabase::open(":memory:");
  auto witness = *transparency::Witness::open(kept, "w.example", key_of(9), {side.published.verifier()});
  log.hand_to = {[&](const transparency::AddCheckpoint& request) -> Result<transparency::WitnessWord> {
    const auto answer = witness.add_checkpoint(render_add_checkpoint(request), {});
    return read_witness_answer(answer.status, answer.body, *transparency::parse_note(request.note), witness.verifier());
  }};
  side.add({"a1", "b1"});
  ASSERT_TRUE(follow_log(log, side.fetch()));
  side.add({"b2", "a2", "a3"});
  ASSERT_TRUE(follow_log(log, side.fetch()));
  Side other;
  other.add({"a1", "b1", "b9"});
  const auto behind =
      follow_log(LogToFollow{.state = folder + "/behind", .hand_to = log.hand_to, .wanted = log.wanted}, other.fetch());
  EXPECT_EQ(behind.error().kind, ErrorKind::Retry) << behind.error().message;  // of 3 entries nothing is known any more
  other.add({"b10", "b11", "b12"});
  log.state = folder + "/of-somebody-else";
  const auto refused = follow_log(log, other.fetch());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("two stories"), std::string::npos) << refused.error().message;
  EXPECT_FALSE(std::filesystem::exists(log.state));  // not accepted
  EXPECT_EQ(witness.conflicts()->size(), 1U);
}

TEST_F(FollowedLog, OtherKeysAreNotTaken) {
  side.add({"a1"});
  log.key = to_text(NoteKey{"log.example", transparency::SignatureType::Ed25519, key_of(3).pubkey()});
  EXPECT_FALSE(follow_log(log, side.fetch()));
  log.key.reset();
  ASSERT_TRUE(follow_log(log, side.fetch()));
  log.key = to_text(NoteKey{"log.example", transparency::SignatureType::Ed25519, key_of(3).pubkey()});
  EXPECT_NE(follow_log(log, side.fetch()).error().message.find("--state"), std::string::npos);
  log.key = to_text(side.published.verifier());
  EXPECT_TRUE(follow_log(log, side.fetch()));
}

TEST_F(FollowedLog, AWitnessThatIsAskedForMustHaveCosigned) {
  side.add({"a1"});
  log.witnesses = {{"w.example", transparency::SignatureType::Cosignature, key_of(2).pubkey()}};
  EXPECT_NE(follow_log(log, side.fetch()).error().message.find("w.example"), std::string::npos);
  const auto& text = side.published.newest()->note.text;
  const Timestamp at{std::chrono::seconds{1'764'633'600}};
  side.published.add_cosignatures(text, {transparency::cosign_note(text, "w.example", key_of(2), at)});
  const auto news = follow_log(log, side.fetch());
  ASSERT_TRUE(news) << news.error().message;
  ASSERT_EQ(news->cosigned.size(), 1U);
  EXPECT_EQ(news->cosigned[0].at, at);
}

}  // namespace
}  // namespace dz::cli
