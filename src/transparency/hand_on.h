// A checkpoint of somebody else's log handed to a witness by whoever can read the log's files: it says yes, or it had
// been shown another story, and has the proof now that the log told two. Nobody has to be believed for that.
#pragma once

#include <functional>

#include "transparency/checkpoint.h"
#include "transparency/follower.h"
#include "transparency/witness_messages.h"

namespace dz::transparency {

// What the witness says to that request.
using AskWitness = std::function<Result<WitnessWord>(const AddCheckpoint& request)>;

// Refused: the witness saw another tree, or the log's files do not show what it signed, or the witness refuses for a
// reason of its own; the message says which. Retry: it saw more than this checkpoint has, or something else meanwhile.
Result<void> hand_on(const SignedCheckpoint& checkpoint, const FetchFile& fetch, const AskWitness& ask);

}  // namespace dz::transparency
