// Instructions of the telemetry program on latency over the internet; telemetry.cpp calls them.
#pragma once

#include "program/runtime/accounts.h"
#include "wire/instructions/telemetry.h"

namespace dz::program {

Check initialize_internet(Accounts& accounts, const wire::InitializeInternetSamplesArgs& args);
Check write_internet(Accounts& accounts, const wire::WriteInternetSamplesArgs& args);

}  // namespace dz::program
