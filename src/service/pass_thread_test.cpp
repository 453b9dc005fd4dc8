#include "service/pass_thread.h"

#include <future>

#include <gtest/gtest.h>

#include "net/loop.h"

namespace dz::service {
namespace {

TEST(PassThread, MakesAPassWhenWokenAndWhenTheLastOneAskedForIt) {
  Turn turn;
  std::promise<int> third;
  int passes = 0;
  PassThread thread(turn, {.step = [&](Timestamp now) {
                      if (++passes == 3) third.set_value(passes);
                      return passes < 3 ? now : Timestamp::max();
                    }});
  thread.wake();  // before the start, too
  thread.start();
  EXPECT_EQ(third.get_future().get(), 3);
  thread.stop();
  EXPECT_EQ(passes, 3);
}

TEST(PassThread, WhatIsToldDuringAPassWaitsForTheNextOne) {
  Turn turn;
  std::string order;
  std::promise<void> begun, told, over;
  PassThread thread(turn, {.step = [&](Timestamp) {
                      order += "p";
                      if (order == "p") {
                        begun.set_value();
                        turn.away([&] { told.get_future().wait(); });
                      }
                      order += "q";
                      if (order == "pqhapq") over.set_value();
                      return Timestamp::max();
                    }});
  thread.wake();
  thread.start();
  begun.get_future().wait();
  thread.hint([&] { order += "h"; });
  thread.hint([&] { order += "a"; });
  {
    const std::lock_guard door(turn);  // also while the pass waits
    EXPECT_EQ(order, "p");
  }
  told.set_value();
  over.get_future().wait();
  thread.stop();
}

TEST(PassThread, X9_APassThatThrowsIsToldAndMadeAgain) {
  Turn turn;
  std::vector<std::string> told;
  int passes = 0, lost = 0;
  std::promise<void> over;
  PassThread thread(turn, {.step =
                               [&](Timestamp) {
                                 if (++passes == 1) (void)std::stoi("no number");
                                 if (passes == 2) over.set_value();
                                 return Timestamp::max();
                               },
                           .on_hints_lost = [&] { ++lost; },
                           .on_failure = [&](std::string_view what) { told.emplace_back(what); }});
  thread.wake();
  thread.start();
  over.get_future().wait();
  thread.stop();
  EXPECT_EQ(told, std::vector<std::string>{"stoi"});
  EXPECT_EQ(lost, 1) << "whatever was told to the pass that failed";
}

TEST(PassThread, D14_HintsThatComeTooFastAreBoundedAndSaid) {
  Turn turn;
  std::size_t hints = 0;
  int lost = 0;
  std::promise<void> over;
  PassThread thread(turn, {.step =
                               [&](Timestamp) {
                                 over.set_value();
                                 return Timestamp::max();
                               },
                           .on_hints_lost = [&] { ++lost; }});
  for (std::size_t i = 0; i < PassThread::kMostHints + 5; ++i) thread.hint([&] { ++hints; });
  int posted = 0;
  thread.post([&] { ++posted; });  // is never lost
  thread.start();
  over.get_future().wait();
  thread.stop();
  EXPECT_EQ(hints, 0U);
  EXPECT_EQ(lost, 1);
  EXPECT_EQ(posted, 1);
}

TEST(PassThread, D14_StopEndsTheCallOfThePassUnderWay) {
  Turn turn;
  std::promise<void> waiting;
  bool ended = false;
  PassThread* self = nullptr;
  PassThread thread(turn, {.step = [&](Timestamp) {
                      turn.away([&] {
                        std::promise<void> stopped;
                        const std::stop_callback call(self->stopping(), [&] { stopped.set_value(); });
                        waiting.set_value();
                        ended = stopped.get_future().wait_for(std::chrono::seconds{5}) == std::future_status::ready;
                      });
                      return Timestamp::max();
                    }});
  self = &thread;
  thread.wake();
  thread.start();
  waiting.get_future().wait();
  thread.stop();
  EXPECT_TRUE(ended);
}

// Requests of passes go through the loop and come back between passes, although the two are different threads.
TEST(PassThread, AnswersComeBetweenPasses) {
  Turn turn;
  net::Loop loop;
  net::AsyncClient client(loop);
  net::SendHttp send;
  bool asked = false, answered = false;
  PassThread thread(turn, {.step = [&](Timestamp) {
                      if (!std::exchange(asked, true)) {
                        send({.url = "http://127.0.0.1:1/"},
                             [&](const Result<net::ClientResponse>& answer) { answered = !answer; });
                      } else if (answered) {
                        loop.stop();
                      }
                      return Timestamp::max();
                    }});
  send = http_of_passes(loop, client, thread);
  thread.wake();
  thread.start();
  loop.run();
  thread.stop();
  EXPECT_TRUE(answered);
}

}  // namespace
}  // namespace dz::service
