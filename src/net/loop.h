// The one event loop of a process: one thread, timers, posted work, signals. Only net/*.cpp know that it is Asio.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "base/time.h"
#include "net/slices.h"

namespace dz::net {

class Loop {
 public:
  Loop();
  ~Loop();  // waits for names that are being looked up, as long as the name servers take
  // For a process that asks others by name: the one that ends with it, and is not destroyed before. So a name server
  // that does not answer does not keep the process from ending.
  static Loop& of_process();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs until stop(). Callbacks run on this thread, one at a time.
  void run();
  // Runs what is ready, waiting at most `wait` for something to become ready.
  void run_for(Duration wait);
  void stop();  // from a callback, or from another thread

  void post(std::function<void()> work);                             // callable from any thread
  std::uint64_t after(Duration delay, std::function<void()> work);   // once; returns an id for cancel
  std::uint64_t every(Duration period, std::function<void()> work);  // first call after one period
  void cancel(std::uint64_t timer);
  // What a callback threw: a library's exception, out of memory most likely. The loop goes on without that call, and a
  // timer that repeats comes again. Unset: it goes on all the same.
  void on_exception(std::function<void(std::string_view what)> tell);
  // Work that is long: see slices.h. On the loop's thread.
  void in_slices(Slices::Step step);
  // SIGINT and SIGTERM call this once; a second signal ends the process at once.
  void on_terminate(std::function<void()> work);

  struct Impl;  // for net/*.cpp only
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

// The wall clock. Only main() and loop callbacks read it; everything below takes the time as an argument.
Timestamp system_now();
// A clock that nobody sets, for deadlines: the time since some moment.
Duration steady_now();

}  // namespace dz::net
