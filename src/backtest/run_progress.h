// Whether a backtest that somebody waits for goes on, and what they are told meanwhile: a percent at a time, and a sign
// of life in between. Pure: the time is an argument.
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "backtest/backtest.h"

namespace dz::backtest {

// As text/event-stream has an event.
std::string event_text(std::string_view name, const std::string& json);

class RunProgress {
 public:
  struct Settings {
    std::stop_token stop;  // whoever asked has gone
    Duration longest;      // after that it is to end
    Duration beat;         // a sign of life at the latest after that
    std::function<void(std::string)> tell;
  };

  // The request outlives it. now: on any clock that only goes forward.
  RunProgress(const BacktestRequest& request, Settings settings, Duration now)
      : request_(request), settings_(std::move(settings)), begun_(now), told_at_(now) {}

  // The backtest has come to `at`. Cancelled or TooMuch: it is to end.
  Result<void> reached(Timestamp at, Duration now);

 private:
  const BacktestRequest& request_;
  Settings settings_;
  int told_ = -1;  // percent
  Duration begun_, told_at_;
};

}  // namespace dz::backtest
