// The real servers: each is started, written to in its upstream schema, asked, stopped and killed.
#include "stores/store_server.h"

#include <gmock/gmock.h>

#include <filesystem>

#include <fmt/format.h>

#include "stores/controller_metrics.h"
#include "stores/store_http.h"
#include "stores/store_writer.h"

namespace dz::stores {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

const std::string kDevice = "29ghthsKeH2ZCUmN2sUvhJtpEXn2ZxqAuq4sZFBFZmEs";
const Timestamp kNow{seconds{1'763'000'100}};

std::string lines() {
  std::string out;
  for (int i = 0; i < 60; ++i) {
    const auto at = (kNow - minutes{10} + i * seconds{10}).time_since_epoch().count() * 1000;
    out += fmt::format("intfCounters,dzd_pubkey={},host=fra,intf=Ethernet1/1 in-octets={}i,out-octets={}i {}\n",
                       kDevice, 1000 + i, 2000 + i, at);
    out += fmt::format("controller_grpc_getconfig_success,device_pubkey={} count=2i {}\n", kDevice, at);
  }
  return out + fmt::format("device_qa_test_results,device_code=fra,device_pubkey={},env=local success=true {}\n",
                           kDevice, (kNow - minutes{1}).time_since_epoch().count() * 1000);
}

class RealStore : public testing::TestWithParam<telemetry::StoreKind> {
 protected:
  void SetUp() override {
    if (const auto program = store_program(GetParam()); !program) GTEST_SKIP() << program.error().message;
    auto started = StoreServer::start(GetParam());
    ASSERT_TRUE(started) << started.error().message;
    server = std::move(*started);
  }
  void write() {
    auto writer = StoreWriter::open(GetParam(), server->url(), "doublezero-test");
    ASSERT_TRUE(writer) << writer.error().message;
    const auto written = (*writer)->write(split_for_store(GetParam(), lines()).served, kNow);
    ASSERT_TRUE(written) << written.error().message;
  }
  std::string ask() {
    net::HttpClient http;
    const auto get = [&](const std::string& path) {
      const auto answer = http.get(server->url() + path, {});
      return answer ? answer->body : answer.error().message;
    };
    if (GetParam() == telemetry::StoreKind::InfluxDb)
      return get("/query?db=doublezero-test&q=" + percent_encoded("SELECT last(\"in-octets\") FROM intfCounters"));
    if (GetParam() == telemetry::StoreKind::ClickHouse)
      return get("/?query=" + percent_encoded("SELECT count(), max(in_octets), min(out_octets) FROM "
                                              "\"doublezero-test\".fact_dz_device_interface_counters FINAL"));
    return get("/api/v1/query?time=1763000090&query=" + percent_encoded("controller_grpc_getconfig_requests_total"));
  }
  std::string expected() const {
    if (GetParam() == telemetry::StoreKind::InfluxDb) return "1059";
    return GetParam() == telemetry::StoreKind::ClickHouse ? "60\t1059\t2000" : "\"118\"";
  }

  std::unique_ptr<StoreServer> server;
};

TEST_P(RealStore, AnswersWhatWasWritten) {
  write();
  EXPECT_THAT(ask(), HasSubstr(expected()));
}

TEST_P(RealStore, KeepsItsDataAndItsAddressOverAStopAndACrash) {
  write();
  server->stop();
  EXPECT_FALSE(server->running());
  ASSERT_TRUE(server->resume());
  EXPECT_THAT(ask(), HasSubstr(expected()));
  server->kill();
  ASSERT_TRUE(server->resume());
  EXPECT_THAT(ask(), HasSubstr(expected()));
  // Counted in hundredths of a second, of which one question may take less.
  for (int questions = 0; server->cpu_time() == Duration{0} && questions < 1000; ++questions) ask();
  EXPECT_GT(server->cpu_time(), Duration{0});
}

INSTANTIATE_TEST_SUITE_P(Stores, RealStore,
                         testing::Values(telemetry::StoreKind::InfluxDb, telemetry::StoreKind::Prometheus,
                                         telemetry::StoreKind::ClickHouse),
                         [](const auto& kind) { return std::string(to_text(kind.param)); });

TEST(RealPrometheus, HasTheHistoryItWasStartedWith) {
  if (const auto program = store_program(telemetry::StoreKind::Prometheus); !program)
    GTEST_SKIP() << program.error().message;
  std::vector<MetricSample> samples;
  for (int i = 0; i < 1440; ++i) samples.push_back({"up", {{"job", "agent"}}, kNow - hours{24} + i * minutes{1}, 1});
  const auto server = StoreServer::start(telemetry::StoreKind::Prometheus, render_openmetrics(samples));
  ASSERT_TRUE(server) << server.error().message;
  net::HttpClient http;
  const auto answer = http.get(
      (*server)->url() + "/api/v1/query?time=1763000100&query=" + percent_encoded("sum_over_time(up[25h])"), {});
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->body, HasSubstr("\"1440\""));
}

TEST(RealPrometheus, D10_TooManySamplesAreTooMuchAndFewerAreAnswered) {
  if (const auto program = store_program(telemetry::StoreKind::Prometheus); !program)
    GTEST_SKIP() << program.error().message;
  std::vector<MetricSample> samples;
  for (int i = 0; i < 480; ++i) {
    samples.push_back({"controller_grpc_getconfig_requests_total",
                       {{"pubkey", kDevice}},
                       kNow - hours{2} + i * seconds{15},
                       3.0 * i});
  }
  const auto server =
      StoreServer::start(telemetry::StoreKind::Prometheus, render_openmetrics(samples), StoreLimits::Tight);
  ASSERT_TRUE(server) << server.error().message;
  const telemetry::StoreSettings store{
      .name = "p", .kind = telemetry::StoreKind::Prometheus, .url = (*server)->url(), .database = {}};
  const auto ask = [&](int length) {
    const auto from = minute_of(kNow - hours{1});
    const telemetry::StoreQuestion question{telemetry::StoreSubject::ConfigAgent, from, from + minutes{length},
                                            nullptr};
    const auto request = *telemetry::render_question(store, question);
    const auto answer = net::HttpClient().post(request.url, request.body, request.headers);
    return telemetry::read_answer(store, question, {answer->status, answer->body});
  };
  const auto hour = ask(60);
  ASSERT_FALSE(hour);
  EXPECT_EQ(hour.error().kind, ErrorKind::TooMuch) << hour.error().message;
  const auto minute = ask(1);
  ASSERT_TRUE(minute) << minute.error().message;
  EXPECT_EQ(minute->getconfigs.size(), 1U);
}

TEST(SplitForStore, WhatAStoreHasNoPlaceForIsLeftToBePushed) {
  const auto split = split_for_store(telemetry::StoreKind::Prometheus, lines());
  EXPECT_THAT(split.served, testing::Not(HasSubstr("intfCounters")));
  EXPECT_THAT(split.rest, HasSubstr("device_qa_test_results"));
  EXPECT_EQ(split_for_store(telemetry::StoreKind::ClickHouse, lines()).rest, "");
  EXPECT_EQ(split.served.size() + split.rest.size(), lines().size());
}

}  // namespace
}  // namespace dz::stores
