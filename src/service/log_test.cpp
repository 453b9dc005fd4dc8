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

}  // namespace
}  // namespace dz::service
