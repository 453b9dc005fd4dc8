// doublezero-monitor backtest: what another policy would have decided over the minutes that a monitor recorded.
#pragma once

#include <CLI/CLI.hpp>

#include "base/result.h"
#include "base/time.h"

namespace dz::monitor_main {

struct BacktestFlags {
  std::string from, to = "now", policy, config, store, record;
  bool json = false;
};

CLI::App* declare_backtest(CLI::App& app, BacktestFlags& flags);
// Prints the outcome; progress goes to standard error.
Result<int> run_backtest_command(const BacktestFlags& flags, Timestamp now);

}  // namespace dz::monitor_main
