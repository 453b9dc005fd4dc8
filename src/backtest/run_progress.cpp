#include "backtest/run_progress.h"

#include <algorithm>

#include <fmt/format.h>

namespace dz::backtest {
namespace {

int percent_of(const BacktestRequest& request, Timestamp at) {
  const auto done = std::clamp<Duration>(at - request.from, Duration{0}, request.to - request.from);
  return static_cast<int>(100 * done.count() / (request.to - request.from).count());
}

}  // namespace

std::string event_text(std::string_view name, const std::string& json) {
  return fmt::format("event: {}\ndata: {}\n\n", name, json);
}

Result<void> RunProgress::reached(Timestamp at, Duration now) {
  if (settings_.stop.stop_requested()) return fail(ErrorKind::Cancelled, "whoever asked has gone");
  if (now - begun_ > settings_.longest)
    return fail(ErrorKind::TooMuch, "not done within " + duration_text(settings_.longest) + ": ask for a shorter time");
  const int percent = percent_of(request_, at);
  if (percent == told_ && now - told_at_ < settings_.beat) return {};
  told_ = percent;
  told_at_ = now;
  settings_.tell(event_text(
      "progress", fmt::format(R"({{"at":"{}","percent":{}}})", dz::to_text(Timestamp{minute_of(at)}), percent)));
  return {};
}

}  // namespace dz::backtest
