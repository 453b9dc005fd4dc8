// What has to happen before a criterion that is not met can be: time alone, a source, or somebody's hand.
#pragma once

#include <cstdint>

#include "evidence/tally.h"

namespace dz::verdict {

// What has to happen before an unmet criterion can be met. Those of minutes, up to SourceAnswers, are in order: where
// several signals are asked for, what is last in it has to happen too.
enum class ToDo : std::uint8_t {
  Nothing,        // it is met, or does not apply
  CleanMinutes,   // minutes without offence, up to Finding::earliest: time alone brings it
  ObservedAgain,  // its newest minute is not known: minutes count from when they are observed again
  Repair,         // it is bad in its newest minute: clean minutes count from its repair on
  FirstHeard,     // the source answers, and nothing was heard of it in the whole window
  SourceAnswers,  // the source has to answer, or to be configured
  DrainLink,      // record criteria: the contributor has to change the record
  DesireActivated,
  SetPublicIp,
  AddDzPrefix,
  SetMaxUsersZero,
  HardDrainDevice,
  ActivateDia,  // also device.dia_up without any candidate
  ActivateLinkPort,
  DrainOrActivateLink,  // device.link_up without any candidate
  QaWithoutFailure,     // the last failure has to leave the window
  QaGoesOn,             // it runs and passes, not often enough yet
  QaRuns,               // nobody runs it, or not with this device
  LedgerGrows,          // until it has as many slots as the window: time brings that too
  LedgerTells,          // how long its slots take: until then the window is not known
};

// Of an unmet signal; null: nothing was ever seen.
ToDo to_do_of(const evidence::SignalTally* tally, bool stale);

}  // namespace dz::verdict
