// Policies that are tried while the monitor runs: POST /api/v1/backtests. The answer stays open: events `progress`,
// then `outcome` or `failed`, and it is closed. One backtest at a time, on a thread of its own in nobody's turn, with a
// reading connection of its own to the monitor's file and the lowest priority: what the monitor does waits for none of
// it. It ends when its client goes, after kLongest, and with this object. Decision: docs/adr/0053-what-if.md.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "backtest/backtest_ask.h"
#include "backtest/recorded_history.h"
#include "net/http_server.h"
#include "net/loop.h"

namespace dz::backtest {

class BacktestRuns {
 public:
  static constexpr Duration kLongest = std::chrono::minutes{10};
  static constexpr Duration kBeat = std::chrono::seconds{15};  // a sign of life, at the latest

  struct Settings {
    RecordedPlaces recorded;
    const Profile* profile = &rfc_profile();
    // Of the server: adds to an open answer, and closes it.
    std::function<void(net::SessionId, std::string)> send;
    std::function<void(net::SessionId)> close;
  };

  // The loop outlives it. All calls are made on the loop.
  BacktestRuns(net::Loop& loop, Settings settings);
  ~BacktestRuns();  // ends the backtest under way and waits for that
  BacktestRuns(const BacktestRuns&) = delete;
  BacktestRuns& operator=(const BacktestRuns&) = delete;

  // 400: it cannot be asked like that. 503: another one is under way.
  void answer(const net::HttpRequest& request, const net::Answer& done);
  void closed(net::SessionId session);

 private:
  struct Run;

  void begin(std::shared_ptr<Run> run, net::SessionId session);
  void tell(const std::shared_ptr<Run>& run, std::string text);
  void finish(const std::shared_ptr<Run>& run, std::string text);
  void work(const std::shared_ptr<Run>& run);

  net::Loop& loop_;
  Settings settings_;
  std::shared_ptr<Run> run_;                                   // the one under way
  std::shared_ptr<bool> here_ = std::make_shared<bool>(true);  // gone: what was posted concerns nobody
  std::thread thread_;
};

}  // namespace dz::backtest
