// How a backtest is asked for: by the command line and by HTTP alike. Pure.
#pragma once

#include <string>
#include <string_view>

#include "backtest/backtest.h"

namespace dz::backtest {

// "now", a time as 2026-11-23T00:00:00Z, or how long ago: "7d". name: of the flag or member, for errors.
Result<Timestamp> parse_when(std::string_view name, std::string_view text, Timestamp now);

struct BacktestAsk {
  BacktestRequest request;
  std::string record;  // code or pubkey; empty: all
};

inline constexpr std::size_t kLargestAsk = 256U << 10;  // bytes of a body
inline constexpr Duration kLongestAsk = std::chrono::hours{24 * 31};
inline constexpr std::size_t kMostAskedDecisions = 20'000;

// The body of POST /api/v1/backtests (docs/formats/monitor-api.md). profile: of the ledger at hand, which the policy
// has to be for. Refused: what it cannot be.
Result<BacktestAsk> parse_ask(std::string_view body, const Profile& profile, Timestamp now);

}  // namespace dz::backtest
