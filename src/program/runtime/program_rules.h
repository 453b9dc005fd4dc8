// Where the two programs differ in what every instruction does: with its accounts, its money, its pools. Each program
// says it once, where it is defined (guarded/table.cpp, live/table.cpp).
#pragma once

#include "wire/transaction_error.h"

namespace dz::program {

struct ProgramRules {
  // Accounts after the end of the list are refused with InvalidArgument; else nobody looks at them.
  bool refuses_surplus_accounts = true;
  // The answer to a record that would be written through a read-only account.
  wire::InstructionErrorKind read_only_record = wire::InstructionErrorKind::ProgramFailedToComplete;
  // The answer to a payer who has not enough lamports.
  wire::InstructionError out_of_lamports{wire::InstructionErrorKind::InsufficientFunds, 0};
  // A pool of too many addresses is refused before it is created, with InvalidArgument; else as an account that grows
  // too far, with InvalidRealloc.
  bool checks_size_of_pools = true;
};

}  // namespace dz::program
