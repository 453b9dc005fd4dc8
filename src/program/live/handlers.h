// The live program's own handlers of devices, interfaces, links and health; the others are those of program/handlers.h.
// docs/formats/program-live.md says what they check, in which order, and what differs from the guarded program.
#pragma once

#include "program/accounts.h"
#include "wire/instructions/device.h"
#include "wire/instructions/link.h"

namespace dz::live {

// health.cpp
Check apply(Accounts& accounts, const SetDeviceHealthArgs& args);
Check apply(Accounts& accounts, const SetLinkHealthArgs& args);

}  // namespace dz::live
