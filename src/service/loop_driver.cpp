#include "service/loop_driver.h"

#include <algorithm>

namespace dz::service {

LoopDriver::LoopDriver(net::Loop& loop, std::function<Timestamp(Timestamp now)> step)
    : loop_(loop), step_(std::move(step)) {}

void LoopDriver::wake() {
  if (woken_) return;
  woken_ = true;
  loop_.post([this] { run(); });
}

void LoopDriver::run() {
  woken_ = false;
  if (timer_ != 0) loop_.cancel(timer_);
  const auto next = step_(net::system_now());
  timer_ = loop_.after(std::max<Duration>(next - net::system_now(), Duration{0}), [this] {
    timer_ = 0;
    wake();
  });
}

}  // namespace dz::service
