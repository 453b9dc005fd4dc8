#include "net/slices.h"

#include <gtest/gtest.h>

#include <new>
#include <string>
#include <utility>
#include <vector>

#include "net/gzip.h"

namespace dz::net {
namespace {

using std::chrono::milliseconds;

// A loop and a clock: each step takes a millisecond.
struct SlicesTest : testing::Test {
  std::vector<std::function<void()>> posted;
  Duration now{};
  std::string done;
  Slices slices{[this](std::function<void()> call) { posted.push_back(std::move(call)); }, [this] { return now; }};

  void begin(char name, int steps) {
    slices.run([this, name, steps]() mutable {
      now += milliseconds{1};
      done += name;
      return --steps == 0;
    });
  }
  // What is ready, once.
  void turn() {
    for (auto& call : std::exchange(posted, {})) call();
  }
};

TEST_F(SlicesTest, WhatIsShortIsDoneAtOnce) {
  begin('a', 1);
  EXPECT_EQ(done, "a");
  turn();
  EXPECT_TRUE(posted.empty());
}

TEST_F(SlicesTest, X13_ATurnOfTheLoopBeginsSoManyAndTheNewestGoFirst) {
  for (const char name : {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'}) begin(name, 1);
  EXPECT_EQ(done, "abc");
  turn();
  EXPECT_EQ(done, "abchgf");
  turn();
  EXPECT_EQ(done, "abchgfed");
  EXPECT_EQ(slices.waiting(), 0U);
}

TEST_F(SlicesTest, X13_WhatCameFirstIsNotForgottenHoweverManyCome) {
  for (int i = 0; i < 3; ++i) begin('a', 1);
  begin('b', 1);
  for (int turns = 0; turns < 200 && done.find('b') == std::string::npos; ++turns) {
    for (int i = 0; i < 10; ++i) begin('c', 1);
    turn();
  }
  EXPECT_NE(done.find('b'), std::string::npos);
}

TEST_F(SlicesTest, X2_LongWorkHoldsTheLoopForOneSliceAtATime) {
  begin('a', 10);
  EXPECT_EQ(done, "a");
  for (const auto* expected : {"aaaaa", "aaaaaaaaa", "aaaaaaaaaa"}) {
    EXPECT_EQ(posted.size(), 1U);
    turn();
    EXPECT_EQ(done, expected);
  }
  EXPECT_EQ(slices.waiting(), 0U);
  turn();
  EXPECT_TRUE(posted.empty());
}

TEST_F(SlicesTest, X2_WhatBeginsNeverWaitsForLongWorkAndLongWorkTakesTurns) {
  begin('a', 100);
  begin('b', 100);
  EXPECT_EQ(posted.size(), 1U);  // one slice a turn, whatever waits
  turn();
  EXPECT_EQ(done, "abaaaa");
  begin('c', 1);
  EXPECT_EQ(done, "abaaaac");
  turn();
  EXPECT_EQ(done, "abaaaacbbbb");
  turn();
  EXPECT_EQ(done, "abaaaacbbbbaaaa");
}

TEST_F(SlicesTest, X9_WhatAStepThrowsEndsThatWorkAndNoOther) {
  begin('a', 5);
  slices.run([this, steps = 0]() mutable -> bool {
    now += milliseconds{1};
    if (++steps > 1) throw std::bad_alloc();
    return false;
  });
  turn();
  EXPECT_EQ(done, "aaaaa");
  EXPECT_THROW(turn(), std::bad_alloc);
  begin('b', 5);
  turn();
  turn();
  EXPECT_EQ(done, "aaaaabbbbb");
  EXPECT_EQ(slices.waiting(), 0U);
}

TEST_F(SlicesTest, AStepMayBeginOtherWork) {
  slices.run([this] {
    begin('b', 2);
    return true;
  });
  EXPECT_EQ(done, "b");
  turn();
  EXPECT_EQ(done, "bb");
}

TEST(Gunzip, X2_ABombIsInflatedInSteps) {
  const std::string text(std::size_t{32} << 20, '#');
  const auto bomb = gzip(text);
  ASSERT_LT(bomb.size(), 40'000U);
  Gunzip inflating(bomb, text.size());
  std::size_t steps = 0;
  for (bool whole = false; !whole; ++steps) {
    const auto before = inflating.text().size();
    whole = inflating.step().value();
    EXPECT_LE(inflating.text().size() - before, 64U << 10);
  }
  EXPECT_GE(steps, 512U);
  EXPECT_EQ(inflating.text(), text);
}

TEST(Gunzip, X2_AStepTakesInSoMuchWhateverComesOut) {
  std::string nothing;
  const auto member = gzip("");
  for (int i = 0; i < 20'000; ++i) nothing += member;
  Gunzip inflating(nothing, 0);
  std::size_t steps = 1;
  for (; !inflating.step().value(); ++steps) {
  }
  EXPECT_GE(steps, 20'000U);  // a member may lie across two portions of what goes in
  EXPECT_LE(steps, 20'100U);
}

}  // namespace
}  // namespace dz::net
