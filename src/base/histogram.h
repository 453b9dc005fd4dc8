// How often something took how long: counts by upper bound, the sum and the number, since the process started. The
// bounds are fixed, so that histograms of several daemons can be added up.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/time.h"

namespace dz {

class Histogram {
 public:
  static constexpr std::array<Duration, 12> kBounds{
      std::chrono::milliseconds{1},     std::chrono::milliseconds{5},     std::chrono::milliseconds{10},
      std::chrono::milliseconds{50},    std::chrono::milliseconds{100},   std::chrono::milliseconds{500},
      std::chrono::milliseconds{1000},  std::chrono::milliseconds{2500},  std::chrono::milliseconds{5000},
      std::chrono::milliseconds{10000}, std::chrono::milliseconds{30000}, std::chrono::milliseconds{60000}};

  // A time below zero, as a clock that was set back gives it, counts as none.
  void add(Duration took) {
    took = std::max(took, Duration{0});
    const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), took);
    ++counts_[static_cast<std::size_t>(bound - kBounds.begin())];
    sum_ += took;
    ++count_;
  }

  // Of the bounds in turn; the last one is of what took longer than all of them.
  const std::array<std::uint64_t, kBounds.size() + 1>& counts() const { return counts_; }
  // The least bound that this share of all was done within; none: there is none, or it took longer than all bounds.
  std::optional<Duration> within(double share) const {
    const double wanted = share * static_cast<double>(count_);
    std::uint64_t done = 0;
    for (std::size_t i = 0; i < kBounds.size() && count_ > 0; ++i) {
      done += counts_[i];
      if (static_cast<double>(done) >= wanted) return kBounds[i];
    }
    return std::nullopt;
  }
  Duration sum() const { return sum_; }
  std::uint64_t count() const { return count_; }
  Histogram& operator+=(const Histogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    sum_ += other.sum_;
    count_ += other.count_;
    return *this;
  }

 private:
  std::array<std::uint64_t, kBounds.size() + 1> counts_{};
  Duration sum_{};
  std::uint64_t count_ = 0;
};

}  // namespace dz
