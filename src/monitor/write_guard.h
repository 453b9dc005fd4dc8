// What may still land. Where the ledger's program does not guard (Profile::guarded) a write that was judged before a
// drain or an undrain must not land after the one that answers it: so nothing is written to a record while an older
// write to it may land, not even by the process before this one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "client/ledger_client.h"
#include "domain/words.h"

namespace dz::monitor {

class WriteGuard {
 public:
  // A transaction signed by now cannot land more than this many blocks later, however far behind the node is that told
  // the height.
  static constexpr std::uint64_t kBlocks = 150 + 32;

  // That health was sent to the record, and what became of it is not known.
  void may_land(const Pubkey& record, Health health) { open_.insert_or_assign(record, Open{health, {}}); }
  // Asks the ledger for its height while something may land, at most every other second.
  void step(client::LedgerClient& ledger, Timestamp now);

  // Records that nothing is written to, with the health that may land.
  void add_to(std::map<Pubkey, Health>& under_way) const;
  bool empty() const { return open_.empty(); }

 private:
  struct Open {
    Health health = Health::Unknown;
    std::optional<std::uint64_t> last_height;  // none: the height was not asked for since
  };
  std::map<Pubkey, Open> open_;
  std::optional<Timestamp> next_;
};

}  // namespace dz::monitor
