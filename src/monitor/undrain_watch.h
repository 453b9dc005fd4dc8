// Undrains that leave no trace in the record. Where the ledger's program does not guard, a record drained by hand keeps
// its desired_status, so that an undrain (drained and activated again, in one transaction) leaves the record as it was.
// The watch therefore asks the ledger for the transactions of records that wait for an undrain: drained, and wanted
// activated.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "client/ledger_client.h"

namespace dz::monitor {

struct SeenTransaction {
  wire::Signature signature;
  Slot slot;
};

// A record to which somebody else wrote.
struct ForeignWrite {
  Pubkey record;
  Slot slot;  // of its newest transaction: what the record is now is what it was read as at this slot or later
  bool operator==(const ForeignWrite&) const = default;
};

class UndrainWatch {
 public:
  // The newest write of this monitor to that record; what landed before it is answered.
  void wrote(const Pubkey& record, const wire::Signature& signature);
  // Looks at a few of those records, each at most once a minute. Returns those to which somebody else's transaction was
  // written since the last look, or since this monitor's own write; whatever it was, the record is judged anew.
  // `newest_own` gives this monitor's last write to a record at its first look; none: it begins there.
  template <typename NewestOwn>
  std::vector<ForeignWrite> step(client::LedgerClient& ledger, const std::set<Pubkey>& waiting,
                                 const NewestOwn& newest_own, Timestamp now) {
    std::vector<ForeignWrite> changed;
    const auto waits_no_more = [&](const auto& entry) { return !waiting.contains(entry.first); };
    std::erase_if(watched_, waits_no_more);
    std::erase_if(own_, waits_no_more);
    for (int looks = 0; looks < kLooks; ++looks) {
      const auto key = next_of(waiting, now);
      if (!key) break;
      auto [entry, fresh] = watched_.try_emplace(*key);
      if (fresh) entry->second.seen = newest_own(*key);
      if (look(ledger, *key, entry->second, now)) changed.push_back({*key, entry->second.seen->slot});
    }
    return changed;
  }

 private:
  static constexpr int kLooks = 2;  // in one step

  struct Watched {
    std::optional<SeenTransaction> seen;
    std::optional<Timestamp> last_look;
  };
  std::optional<Pubkey> next_of(const std::set<Pubkey>& waiting, Timestamp now) const;
  bool look(client::LedgerClient& ledger, const Pubkey& key, Watched& watched, Timestamp now);

  std::map<Pubkey, Watched> watched_;
  std::map<Pubkey, std::set<wire::Signature>> own_;  // since the last look
};

}  // namespace dz::monitor
