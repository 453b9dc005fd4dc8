#include "monitor/write_guard.h"

namespace dz::monitor {
namespace {

constexpr Duration kAskEvery = std::chrono::seconds{2};

}  // namespace

void WriteGuard::step(client::LedgerClient& ledger, Timestamp now) {
  if (open_.empty() || (next_ && now < *next_)) return;
  next_ = now + kAskEvery;
  const auto height = ledger.get_block_height();
  if (!height) return;
  for (auto& [key, open] : open_) {
    if (!open.last_height) open.last_height = *height + kBlocks;
  }
  std::erase_if(open_, [&](const auto& entry) { return *height > *entry.second.last_height; });
}

void WriteGuard::add_to(std::map<Pubkey, Health>& under_way) const {
  for (const auto& [key, open] : open_) under_way.emplace(key, open.health);
}

}  // namespace dz::monitor
