// Runs every script in tests/scripts, and tests the language itself.
#include "verdict/script.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dz::verdict {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> script_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(DZ_SOURCE_DIR "/tests/scripts")) {
    if (entry.path().extension() == ".verdict") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class VerdictScript : public testing::TestWithParam<std::string> {};

TEST_P(VerdictScript, Holds) {
  const auto path = std::string(DZ_SOURCE_DIR "/tests/scripts/") + GetParam() + ".verdict";
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  ASSERT_FALSE(text.str().empty()) << path;
  for (const auto& complaint : run_script(text.str(), GetParam() + ".verdict")) ADD_FAILURE() << complaint;
}

INSTANTIATE_TEST_SUITE_P(Tests, VerdictScript, testing::ValuesIn(script_names()),
                         [](const auto& script) { return script.param; });

TEST(VerdictScriptLanguage, ReportsWhatIsNotAsExpectedWithItsLine) {
  const auto complaints = run_script("case one\nlink x\nat 24h expect pending\n  link.a.data met bad 1\n", "x.verdict");
  EXPECT_THAT(complaints, testing::ElementsAre("x.verdict:3: health: expected pending, found healthy",
                                               "x.verdict:4: link.a.data bad: expected 1, found 0"));
}

TEST(VerdictScriptLanguage, StopsACaseAtALineItCannotRead) {
  const auto complaints = run_script("case one\nlnk x\nat 24h expect pending\ncase two\nlink x\na.data god\n", "x");
  EXPECT_THAT(complaints, testing::ElementsAre("x:2: no statement 'lnk'",
                                               "x:6: expected good, bad, bad(<counters>), first or _, found 'god'"));
}

TEST(VerdictScriptLanguage, ReadsOffsets) {
  EXPECT_EQ(parse_offset("23h59m30s"), 23h + 59min + 30s);
  EXPECT_EQ(parse_offset("1d2h"), 26h);
  EXPECT_FALSE(parse_offset("soon"));
  EXPECT_EQ(offset_text(kScriptStart + 26h + 30s), "26h0m30s");
  EXPECT_EQ(offset_text(kScriptStart + 47h + 2min), "47h2m");
}

}  // namespace
}  // namespace dz::verdict
