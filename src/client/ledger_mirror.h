// The records that a daemon lives by, kept up to date with few and small requests: everything once, then the accounts
// that are said to have changed, and everything again now and then, for hints get lost. When the ledger does not
// answer, the last state stays, with its age. Slots only go forward: the client refuses older answers once a later one
// was taken.
//
// Only what monitor and activator need is read: program and global state, contributors, permissions, devices, links,
// and for who shows them the places of devices. Users, access passes and the rest of a live network are many times as
// many and are left out.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/keyed_hash.h"
#include "client/ledger_client.h"
#include "client/ledger_view.h"
#include "client/snapshot.h"

namespace dz::client {

// How old what was read may be before nothing is done by it and its daemon calls itself failing: three polls, for one
// may fail, and half a minute at least, for a poll takes its time however often it is wished for.
Duration longest_without_poll(Duration poll_interval);
// Empty while the last poll is no older than that, else what is wrong, for people.
std::string overdue_text(std::optional<Timestamp> last_poll, Duration poll_interval, Timestamp now);

struct MirrorOptions {
  wire::ProgramIds ids;
  Duration poll_interval = std::chrono::seconds{60};  // everything is read again this often
  Duration gather{};               // notifications wait this long for others, to be read with one request
  const Profile* named = nullptr;  // read with this one whatever the ledger says
  ViewOptions view = {};
  bool places = false;  // exchanges and locations are read too
};

// What one step did.
struct MirrorUpdate {
  bool changed = false;         // some record changed, or the snapshot is a new one
  bool everything = false;      // then which ones is not said: look at all of them
  std::vector<Pubkey> records;  // else: the accounts that changed, or are gone
  bool polled = false;          // a full read was completed
  std::optional<Error> failure;
};

struct MirrorCounters {
  std::uint64_t polls = 0;            // full reads that were completed
  std::uint64_t failures = 0;         // reads of either kind that failed
  std::uint64_t accounts_reread = 0;  // one by one, because something was said of them
};

class LedgerMirror {
 public:
  // client outlives the mirror.
  LedgerMirror(LedgerClient& client, MirrorOptions options);

  // A hint that the account changed, at that slot if it is known: the next step reads it again.
  void look_at(const Pubkey& account, Slot slot = {});
  // The same of a notification, once others are gathered; those of accounts that are not kept here are ignored.
  void look_at(const AccountNotification& change);
  // A hint that anything may have changed (events were missed): the next step reads everything again.
  void look_at_everything() { next_poll_.reset(); }
  // The clock was wrong: what was to be done at some time is to be done now.
  void forget_times();

  // Reads what is due. Calls block for as long as the client's do.
  MirrorUpdate step(Timestamp now);
  // Reads these accounts at once, whatever is due; at most 100.
  MirrorUpdate read(const std::vector<Pubkey>& accounts);
  // When something is due; none: now.
  std::optional<Timestamp> next_read() const;

  // Whether what is read may be acted on. It is resumed before the first read, and sees every slot that is read.
  LedgerView& view() { return view_; }
  const LedgerView& view() const { return view_; }

  // None before the first full read, and after the ledger's program became another until everything was read anew.
  const std::optional<Snapshot>& snapshot() const { return snapshot_; }
  // Whether an event said that the account changed, and it was not read since.
  bool awaits(const Pubkey& account) const { return dirty_.contains(account); }
  // The account as it was last read, and a slot at which it was so; null: it is not kept.
  struct ReadAccount {
    Bytes data;
    Slot slot;
  };
  const ReadAccount* account(const Pubkey& key) const;
  // When the last complete full read began.
  std::optional<Timestamp> last_poll() const { return last_poll_; }
  const MirrorCounters& counters() const { return counters_; }

 private:
  bool is_kept(wire::AccountType type) const;
  void poll(Timestamp now, MirrorUpdate& update);
  Result<void> read_part(std::size_t part, MirrorUpdate& update);
  Result<void> read_head(MirrorUpdate& update);
  Result<void> read_type(wire::AccountType type, MirrorUpdate& update);
  void reread_dirty(Timestamp now, MirrorUpdate& update);
  Result<void> read_accounts(const std::vector<Pubkey>& keys, MirrorUpdate& update);
  void follow_profile(MirrorUpdate& update);
  void take(const Pubkey& key, const wire::Account* account, Slot slot, MirrorUpdate& update);
  void taken(Slot slot, Snapshot& into);
  void succeeded();
  void retry_later(Timestamp now, const Error& error, MirrorUpdate& update);
  Snapshot& target();

  LedgerClient& client_;
  MirrorOptions options_;
  LedgerView view_;
  std::vector<wire::AccountType> types_;  // the parts of a full read after the head, each one request
  std::vector<Pubkey> head_;              // the accounts that are one of a kind; finding an address takes long
  std::optional<Snapshot> snapshot_;
  std::optional<Snapshot> first_;  // being read for the first time
  // What the records of the snapshot were decoded from: most accounts of a poll are what they were at the one before.
  std::unordered_map<Pubkey, ReadAccount, KeyedHash> decoded_;
  std::set<Pubkey> dirty_;
  std::optional<Timestamp> dirty_since_;  // of the first step that saw them
  bool urgent_ = false;                   // they wait for no others
  std::size_t next_part_ = 0;             // of the full read under way
  std::optional<Timestamp> poll_began_, last_poll_;
  std::optional<Timestamp> next_poll_;   // none: now
  std::optional<Timestamp> not_before_;  // after a failure
  int failures_ = 0;                     // since the last read that did not fail
  MirrorCounters counters_;
};

}  // namespace dz::client
