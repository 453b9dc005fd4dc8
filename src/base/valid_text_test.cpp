#include "base/valid_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/safe_text.h"

namespace dz {
namespace {

TEST(ValidText, X11_ANameIsUtf8WithoutControlCharacters) {
  for (const std::string_view good : {"Ethernet1", "Port-Channel1000.12", "z\xC3\xBCrich", "\xC2\xA0", "a b", "~"}) {
    EXPECT_TRUE(check_name("interface", good)) << good;
  }
  using namespace std::string_view_literals;
  for (const auto bad : {""sv, "Eth\xFF"sv, "Eth\x80"sv, "\xC3"sv, "\xED\xA0\x80"sv, "\n"sv, "a\tb"sv, "a\0b"sv,
                         "\x1B[2J"sv, "\x1F"sv, "\x7F"sv, "a\xC2\x80"sv, "a\xC2\x9F"sv}) {
    EXPECT_FALSE(check_name("interface", bad)) << valid_utf8(std::string(bad));
  }
}

TEST(ValidText, X11_ANameHasALength) {
  EXPECT_TRUE(check_name("interface", std::string(kMostName, 'x')));
  const auto refusal = check_name("interface", std::string(kMostName + 1, 'x'));
  ASSERT_FALSE(refusal);
  EXPECT_EQ(refusal.error().message, "interface: expected at most 255 bytes, found 256; shorten it");
}

TEST(ValidText, ARefusalSaysWhatWasExpectedFoundAndWhatToDo) {
  EXPECT_EQ(check_name("interface", "Eth\xFF").error().message,
            "interface: expected UTF-8 without control characters, found the byte 0xFF at byte 4, after 'Eth'; send it "
            "without");
  EXPECT_EQ(check_text("name", "a\x1B[2J", 9).error().message,
            "name: expected UTF-8 without control characters, found a control character 0x1B at byte 2, after 'a'; "
            "send it without");
}

TEST(ValidText, LinesMayHaveTheirEnds) {
  EXPECT_TRUE(check_lines("query", "SELECT\n\t1\r\n", 100));
  EXPECT_FALSE(check_text("query", "SELECT\n1", 100));
  EXPECT_FALSE(check_lines("query", "SELECT\x07", 100));
  EXPECT_TRUE(check_text("label", "", 0));
}

// Whatever was refused, its message can be shown.
RC_GTEST_PROP(ValidText, MessagesAreValidThemselves, (const std::string& name)) {
  if (const auto checked = check_name("interface", name); !checked) {
    RC_ASSERT(check_text("message", checked.error().message, 300).has_value());
  } else {
    RC_ASSERT(is_utf8(name) && valid_utf8(name) == name);
  }
}

}  // namespace
}  // namespace dz
