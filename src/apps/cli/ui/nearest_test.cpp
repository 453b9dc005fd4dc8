#include "apps/cli/ui/nearest.h"

#include <gtest/gtest.h>

namespace dz::cli {
namespace {

TEST(Nearest, FindsWhatIsOneSlipAway) {
  const std::vector<std::string> words{"create", "update", "list", "undrain", "--desired-status"};
  EXPECT_EQ(nearest_word("lsit", words), "list");
  EXPECT_EQ(nearest_word("lis", words), "list");
  EXPECT_EQ(nearest_word("CRAETE", words), "create");
  EXPECT_EQ(nearest_word("--desired_staus", words), "--desired-status");
  EXPECT_EQ(nearest_word("undrian", words), "undrain");
}

TEST(Nearest, IsSilentWhenNothingIsNear) {
  EXPECT_EQ(nearest_word("explode", {"create", "list"}), "");
  EXPECT_EQ(nearest_word("", {"a"}), "");
  EXPECT_EQ(nearest_word("xy", {"ab"}), "");
  EXPECT_EQ(nearest_word(std::string(100'000, 'a'), {"aa"}), "");
  EXPECT_EQ(did_you_mean("zzz", {"list"}), "");
}

}  // namespace
}  // namespace dz::cli
