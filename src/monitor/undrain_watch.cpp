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
  client::TrailRange range{.limit = begins ? std::size_t{1} : kMostNew};
  if (!begins) range.until = watched.seen->signature;
  const auto listed = ledger.get_signatures_for_address(key, range);
  if (!listed || listed->empty()) return false;
  const auto before = watched.seen;
  // A node that is behind does not know what was seen last, and lists what came before it.
  const auto is_new = [&](const client::TrailEntry& entry) {
    return !before || (entry.slot >= before->slot && entry.signature != before->signature);
  };
  if (!is_new(listed->front())) return false;
  watched.seen = SeenTransaction{listed->front().signature, listed->front().slot};
  const auto own = std::exchange(own_[key], {});
  if (begins) return false;
  return std::any_of(listed->begin(), listed->end(), [&](const client::TrailEntry& entry) {
    return is_new(entry) && !entry.failed && !own.contains(entry.signature);
  });
}

}  // namespace dz::monitor
