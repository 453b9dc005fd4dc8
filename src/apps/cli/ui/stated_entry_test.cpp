#include "apps/cli/ui/stated_entry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "attest/testing.h"

namespace dz::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(StatedEntry, IsAboutTheRecordThatIsStatedAndNobodyElseThatItNames) {
  auto statement = attest::statement_of_a_link();
  const auto bytes = encode(statement);
  EXPECT_TRUE(is_about(bytes, {{statement.record, "ams-lon"}}));
  EXPECT_FALSE(is_about(bytes, {{statement.monitor, ""}}));  // its bytes are in it, and it is not about them
  EXPECT_FALSE(is_about(bytes, {{statement.program, ""}}));
  EXPECT_FALSE(is_about(bytes, {}));
}

TEST(StatedEntry, SaysWhatWasDecidedAboutWhomAndByWhom) {
  auto statement = attest::statement_of_a_link();
  const auto line = render_entry({17, encode(statement)}, {{statement.record, "ams-lon"}});
  EXPECT_THAT(line, HasSubstr("entry 17, "));
  EXPECT_THAT(line, HasSubstr(": link ams-lon: " + std::string(dz::to_text(statement.from)) + " to " +
                              std::string(dz::to_text(statement.to)) + " (" + std::string(to_text(statement.reason)) +
                              "), judged by " + dz::to_text(statement.monitor)));
  EXPECT_THAT(line, Not(HasSubstr("held by")));
  EXPECT_THAT(render_entry({17, encode(statement)}, {}), HasSubstr(dz::to_text(statement.record)));
  statement.opinions.resize(2);
  EXPECT_THAT(render_entry({17, encode(statement)}, {}), HasSubstr("held by 2 other judges"));
}

TEST(StatedEntry, WhatIsNoStatementIsToldToWhoeverAsks) {
  const Bytes other{1, 2, 3};
  EXPECT_TRUE(is_about(other, {{Pubkey{}, ""}}));
  EXPECT_THAT(render_entry({3, other}, {}), HasSubstr("entry 3: expected a statement about a decision, found 3 bytes"));
}

}  // namespace
}  // namespace dz::cli
