#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/base58.h"
#include "base/base64.h"
#include "base/guard.h"
#include "base/pubkey.h"
#include "base/safe_text.h"
#include "base/time.h"
#include "base/zstd.h"

namespace dz {
namespace {

RC_GTEST_PROP(Base58, EveryByteStringRoundTrips, (const Bytes& bytes)) {
  const auto text = encode_base58(bytes);
  const auto back = decode_base58(text, text.size());
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == bytes);
}

RC_GTEST_PROP(Base64, EveryByteStringRoundTrips, (const Bytes& bytes)) {
  const auto back = decode_base64(encode_base64(bytes));
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == bytes);
}

TEST(Base64, IsTheUsualOneAndStrict) {
  EXPECT_EQ(encode_base64(as_bytes("light")), "bGlnaHQ=");
  EXPECT_EQ(encode_base64(as_bytes("ligh")), "bGlnaA==");
  EXPECT_EQ(as_text(*decode_base64("bGlnaHQgdw==")), "light w");
  for (const auto* bad : {"a", "ab", "abc", "a===", "ab=c", "=abc", "abcd=", "ab==abcd", "aé==", "ab cd", "bGlnaB=="}) {
    EXPECT_FALSE(decode_base64(bad)) << bad;
  }
}

RC_GTEST_PROP(Zstd, EveryByteStringRoundTrips, (const Bytes& bytes)) {
  const auto back = decompress_zstd(compress_zstd(bytes), bytes.size());
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == bytes);
}

TEST(Zstd, RefusesWhatIsNotOneWholeFrameOrTooLarge) {
  const Bytes zeros(1'000'000, 0);
  Bytes frame = compress_zstd(zeros);
  EXPECT_LT(frame.size(), 200U);
  EXPECT_EQ(*decompress_zstd(frame, zeros.size()), zeros);
  EXPECT_EQ(decompress_zstd(frame, zeros.size() - 1).error().kind, ErrorKind::Refused);
  frame.push_back(0);
  EXPECT_EQ(decompress_zstd(frame, zeros.size()).error().kind, ErrorKind::Corrupt);
  frame.resize(frame.size() - 2);
  EXPECT_EQ(decompress_zstd(frame, zeros.size()).error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(decompress_zstd({}, 10).error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(decompress_zstd(as_bytes("light"), 10).error().kind, ErrorKind::Corrupt);
}

// What `printf light | zstd -c` writes: a stream, whose head does not tell the size.
TEST(Zstd, ReadsFramesOfUnknownSize) {
  const Bytes frame{0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x29, 0x00, 0x00,
                    0x6c, 0x69, 0x67, 0x68, 0x74, 0x52, 0xef, 0x15, 0x99};
  EXPECT_EQ(as_text(*decompress_zstd(frame, 5)), "light");
}

TEST(Base58, KeepsLeadingZeroBytes) {
  EXPECT_EQ(encode_base58(Bytes(32, 0)), std::string(32, '1'));
  EXPECT_EQ(encode_base58(as_bytes("hello world")), "StV1DL6CwTryKyV");
}

TEST(Base58, NamesTheCharacterItRefuses) {
  const auto result = decode_base58("abc0");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "expected base58, found the character '0'");
  EXPECT_EQ(decode_base58("ab\xc3\xa9").error().message, "expected base58, found a character that is none of it");
  EXPECT_EQ(decode_base58("a\x1b").error().message, "expected base58, found a character that is none of it");
}

TEST(PubkeyText, RefusesOtherLengths) {
  EXPECT_TRUE(parse_pubkey("11111111111111111111111111111111"));
  EXPECT_FALSE(parse_pubkey("1111111111111111111111111111111"));
  EXPECT_FALSE(parse_pubkey(""));
  EXPECT_FALSE(parse_pubkey(std::string(10'000, '1')));
}

TEST(Time, TextRoundTrips) {
  for (const auto* text :
       {"2026-11-23T14:35:53Z", "1970-01-01T00:00:00Z", "2024-02-29T23:59:59.000001Z", "2026-01-01T00:00:00.5Z"}) {
    const auto t = parse_timestamp(text);
    ASSERT_TRUE(t) << text;
    EXPECT_EQ(to_text(*t), text);
  }
}

TEST(Time, RefusesWhatIsNoTime) {
  for (const auto* text : {"", "2026-02-30T00:00:00Z", "2026-11-23 14:35:53Z", "2026-11-23T24:00:00Z",
                           "2026-11-23T14:35:53", "2026-11-23T14:35:53.Z"}) {
    EXPECT_FALSE(parse_timestamp(text)) << text;
  }
}

TEST(Time, DurationsParseAndPrint) {
  EXPECT_EQ(*parse_duration("24h"), std::chrono::hours{24});
  EXPECT_EQ(*parse_duration("500ms"), std::chrono::milliseconds{500});
  EXPECT_FALSE(parse_duration("24"));
  EXPECT_FALSE(parse_duration("-1s"));
  EXPECT_FALSE(parse_duration("1h30m"));
  EXPECT_EQ(duration_text(std::chrono::minutes{1438}), "23 h 58 min");
  EXPECT_EQ(duration_text(std::chrono::seconds{250}), "4 min 10 s");
}

TEST(Time, ClockTextIsSeenFromNow) {
  const auto now = *parse_timestamp("2026-11-23T14:00:00Z");
  EXPECT_EQ(clock_text(*parse_timestamp("2026-11-23T16:05:00Z"), now), "16:05");
  EXPECT_EQ(clock_text(*parse_timestamp("2026-11-24T09:13:00Z"), now), "tomorrow 09:13");
  EXPECT_EQ(clock_text(*parse_timestamp("2026-12-24T09:13:00Z"), now), "2026-12-24 09:13");
}

TEST(SafeText, D9_BytesThatAreNoCharactersAreReplaced) {
  EXPECT_EQ(valid_utf8("plain text of more than eight bytes"), "plain text of more than eight bytes");
  EXPECT_EQ(valid_utf8("Z\xC3\xBCrich \xE2\x82\xAC \xF0\x9F\x9A\x80"), "Z\xC3\xBCrich \xE2\x82\xAC \xF0\x9F\x9A\x80");
  EXPECT_EQ(valid_utf8("\x1f\x8b"), "\x1f\xEF\xBF\xBD");
  EXPECT_EQ(valid_utf8("a\xC3"), "a\xEF\xBF\xBD");
  // Overlong forms, surrogates, what is beyond U+10FFFF: three or four bytes that are no character.
  EXPECT_EQ(valid_utf8("\xC0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(valid_utf8("\xED\xA0\x80").size(), 9U);
  EXPECT_EQ(valid_utf8("\xF4\x90\x80\x80").size(), 12U);
  EXPECT_EQ(valid_utf8("{\"a\":\"\xE2\x82\"}"), "{\"a\":\"\xEF\xBF\xBD\xEF\xBF\xBD\"}") << "JSON's own signs stay";
}

TEST(SafeText, D9_HeaderValuesHaveNoControlBytesAndEndAtInfluxsLimit) {
  EXPECT_EQ(header_value("partial write:\r\n\x1f\x8b dropped=0\x7f"), "partial write: ? dropped=0");
  EXPECT_EQ(header_value("Z\xC3\xBCrich"), "Z?rich");
  EXPECT_EQ(header_value(std::string(kMostHeaderValue, 'x')), std::string(kMostHeaderValue, 'x'));
  const auto cut = header_value(std::string(42'000, 'x'));
  EXPECT_EQ(cut.size(), kMostHeaderValue);
  EXPECT_TRUE(cut.ends_with("x..."));
}

TEST(SafeText, CutsBetweenCharacters) {
  EXPECT_EQ(cut_text("short", 5), "short");
  EXPECT_EQ(cut_text("not so short", 8), "not s...");
  EXPECT_EQ(cut_text("12\xE2\x82\xAC 45678", 7), "12...");
  EXPECT_EQ(cut_text("12\xE2\x82\xAC 45678", 8), "12\xE2\x82\xAC...");
  EXPECT_EQ(one_line("  a \r\n\t b\n", 20), "a b");
  EXPECT_EQ(one_line("a\n\nb and more", 6), "a b...");
}

RC_GTEST_PROP(SafeTextProperty, D9_WhateverTheBytesWhatComesOutIsFit, (const Bytes& bytes)) {
  const std::string text(as_text(bytes));
  RC_ASSERT(is_utf8(valid_utf8(text)));
  const auto value = header_value(text);
  RC_ASSERT(value.size() <= kMostHeaderValue);
  RC_ASSERT(std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c <= '~'; }));
  RC_ASSERT(header_value(value) == value);
  for (const std::size_t most : {0U, 1U, 3U, 4U, 9U}) RC_ASSERT(one_line(text, most).size() <= most);
}

TEST(Utf8, WellFormedOnly) {
  for (const std::string_view good : {"", "abc", "z\xC3\xBCrich", "\xE2\x82\xAC", "\xF0\x9F\x8C\x8D"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  for (const std::string_view bad : {"\x80", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE0\x80\x80"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

TEST(Guard, IfThrownIsCalledWhenAnExceptionLeavesItsScopeAlone) {
  std::string told;
  const auto work = [&](bool fails) {
    const IfThrown end([&] { told += "thrown "; });
    if (fails) throw std::bad_alloc();
    told += "done ";
  };
  EXPECT_FALSE(failure_of([&] { work(false); }).has_value());
  EXPECT_EQ(failure_of([&] { work(true); }), kOutOfMemory);
  EXPECT_EQ(told, "done thrown ");
}

}  // namespace
}  // namespace dz
