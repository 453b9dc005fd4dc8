// Whether what a node of the ledger shows may be acted on. A node may be behind the others, and a write goes to all of
// them: so a write rests only on what was read at or after the slot of the block hash it is sent with, never on less
// than was seen before (over restarts too), and not at all while the node's newest block is old.
//
// What is left: a block hash is good for about a minute, so a write that is proven now may land that much later; and a
// node that lies about its slot, its clock or a trail is believed. docs/adr/0013 weighs both.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "client/ledger_client.h"

namespace dz::client {

// Where the highest slot that was seen is kept over restarts, one for each ledger, which is named by its genesis hash.
// Empty functions: nothing is kept.
struct KeptSlots {
  std::function<Result<std::optional<Slot>>(const wire::Blockhash& genesis)> load;  // none: nothing is kept of it
  std::function<Result<void>(const wire::Blockhash& genesis, Slot slot)> save;
};
// In a small text file, a line "GENESIS SLOT" for each ledger. Processes may share it.
KeptSlots slots_in_file(const std::string& path);
// Keeps none; which ledger it is becomes known all the same.
KeptSlots no_slots();

struct ViewOptions {
  // Of the node's newest block, by the clock of this machine. Less than the time that a block hash is good for, or it
  // would refuse nothing that the ledger does not.
  Duration most_age = std::chrono::seconds{30};
  KeptSlots kept = {};
  // Looks at which the node was current may be this far apart, or what it showed was not followed between them.
  Duration most_apart = std::chrono::minutes{3};
};

// The block hash first: what is read after this is of its slot or a later one, and may carry a write that is sent with
// this very hash.
Result<LatestBlockhash> take_hash(LedgerClient& ledger);

// When that slot, or one shortly before it where it has no block, was made. None: the ledger does not tell.
Result<std::optional<Timestamp>> block_time_near(LedgerClient& ledger, Slot slot);

class LedgerView {
 public:
  // The ledger outlives the view.
  LedgerView(LedgerClient& ledger, ViewOptions options) : ledger_(ledger), options_(std::move(options)) {}

  // To be called before anything is read, until it succeeds: requires what was seen before a restart.
  Result<void> resume();
  // The state of that slot was read: no earlier one is taken from now on, nor after a restart.
  void saw(Slot slot);

  // What a write may be sent with, once all that it rests on was read after this call. A hash that was taken a moment
  // ago is given again, for what is read now is of its slot all the more. Retry: nothing may be written now.
  Result<LatestBlockhash> anchor(Timestamp now);

  // What was sent with it was not taken: the next one is a new one.
  void drop_anchor() { taken_.reset(); }

  // Why nothing is acted on until it changes: the newest block is old, or what was seen cannot be kept. Empty: nothing
  // is wrong. Of the last anchor().
  const std::string& problem() const { return problem_; }
  // Which ledger it is; none: not known yet.
  const std::optional<wire::Blockhash>& genesis() const { return genesis_; }
  // How old the newest block was then; none: not known.
  std::optional<Duration> block_age() const { return block_age_; }
  // When that was; none: never yet.
  std::optional<Timestamp> looked_at() const { return looked_at_; }
  // Since when what the node showed was followed: it was current, and never for longer than most_apart not known to be.
  // Reads that are answered meanwhile tell nothing, for they may show the state of one slot again and again. None: it
  // was never current.
  std::optional<Timestamp> followed_since() const { return followed_since_; }
  Duration most_age() const { return options_.most_age; }

 private:
  struct Taken {
    LatestBlockhash hash;
    Timestamp at;
  };
  Result<void> keep();
  void note_current(Timestamp now);
  std::string problem_with_age(Slot slot) const;

  LedgerClient& ledger_;
  ViewOptions options_;
  std::optional<wire::Blockhash> genesis_;  // known once resumed, where slots are kept
  Slot seen_, kept_;
  std::optional<Taken> taken_;
  std::optional<Duration> block_age_;
  std::optional<Timestamp> looked_at_, current_at_, followed_since_;
  std::string problem_;
};

}  // namespace dz::client
