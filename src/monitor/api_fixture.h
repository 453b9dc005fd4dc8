// Test support: a monitor over a small network in memory, asked through its API.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "monitor/monitor_api.h"
#include "testbed/small_network.h"

namespace dz::monitor {

class ApiFixture : public testing::Test {
 protected:
  ApiFixture() {
    ams = network.add_device("ams", network.alpha);
    fra = network.add_device("fra", network.beta);
    lon = network.add_device("lon", network.alpha);
    wan = network.add_link("ams-lon", LinkType::Wan, "ams", "Switch1/1/1", "lon", "Switch1/1/1");
    dzx = network.add_link("fra-ams", LinkType::Dzx, "ams", "Switch1/2/1", "fra", "Switch1/1/1");
    database = std::make_unique<storage::SqliteDatabase>(*storage::SqliteDatabase::open(":memory:"));
  }
  void start() {
    monitor = *Monitor::open(network.client(), *database,
                             {.settings = settings,
                              .ids = wire::local_program_ids(),
                              .key = network.monitor,
                              .log = [](service::LogLevel, std::string_view, const service::LogFields&) {},
                              .times = times},
                             network.now());
    pass();
    pass();
  }
  void pass(Duration after = std::chrono::seconds{1}) {
    network.advance(after);
    monitor->on_events_missed();
    monitor->step(network.now());
  }
  net::HttpResponse get(const std::string& path, const std::string& query = "",
                        std::vector<std::pair<std::string, std::string>> headers = {}) {
    return answer_monitor_request(*monitor, {"GET", path, query, std::move(headers), "", "127.0.0.1"}, network.now());
  }
  boost::json::object body(const std::string& path, const std::string& query = "") {
    const auto response = get(path, query);
    EXPECT_EQ(response.status, 200) << path << "?" << query << ": " << response.body;
    return boost::json::parse(response.body).as_object();
  }
  std::string error(const std::string& path, const std::string& query, int status) {
    const auto response = get(path, query);
    EXPECT_EQ(response.status, status) << response.body;
    return std::string(boost::json::parse(response.body).as_object()["error"].as_string());
  }
  // The codes of a list, in its order.
  std::string codes(const std::string& query, const std::string& path = "/api/v1/assessments",
                    const char* list = "assessments") {
    std::string all;
    const auto answer = body(path, query);
    for (const auto& entry : answer.at(list).as_array())
      all += (all.empty() ? "" : " ") + std::string(entry.at("code").as_string());
    return all;
  }
  std::string header(const net::HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return {};
  }

  testbed::SmallNetwork network{Timestamp{std::chrono::hours{494'000}}};
  Pubkey ams, fra, lon, wan, dzx;
  MonitorSettings settings;
  std::function<std::vector<TimesOf>()> times = [] { return std::vector<TimesOf>(); };
  std::unique_ptr<storage::SqliteDatabase> database;
  std::unique_ptr<Monitor> monitor;
};

}  // namespace dz::monitor
