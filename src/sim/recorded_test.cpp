// Incidents that were recorded in walks, judged again by the code of today. A change of the judging code that changes
// what a statement says of them fails here: then either the change is wrong, or it is one that operators have to be
// told of, and the walks are recorded anew (tests/simulation/recorded/README.md).
#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "attest/statement.h"
#include "sim/recording.h"

namespace dz::sim {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

struct Recorded {
  const char* file;
  std::size_t decisions;
};
constexpr Recorded kRecorded[] = {{"clock-of-a-device", 21}, {"clock-of-the-monitor", 15},
                                  {"forced-health", 8},      {"late-errors", 13},
                                  {"late-octets", 23},       {"live-101", 26},
                                  {"live-104", 11},          {"live-107", 21},
                                  {"live-1796153151", 30},   {"live-1796153577", 10},
                                  {"mass-silence", 15},      {"ready-for-links", 10},
                                  {"seed-13", 25},           {"seed-14", 47},
                                  {"seed-1796157641", 35},   {"seed-1796200436", 22},
                                  {"seed-1796203591", 28},   {"seed-18", 25},
                                  {"seed-23", 21},           {"seed-29", 13},
                                  {"seed-31", 25},           {"seed-6", 14},
                                  {"store-away", 17}};

std::vector<attest::Bundle> read(const char* file) {
  std::ifstream stream(std::string(DZ_SOURCE_DIR "/tests/simulation/recorded/") + file + ".zst", std::ios::binary);
  std::ostringstream bytes;
  bytes << stream.rdbuf();
  auto decisions = decode_recording(as_bytes(bytes.view()));
  EXPECT_TRUE(decisions) << file << ": " << decisions.error().message;
  return decisions ? std::move(*decisions) : std::vector<attest::Bundle>();
}

class RecordedIncidents : public testing::TestWithParam<Recorded> {};

TEST_P(RecordedIncidents, AreJudgedAgainToTheSameBytes) {
  const auto decisions = read(GetParam().file);
  EXPECT_THAT(decisions, SizeIs(GetParam().decisions));
  EXPECT_THAT(differ_when_judged_again(decisions), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Walk, RecordedIncidents, testing::ValuesIn(kRecorded), [](const auto& walk) {
  std::string name = walk.param.file;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

// What happened in them: a file that is recorded anew and says less is noticed.
TEST(Recorded, HaveEveryKindOfDecision) {
  std::map<std::string, int> kinds;
  for (const auto& [file, count] : kRecorded) {
    for (const auto& one : read(file)) {
      const auto s = *attest::decode_statement(one.statements.front());
      ++kinds[std::string(dz::to_text(s.kind)) + " " + std::string(dz::to_text(s.to))];
      ++kinds[std::string(to_text(s.reason))];
      if (s.reset) ++kinds["reset"];
      for (const auto& source : s.sources) {
        if (source.suspect_since) ++kinds["suspect source"];
      }
      for (const auto& c : s.criteria) {
        if (c.stale) ++kinds["stale source"];
        if (c.damped_failure) ++kinds["damped failure"];
        if (c.judgement == verdict::Judgement::Unknown) ++kinds["unknown"];
        if (c.judgement == verdict::Judgement::NotMet) ++kinds["not met"];
        if (c.counts && c.counts->unobserved > 0) ++kinds["unobserved minutes"];
        if (c.results && c.results->failures > 0) ++kinds["failed QA"];
      }
    }
  }
  for (const auto* kind : {"link healthy",    "link impaired",  "link pending",           "device healthy",
                           "device impaired", "device pending", "device ready-for-links", "first-sight",
                           "became-healthy",  "recovered",      "bad-evidence",           "damped-failure",
                           "hold-expired",    "left-service",   "wanted-again",           "enters-provisioning",
                           "reset",           "suspect source", "stale source",           "damped failure",
                           "unknown",         "not met",        "unobserved minutes",     "failed QA"}) {
    EXPECT_GT(kinds[kind], 0) << kind;
  }
}

TEST(Recorded, AnotherJudgementIsNamed) {
  auto decisions = read(kRecorded[0].file);
  ASSERT_THAT(decisions, testing::Not(IsEmpty()));
  auto s = *attest::decode_statement(decisions[0].statements[0]);
  s.to = s.to == Health::Healthy ? Health::Impaired : Health::Healthy;
  decisions[0].statements[0] = encode(s);
  const auto differ = differ_when_judged_again(decisions);
  ASSERT_THAT(differ, SizeIs(1));
  EXPECT_THAT(differ[0], testing::HasSubstr("judgement: "));
}

TEST(Recorded, AFileIsReadBackAsItWasWritten) {
  const auto decisions = read(kRecorded[0].file);
  const auto file = encode_recording(decisions);
  EXPECT_EQ(*decode_recording(file), decisions);
  const auto cut = decode_recording(ByteView(file).first(file.size() - 1));
  EXPECT_FALSE(cut);
}

}  // namespace
}  // namespace dz::sim
