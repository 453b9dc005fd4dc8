// Writes health to the ledger in batches. A batch is all or nothing on the ledger, so a record that is refused is
// taken out and the rest go again at once; a transaction whose outcome is unknown stays open until it is known. How
// many writes a batch has is found by trying: it grows while full ones land, up to what a transaction has room for, and
// is halved when the ledger says that one cost too much. Behind the writes of a batch goes a memo with the root over what
// is stated about them (attest/memo.h), unless the ledger did not take one.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "attest/statement.h"
#include "client/sender.h"
#include "control/plan_activator.h"
#include "domain/profile.h"
#include "wire/program_ids.h"

namespace dz::monitor {

// health `to` for a record that was judged in the state `judged`: the ledger refuses it in any other state.
struct HealthWrite {
  Pubkey key;
  control::GovernedRecord judged;
  Health to = Health::Unknown;
  bool reset = false;  // before it is judged (control/reset.h)
  // What is stated about it: where it is kept, and its hash, which the transaction carries. None: nothing is stated.
  struct Stated {
    std::int64_t index = 0;
    attest::Hash hash{};
    bool operator==(const Stated&) const = default;
  };
  std::optional<Stated> stated = {};
  bool operator==(const HealthWrite&) const = default;
};

struct HealthWriteOutcome {
  enum class Kind : std::uint8_t { Landed, Refused, Unknown, NotSent };
  HealthWrite write;
  Kind kind = Kind::NotSent;  // NotSent: also what was refused for no fault of the write, such as no lamports
  wire::Signature signature;  // unless NotSent
  Slot slot;                  // when Landed
  std::string reason;         // unless Landed
};

struct HealthWriterOptions {
  client::Clock clock;
  client::SenderOptions sender = {};
};

class HealthWriter {
 public:
  static constexpr std::size_t kFirstBatch = 8, kMostWrites = 64;

  // All references outlive the writer.
  HealthWriter(client::LedgerClient& ledger, const wire::Keypair& key, wire::ProgramIds ids,
               HealthWriterOptions options);

  // Sends what it can; outcomes that are known at once are returned, the others by collect(). anchor: the block hash
  // that was taken before the records were read (client/ledger_view.h); what is left of a refused batch goes with it
  // too.
  std::vector<HealthWriteOutcome> submit(std::vector<HealthWrite> writes, const Profile& profile,
                                         const client::LatestBlockhash& anchor);
  // Whether the key's Permission account goes with the writes: the ledger has it, activated.
  void use_permission(bool permission) { permission_ = permission; }
  std::vector<HealthWriteOutcome> collect();

  // Of the records in open transactions: the health that was sent.
  const std::map<Pubkey, Health>& under_way() const { return open_keys_; }
  std::size_t open_transactions() const { return open_.size(); }
  std::size_t batch() const { return batch_; }  // writes of the next transaction, at most
  // Why transactions carry no memo about their statements any more: the ledger did not take it. Empty: they do.
  const std::string& memo_problem() const { return memo_problem_; }

 private:
  // In which numbers, and with which block hash.
  struct Terms {
    const Profile* profile;
    client::LatestBlockhash anchor;
  };
  struct Open {
    std::vector<HealthWrite> writes;
    client::PendingTransaction pending;
    Terms terms;
  };

  void send_batch(std::vector<HealthWrite> batch, const Terms& terms, std::vector<HealthWriteOutcome>& outcomes);
  // The first of them, then the others.
  void send_split(std::vector<HealthWrite> batch, std::size_t first, const Terms& terms,
                  std::vector<HealthWriteOutcome>& outcomes);
  void settle(std::vector<HealthWrite> batch, const client::SendOutcome& outcome, const Terms& terms,
              std::vector<HealthWriteOutcome>& outcomes);

  // The memo of a batch of which everything is stated; none: it has none.
  std::optional<wire::Instruction> memo_of(const std::vector<HealthWrite>& batch) const;
  // Whether the batch was refused on account of its memo.
  bool refused_memo(const std::vector<HealthWrite>& batch, const client::Rejected& rejected) const;

  const wire::Keypair& key_;
  wire::ProgramIds ids_;
  std::string memo_problem_;
  bool permission_ = false;
  client::TransactionSender sender_;
  std::size_t batch_ = kFirstBatch, most_ = kMostWrites;
  std::vector<Open> open_;
  std::map<Pubkey, Health> open_keys_;  // every key in open_
};

}  // namespace dz::monitor
