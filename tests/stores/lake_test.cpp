// A monitor's history in a cluster of two real ClickHouse servers, one of which is killed: nothing is lost, nothing is
// there twice, and what is read back is, row by row, what the monitor's file had.
#include <unistd.h>

#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "attest/testing.h"
#include "backtest/backtest.h"
#include "backtest/backtest_report.h"
#include "backtest/recorded_history.h"
#include "lake/lake_reader.h"
#include "lake/lake_writer.h"
#include "lake/schema.h"
#include "monitor/monitor.h"
#include "monitor/monitor_doors.h"
#include "net/loop.h"
#include "stores/store_http.h"
#include "stores/store_server.h"
#include "testbed/small_network.h"
#include "transparency/log.h"

namespace dz {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp kStart{hours{494'000}};

// Every row of a table, in the order of its key, as text.
std::vector<std::string> rows_of(storage::SqliteDatabase& database, const lake::Table& table,
                                 const std::string& where) {
  std::string quoted;
  for (const auto& column : table.columns)
    quoted += fmt::format("{}quote(`{}`)", quoted.empty() ? "" : " || ',' || ", column.name);
  auto query =
      *database.prepare(fmt::format("SELECT {} FROM {} WHERE {} ORDER BY {}", quoted, table.name, where, table.key));
  std::vector<std::string> rows;
  while (*query.step()) rows.emplace_back(query.text(0));
  return rows;
}

class LakeCluster : public testing::Test {
 protected:
  void SetUp() override {
    using telemetry::StoreKind;
    if (const auto program = stores::store_program(StoreKind::ClickHouse); !program)
      GTEST_SKIP() << program.error().message;
    for (int i = 0; i < 2; ++i) {
      auto started = stores::StoreServer::start(StoreKind::ClickHouse);
      ASSERT_TRUE(started) << started.error().message;
      shards.push_back(std::move(*started));
    }
    const auto cluster = stores::StoreServer::make_cluster("lake", {shards[0].get(), shards[1].get()});
    ASSERT_TRUE(cluster) << cluster.error().message;
    settings.kind = "clickhouse";
    settings.url = shards[0]->url();
    settings.cluster = "lake";
    // Each server of a cluster has its own part of the tables; the other one's are made by whoever runs it.
    for (const auto& statement : lake::schema_statements(settings, false)) {
      const auto made = stores::run_clickhouse(http, shards[1]->url(), statement);
      ASSERT_TRUE(made) << statement << "\n" << made.error().message;
    }
    folder = std::filesystem::path(testing::TempDir()) / ("dz_lake_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    database.emplace(*storage::SqliteDatabase::open(file()));
    ASSERT_TRUE(database->execute("PRAGMA synchronous=OFF"));  // days of passes, and no power is cut here
    store = *lake::store_id(*database);
    network.add_device("ams", network.alpha);
    network.add_device("lon", network.alpha);
    monitor::MonitorSettings of_monitor;
    of_monitor.history = hours{25};
    of_monitor.lake = settings;
    monitor = *monitor::Monitor::open(
        network.client(), *database,
        {.settings = of_monitor, .ids = wire::local_program_ids(), .key = network.monitor, .log = log}, network.now());
    shelf.emplace(settings, store);
    start_writer();
    monitor->connect_lake(*writer, *shelf);
  }
  void TearDown() override {
    writer.reset();
    shelf.reset();
    monitor.reset();
    database.reset();
    for (const auto& shard : shards) shard->kill();  // at leisure they take 5 s each
    if (!folder.empty()) std::filesystem::remove_all(folder);
  }
  std::string file() const { return (folder / "monitor.db").string(); }
  void start_writer() {
    writer.emplace(lake::LakeWriter::Settings{.store_path = file(),
                                              .store = store,
                                              .lake = settings,
                                              .log = log,
                                              .every = milliseconds{20},
                                              .retry_most = seconds{1},
                                              .most_bytes = 200'000});
  }
  void live(Duration time) {
    for (const auto until = network.now() + time; network.now() < until; network.advance(minutes{1})) {
      monitor->step(network.now());
    }
  }
  std::optional<Timestamp> newest() {
    const auto bounds = *history::history_bounds(*database);
    return bounds ? std::optional(bounds->second) : std::nullopt;
  }
  void add_decision(const std::string& code) {
    monitor::Decision d{
        .at = network.now(), .slot = {7}, .kind = RecordKind::Device, .code = code, .to = Health::Impaired};
    d.sentence = "a 'quoted' sentence\twith\nlines and " + std::string("\xE2\x80\x94");
    ASSERT_TRUE(monitor::DecisionArchive(*database).add({d}));
  }
  template <typename Done>
  bool wait_for(const Done& done) {
    for (int i = 0; i < 3000; ++i) {
      if (done()) return true;
      loop.run_for(milliseconds{10});
    }
    return false;
  }
  bool all_is_sent() {
    const auto decided = *monitor::DecisionArchive(*database).newest_id();
    return wait_for([&] {
      const auto state = writer->state();
      if (state.through != newest() || !state.problem.empty()) return false;
      lake::LakeClient client(settings, {});
      const auto sent = lake::read_sent(client, settings, store);
      return sent && sent->contains("decisions") && sent->at("decisions") == decided;
    });
  }
  // What the lake has since then, against what the file has.
  void expect_the_same(Timestamp from, Timestamp decided_from) {
    lake::LakeClient client(settings, {});
    auto copy = *storage::SqliteDatabase::open("");
    ASSERT_TRUE(monitor::MonitorArchive::open(copy));
    const auto read =
        lake::read_lake(client, settings, store, from, network.now(), copy, [](Timestamp) { return Result<void>(); });
    ASSERT_TRUE(read) << read.error().message;
    const auto since = [](Timestamp at) { return "at >= " + std::to_string(at.time_since_epoch().count()); };
    for (const auto* name : {"history_pass", "history_start", "history_minutes", "history_record", "history_qa"}) {
      const auto& table = lake::table_named(name);
      EXPECT_EQ(rows_of(copy, table, since(from)), rows_of(*database, table, since(from))) << name;
    }
    const auto& decisions = lake::table_named("decision");
    const auto decided = rows_of(copy, decisions, since(decided_from));
    EXPECT_EQ(decided, rows_of(*database, decisions, since(decided_from)));
    EXPECT_FALSE(decided.empty());
    EXPECT_FALSE(rows_of(copy, lake::table_named("history_pass"), since(from)).empty());
  }
  std::string backtest(Timestamp from, Timestamp to) {
    const auto go_on = [](Timestamp) { return Result<void>(); };
    auto recorded = backtest::open_recorded({file(), settings}, from, to, {}, go_on);
    if (!recorded) return recorded.error().message;
    const auto outcome = backtest::run_backtest(*recorded, {from, to, verdict::default_policy(rfc_profile())}, go_on);
    return outcome ? boost::json::serialize(backtest::backtest_json(*outcome, "asked", "")) : outcome.error().message;
  }

  // As over HTTP, from the doors of the monitor.
  boost::json::object ask(const std::string& path, const std::string& query) {
    service::Turn turn;
    monitor::MonitorDoors doors(loop, turn, *monitor);
    std::optional<net::HttpResponse> response;
    doors.answer({.method = "GET", .path = path, .query = query},
                 [&](net::HttpResponse answer) { response = std::move(answer); });
    EXPECT_FALSE(response) << "it is fetched first, and nobody waits for it";
    wait_for([&] { return response.has_value(); });
    if (!response || response->status != 200) return {{"error", response ? response->body : "no answer"}};
    return boost::json::parse(response->body).as_object();
  }

  std::vector<std::unique_ptr<stores::StoreServer>> shards;
  net::HttpClient http;
  net::Loop loop;
  lake::LakeSettings settings;
  std::filesystem::path folder;
  service::LogSink log = [](service::LogLevel, std::string_view, const service::LogFields&) {};
  testbed::SmallNetwork network{kStart};
  std::optional<storage::SqliteDatabase> database;
  std::string store;
  std::unique_ptr<monitor::Monitor> monitor;
  std::optional<lake::LakeWriter> writer;
  std::optional<lake::LakeShelf> shelf;
};

// Sends nothing: what would be sent, of a file with these statements, by the place of each batch.
TEST(LakeOutbox, AnOutcomeGoesOnceItIsKnownAndABatchEndsBetweenPlaces) {
  auto database = *storage::SqliteDatabase::open(":memory:");
  ASSERT_TRUE(monitor::MonitorArchive::open(database));
  ASSERT_TRUE(database.execute(
      "INSERT INTO statement_outcome VALUES(0, 1, 's', 7), (1, 1, 's', 7), (2, 0, '', 7), (3, 1, 's', 7)"));
  lake::Sent sent;
  const auto send = [&](std::size_t most_bytes) {
    std::vector<std::int64_t> places;
    for (auto batch = *lake::next_batch(database, "store", sent, most_bytes); batch;
         batch = *lake::next_batch(database, "store", sent, most_bytes)) {
      EXPECT_EQ(batch->stream->name, "outcomes");
      EXPECT_EQ(batch->numbers, std::vector<std::size_t>{static_cast<std::size_t>(
                                    places.empty() ? batch->through + 1 : batch->through - places.back())});
      places.push_back(batch->through);
      sent["outcomes"] = batch->through;
    }
    return places;
  };
  EXPECT_EQ(send(1), (std::vector<std::int64_t>{0, 1})) << "a row each, and none behind the one that is open";
  ASSERT_TRUE(database.execute("UPDATE statement_outcome SET outcome = 1 WHERE id = 2"));
  sent["outcomes"] = 1;
  const auto rest = *lake::next_batch(database, "store", sent, 1U << 20);
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->through, 3);
  EXPECT_EQ(rest->numbers, std::vector<std::size_t>{2});
}

// Whoever reads statements in the lake finds each of them in the log: what the log does not have, or not yet, is told
// to nobody.
TEST(LakeOutbox, AStatementGoesOnceItIsInTheLog) {
  const auto file = std::filesystem::path(testing::TempDir()) / fmt::format("dz_lake_statements_{}.db", ::getpid());
  std::filesystem::remove(file);
  auto written = *storage::SqliteDatabase::open(file.string());
  auto archive = *monitor::MonitorArchive::open(written);
  auto read = *storage::SqliteDatabase::open_to_read(file.string());
  const auto next = [&] { return lake::next_batch(read, "store", {}, 1U << 20); };
  ASSERT_TRUE(next());
  EXPECT_FALSE(*next());

  // A row of which the log has no entry.
  ASSERT_TRUE(written.execute("INSERT INTO statement VALUES(0, 1, x'', x'', x'', 7)"));
  EXPECT_FALSE(next()) << "expected nothing to be told of a statement that is not in the log";
  ASSERT_TRUE(written.execute("DELETE FROM statement"));

  // The log has it, and the commit is under way.
  const auto statement = attest::statement_of_a_link();
  const std::vector<attest::Stated> stated{{statement, {encode(attest::minutes_of_errors())}, {1, 2, 3}}};
  ASSERT_TRUE(written.begin());
  ASSERT_TRUE(transparency::Log::open(written)->append(std::vector<Bytes>{encode(statement)}));
  ASSERT_TRUE(written.execute("INSERT INTO statement VALUES(0, 1, x'', x'', x'', 7)"));
  EXPECT_FALSE(*next());
  written.rollback();
  EXPECT_FALSE(*next());

  // As the monitor states it.
  ASSERT_TRUE(archive.statements().add(stated));
  const auto batch = *next();
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->stream->name, "statements");
  EXPECT_EQ(batch->numbers, (std::vector<std::size_t>{1, 1}));
  const auto entry = *transparency::Log::open(written)->entry(0);
  EXPECT_EQ(entry, encode(statement));
  EXPECT_NE(batch->rows[0].find(as_text(entry)), std::string::npos);
  std::filesystem::remove(file);
}

TEST_F(LakeCluster, NothingIsLostOrTwiceThereWhileAShardIsAwayAndTheFileForgetsOnlyWhatIsThere) {
  live(hours{3});
  add_decision("ams");
  ASSERT_TRUE(all_is_sent()) << writer->state().problem;
  expect_the_same(kStart, kStart);
  const auto first_hours = backtest(kStart + hours{1}, kStart + hours{2});
  EXPECT_NE(first_hours.find("\"records\":2"), std::string::npos) << first_hours;

  shards[1]->kill();
  live(hours{60});  // longer than the file keeps what is elsewhere
  add_decision("lon");
  EXPECT_TRUE(wait_for([&] { return !writer->state().problem.empty(); }));
  EXPECT_LE((*history::history_bounds(*database))->first, *writer->state().through) << "it is all there is";
  EXPECT_NE(backtest(kStart - hours{1}, kStart + hours{3}).find("ClickHouse at"), std::string::npos)
      << "half of the rows are no history";

  ASSERT_TRUE(shards[1]->resume());
  ASSERT_TRUE(all_is_sent()) << writer->state().problem;
  writer.reset();  // another process goes on, and the lake says where
  start_writer();
  monitor->connect_lake(*writer, *shelf);
  ASSERT_TRUE(all_is_sent()) << writer->state().problem;
  live(hours{2});
  ASSERT_TRUE(all_is_sent()) << writer->state().problem;
  EXPECT_EQ(backtest(kStart + hours{1}, kStart + hours{2}), first_hours);

  const auto begins = (*history::history_bounds(*database))->first;
  EXPECT_GT(begins, kStart + hours{3}) << "what is there is forgotten here, in time";
  expect_the_same(begins, network.now() - hours{24});
  lake::LakeClient client(settings, {});
  const auto there = lake::lake_bounds(client, settings, store);
  ASSERT_TRUE(there && *there);
  EXPECT_EQ((*there)->first, kStart);
  EXPECT_EQ((*there)->second, *newest());

  for (const auto& shard : shards) {  // a lake that was lost gets what the file has
    ASSERT_TRUE(stores::run_clickhouse(http, shard->url(), "DROP DATABASE doublezero"));
  }
  for (const auto& statement : lake::schema_statements(settings, false))
    ASSERT_TRUE(stores::run_clickhouse(http, shards[1]->url(), statement));
  live(minutes{5});
  ASSERT_TRUE(all_is_sent()) << writer->state().problem;
  expect_the_same(begins, network.now() - hours{24});
}

TEST_F(LakeCluster, WhatTheFileHasForgottenIsFetchedForWhoAsks) {
  live(hours{1});
  add_decision("ams");
  ASSERT_TRUE(all_is_sent()) << writer->state().problem;
  live(hours{60});
  add_decision("lon");
  ASSERT_TRUE(all_is_sent()) << writer->state().problem;
  live(hours{2});
  ASSERT_TRUE(all_is_sent()) << writer->state().problem;
  ASSERT_GT((*history::history_bounds(*database))->first, kStart);

  const auto decisions = ask("/api/v1/decisions", "limit=1000");
  ASSERT_TRUE(decisions.contains("decisions")) << boost::json::serialize(decisions);
  std::vector<std::int64_t> ids;
  for (const auto& one : decisions.at("decisions").as_array()) ids.push_back(one.at("id").as_int64());
  EXPECT_EQ(ids, (std::vector<std::int64_t>{4, 3, 2, 1})) << "what the file has, and behind it what it has forgotten";
  const auto first_day = ask("/api/v1/minutes", "record=ams&day=" + to_text(kStart).substr(0, 10));
  EXPECT_EQ(boost::json::serialize(first_day.at("recorded_from")), "\"" + to_text(kStart) + "\"")
      << boost::json::serialize(first_day);
}

}  // namespace
}  // namespace dz
