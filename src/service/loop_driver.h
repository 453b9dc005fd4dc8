// Calls a core's step when it asked to be called, or when something happened, on the loop's own thread: for steps that
// wait for nobody, and for measuring them. Daemons make their passes by pass_thread.h.
#pragma once

#include <functional>

#include "net/loop.h"

namespace dz::service {

class LoopDriver {
 public:
  // step(now) returns when to be called again at the latest. Both outlive the driver.
  LoopDriver(net::Loop& loop, std::function<Timestamp(Timestamp now)> step);

  void wake();  // step as soon as the loop is free; calls in between are one

 private:
  void run();

  net::Loop& loop_;
  std::function<Timestamp(Timestamp)> step_;
  std::uint64_t timer_ = 0;
  bool woken_ = false;
};

}  // namespace dz::service
