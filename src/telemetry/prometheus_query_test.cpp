// Answers marked "as 2.42 wrote it" were taken from that server. Those of VictoriaMetrics, Thanos, Grafana Cloud and
// Prometheus 3 are built from what their documentation says and from no server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "telemetry/store_query.h"

namespace dz::telemetry {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::StartsWith;

constexpr std::string_view kDevice = "29ghthsKeH2ZCUmN2sUvhJtpEXn2ZxqAuq4sZFBFZmEs";
constexpr std::string_view kOther = "AWHkNcwF7PSNCJq4vgypxuAYfyeyHTWMySGefSN7VpFn";

Minute minute(std::string_view text) { return minute_of(*parse_timestamp(text)); }

StoreSettings prometheus() {
  StoreSettings store;
  store.name = "grafana";
  store.kind = StoreKind::Prometheus;
  store.url = "http://127.0.0.1:9090";
  return store;
}

StoreQuestion ask(const verdict::AddedCriterion* criterion = nullptr) {
  const auto subject = criterion == nullptr ? StoreSubject::ConfigAgent : StoreSubject::Added;
  return {subject, minute("2025-11-13T02:00:00Z"), minute("2025-11-13T02:30:00Z"), criterion};
}

verdict::AddedCriterion added_number(std::string query) {
  verdict::AddedCriterion criterion;
  criterion.id = "device.ntp_sync";
  criterion.query = std::move(query);
  criterion.device_label = "pubkey";
  return criterion;
}

Result<StoreRows> read(std::string body, int status = 200, const verdict::AddedCriterion* criterion = nullptr) {
  return read_answer(prometheus(), ask(criterion), {status, std::move(body)});
}

// As 2.42 wrote it.
std::string matrix(std::string_view series, std::string_view more = "") {
  return fmt::format(R"({{"status":"success"{},"data":{{"resultType":"matrix","result":[{}]}}}})", more, series);
}
std::string series(std::string_view device, std::string_view values) {
  return fmt::format(R"({{"metric":{{"pubkey":"{}"}},"values":[{}]}})", device, values);
}

TEST(PrometheusQuestion, AMinuteIsAskedAtItsEnd) {
  const auto request = *render_question(prometheus(), ask());
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "http://127.0.0.1:9090/api/v1/query_range");
  EXPECT_THAT(request.body, HasSubstr("&start=1762999260&end=1763001000&step=60"));  // 02:01:00 to 02:30:00
  EXPECT_THAT(
      request.body,
      StartsWith("query=sum%20by%20%28pubkey%29%20%28increase%28controller_grpc_getconfig_requests_total%5B60s"));
}

TEST(PrometheusQuestion, ASlowScrapeNeedsALongerRange) {
  auto store = prometheus();
  store.config_agent_range = std::chrono::seconds{150};
  EXPECT_THAT(render_question(store, ask())->body, HasSubstr("%5B150s%5D"));
}

TEST(PrometheusQuestion, APathInFrontAndCredentialsOfGrafanaCloud) {
  auto store = prometheus();
  store.url = "https://prometheus.example.net/api/prom";
  store.username = "12345";
  store.password = "key";
  const auto request = *render_question(store, ask());
  EXPECT_EQ(request.url, "https://prometheus.example.net/api/prom/api/v1/query_range");
  EXPECT_THAT(request.headers, Contains(Pair("Authorization", "Basic MTIzNDU6a2V5")));
  store.username.clear();
  store.token = "t0ken";
  EXPECT_THAT(render_question(store, ask())->headers, Contains(Pair("Authorization", "Bearer t0ken")));
}

TEST(PrometheusQuestion, TheLabelOfDevicesIsALabel) {
  auto store = prometheus();
  store.device_label = "device_pk";
  EXPECT_THAT(render_question(store, ask())->body, StartsWith("query=sum%20by%20%28device_pk%29"));
  store.device_label = "pubkey) (x";
  EXPECT_EQ(render_question(store, ask()).error().kind, ErrorKind::Refused);
}

TEST(PrometheusQuestion, RulesAreAskedInStepsOfWhatOneValueSpeaksFor) {
  auto criterion = added_number("min by (pubkey) (min_over_time(ntp_sync[$range]))");
  criterion.every = std::chrono::minutes{5};
  const auto body = render_question(prometheus(), ask(&criterion))->body;
  EXPECT_THAT(body, HasSubstr("ntp_sync%5B300s%5D"));
  EXPECT_THAT(body, HasSubstr("&start=1762999500&end=1763001000&step=300"));
  auto question = ask(&criterion);
  question.to += std::chrono::minutes{1};
  EXPECT_EQ(render_question(prometheus(), question).error().kind, ErrorKind::Refused);
}

TEST(PrometheusQuestion, MoreStepsThanAServerGivesAreRefused) {
  auto question = ask();
  question.to = question.from + std::chrono::minutes{11'001};
  EXPECT_EQ(render_question(prometheus(), question).error().kind, ErrorKind::Refused);
}

TEST(PrometheusQuestion, HasNoCountersAndNoQa) {
  for (const auto subject :
       {StoreSubject::Counters, StoreSubject::Baselines, StoreSubject::Qa, StoreSubject::FutureRows}) {
    auto question = ask();
    question.subject = subject;
    EXPECT_FALSE(serves(StoreKind::Prometheus, subject));
    EXPECT_EQ(render_question(prometheus(), question).error().kind, ErrorKind::Refused);
  }
}

TEST(PrometheusAnswer, AValueSpeaksForTheMinuteThatItEnds) {
  const auto rows = *read(matrix(series(kDevice, R"([1762999260,"12"],[1762999320,"11.4"])")));
  EXPECT_THAT(rows.getconfigs,
              ElementsAre(StoreRows::Getconfig{pubkey_literal(kDevice), minute("2025-11-13T02:00:00Z"), 12},
                          StoreRows::Getconfig{pubkey_literal(kDevice), minute("2025-11-13T02:01:00Z"), 11}));
}

TEST(PrometheusAnswer, HalfASuccessIsNoneAndMoreIsOne) {
  const auto rows = *read(matrix(series(kDevice, R"([1762999260,"0.5"],[1762999320,"0.51"],[1762999380,"0"],)"
                                                 R"([1762999440,"-0.3"])")));
  ASSERT_THAT(rows.getconfigs, SizeIs(1));
  EXPECT_EQ(rows.getconfigs[0].minute, minute("2025-11-13T02:01:00Z"));
  EXPECT_EQ(rows.getconfigs[0].count, 1U);
  EXPECT_EQ(rows.rows, 4U);
}

TEST(PrometheusAnswer, NotANumberIsNoValue) {
  const auto rows = *read(matrix(series(kDevice, R"([1762999260,"NaN"],[1762999320,"+Inf"],[1762999380.5,"2"])")));
  EXPECT_THAT(rows.getconfigs, SizeIs(1));
  EXPECT_EQ(read(matrix(series(kDevice, R"([1762999260,"many"])"))).error().kind, ErrorKind::Corrupt);
}

TEST(PrometheusAnswer, ATimeThatIsNoNumberIsCorrupt) {
  for (const auto* time : {"0e600", "1e300", "-1e300", "1e13"}) {
    const auto rows = read(matrix(series(kDevice, fmt::format(R"([{},"1"])", time))));
    ASSERT_FALSE(rows) << time;
    EXPECT_THAT(rows.error().message, HasSubstr("expected a time in seconds since the epoch, found ")) << time;
  }
}

TEST(PrometheusAnswer, OneSeriesWithoutTheLabelIsOfSomethingElse) {
  const auto rows =
      *read(matrix(R"({"metric":{},"values":[[1762999260,"3"]]},)" + series(kOther, R"([1762999260,"3"])")));
  EXPECT_THAT(rows.getconfigs, SizeIs(1));
  const auto none = read(matrix(R"({"metric":{"instance":"a:1","job":"b"},"values":[[1762999260,"3"]]})"));
  EXPECT_EQ(none.error().kind, ErrorKind::Corrupt);
  EXPECT_THAT(none.error().message,
              HasSubstr("expected 'pubkey' with every value of the query's answer, found instance, job"));
}

TEST(PrometheusAnswer, NothingFoundIsAGoodAnswer) { EXPECT_EQ(read(matrix(""))->rows, 0U); }

TEST(PrometheusAnswer, EveryPlaceWhereItCanBreakOffIsNoticed) {
  const auto whole = matrix(series(kDevice, R"([1762999260,"12"],[1762999320,"11.4"])"));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto rows = read(whole.substr(0, length));
    ASSERT_FALSE(rows.has_value()) << length;
    EXPECT_EQ(rows.error().kind, ErrorKind::Retry) << length;
  }
}

TEST(PrometheusAnswer, ErrorsBringTheStoresWords) {
  // As 2.42 wrote it.
  const auto query =
      read(R"({"status":"error","errorType":"bad_data","error":"1:4: parse error: unexpected end"})", 400);
  EXPECT_EQ(query.error().kind, ErrorKind::Refused);
  EXPECT_THAT(query.error().message, HasSubstr("1:4: parse error"));
  EXPECT_EQ(read(R"({"status":"error","errorType":"execution","error":"many-to-many matching not allowed"})", 422)
                .error()
                .kind,
            ErrorKind::Refused);
  EXPECT_EQ(read("upstream connect error", 503).error().kind, ErrorKind::Retry);
  EXPECT_EQ(read("too many requests", 429).error().kind, ErrorKind::Retry);
  EXPECT_EQ(read("<html>login</html>").error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(read("", 302).error().kind, ErrorKind::Refused);
}

TEST(PrometheusAnswer, D10_TooMuchIsAskedForLess) {
  const auto kind = [](std::string_view type, std::string_view words, int status) {
    return read(fmt::format(R"({{"status":"error","errorType":"{}","error":"{}"}})", type, words), status).error().kind;
  };
  // As 2.42 wrote them.
  EXPECT_EQ(kind("execution", "query processing would load too many samples into memory in query execution", 422),
            ErrorKind::TooMuch);
  EXPECT_EQ(kind("timeout", "query timed out in expression evaluation", 503), ErrorKind::TooMuch);
  EXPECT_EQ(kind("unavailable", "TSDB not ready", 503), ErrorKind::Retry);
  EXPECT_EQ(read("<html>Request Entity Too Large</html>", 413).error().kind, ErrorKind::TooMuch);
  EXPECT_EQ(read("<html>504 Gateway Time-out</html>", 504).error().kind, ErrorKind::TooMuch);
}

TEST(PrometheusAnswer, D11_NotesThatWereOmittedMakeNoAnswerPartial) {
  const auto good = series(kDevice, R"([1762999260,"12"])");
  for (const auto* beside :
       {R"(,"warnings":["3 more annotations omitted"])", R"(,"infos":["3 more annotations omitted"])",
        R"(,"warnings":["12 more warning annotations omitted"],"infos":["PromQL info: x"])",
        R"(,"warnings":["PromQL warning: quantile value should be between 0 and 1, got 2"])",
        R"(,"infos":["anything at all"])", R"(,"warnings":[])", R"(,"warnings":null)"}) {
    const auto rows = read(matrix(good, beside));
    ASSERT_TRUE(rows) << beside << rows.error().message;
    EXPECT_THAT(rows->getconfigs, SizeIs(1));
  }
  for (const auto* beside : {R"(,"warnings":["3 more annotations omitted","fetch series for {} Addr: a: EOF"])",
                             R"(,"warnings":["more annotations omitted"])", R"(,"warnings":["a store was omitted"])"}) {
    EXPECT_EQ(read(matrix(good, beside)).error().kind, ErrorKind::Retry) << beside;
  }
}

// Documented only.
TEST(PrometheusAnswer, PartialAnswersAreNoAnswers) {
  const auto good = series(kDevice, R"([1762999260,"12"])");
  EXPECT_EQ(read(matrix(good, R"(,"isPartial":true)")).error().kind, ErrorKind::Retry);
  EXPECT_TRUE(read(matrix(good, R"(,"isPartial":false)")).has_value());
  const auto thanos = read(matrix(good, R"(,"warnings":["No StoreAPIs matched for this query"])"));
  EXPECT_EQ(thanos.error().kind, ErrorKind::Retry);
  EXPECT_THAT(thanos.error().message, HasSubstr("No StoreAPIs matched"));
  EXPECT_TRUE(read(matrix(good, R"(,"warnings":["PromQL info: metric might not be a counter"])")).has_value());
}

TEST(PrometheusAnswer, RuleValuesComeAtTheBeginningOfWhatTheySpeakFor) {
  auto criterion = added_number("x");
  criterion.every = std::chrono::minutes{5};
  const auto rows = *read(matrix(R"({"metric":{"pubkey":"fra-dz001","instance":"a"},"values":[[1762999500,"0.99"]]})"),
                          200, &criterion);
  EXPECT_THAT(rows.added_values,
              ElementsAre(StoreRows::AddedValue{"fra-dz001", "", "", minute("2025-11-13T02:00:00Z"), 0.99}));
  EXPECT_THAT(rows.odd_names, IsEmpty());
}

}  // namespace
}  // namespace dz::telemetry
