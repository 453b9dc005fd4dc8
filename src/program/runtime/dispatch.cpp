// The serviceability programs: which one a ledger runs, and instruction tag -> handler.
#include <algorithm>

#include <fmt/format.h>

#include "program/runtime/execution.h"
#include "program/runtime/instruction_table.h"

namespace dz::program {

const ServiceabilityProgram& program_of(const Profile& profile) {
  return profile.guarded ? guarded::serviceability() : live::serviceability();
}

namespace {

Check reject_tag(ByteView data) {
  if (!data.empty() && wire::is_deprecated(data[0])) {
    return reject(wire::ProgramError::Deprecated, "the instruction is no longer served");
  }
  constexpr auto kError = wire::InstructionErrorKind::InvalidInstructionData;
  if (!data.empty()) {
    if (const auto name = wire::unserved_instruction(data[0]); !name.empty()) {
      return reject(kError,
                    fmt::format("this ledger does not serve {}: it keeps no tenants, multicast groups and feeds, "
                                "and moves no users of old kinds",
                                name));
    }
    if (const auto name = to_text(static_cast<wire::InstructionTag>(data[0])); !name.empty()) {
      return reject(kError, fmt::format("the program of this ledger does not serve {}", name));
    }
  }
  return reject(kError, "this ledger knows no such instruction");
}

Check run(Invocation& invocation) {
  const auto tag = wire::instruction_tag(invocation.data);
  if (!tag) return reject_tag(invocation.data);
  const auto& program = program_of(*invocation.profile);
  const auto& entries = program.instructions;
  const auto entry = std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.tag == *tag; });
  if (entry == entries.end()) return reject_tag(invocation.data);
  if (invocation.log != nullptr) invocation.log->push_back("Instruction: " + std::string(to_text(*tag)));
  Accounts accounts(invocation, program.rules);
  return entry->handler(accounts);
}

}  // namespace

ProgramResult execute_serviceability(Invocation& invocation) { return report(invocation, run(invocation)); }

std::string check_invariants(std::span<const AccountChange> changes, const TransactionFacts& facts) {
  const auto& program = program_of(*facts.profile);
  return program.check_invariants != nullptr ? program.check_invariants(changes, facts) : std::string();
}

}  // namespace dz::program
