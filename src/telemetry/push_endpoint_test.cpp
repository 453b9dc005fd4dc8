// What a write is answered, and that nothing of it is lost without being said.
#include "telemetry/push_endpoint.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <boost/json.hpp>

#include "base/safe_text.h"
#include "evidence/snapshot.h"

namespace dz::telemetry {
namespace {

namespace json = boost::json;
using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp kNow{std::chrono::hours{494'000}};

Pubkey device(std::uint8_t n) {
  Pubkey key;
  key.bytes.fill(n);
  return key;
}

std::string row(int n = 0, std::uint8_t of = 1, Timestamp at = kNow) {
  return fmt::format("intfCounters,dzd_pubkey={},intf=Ethernet1 in-octets={}i {}\n", to_text(device(of)), n,
                     at.time_since_epoch().count() * 1000);
}

class PushEndpointTest : public testing::Test {
 protected:
  PushEndpointTest() { endpoint.set_devices({{device(1), device(101)}, {device(2), device(102)}}); }
  WriteAnswer write(const std::string& body, WriteApi api = WriteApi::V1) {
    return endpoint.write({api, body, "", ""}, kNow);
  }
  std::uint64_t kept() const { return endpoint.counters().rows; }
  // What the JSON says; it must be JSON, of UTF-8, and of a size that a header and a log can show the beginning of.
  std::string told(const WriteAnswer& answer) {
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(valid_utf8(answer.body), answer.body);
    EXPECT_LT(answer.body.size(), 40'000U);
    const auto body = json::parse(answer.body).as_object();
    return std::string(body.at(body.contains("error") ? "error" : "message").as_string());
  }

  storage::SqliteDatabase database = *storage::SqliteDatabase::open(":memory:");
  DurableEvidence evidence = *DurableEvidence::open(database, {}, kNow);
  PushEndpoint endpoint{evidence, [](const Pubkey&) { return true; }};
};

TEST_F(PushEndpointTest, TakesWhatIsGoodWithoutAWord) {
  const auto answer = write(row(1) + "cpu,host=a usage=1\n# a comment\n\n" + row(2, 2));
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.body + answer.error, "");
  EXPECT_EQ(kept(), 2U);
  EXPECT_EQ(write("").status, 204);
}

TEST_F(PushEndpointTest, WhoSendsItsNextReadingInItsOwnTimeIsAtLeisure) {
  const auto at = [&](Duration later, const std::string& body) {
    const auto answer = endpoint.write({WriteApi::V1, body, "", ""}, kNow + later);
    EXPECT_EQ(answer.status, 204);
    return answer.at_leisure;
  };
  int octets = 0;
  const auto row_of = [&](std::uint8_t device, Duration later) { return row(++octets, device, kNow + later); };
  EXPECT_FALSE(at(seconds{0}, row_of(1, seconds{0})));  // nothing came of it before
  EXPECT_TRUE(at(seconds{10}, row_of(1, seconds{10})));
  EXPECT_TRUE(at(seconds{12}, row_of(1, seconds{12})));
  EXPECT_FALSE(at(seconds{13}, row_of(1, seconds{13})));  // it waited for the answer
  EXPECT_FALSE(at(seconds{23}, row_of(1, seconds{23}) + row_of(2, seconds{23})));
  EXPECT_TRUE(at(seconds{33}, row_of(1, seconds{33}) + row_of(2, seconds{33})));
  EXPECT_FALSE(at(seconds{32}, row_of(1, seconds{32})));  // the clock went back
  EXPECT_FALSE(at(seconds{60}, ""));
}

TEST_F(PushEndpointTest, X11_ARowWhoseNameIsNoneIsRefusedAndTheOthersAreKept) {
  const auto named = [](std::string_view name) {
    return fmt::format("intfCounters,dzd_pubkey={},intf={} in-octets=1i\n", to_text(device(1)), name);
  };
  const auto words = told(write(named("Eth\xFF") + row() + named("Eth\x1B[2J") + named(std::string(300, 'x'))));
  EXPECT_NE(words.find("tag intf: expected UTF-8 without control characters, found the byte 0xFF at byte 4"),
            std::string::npos)
      << words;
  EXPECT_EQ(endpoint.counters().unreadable_lines, 3U);
  EXPECT_EQ(kept(), 1U);
  const auto again = DurableEvidence::open(database, {}, kNow);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->damage().empty());
  EXPECT_EQ(snapshot_of(again->in_memory()), snapshot_of(evidence.in_memory()));
}

TEST_F(PushEndpointTest, D8_RowsBehindAnUnclosedQuoteAreNotAnswered204) {
  std::string body = "syslog message=\"x\n";
  for (int i = 0; i < 1'200; ++i) body += row(i);
  const auto words = told(write(body));
  EXPECT_TRUE(words.starts_with("unable to parse 'syslog message=\"x\nintfCounters,")) << words;
  EXPECT_NE(words.find("unbalanced quotes (with 1201 more lines inside its quotes)"), std::string::npos) << words;
  EXPECT_EQ(kept(), 0U);
  const auto partial = told(write(row() + body));
  EXPECT_TRUE(partial.starts_with("partial write: unable to parse 'syslog")) << partial;
  EXPECT_TRUE(partial.ends_with(" dropped=0"));
  EXPECT_EQ(kept(), 1U);
}

TEST_F(PushEndpointTest, D8_ARowWithATagOf80KbIsNotAnswered204) {
  const auto key = to_text(device(1));
  const auto line =
      "intfCounters,dzd_pubkey=" + key + ",intf=Ethernet1,note=" + std::string(80'000, 'x') + " in-octets=1i\n";
  EXPECT_NE(told(write(line)).find("max key length exceeded: "), std::string::npos);
  EXPECT_EQ(write(line, WriteApi::V2).status, 400);
  EXPECT_EQ(kept(), 0U);
}

TEST_F(PushEndpointTest, D8_AGoodRowBesideAnUnreadableLineOf70KbIsKeptAndTheOtherSaid) {
  for (const auto& line : {std::string(70'000, 'x'), "cpu value=" + std::string(70'000, '"')}) {
    const auto before = kept();
    EXPECT_TRUE(told(write(line + "\n" + row())).starts_with("partial write: unable to parse '"));
    EXPECT_EQ(kept(), before + 1) << line.substr(0, 20);
  }
}

TEST_F(PushEndpointTest, D8_ManyLinesAndManyReasonsAreCountedBeyondTheWords) {
  std::string body = row();
  for (int i = 0; i < 900; ++i) body += "bad\n";
  for (std::uint8_t n = 10; n < 30; ++n) body += row(0, n);
  const auto words = told(write(body));
  EXPECT_NE(words.find("895 more lines cannot be read"), std::string::npos) << words;
  EXPECT_NE(words.find("is not on the ledger"), std::string::npos) << words;
  EXPECT_NE(words.find("15 more reasons like these"), std::string::npos) << words;
  EXPECT_TRUE(words.ends_with(" dropped=20")) << words;
  EXPECT_EQ(kept(), 1U);
}

// One of each that can be dropped, behind as many unreadable lines as there is room for words.
TEST_F(PushEndpointTest, D8_WhateverIsDroppedIsNeverAnswered204) {
  const auto key = to_text(device(1));
  const std::string port = "intfCounters,dzd_pubkey=" + key + ",intf=Ethernet1";
  const std::vector<std::string> dropped = {
      row(1, 9),                                            // of a device that is not on the ledger
      row(1, 1, kNow - std::chrono::hours{24 * 40}),        // too old
      row(1, 1, kNow + minutes{20}),                        // ahead of the clock
      port + " in-octets=1i 99999999999999999999\n",        // a time of no calendar
      port + " in-octets=1i 1763000000\r1763000000\n",      // a lone carriage return
      port + " in-octets=1i 1 1\n",                         // something behind the time
      port + " in-octets= 1\n",                             // a field without a value
      port + " 1\n",                                        // no field
      port + " in-octets=-1i\n",                            // no count
      "intfCounters,intf=Ethernet1 in-octets=1i\n",         // of nobody
      "intfCounters,dzd_pubkey=abc,intf=E in-octets=1i\n",  // of no key
      "device_qa_test_results,device_pubkey=" + key + " success=1i\n",
      "controller_grpc_getconfig_success,device_pubkey=" + key + " other=1i\n",
      std::string("\x1f\x8b\x08\0\0\0\0\0", 8),  // gzip, and the header that says so is missing
  };
  std::string noise;
  for (int i = 0; i < 50; ++i) noise += std::string(2'000, 'x') + "\n";
  for (const auto& line : dropped) {
    EXPECT_EQ(write(line).status, 400) << line;
    EXPECT_EQ(write(row(7) + line).status, 400) << line;
    EXPECT_EQ(write(noise + row(7) + line).status, 400) << line;
  }
}

// What is said of a clock holds while its rows come, and not after the first right one.
TEST_F(PushEndpointTest, AClockThatWasAheadIsForgottenWithTheFirstRightRow) {
  const auto device_at = [&](Timestamp now) { return endpoint.counters().devices.at(device(1)).clock_ahead(now); };
  EXPECT_EQ(write(row(1, 1, kNow + minutes{9})).status, 400);
  EXPECT_EQ(device_at(kNow), minutes{9});
  EXPECT_EQ(device_at(kNow + minutes{5}), minutes{9}) << "nothing else came";
  const auto later = kNow + std::chrono::seconds{50};
  EXPECT_EQ(endpoint.write({WriteApi::V1, row(2, 1, later), "", ""}, later).status, 204);
  EXPECT_EQ(device_at(later), std::nullopt);
  EXPECT_EQ(device_at(kNow + minutes{11}), std::nullopt);
}

struct PushedLate : PushEndpointTest {
  void write_at(Timestamp now, Timestamp of) {
    EXPECT_EQ(endpoint.write({WriteApi::V1, row(++rows, 1, of), "", ""}, now).status, 204);
  }
  std::optional<Duration> late_at(Timestamp now) {
    return endpoint.counters().devices.at(device(1)).rows_late(std::chrono::seconds{30}, now);
  }
  int rows = 0;
};

TEST_F(PushedLate, RowsThatMissTheirMinutesAreLateOnceThatStandsAndUntilOneIsInTime) {
  write_at(kNow, kNow - minutes{5});
  EXPECT_EQ(late_at(kNow), std::nullopt) << "it may be a backlog";
  write_at(kNow + std::chrono::seconds{59}, kNow - minutes{4} - std::chrono::seconds{1});
  EXPECT_EQ(late_at(kNow + minutes{1}), std::nullopt);
  write_at(kNow + minutes{1}, kNow - minutes{4});
  EXPECT_EQ(late_at(kNow + minutes{1}), minutes{5});
  write_at(kNow + minutes{2}, kNow + minutes{2});
  EXPECT_EQ(late_at(kNow + minutes{2}), std::nullopt);
}

TEST_F(PushedLate, ABacklogThatIsHandedInIsNoWrongClock) {
  auto now = kNow;
  for (auto of = kNow - std::chrono::hours{11}; of < now; of += minutes{4}, now += std::chrono::seconds{2}) {
    write_at(now, of);
    EXPECT_EQ(late_at(now), std::nullopt) << (now - of) / minutes{1};
  }
}

// By as much as it was set back, also before its times pass those that it sent earlier.
TEST_F(PushedLate, AClockThatWasSetBackIsLateByAllOfIt) {
  const auto after = [](int n) { return std::chrono::seconds{n}; };
  write_at(kNow, kNow);
  for (int at = 10; at <= 80; at += 10) write_at(kNow + after(at), kNow + after(at) - minutes{4});
  EXPECT_EQ(late_at(kNow + after(80)), minutes{4});
  for (int at = 90; at <= 400; at += 10) {
    write_at(kNow + after(at), kNow + after(at) - minutes{4});
    EXPECT_EQ(late_at(kNow + after(at)), minutes{4}) << at;
  }
}

TEST_F(PushEndpointTest, D8_RowsThatTheTokenMayNotWriteAreSaid) {
  endpoint.set_tokens({{"secret", device(101), {}}});
  const auto answer = endpoint.write({WriteApi::V1, row() + row(1, 2), "", "secret"}, kNow);
  EXPECT_TRUE(told(answer).ends_with("this token may not write rows of device " + to_text(device(2)) + " dropped=1"));
  EXPECT_EQ(kept(), 1U);
}

std::string qa_of(std::uint8_t of, Timestamp at = kNow) {
  return fmt::format("device_qa_test_results,device_pubkey={} success=true {}\n", to_text(device(of)),
                     at.time_since_epoch().count() * 1000);
}

TEST_F(PushEndpointTest, X6_AResultOfOnesOwnDeviceShowsNoRunToOthers) {
  endpoint.set_tokens({{"own", {}, device(1)}, {"fleet", {}, {}, true}});
  const auto seen_by = [&](std::uint8_t n) {
    return evidence.in_memory().qa(device(n), minute_of(kNow - minutes{60}), minute_of(kNow + minutes{60}));
  };
  EXPECT_EQ(endpoint.write({WriteApi::V1, qa_of(1), "", "own"}, kNow).status, 204);
  EXPECT_EQ(seen_by(1).results.size(), 1U);
  EXPECT_TRUE(seen_by(2).fleet_runs.empty());
  const auto both = endpoint.write({WriteApi::V1, qa_of(1) + qa_of(2), "", "own"}, kNow);
  EXPECT_EQ(both.status, 400);
  EXPECT_TRUE(seen_by(2).results.empty());
  EXPECT_EQ(endpoint.write({WriteApi::V1, qa_of(1) + qa_of(2), "", "fleet"}, kNow).status, 204);
  EXPECT_EQ(seen_by(2).results.size(), 1U);
  EXPECT_EQ(seen_by(1).fleet_runs.size(), 1U);
}

TEST_F(PushEndpointTest, X6_WhatShowsNoRunShowsNoneAfterARestart) {
  endpoint.set_tokens({{"own", {}, device(1)}});
  EXPECT_EQ(endpoint.write({WriteApi::V1, qa_of(1), "", "own"}, kNow).status, 204);
  const auto again = *DurableEvidence::open(database, {}, kNow);
  const auto qa = again.in_memory().qa(device(1), minute_of(kNow - minutes{60}), minute_of(kNow + minutes{60}));
  EXPECT_EQ(qa.results.size(), 1U);
  EXPECT_TRUE(qa.fleet_runs.empty());
}

TEST_F(PushEndpointTest, X6_ATokenSpeaksOfNoOtherDevicesClock) {
  endpoint.set_tokens({{"own", {}, device(1)}});
  std::vector<Pubkey> heard;
  endpoint.on_rows([&](const Pubkey& of, Timestamp) { heard.push_back(of); });
  (void)endpoint.write({WriteApi::V1, row(1, 1) + row(1, 2, kNow + minutes{90}), "", "own"}, kNow);
  const auto body = row(1, 2, kNow + minutes{90});
  const auto put_off = endpoint.begin({WriteApi::V1, body, "", "own"}, kNow);
  endpoint.put_off(*put_off, "not now");
  EXPECT_EQ(endpoint.finish(put_off, kNow).status, 503);
  EXPECT_EQ(heard, std::vector{device(1)});
}

TEST_F(PushEndpointTest, X6_TheFirstOfTwoEqualSecretsIsMeantAndALongWrongOneIsNone) {
  endpoint.set_tokens({{"same", {}, device(1)}, {"same", {}, device(2)}});
  EXPECT_EQ(endpoint.write({WriteApi::V1, row(1, 1), "", "same"}, kNow).status, 204);
  EXPECT_EQ(endpoint.write({WriteApi::V1, row(1, 1), "", std::string(100'000, 's')}, kNow).status, 401);
}

TEST_F(PushEndpointTest, D9_AGzipBodyWithoutItsHeaderIsNamed) {
  const auto words = told(write(std::string("\x1f\x8b\x08\x00\x01\xff\n\xfe", 8)));
  EXPECT_NE(words.find("Content-Encoding: gzip"), std::string::npos);
  EXPECT_TRUE(words.starts_with("unable to parse")) << "what Telegraf drops instead of sending it for ever";
}

RC_GTEST_FIXTURE_PROP(PushEndpointTest, D9_WhateverTheBytesTheAnswerIsJson, (const Bytes& bytes)) {
  for (const auto api : {WriteApi::V1, WriteApi::V2}) {
    const auto answer = write(row() + std::string(as_text(bytes)), api);
    RC_ASSERT(answer.status == 204 || answer.status == 400);
    if (answer.status == 400) (void)told(answer);
  }
}

// ---- /query

StatementAnswer ask(std::string_view statements, bool read_only = false) {
  return answer_statements({statements, "", read_only});
}

TEST(InfluxStatement, CreateDatabaseIsAnsweredAsInfluxDoes) {
  for (const auto* statement :
       {R"(CREATE DATABASE "telegraf")", "create database telegraf", "  CREATE\nDATABASE x_1;",
        R"(CREATE DATABASE "a\"b")",
        R"(CREATE DATABASE "x" WITH DURATION 3d REPLICATION 1 SHARD DURATION 1h NAME "autogen")"}) {
    const auto answer = ask(statement);
    EXPECT_EQ(answer.status, 200) << statement;
    EXPECT_EQ(answer.body, "{\"results\":[{\"statement_id\":0}]}\n") << statement;
    EXPECT_EQ(answer.error, "");
  }
  EXPECT_EQ(ask("CREATE DATABASE a; CREATE DATABASE b;").body,
            "{\"results\":[{\"statement_id\":0},{\"statement_id\":1}]}\n");
  EXPECT_NE(ask("CREATE DATABASE a", true).body.find("deprecated use of 'CREATE DATABASE a' in a read only context"),
            std::string::npos);
}

TEST(InfluxStatement, AnythingElseIsAClearError) {
  for (const auto& [statement, why] : std::vector<std::pair<std::string, std::string>>{
           {"SHOW DATABASES", "found SHOW, expected CREATE"},
           {"CREATE USER x", "found USER, expected DATABASE"},
           {"CREATE DATABASE", "found the end, expected the name of a database"},
           {"CREATE DATABASE;", "found ;, expected the name of a database"},
           {"CREATE DATABASE \"open", "quotes do not end"},
           {"CREATE DATABASE a-b", "found -, expected WITH"},
           {"CREATE DATABASE a WITH LUCK 1", "found LUCK, expected DURATION"},
           {"CREATE DATABASE a WITH NAME", "found the end, expected a value"},
           {"CREATE DATABASE a; DROP DATABASE a", "found DROP, expected CREATE"},
           {"\xff\xfe", "expected CREATE"},
           {std::string(100'000, 'x'), "..., expected CREATE"},
           {"", "missing required parameter \"q\""},
           {" ; ", "missing required parameter \"q\""}}) {
    const auto answer = ask(statement);
    EXPECT_EQ(answer.status, 400);
    EXPECT_NE(answer.error.find(why), std::string::npos) << answer.error;
    EXPECT_EQ(json::parse(answer.body).at("error").as_string(), answer.error);
    EXPECT_LT(answer.error.size(), 400U);
  }
}

// ---- X2: a write in pieces

struct InPieces {
  WriteAnswer answer;
  std::size_t pieces = 0;
};

InPieces in_pieces(PushEndpoint& endpoint, const std::string& body) {
  const auto write = endpoint.begin({WriteApi::V1, body, "", ""}, kNow);
  for (std::size_t pieces = 1;; ++pieces) {
    if (auto answer = endpoint.go_on(write, kNow)) return {std::move(*answer), pieces};
  }
}

TEST_F(PushEndpointTest, X2_ABodyOfCommentsIsLinearWork) {
  for (const std::string line : {"#\n", "x\n", "\n"}) {
    std::string body;
    while (body.size() < 1U << 20) body += line;
    const auto done = in_pieces(endpoint, body);
    EXPECT_EQ(done.answer.status, line == "x\n" ? 400 : 204);
    // No piece is large, and none is small: each is some milliseconds.
    EXPECT_GE(done.pieces, body.size() / line.size() / 5'000);
    EXPECT_LE(done.pieces, body.size() / line.size() / 3'000);
  }
}

TEST_F(PushEndpointTest, X2_AWriteInPiecesSaysAndKeepsAllOfIt) {
  std::string body;
  for (int i = 0; i < 9'000; ++i)
    body += row(i, 1, kNow - std::chrono::milliseconds{10 * i}) + (i % 1'000 == 0 ? "bad\n" : "");
  body += row(1, 9) + row(2, 9);
  const auto done = in_pieces(endpoint, body);
  EXPECT_GE(done.pieces, 3U);
  EXPECT_EQ(kept() + endpoint.counters().devices.at(device(1)).too_many, 9'000U);
  EXPECT_EQ(endpoint.counters().unreadable_lines, 9U);
  const auto words = told(done.answer);
  EXPECT_NE(words.find("4 more lines cannot be read"), std::string::npos) << words;
  EXPECT_NE(words.find("is not on the ledger"), std::string::npos) << words;
  EXPECT_EQ(evidence.journal_entries(), done.pieces);  // each was on disk before the next
}

TEST_F(PushEndpointTest, X2_WhatSeveralPiecesAreRefusedForIsSaidOnce) {
  std::string body;
  for (int i = 0; i < 9'000; ++i) body += row(i, 9);
  const auto words = told(in_pieces(endpoint, body).answer);
  EXPECT_EQ(words.find("more reasons"), std::string::npos) << words;
  EXPECT_EQ(words.find("is not on the ledger"), words.rfind("is not on the ledger")) << words;
  EXPECT_TRUE(words.ends_with(" dropped=9000")) << words;
}

TEST_F(PushEndpointTest, X2_RowsOfSeveralPiecesWaitForTheirDevice) {
  PushEndpoint asking{evidence, [](const Pubkey&) { return false; }};
  asking.set_devices({{device(1), device(101)}});
  std::string body;
  for (int i = 0; i < 9'000; ++i) body += row(i, i % 2 == 0 ? 1 : 2, kNow - std::chrono::milliseconds{10 * i});
  const auto write = asking.begin({WriteApi::V1, body, "", ""}, kNow);
  const auto first = asking.finish(write, kNow);
  EXPECT_EQ(first.status, 503);
  ASSERT_EQ(first.waiting, write);
  body.clear();
  EXPECT_EQ(asking.finish(write, kNow).status, 503);
  asking.set_devices({{device(1), device(101)}, {device(2), device(102)}});
  const auto second = asking.finish(write, kNow);
  EXPECT_EQ(second.waiting, nullptr);
  const auto& devices = asking.counters().devices;
  EXPECT_EQ(devices.at(device(2)).rows + devices.at(device(2)).too_many, 4'500U);
}

TEST_F(PushEndpointTest, X2_AWritePutOffInTheMiddleKeepsNothingMore) {
  std::string body;
  for (int i = 0; i < 9'000; ++i) body += row(i, 1, kNow - std::chrono::milliseconds{10 * i});
  const auto write = endpoint.begin({WriteApi::V1, body, "", ""}, kNow);
  EXPECT_FALSE(endpoint.go_on(write, kNow));
  const auto before = evidence.journal_entries();
  endpoint.put_off(*write, "not now");
  const auto answer = endpoint.finish(write, kNow);
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.error, "not now");
  EXPECT_EQ(answer.waiting, nullptr);
  EXPECT_EQ(evidence.journal_entries(), before);
}

}  // namespace
}  // namespace dz::telemetry
