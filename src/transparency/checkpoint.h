// A checkpoint (C2SP tlog-checkpoint): the signed note in which a log says how many entries it has, and their root.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "transparency/merkle.h"
#include "transparency/note.h"

namespace dz::transparency {

struct Checkpoint {
  std::string origin;  // which log says so
  TreeHead head;
  std::vector<std::string> extensions = {};  // further lines, which say nothing here
  bool operator==(const Checkpoint&) const = default;
};

// The text of the note.
std::string render_checkpoint(const Checkpoint& checkpoint);
// Corrupt: not the text of a checkpoint.
Result<Checkpoint> parse_checkpoint(std::string_view text);

// A checkpoint with the note it came in.
struct SignedCheckpoint {
  Checkpoint checkpoint;
  Note note;
};
// Whoever signed it. Corrupt: no note with a checkpoint.
Result<SignedCheckpoint> read_checkpoint(std::string_view note);
// Refused: not signed by that log's key, or of another origin than the key's name.
Result<SignedCheckpoint> open_checkpoint(std::string_view note, const NoteKey& log);

// A decimal number without leading zeroes, below 2^63. None: it is not.
std::optional<std::uint64_t> parse_tree_number(std::string_view text);

}  // namespace dz::transparency
