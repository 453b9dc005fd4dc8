// The embedded ledger without sockets: bank and archive, and what their users hear. A transaction is `processed` at
// once; it is confirmed and finalized when the batch that holds it is durable. Runs on whatever time it is given, so a
// simulation can own one.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ledger/bank.h"
#include "ledger/ledger_archive.h"

namespace dz::ledger {

struct LedgerOptions {
  const Profile* profile = &rfc_profile();
  program::ProgramOptions program;
  Duration slot_length = kDefaultSlotLength;
  // Transactions are kept this long, counted in slots that the ledger lived; at least 1 h.
  Duration history = std::chrono::hours{24 * 30};
  // Of a new ledger only.
  std::uint64_t faucet_lamports = 500'000'000'000'000'000;
  Duration genesis_age = Duration::zero();  // how long before `now` slot 0 began
  std::array<std::uint8_t, 32> secret{};    // random, except where runs must be repeatable
};

// Called at the moment it happens, within the call that causes it. An observer must not change the ledger.
class LedgerObserver {
 public:
  virtual ~LedgerObserver() = default;
  virtual void on_slot(Slot slot) = 0;
  // accounts: those the transaction changed, in their new state; Account{} is gone.
  virtual void on_processed(const TransactionRecord& record,
                            const std::vector<std::pair<Pubkey, const wire::Account*>>& accounts) = 0;
  virtual void on_durable(const Batch& batch) = 0;
};

struct Submission {
  bool accepted = false;  // the signature may be given out; the transaction landed unless its block hash was unknown
  Execution execution;    // with accepted false: why not
};

class Ledger {
 public:
  // Loads the archive, or creates a ledger in it. Refused when the ledger in the archive has another profile.
  static Result<std::unique_ptr<Ledger>> open(std::unique_ptr<LedgerArchive> archive, const LedgerOptions& options,
                                              Timestamp now);

  const Bank& bank() const { return bank_; }
  LedgerArchive& archive() { return *archive_; }
  void observe(LedgerObserver* observer) { observers_.push_back(observer); }  // must outlive the ledger

  void advance(Timestamp now);

  // With preflight, a transaction that would fail is declined and leaves no trace; without, it lands as failed and
  // pays its fee. A wrong signature, or a lookup table that does not have its accounts, is declined either way.
  Submission submit(const wire::Transaction& transaction, bool preflight);
  // Lamports from the faucet, as an ordinary transfer. Refused when the faucet has not enough.
  Result<wire::Signature> airdrop(const Pubkey& to, std::uint64_t lamports);

  bool has_pending() const { return unwritten_ || !bank_.pending().empty(); }
  // Makes everything processed durable. Retry (a full disk): the ledger is ahead of its archive, confirms nothing, and
  // the next commit tries the same again. Any other failure is for good, and the process must end.
  Result<void> commit();
  // Why the last commit failed; none: it did not.
  const std::optional<Error>& failure() const { return failure_; }
  // Whether a transaction may be submitted: what could not be written is tried again first. Nothing is taken that would
  // only lie in memory.
  Result<void> ready_to_take();

  struct Status {
    Slot slot;
    bool durable = false;
    std::optional<wire::TransactionError> error;
  };
  Result<std::optional<Status>> status(const wire::Signature& signature);

 private:
  Ledger(std::unique_ptr<LedgerArchive> archive, Snapshot snapshot, const LedgerOptions& options);
  void record(const wire::Transaction& transaction, Execution execution);
  bool is_pending(const wire::Signature& signature) const;
  Result<void> write(const Batch& batch);

  std::unique_ptr<LedgerArchive> archive_;
  Bank bank_;
  wire::Keypair faucet_;
  std::uint64_t history_slots_ = 0;
  std::uint64_t airdrops_ = 0;
  std::optional<Batch> unwritten_;  // that the archive could not take yet
  std::optional<Error> failure_;
  std::vector<LedgerObserver*> observers_;
};

}  // namespace dz::ledger
