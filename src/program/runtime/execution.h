// The end of every program: the sentence of a refusal goes to the log, its error to the bank.
#pragma once

#include "program/runtime/outcome.h"
#include "program/runtime/runtime.h"

namespace dz::program {

inline ProgramResult report(Invocation& invocation, Check outcome) {
  if (outcome) return {};
  if (invocation.log != nullptr) invocation.log->push_back(outcome.error().why);
  return tl::unexpected<wire::InstructionError>(outcome.error().error);
}

}  // namespace dz::program
