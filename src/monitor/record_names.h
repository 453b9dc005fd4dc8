// Whether the interfaces that ledger records name may be others than before. Which these are is asked of all records
// (control/gather.h); that a record changed seldom changes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "base/keyed_hash.h"
#include "client/snapshot.h"
#include "control/record_changes.h"

namespace dz::monitor {

class RecordNames {
 public:
  // changes: of these records, from call to call. True: some record names other interfaces now, or it is not known.
  bool follow(const client::Snapshot& records, const control::RecordChanges& changes);

 private:
  std::optional<std::uint64_t> revision_;
  std::unordered_map<Pubkey, std::size_t, KeyedHash> names_;  // a hash of those of each record
};

}  // namespace dz::monitor
