// From a pass of the monitor to a statement: the record is judged once more with the inputs of the pass (which gives
// what the pass found), and its minutes are taken out of the rings. Pure: the same inputs give the same bytes.
#pragma once

#include <vector>

#include "attest/minutes.h"
#include "attest/statement.h"
#include "control/explain_record.h"
#include "control/health_decision.h"

namespace dz::attest {

// What does not change from pass to pass.
struct StatedBy {
  Hash genesis{};
  Pubkey program;
  Pubkey monitor;
  Hash policy{};  // sha256() of the policy's text
};

// The account that was judged.
struct JudgedAccount {
  Hash hash{};
  Slot slot;
};

// A statement, the leaves that its root is over, and the data of the account: what an evidence bundle is made of.
struct Stated {
  Statement statement;
  std::vector<Bytes> leaves;
  Bytes account = {};  // filled in by whoever has it
};

// The leaves of the minutes that a record is judged by: what a statement about it would rest on.
std::vector<Bytes> leaves_of(const control::JudgedNow& judged, const control::MonitorInputs& inputs);

// judged: of change.key, by these inputs.
Stated state_change(const control::HealthChange& change, const control::JudgedNow& judged,
                    const control::MonitorInputs& inputs, const StatedBy& by, const JudgedAccount& account);

}  // namespace dz::attest
