// Which records are elsewhere at the end of a backtest than they were recorded, and since when. Pure.
#pragma once

#include "backtest/backtest.h"

namespace dz::backtest {

// outcome: with its decisions and what followed them. By code.
std::vector<BacktestPlace> places_elsewhere(const BacktestOutcome& outcome, const BacktestRecords& records);

}  // namespace dz::backtest
