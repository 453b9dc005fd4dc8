// The ledger's state and the rules of changing it. Pure: no clock, no disk, no socket; usable on virtual time.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/keyed_hash.h"
#include "ledger/execution.h"
#include "ledger/records.h"

namespace dz::ledger {

struct RecentBlockhash {
  Slot slot;
  wire::Blockhash hash;
};

// What a simulation may leave out.
struct Checks {
  bool signatures = true;
  bool blockhash = true;
};

class Bank {
 public:
  Bank(Snapshot snapshot, const Profile& profile, const program::ProgramOptions& options = {});

  // The slot that `now` belongs to becomes the current one; true when it changed. A clock set back by more than a few
  // seconds starts new slots after the current one; by less, the slot waits for the clock.
  bool advance(Timestamp now);
  // From the next slot on, slots have another length.
  void change_slot_length(Timestamp now, Duration length);

  const Genesis& genesis() const { return genesis_; }
  const Profile& profile() const { return *profile_; }
  const wire::ProgramIds& program_ids() const { return wire::local_program_ids(); }
  Slot slot() const { return slot_; }
  const SlotClock& clock() const { return clock_; }
  const storage::LivedTime& lived() const { return lived_; }
  std::uint64_t transaction_count() const { return transaction_count_; }
  std::size_t account_count() const { return accounts_.size(); }

  const wire::Account* find(const Pubkey& key) const;  // null: no such account; valid until the next record()
  const std::set<Pubkey>& owned_by(const Pubkey& program) const;

  RecentBlockhash latest_blockhash() const { return {slot_, hash_of(blockhashes_.back(), slot_)}; }
  std::optional<Slot> find_blockhash(const wire::Blockhash& hash) const;  // none: unknown or too old

  // Landed in the last kRecentSlots slots, else null.
  const LandedSignature* find_recent(const wire::Signature& signature) const;

  // What the transaction would do now. What is wrong with its lookup tables, SignatureFailure, BlockhashNotFound and
  // AlreadyProcessed are told here: one message is one transaction, however often and by whatever nonce it is signed.
  Execution simulate(const wire::Transaction& transaction, Checks checks = {}) const;
  // Makes a landed execution of this very state permanent and returns its record, which lives until take_batch().
  const TransactionRecord& record(const wire::Transaction& transaction, Execution execution);

  // What was recorded since the last call, and is not durable yet.
  const Batch& pending() const { return pending_; }
  Batch take_batch();

 private:
  void put(const Pubkey& key, const wire::Account& account);
  void forget_blockhashes(std::uint64_t passed);  // slots that passed
  const wire::Blockhash& hash_of(std::optional<wire::Blockhash>& kept, Slot slot) const;

  Genesis genesis_;
  const Profile* profile_;
  program::ProgramOptions options_;
  SlotClock clock_;
  storage::LivedTime lived_;  // in slots
  Slot slot_;
  std::uint64_t transaction_count_ = 0;
  std::unordered_map<Pubkey, wire::Account, KeyedHash> accounts_;
  std::map<Pubkey, std::set<Pubkey>> by_owner_;
  // Of the current slot, the last, and those before it. Found when first asked for: of most slots nobody ever asks.
  mutable std::deque<std::optional<wire::Blockhash>> blockhashes_;
  std::unordered_map<wire::Signature, LandedSignature, KeyedHash> recent_;
  std::deque<std::pair<Slot, wire::Signature>> recent_order_;
  std::unordered_set<wire::MessageHash, KeyedHash> recent_messages_;  // of recent_
  Batch pending_;
};

}  // namespace dz::ledger
