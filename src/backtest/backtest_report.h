// A backtest beside what really happened: decisions in pairs, the difference called out, as a table and as JSON.
#pragma once

#include <boost/json/object.hpp>

#include "backtest/backtest.h"

namespace dz::backtest {

enum class BacktestDifference : std::uint8_t {
  Same,     // in the same minute
  Earlier,  // than the recorded one
  Later,
  New,      // nothing was recorded like it
  Missing,  // recorded, and not decided by the policy under test
};
std::string_view to_text(BacktestDifference difference);  // "same", "earlier", ...

struct BacktestRow {
  BacktestDifference difference = BacktestDifference::Same;
  const BacktestDecision* decided = nullptr;   // null: Missing
  const BacktestDecision* recorded = nullptr;  // null: New
  const BacktestDecision& any() const { return decided != nullptr ? *decided : *recorded; }
};

// In order of time. Decisions of a record make pairs, in order and near in time, when they are the same change of
// health. The rows point into the outcome.
std::vector<BacktestRow> compare_backtest(const BacktestOutcome& outcome);

// record: of this pubkey or code only; empty: of all. policy_name: of the file, for people.
std::string render_backtest(const BacktestOutcome& outcome, std::string_view policy_name, std::string_view record);
boost::json::object backtest_json(const BacktestOutcome& outcome, std::string_view policy_name,
                                  std::string_view record);

}  // namespace dz::backtest
