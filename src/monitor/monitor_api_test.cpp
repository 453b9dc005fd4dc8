#include "monitor/monitor_api.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <unistd.h>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "base/base64.h"
#include "base/safe_text.h"
#include "evidence/snapshot.h"
#include "testbed/full_disk.h"
#include "testbed/small_network.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;

class MonitorApi : public testing::Test {
 protected:
  MonitorApi() {
    ams = network.add_device("ams", network.alpha);
    network.add_device("fra", network.alpha);
    network.add_link("ams-fra", LinkType::Wan, "ams", "Switch1/1/1", "fra", "Switch1/1/1");
    database = std::make_unique<storage::SqliteDatabase>(*storage::SqliteDatabase::open(":memory:"));
  }
  void start() {
    monitor = *Monitor::open(network.client(), *database,
                             {.settings = settings,
                              .ids = wire::local_program_ids(),
                              .key = network.monitor,
                              .log = [](service::LogLevel, std::string_view, const service::LogFields&) {}},
                             network.now());
    monitor->step(network.now());
    network.advance(std::chrono::seconds{1});
    monitor->step(network.now());
  }
  net::HttpResponse get(const std::string& path, const std::string& query = "") {
    return answer_monitor_request(*monitor, {"GET", path, query, {}, "", "127.0.0.1"}, network.now());
  }
  net::HttpResponse post(const std::string& path, const std::string& body, const std::string& query = "",
                         std::vector<std::pair<std::string, std::string>> headers = {}) {
    return answer_monitor_request(*monitor, {"POST", path, query, std::move(headers), body, "127.0.0.1"},
                                  network.now());
  }
  std::string row() const {
    return fmt::format("intfCounters,dzd_pubkey={},intf=Switch1/1/1 in-octets=1i,out-octets=1i\n", to_text(ams));
  }

  testbed::SmallNetwork network{Timestamp{std::chrono::hours{494'000}}};
  Pubkey ams;
  MonitorSettings settings;
  std::unique_ptr<storage::SqliteDatabase> database;
  std::unique_ptr<Monitor> monitor;
};

TEST_F(MonitorApi, BothWritePathsTakeRows) {
  start();
  EXPECT_EQ(post("/write", row(), "db=doublezero").status, 204);
  EXPECT_EQ(post("/api/v2/write", row(), "bucket=b&org=o&precision=ns").status, 204);
  EXPECT_EQ(get("/ping").status, 204);
  EXPECT_EQ(get("/write").status, 405);
}

TEST_F(MonitorApi, X16_AFullDiskIsSaidAndRecoveredFromAndKeepsNobodyFromStarting) {
  const auto folder = std::filesystem::path(testing::TempDir()) / ("dz_full_disk_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto path = (folder / "monitor.db").string();
  database = std::make_unique<storage::SqliteDatabase>(*storage::SqliteDatabase::open(path));
  start();
  ASSERT_EQ(post("/write", row()).status, 204);
  const auto acknowledged = snapshot_of(monitor->evidence().in_memory());
  {
    const testbed::FullDisk full(path);
    const auto refused = post("/write", row());
    EXPECT_EQ(refused.status, 503);
    EXPECT_NE(refused.body.find("free space"), std::string::npos) << refused.body;
    auto health = get("/healthz");  // before the next pass
    EXPECT_EQ(health.status, 503);
    EXPECT_NE(health.body.find("the monitor's file cannot be written (evidence): "), std::string::npos) << health.body;
    EXPECT_NE(get("/metrics").body.find("doublezero_monitor_store_writable 0"), std::string::npos);
    network.advance(std::chrono::seconds{70});
    monitor->step(network.now());
    EXPECT_EQ(get("/healthz").status, 503);
    EXPECT_EQ(snapshot_of(monitor->evidence().in_memory()), acknowledged);
    start();
    EXPECT_EQ(snapshot_of(monitor->evidence().in_memory()), acknowledged);
    EXPECT_EQ(get("/healthz").status, 503);
    EXPECT_EQ(post("/write", row()).status, 503);
  }
  for (int i = 0; i < 4; ++i) {
    network.advance(std::chrono::seconds{30});
    monitor->step(network.now());
  }
  EXPECT_EQ(get("/healthz").status, 200) << get("/healthz").body;
  EXPECT_NE(get("/metrics").body.find("doublezero_monitor_store_writable 1"), std::string::npos);
  EXPECT_EQ(post("/write", row()).status, 204);
  monitor.reset();
  database.reset();
  std::filesystem::remove_all(folder);
}

TEST_F(MonitorApi, ComplaintsHaveInfluxsShapes) {
  start();
  const auto v1 = post("/write", "nonsense\n" + row());
  EXPECT_EQ(v1.status, 400);
  EXPECT_TRUE(json::parse(v1.body).at("error").as_string().starts_with("partial write: unable to parse 'nonsense'"))
      << v1.body;
  EXPECT_TRUE(json::parse(v1.body).at("error").as_string().ends_with("dropped=0")) << v1.body;
  const auto v2 = json::parse(post("/api/v2/write", "nonsense").body);
  EXPECT_EQ(v2.at("code"), "invalid");
  EXPECT_EQ(post("/write", row(), "precision=weeks").status, 400);
  EXPECT_EQ(monitor->pushed().counters().rows, 1U);
}

std::string header_of(const net::HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

TEST_F(MonitorApi, D8_RowsThatCannotBeReadAreNotAnswered204) {
  start();
  std::string quoted = "syslog message=\"x\n";
  for (int i = 0; i < 1'200; ++i) quoted += row();
  EXPECT_EQ(post("/write", quoted).status, 400);
  EXPECT_EQ(post("/write", row() + std::string(70'000, 'x')).status, 400);
  EXPECT_EQ(monitor->pushed().counters().rows, 1U);
}

TEST_F(MonitorApi, D9_ErrorsAreHttpAndJson) {
  start();
  for (const auto& body : {std::string("\x1f\x8b\x08\x01\xff\xfe\n", 7), row() + "bad\xff\x01\n" + row(),
                           row().substr(0, row().size() - 1) + " 1\r" + row(), std::string(40'000, '\xe9')}) {
    const auto answer = post("/write", body);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(valid_utf8(answer.body), answer.body);
    EXPECT_FALSE(json::parse(answer.body).at("error").as_string().empty());
    const auto error = header_of(answer, "X-Influxdb-Error");
    EXPECT_FALSE(error.empty());
    EXPECT_EQ(header_value(error), error);
  }
}

TEST_F(MonitorApi, CreateDatabaseIsAnsweredAsTelegrafExpects) {
  settings.tokens = {{"0123456789abcdef", "alpha", ""}};
  start();
  const std::string form = "db=x&q=CREATE+DATABASE+%22telegraf%22", secret = "p=0123456789abcdef";
  const auto created = post("/query", form, secret, {{"content-type", "application/x-www-form-urlencoded"}});
  EXPECT_EQ(created.status, 200);
  EXPECT_EQ(created.body, "{\"results\":[{\"statement_id\":0}]}\n");
  EXPECT_EQ(created.content_type, "application/json");
  EXPECT_TRUE(header_of(created, "X-Influxdb-Version").starts_with("1.8"));
  EXPECT_EQ(post("/query", "", secret + "&q=CREATE%20DATABASE%20x").status, 200);
  EXPECT_EQ(get("/query", secret + "&q=CREATE%20DATABASE%20x").status, 200);
  const auto other = get("/query", secret + "&q=SELECT+1");
  EXPECT_EQ(other.status, 400);
  EXPECT_NE(header_of(other, "X-Influxdb-Error").find("found SELECT, expected CREATE"), std::string::npos);
  EXPECT_EQ(post("/query", "", secret).status, 400);
  const auto nobody = post("/query", form);
  EXPECT_EQ(nobody.status, 401);
  EXPECT_EQ(header_of(nobody, "WWW-Authenticate"), "Basic realm=\"InfluxDB\"");
}

TEST_F(MonitorApi, TakesTokensAsInfluxClientsSendThem) {
  settings.tokens = {{"0123456789abcdef", "alpha", ""}};
  start();
  EXPECT_EQ(post("/write", row()).status, 401);
  EXPECT_EQ(post("/write", row(), "u=x&p=0123456789abcdef").status, 204);
  for (const auto& header : {std::string("Token 0123456789abcdef"), std::string("Bearer 0123456789abcdef"),
                             "Basic " + encode_base64(as_bytes("any:0123456789abcdef"))}) {
    EXPECT_EQ(post("/write", row(), "", {{"authorization", header}}).status, 204) << header;
  }
  EXPECT_EQ(post("/write", row(), "", {{"authorization", "Basic ???"}}).status, 401);
}

TEST_F(MonitorApi, AssessmentsByPubkeyAndCode) {
  start();
  const auto all = json::parse(get("/api/v1/assessments").body);
  ASSERT_EQ(all.at("assessments").as_array().size(), 3U);
  EXPECT_EQ(all.at("policy").as_string(), monitor->policy_digest());
  const auto one = json::parse(get("/api/v1/assessments/ams-fra").body);
  EXPECT_EQ(one.at("code"), "ams-fra");
  EXPECT_EQ(one.at("desired_status"), "activated");
  EXPECT_EQ(one.at("findings").as_array().size(), verdict::kLinkCriterionCount);
  EXPECT_EQ(get("/api/v1/assessments/" + std::string(one.at("pubkey").as_string())).status, 200);
  EXPECT_NE(get("/api/v1/assessments/ams-fra", "format=text").body.find("link.a.errors"), std::string::npos);
  EXPECT_EQ(get("/api/v1/assessments/nobody").status, 404);
}

TEST_F(MonitorApi, DecisionsNewestFirstAndBounded) {
  start();
  const auto all = json::parse(get("/api/v1/decisions").body).at("decisions").as_array();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_GT(all[0].at("id").as_int64(), all[2].at("id").as_int64());
  EXPECT_EQ(all[0].at("to"), "pending");
  EXPECT_EQ(json::parse(get("/api/v1/decisions", "limit=1").body).at("decisions").as_array().size(), 1U);
  EXPECT_EQ(json::parse(get("/api/v1/decisions", "record=ams").body).at("decisions").as_array().size(), 1U);
  EXPECT_EQ(get("/api/v1/decisions", "limit=x").status, 400);
}

TEST_F(MonitorApi, MetricsCountTheFleetAndShowWhatIsNotAsWanted) {
  start();
  const auto page = get("/metrics").body;
  for (const char* sample :
       {"doublezero_monitor_records{kind=\"device\",status=\"hard-drained\"} 2\n",
        "doublezero_monitor_records{kind=\"device\",status=\"activated\"} 0\n",
        "doublezero_monitor_records_health{health=\"pending\",kind=\"link\"} 1\n",
        "doublezero_monitor_records_condition{condition=\"recovering\",kind=\"link\"} 0\n",
        "doublezero_monitor_records_condition{condition=\"needs-action\",kind=\"device\"} 2\n",
        "doublezero_monitor_records_in_maintenance{kind=\"device\"} 0\n",
        "doublezero_monitor_records_not_as_wanted{contributor=\"alpha\",kind=\"link\",why=\"not-in-service\"} 1\n",
        "doublezero_monitor_record_status{code=\"ams-fra\",contributor=\"alpha\",kind=\"link\",pubkey=",
        "doublezero_monitor_devices_accepting_new_users 0\n", "doublezero_monitor_records_shown 3\n",
        "doublezero_monitor_records_not_shown 0\n"}) {
    EXPECT_NE(page.find(sample), std::string::npos) << sample << page;
  }
  EXPECT_EQ(get("/healthz").status, 200);
  EXPECT_EQ(get("/nowhere").status, 404);
}

TEST_F(MonitorApi, MetricsOfSingleRecordsAreASetting) {
  settings.metrics_records = "none";
  start();
  EXPECT_EQ(get("/metrics").body.find("code=\""), std::string::npos);
  EXPECT_NE(get("/metrics").body.find("doublezero_monitor_records_shown 0\n"), std::string::npos);
}

TEST_F(MonitorApi, D15_HealthFollowsHowOftenTheLedgerIsRead) {
  settings.ledger_poll = std::chrono::minutes{5};
  start();
  network.advance(std::chrono::minutes{14} + std::chrono::seconds{58});
  EXPECT_EQ(get("/healthz").status, 200) << get("/healthz").body;
  network.advance(std::chrono::seconds{2});
  const auto late = get("/healthz");
  EXPECT_EQ(late.status, 503);
  EXPECT_NE(late.body.find("the ledger has not been read for 15 min 1 s: expected every 5 min, and at most 15 min"),
            std::string::npos)
      << late.body;
}

TEST_F(MonitorApi, D18_DamageIsSaid) {
  start();
  EXPECT_EQ(json::parse(get("/healthz").body).as_object().count("damage"), 0U);
  monitor.reset();
  ASSERT_TRUE(database->execute("UPDATE evidence_journal SET body = x'00' WHERE seq = 1"));
  start();
  const auto damage = json::parse(get("/healthz").body).at("damage").as_array();
  ASSERT_EQ(damage.size(), 1U);
  EXPECT_EQ(damage[0].as_string().find("entry 1 of the evidence journal"), 0U);
  EXPECT_NE(get("/metrics").body.find("doublezero_monitor_store_damage 1"), std::string::npos);
  EXPECT_EQ(get("/healthz").status, 200);  // it goes on
}

TEST_F(MonitorApi, X16_AFileThatCannotBeWrittenIsAFault) {
  start();
  ASSERT_TRUE(database->execute(
      "CREATE TRIGGER full BEFORE INSERT ON evidence_journal BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"));
  network.advance(std::chrono::seconds{1});
  monitor->step(network.now());
  const auto page = get("/healthz");
  EXPECT_EQ(page.status, 503);
  EXPECT_NE(page.body.find("cannot be written (evidence): "), std::string::npos) << page.body;
  ASSERT_TRUE(database->execute("DROP TRIGGER full"));
  network.advance(std::chrono::seconds{1});
  monitor->step(network.now());
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(MonitorApi, HealthzSaysWhatItWrites) {
  settings.write_mode = control::WriteMode::Observe;
  start();
  EXPECT_NE(get("/healthz").body.find(R"("writes":"nothing: it observes")"), std::string::npos);
}

}  // namespace
}  // namespace dz::monitor
