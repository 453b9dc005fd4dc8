// Writes health to the ledger in batches. A batch is all or nothing on the ledger, so a record that is refused is
// taken out and the rest go again at once; a transaction whose outcome is unknown stays open until it is known.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "client/sender.h"
#include "control/plan_activator.h"
#include "domain/profile.h"
#include "wire/program_ids.h"

namespace dz {

// health `to` for a record that was judged in the state `judged`: the ledger refuses it in any other state.
struct HealthWrite {
  Pubkey key;
  GovernedRecord judged;
  Health to = Health::Unknown;
  bool operator==(const HealthWrite&) const = default;
};

struct HealthWriteOutcome {
  enum class Kind : std::uint8_t { Landed, Refused, Unknown, NotSent };
  HealthWrite write;
  Kind kind = Kind::NotSent;
  Signature signature;  // unless NotSent
  Slot slot;            // when Landed
  std::string reason;   // unless Landed
};

class HealthWriter {
 public:
  static constexpr std::size_t kBatch = 8;

  // All references outlive the writer.
  HealthWriter(LedgerClient& ledger, const Keypair& key, ProgramIds ids, Clock clock);

  // Sends what it can; outcomes that are known at once are returned, the others by collect().
  std::vector<HealthWriteOutcome> submit(std::vector<HealthWrite> writes, const Profile& profile);
  std::vector<HealthWriteOutcome> collect();

  // Of the records in open transactions: the health that was sent.
  const std::map<Pubkey, Health>& under_way() const { return open_keys_; }
  std::size_t open_transactions() const { return open_.size(); }

 private:
  struct Open {
    std::vector<HealthWrite> writes;
    PendingTransaction pending;
    const Profile* profile;
  };

  void send_batch(std::vector<HealthWrite> batch, const Profile& profile, std::vector<HealthWriteOutcome>& outcomes);
  void settle(std::vector<HealthWrite> batch, const SendOutcome& outcome, const Profile& profile,
              std::vector<HealthWriteOutcome>& outcomes);

  const Keypair& key_;
  ProgramIds ids_;
  TransactionSender sender_;
  std::vector<Open> open_;
  std::map<Pubkey, Health> open_keys_;  // every key in open_
};

}  // namespace dz
