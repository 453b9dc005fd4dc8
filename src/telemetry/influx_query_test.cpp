// Answers marked "as 1.6.7 wrote it" were taken from that server. Those of 2.x and 3, tokens and old proxies are built
// from what their documentation says and from no server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "telemetry/store_query.h"

namespace dz {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::SizeIs;

constexpr std::string_view kDevice = "29ghthsKeH2ZCUmN2sUvhJtpEXn2ZxqAuq4sZFBFZmEs";

Minute minute(std::string_view text) { return minute_of(*parse_timestamp(text)); }

StoreSettings influx() {
  StoreSettings store;
  store.name = "lake";
  store.url = "http://127.0.0.1:8086/";
  store.database = "doublezero-testnet";
  return store;
}

StoreQuestion ask(StoreSubject subject) {
  return {subject, minute("2025-11-13T02:14:00Z"), minute("2025-11-13T02:24:00Z"), nullptr};
}

Result<StoreRows> read(StoreSubject subject, std::string body, int status = 200) {
  return read_answer(influx(), ask(subject), {status, std::move(body)});
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
    } else {
      out.push_back(static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)));
      i += 2;
    }
  }
  return out;
}

std::string query_of(const StoreSettings& store, const StoreQuestion& question) {
  const auto url = render_question(store, question)->url;
  return decoded(std::string_view(url).substr(url.find("&q=") + 3));
}

// One series of counters as 1.6.7 wrote it; `more` is what follows the series.
std::string counters_of(std::string_view device, std::string_view rows, std::string_view more = "") {
  return fmt::format(
      R"({{"results":[{{"statement_id":0,"series":[{{"name":"intfCounters","tags":{{"dzd_pubkey":"{}","host":"fra-dz001",)"
      R"("intf":"Ethernet1/1"}},"columns":["time","in_octets_first","in_octets_max","in_octets_last","out_octets_first",)"
      R"("out_octets_max","out_octets_last","in_errors_first","in_errors_max","in_errors_last","out_errors_first",)"
      R"("out_errors_max","out_errors_last","in_fcs_errors_first","in_fcs_errors_max","in_fcs_errors_last"],)"
      R"("values":[{}]}}]{}}}]}})"
      "\n",
      device, rows, more);
}

constexpr std::string_view kTwoMinutes =
    "[1763000040,9007199254740993,9007199254742993,9007199254742993,500,502,502,3,3,3,0,0,0,null,null,null],"
    "[1763000100,9007199254743993,9007199254745993,9007199254745993,503,505,505,null,null,null,null,null,null,null,"
    "null,"
    "null]";

TEST(InfluxQuestion, AsksForTheWholeFleetInOneStatementOfPerMinuteAggregates) {
  const auto query = query_of(influx(), ask(StoreSubject::Counters));
  EXPECT_THAT(query, HasSubstr(R"(first("in-octets") AS in_octets_first, max("in-octets") AS in_octets_max)"));
  EXPECT_THAT(query, HasSubstr(R"(last("in-fcs-errors") AS in_fcs_errors_last FROM "intfCounters" WHERE )"
                               "time >= '2025-11-13T02:14:00Z' AND time < '2025-11-13T02:24:00Z' "
                               R"(GROUP BY time(1m), "dzd_pubkey", "intf", "host" fill(none))"));
  EXPECT_THAT(query, Not(HasSubstr(";")));
}

TEST(InfluxQuestion, EverythingIsInTheQueryString) {
  const auto request = *render_question(influx(), ask(StoreSubject::Counters));
  EXPECT_EQ(request.method, "GET");
  EXPECT_THAT(
      request.url,
      testing::StartsWith("http://127.0.0.1:8086/query?db=doublezero-testnet&epoch=s&chunked=true&q=SELECT%20first"));
  EXPECT_THAT(request.body, IsEmpty());
}

TEST(InfluxQuestion, NamesCannotLeaveTheirQuotes) {
  auto store = influx();
  store.counters_table = R"(x" WHERE 1=1; DROP DATABASE "y\)";
  store.database = "a&q=SHOW USERS";
  const auto request = *render_question(store, ask(StoreSubject::Counters));
  EXPECT_THAT(decoded(request.url), HasSubstr(R"(FROM "x\" WHERE 1=1; DROP DATABASE \"y\\" WHERE time)"));
  EXPECT_THAT(request.url, HasSubstr("db=a%26q%3DSHOW%20USERS&"));
}

TEST(InfluxQuestion, CredentialsAreAHeader) {
  auto store = influx();
  store.token = "t0ken";
  EXPECT_THAT(render_question(store, ask(StoreSubject::Qa))->headers,
              testing::Contains(Pair("Authorization", "Token t0ken")));
  store.token.clear();
  store.username = "reader";
  store.password = "pass";
  EXPECT_THAT(render_question(store, ask(StoreSubject::Qa))->headers,
              testing::Contains(Pair("Authorization", "Basic cmVhZGVyOnBhc3M=")));
}

TEST(InfluxQuestion, WithoutADatabaseIsRefused) {
  auto store = influx();
  store.database.clear();
  EXPECT_EQ(render_question(store, ask(StoreSubject::Counters)).error().kind, ErrorKind::Refused);
}

TEST(InfluxAnswer, CountersAboveTwoToThe53StayExact) {
  const auto rows = *read(StoreSubject::Counters, counters_of(kDevice, kTwoMinutes));
  ASSERT_THAT(rows.ports, SizeIs(1));
  EXPECT_EQ(rows.ports[0], (StoreRows::Port{pubkey_literal(kDevice), "Ethernet1/1", "fra-dz001"}));
  ASSERT_THAT(rows.counters, SizeIs(2));
  EXPECT_EQ(rows.counters[0].minute, minute("2025-11-13T02:14:00Z"));
  EXPECT_EQ(rows.counters[0].in_octets, (CounterSpan{9007199254740993, 9007199254742993, 9007199254742993}));
  EXPECT_EQ(rows.counters[0].in_errors, (CounterSpan{3, 3, 3}));
  EXPECT_EQ(rows.counters[0].in_fcs_errors, std::nullopt);
  EXPECT_EQ(rows.counters[1].in_errors, std::nullopt);
  EXPECT_EQ(rows.rows, 2U);
}

// Documented only: fields that a v2 client wrote as floats or unsigned.
TEST(InfluxAnswer, FloatsAndUnsignedAreCounters) {
  const auto rows =
      *read(StoreSubject::Counters, counters_of(kDevice,
                                                "[1763000040,1e+09,1.5e9,1500000000.5,18446744073709551615,"
                                                "18446744073709551615,18446744073709551615,\"3\",\"3\",\"4\",-1,-1,-1,"
                                                "null,null,null]"));
  ASSERT_THAT(rows.counters, SizeIs(1));
  EXPECT_EQ(rows.counters[0].in_octets, (CounterSpan{1'000'000'000, 1'500'000'000, 1'500'000'000}));
  EXPECT_EQ(rows.counters[0].out_octets->last, 18446744073709551615U);
  EXPECT_EQ(rows.counters[0].in_errors, (CounterSpan{3, 3, 4}));
  EXPECT_EQ(rows.counters[0].out_errors, std::nullopt);
}

TEST(InfluxAnswer, AChunkThatPromisesMoreAndNoMoreIsACut) {
  const auto first = counters_of(kDevice, kTwoMinutes, R"(,"partial":true)");
  EXPECT_EQ(read(StoreSubject::Counters, first).error().kind, ErrorKind::Retry);
  const auto rows = *read(StoreSubject::Counters, first + counters_of(kDevice,
                                                                      "[1763000160,1,1,1,2,2,2,null,null,null,"
                                                                      "null,null,null,null,null,null]"));
  EXPECT_THAT(rows.ports, SizeIs(1));
  EXPECT_THAT(rows.counters, SizeIs(3));
}

TEST(InfluxAnswer, EveryPlaceWhereItCanBreakOffIsNoticed) {
  const auto whole = counters_of(kDevice, kTwoMinutes, R"(,"partial":true)") + counters_of(kDevice, kTwoMinutes);
  for (std::size_t length = 0; length + 1 < whole.size(); ++length) {
    const auto rows = read(StoreSubject::Counters, whole.substr(0, length));
    ASSERT_FALSE(rows.has_value()) << length;
    EXPECT_EQ(rows.error().kind, ErrorKind::Retry) << length;
  }
}

TEST(InfluxAnswer, NamesThatAreNoPubkeyAreShownNotKept) {
  const auto rows = *read(StoreSubject::Counters, counters_of("fra-dz001", kTwoMinutes));
  EXPECT_THAT(rows.counters, IsEmpty());
  EXPECT_THAT(rows.odd_names, ElementsAre("fra-dz001"));
  EXPECT_EQ(rows.rows, 2U);
}

TEST(InfluxAnswer, NothingFoundIsAGoodAnswer) {
  EXPECT_EQ(read(StoreSubject::Counters, R"({"results":[{"statement_id":0}]})")->rows, 0U);
}

TEST(InfluxAnswer, ErrorsInsideAnAnswerAreNoAnswer) {
  const auto error_of = [](std::string_view words) {
    return read(StoreSubject::Counters, fmt::format(R"({{"results":[{{"statement_id":0,"error":"{}"}}]}})", words))
        .error();
  };
  EXPECT_EQ(error_of("database not found: nope").kind, ErrorKind::NotFound);
  EXPECT_THAT(error_of("database not found: nope").message, HasSubstr("database not found: nope"));
  EXPECT_EQ(error_of("query-timeout limit exceeded").kind, ErrorKind::Retry);
  EXPECT_EQ(error_of("undefined function lust()").kind, ErrorKind::Refused);
}

}  // namespace
}  // namespace dz
