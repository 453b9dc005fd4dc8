#include "sim/truth.h"

#include <algorithm>

namespace dz::sim {
namespace {

// Evidence may take an error counter's first value for a baseline only when it meets the port for the first time:
// then no octets came in these minutes before it.
constexpr Duration kContact = std::chrono::minutes{5};
constexpr Duration kOwnSync = std::chrono::seconds{10};

}  // namespace

void PortTruth::deliver(const PortRow& row, Timestamp arrived, Duration lateness) {
  const auto m = number_of(row.stamp);
  if (m < origin_) return;
  const auto at = static_cast<std::size_t>(m - origin_);
  if (row.rises) {
    if (!known_rises_) {
      bool met = false;
      for (auto back = at >= 6 ? at - 6 : 0; back <= at && back < last_.size(); ++back) {
        met |= last_[back] && last_[back]->stamp >= row.stamp - kContact && last_[back]->stamp < row.stamp - kOwnSync;
      }
      known_rises_ = met ? 0 : *row.rises;
    }
    if (*row.rises > *known_rises_) rises_.push_back({m, arrived});
    known_rises_ = std::max(*known_rises_, *row.rises);
  }
  if (!row.octets) return;
  lane_.add(row.stamp, arrived, lateness);
  if (arrived >= begin_of(m + 1) + lateness) late_.add(m);
  if (at >= last_.size()) last_.resize(at + 1024);
  if (!last_[at] || last_[at]->stamp < row.stamp) last_[at] = Shown{row.stamp, *row.octets};
}

bool PortTruth::idle(MinuteNumber m) const {
  if (m <= origin_ || static_cast<std::size_t>(m - origin_) >= last_.size()) return false;
  auto at = static_cast<std::size_t>(m - origin_);
  if (!last_[at] || late_.has(m)) return false;
  const auto shown = last_[at]->octets;
  while (at > 0) {
    --at;
    const auto before = origin_ + static_cast<MinuteNumber>(at);
    if (late_.has(before)) return false;
    if (last_[at]) return last_[at]->octets == shown;
  }
  return false;
}

MonitorTruth::MonitorTruth(MinuteNumber origin, const std::vector<std::size_t>& ports_of_devices)
    : running(origin), accepting(origin) {
  for (const auto ports : ports_of_devices) devices.emplace_back(origin, ports);
}

}  // namespace dz::sim
