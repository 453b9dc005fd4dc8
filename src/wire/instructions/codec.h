// Arguments of an instruction as bytes: the tag, then the fields in the order of the struct's fields(), which is the
// layout for both directions (borsh.h). Every args struct has
//   static constexpr auto kTag = ...;
//   template <typename Self, typename Io> static void fields(Self& a, Io& io[, const Profile& profile]);
// and as initial values what the program takes for a field that an older client leaves out.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "domain/profile.h"
#include "wire/borsh.h"
#include "wire/instructions/tags.h"

namespace dz::wire {

template <typename Args>
concept InstructionArgs = requires {
  Args::kTag;
};

// Args with words whose numbers differ between ledgers.
template <typename Args>
concept ProfiledArgs = InstructionArgs<Args> && requires(Args& args, ArgsReader& io, const Profile& profile) {
  Args::fields(args, io, profile);
};

template <InstructionArgs Args>
requires(!ProfiledArgs<Args>) Bytes encode(const Args& args) {
  BorshWriter out;
  out(static_cast<std::uint8_t>(Args::kTag));
  Args::fields(args, out);
  return std::move(out).take();
}

// Refused when this ledger has no number for a word in args.
template <ProfiledArgs Args>
Result<Bytes> encode(const Args& args, const Profile& profile) {
  BorshWriter out;
  out(static_cast<std::uint8_t>(Args::kTag));
  Args::fields(args, out, profile);
  if (!out.unexpressible().empty()) {
    return refused("'" + std::string(out.unexpressible()) + "' does not exist here on a ledger of profile " +
                   std::string(profile.name) + "; choose another word");
  }
  return std::move(out).take();
}

// data is the whole instruction data, tag included. Corrupt when a field that is there does not decode.
template <InstructionArgs Args>
Result<Args> decode_args(ByteView data, const Profile& profile) {
  if (data.empty() || data[0] != static_cast<std::uint8_t>(Args::kTag)) {
    return corrupt("expected the data of instruction " + std::to_string(static_cast<int>(Args::kTag)));
  }
  ArgsReader in(data.subspan(1));
  Args args;
  if constexpr (ProfiledArgs<Args>) {
    Args::fields(args, in, profile);
  } else {
    Args::fields(args, in);
  }
  if (in.broken()) {
    return corrupt("the arguments of instruction " + std::to_string(static_cast<int>(Args::kTag)) + " do not decode");
  }
  return args;
}

}  // namespace dz::wire
