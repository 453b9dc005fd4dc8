#include "stores/controller_metrics.h"

#include <gmock/gmock.h>

namespace dz::stores {
namespace {

Pubkey device(std::uint8_t n) {
  Pubkey key;
  key.bytes.fill(n);
  return key;
}

const Timestamp kAt{std::chrono::milliseconds{1'763'000'000'500}};

std::vector<MetricSample> read(const ControllerMetrics& metrics) {
  std::vector<MetricSample> samples;
  metrics.scrape(kAt, samples);
  return samples;
}

TEST(ControllerMetrics, AFailedRenderCountsAsRequestAndAsError) {
  ControllerMetrics metrics;
  metrics.calls(device(1), 3, 2);
  const auto samples = read(metrics);
  ASSERT_EQ(samples.size(), 2U);
  EXPECT_EQ(samples[0].value, 5);
  EXPECT_EQ(samples[1].name, "controller_grpc_getconfig_render_errors_total");
  EXPECT_EQ(samples[1].value, 2);
}

TEST(ControllerMetrics, AChangeOfStatusBeginsASeriesBesideTheOldOne) {
  ControllerMetrics metrics;
  metrics.calls(device(1), 7);
  metrics.set_status(device(1), "activated");
  metrics.calls(device(1), 1);
  const auto samples = read(metrics);
  ASSERT_EQ(samples.size(), 2U);
  EXPECT_EQ(samples[0].labels.at("device_status"), "activated");
  EXPECT_EQ(samples[0].value, 1);
  EXPECT_EQ(samples[1].value, 7);
}

TEST(ControllerMetrics, ARestartForgetsEverySeries) {
  ControllerMetrics metrics;
  metrics.calls(device(1), 7, 1);
  metrics.restart();
  EXPECT_TRUE(read(metrics).empty());
  metrics.calls(device(1), 1);
  EXPECT_EQ(read(metrics).at(0).value, 1);
}

TEST(OpenMetrics, FamiliesStandTogetherWithTimesInSeconds) {
  const std::vector<MetricSample> samples{{"up", {{"job", "a"}}, kAt, 1},
                                          {"rows_total", {{"pubkey", "A"}}, kAt, 12},
                                          {"rows_total", {{"pubkey", "A"}}, kAt - std::chrono::seconds{10}, 11}};
  EXPECT_EQ(render_openmetrics(samples),
            "# TYPE rows counter\n"
            "rows_total{pubkey=\"A\"} 11 1762999990.500\n"
            "rows_total{pubkey=\"A\"} 12 1763000000.500\n"
            "# TYPE up gauge\n"
            "up{job=\"a\"} 1 1763000000.500\n"
            "# EOF\n");
}

TEST(RemoteWrite, OneSampleByteForByte) {
  const auto body = encode_remote_write({{"up", {{"a", "b"}}, Timestamp{std::chrono::milliseconds{300}}, 1.0}});
  // Length; one literal; TimeSeries { Label {"__name__","up"}; Label {"a","b"}; Sample {1.0, 300} }.
  const std::string series = std::string("\x0a\x0e\x0a\x08__name__\x12\x02up", 16) +
                             std::string(
                                 "\x0a\x06\x0a\x01"
                                 "a\x12\x01"
                                 "b",
                                 8) +
                             std::string("\x12\x0c\x09\x00\x00\x00\x00\x00\x00\xf0\x3f\x10\xac\x02", 14);
  const std::string request = std::string("\x0a\x26", 2) + series;
  ASSERT_EQ(series.size(), 38U);
  EXPECT_EQ(body, std::string("\x28\xf4\x27\x00", 4) + request);
}

}  // namespace
}  // namespace dz::stores
