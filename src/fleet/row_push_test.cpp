#include "fleet/row_push.h"

#include <gtest/gtest.h>

namespace dz::fleet {
namespace {

// A monitor that answers as told, then 204, and keeps what it was sent.
struct Monitor {
  std::vector<Result<PushAnswer>> answers;
  std::vector<std::string> bodies;

  PushRows post() {
    return [this](std::string_view body) -> Result<PushAnswer> {
      bodies.emplace_back(body);
      if (answers.empty()) return PushAnswer{204, ""};
      auto answer = answers.front();
      answers.erase(answers.begin());
      return answer;
    };
  }
};
const Result<PushAnswer> kUnreachable = fail(ErrorKind::Retry, "connection refused");

TEST(RowPush, ABodyIsItsLinesWhetherTheLastOneEndsOrNot) {
  EXPECT_EQ(lines_of("a\nb\n"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(lines_of("a\nb"), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(lines_of("").empty());
}

TEST(RowPush, SendsInOrderInBodiesOfTheSizeAskedFor) {
  Monitor monitor;
  RowPush push(monitor.post(), {2, 100});
  push.add({"a", "b", "c"});
  EXPECT_TRUE(push.flush().empty());
  EXPECT_EQ(monitor.bodies, (std::vector<std::string>{"a\nb\n", "c\n"}));
  EXPECT_EQ(push.counters().sent, 3U);
}

TEST(RowPush, KeepsWhatWasNotAnsweredAndSendsItAgain) {
  Monitor monitor;
  monitor.answers = {kUnreachable, PushAnswer{503, "full"}, PushAnswer{429, "slow down"}};
  RowPush push(monitor.post(), {10, 100});
  push.add({"a"});
  EXPECT_EQ(push.flush(), std::vector<std::string>{"connection refused"});
  push.add({"b"});
  EXPECT_EQ(push.flush(), std::vector<std::string>{"HTTP 503: full"});
  EXPECT_EQ(push.flush().size(), 1U);
  EXPECT_EQ(push.buffered(), 2U);
  EXPECT_TRUE(push.flush().empty());
  EXPECT_EQ(monitor.bodies.back(), "a\nb\n");
  EXPECT_EQ(push.counters().failures, 3U);
}

TEST(RowPush, GivesUpWhatIsRefusedAndGoesOn) {
  Monitor monitor;
  monitor.answers = {PushAnswer{400, "partial write: device clock 9 min ahead dropped=1"}};
  RowPush push(monitor.post(), {1, 100});
  push.add({"a", "b"});
  EXPECT_EQ(push.flush(), std::vector<std::string>{"HTTP 400: partial write: device clock 9 min ahead dropped=1"});
  EXPECT_EQ(push.buffered(), 0U);
  EXPECT_EQ(push.counters().sent, 1U);
  EXPECT_EQ(push.counters().refused, 1U);
}

TEST(RowPush, AFullBufferLosesTheOldest) {
  Monitor monitor;
  monitor.answers = {kUnreachable};
  RowPush push(monitor.post(), {10, 2});
  push.add({"a", "b", "c"});
  push.flush();
  push.flush();
  EXPECT_EQ(monitor.bodies.back(), "b\nc\n");
  EXPECT_EQ(push.counters().lost, 1U);
}

}  // namespace
}  // namespace dz::fleet
