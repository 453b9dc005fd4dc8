// What a log and its witness say to each other (C2SP tlog-witness, add-checkpoint), as bytes. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "transparency/checkpoint.h"

namespace dz::transparency {

inline constexpr std::size_t kMostProofLines = 63;
inline constexpr std::string_view kSizeType = "text/x.tlog.size";  // of an answer 409

// A log asks for a cosignature of `note`, which goes on from the tree of `old_size` entries that the witness has seen.
struct AddCheckpoint {
  std::uint64_t old_size = 0;
  Proof proof;
  std::string note;
  bool operator==(const AddCheckpoint&) const = default;
};
std::string render_add_checkpoint(const AddCheckpoint& request);
// Refused: no such request, in its form.
Result<AddCheckpoint> parse_add_checkpoint(std::string_view body);

// A witness as a log knows it: its key, a space, and the address before /add-checkpoint.
struct WitnessAddress {
  NoteKey key;
  std::string url;
  bool operator==(const WitnessAddress&) const = default;
};
// Refused, with what was expected.
Result<WitnessAddress> parse_witness_address(std::string_view text);

// What a witness answered.
struct WitnessWord {
  enum class Kind {
    Cosigned,
    Behind,   // it has seen a tree of other_size entries, and asks for a proof from there
    Refused,  // for good, or for now: `trouble` says what it said
  };
  Kind kind = Kind::Refused;
  std::vector<NoteSignature> cosignatures = {};
  std::uint64_t other_size = 0;
  std::string trouble = {};
};
// The answer to a request to cosign that note; only signatures by that key count.
WitnessWord read_witness_answer(int status, std::string_view body, const Note& note, const NoteKey& witness);

}  // namespace dz::transparency
