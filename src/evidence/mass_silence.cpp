#include "evidence/mass_silence.h"

#include <algorithm>

#include "base/check.h"

namespace dz::evidence {
namespace {

bool sent_within(const DeviceMinutes::Row& device, DevicePlane plane, MinuteIndex from, MinuteIndex to) {
  for (auto m = from; m < to; ++m) {
    if (device.test(plane, m)) return true;
  }
  return false;
}

// What is suspected in the minute, after what was suspected in the one before it.
void suspect(MassSilence& state, const DeviceMinutes& devices, DevicePlane sent, SilenceMinute judged) {
  const auto m = judged.minute;
  const auto is_silent = [&](std::uint32_t device) { return !devices.test(device, sent, m); };
  if (state.suspected()) {
    const auto silent = static_cast<std::size_t>(std::count_if(state.frozen.begin(), state.frozen.end(), is_silent));
    if (2 * silent < state.frozen.size()) state = {};
    return;
  }
  std::vector<std::uint32_t> active;
  for (std::uint32_t device = 0; device < devices.size(); ++device) {
    if (sent_within(devices[device], sent, judged.active_from, m)) active.push_back(device);
  }
  const auto silent = static_cast<std::size_t>(std::count_if(active.begin(), active.end(), is_silent));
  const bool suspicious = active.size() < 4 ? silent == active.size() : 2 * silent >= active.size();
  if (silent < 2 || !suspicious) return;
  state.since = m;
  state.frozen = std::move(active);
}

}  // namespace

bool devices_send_to(Source source) { return source != Source::Qa && !is_added(source); }

DevicePlane sent_plane(Source source) {
  DZ_CHECK(source != Source::Qa);
  if (source == Source::Counters) return kReported;
  return source == Source::ConfigAgent ? kConfigured : kSampled;
}

Source source_of(DevicePlane plane) {
  if (plane < kConfigured) return Source::Counters;
  return plane < kSampled ? Source::ConfigAgent : Source::LatencySamples;
}

std::vector<std::uint32_t> judge_silence(MassSilence& state, DeviceMinutes& devices, DevicePlane sent,
                                         SilenceMinute judged) {
  suspect(state, devices, sent, judged);
  const auto m = judged.minute;
  const auto excused = excused_plane(sent);
  std::vector<std::uint32_t> changed;
  auto frozen = state.frozen.begin();
  for (std::uint32_t device = 0; device < devices.size(); ++device) {
    const bool is_frozen = frozen != state.frozen.end() && *frozen == device;
    if (is_frozen) ++frozen;
    const bool excuse = is_frozen && !devices.test(device, sent, m);
    if (excuse == devices.test(device, excused, m)) continue;
    changed.push_back(device);
    if (excuse) {
      devices.set(device, excused, m);
      devices.set(device, once_excused_plane(sent), m);
    } else {
      devices.clear(device, excused, m);
    }
  }
  return changed;
}

void judge_silence_as_closed(MassSilence& state, DeviceMinutes& devices, DevicePlane sent, SilenceMinute judged) {
  suspect(state, devices, sent, judged);
  for (const auto device : state.frozen) {
    if (!devices.test(device, sent, judged.minute)) devices.set(device, once_excused_plane(sent), judged.minute);
  }
}

}  // namespace dz::evidence
