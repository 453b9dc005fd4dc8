// Answers marked "as 1.6.7 wrote it" were taken from that server. Those of 2.x and 3, tokens and old proxies are built
// from what their documentation says and from no server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "telemetry/store_query.h"

namespace dz::telemetry {
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
      R"("intf":"Ethernet1/1"}},"columns":["time","in_octets_first","in_octets_last","out_octets_first",)"
      R"("out_octets_last","in_errors_first","in_errors_max","in_errors_last","out_errors_first",)"
      R"("out_errors_max","out_errors_last","in_fcs_errors_first","in_fcs_errors_max","in_fcs_errors_last"],)"
      R"("values":[{}]}}]{}}}]}})"
      "\n",
      device, rows, more);
}

constexpr std::string_view kTwoMinutes =
    "[1763000040,9007199254740993,9007199254742993,500,502,3,3,3,0,0,0,null,null,null],"
    "[1763000100,9007199254743993,9007199254745993,503,505,null,null,null,null,null,null,null,"
    "null,"
    "null]";

// A field that no row ever had is null in every row (1.x), or no column at all: neither is a fault of the store.
TEST(InfluxQuestion, EventsAreAskedForByThoseWhoWantThemAndMayBeMissing) {
  auto counters = ask(StoreSubject::Counters), baselines = ask(StoreSubject::Baselines);
  EXPECT_THAT(query_of(influx(), counters), Not(HasSubstr("carrier")));
  EXPECT_THAT(query_of(influx(), baselines), Not(HasSubstr("discards")));
  counters.events = baselines.events = true;
  EXPECT_THAT(query_of(influx(), counters),
              HasSubstr(R"(first("carrier-transitions") AS carrier_transitions_first, max("carrier-transitions") AS )"
                        R"(carrier_transitions_max, last("carrier-transitions") AS carrier_transitions_last FROM)"));
  EXPECT_THAT(query_of(influx(), baselines),
              HasSubstr(R"(last("in-discards") AS in_discards, last("out-discards") AS out_discards, )"
                        R"(last("carrier-transitions") AS carrier_transitions FROM)"));
  const auto without = read_answer(influx(), counters, {200, counters_of(kDevice, kTwoMinutes)});
  ASSERT_TRUE(without) << without.error().message;
  EXPECT_EQ(without->counters[0].carrier_transitions, std::nullopt);
  EXPECT_EQ(without->counters[0].in_errors, (CounterSpan{3, 3, 3}));
  auto body = counters_of(kDevice, "[1763000040,1,2,1,2,null,null,null,null,null,null,null,null,null,4,5,5]");
  const std::string last = R"("in_fcs_errors_last")";
  body.insert(body.find(last) + last.size(),
              R"(,"carrier_transitions_first","carrier_transitions_max","carrier_transitions_last")");
  const auto with = read_answer(influx(), counters, {200, body});
  ASSERT_TRUE(with) << with.error().message;
  EXPECT_EQ(with->counters[0].carrier_transitions, (CounterSpan{4, 5, 5}));
  EXPECT_EQ(with->counters[0].out_discards, std::nullopt);
}

TEST(InfluxQuestion, AsksForTheWholeFleetInOneStatementOfPerMinuteAggregates) {
  const auto query = query_of(influx(), ask(StoreSubject::Counters));
  EXPECT_THAT(query, HasSubstr(R"(first("in-octets") AS in_octets_first, last("in-octets") AS in_octets_last)"));
  EXPECT_THAT(query, HasSubstr(R"(last("in-fcs-errors") AS in_fcs_errors_last FROM "intfCounters" WHERE )"
                               "time >= '2025-11-13T02:14:00Z' AND time < '2025-11-13T02:24:00Z' "
                               R"(GROUP BY time(1m), "dzd_pubkey", "intf", "host" fill(none))"));
  EXPECT_THAT(query, HasSubstr(R"(max("in-errors") AS in_errors_max)"));
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

TEST(InfluxQuestion, OfNoMinuteIsRefused) {
  auto question = ask(StoreSubject::Counters);
  question.to = question.from;
  EXPECT_EQ(render_question(influx(), question).error().kind, ErrorKind::Refused);
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
  const auto rows = *read(StoreSubject::Counters,
                          counters_of(kDevice,
                                      "[1763000040,1e+09,1500000000.5,18446744073709551615,18446744073709551615,"
                                      "\"3\",\"3\",\"4\",-1,-1,-1,null,null,null]"));
  ASSERT_THAT(rows.counters, SizeIs(1));
  EXPECT_EQ(rows.counters[0].in_octets, (CounterSpan{1'000'000'000, 1'500'000'000, 1'500'000'000}));
  EXPECT_EQ(rows.counters[0].out_octets->last, 18446744073709551615U);
  EXPECT_EQ(rows.counters[0].in_errors, (CounterSpan{3, 3, 4}));
  EXPECT_EQ(rows.counters[0].out_errors, std::nullopt);
}

TEST(InfluxAnswer, OctetsThatWereResetHaveTheGreaterOfFirstAndLast) {
  const auto rows = *read(StoreSubject::Counters,
                          counters_of(kDevice, "[1763000040,900,20,7,8,null,null,null,null,null,null,null,null,null]"));
  ASSERT_THAT(rows.counters, SizeIs(1));
  EXPECT_EQ(rows.counters[0].in_octets, (CounterSpan{900, 900, 20}));
  EXPECT_EQ(rows.counters[0].out_octets, (CounterSpan{7, 8, 8}));
}

TEST(InfluxAnswer, AChunkThatPromisesMoreAndNoMoreIsACut) {
  const auto first = counters_of(kDevice, kTwoMinutes, R"(,"partial":true)");
  EXPECT_EQ(read(StoreSubject::Counters, first).error().kind, ErrorKind::Retry);
  const auto rows = *read(StoreSubject::Counters, first + counters_of(kDevice,
                                                                      "[1763000160,1,1,2,2,null,null,null,"
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

TEST(InfluxAnswer, X11_ASeriesWhoseNameIsNoneDoesNotHideTheOthers) {
  auto odd = counters_of(kDevice, kTwoMinutes);
  odd.replace(odd.find("Ethernet1/1"), 11, "Eth\xFF");
  const auto rows = *read(StoreSubject::Counters, odd + counters_of(kDevice, kTwoMinutes));
  EXPECT_EQ(rows.unreadable, 2U);
  ASSERT_THAT(rows.ports, SizeIs(1));
  EXPECT_EQ(rows.ports[0].interface, "Ethernet1/1");
  EXPECT_THAT(rows.counters, SizeIs(2));
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
  EXPECT_EQ(error_of("max-concurrent-queries limit exceeded(20, 20)").kind, ErrorKind::Retry);
  EXPECT_EQ(error_of("undefined function lust()").kind, ErrorKind::Refused);
}

TEST(InfluxAnswer, D10_TooMuchIsAskedForLess) {
  // As 1.6.7 wrote them, with status 200.
  for (const auto* words : {"max-select-buckets limit exceeded: (60/30)", "max-select-point limit exceeed: (10/1)",
                            "max-select-series limit exceeded: (12/1)", "query-timeout limit exceeded"}) {
    const auto answer = fmt::format(R"({{"results":[{{"statement_id":0,"error":"{}"}}]}})", words);
    EXPECT_EQ(read(StoreSubject::Counters, answer).error().kind, ErrorKind::TooMuch) << words;
    EXPECT_THAT(read(StoreSubject::Counters, answer).error().message, HasSubstr(words));
  }
  EXPECT_EQ(
      read(StoreSubject::Counters, R"({"error":"External error: Query would exceed file limit of 432 files"})", 400)
          .error()
          .kind,
      ErrorKind::TooMuch);
  // A proxy's page is not InfluxDB's word, whatever it says.
  EXPECT_EQ(read(StoreSubject::Counters, "<html>backend not found</html>", 502).error().kind, ErrorKind::Retry);
}

TEST(InfluxAnswer, StatusesOfFailureBringTheStoresWords) {
  const auto query = read(StoreSubject::Counters, R"({"error":"error parsing query: found FRO"})", 400);
  EXPECT_EQ(query.error().kind, ErrorKind::Refused);
  EXPECT_THAT(query.error().message, HasSubstr("error parsing query: found FRO"));
  EXPECT_EQ(read(StoreSubject::Counters, "x", 503).error().kind, ErrorKind::Retry);
  EXPECT_EQ(read(StoreSubject::Counters, "x", 429).error().kind, ErrorKind::Retry);
  EXPECT_EQ(read(StoreSubject::Counters, "404 page not found", 404).error().kind, ErrorKind::NotFound);
  // Documented only: 2.x.
  const auto token = read(StoreSubject::Counters, R"({"code":"unauthorized","message":"unauthorized access"})", 401);
  EXPECT_EQ(token.error().kind, ErrorKind::Refused);
  EXPECT_THAT(token.error().message, HasSubstr("unauthorized access; check the source's token"));
  EXPECT_EQ(read(StoreSubject::Counters, "<html>login</html>").error().kind, ErrorKind::Corrupt);
}

TEST(InfluxAnswer, SecretsAreBlottedOutOfTheStoresWordsAndLongWordsAreCut) {
  auto store = influx();
  store.token = "t0ken";
  const auto rows =
      read_answer(store, ask(StoreSubject::Counters), {400, "bad header t0ken\n" + std::string(900, 'x')});
  EXPECT_THAT(rows.error().message, Not(HasSubstr("t0ken")));
  EXPECT_THAT(rows.error().message, HasSubstr("bad header *** xxx"));
  EXPECT_LT(rows.error().message.size(), 400U);
}

// As 1.6.7 wrote it.
TEST(InfluxAnswer, QaResultsAndRunsComeInOneAnswer) {
  const auto rows = *read(
      StoreSubject::Qa,
      fmt::format(
          R"({{"results":[{{"statement_id":0,"series":[{{"name":"device_qa_test_metadata","tags":)"
          R"({{"device_pubkey":""}},"columns":["time","success","devices_tested"],"values":)"
          R"([[1763000070000000000,null,71]]}}],"partial":true}}]}})"
          "\n"
          R"({{"results":[{{"statement_id":0,"series":[{{"name":"device_qa_test_results","tags":)"
          R"({{"device_pubkey":"{}"}},"columns":["time","success","devices_tested"],"values":)"
          R"([[1763000070123456789,true,null],[1763003670000000000,0,null],[1763007270000000000,"true",null]]}}]}}]}})",
          kDevice));
  const auto key = pubkey_literal(kDevice);
  EXPECT_THAT(rows.qa_runs, ElementsAre(*parse_timestamp("2025-11-13T02:14:30Z")));
  EXPECT_THAT(rows.qa_results, ElementsAre(StoreRows::Qa{key, *parse_timestamp("2025-11-13T02:14:30.123456Z"), true},
                                           StoreRows::Qa{key, *parse_timestamp("2025-11-13T03:14:30Z"), false},
                                           StoreRows::Qa{key, *parse_timestamp("2025-11-13T04:14:30Z"), true}));
}

// As 1.6.7 wrote it.
TEST(InfluxAnswer, BaselinesAndFutureRows) {
  const auto baselines = *read(
      StoreSubject::Baselines,
      fmt::format(
          R"({{"results":[{{"series":[{{"tags":{{"dzd_pubkey":"{}","host":"fra","intf":"Ethernet1/1"}},"columns":)"
          R"(["time","in_errors","out_errors","in_fcs_errors"],"values":[[1763000040000000000,3,0,null]]}}]}}]}})",
          kDevice));
  EXPECT_THAT(baselines.baselines,
              ElementsAre(StoreRows::Baseline{0, Timestamp{minute("2025-11-13T02:24:00Z")}, 3, 0, std::nullopt}));
  const auto future =
      *read(StoreSubject::FutureRows,
            fmt::format(R"({{"results":[{{"series":[{{"tags":{{"dzd_pubkey":"{}"}},"columns":["time","in_octets"],)"
                        R"("values":[[1763000220123000000,9]]}}]}}]}})",
                        kDevice));
  EXPECT_THAT(future.future_rows,
              ElementsAre(StoreRows::FutureRow{pubkey_literal(kDevice), *parse_timestamp("2025-11-13T02:17:00.123Z")}));
}

// Documented only: the first releases of 3 make columns of the tags, in chunks that say nothing of further ones, and
// send no byte when nothing was found.
TEST(InfluxAnswer, TagsMayBeColumns) {
  const auto chunk = [](std::string_view rows) {
    return fmt::format(R"({{"results":[{{"statement_id":0,"series":[{{"name":"controller_grpc_getconfig_success",)"
                       R"("columns":["time","device_pubkey","count"],"values":[{}]}}]}}]}})"
                       "\r\n",
                       rows);
  };
  const auto rows =
      *read(StoreSubject::ConfigAgent, chunk(fmt::format(R"([1763000040,"{0}",12],[1763000100,"odd",11])", kDevice)) +
                                           chunk(fmt::format(R"([1763000100,"{}",0],[1763000160,null,3])", kDevice)));
  EXPECT_THAT(rows.getconfigs,
              ElementsAre(StoreRows::Getconfig{pubkey_literal(kDevice), minute("2025-11-13T02:14:00Z"), 12}));
  EXPECT_EQ(rows.rows, 4U);
  EXPECT_EQ(read(StoreSubject::FutureRows, "")->rows, 0U);
  EXPECT_EQ(read(StoreSubject::ConfigAgent, "").error().kind, ErrorKind::Retry);
}

verdict::AddedCriterion added_number(verdict::AddedKind subject) {
  verdict::AddedCriterion criterion;
  criterion.id = "link.optics";
  criterion.subject = subject;
  criterion.query =
      "SELECT last(\"rx\") FROM \"optics$\" WHERE time >= $from AND time < $to AND $total GROUP BY time($range)";
  return criterion;
}

TEST(InfluxQuestion, ARulesPlaceholdersAreWholeWords) {
  const auto criterion = added_number(verdict::AddedKind::SideA);
  auto question = ask(StoreSubject::Added);
  question.criterion = &criterion;
  EXPECT_EQ(query_of(influx(), question),
            "SELECT last(\"rx\") FROM \"optics$\" WHERE time >= '2025-11-13T02:14:00Z' AND time < "
            "'2025-11-13T02:24:00Z' AND $total GROUP BY time(60s)");
}

TEST(InfluxAnswer, ARulesValueIsTheOnlyColumnOrTheOneNamedSo) {
  const auto criterion = added_number(verdict::AddedKind::SideA);
  const auto read_rule = [&](std::string_view tags, std::string_view columns, std::string_view values) {
    auto question = ask(StoreSubject::Added);
    question.criterion = &criterion;
    return read_answer(
        influx(), question,
        {200, fmt::format(R"({{"results":[{{"series":[{{"tags":{{{}}},"columns":["time",{}],"values":[{}]}}]}}]}})",
                          tags, columns, values)});
  };
  const std::string both = R"("device_pubkey":"fra","intf":"Ethernet1")";
  EXPECT_THAT(
      read_rule(both, R"("last")", "[1763000040000000000,-3.5],[1763000100000000000,null],[1763999999000000000,1]")
          ->added_values,
      ElementsAre(StoreRows::AddedValue{"fra", "Ethernet1", "", minute("2025-11-13T02:14:00Z"), -3.5}));
  EXPECT_THAT(read_rule(both, R"("n","value")", "[1763000040000000000,7,true]")->added_values,
              ElementsAre(StoreRows::AddedValue{"fra", "Ethernet1", "", minute("2025-11-13T02:14:00Z"), 1}));
  EXPECT_THAT(read_rule(both, R"("a","b")", "[1763000040000000000,7,8]").error().message, HasSubstr("found a b"));
  EXPECT_THAT(read_rule(both, R"("a")", "[1763000040000000000,\"up\"]").error().kind, ErrorKind::Corrupt);
  EXPECT_THAT(read_rule(R"("intf":"Ethernet1")", R"("last")", "[1763000040000000000,1]").error().message,
              HasSubstr("expected 'device_pubkey' with every value of the query's answer, found intf, time, last"));
}

}  // namespace
}  // namespace dz::telemetry
