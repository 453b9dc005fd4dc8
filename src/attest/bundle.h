// Everything that shows one decision, in one file that travels: the transaction, what it makes true, the account and
// the minutes that were judged, the policy, and the place in the log. Nothing in it is to be believed before verify.h
// has looked at it. Pure; docs/formats/decision-bundle.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "transparency/merkle.h"

namespace dz::attest {

struct Bundle {
  Bytes transaction;                   // as the ledger has it
  std::vector<Bytes> statements;       // of the transaction, in the order of its instructions
  std::uint64_t decision = 0;          // which of them the rest is about
  Bytes account;                       // the data of the record as it was judged
  std::vector<Bytes> minutes;          // the leaves of the decision's root
  std::string policy;                  // its text
  std::uint64_t index = 0;             // of the decision in the log
  transparency::Proof inclusion;       // under the checkpoint
  std::string checkpoint;              // a signed note
  std::vector<std::string> witnesses;  // keys of those who cosigned it, as C2SP writes them
  bool operator==(const Bundle&) const = default;
};

// One line of JSON, always the same for the same content.
std::string encode(const Bundle& bundle);
// Corrupt: any text but those that encode() gives; the message begins with the member that is wrong.
Result<Bundle> decode_bundle(std::string_view text);

inline constexpr std::size_t kMostBundle = 16U << 20;  // bytes of a file

}  // namespace dz::attest
