// Maintenances as they are told over HTTP: who may, what is kept, and what is said.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "monitor/monitor_api.h"
#include "testbed/small_network.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class MaintenanceApi : public testing::Test {
 protected:
  MaintenanceApi() {
    ams = network.add_device("ams", network.alpha);
    network.add_device("fra", network.alpha);
    link = network.add_link("ams-fra", LinkType::Wan, "ams", "Switch1/1/1", "fra", "Switch1/1/1");
    start();
  }
  void start() {
    monitor.reset();
    monitor = *Monitor::open(network.client(), database,
                             {.settings = {},
                              .ids = wire::local_program_ids(),
                              .key = network.monitor,
                              .log = [](service::LogLevel, std::string_view, const service::LogFields&) {}},
                             network.now());
    for (int i = 0; i < 2; ++i) {
      network.advance(seconds{1});
      monitor->step(network.now());
    }
  }
  std::string network_name() { return to_text(*network.client().get_genesis_hash()); }
  control::MaintenanceWindow window(const Pubkey& record) {
    return {record, network.now(), network.now() + hours{2}, "new optics"};
  }
  std::string told(const control::MaintenanceWindow& w, const wire::Keypair& key, const std::string& statement) {
    return json::serialize(json::object{{"pubkey", to_text(w.record)},
                                        {"from", to_text(w.from)},
                                        {"to", to_text(w.to)},
                                        {"why", w.why},
                                        {"by", to_text(key.pubkey())},
                                        {"signature", to_text(key.sign(as_bytes(statement)))}});
  }
  net::HttpResponse post(const std::string& path, const std::string& body) {
    return answer_monitor_request(*monitor, {"POST", path, "", {}, body, "127.0.0.1"}, network.now());
  }
  net::HttpResponse tell(const control::MaintenanceWindow& w, const wire::Keypair& key) {
    return post("/api/v1/maintenances", told(w, key, control::statement_of(network_name(), w)));
  }
  net::HttpResponse end(const std::string& id, const wire::Keypair& key) {
    const auto signature = key.sign(as_bytes(control::statement_of_end(network_name(), id)));
    return post("/api/v1/maintenances/" + id + "/end",
                json::serialize(json::object{{"by", to_text(key.pubkey())}, {"signature", to_text(signature)}}));
  }
  json::value get(const std::string& path) {
    return json::parse(answer_monitor_request(*monitor, {"GET", path, "", {}, "", "127.0.0.1"}, network.now()).body);
  }
  std::string state(std::size_t at = 0) {
    return std::string(get("/api/v1/maintenances").at("maintenances").at(at).at("state").as_string());
  }

  testbed::SmallNetwork network{Timestamp{hours{494'000}}};
  Pubkey ams, link;
  storage::SqliteDatabase database = *storage::SqliteDatabase::open(":memory:");
  std::unique_ptr<Monitor> monitor;
};

TEST_F(MaintenanceApi, AnAssessmentSaysItAsAMemberAndTheStreamWhenItBeginsAndEnds) {
  std::string events;
  monitor->on_changes([&](std::uint64_t, const std::string& text) { events += text; });
  const auto of_link = [&] { return get("/api/v1/assessments/ams-fra").at("maintenance"); };
  EXPECT_TRUE(of_link().is_null());
  auto of_ams = window(ams);
  of_ams.from += minutes{10};
  ASSERT_EQ(tell(of_ams, network.alpha).status, 201);
  const auto pass = [&](Duration after) {
    events.clear();
    network.advance(after);
    monitor->step(network.now());
    return events;
  };
  EXPECT_EQ(pass(seconds{1}).find("new optics"), std::string::npos) << "it has not begun";
  const auto begun = pass(minutes{10});
  EXPECT_NE(begun.find(R"("code":"ams-fra")"), std::string::npos) << begun;
  EXPECT_NE(begun.find(R"("why":"new optics")"), std::string::npos) << begun;
  const auto member = of_link();
  EXPECT_EQ(member.at("code").as_string(), "ams");
  EXPECT_EQ(member.at("from").as_string(), to_text(of_ams.from));
  EXPECT_EQ(member.at("to").as_string(), to_text(of_ams.to));
  EXPECT_EQ(member.at("by").as_string(), to_text(network.alpha.pubkey()));
  EXPECT_EQ(get("/api/v1/assessments").at("assessments").at(0).at("maintenance"), member);
  const auto id = std::string(member.at("id").as_string());
  const auto number = monitor->settled();
  ASSERT_EQ(end(id, network.alpha).status, 200);
  EXPECT_NE(monitor->settled(), number) << "a list that was asked for before is another one now";
  const auto ended = pass(seconds{1});
  EXPECT_NE(ended.find(R"("code":"ams-fra")"), std::string::npos) << ended;
  EXPECT_NE(ended.find(R"("maintenance":null)"), std::string::npos) << ended;
}

TEST_F(MaintenanceApi, ItsContributorTheFoundationAndTheHealthAuthorityMayTellIt) {
  for (const auto* key : {&network.alpha, &network.foundation, &network.monitor}) {
    const auto answer = tell(window(link), *key);
    EXPECT_EQ(answer.status, 201) << answer.body;
  }
  for (const auto* key : {&network.beta, &network.activator, &network.publisher}) {
    const auto answer = tell(window(link), *key);
    EXPECT_EQ(answer.status, 403) << answer.body;
  }
  EXPECT_EQ(tell(window(network.beta.pubkey()), network.foundation).status, 404);
  EXPECT_EQ(get("/api/v1/maintenances").at("maintenances").as_array().size(), 3U);
}

TEST_F(MaintenanceApi, OnlyWhatWasSignedIsTaken) {
  const auto w = window(link);
  auto other = w;
  other.to += hours{1};
  EXPECT_EQ(post("/api/v1/maintenances", told(w, network.alpha, control::statement_of(network_name(), other))).status,
            403);
  EXPECT_EQ(post("/api/v1/maintenances", told(w, network.alpha, control::statement_of("another network", w))).status,
            403);
  for (const std::string body : {"", "[]", "{}", R"({"pubkey":1})", "\xff{"}) {
    EXPECT_EQ(post("/api/v1/maintenances", body).status, 400) << body;
  }
  auto odd = w;
  odd.to = odd.from;
  EXPECT_EQ(tell(odd, network.alpha).status, 400);
  odd = w;
  odd.from += std::chrono::milliseconds{1};
  EXPECT_EQ(tell(odd, network.alpha).status, 400);
  EXPECT_TRUE(get("/api/v1/maintenances").at("maintenances").as_array().empty());
}

TEST_F(MaintenanceApi, ADevicesCoversItsLinksAndEverythingShowsIt) {
  ASSERT_EQ(tell(window(ams), network.alpha).status, 201);
  for (const auto* record : {"ams", "ams-fra"}) {
    const auto assessment = get(std::string("/api/v1/assessments/") + record);
    const auto note = std::string(assessment.at("notes").at(0).as_string());
    EXPECT_TRUE(note.starts_with("ams is in maintenance until ")) << note;
    EXPECT_NE(note.find("new optics"), std::string::npos) << note;
  }
  EXPECT_EQ(monitor->maintenance_of(network.read().links.at(link).side_z), nullptr);
}

TEST_F(MaintenanceApi, TheDeviceAtEitherEndCoversTheLink) {
  const auto fra = network.read().links.at(link).side_z;
  ASSERT_EQ(tell(window(fra), network.alpha).status, 201);
  EXPECT_NE(monitor->maintenance_of(link), nullptr);
  EXPECT_EQ(monitor->maintenance_of(ams), nullptr);
}

TEST_F(MaintenanceApi, ItIsKeptOverARestartAndEndsByItselfOrByWord) {
  const auto told = json::parse(tell(window(link), network.alpha).body);
  const auto id = std::string(told.at("id").as_string());
  start();
  EXPECT_EQ(state(), "holds");
  EXPECT_EQ(end(id, network.beta).status, 403);
  EXPECT_EQ(end("0123456789abcdef", network.alpha).status, 404);
  EXPECT_EQ(end(id, network.foundation).status, 200);
  EXPECT_EQ(state(), "over");
  start();
  EXPECT_EQ(state(), "over");
  EXPECT_EQ(monitor->maintenance_of(link), nullptr);
  ASSERT_EQ(tell(window(link), network.alpha).status, 201);
  EXPECT_NE(monitor->maintenance_of(link), nullptr);
  network.advance(hours{2});
  monitor->step(network.now());
  EXPECT_EQ(monitor->maintenance_of(link), nullptr);
}

// Between two passes nothing is judged, but whether somebody works on a record is a question of the time.
TEST_F(MaintenanceApi, WhatEndedIsNotShownUntilTheNextPass) {
  const auto shows = [&](const std::string& path) {
    return answer_monitor_request(*monitor, {"GET", path, "", {}, "", "127.0.0.1"}, network.now())
               .body.find("new optics") != std::string::npos;
  };
  const auto shown = [&] {
    int places = 0;
    for (const auto* path : {"/api/v1/assessments/ams-fra", "/api/v1/assessments", "/healthz"}) places += shows(path);
    const net::HttpRequest page{"GET", "/api/v1/assessments/ams-fra", "format=text", {}, "", "127.0.0.1"};
    const auto text = answer_monitor_request(*monitor, page, network.now()).body;
    return places + (text.find("new optics") != std::string::npos ? 1 : 0);
  };
  const auto told = json::parse(tell(window(link), network.alpha).body);
  network.advance(seconds{1});
  EXPECT_EQ(shown(), 4);
  ASSERT_EQ(end(std::string(told.at("id").as_string()), network.alpha).status, 200);
  EXPECT_EQ(shown(), 0) << "ended by word";
  auto soon = window(link);
  soon.from += seconds{10};
  soon.to = soon.from + seconds{10};
  ASSERT_EQ(tell(soon, network.alpha).status, 201);
  EXPECT_LE(monitor->step(network.now()), soon.from) << "no pass later than it begins";
  EXPECT_EQ(shown(), 0);
  network.advance(seconds{12});
  EXPECT_EQ(shown(), 4);
  network.advance(seconds{12});
  EXPECT_EQ(shown(), 0) << "ended by itself";
}

// The link is in service and impaired, as somebody else left it.
TEST_F(MaintenanceApi, NobodyIsAlarmedMeanwhileAndAgainAfterwards) {
  testbed::SmallNetwork live{network.now(), ledger::make_memory_archive(), {.profile = &v034_profile()}};
  live.add_device("ams", live.alpha);
  live.add_device("fra", live.alpha);
  const auto key = live.add_link("ams-fra", LinkType::Wan, "ams", "Switch1/1/1", "fra", "Switch1/1/1");
  const auto record = live.link("ams-fra");
  ASSERT_TRUE(live.as(live.foundation).update_link({key, &record}, {.status = Status::Activated}));
  live.advance(seconds{1});
  ASSERT_TRUE(live.as(live.monitor).set_link_health(key, Health::Impaired));
  MonitorSettings settings;
  settings.policy = verdict::default_policy(v034_profile());
  auto file = *storage::SqliteDatabase::open(":memory:");
  auto watching = *Monitor::open(live.client(), file,
                                 {.settings = settings,
                                  .ids = wire::local_program_ids(),
                                  .key = live.monitor,
                                  .log = [](service::LogLevel, std::string_view, const service::LogFields&) {}},
                                 live.now());
  const auto alarms = [&] {
    live.advance(minutes{2});
    for (int i = 0; i < 3; ++i, live.advance(seconds{1})) watching->step(live.now());
    const auto all = watching->announcer().alarms();
    return std::count_if(all.begin(), all.end(),
                         [&](const auto& alarm) { return alarm.kind == control::AlarmKind::ImpairedInService; });
  };
  EXPECT_EQ(alarms(), 1);
  const auto whole = Timestamp{std::chrono::floor<seconds>(live.now())};
  const control::MaintenanceWindow told{key, whole, whole + hours{1}, "new optics"};
  const auto statement = control::statement_of(to_text(*live.client().get_genesis_hash()), told);
  ASSERT_TRUE(watching->add_maintenance(told, {live.alpha.pubkey(), live.alpha.sign(as_bytes(statement))}, live.now()));
  EXPECT_EQ(alarms(), 0);
  live.advance(hours{1});
  EXPECT_EQ(alarms(), 1);
}

TEST_F(MaintenanceApi, WhatIsDamagedAlarmsAsAny) {
  ASSERT_EQ(tell(window(link), network.alpha).status, 201);
  ASSERT_TRUE(database.execute("UPDATE maintenance SET to_at = to_at + 1"));
  start();
  EXPECT_EQ(monitor->maintenance_of(link), nullptr);
  EXPECT_EQ(monitor->damage().size(), 1U);
}

}  // namespace
}  // namespace dz::monitor
