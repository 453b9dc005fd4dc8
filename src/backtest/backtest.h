// What another policy would have decided over recorded minutes, when, and what would have followed. The recorded
// minutes and records are put back pass by pass, on virtual time, and judged by the code that judges them in service:
// Evidence and plan_monitor(). With the policy that was in force it decides what was decided
// (backtest_test.cpp).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "backtest/backtest_records.h"
#include "storage/sqlite.h"
#include "verdict/policy.h"

namespace dz::backtest {

struct BacktestRequest {
  Timestamp from, to;
  verdict::Policy policy;
  std::size_t most_decisions = SIZE_MAX;  // more than these: TooMuch
};

// A change of health, decided or recorded, and the moves of status between it and the record's next one.
struct BacktestDecision {
  Timestamp at;
  Pubkey key;
  RecordKind kind = RecordKind::Link;
  std::string code;
  Health from = Health::Unknown, to = Health::Unknown;
  std::string reason;    // of the health table: "recovered"
  std::string sentence;  // for people
  std::vector<StatusStep> followed;
};

// A record that is elsewhere at the end than it was recorded.
struct BacktestPlace {
  struct Side {
    Status status = Status::Pending;
    Health health = Health::Unknown;
    bool operator==(const Side&) const = default;
  };
  Pubkey key;
  RecordKind kind = RecordKind::Link;
  std::string code;
  Side decided, recorded;
  Timestamp since;  // when it went another way for the last time
};

struct BacktestOutcome {
  Timestamp from, to;  // as far as there is anything recorded
  std::string policy_digest;
  const Profile* profile = &rfc_profile();
  struct InForce {
    Timestamp since;
    std::string digest;
  };
  std::vector<InForce> in_force;           // oldest first: what the recorded decisions were made under
  std::vector<BacktestDecision> decided;   // by the policy under test, in order of time
  std::vector<BacktestDecision> recorded;  // what really happened
  std::vector<BacktestPlace> elsewhere;    // by code
  std::vector<std::string> notes;          // what the reader should know: a window that was not recorded whole, gaps
  std::size_t records = 0, passes = 0;
};

// Reads the file of a monitor, which may be running; changes nothing. progress: after every recorded pass, the time it
// has come to; an error ends the backtest with it. NotFound: nothing is recorded of that time.
Result<BacktestOutcome> run_backtest(storage::SqliteDatabase& database, const BacktestRequest& request,
                                     const std::function<Result<void>(Timestamp)>& progress);

}  // namespace dz::backtest
