#include "wire/row_reader.h"

#include <algorithm>
#include <ctime>
#include <limits>
#include <memory>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dz::wire {
namespace {

constexpr std::string_view kKey = "29ghthsKeH2ZCUmN2sUvhJtpEXn2ZxqAuq4sZFBFZmEs";
const Timestamp kNow = *parse_timestamp("2026-11-23T12:00:00Z");

const std::string kOctets =
    "intfCounters,dzd_pubkey=29ghthsKeH2ZCUmN2sUvhJtpEXn2ZxqAuq4sZFBFZmEs,host=fra-dz001,intf=Ethernet1/"
    "1,location=xfra,"
    "model_name=DCS-7280CR3A-32S,serial_number=JPE00000001 in-octets=918273645546i,out-octets=818273645001i,"
    "in-pkts=1234567890i,out-pkts=1134567890i,in-unicast-pkts=1234000000i,out-unicast-pkts=1134000000i,"
    "in-multicast-pkts=560000i,out-multicast-pkts=560100i,in-broadcast-pkts=7890i,out-broadcast-pkts=7790i "
    "1763000000123000000";

struct Body {
  std::shared_ptr<const std::string> text;  // what the rows look into
  std::vector<Row> rows;
  std::vector<std::string> errors;
  std::size_t refused = 0, ignored = 0;
};

Body read_with(RowReader& reader, std::string_view text, Precision precision = Precision::Nanoseconds) {
  Body body;
  body.text = std::make_shared<const std::string>(text);
  reader.start(*body.text, precision, kNow);
  while (const auto* row = reader.next()) body.rows.push_back(*row);
  body.errors = reader.errors();
  body.refused = reader.refused();
  body.ignored = reader.ignored();
  return body;
}

class RowReaderTest : public testing::Test {
 protected:
  Body read(std::string_view text, Precision precision = Precision::Nanoseconds) {
    return read_with(reader_, text, precision);
  }
  RowReader reader_;
};

TEST_F(RowReaderTest, ReadsWhatEosSends) {
  const auto errors =
      kOctets.substr(0, kOctets.find(' ')) +
      " in-errors=3i,in-fcs-errors=2i,out-errors=0i,in-discards=0i,out-discards=12i 1763000002123000000";
  const auto carrier = kOctets.substr(0, kOctets.find(' ')) + " carrier-transitions=5i 1763000002119000000";
  const auto body = read(kOctets + "\n" + kOctets + "\n" + errors + "\n" + carrier + "\n");
  ASSERT_EQ(body.rows.size(), 4U);
  EXPECT_EQ(body.refused, 0U);
  for (const auto& row : body.rows) {
    EXPECT_EQ(row.series->kind, RowKind::IntfCounters);
    EXPECT_EQ(row.series->device, pubkey_literal(kKey));
    EXPECT_EQ(row.series->interface, "Ethernet1/1");
    EXPECT_EQ(row.series, body.rows[0].series);
  }
  for (const int i : {0, 1}) {  // the first time by the grammar, then the fast way
    const auto& row = body.rows[static_cast<std::size_t>(i)];
    EXPECT_EQ(row.in_octets, 918273645546U);
    EXPECT_EQ(row.out_octets, 818273645001U);
    EXPECT_FALSE(row.in_errors || row.out_errors || row.in_fcs_errors);
    EXPECT_EQ(row.at, Timestamp{Duration{1763000000123000}});
    EXPECT_EQ(row.line, kOctets);
  }
  EXPECT_EQ(body.rows[2].in_errors, 3U);
  EXPECT_EQ(body.rows[2].out_errors, 0U);
  EXPECT_EQ(body.rows[2].in_fcs_errors, 2U);
  EXPECT_EQ(body.rows[2].in_discards, 0U);
  EXPECT_EQ(body.rows[2].out_discards, 12U);
  EXPECT_FALSE(body.rows[3].in_octets || body.rows[3].in_errors || body.rows[3].out_discards);
  EXPECT_EQ(body.rows[3].carrier_transitions, 5U);
}

TEST_F(RowReaderTest, ReadsGetconfigAndQa) {
  const auto body = read(fmt::format(
      "controller_grpc_getconfig_success,device_pubkey={0} count=1i 1763000000000000000\n"
      "device_qa_test_results,device_code=fra-dz001,device_pubkey={0},env=testnet success=true 1763000100000000000\n"
      "device_qa_test_metadata,env=testnet devices_tested=71i,devices_success=70i,devices_failed=1i,duration_s=1834.2 "
      "1763000100000000000",
      kKey));
  ASSERT_EQ(body.rows.size(), 3U);
  EXPECT_EQ(body.rows[0].series->kind, RowKind::Getconfig);
  EXPECT_EQ(body.rows[0].count, 1U);
  EXPECT_EQ(body.rows[1].series->kind, RowKind::QaResult);
  EXPECT_EQ(body.rows[1].success, true);
  EXPECT_EQ(body.rows[2].series->kind, RowKind::QaMetadata);
  EXPECT_TRUE(body.rows[2].series->device.is_zero());
}

TEST_F(RowReaderTest, CountersComeAsIntegersUnsignedFloatsOrText) {
  const auto series = kOctets.substr(0, kOctets.find(' '));
  const auto body =
      read(series + R"( in-octets=5u,out-octets=6.0,in-errors="7",out-errors=1.8e19 1763000000123000000)");
  ASSERT_EQ(body.rows.size(), 1U) << (body.errors.empty() ? "" : body.errors[0]);
  EXPECT_EQ(body.rows[0].in_octets, 5U);
  EXPECT_EQ(body.rows[0].out_octets, 6U);
  EXPECT_EQ(body.rows[0].in_errors, 7U);
  EXPECT_EQ(body.rows[0].out_errors, 18'000'000'000'000'000'000U);
}

TEST_F(RowReaderTest, ACounterThatIsNoCountIsRefusedByName) {
  const auto series = kOctets.substr(0, kOctets.find(' '));
  for (const auto* value : {"-5i", "-0.5", "1e20", "true", "\"many\""}) {
    const auto body = read(series + " in-octets=" + value);
    EXPECT_TRUE(body.rows.empty()) << value;
    ASSERT_EQ(body.errors.size(), 1U);
    EXPECT_NE(body.errors[0].find("field in-octets: expected a count of 0 or more"), std::string::npos)
        << body.errors[0];
  }
}

TEST_F(RowReaderTest, ABadLineStopsNoOther) {
  const auto body = read("cpu\n" + kOctets + "\nintfCounters,intf=Ethernet1 in-octets=1i 1\n\n# a comment\n" + kOctets +
                         "\r\nintfCounters,dzd_pubkey=abc,intf=Ethernet1 in-octets=1i 1");
  EXPECT_EQ(body.rows.size(), 2U);
  EXPECT_EQ(body.refused, 3U);
  ASSERT_EQ(body.errors.size(), 3U);
  EXPECT_EQ(body.errors[0], "unable to parse 'cpu': missing fields");
  EXPECT_EQ(body.errors[1], "unable to parse 'intfCounters,intf=Ethernet1 in-octets=1i 1': missing tag dzd_pubkey");
  EXPECT_NE(body.errors[2].find("tag dzd_pubkey: pubkey 'abc': expected 32 bytes"), std::string::npos);
  EXPECT_EQ(partial_write_text({body.errors[0]}, 1), "partial write: unable to parse 'cpu': missing fields dropped=1");
}

TEST_F(RowReaderTest, ForeignMeasurementsAreIgnored) {
  const auto body = read("cpu,host=a value=1\nmem used=5i 1763000000123000000\n");
  EXPECT_TRUE(body.rows.empty());
  EXPECT_EQ(body.ignored, 2U);
  EXPECT_EQ(body.refused, 0U);
}

TEST_F(RowReaderTest, NewlinesInsideQuotesDoNotEndALine) {
  const auto body = read("log,host=a text=\"one\ntwo\\\"\" 1\n" + kOctets + "\nlog text=\"open\n");
  EXPECT_EQ(body.ignored, 1U);
  EXPECT_EQ(body.rows.size(), 1U);
  EXPECT_EQ(body.refused, 1U);
}

TEST_F(RowReaderTest, LinesWithoutATimeAreDatedNow) {
  const auto body = read(kOctets.substr(0, kOctets.rfind(' ')));
  ASSERT_EQ(body.rows.size(), 1U);
  EXPECT_EQ(body.rows[0].at, kNow);
}

TEST_F(RowReaderTest, PrecisionAppliesToEveryLine) {
  const auto seconds = kOctets.substr(0, kOctets.rfind(' ')) + " 1763000000";
  const auto body = read(seconds + "\n" + seconds, Precision::Seconds);
  ASSERT_EQ(body.rows.size(), 2U);
  for (const auto& row : body.rows) EXPECT_EQ(row.at, Timestamp{Duration{1763000000000000}});
}

TEST_F(RowReaderTest, D8_ErrorTextsAreLimitedButAllLinesCount) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "x\n";
  const auto body = read(text);
  EXPECT_EQ(body.refused, 100'000U);
  EXPECT_EQ(body.errors.size(), 20U);
}

TEST_F(RowReaderTest, D8_ALongLineIsCountedAndNamedByItsBeginning) {
  const auto series = kOctets.substr(0, kOctets.find(' '));
  for (const auto& line : {series + ",note=" + std::string(80'000, 'x') + " in-octets=1i",  // a tag of 80 KB
                           std::string(70'000, 'y'), series + " in-octets=1i,text=\"" + std::string(70'000, 'z'),
                           "intfCounters,intf=a,dzd_pubkey=" + std::string(60'000, 'k') + " in-octets=1i"}) {
    const auto body = read(kOctets + "\n" + line);
    EXPECT_EQ(body.rows.size(), 1U);
    EXPECT_EQ(body.refused, 1U);
    ASSERT_EQ(body.errors.size(), 1U);
    EXPECT_TRUE(body.errors[0].starts_with("unable to parse '" + line.substr(0, 100))) << body.errors[0];
    EXPECT_LT(body.errors[0].size(), 1'100U);
  }
}

TEST_F(RowReaderTest, D8_RowsBehindAnUnclosedQuoteAreToldByTheirNumber) {
  std::string text = "syslog message=\"x";
  for (int i = 0; i < 1'200; ++i) text += "\n" + kOctets;
  const auto body = read(text);
  EXPECT_EQ(body.rows.size(), 0U);
  EXPECT_EQ(body.refused, 1U);
  ASSERT_EQ(body.errors.size(), 1U);
  EXPECT_TRUE(body.errors[0].ends_with(": unbalanced quotes (with 1200 more lines inside its quotes)"))
      << body.errors[0];
}

TEST_F(RowReaderTest, D8_AQuoteInACommentSwallowsNoRow) {
  const auto body = read(" # it says a=\"open\n" + kOctets + "\n#b=\"\n" + kOctets);
  EXPECT_EQ(body.rows.size(), 2U);
  EXPECT_EQ(body.refused, 0U);
}

TEST_F(RowReaderTest, D9_ALoneCarriageReturnEndsNoLine) {
  const auto body = read(kOctets + "\r" + kOctets + "\n" + kOctets + "\r\n");
  EXPECT_EQ(body.rows.size(), 1U);
  EXPECT_EQ(body.refused, 1U);
}

TEST_F(RowReaderTest, AMemoStaysWithItsSeries) {
  reader_.start(kOctets, Precision::Nanoseconds, kNow);
  const auto* row = reader_.next();
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->series->memo, Series::kNoMemo);
  row->series->memo = 42;
  EXPECT_EQ(read(kOctets).rows[0].series->memo, 42U);
}

RC_GTEST_PROP(RowReaderProperty, ArbitraryBytesNeverCrash, (const std::string& text)) {
  RowReader reader;
  (void)read_with(reader, text);
}

bool same(const Body& a, const Body& b) {
  if (a.rows.size() != b.rows.size() || a.errors != b.errors || a.refused != b.refused || a.ignored != b.ignored)
    return false;
  for (std::size_t i = 0; i < a.rows.size(); ++i) {
    const auto &x = a.rows[i], &y = b.rows[i];
    const bool equal = x.at == y.at && x.line == y.line && x.in_octets == y.in_octets && x.out_octets == y.out_octets &&
                       x.in_errors == y.in_errors && x.out_errors == y.out_errors &&
                       x.in_fcs_errors == y.in_fcs_errors && x.in_discards == y.in_discards &&
                       x.out_discards == y.out_discards && x.carrier_transitions == y.carrier_transitions &&
                       x.series->text == y.series->text;
    if (!equal) return false;
  }
  return true;
}

// A reader that has met the series takes the fast way, one that has not the whole grammar; damaged bodies must come out
// the same either way.
TEST_F(RowReaderTest, TheFastWayAndTheGrammarAgree) {
  constexpr std::string_view kBytes = " ,=\\\"\n\r\t0123456789iu.-#xA\0";
  const auto second = kOctets.substr(0, kOctets.find(' ')) + " in-errors=3i,out-errors=0i 1763000002123000000";
  std::mt19937_64 random(11);
  (void)read(kOctets);
  std::size_t rows = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto text = kOctets + "\n" + second + "\n" + kOctets;
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      const auto at = random() % text.size();
      switch (random() % 3) {
        case 0: text.erase(at, 1 + random() % 12); break;
        case 1: text.insert(at, 1, kBytes[random() % kBytes.size()]); break;
        default: text[at] = kBytes[random() % kBytes.size()];
      }
    }
    RowReader fresh;
    const auto slow = read_with(fresh, text);
    const auto fast = read(text);
    rows += fast.rows.size();
    ASSERT_TRUE(same(slow, fast)) << text;
  }
  EXPECT_GT(rows, 20'000U);
}

// Of the processor, and the least of several readings.
double seconds_to_read(std::string_view body) {
  auto least = std::numeric_limits<std::clock_t>::max();
  for (int i = 0; i < 3; ++i) {
    RowReader reader;
    const auto begin = std::clock();
    reader.start(body, Precision::Nanoseconds, kNow);
    while (reader.next() != nullptr) {
    }
    least = std::min(least, std::clock() - begin);
  }
  return static_cast<double>(least) / CLOCKS_PER_SEC;
}

// Eight times the body: some eight times the work, where it was 64 times.
TEST_F(RowReaderTest, X2_ReadingIsLinearInTheBodyWhateverItHolds) {
  const auto port = kOctets.substr(0, kOctets.find(' '));
  for (const auto& line : {std::string("#\n"), std::string("x\n"), std::string("x \n"), std::string("\n"),
                           std::string("a\"\n"), std::string("#\"\n"), std::string("x y=\"\n"), port + "\n"}) {
    std::string body;
    while (body.size() < 64U << 10) body += line;
    std::string longer;
    for (int i = 0; i < 8; ++i) longer += body;
    EXPECT_LT(seconds_to_read(longer), 30 * seconds_to_read(body) + 0.002) << line;
  }
}

TEST_F(RowReaderTest, X2_ReadingStopsWhenItHasCostSoMuchAndGoesOnWhereItStopped) {
  std::string body;
  for (int i = 0; i < 2'000; ++i) body += kOctets + "\n" + (i % 3 == 0 ? "x\n# y\n" : "");
  std::size_t rows = 0, refused = 0, pieces = 0;
  for (std::string_view rest = body; !rest.empty(); ++pieces) {
    reader_.start(rest, Precision::Nanoseconds, kNow, 100'000);
    while (reader_.next() != nullptr) ++rows;
    refused += reader_.refused();
    ASSERT_GT(reader_.consumed(), 0U);
    EXPECT_LE(reader_.consumed(), 100'000U + kOctets.size());
    rest.remove_prefix(reader_.consumed());
  }
  EXPECT_EQ(rows, 2'000U);
  EXPECT_EQ(refused, 667U);
  EXPECT_GT(pieces, body.size() / 100'000);
  EXPECT_LT(pieces, 40U);
}

TEST_F(RowReaderTest, X2_ALineHasALimitAndSoHasAnOpenQuote) {
  const std::string longest(std::size_t{1} << 20, 'x');
  EXPECT_EQ(read(longest.substr(1) + "\n").errors.front().find("max line length"), std::string::npos);
  const auto refused = read(longest + "x\n" + kOctets);
  EXPECT_NE(refused.errors.front().find("max line length exceeded: 1048577 > 1048576"), std::string::npos);
  EXPECT_EQ(refused.rows.size(), 1U);
  const auto open = read("m f=\"" + longest + "\n" + kOctets);  // the quote does not close in time
  EXPECT_EQ(open.refused, 1U);
  EXPECT_NE(open.errors.front().find("max line length"), std::string::npos);
}

TEST_F(RowReaderTest, X2_SeriesThatAreNotReadAreNotRemembered) {
  std::string body;
  for (int i = 0; i < 10'000; ++i) body += "cpu,host=h" + std::to_string(i) + " usage=1i\n";
  EXPECT_EQ(read(body).ignored, 10'000U);
  EXPECT_EQ(read(body).ignored, 10'000U);
}

}  // namespace
}  // namespace dz::wire
