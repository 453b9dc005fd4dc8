// The result of a step of a program: a value, or a refusal that carries both what goes on the wire and the sentence
// for people. The dispatcher logs the sentence and returns the error; nothing below it logs.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "wire/program_error.h"
#include "wire/transaction_error.h"

namespace dz::program {

struct Rejection {
  wire::InstructionError error;
  std::string why;  // what was expected, what was found
};

template <typename T>
using Outcome = tl::expected<T, Rejection>;
using Check = Outcome<void>;

inline tl::unexpected<Rejection> reject(wire::InstructionErrorKind kind, std::string why) {
  return tl::unexpected<Rejection>(Rejection{{kind, 0}, std::move(why)});
}
inline tl::unexpected<Rejection> reject(wire::ProgramError code, std::string why) {
  return tl::unexpected<Rejection>(
      Rejection{{wire::InstructionErrorKind::Custom, static_cast<std::uint32_t>(code)}, std::move(why)});
}
inline tl::unexpected<Rejection> reject(wire::TelemetryError code, std::string why) {
  return tl::unexpected<Rejection>(
      Rejection{{wire::InstructionErrorKind::Custom, static_cast<std::uint32_t>(code)}, std::move(why)});
}
// What upstream's program answers with a panic: a wrong owner, address, writability or signer.
inline tl::unexpected<Rejection> reject_accounts(std::string why) {
  return reject(wire::InstructionErrorKind::ProgramFailedToComplete, std::move(why));
}

}  // namespace dz::program
