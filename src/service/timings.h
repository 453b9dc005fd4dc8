// How long something took, by the steady clock, counted from any thread.
#pragma once

#include <array>
#include <chrono>
#include <mutex>

#include "base/histogram.h"

namespace dz::service {

class Timings {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;
  static constexpr Duration kLately = std::chrono::minutes{10};

  void add(Duration took, SteadyTime at = std::chrono::steady_clock::now()) {
    const std::lock_guard held(mutex_);
    histogram_.add(took);
    turn_to(at);
    parts_[1].add(took);
  }
  Histogram so_far() const {
    const std::lock_guard held(mutex_);
    return histogram_;
  }
  // Of the last ten to twenty minutes: what is slow now shows here, and not in what months have added up.
  Histogram lately(SteadyTime at = std::chrono::steady_clock::now()) const {
    const std::lock_guard held(mutex_);
    turn_to(at);
    Histogram both = parts_[0];
    return both += parts_[1];
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
  void turn_to(SteadyTime at) const {
    if (at - begun_ < kLately) return;
    parts_[0] = at - begun_ < 2 * kLately ? parts_[1] : Histogram();
    parts_[1] = Histogram();
    begun_ = at;
  }

  mutable std::mutex mutex_;
  Histogram histogram_;
  mutable std::array<Histogram, 2> parts_;  // the one before, and that of now
  mutable SteadyTime begun_ = std::chrono::steady_clock::now();
};

}  // namespace dz::service
