// Rows that always come late against rows of old times that are handed in: the lag of a clock that is behind, or of a
// slow collector, stands; that of a backlog shrinks until it is caught up. Pure.
#pragma once

#include <optional>

#include "base/time.h"

namespace dz::telemetry {

class StandingLag {
 public:
  static constexpr Duration kStands = std::chrono::minutes{1};      // after so long
  static constexpr Duration kCatchesUp = std::chrono::seconds{30};  // in that time: it is a backlog

  // Rows came, the newest of them so late.
  void found(Duration lag, Timestamp at) {
    if (!since_ || lag < from_ - kCatchesUp) {
      since_ = at;
      from_ = lag;
    }
    last_ = at;
  }
  // Rows came in time, or none did.
  void forget() { since_.reset(); }
  bool stands() const { return since_ && last_ - *since_ >= kStands; }

 private:
  std::optional<Timestamp> since_;
  Duration from_{};  // then
  Timestamp last_;
};

}  // namespace dz::telemetry
