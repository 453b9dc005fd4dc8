// Work that would hold the loop too long, done in slices: between two of them whoever else is ready is served. Work
// that has just begun goes before what was at it for longer, so that a small question never waits for large ones.
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

  // post: has the loop call something after what is ready now. steady: a clock that is never set.
  Slices(std::function<void(std::function<void()>)> post, std::function<Duration()> steady);
  Slices(const Slices&) = delete;
  Slices& operator=(const Slices&) = delete;

  // The first slice is done when this returns.
  void run(Step step);
  std::size_t waiting() const { return waiting_.size(); }

 private:
  bool work(const Step& step, Duration most) const;
  void post_next();
  void next();

  std::function<void(std::function<void()>)> post_;
  std::function<Duration()> steady_;
  std::deque<Step> waiting_;  // each has its turn
  bool posted_ = false;
};

}  // namespace dz::net
