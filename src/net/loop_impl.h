// What the loop is made of. Included by net/*.cpp only.
#pragma once

#include <memory>
#include <unordered_map>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/guard.h"
#include "net/loop.h"

namespace dz::net {

struct Loop::Impl {
  boost::asio::io_context io{1};
  // Keeps run() and run_for() waiting when nothing is pending.
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work = boost::asio::make_work_guard(io);
  std::unordered_map<std::uint64_t, std::shared_ptr<boost::asio::steady_timer>> timers;
  std::uint64_t last_timer = 0;
  std::unique_ptr<boost::asio::signal_set> signals;
  std::function<void(std::string_view)> on_exception;
  Slices slices{
      [this](std::function<void()> call) { boost::asio::post(io, std::move(call)); },
      [] { return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()); }};

  // Calls it, and tells what it threw. False: it threw.
  template <typename Call>
  bool guarded(const Call& call) {
    const auto failure = failure_of(call);
    if (failure && on_exception) on_exception(*failure);
    return !failure;
  }
  std::uint64_t start_timer(Duration delay, Duration period, std::function<void()> call);
  void arm(std::uint64_t id, Duration period, std::function<void()> call);
};

}  // namespace dz::net
