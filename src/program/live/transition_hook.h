// The status transitions that upstream's program has and has switched off since 2026-02-17: run only when the ledger is
// told to (ProgramOptions), after creation, acceptance, update and a new health. One transition a call.
#pragma once

#include "domain/records.h"
#include "program/runtime/runtime.h"

namespace dz::program::live {

void run_transition_hook(Link& link, const ProgramOptions& options);
void run_transition_hook(Device& device, const ProgramOptions& options);

}  // namespace dz::program::live
