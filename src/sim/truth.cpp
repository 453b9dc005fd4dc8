#include "sim/truth.h"

#include <algorithm>

namespace dz::sim {
namespace {

// Evidence may take an error counter's first value for a baseline only when it meets the port for the first time:
// then no octets came in these minutes before it.
constexpr Duration kContact = std::chrono::minutes{5};
constexpr Duration kOwnSync = std::chrono::seconds{10};

}  // namespace

void PortTruth::deliver(const PortRow& row, Timestamp came, Timestamp read, Duration lateness) {
  const auto m = number_of(row.stamp);
  if (m < origin_) return;
  const auto at = static_cast<std::size_t>(m - origin_);
  if (row.rises) {
    const auto place = std::lower_bound(shown_errors_.begin(), shown_errors_.end(), row.stamp,
                                        [](const ShownErrors& shown, Timestamp stamp) { return shown.stamp < stamp; });
    const bool again = place != shown_errors_.end() && place->stamp == row.stamp;
    if (!again) shown_errors_.insert(place, {row.stamp, *row.rises, row.forgotten, read});
  }
  if (row.old_rises) offer(row);
  for (std::size_t i = 0; i < kEventCounters; ++i) {
    if (row.events[i]) shown_events_[i].try_emplace(row.stamp, ShownEvent{*row.events[i], read});
  }
  if (!row.octets) return;
  const auto [contact, fresh] = contacts_.try_emplace(m, Contact{row.stamp, row.stamp, read});
  contact->second.first = std::min(contact->second.first, row.stamp);
  contact->second.last = std::max(contact->second.last, row.stamp);
  contact->second.read = fresh ? read : std::max(contact->second.read, read);
  lane_.add(row.stamp, came, lateness);
  if (came >= begin_of(m + 1) + lateness) late_.add(m);
  if (at >= last_.size()) last_.resize(at + 1024);
  if (!last_[at] || last_[at]->stamp < row.stamp) last_[at] = Shown{row.stamp, *row.octets};
}

bool PortTruth::met_before(Timestamp stamp, Timestamp read_by) const {
  const auto end = contacts_.upper_bound(number_of(stamp));
  return std::any_of(contacts_.lower_bound(number_of(stamp - kContact)), end, [&](const auto& entry) {
    const auto& contact = entry.second;
    const auto within = [&](Timestamp t) { return t >= stamp - kContact && t < stamp - kOwnSync; };
    return contact.read <= read_by && (within(contact.first) || within(contact.last));
  });
}

std::vector<MinuteNumber> PortTruth::rises(Timestamp read_by) const {
  std::vector<MinuteNumber> minutes;
  std::optional<std::uint64_t> known;
  for (const auto& shown : shown_errors_) {
    if (shown.read > read_by) continue;
    for (const auto& [stamp, rises] : offered_) {
      if (known && stamp < shown.stamp) known = std::max(*known, rises);
    }
    if (!known) known = met_before(shown.stamp, read_by) ? 0 : shown.rises;
    known = std::max(*known, shown.forgotten);
    if (shown.rises > *known) minutes.push_back(number_of(shown.stamp));
    known = std::max(*known, shown.rises);
  }
  return minutes;
}

std::map<MinuteNumber, std::uint64_t> PortTruth::event_rises(std::size_t counter, Timestamp read_by) const {
  std::map<MinuteNumber, std::uint64_t> rises;
  std::optional<std::uint64_t> known;
  for (const auto& [stamp, shown] : shown_events_[counter]) {
    if (shown.read > read_by) continue;
    if (!known && shown.value > 0 && met_before(stamp, read_by)) rises.try_emplace(number_of(stamp), 0);
    if (known && shown.value > *known) rises[number_of(stamp)] += shown.value - *known;
    known = std::max(known.value_or(0), shown.value);
  }
  return rises;
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

bool PortTruth::still(MinuteNumber m) const {
  const auto shown = [&](MinuteNumber minute) -> const std::optional<Shown>* {
    const auto at = static_cast<std::size_t>(minute - origin_);
    return minute >= origin_ && at < last_.size() && last_[at] ? &last_[at] : nullptr;
  };
  const auto* now = shown(m);
  if (now == nullptr) return false;
  for (auto before = m - 1; before >= origin_; --before) {
    if (const auto* then = shown(before)) return (*then)->octets == (*now)->octets;
  }
  return false;
}

MonitorTruth::MonitorTruth(MinuteNumber origin, const std::vector<std::size_t>& ports_of_devices)
    : running(origin), accepting(origin), covered(origin) {
  for (const auto ports : ports_of_devices) devices.emplace_back(origin, ports);
}

}  // namespace dz::sim
