// Whether the times of rows went back: whoever sends goes on, at the pace of the clock, from a time that it sent
// before, as a device does whose clock was set back. A backlog that is handed in after newer rows does not keep that
// pace.
#pragma once

#include <optional>

#include "base/time.h"

namespace dz::telemetry {

class StepBack {
 public:
  static constexpr Duration kDisorder = std::chrono::seconds{5};  // that rows of one reading may come in
  static constexpr Duration kShows = std::chrono::minutes{3};     // in evidence, once times pass the earlier ones

  struct Found {
    Duration by{};
    Timestamp at;  // when the first of them came
    bool operator==(const Found&) const = default;
  };

  // Rows came, the newest of them stamped so.
  void saw(Timestamp stamp, Timestamp now) {
    if (!newest_ || stamp > newest_->stamp) {
      if (found_ && !over_at_) over_at_ = now;
      if (found_ && (is_backlog_ || *over_at_ - found_->at < kDisorder)) found_.reset();
      newest_ = Seen{stamp, now};
    } else if (stamp < newest_->stamp - kDisorder) {
      if (!found_ || over_at_) {
        found_ = Found{newest_->stamp - stamp + (now - newest_->came), now};
        over_at_.reset();
        is_backlog_ = false;
      } else if (std::chrono::abs((stamp - last_.stamp) - (now - last_.came)) > kDisorder) {
        is_backlog_ = true;
      }
      last_ = {stamp, now};
    } else if (found_ && !over_at_) {
      last_ = {stamp, now};  // about to pass the earlier ones
    }
  }
  // While times are behind the earlier ones: the newest of those that are back.
  std::optional<Timestamp> newest_back() const {
    return found_ && !over_at_ && !is_backlog_ ? std::optional(last_.stamp) : std::nullopt;
  }
  std::optional<Found> at(Timestamp now) const {
    const bool shows = found_ && !is_backlog_ && !(over_at_ && now - *over_at_ > kShows);
    return shows ? found_ : std::nullopt;
  }

 private:
  struct Seen {
    Timestamp stamp, came;
  };
  std::optional<Seen> newest_;
  Seen last_;  // of those that are back
  std::optional<Found> found_;
  std::optional<Timestamp> over_at_;  // when times passed the earlier ones
  bool is_backlog_ = false;
};

}  // namespace dz::telemetry
