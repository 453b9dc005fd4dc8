// When half the network falls silent in the same minute, the source is suspect, not the devices. Counted in devices,
// for each source on its own: of those that sent in the 10 minutes before a minute, at least half, and at least 2
// (with fewer than 4, all), are silent in it. That set is then frozen and its silent minutes are excused, until a
// minute in which more than half of it sends again, however long that takes. Minutes in which the source was not
// answering throughout do not count among the 10: nobody could be heard in them.
//
// This is a function of who is known to have sent in which minute. Rows that come late change who sent, so the minutes
// from theirs on are judged again: an excuse that was only the others being late themselves is none any more.
//
// The damped judgement keeps it all the same, and the silence that it came from. Beside the first one stands a second
// state, judged once, as each minute closes, and never again: what comes late neither begins nor ends it. Thus while
// everybody's rows come in one after the other, those who are not yet through are not impaired by it, in the minutes
// that close meanwhile neither.
#pragma once

#include <cstdint>
#include <vector>

#include "evidence/sparse_minutes.h"
#include "evidence/tally.h"

namespace dz::evidence {

// Each signal of a device, and beside it the minutes in which its silence is excused, and those in which it is or was.
enum DevicePlane : int {
  kReported,
  kReportExcused,
  kReportOnceExcused,
  kConfigured,
  kConfigExcused,
  kConfigOnceExcused,
  kSampled,
  kSampleExcused,
  kSampleOnceExcused
};
using DeviceMinutes = SparseMinutes<9, 1U << kReportExcused | 1U << kReportOnceExcused | 1U << kConfigExcused |
                                           1U << kConfigOnceExcused | 1U << kSampleExcused | 1U << kSampleOnceExcused>;

// Which of a device's three signals a plane belongs to: 0 reporting, 1 config agent, 2 telemetry agent.
inline constexpr std::size_t signal_index(DevicePlane plane) { return static_cast<std::size_t>(plane) / 3; }

// Whether devices send to it minute by minute. Qa's runs are hours apart, and added criteria are asked for.
bool devices_send_to(Source source);
// The plane a source's mass silence is judged on. Qa has none.
DevicePlane sent_plane(Source source);
Source source_of(DevicePlane plane);
inline DevicePlane excused_plane(DevicePlane sent) { return static_cast<DevicePlane>(sent + 1); }
inline DevicePlane once_excused_plane(DevicePlane sent) { return static_cast<DevicePlane>(sent + 2); }

struct MassSilence {
  MinuteIndex since = -1;             // -1: none
  std::vector<std::uint32_t> frozen;  // device numbers, ascending

  bool suspected() const { return since >= 0; }
  bool operator==(const MassSilence&) const = default;
};

inline constexpr int kSilenceActiveMinutes = 10;

// A minute, and the first of the minutes before it in which a device must have sent to count.
struct SilenceMinute {
  MinuteIndex active_from = 0;
  MinuteIndex minute = 0;
};

// Judges a minute, after every minute before it, and marks in `devices` the silence it excuses. The devices for which
// that is not what was marked.
std::vector<std::uint32_t> judge_silence(MassSilence& state, DeviceMinutes& devices, DevicePlane sent,
                                         SilenceMinute judged);

// Judges a minute that closes, for the damped judgement alone: marks the silence that is once excused.
void judge_silence_as_closed(MassSilence& state, DeviceMinutes& devices, DevicePlane sent, SilenceMinute judged);

}  // namespace dz::evidence
