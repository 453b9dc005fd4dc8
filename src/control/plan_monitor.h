// What the monitor does next: evidence, records and what is remembered of them in; health writes, alarms and the next
// time to look out. Pure: everything it knows is an argument, so the same inputs and the same book give the same plan,
// and the same book for the next pass.
#pragma once

#include <vector>

#include "control/alarms.h"
#include "control/find_causes.h"
#include "control/health_decision.h"
#include "control/monitor_inputs.h"
#include "control/record_book.h"

namespace dz::control {

struct MonitorPlan {
  std::vector<HealthChange> changes;  // links first, each ordered by key
  std::vector<MonitorAlarm> alarms;
  std::vector<FoundCause> causes;  // of what was found bad, what explains more first
  Timestamp next_look;  // a minute closes, a source becomes stale or a hold ends: look again at the latest then
  int assessed = 0;     // records judged anew in this pass; the others could not have changed
  // Of them those whose verdict became another, in order of their places in the book; all of them when entries were
  // made anew.
  std::vector<Pubkey> moved;
  // False: all is as the last pass left it, but for the time, and what is remembered was saved.
  bool is_news = false;
};

// One pass. Judges what may have changed since the last pass with this book; the outcome is that of judging everything.
// Counts every change planned as tried when inputs.writable().
//
// Judged are, while nothing but time passed: records that changed, or that something is on its way to, or whose last
// change was not written yet, and those whose time has come (Decision::look_again). When a minute closes or a closed
// one changed: all but calm records (calm.h). When anything changed that all are judged on: all.
MonitorPlan plan_monitor(const MonitorInputs& inputs, RecordBook& book);

}  // namespace dz::control
