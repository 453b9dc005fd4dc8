#include "monitor/undrain_watch.h"

#include <algorithm>

namespace dz::monitor {
namespace {

constexpr Duration kLookEvery = std::chrono::minutes{1};
constexpr std::size_t kMostNew = 50;

}  // namespace

void UndrainWatch::wrote(const Pubkey& record, const wire::Signature& signature) { own_[record].insert(signature); }

// The one that was not looked at for longest, if it is time.
std::optional<Pubkey> UndrainWatch::next_of(const std::set<Pubkey>& waiting, Timestamp now) const {
  std::optional<Pubkey> next;
  std::optional<Timestamp> oldest;
  for (const auto& key : waiting) {
    const auto known = watched_.find(key);
    if (known == watched_.end() || !known->second.last_look) return key;
    if (oldest && *known->second.last_look >= *oldest) continue;
    oldest = known->second.last_look;
    next = key;
  }
  return oldest && now - *oldest >= kLookEvery ? next : std::nullopt;
}

bool UndrainWatch::look(client::LedgerClient& ledger, const Pubkey& key, Watched& watched, Timestamp now) {
  const bool begins = !watched.seen;
  watched.last_look = now;
  const auto listed =
      ledger.get_signatures_for_address(key, {.until = watched.seen, .limit = begins ? std::size_t{1} : kMostNew});
  if (!listed || listed->empty()) return false;
  watched.seen = listed->front().signature;
  const auto own = std::exchange(own_[key], {});
  if (begins) return false;
  return std::any_of(listed->begin(), listed->end(),
                     [&](const client::TrailEntry& entry) { return !entry.failed && !own.contains(entry.signature); });
}

}  // namespace dz::monitor
