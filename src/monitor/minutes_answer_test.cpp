// Minutes and readings of a record through the API: the rings and the history tell the same of the same minutes.
#include <fmt/format.h>

#include "base/base64.h"
#include "monitor/api_fixture.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;
using std::chrono::minutes;

class MinutesAnswer : public ApiFixture {
 protected:
  MinutesAnswer() { settings.write_mode = control::WriteMode::Write; }

  // One minute of both ends of ams-lon; `fault` has what end A sends beside.
  void minute(const std::string& fault = "", bool silent_a = false) {
    const auto at = network.now();
    octets_ += 1'000;
    std::string rows;
    for (const auto& device : {ams, lon}) {
      if (silent_a && device == ams) continue;
      rows += fmt::format("intfCounters,dzd_pubkey={},intf=Switch1/1/1 in-octets={}i,out-octets={}i{} {}\n",
                          to_text(device), octets_, 3 * octets_, device == ams ? fault : "",
                          at.time_since_epoch().count() * 1'000);
    }
    const auto answer = monitor->write({telemetry::WriteApi::V1, rows, "", ""}, at);
    EXPECT_EQ(answer.status, 204) << answer.body;
    pass(minutes{1});
  }
  // A character a minute: "-" not judged, "." good, "X" bad, "?" unobserved.
  static std::string picture(const json::object& line) {
    const auto bytes = *decode_base64(std::string(line.at("states").as_string()));
    const auto from = *parse_timestamp(std::string(line.at("from").as_string()));
    const auto to = *parse_timestamp(std::string(line.at("to").as_string()));
    std::string text;
    for (std::size_t i = 0; i < static_cast<std::size_t>((to - from) / minutes{1}); ++i)
      text += "-.X?"[bytes.at(i / 4) >> (i % 4 * 2) & 3];
    return text;
  }
  static const json::object& line_of(const json::object& answer, std::string_view criterion) {
    for (const auto& line : answer.at("lines").as_array()) {
      if (line.at("criterion").as_string() == criterion) return line.as_object();
    }
    throw std::runtime_error("no line " + std::string(criterion));
  }
  // What the line says of the minutes from `from` on.
  static std::string pictured_from(const json::object& line, Timestamp from) {
    const auto begin = *parse_timestamp(std::string(line.at("from").as_string()));
    return picture(line).substr(static_cast<std::size_t>((from - begin) / minutes{1}));
  }
  std::string day() const { return to_text(network.now()).substr(0, 10); }
  // Ten minutes, with an error in the fourth and silence of end A in the seventh.
  Timestamp ten_minutes() {
    start();
    pass(minutes{1});
    const auto from = Timestamp{minute_of(network.now())};
    minute(",in-errors=5i");
    minute();
    minute();
    minute(",in-errors=7i");
    minute();
    minute();
    minute("", true);
    for (int i = 0; i < 4; ++i) minute();
    return from;
  }

  std::uint64_t octets_ = 1'000'000;
};

TEST_F(MinutesAnswer, EveryMinuteOfEverySignalAsItIsJudged) {
  const auto from = ten_minutes();
  const auto answer = body("/api/v1/minutes", "record=ams-lon");
  EXPECT_EQ(pictured_from(line_of(answer, "link.a.errors"), from).substr(0, 10), "...X..?...");
  EXPECT_EQ(pictured_from(line_of(answer, "link.a.data"), from).substr(0, 10), "......X...");
  EXPECT_EQ(pictured_from(line_of(answer, "link.z.errors"), from).substr(0, 10), "..........");
  const auto& errors = line_of(answer, "link.a.errors");
  EXPECT_EQ(errors.at("side").as_string(), "A");
  ASSERT_EQ(errors.at("faults").as_array().size(), 1U);
  const auto& fault = errors.at("faults").at(0).as_object();
  EXPECT_EQ(fault.at("fault").as_string(), "in-errors");
  EXPECT_EQ(fault.at("from").as_string(), to_text(from + minutes{3}));
  EXPECT_EQ(fault.at("to").as_string(), to_text(from + minutes{4}));
  EXPECT_TRUE(answer.at("incomplete").is_null());
}

TEST_F(MinutesAnswer, BeforeAnythingWasHeardMinutesAreNotGood) {
  const auto from = ten_minutes();
  const auto answer = body("/api/v1/minutes", "record=ams-lon");
  for (const auto& line : answer.at("lines").as_array()) {
    const auto all = picture(line.as_object());
    const auto before = all.substr(0, all.size() - pictured_from(line.as_object(), from).size());
    EXPECT_EQ(before.find('.'), std::string::npos) << line.at("criterion").as_string();
    EXPECT_GE(all.size(), 24U * 60);
  }
}

TEST_F(MinutesAnswer, TheHistoryOfADayTellsWhatTheRingsDo) {
  const auto from = ten_minutes();
  const auto live = body("/api/v1/minutes", "record=ams-lon");
  const auto past = body("/api/v1/minutes", "record=ams-lon&day=" + day());
  ASSERT_EQ(past.at("lines").as_array().size(), live.at("lines").as_array().size());
  for (const auto& line : past.at("lines").as_array()) {
    const auto criterion = std::string(line.at("criterion").as_string());
    EXPECT_EQ(pictured_from(line.as_object(), from), pictured_from(line_of(live, criterion), from)) << criterion;
    EXPECT_TRUE(line.at("window_from").is_null());
  }
  EXPECT_EQ(past.at("recorded_from").as_string(), "2026-05-10T08:00:00Z");  // when the monitor began to listen
  EXPECT_EQ(line_of(past, "link.a.errors").at("faults"), line_of(live, "link.a.errors").at("faults"));
}

TEST_F(MinutesAnswer, LateRowsCorrectAPastDay) {
  start();
  pass(minutes{1});
  const auto from = network.now();
  minute();
  minute("", true);
  minute();
  network.advance(std::chrono::hours{1});
  const auto rows =
      fmt::format("intfCounters,dzd_pubkey={},intf=Switch1/1/1 in-octets={}i,out-octets={}i {}\n", to_text(ams),
                  1'001'500, 3'004'500, (from + minutes{1}).time_since_epoch().count() * 1'000);
  EXPECT_EQ(monitor->write({telemetry::WriteApi::V1, rows, "", ""}, network.now()).status, 204);
  pass(minutes{1});
  const auto past = body("/api/v1/minutes", "record=ams-lon&day=" + day());
  EXPECT_EQ(pictured_from(line_of(past, "link.a.data"), Timestamp{minute_of(from)}).substr(0, 3), "...");
}

TEST_F(MinutesAnswer, TheMinuteThatHasToAgeOutIsTheLastBadOne) {
  const auto from = ten_minutes();
  const auto answer = body("/api/v1/minutes", "record=ams-lon");
  EXPECT_EQ(line_of(answer, "link.a.errors").at("ages_out").as_string(), to_text(from + minutes{3}));
  EXPECT_TRUE(line_of(answer, "link.z.errors").at("ages_out").is_string());  // what was before is not known
}

TEST_F(MinutesAnswer, TheClocksOfBothEnds) {
  ten_minutes();
  const auto answer = body("/api/v1/minutes", "record=fra-ams");
  const auto& z = answer.at("clocks").at(1).as_object();
  EXPECT_EQ(z.at("device").as_string(), "fra");
  EXPECT_TRUE(z.at("heard").is_null());
  const auto device = body("/api/v1/minutes", "record=ams");
  ASSERT_EQ(device.at("clocks").as_array().size(), 1U);
  EXPECT_TRUE(device.at("clocks").at(0).at("heard").is_string());
  EXPECT_TRUE(device.at("clocks").at(0).at("ahead_seconds").is_null());
}

TEST_F(MinutesAnswer, DrainsAreTold) {
  start();
  const auto answer = body("/api/v1/minutes", "record=ams-lon");
  const auto& drains = answer.at("drains").as_array();
  ASSERT_EQ(drains.size(), 1U);
  EXPECT_EQ(drains.at(0).at("status").as_string(), "hard-drained");
  EXPECT_TRUE(drains.at(0).at("to").is_null());
}

TEST_F(MinutesAnswer, ReadingsOfAMinuteWithTheirDifferences) {
  const auto from = ten_minutes();
  const auto answer = body("/api/v1/readings", "record=ams-lon&minute=" + to_text(from + minutes{3}));
  const auto& a = answer.at("ports").at(0).as_object();
  EXPECT_EQ(a.at("side").as_string(), "A");
  EXPECT_EQ(a.at("octets").as_string(), "kept");
  for (const auto& counter : a.at("counters").as_array()) {
    const auto& readings = counter.at("readings").as_array();
    if (counter.at("counter").as_string() == "in-errors") {
      ASSERT_EQ(readings.size(), 1U);
      EXPECT_EQ(readings.at(0).at("value").as_string(), "7");
      EXPECT_EQ(readings.at(0).at("difference").as_string(), "2");
    }
    if (counter.at("counter").as_string() == "out-octets") {
      ASSERT_EQ(readings.size(), 1U);
      EXPECT_EQ(readings.at(0).at("difference").as_string(), "3000");
    }
  }
  const auto silent = body("/api/v1/readings", "record=ams-lon&minute=" + to_text(from + minutes{6}));
  EXPECT_EQ(silent.at("ports").at(0).at("octets").as_string(), "no rows");
  EXPECT_EQ(silent.at("ports").at(1).at("octets").as_string(), "kept");
  const auto open = body("/api/v1/readings", "record=ams-lon&minute=" + to_text(network.now()));
  EXPECT_EQ(open.at("ports").at(0).at("octets").as_string(), "not closed");
}

TEST_F(MinutesAnswer, WhatIsAskedWronglyIsSaid) {
  start();
  EXPECT_NE(error("/api/v1/minutes", "", 400).find("expected record="), std::string::npos);
  EXPECT_NE(error("/api/v1/minutes", "record=ams&day=2026-13-01", 400).find("such as 2026-11-30"), std::string::npos);
  EXPECT_NE(error("/api/v1/readings", "record=ams&minute=noon", 400).find("expected a time"), std::string::npos);
  EXPECT_NE(error("/api/v1/minutes", "record=nobody", 404).find("'nobody'"), std::string::npos);
  const auto none = body("/api/v1/minutes", "record=ams-lon&day=2020-01-01");
  for (const auto& line : none.at("lines").as_array())
    EXPECT_EQ(picture(line.as_object()).find_first_not_of('?'), std::string::npos);
}

TEST_F(MinutesAnswer, ADayIsReadInPiecesWhileOthersAreServed) {
  ten_minutes();
  for (int i = 0; i < 600; ++i) minute();
  const net::HttpRequest request{.method = "GET", .path = "/api/v1/minutes", .query = "record=ams-lon&day=" + day()};
  const auto answer = begin_answer(*monitor, request, network.now());
  int pieces = 0;
  while (!answer->go_on(network.now())) ++pieces;
  EXPECT_GE(pieces, 3);
}

}  // namespace
}  // namespace dz::monitor
