#include "evidence/mass_silence.h"

#include <algorithm>

#include "base/check.h"

namespace dz {
namespace {

constexpr MinuteIndex kActiveWithin = 10;

bool sent_within(const DeviceMinutes& ring, DevicePlane plane, MinuteIndex from, MinuteIndex to) {
  for (auto m = from; m < to; ++m) {
    if (ring.test(plane, m)) return true;
  }
  return false;
}

}  // namespace

DevicePlane sent_plane(Source source) {
  DZ_CHECK(source != Source::Qa);
  if (source == Source::Counters) return kReported;
  return source == Source::ConfigAgent ? kConfigured : kSampled;
}

void judge_silence(MassSilence& state, std::span<DeviceMinutes> rings, DevicePlane sent, MinuteIndex m) {
  const auto is_silent = [&](std::uint32_t device) { return !rings[device].test(sent, m); };
  if (state.suspected()) {
    const auto silent = static_cast<std::size_t>(std::count_if(state.frozen.begin(), state.frozen.end(), is_silent));
    if (2 * silent < state.frozen.size()) {
      state = {};
      return;
    }
  } else {
    std::vector<std::uint32_t> active;
    for (std::uint32_t device = 0; device < rings.size(); ++device) {
      if (sent_within(rings[device], sent, m - kActiveWithin, m)) active.push_back(device);
    }
    const auto silent = static_cast<std::size_t>(std::count_if(active.begin(), active.end(), is_silent));
    const bool suspect = active.size() < 4 ? silent == active.size() : 2 * silent >= active.size();
    if (silent < 2 || !suspect) return;
    state.since = m;
    state.frozen = std::move(active);
  }
  for (const auto device : state.frozen) {
    if (is_silent(device)) rings[device].set(excused_plane(sent), m);
  }
}

}  // namespace dz
