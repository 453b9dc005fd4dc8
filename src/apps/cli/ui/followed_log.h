// A monitor's log of decisions as somebody follows it who does not trust it: what was accepted is kept in a file, and
// whatever comes next must go on from there.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/pubkey.h"
#include "base/time.h"
#include "transparency/follower.h"
#include "transparency/hand_on.h"

namespace dz::cli {

struct LogToFollow {
  std::string url;                 // before /checkpoint
  std::string state;               // file that keeps what was accepted
  std::optional<std::string> key;  // the log's verifier key; none: what is kept, at first what the log itself says
  std::vector<transparency::NoteKey> witnesses;   // each must have cosigned the newest checkpoint
  std::vector<transparency::AskWitness> hand_to;  // witnesses that are asked for the newest checkpoint: each must agree
  std::function<bool(ByteView entry)> wanted;     // which entries are told
};

struct LogNews {
  transparency::NoteKey key;
  bool key_by_itself = false;  // nobody but the log said that this is its key
  transparency::TreeHead before, after;
  struct Cosigned {
    std::string witness;
    Timestamp at;
  };
  std::vector<Cosigned> cosigned;
  struct Entry {
    std::uint64_t index = 0;
    Bytes bytes;
  };
  std::vector<Entry> entries;  // those that are new and wanted
};

// Refused: the log contradicts what was accepted or what a witness saw, or a witness has not cosigned it; in the first
// case the checkpoint is kept in STATE.refused, as evidence. Nothing of it is accepted.
Result<LogNews> follow_log(const LogToFollow& log, const transparency::FetchFile& fetch);

// How the witness there is asked, by HTTP.
transparency::AskWitness ask_witness_at(const transparency::WitnessAddress& witness);

// Files below that URL, within a minute each.
transparency::FetchFile fetch_files_at(const std::string& url);

}  // namespace dz::cli
