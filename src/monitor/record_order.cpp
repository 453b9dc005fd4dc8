#include "monitor/record_order.h"

#include <algorithm>

namespace dz::monitor {
namespace {

constexpr std::size_t kMostOneByOne = 64;  // of more changes than these all are sorted again

// Null for a key that is no record.
const std::string* code_in(const client::Snapshot& records, const Pubkey& key) {
  if (const auto link = records.links.find(key); link != records.links.end()) return &link->second.code;
  const auto device = records.devices.find(key);
  return device == records.devices.end() ? nullptr : &device->second.code;
}

}  // namespace

void RecordOrder::follow(const client::Snapshot& records, const control::RecordChanges& changes) {
  if (revision_ == changes.revision()) return;
  const auto changed = revision_ ? changes.since(*revision_) : std::nullopt;
  revision_ = changes.revision();
  if (!changed || changed->size() > kMostOneByOne) return follow_all(records);
  for (const auto& key : *changed) follow_one(records, key);
}

void RecordOrder::follow_all(const client::Snapshot& records) {
  places_.clear();
  places_.reserve(records.links.size() + records.devices.size());
  for (const auto& [key, link] : records.links) places_.push_back({link.code, key});
  for (const auto& [key, device] : records.devices) places_.push_back({device.code, key});
  std::sort(places_.begin(), places_.end());
}

// Most changes are of something else than the code.
void RecordOrder::follow_one(const client::Snapshot& records, const Pubkey& key) {
  const auto* code = code_in(records, key);
  if (code != nullptr && std::binary_search(places_.begin(), places_.end(), RecordPlace{*code, key})) return;
  std::erase_if(places_, [&](const RecordPlace& place) { return place.key == key; });
  if (code == nullptr) return;
  RecordPlace place{*code, key};
  places_.insert(std::upper_bound(places_.begin(), places_.end(), place), std::move(place));
}

}  // namespace dz::monitor
