#include "monitor/log_pages.h"

#include <gtest/gtest.h>

#include <deque>
#include <filesystem>
#include <string>
#include <vector>

#include "monitor/api_fixture.h"
#include "net/content_types.h"
#include "transparency/follower.h"
#include "transparency/witness.h"

namespace dz::monitor {
namespace {

using transparency::NoteKey;

std::vector<Bytes> statements(std::size_t first, std::size_t count) {
  std::vector<Bytes> entries;
  for (std::size_t i = first; i < first + count; ++i) {
    const auto text = "statement " + std::to_string(i);
    entries.emplace_back(text.begin(), text.end());
  }
  return entries;
}

class LogPages : public ApiFixture {
 protected:
  LogPages() { settings.write_mode = control::WriteMode::Observe; }  // nothing is decided: the log is the test's
  // A reader who knows nothing but the monitor's pages.
  transparency::Follower reader(transparency::Followed followed = {}) {
    auto key = get("/log/key").body;
    key.pop_back();
    return {*transparency::parse_note_key(key),
            [this](const std::string& path) -> Result<std::string> {
              auto answer = get("/log/" + path);
              if (answer.status != 200) return not_found(answer.body);
              return std::move(answer.body);
            },
            std::move(followed)};
  }
};

TEST_F(LogPages, AreFollowedByAReaderWhoKnowsNothingElse) {
  start();
  EXPECT_NE(get("/log/checkpoint").body.find("\n0\n"), std::string::npos);
  ASSERT_TRUE(monitor->log_desk().log().append(statements(0, 300)));
  pass();
  std::vector<Bytes> heard;
  auto follower = reader();
  const auto done =
      follower.follow([&](std::uint64_t, ByteView entry) { heard.emplace_back(entry.begin(), entry.end()); });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(heard, statements(0, 300));
}

TEST_F(LogPages, WhatNeverChangesMayBeKeptForGood) {
  start();
  ASSERT_TRUE(monitor->log_desk().log().append(statements(0, 300)));
  pass();
  EXPECT_EQ(header(get("/log/checkpoint"), "Cache-Control"), "no-cache");
  EXPECT_EQ(get("/log/checkpoint").content_type, "text/plain; charset=utf-8");
  for (const auto* path : {"/log/tile/0/000", "/log/tile/entries/001.p/44"}) {
    const auto answer = get(path);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(answer.content_type, net::kOctets);
    EXPECT_NE(header(answer, "Cache-Control").find("immutable"), std::string::npos);
  }
  EXPECT_EQ(get("/log/tile/0/001").status, 404);
  EXPECT_EQ(get("/log/nothing").status, 404);
  EXPECT_EQ(header(get("/log/nothing"), "Cache-Control"), "");
}

TEST_F(LogPages, NothingIsSignedBeforeItIsOnDisk) {
  start();
  auto& desk = monitor->log_desk();
  ASSERT_TRUE(desk.log().append(statements(0, 3)));
  desk.step(network.now(), [] { return false; });
  EXPECT_EQ(desk.published()->newest()->checkpoint.head.size, 0U);
  desk.step(network.now(), [] { return true; });
  EXPECT_EQ(desk.published()->newest()->checkpoint.head.size, 3U);
}

TEST_F(LogPages, OfAMonitorWithoutAKeySayWhy) {
  monitor = *Monitor::open(network.client(), *database,
                           {.settings = settings,
                            .ids = wire::local_program_ids(),
                            .key = std::nullopt,
                            .log = [](service::LogLevel, std::string_view, const service::LogFields&) {}},
                           network.now());
  pass();
  const auto answer = get("/log/checkpoint");
  EXPECT_EQ(answer.status, 404);
  EXPECT_NE(answer.body.find("no key"), std::string::npos);
}

// A monitor with one witness, whose answers come when the test lets them.
class LogWitness : public LogPages {
 protected:
  void start_with_witness() {
    const auto verifier = NoteKey{"w.example", transparency::SignatureType::Cosignature, network.foundation.pubkey()};
    settings.log_origin = "log.example/m1";
    settings.log_witnesses = {to_text(verifier) + " http://w.example"};
    start();
    witness.emplace(*transparency::Witness::open(kept, "w.example", network.foundation,
                                                 {monitor->log_desk().published()->verifier()}));
    monitor->log_desk().connect([this](net::ClientRequest request, auto done) {
      EXPECT_EQ(request.url, "http://w.example/add-checkpoint");
      waiting.emplace_back(std::move(request), std::move(done));
    });
  }
  void answer_all() {
    for (; !waiting.empty(); waiting.pop_front()) {
      auto& [request, done] = waiting.front();
      if (!reachable) {
        done(fail(ErrorKind::Retry, "no answer"));
        continue;
      }
      auto answer = witness->add_checkpoint(request.body, network.now());
      done(net::ClientResponse{answer.status, answer.body, {}});
    }
  }
  std::size_t shown() const { return monitor->log_desk().published()->shown()->checkpoint.head.size; }
  bool cosigned() const {
    const auto found =
        transparency::find_signature(monitor->log_desk().published()->shown()->note, witness->verifier());
    return found && *found;
  }

  storage::SqliteDatabase kept = *storage::SqliteDatabase::open(":memory:");
  std::optional<transparency::Witness> witness;
  std::deque<std::pair<net::ClientRequest, std::function<void(Result<net::ClientResponse>)>>> waiting;
  bool reachable = true;
};

TEST_F(LogWitness, ACheckpointIsShownWithItsCosignature) {
  start_with_witness();
  pass();
  answer_all();
  pass();
  for (std::size_t size = 0; size < 600;) {
    ASSERT_TRUE(monitor->log_desk().log().append(statements(size, 150)));
    pass();
    EXPECT_EQ(shown(), size);  // the one before, as long as the witness has not answered
    size += 150;
    answer_all();
    pass();
    EXPECT_EQ(shown(), size);
    EXPECT_TRUE(cosigned());
    EXPECT_EQ(monitor->log_desk().witnesses()[0].trouble, "");
  }
}

TEST_F(LogWitness, OneThatDoesNotAnswerHoldsNothingBackForLong) {
  start_with_witness();
  reachable = false;
  pass(std::chrono::minutes{1});
  answer_all();
  ASSERT_TRUE(monitor->log_desk().log().append(statements(0, 5)));
  pass();
  answer_all();
  EXPECT_EQ(shown(), 0U);
  pass(LogDesk::kPatience);
  EXPECT_EQ(shown(), 5U);
  EXPECT_FALSE(cosigned());
  EXPECT_NE(monitor->log_desk().witnesses()[0].trouble.find("no answer"), std::string::npos);
  answer_all();
  reachable = true;
  pass(LogDesk::kLongestPause);
  answer_all();
  EXPECT_TRUE(cosigned());
}

TEST_F(LogWitness, AMonitorThatStartsAgainAsksFromWhatTheWitnessSaw) {
  start_with_witness();
  ASSERT_TRUE(monitor->log_desk().log().append(statements(0, 5)));
  pass();
  answer_all();
  pass();
  ASSERT_TRUE(cosigned());
  monitor.reset();
  start_with_witness();
  ASSERT_TRUE(monitor->log_desk().log().append(statements(5, 5)));
  pass();
  answer_all();  // the size that it saw
  pass();
  answer_all();
  pass();
  EXPECT_EQ(shown(), 10U);
  EXPECT_TRUE(cosigned());
}

// The database was replaced by an older one: the witness saw more than there is, and says so.
TEST_F(LogWitness, ALogThatWasSetBackIsNoticed) {
  start_with_witness();
  ASSERT_TRUE(monitor->log_desk().log().append(statements(0, 5)));
  pass();
  answer_all();
  monitor.reset();
  *database = *storage::SqliteDatabase::open(":memory:");
  start_with_witness();
  ASSERT_TRUE(monitor->log_desk().log().append(statements(90, 2)));
  pass();
  answer_all();
  pass();
  answer_all();
  EXPECT_FALSE(cosigned());
  EXPECT_NE(monitor->log_desk().witnesses()[0].trouble.find("set back"), std::string::npos)
      << monitor->log_desk().witnesses()[0].trouble;
}

}  // namespace
}  // namespace dz::monitor
