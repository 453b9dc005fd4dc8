// How old what is kept is. Times come from a clock, and a clock can leap; so an age is counted in the time that was
// lived, and a leap adds nothing to it. Nor does a time in which the program did not run. Pure.
#pragma once

#include <cstdint>
#include <vector>

namespace dz::storage {

// From this time on, so much time in all was not lived. The unit is the user's: slots, microseconds.
struct TimeLeap {
  std::uint64_t at = 0, skipped = 0;
  bool operator==(const TimeLeap&) const = default;
};

class LivedTime {
 public:
  LivedTime() = default;
  explicit LivedTime(std::vector<TimeLeap> leaps) : leaps_(std::move(leaps)) {}

  // Time went on from `from` to `to`; more than `most` at once is a leap. A step back undoes the leaps after it. True:
  // the leaps changed.
  bool pass(std::uint64_t from, std::uint64_t to, std::uint64_t most);
  // What was before it is more than `age` of lived time old at `now`.
  std::uint64_t older_than(std::uint64_t now, std::uint64_t age) const;
  const std::vector<TimeLeap>& leaps() const { return leaps_; }  // oldest first, few

 private:
  std::uint64_t skipped() const { return leaps_.empty() ? 0 : leaps_.back().skipped; }
  std::vector<TimeLeap> leaps_;
};

}  // namespace dz::storage
