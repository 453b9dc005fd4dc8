#include "base/safe_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dz {
namespace {

TEST(Escaped, X8_WhatATerminalActsOnIsShownAsItsNumber) {
  EXPECT_EQ(escaped("ams\x1b[2J\x1b]0;title\x07"), "ams\\u001b[2J\\u001b]0;title\\u0007");
  EXPECT_EQ(escaped(std::string_view("a\0b\x7f\r\n\t\b", 8)), "a\\u0000b\\u007f\\u000d\\u000a\\u0009\\u0008");
  EXPECT_EQ(escaped("\xC2\x9B"
                    "31m"),
            "\\u009b31m")
      << "a C1 control";
  EXPECT_EQ(escaped("\x9b"
                    "31m"),
            "\xEF\xBF\xBD"
            "31m")
      << "the same as a byte that is no UTF-8";
}

TEST(Escaped, X8_WhatTurnsTheDirectionOrIsNotSeenIsShownToo) {
  EXPECT_EQ(escaped("a\u202Eb\u2066c\u200Fd\u061Ce"), "a\\u202eb\\u2066c\\u200fd\\u061ce");
  EXPECT_EQ(escaped("a\u2028b\u2029c"), "a\\u2028b\\u2029c") << "separators of lines and paragraphs";
  EXPECT_EQ(escaped("a\u200Bb\uFEFFc\u00ADd\u2060e\U000E0041"), "a\\u200bb\\ufeffc\\u00add\\u2060e\\udb40\\udc41");
}

TEST(Escaped, X8_EverythingElseStaysAsItIs) {
  const std::string text = "Zürich → 東京 \\u001b \"quoted\" \u00A0 \u2010 \u202F \u2030 \U0001F600";
  EXPECT_EQ(escaped(text), text);
  EXPECT_EQ(escaped_lines("a\n\tb\rc"), "a\n\tb\\u000dc");
}

TEST(Escaped, X8_EscapedJsonMeansWhatItMeant) {
  EXPECT_EQ(escaped_lines("{\"a\":\"\u202E\x7f\"}"), "{\"a\":\"\\u202e\\u007f\"}");
}

TEST(Escaped, X8_WhereverItStandsAmongPlainText) {
  for (std::size_t before = 0; before < 20; ++before) {
    for (const auto* acting : {"\x1f", "\x7f", "\x01", "\u009B"}) {
      const std::string plain(before, '~'), text = plain + acting + plain;
      EXPECT_NE(escaped(text), text);
      EXPECT_NE(escaped_lines(text).find("\\u00"), std::string::npos);
      EXPECT_TRUE(escaped(text).starts_with(plain) && escaped(text).ends_with(plain));
    }
  }
}

RC_GTEST_PROP(Escaped, X8_NothingThatActsIsLeftAndASecondTimeChangesNothing, (const std::string& text)) {
  const auto once = escaped(text);
  for (const char c : once) RC_ASSERT(static_cast<unsigned char>(c) >= ' ' && c != '\x7f');
  RC_ASSERT(escaped(once) == once);
  RC_ASSERT(valid_utf8(once) == once);
}

}  // namespace
}  // namespace dz
