#include "apps/cli/ui/table.h"

#include <gtest/gtest.h>

#include <sstream>

namespace dz::cli {
namespace {

std::size_t widest(const std::string& text) {
  std::size_t most = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) most = std::max(most, line.size());
  return most;
}

TEST(Fitted, TheLastColumnIsCutToTheRoom) {
  const auto text = render_fitted({"code", "why"}, {{"ams-lon", std::string(200, 'x')}}, {.width = 40});
  EXPECT_EQ(widest(text), 40U);
  EXPECT_NE(text.find("x.."), std::string::npos) << text;
}

TEST(Fitted, ColumnsGoUntilTheRestFits) {
  const std::string code(32, 'c');
  const Row row{code, "hard-drained", "23h 4m", std::string(60, 'w')};
  const auto text = render_fitted({"code", "status", "since", "why"}, {row}, {.width = 60, .first_to_go = {"since"}});
  EXPECT_LE(widest(text), 60U);
  EXPECT_EQ(text.find("since"), std::string::npos);
  EXPECT_NE(text.find(code), std::string::npos);
  const auto wide = render_fitted({"code", "status", "since", "why"}, {row}, {.width = 120, .first_to_go = {"since"}});
  EXPECT_NE(wide.find("since"), std::string::npos);
}

TEST(Fitted, WithoutAWidthEverythingIsShown) {
  EXPECT_EQ(widest(render_fitted({"why"}, {{std::string(500, 'x')}}, {})), 501U);
}

TEST(Fitted, CharactersAreNeverCutInTwo) { EXPECT_EQ(cut_to("\u00e9\u00e9\u00e9\u00e9", 3), "\u00e9.."); }

}  // namespace
}  // namespace dz::cli
