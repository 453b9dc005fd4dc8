#include "service/log.h"

#include <gtest/gtest.h>

#include "base/safe_text.h"

namespace dz::service {
namespace {

TEST(LogLine, D9_IsOneLineOfUtf8WhateverTheFields) {
  const auto line =
      render_log_line("2026-12-01T00:00:00Z", LogLevel::Warn, "source_failed", {{"error", "\xff\r\n\x01"}});
  EXPECT_EQ(valid_utf8(line), line);
  EXPECT_EQ(line.find_first_of("\r\n\x01"), std::string::npos);
}

TEST(LogLine, X8_ForeignTextIsEscaped) {
  EXPECT_EQ(render_log_line("t", LogLevel::Info, "e", {{"code", "a\x1b[2J\x7f\u202E"}}),
            R"({"time":"t","level":"info","event":"e","code":"a\u001b[2J\u007f\u202e"})");
}

TEST(LogLine, X9_AFieldIsCut) {
  const auto line = render_log_line("2026-12-01T00:00:00Z", LogLevel::Warn, "x", {{"what", std::string(70'000, 'x')}});
  EXPECT_LT(line.size(), 5000U);
}

TEST(FailureLog, X9_TellsTheFirstTimeAndThenEverMoreRarely) {
  std::string told;
  const auto tell = failure_log(
      [&](LogLevel, std::string_view event, const LogFields& fields) {
        told += std::string(event) + " " + fields[0].second + " " + fields[1].second + "\n";
      },
      "request_failed");
  for (int i = 0; i < 7; ++i) tell("out of memory");
  EXPECT_EQ(told, "request_failed out of memory 1\nrequest_failed out of memory 2\nrequest_failed out of memory 4\n");
}

}  // namespace
}  // namespace dz::service
