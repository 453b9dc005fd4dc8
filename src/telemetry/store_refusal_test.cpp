// Refusals as servers write them, and what each asks of us. The words are those of the servers' sources and documents.
#include "telemetry/store_refusal.h"

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace dz::telemetry {
namespace {

using enum Remedy;

TEST(StoreRefusal, D10_Statuses) {
  for (const auto& [status, remedy] : std::vector<std::pair<int, Remedy>>{
           {400, CheckQuery}, {401, CheckCredentials}, {403, CheckCredentials}, {404, CheckNames},
           {405, CheckQuery}, {407, CheckCredentials}, {408, TryLater},         {410, CheckNames},
           {413, AskForLess}, {414, CheckQuery},       {422, CheckQuery},       {425, TryLater},
           {429, TryLater},   {499, TryLater},         {500, TryLater},         {501, CheckQuery},
           {502, TryLater},   {503, TryLater},         {504, AskForLess},       {520, TryLater},
           {524, AskForLess}}) {
    EXPECT_EQ(remedy_of_status(status), remedy) << status;
  }
}

TEST(StoreRefusal, D10_InfluxDb) {
  for (const auto& [words, remedy] : std::vector<std::pair<std::string, Remedy>>{
           {"max-select-point limit exceeed: (10/1)", AskForLess},
           {"max-select-series limit exceeded: (5/1)", AskForLess},
           {"max-select-buckets limit exceeded: (60/30)", AskForLess},
           {"query-timeout limit exceeded", AskForLess},
           {"External error: Query would exceed file limit of 432 parquet files. Please specify a smaller time range",
            AskForLess},
           {"Resources exhausted: Failed to allocate additional 1024 bytes", AskForLess},
           {"memory allocation limit reached: limit 100 bytes, allocated: 99", AskForLess},
           {"max-concurrent-queries limit exceeded(20, 20)", TryLater},
           {"timeout", TryLater},
           {"query interrupted", TryLater},
           {"query killed", TryLater},
           {"not executed", TryLater},
           {"engine is closed", TryLater},
           {"query engine shutdown", TryLater},
           {"shard is disabled", TryLater},
           {"service unavailable", TryLater},
           {"database not found: x", CheckNames},
           {"retention policy not found: x", CheckNames},
           {"authorization failed", CheckCredentials},
           {"unauthorized access", CheckCredentials},
           {"unable to parse authentication credentials", CheckCredentials},
           {"error authorizing query: u not authorized to execute statement", CheckCredentials},
           {"error parsing query: found FRO, expected FROM", CheckQuery}}) {
    EXPECT_EQ(influx_remedy(words), remedy) << words;
  }
  EXPECT_FALSE(influx_remedy("undefined function lust()"));
}

TEST(StoreRefusal, D10_Prometheus) {
  for (const auto& [type, words, remedy] : std::vector<std::tuple<std::string, std::string, Remedy>>{
           {"execution", "query processing would load too many samples into memory in query execution", AskForLess},
           {"bad_data",
            "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution",
            AskForLess},
           {"timeout", "query timed out in expression evaluation", AskForLess},
           {"timeout", "query timed out in query queue", TryLater},
           {"timeout", "", AskForLess},
           {"execution", "expanding series: context deadline exceeded", AskForLess},
           {"canceled", "query was canceled in expression evaluation", TryLater},
           {"unavailable", "TSDB not ready", TryLater},
           {"internal", "unexpected error", TryLater},
           {"bad_data", "1:4: parse error: unexpected end of input", CheckQuery},
           {"execution", "many-to-many matching not allowed", CheckQuery},
           {"not_found", "x", CheckNames},
           // Mimir and Cortex.
           {"execution",
            "the query exceeded the maximum number of chunks (limit: 1 chunks) (err-mimir-max-chunks-per-query)",
            AskForLess},
           {"bad_data", "the total query time range exceeds the limit (query length: 2h, limit: 1h)", AskForLess},
           {"execution", "the query hit the max number of chunks limit", AskForLess},
           {"too_large_entry", "grpc: received message larger than max", AskForLess},
           {"too_many_requests", "too many outstanding requests", TryLater},
           {"unauthorized", "no org id", CheckCredentials},
           // Thanos.
           {"execution",
            "expanding series: proxy Series(): rpc error: code = ResourceExhausted desc = exceeded series limit",
            AskForLess},
           {"execution", "preload chunks: exceeded chunks limit: limit 10 violated (got 11)", AskForLess},
           // VictoriaMetrics.
           {"422",
            "the number of matching timeseries exceeds 100; either narrow down the search or increase -search.max*",
            AskForLess},
           {"422", "cannot select more than -search.maxSamplesPerQuery=100 samples", AskForLess},
           {"422", "not enough memory for processing 100 data points across 10 time series", AskForLess},
           {"503",
            "couldn't start executing the request in 10 seconds, since -search.maxConcurrentRequests=8 are executed",
            TryLater}}) {
    EXPECT_EQ(prometheus_remedy(type, words), remedy) << words;
  }
  EXPECT_FALSE(prometheus_remedy("422", "cannot parse"));
}

TEST(StoreRefusal, D10_ClickHouse) {
  const auto all = [](Remedy remedy, const std::vector<int>& codes) {
    for (const int code : codes) EXPECT_EQ(clickhouse_remedy(code), remedy) << code;
  };
  all(AskForLess, {158, 159, 160, 173, 191, 241, 290, 307, 396, 565});
  all(TryLater,
      {198, 201, 202, 203, 209, 210, 236, 242, 243, 252, 279, 297, 364, 394, 439, 499, 519, 700, 745, 999, 1000});
  all(CheckNames, {10, 16, 47, 60, 81, 218});
  all(CheckCredentials, {192, 193, 194, 195, 291, 497, 516});
  for (const int code : {0, 46, 62, 164, 181}) EXPECT_FALSE(clickhouse_remedy(code)) << code;
}

TEST(StoreRefusal, SaysWhatToDoAndKeepsTheStoresWords) {
  const StoreSettings store{.name = "s", .token = "secret"};
  EXPECT_EQ(refusal(store, AskForLess, "too \n many").message, "the question is too much for the store: too many");
  EXPECT_EQ(status_refusal(store, 429, std::nullopt, "").message, "the store is in trouble, HTTP 429: (no words)");
  EXPECT_EQ(
      status_refusal(store, 403, std::nullopt, "secret is wrong").message,
      "the store does not accept the credentials, HTTP 403: *** is wrong; check the source's token or username and "
      "password, and what they may read");
  EXPECT_EQ(status_refusal(store, 404, std::nullopt, "x").kind, ErrorKind::NotFound);
  EXPECT_EQ(status_refusal(store, 503, AskForLess, "x").kind, ErrorKind::TooMuch) << "the store's own words come first";
  EXPECT_EQ(status_refusal(store, 302, std::nullopt, "x").kind, ErrorKind::Refused);
  EXPECT_EQ(refusal(store, TryLater, "\xff").message, "the store is in trouble: \xEF\xBF\xBD");
}

TEST(StoreRefusal, D11_WarningsThatSpeakOfTheQueryAndThoseThatSpeakOfData) {
  for (const auto* note :
       {"PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"x\" (1:5)",
        "PromQL warning: bucket label \"le\" is missing or has a malformed value of \"\" (1:1)",
        "PromQL info: input to histogram_quantile needed to be fixed for monotonicity", "3 more annotations omitted",
        "1 more warning annotations omitted", "20 more info annotations omitted", "7 more warnings omitted",
        "metric might not be a counter", "input to histogram_quantile needed to be fixed for monotonicity",
        "ignored histograms in a range containing both floats and histograms"}) {
    EXPECT_FALSE(speaks_of_missing_data(note)) << note;
  }
  for (const auto* warning : {"No StoreAPIs matched for this query",
                              "fetch series for {dc=\"a\"} Addr: b:10901: rpc error: code = Unavailable",
                              "remote_read: error sending request", "partial response", "query range lookback exceeded",
                              "3 more stores omitted", "annotations omitted", "", "something new",
                              "not PromQL info:", "x3 more annotations omitted"}) {
    EXPECT_TRUE(speaks_of_missing_data(warning)) << warning;
  }
}

}  // namespace
}  // namespace dz::telemetry
