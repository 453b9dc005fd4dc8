// Who runs an instruction on a contributor's records.
#pragma once

#include "program/rules/authorize.h"

namespace dz::program::live {

struct Caller {
  bool owner = false;       // of the contributor account in the instruction
  bool privileged = false;  // NETWORK_ADMIN, or the foundation
};

// A permission account that is not there or is another's gives no right, and is no error either.
Caller caller_of(const Accounts& accounts, const GlobalState& state, const Contributor& contributor);

// `action` completes "may not ...".
Check authorize(const Caller& caller, wire::ProgramError otherwise, std::string_view action);

}  // namespace dz::program::live
