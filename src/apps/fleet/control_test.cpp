#include "control.h"

#include <gtest/gtest.h>

namespace dz::fleet_main {
namespace {

using namespace std::chrono_literals;

const Timestamp kNow = *parse_timestamp("2026-03-01T12:00:00Z");

struct Bench {
  fleet::FleetTopology topology = [] {
    fleet::FleetTopology made;
    made.devices.resize(1);
    made.devices[0].code = "nyc-dz001";
    return made;
  }();
  fleet::Fleet fleet{topology, {}, {1, kNow, "local"}};
  fleet::RowPush rows{[](std::string_view) -> Result<fleet::PushAnswer> { return fleet::PushAnswer{204, ""}; }};

  net::HttpResponse ask(const std::string& method, const std::string& path, const std::string& body = "") {
    net::HttpRequest request;
    request.method = method;
    request.path = path;
    request.body = body;
    return answer_control(request, fleet, {&rows, 0, 0}, kNow);
  }
};

TEST(Control, FaultsAreSwitchedOnListedAndEnded) {
  Bench bench;
  EXPECT_EQ(bench.ask("GET", "/faults").body, "[]\n");
  const auto made = bench.ask("POST", "/faults", "silence device=nyc-dz001\n");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.body, "{\"id\":1,\"fault\":\"silence device=nyc-dz001 at=2026-03-01T12:00:00Z\",\"active\":true}\n");
  EXPECT_EQ(bench.ask("DELETE", "/faults/1").status, 200);
  EXPECT_NE(bench.ask("GET", "/faults").body.find("\"active\":false"), std::string::npos);
}

TEST(Control, WhatMakesNoSenseIsRefusedInWords) {
  Bench bench;
  const auto unknown = bench.ask("POST", "/faults", "silence device=nowhere");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_NE(unknown.body.find("expected a device of the topology"), std::string::npos);
  EXPECT_EQ(bench.ask("POST", "/faults", "").status, 400);
  EXPECT_EQ(bench.ask("DELETE", "/faults/7").status, 404);
  EXPECT_EQ(bench.ask("DELETE", "/faults/1x").status, 404);
  EXPECT_EQ(bench.ask("PUT", "/faults").status, 404);
}

TEST(Control, HealthzCountsWhatWentOut) {
  Bench bench;
  bench.rows.add({"a", "b"});
  bench.rows.flush();
  EXPECT_NE(bench.ask("GET", "/healthz").body.find("\"lines_sent\":2"), std::string::npos);
}

}  // namespace
}  // namespace dz::fleet_main
