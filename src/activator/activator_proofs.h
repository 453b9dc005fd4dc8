// What the trails of records prove, for records that the activator would move if it could. Only their trails are read,
// a few requests a second, and kept until the record needs no proof any more: a network full of links drained by hand
// does not cause a storm of requests. A proof that is about to be acted upon is made again just before.
#pragma once

#include <map>
#include <set>
#include <string>

#include "client/record_trail.h"
#include "control/plan_activator.h"

namespace dz::activator {

struct ProofOptions {
  double requests_per_second = 10;                 // in the long run; twice as many at once
  Duration look_again = std::chrono::minutes{10};  // at trails of which nothing was heard
  client::TrailLimits trail{.page = 100};
};

class ActivatorProofs {
 public:
  ActivatorProofs(client::LedgerClient& ledger, wire::ProgramIds ids, ProofOptions options = {});

  // The record was written: its trail is longer, even when it looks the same.
  void on_event(const Pubkey& record);

  // Forgets what needs no proof any more, and reads on what is due.
  void update(const Profile& profile, const control::GovernedRecords& records, const control::Witnesses& witnesses,
              Timestamp now);
  // Of every record that needs one and whose trail was read as far as needed at least once.
  const control::Proofs& proofs() const { return proofs_; }
  // Catches up with the record's trail, whatever is due, and proves anew: to be asked right before a write.
  bool still_proven(const Profile& profile, const Pubkey& key, const control::GovernedRecord& record,
                    const control::Witnesses& witnesses);

  // When update() has something to do; none: after an event.
  std::optional<Timestamp> next_look() const { return next_look_; }
  // Trails that are being read.
  std::size_t unread() const { return due_.size(); }
  std::uint64_t requests() const { return requests_made_; }
  // Why trails cannot be read; empty when they can.
  const std::string& problem() const { return problem_; }

 private:
  struct Entry {
    client::RecordTrail trail;
    control::GovernedRecord record;
    Timestamp looked_at;
  };

  void follow(const Profile& profile, const control::GovernedRecords& records, Timestamp now);
  bool read(const Pubkey& key, const control::Witnesses& witnesses, Timestamp now);
  Result<bool> prove_with(Entry& entry, control::Proof& proof, const control::Witnesses& witnesses,
                          std::size_t& requests);
  void refill(Timestamp now);
  void plan_next_look(Timestamp now);

  client::LedgerClient& ledger_;
  wire::ProgramIds ids_;
  ProofOptions options_;
  const Profile* profile_ = nullptr;  // of the records that entries_ are about
  std::map<Pubkey, Entry> entries_;
  control::Proofs proofs_;
  std::set<Pubkey> urgent_;  // changed, or written to: before the others
  std::set<Pubkey> due_;     // to be read on
  double allowance_ = 0;     // requests
  std::optional<Timestamp> refilled_at_, not_before_, next_look_;
  std::uint64_t requests_made_ = 0;
  std::string problem_;
};

}  // namespace dz::activator
