// How long something took, by the steady clock, counted from any thread.
#pragma once

#include <chrono>
#include <mutex>

#include "base/histogram.h"

namespace dz::service {

class Timings {
 public:
  void add(Duration took) {
    const std::lock_guard held(mutex_);
    histogram_.add(took);
  }
  Histogram so_far() const {
    const std::lock_guard held(mutex_);
    return histogram_;
  }

  // Counts from its construction to its end, however that comes.
  class Measured {
   public:
    explicit Measured(Timings& timings) : timings_(timings) {}
    ~Measured() { timings_.add(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - begin_)); }
    Measured(const Measured&) = delete;
    Measured& operator=(const Measured&) = delete;

   private:
    Timings& timings_;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  };

 private:
  mutable std::mutex mutex_;
  Histogram histogram_;
};

}  // namespace dz::service
