// One serviceability program: its instructions, its rules, and what holds over every transaction.
#pragma once

#include <span>
#include <string>

#include "program/runtime/accounts.h"
#include "wire/instructions/codec.h"

namespace dz::program {

using Handler = Check (*)(Accounts& accounts);

struct InstructionEntry {
  wire::InstructionTag tag;
  Handler handler;
};

// The arguments that a handler takes.
template <typename Args>
Args args_of(Check (*)(Accounts&, const Args&));

// Decodes the arguments, then runs the handler. Upstream's program panics on arguments that do not decode.
template <typename Args, Check (*handler)(Accounts&, const Args&)>
Check decode_and_run(Accounts& accounts) {
  const auto& invocation = accounts.invocation();
  const auto args = wire::decode_args<Args>(invocation.data, *invocation.profile);
  if (!args) return reject_accounts(args.error().message);
  return handler(accounts, *args);
}

// The entry of a handler with arguments, under the tag of the arguments: with_args<create_link>().
template <auto handler>
constexpr InstructionEntry with_args() {
  using Args = decltype(args_of(handler));
  return {Args::kTag, decode_and_run<Args, handler>};
}

struct ServiceabilityProgram {
  std::span<const InstructionEntry> instructions;
  ProgramRules rules;
  // The broken rule, or empty. Null: nothing holds but what the instructions themselves check.
  std::string (*check_invariants)(std::span<const AccountChange> changes, const TransactionFacts& facts) = nullptr;
};

// The program that a ledger of this profile runs. Nothing else in this folder asks whether a profile is guarded. The
// telemetry program goes by the rules of the serviceability program beside it.
const ServiceabilityProgram& program_of(const Profile& profile);  // dispatch.cpp

namespace guarded {
// Enforces the lifecycle and who writes what (guarded/table.cpp).
const ServiceabilityProgram& serviceability();
}  // namespace guarded
namespace live {
// What runs on the live network (live/table.cpp): docs/formats/program-live.md.
const ServiceabilityProgram& serviceability();
}  // namespace live

}  // namespace dz::program
