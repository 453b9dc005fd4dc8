// A monitor whose passes run on a thread of their own, over a ledger in memory behind a line that can fall silent.
#include "monitor/monitor_doors.h"

#include <unistd.h>

#include <atomic>
#include <functional>
#include <future>
#include <mutex>
#include <new>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "service/off_turn_client.h"
#include "service/pass_thread.h"
#include "testbed/faulty_client.h"
#include "testbed/small_network.h"

namespace dz::monitor {
namespace {

using std::chrono::milliseconds;

class MonitorDoorsTest : public testing::Test {
 protected:
  MonitorDoorsTest() : MonitorDoorsTest(storage::SqliteDatabase::open(":memory:")) {}
  explicit MonitorDoorsTest(Result<storage::SqliteDatabase> file)
      : database(std::make_unique<storage::SqliteDatabase>(std::move(*file))) {
    MonitorSettings settings;
    settings.write_mode = control::WriteMode::Observe;
    auto opened = Monitor::open(ledger, *database,
                                {.settings = settings,
                                 .ids = wire::local_program_ids(),
                                 .key = std::nullopt,
                                 .log = [](service::LogLevel, std::string_view, const service::LogFields&) {}},
                                net::system_now());
    EXPECT_TRUE(opened);
    monitor = std::move(*opened);
    {
      const std::lock_guard in_turn(turn);
      monitor->step(net::system_now());
    }
    doors.emplace(loop, turn, *monitor);
    monitor->connect_looks({.wanted = [this] { passes.wake(); }, .done = [this] { doors->looked(); }});
  }
  ~MonitorDoorsTest() override {
    release.set_value();
    passes.stop();
  }

  // Returns once the pass under way waits for the ledger.
  void hang() {
    hangs = true;
    // What has it ask the ledger. The hint is given first: a hint that comes during a pass waits for the next one.
    passes.hint([this] { monitor->on_events_missed(); });
    passes.start();
    hung.get_future().wait();
  }
  std::string row(const Pubkey& device) {
    return fmt::format("intfCounters,dzd_pubkey={},intf=et1 in-octets=1i {}\n", to_text(device),
                       net::system_now().time_since_epoch().count() * 1000);
  }
  void ask(std::string method, std::string path, std::string body = {}, std::string query = {}) {
    response.reset();
    net::HttpRequest request{
        .method = std::move(method), .path = std::move(path), .query = std::move(query), .body = std::move(body)};
    doors->answer(request, [this](net::HttpResponse answer) { response = std::move(answer); });
  }
  void write(const std::string& rows) { ask("POST", "/write", rows); }
  int status() const { return response ? response->status : 0; }
  bool wait_for_answer() {
    for (int i = 0; i < 1000 && !response; ++i) loop.run_for(milliseconds{10});
    return response.has_value();
  }
  std::string header(std::string_view name) const {
    for (const auto& [key, value] : response->headers) {
      if (key == name) return value;
    }
    return {};
  }

  testbed::SmallNetwork network{net::system_now()};
  Pubkey ams = network.add_device("ams", network.alpha);
  std::atomic<bool> hangs = false;
  std::promise<void> hung, release;
  testbed::FaultyClient line{network.client(), [this](std::string_view) {
                               if (hangs.exchange(false)) {
                                 hung.set_value();
                                 release.get_future().wait();
                               }
                               return testbed::LineFault::None;
                             }};
  net::Loop loop;
  service::Turn turn;
  service::OffTurnClient ledger{line, turn};
  std::unique_ptr<storage::SqliteDatabase> database;
  std::unique_ptr<Monitor> monitor;
  std::optional<MonitorDoors> doors;
  service::PassThread passes{turn, {.step = [this](Timestamp now) { return monitor->step(now); }}};
  std::optional<net::HttpResponse> response;
};

// Over a disk that takes its time, or fails.
class SlowDisk {
 protected:
  static Result<storage::SqliteDatabase> open_with(storage::LogSync::Settings settings) {
    const auto path = testing::TempDir() + "monitor_doors_test_" + std::to_string(::getpid()) + ".db";
    for (const auto* suffix : {"", "-wal", "-shm", "-tip"}) std::remove((path + suffix).c_str());
    DZ_TRY_ASSIGN(auto opened, storage::SqliteDatabase::open(path));
    DZ_TRY(opened.sync_when_asked(std::move(settings)));
    return opened;
  }
  storage::LogSync::Settings slow() {
    storage::LogSync::Settings settings;
    settings.sync = [this](const storage::OpenFile&) -> Result<void> {
      const std::lock_guard one(disk);
      return broken ? fail(ErrorKind::Retry, "no such luck") : Result<void>{};
    };
    return settings;
  }
  storage::LogSync::Settings short_log() {
    auto settings = slow();
    settings.pages_written_back = 1;
    settings.write_back = [this](sqlite3* connection) {
      const std::lock_guard one(last_pages);
      return storage::LogSync::passive_checkpoint(connection);
    };
    return settings;
  }
  std::mutex disk, last_pages;  // held by a test: the disk takes its time
  std::atomic<bool> broken = false;
};

class SlowDiskTest : public SlowDisk, public MonitorDoorsTest {
 protected:
  SlowDiskTest() : MonitorDoorsTest(open_with(slow())) {}
};

TEST_F(SlowDiskTest, WhatWasWrittenIsAnsweredOnceItIsOnDiskAndNobodyElseWaits) {
  std::unique_lock busy(disk);
  const auto kept = monitor->evidence().journal_entries();
  std::optional<int> written;
  doors->answer({.method = "POST", .path = "/write", .body = row(ams)},
                [&](const net::HttpResponse& answer) { written = answer.status; });
  EXPECT_EQ(monitor->evidence().journal_entries(), kept + 1);
  for (const auto* path : {"/healthz", "/metrics", "/api/v1/assessments"}) {
    ask("GET", path);
    EXPECT_TRUE(wait_for_answer());  // at once, but on a machine that is busy
    EXPECT_EQ(status(), 200) << path;
  }
  loop.run_for(milliseconds{100});
  EXPECT_FALSE(written);
  busy.unlock();
  for (int i = 0; i < 1000 && !written; ++i) loop.run_for(milliseconds{10});
  EXPECT_EQ(written, 204);
}

TEST_F(SlowDiskTest, WhatIsNotKnownToBeOnDiskIsNotConfirmed) {
  broken = true;
  write(row(ams));
  ASSERT_TRUE(wait_for_answer());
  EXPECT_EQ(status(), 503);
  EXPECT_NE(response->body.find("no such luck"), std::string::npos) << response->body;
  EXPECT_EQ(header("Retry-After"), "1");
  ask("GET", "/healthz");
  EXPECT_EQ(status(), 503);
}

class LogAtItsEndTest : public SlowDisk, public MonitorDoorsTest {
 protected:
  LogAtItsEndTest() : MonitorDoorsTest(open_with(short_log())) {}
};

TEST_F(LogAtItsEndTest, X2_RowsArePutOffForTheLastPagesAndNobodyElseIs) {
  std::unique_lock held(last_pages);
  const auto kept = monitor->evidence().journal_entries();
  for (int i = 0; i < 100 && !database->log_sync()->finishing(); ++i) {
    const std::lock_guard in_turn(turn);
    ASSERT_TRUE(database->execute(fmt::format("CREATE TABLE made_{} (x)", i)));
  }
  ASSERT_TRUE(database->log_sync()->finishing());
  write(row(ams));
  loop.run_for(20 * MonitorDoors::kPutOff);
  EXPECT_FALSE(response);
  EXPECT_EQ(monitor->evidence().journal_entries(), kept);
  std::optional<int> asked;
  doors->answer({.method = "GET", .path = "/healthz"}, [&](const net::HttpResponse& answer) { asked = answer.status; });
  EXPECT_EQ(asked, 200);
  held.unlock();
  ASSERT_TRUE(wait_for_answer());
  EXPECT_EQ(status(), 204);
  EXPECT_EQ(monitor->evidence().journal_entries(), kept + 1);
}

TEST_F(MonitorDoorsTest, D14_AnswersAtOnceWhileAPassWaitsForTheLedger) {
  hang();
  const auto kept = monitor->evidence().journal_entries();
  write(row(ams));
  EXPECT_EQ(status(), 204);
  for (const auto* path : {"/healthz", "/metrics", "/api/v1/assessments", "/api/v1/decisions"}) {
    ask("GET", path);
    EXPECT_TRUE(wait_for_answer());  // at once, but on a machine that is busy
    EXPECT_EQ(status(), 200) << path;
  }
  const std::lock_guard in_turn(turn);
  EXPECT_EQ(monitor->evidence().journal_entries(), kept + 1);
}

TEST_F(MonitorDoorsTest, D14_AWriteOfANewDeviceIsAnsweredOnceAPassLookedForIt) {
  const auto lon = network.add_device("lon", network.alpha);  // and no event told of it
  write(row(ams) + row(lon));
  EXPECT_FALSE(response);
  passes.start();
  ASSERT_TRUE(wait_for_answer());
  EXPECT_EQ(status(), 204);
  const std::lock_guard in_turn(turn);
  EXPECT_EQ(monitor->pushed().counters().rows, 2U);
}

TEST_F(MonitorDoorsTest, D14_ADeviceThatIsNotThereIsRefusedOnceAPassLookedForIt) {
  write(row(testbed::SmallNetwork::key(99).pubkey()));
  EXPECT_FALSE(response);
  passes.start();
  ASSERT_TRUE(wait_for_answer());
  EXPECT_EQ(status(), 400);
}

TEST_F(MonitorDoorsTest, D14_IsHeldForAMomentWhileTheLedgerIsSilentAndTheNextOneNotAtAll) {
  hang();
  const auto stranger = testbed::SmallNetwork::key(99).pubkey();
  write(row(stranger));
  EXPECT_FALSE(response);
  ASSERT_TRUE(wait_for_answer());
  EXPECT_EQ(status(), 503);
  EXPECT_EQ(header("Retry-After"), "10");
  EXPECT_NE(header("X-Influxdb-Error").find(to_text(stranger)), std::string::npos);
  write(row(stranger));
  EXPECT_EQ(status(), 503);
}

TEST_F(MonitorDoorsTest, WhoAsksForAHistoryIsAnsweredOnceAPassReadIt) {
  ask("GET", "/api/v1/history", {}, "record=ams");
  EXPECT_FALSE(response);
  passes.start();
  ASSERT_TRUE(wait_for_answer());
  EXPECT_EQ(status(), 200);
  EXPECT_NE(response->body.find("\"event\":\"created\""), std::string::npos) << response->body;
  EXPECT_NE(response->body.find("\"reading\":false"), std::string::npos) << response->body;
}

TEST_F(MonitorDoorsTest, AHistoryThatTheLedgerKeepsSilentAboutIsAnsweredAfterAMomentAndHoldsUpNoWrite) {
  hang();
  ask("GET", "/api/v1/history", {}, "record=ams");
  EXPECT_FALSE(response);
  ASSERT_TRUE(wait_for_answer());
  EXPECT_EQ(status(), 200);
  EXPECT_NE(response->body.find("\"reading\":true"), std::string::npos) << response->body;
  write(row(testbed::SmallNetwork::key(99).pubkey()));
  EXPECT_FALSE(response) << "it is held as the first one would be";
}

TEST_F(MonitorDoorsTest, D14_OnlySoManyAnswersAreHeld) {
  hang();
  const auto body = row(testbed::SmallNetwork::key(99).pubkey());
  std::size_t answered = 0;
  for (std::size_t i = 0; i < MonitorDoors::kMostHeld + 3; ++i) {
    write(body);
    if (response) ++answered;
  }
  EXPECT_EQ(answered, 3U);
}

// Waits for the ledger, and then there is no memory for its answer.
class Throwing final : public MonitorAnswer {
 public:
  std::optional<net::HttpResponse> go_on(Timestamp) override {
    if (std::exchange(begun_, true)) throw std::bad_alloc();
    return net::HttpResponse{503, "application/json", "{}", {}};
  }
  bool waits() const override { return true; }

 private:
  bool begun_ = false;
};

TEST_F(MonitorDoorsTest, X9_AHeldWriteThatThrowsTakesNobodysPlace) {
  std::size_t thrown = 0;
  loop.on_exception([&](std::string_view) { ++thrown; });
  MonitorDoors fragile(loop, turn, *monitor,
                       [](Monitor&, const net::HttpRequest&, Timestamp) { return std::make_unique<Throwing>(); });
  for (int round = 0; round < 2; ++round) {
    auto alive = std::make_shared<int>(0);
    std::size_t answered = 0;
    for (std::size_t i = 0; i < MonitorDoors::kMostHeld; ++i) {
      fragile.answer({.method = "POST", .path = "/write", .body = "x"},
                     [alive, &answered](const net::HttpResponse&) { ++answered; });
    }
    EXPECT_EQ(answered, 0U) << round;  // all are held: those of the round before have left their places
    fragile.looked();
    for (int i = 0; i < 1000 && alive.use_count() > 1; ++i) loop.run_for(milliseconds{10});
    EXPECT_EQ(alive.use_count(), 1) << round;  // nobody waits for ever: the answers are forgotten
    EXPECT_EQ(answered, 0U);
  }
  EXPECT_EQ(thrown, 2 * MonitorDoors::kMostHeld);
}

TEST_F(MonitorDoorsTest, X2_OthersAreAnsweredWhileALongWriteIsUnderWay) {
  std::string body;
  while (body.size() < 4U << 20) body += "x\n";
  std::optional<net::HttpResponse> long_one;
  doors->answer({.method = "POST", .path = "/write", .body = std::move(body)},
                [&](net::HttpResponse answer) { long_one = std::move(answer); });
  EXPECT_FALSE(long_one);
  int answered = 0;
  const std::function<void()> ask_again = [&] {
    if (long_one) return;
    doors->answer({.method = "POST", .path = "/write", .body = row(ams)}, [&](const net::HttpResponse& answer) {
      EXPECT_EQ(answer.status, 204);
      ++answered;
      loop.post(ask_again);
    });
  };
  ask_again();
  for (int i = 0; i < 10'000 && !long_one; ++i) loop.run_for(milliseconds{10});
  ASSERT_TRUE(long_one);
  EXPECT_EQ(long_one->status, 400);
  EXPECT_GT(answered, 20);
}

TEST_F(MonitorDoorsTest, X2_SoManyBytesAreAtWorkAtOnce) {
  std::string body;
  while (body.size() <= MonitorDoors::kMostBytes / 2) body += std::string(99, 'x') + "\n";
  std::optional<net::HttpResponse> first;
  doors->answer({.method = "POST", .path = "/write", .body = body},
                [&](net::HttpResponse answer) { first = std::move(answer); });
  write(body);
  EXPECT_EQ(status(), 503);
  EXPECT_EQ(header("Retry-After"), "1");
  write(row(ams));
  ASSERT_TRUE(wait_for_answer());  // at once, but on a machine that is busy
  EXPECT_EQ(status(), 204);
  for (int i = 0; i < 100'000 && !first; ++i) loop.run_for(milliseconds{10});
  ASSERT_TRUE(first);
  EXPECT_EQ(first->status, 400);
  write(std::string(MonitorDoors::kMostBytes / 2, '#'));  // there is place again
  ASSERT_TRUE(wait_for_answer());
  EXPECT_EQ(status(), 204);
}

TEST_F(MonitorDoorsTest, X13_TheListOfAssessmentsIsMadeRecordByRecord) {
  const std::lock_guard in_turn(turn);
  const net::HttpRequest request{.method = "GET", .path = "/api/v1/assessments"};
  const auto now = net::system_now();
  const auto answer = begin_answer(*monitor, request, now);
  std::size_t pieces = 1;
  std::optional<net::HttpResponse> whole;
  for (; !(whole = answer->go_on(now)); ++pieces) {
  }
  EXPECT_EQ(pieces, monitor->verdicts().size() + 1);
  EXPECT_GE(pieces, 2U);
  EXPECT_NE(whole->body.find(R"("pubkey":")" + to_text(ams)), std::string::npos);
  EXPECT_EQ(whole->body, answer_monitor_request(*monitor, request, now).body);
}

TEST_F(MonitorDoorsTest, ABacktestGoesToWhoMakesThemAndToNobodyWithoutThem) {
  const auto ask = [&] {
    std::optional<net::HttpResponse> answer;
    doors->answer({.method = "POST", .path = "/api/v1/backtests", .body = "{\"from\"", .remote = "127.0.0.1"},
                  [&](net::HttpResponse given) { answer = std::move(given); });
    for (int i = 0; i < 1000 && !answer; ++i) loop.run_for(milliseconds{10});
    return answer ? answer->status : 0;
  };
  EXPECT_EQ(ask(), 503);
  std::string taken;
  doors->connect_backtests([&](const net::HttpRequest& request, const net::Answer& done) {
    const std::lock_guard free(turn);  // it is called in nobody's
    taken = request.body;
    done({202, {}, {}, {}});
  });
  EXPECT_EQ(ask(), 202);
  EXPECT_EQ(taken, "{\"from\"");
}

}  // namespace
}  // namespace dz::monitor
