#include "transparency/log.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <filesystem>
#include <string>

#include "storage/state_file.h"
#include "transparency/follower.h"
#include "transparency/published_log.h"
#include "transparency/testing.h"

namespace dz::transparency {
namespace {

using testing::key_of;
using testing::some_entries;
using testing::TempFolder;

storage::SqliteDatabase memory() { return *storage::SqliteDatabase::open(":memory:"); }

std::vector<Hash> leaves_of(std::span<const Bytes> entries) {
  std::vector<Hash> leaves;
  for (const auto& entry : entries) leaves.push_back(leaf_hash(entry));
  return leaves;
}

TEST(Log, IsTheTreeOverItsEntriesWhateverTheyCameIn) {
  auto database = memory();
  auto log = *Log::open(database);
  const auto entries = some_entries(0, 1400);
  const auto leaves = leaves_of(entries);
  EXPECT_EQ(log.head(), (TreeHead{0, empty_root()}));
  std::size_t done = 0;
  for (const std::size_t count : {0, 1, 1, 253, 1, 1, 255, 256, 257, 300, 75}) {
    const auto added = log.append(std::span(entries).subspan(done, count));
    ASSERT_TRUE(added) << added.error().message;
    ASSERT_EQ(added->first, done);
    done += count;
    ASSERT_EQ(log.head(), (TreeHead{done, tree_root(std::span(leaves).first(done))})) << done;
  }
  ASSERT_EQ(done, entries.size());
  for (std::uint64_t i = 0; i < done; i += 37) EXPECT_EQ(log.entry(i), entries[i]) << i;
  EXPECT_EQ(log.entry(1399), entries[1399]);
  EXPECT_EQ(log.entry(1400).error().kind, ErrorKind::NotFound);
  EXPECT_EQ(log.entries(9, 1).error().kind, ErrorKind::NotFound);
  EXPECT_EQ(log.entries(0, 0).error().kind, ErrorKind::NotFound);
  EXPECT_EQ(log.tile({0, 5, 121}).error().kind, ErrorKind::NotFound);
  EXPECT_EQ(log.tile({0, 5, 120}), std::vector<Hash>(leaves.begin() + 1280, leaves.end()));
  EXPECT_EQ(log.tile({1, 0, 5})->at(4), tree_root(std::span(leaves).subspan(1024, 256)));
}

TEST(Log, ProofsHoldBetweenAnySizes) {
  static auto database = memory();
  static auto log = *Log::open(database);
  static const auto entries = some_entries(0, 67'000);  // three levels of tiles
  static const auto leaves = leaves_of(entries);
  ASSERT_TRUE(log.append(entries));
  rc::check([] {
    const auto size = *rc::gen::inRange<std::size_t>(1, entries.size() + 1);
    const auto index = *rc::gen::inRange<std::size_t>(0, size);
    const TreeHead head{size, tree_root(std::span(leaves).first(size))};
    RC_ASSERT(log.root(size) == head.root);
    const auto inclusion = log.inclusion_proof(index, size);
    RC_ASSERT(inclusion && check_inclusion(leaves[index], index, head, *inclusion).has_value());
    const TreeHead older{index, tree_root(std::span(leaves).first(index))};
    const auto consistency = log.consistency_proof(index, size);
    RC_ASSERT(consistency && check_consistency(older, head, *consistency).has_value());
    RC_ASSERT(log.check_extends(older).has_value());
  });
  EXPECT_FALSE(log.root(67'001));
  EXPECT_EQ(log.inclusion_proof(5, 5).error().kind, ErrorKind::Refused);
  EXPECT_FALSE(log.inclusion_proof(0, 67'001));
}

// Of a whole bundle the hashes of a few leaves at a time are made: a proof needs those around its entry and, where the
// tree ended in the middle of the bundle, those at its end.
TEST(Log, ProofsHoldInATreeThatEndedInTheMiddleOfABundle) {
  auto database = memory();
  auto log = *Log::open(database);
  const auto entries = some_entries(0, 300);
  const auto leaves = leaves_of(entries);
  ASSERT_TRUE(log.append(entries));
  for (std::size_t size = 17; size < 256; size += 9) {
    const TreeHead head{size, tree_root(std::span(leaves).first(size))};
    for (std::size_t index = 0; index < size; index += 7)
      ASSERT_TRUE(check_inclusion(leaves[index], index, head, *log.inclusion_proof(index, size)))
          << index << " " << size;
  }
}

TEST(Log, WhatWasRolledBackNeverWas) {
  auto database = memory();
  auto log = *Log::open(database);
  ASSERT_TRUE(log.append(some_entries(0, 250)));
  const auto before = *log.head();
  ASSERT_TRUE(database.begin());
  ASSERT_TRUE(log.append(some_entries(1000, 20)));
  EXPECT_EQ(log.size(), 270U);
  database.rollback();
  EXPECT_EQ(log.head(), before);
  ASSERT_TRUE(database.begin());
  EXPECT_EQ(log.append(some_entries(250, 10))->first, 250U);
  ASSERT_TRUE(database.commit());
  EXPECT_EQ(log.head()->root, tree_root(leaves_of(some_entries(0, 260))));
}

TEST(Log, AnEntryThatIsTooLongIsRefusedWithAllBesideIt) {
  auto database = memory();
  auto log = *Log::open(database);
  EXPECT_EQ(log.append(std::vector<Bytes>{{1}, Bytes(kMostEntry + 1)}).error().kind, ErrorKind::Refused);
  EXPECT_EQ(log.size(), 0U);
  EXPECT_TRUE(log.append(std::vector<Bytes>{Bytes(kMostEntry)}));
}

TEST(Log, DamageIsNoticed) {
  auto database = memory();
  auto log = *Log::open(database);
  ASSERT_TRUE(log.append(some_entries(0, 300)));
  for (const auto* damage :
       {"UPDATE log_entry SET entry = x'00' WHERE number = 270", "DELETE FROM log_entry WHERE number = 270",
        "UPDATE log_bundle SET packed = x'00'", "UPDATE log_tile SET hashes = zeroblob(1408) WHERE place = 1"}) {
    ASSERT_TRUE(database.execute(std::string("SAVEPOINT s; ") + damage));
    const bool whole = log.entries(0, 256) && log.entries(1, 44) && log.tile({0, 1, 44});
    EXPECT_FALSE(whole) << damage;
    ASSERT_TRUE(database.execute("ROLLBACK TO s; RELEASE s"));
  }
  EXPECT_TRUE(log.entries(0, 256) && log.entries(1, 44) && log.tile({0, 1, 44}));
}

// The hashes of its entries are not kept a second time.
TEST(Log, OfLevel0OnlyTheTileThatGrowsIsKept) {
  auto database = memory();
  auto log = *Log::open(database);
  const auto entries = some_entries(0, 1100);
  for (std::size_t done = 0, count = 0; done < entries.size(); done += count) {
    count = std::min<std::size_t>(done == 0 ? 700 : 57, entries.size() - done);
    const auto added = log.append(std::span(entries).subspan(done, count));
    ASSERT_TRUE(added) << added.error().message;
    EXPECT_EQ(added->leaves, leaves_of(std::span(entries).subspan(done, count)));
    auto kept = *database.prepare("SELECT count(*), max(place) FROM log_tile WHERE place < 281474976710656");
    ASSERT_TRUE(*kept.step());
    EXPECT_EQ(kept.integer(0), (done + count) % 256 == 0 ? 0 : 1);
    if (kept.integer(0) == 1) EXPECT_EQ(kept.integer(1), static_cast<std::int64_t>((done + count) / 256));
  }
  const auto leaves = leaves_of(entries);
  for (std::uint64_t index = 0; index < 4; ++index) {
    const auto begin = leaves.begin() + static_cast<std::ptrdiff_t>(256 * index);
    EXPECT_EQ(log.tile({0, index, 256}), std::vector<Hash>(begin, begin + 256));
    EXPECT_EQ(log.tile({0, index, 3}), std::vector<Hash>(begin, begin + 3));
  }
}

// An earlier version kept all of them.
TEST(Log, TilesThatAnEarlierVersionKeptAreRead) {
  auto database = memory();
  auto log = *Log::open(database);
  const auto entries = some_entries(0, 600);
  ASSERT_TRUE(log.append(std::span(entries).first(300)));
  const auto first = leaves_of(some_entries(0, 256));
  auto put = *database.prepare("INSERT INTO log_tile VALUES(0, ?1, row_sum('log_tile', 0, ?1))");
  ASSERT_TRUE(put.bind(1, ByteView(encode_hashes(first))).run());
  ASSERT_TRUE(database.execute("SAVEPOINT s; DELETE FROM log_bundle"));
  EXPECT_EQ(log.tile({0, 0, 256}), first);
  ASSERT_TRUE(database.execute("ROLLBACK TO s; RELEASE s"));
  ASSERT_TRUE(log.append(std::span(entries).subspan(300)));
  EXPECT_EQ(log.head()->root, tree_root(leaves_of(entries)));
}

// Entries with a checksum that is theirs, but not those that the tree was made of.
TEST(Log, OtherEntriesThanTheTreeHasAreNoticed) {
  auto database = memory(), other = memory();
  auto log = *Log::open(database);
  ASSERT_TRUE(log.append(some_entries(0, 256)));
  ASSERT_TRUE(Log::open(other)->append(some_entries(1, 256)));
  ASSERT_TRUE(log.inclusion_proof(7, 256));
  auto row = *other.prepare("SELECT bundle, packed, sum FROM log_bundle");
  ASSERT_TRUE(*row.step());
  auto put = *database.prepare("INSERT OR REPLACE INTO log_bundle VALUES(?, ?, ?)");
  ASSERT_TRUE(put.bind_row(row).run());
  EXPECT_EQ(log.tile({0, 0, 256}).error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(log.inclusion_proof(7, 256).error().kind, ErrorKind::Corrupt);
}

// A published log in a folder of its own, opened as often as wanted.
struct Kept {
  TempFolder folder;
  std::string file = folder.path + "/log.db-checkpoint";
  Result<PublishedLog> open(storage::SqliteDatabase& database, bool asked_for = true,
                            const std::string& origin = "log.example/m1") const {
    return PublishedLog::open(*Log::open(database), {origin, key_of(1), file, asked_for});
  }
};

TEST(PublishedLog, GoesOnFromItsLastCheckpoint) {
  const Kept kept;
  auto database = memory();
  {
    auto published = *kept.open(database);
    EXPECT_TRUE(*published.publish());
    ASSERT_TRUE(published.log().head());
    auto log = published.log();
    ASSERT_TRUE(log.append(some_entries(0, 10)));
    EXPECT_TRUE(*published.publish());
    EXPECT_FALSE(*published.publish());
    ASSERT_TRUE(log.append(some_entries(10, 5)));  // and not published: lost or not, it was not said
  }
  auto again = kept.open(database);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->newest()->checkpoint.head.size, 10U);
  EXPECT_TRUE(*again->publish());
  EXPECT_EQ(again->newest()->checkpoint.head.size, 15U);
}

TEST(PublishedLog, ALogThatDoesNotExtendItsLastCheckpointIsRefused) {
  const Kept kept;
  auto database = memory();
  auto published = *kept.open(database);
  auto log = published.log();
  ASSERT_TRUE(log.append(some_entries(0, 10)));
  ASSERT_TRUE(published.publish());
  {
    auto shorter = memory();
    ASSERT_TRUE(Log::open(shorter)->append(some_entries(0, 9)));
    const auto refused = kept.open(shorter);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::Corrupt);
    EXPECT_NE(refused.error().message.find("at least 10 entries"), std::string::npos) << refused.error().message;
  }
  auto other = memory();
  ASSERT_TRUE(Log::open(other)->append(some_entries(1, 20)));
  const auto refused = kept.open(other);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("entries were changed"), std::string::npos) << refused.error().message;
  EXPECT_NE(refused.error().message.find(kept.file), std::string::npos);
}

TEST(PublishedLog, ACheckpointFileOfAnotherLogOrDamagedIsRefused) {
  const Kept kept;
  auto database = memory();
  ASSERT_TRUE(Log::open(database)->append(some_entries(0, 2)));
  ASSERT_TRUE(kept.open(database)->publish());
  EXPECT_FALSE(kept.open(database, true, "log.example/m2"));
  const auto named = kept.open(database, false, "log.example/m2");  // nobody asked for another name
  ASSERT_TRUE(named) << named.error().message;
  EXPECT_EQ(named->origin(), "log.example/m1");
  ASSERT_TRUE(storage::write_state_file(kept.file, "nothing\n"));
  EXPECT_FALSE(kept.open(database));
}

// Whatever went wrong on the disk: no second truth is signed.
TEST(PublishedLog, SignsNothingThatTakesBackWhatItSigned) {
  const Kept kept;
  auto database = memory();
  auto published = *kept.open(database);
  auto log = published.log();
  ASSERT_TRUE(log.append(some_entries(0, 10)));
  ASSERT_TRUE(published.publish());
  const auto signed_note = render_note(published.newest()->note);
  ASSERT_TRUE(database.execute("DELETE FROM log_entry; DELETE FROM log_tile"));
  EXPECT_FALSE(published.publish());
  ASSERT_TRUE(log.append(some_entries(50, 11)));
  EXPECT_FALSE(published.publish());
  EXPECT_EQ(render_note(published.newest()->note), signed_note);
}

TEST(LogFiles, AreOfWhatWasPublishedAndOfNothingElse) {
  const Kept kept;
  auto database = memory();
  auto published = *kept.open(database);
  EXPECT_EQ(file_of(published, "checkpoint").error().kind, ErrorKind::NotFound);
  auto log = published.log();
  ASSERT_TRUE(log.append(some_entries(0, 258)));
  ASSERT_TRUE(published.publish());
  ASSERT_TRUE(log.append(some_entries(258, 2)));  // not published
  EXPECT_EQ(file_of(published, "checkpoint")->body, render_note(published.newest()->note));
  EXPECT_FALSE(file_of(published, "checkpoint")->for_good);
  EXPECT_EQ(file_of(published, "key")->body, to_text(published.verifier()) + "\n");
  for (const auto* path : {"tile/0/000", "tile/0/000.p/7", "tile/0/001.p/2", "tile/1/000.p/1", "tile/entries/000",
                           "tile/entries/001.p/2"}) {
    const auto file = file_of(published, path);
    ASSERT_TRUE(file) << path << ": " << file.error().message;
    EXPECT_TRUE(file->for_good) << path;
    EXPECT_EQ(file->content_type, "application/octet-stream");
  }
  EXPECT_EQ(*decode_bundle(as_bytes(file_of(published, "tile/entries/001.p/2")->body), 2), some_entries(256, 2));
  for (const auto* path : {"tile/0/001.p/3", "tile/entries/001.p/3", "tile/0/001", "tile/2/000.p/1", "tile/1/000.p/2",
                           "tile/entries/002", "", "tile/", "checkpoint/", "../checkpoint"}) {
    EXPECT_EQ(file_of(published, path).error().kind, ErrorKind::NotFound) << path;
  }
}

// A reader who fetches from a log in memory.
FetchFile files_of(const PublishedLog& published) {
  return [&published](const std::string& path) -> Result<std::string> {
    DZ_TRY_ASSIGN(auto file, file_of(published, path));
    return std::move(file.body);
  };
}

TEST(Follower, ReadsEveryEntryOnceAndGoesOnAfterARestart) {
  const Kept kept;
  auto database = memory();
  auto published = *kept.open(database);
  auto log = published.log();
  std::vector<Bytes> heard;
  const auto hear = [&](std::uint64_t index, ByteView entry) {
    EXPECT_EQ(index, heard.size());
    heard.emplace_back(entry.begin(), entry.end());
  };
  Followed followed;
  for (const std::size_t count : {0, 1, 254, 2, 600, 0, 43}) {
    ASSERT_TRUE(log.append(some_entries(heard.size(), count)));
    ASSERT_TRUE(published.publish());
    Follower follower(published.verifier(), files_of(published), followed);
    const auto done = follower.follow(hear);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(follower.head(), *log.head());
    const auto text = render_followed(follower.followed());
    const auto restored = parse_followed(text);
    ASSERT_TRUE(restored) << restored.error().message;
    followed = *restored;
    EXPECT_EQ(render_followed(followed), text);
  }
  EXPECT_EQ(heard, some_entries(0, 900));
}

TEST(Follower, NoticesALogThatWentBackOrChangedWhatItSaid) {
  const Kept kept, other_kept;
  auto database = memory(), other_database = memory();
  auto published = *kept.open(database), other = *other_kept.open(other_database);
  auto log = published.log(), other_log = other.log();
  ASSERT_TRUE(log.append(some_entries(0, 300)) && published.publish());
  Follower follower(published.verifier(), files_of(published), {});
  ASSERT_TRUE(follower.follow([](std::uint64_t, ByteView) {}));
  const auto accepted = follower.head();
  // The same key signs another story: shorter, as long, longer.
  auto entries = some_entries(0, 299);
  entries[7].push_back('!');
  std::size_t expected = 299;
  for (const std::size_t more : {0, 1, 1}) {
    ASSERT_TRUE(other_log.append(more == 0 ? entries : some_entries(expected++, more)) && other.publish());
    Follower misled(published.verifier(), files_of(other), follower.followed());
    const auto refused = misled.follow([](std::uint64_t, ByteView) {});
    ASSERT_FALSE(refused) << expected;
    EXPECT_EQ(refused.error().kind, ErrorKind::Refused);
    EXPECT_EQ(misled.rejected(), render_note(other.newest()->note));
    EXPECT_EQ(misled.head(), accepted);
  }
}

TEST(Follower, NoticesEntriesThatAreNotThoseThatWereSigned) {
  const Kept kept;
  auto database = memory();
  auto published = *kept.open(database);
  auto log = published.log();
  ASSERT_TRUE(log.append(some_entries(0, 5)) && published.publish());
  const auto lies = [&](const std::string& path) -> Result<std::string> {
    DZ_TRY_ASSIGN(auto file, file_of(published, path));
    if (path != "checkpoint") file.body.back() ^= 1;
    return std::move(file.body);
  };
  Follower follower(published.verifier(), lies, {});
  EXPECT_EQ(follower.follow([](std::uint64_t, ByteView) {}).error().kind, ErrorKind::Refused);
  EXPECT_EQ(follower.head().size, 0U);
}

TEST(Follower, WhatItKeptMustFitTogether) {
  for (const auto* bad : {"", "\n", "subtree AAAA\n\n", "subtree ", "\nno note\n"}) {
    EXPECT_FALSE(parse_followed(bad)) << bad;
  }
}

}  // namespace
}  // namespace dz::transparency
