// The links and devices of the ledger in the order in which lists show them. It is kept: whoever asks for a page pays
// for the page, and a change of records for what changed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "client/snapshot.h"
#include "control/record_changes.h"
#include "monitor/list_page.h"

namespace dz::monitor {

class RecordOrder {
 public:
  // After each read of the ledger.
  void follow(const client::Snapshot& records, const control::RecordChanges& changes);
  // Ordered, each once.
  std::span<const RecordPlace> places() const { return places_; }

 private:
  void follow_all(const client::Snapshot& records);
  void follow_one(const client::Snapshot& records, const Pubkey& key);

  std::vector<RecordPlace> places_;
  std::optional<std::uint64_t> revision_;
};

}  // namespace dz::monitor
