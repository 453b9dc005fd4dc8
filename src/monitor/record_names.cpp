#include "monitor/record_names.h"

#include <string_view>

namespace dz::monitor {
namespace {

class NamesHash {
 public:
  void add(std::string_view text) { hash_ = hash_ * 1'000'003 + std::hash<std::string_view>()(text) + 1; }
  void add(const Pubkey& device) {
    add(std::string_view(reinterpret_cast<const char*>(device.bytes.data()), device.bytes.size()));
  }
  std::size_t value() const { return hash_; }

 private:
  std::size_t hash_ = 0;
};

// Zero: it names none, for there is no such record.
std::size_t names_of(const client::Snapshot& records, const Pubkey& key) {
  NamesHash names;
  if (const auto link = records.links.find(key); link != records.links.end()) {
    names.add(link->second.side_a);
    names.add(link->second.side_a_iface);
    names.add(link->second.side_z);
    names.add(link->second.side_z_iface);
  } else if (const auto device = records.devices.find(key); device != records.devices.end()) {
    names.add(key);
    for (const auto& port : device->second.interfaces) names.add(port.name);
  }
  return names.value();
}

}  // namespace

bool RecordNames::follow(const client::Snapshot& records, const control::RecordChanges& changes) {
  const auto changed = revision_ ? changes.since(*revision_) : std::nullopt;
  revision_ = changes.revision();
  if (!changed) {
    names_.clear();
    for (const auto& [key, _] : records.links) names_[key] = names_of(records, key);
    for (const auto& [key, _] : records.devices) names_[key] = names_of(records, key);
    return true;
  }
  bool others = false;
  for (const auto& key : *changed) {
    const auto names = names_of(records, key);
    const auto known = names_.find(key);
    if ((known == names_.end() ? 0 : known->second) == names) continue;
    others = true;
    names_[key] = names;
    if (names == 0) names_.erase(key);
  }
  return others;
}

}  // namespace dz::monitor
