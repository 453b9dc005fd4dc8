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
  // Whether a record that stays as it is may be "written" through a read-only account.
  bool unchanged_may_be_read_only = false;
  // The answer to a read-only account that pays, is paid or is created.
  wire::InstructionErrorKind read_only_payment = wire::InstructionErrorKind::ProgramFailedToComplete;
  // The answer to a payer who has not enough lamports.
  wire::InstructionError out_of_lamports{wire::InstructionErrorKind::InsufficientFunds, 0};
  // A pool that is built anew over the old one is the payer's, as if it had been created; else its owner stays.
  bool payer_owns_rebuilt_pools = false;
  // A pool of too many addresses is refused before it is created, with InvalidArgument; else as an account that grows
  // too far, with InvalidRealloc.
  bool checks_size_of_pools = true;
};

}  // namespace dz::program
