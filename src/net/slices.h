// Work that would hold the loop too long, done in slices: between two of them whoever else is ready is served. What has
// just come goes before what was at it for longer, and the newest first, so that a small question never waits for large
// ones, or for many.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>

#include "base/time.h"

namespace dz::net {

class Slices {
 public:
  // A piece of the work, of some milliseconds at most. True: it is done, and is not called again.
  using Step = std::function<bool()>;
  // How long each may hold the loop, from the end of the step with which the time is over.
  static constexpr Duration kFirst = std::chrono::milliseconds{1};
  static constexpr Duration kNext = std::chrono::milliseconds{4};
  // And all that has just come, in one turn of the loop.
  static constexpr Duration kFresh = std::chrono::milliseconds{3};
  static constexpr std::size_t kMostFresh = 32;  // that wait for their first slice; older ones take turns with the long

  // post: has the loop call something after what is ready now. steady: a clock that is never set.
  Slices(std::function<void(std::function<void()>)> post, std::function<Duration()> steady);
  Slices(const Slices&) = delete;
  Slices& operator=(const Slices&) = delete;

  // The first slice is done when this returns, unless enough was done in this turn of the loop.
  void run(Step step);
  std::size_t waiting() const { return fresh_.size() + waiting_.size(); }

 private:
  void begin(Step step);
  bool work(const Step& step, Duration most);
  void post_next();
  void next();

  std::function<void(std::function<void()>)> post_;
  std::function<Duration()> steady_;
  std::deque<Step> fresh_;    // the newest at the end
  std::deque<Step> waiting_;  // each has its turn
  Duration spent_{};          // on what has just come, in this turn of the loop
  bool posted_ = false;
};

}  // namespace dz::net
