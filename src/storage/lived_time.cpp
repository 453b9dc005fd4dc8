#include "storage/lived_time.h"

#include <algorithm>

namespace dz::storage {
namespace {

constexpr std::size_t kMostLeaps = 64;

}  // namespace

bool LivedTime::pass(std::uint64_t from, std::uint64_t to, std::uint64_t most) {
  if (to >= from && to - from <= most) return false;
  if (to < from) {
    const auto size = leaps_.size();
    while (!leaps_.empty() && leaps_.back().at > to) leaps_.pop_back();
    return leaps_.size() != size;
  }
  leaps_.push_back({to, skipped() + (to - from)});
  // Without the oldest leap, what came between it and the next looks younger than it is, and stays longer.
  if (leaps_.size() > kMostLeaps) leaps_.erase(leaps_.begin());
  return true;
}

std::uint64_t LivedTime::older_than(std::uint64_t now, std::uint64_t age) const {
  const auto lived = now - std::min(now, skipped());
  if (lived <= age) return 0;
  const auto bound = lived - age;
  auto end = now;  // of the stretch between two leaps
  for (auto leap = leaps_.rbegin(); leap != leaps_.rend(); ++leap) {
    if (bound + leap->skipped >= leap->at) return std::min(end, bound + leap->skipped);
    end = leap->at;
  }
  return std::min(end, bound);
}

}  // namespace dz::storage
