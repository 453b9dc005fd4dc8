// Who drained a record, as the ledger's history tells it: for people only, nothing is decided by it. Records that are
// out of service because somebody wants that are looked up once for each drain, a few requests a pass; where the ledger
// does not keep so much of its history, nobody is named.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "client/ledger_client.h"
#include "client/record_trail.h"
#include "client/snapshot.h"
#include "control/record_changes.h"
#include "control/shard.h"
#include "verdict/explain.h"

namespace dz::monitor {

class DrainWatch {
 public:
  struct Watched {
    const client::Snapshot& records;
    const control::RecordChanges& changes;  // of these records, from call to call
    const control::Ownership& ownership;    // whose are looked up
  };
  // Looks up what is not known yet of the records of the snapshot.
  void step(client::LedgerClient& ledger, const Watched& watched, Timestamp now);

  // Null: it is not drained, or nobody can be named.
  const verdict::DrainedBy* find(const Pubkey& record) const;
  std::uint64_t revision() const { return revision_; }  // another number whenever somebody is named, or no more

 private:
  struct Looked {
    DesiredStatus desired_status = DesiredStatus::Activated;
    std::unique_ptr<client::RecordTrail> trail;  // null: looked up, as far as it goes
    std::size_t requests = 0;
    Timestamp not_before;
    std::optional<verdict::DrainedBy> by;
  };
  void look(client::LedgerClient& ledger, const client::Snapshot& records, const Pubkey& key, Looked& looked,
            Timestamp now);
  void follow(const client::Snapshot& records, const Pubkey& key);

  std::map<Pubkey, Looked> looked_;                // of those that somebody keeps out of service
  std::optional<std::uint64_t> records_revision_;  // that was followed
  std::uint64_t revision_ = 0;
};

}  // namespace dz::monitor
