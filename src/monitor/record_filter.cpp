#include "monitor/record_filter.h"

#include <algorithm>

#include "base/safe_text.h"
#include "monitor/api_operations.h"
#include "monitor/list_page.h"

namespace dz::monitor {
namespace {

bool has(const std::vector<Pubkey>& keys, const Pubkey& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

bool says(const std::vector<std::string>& words, std::string_view word) {
  return words.empty() ||
         std::any_of(words.begin(), words.end(), [&](const auto& wanted) { return same_spelling(wanted, word); });
}

template <typename Record>
void add_keys(const client::Records<Record>& records, const std::string& name, std::vector<Pubkey>& keys) {
  const auto by_key = parse_pubkey(name);
  for (const auto& [key, record] : records) {
    if (by_key ? key == *by_key : client::same_code(record.code, name)) keys.push_back(key);
  }
}

// Adds the keys of every record that a value names.
template <typename... Records>
Result<void> name_keys(std::string_view query, const char* name, const char* noun, std::vector<Pubkey>& keys,
                       const Records&... records) {
  for (const auto& value : values_of(query, name)) {
    const auto before = keys.size();
    (add_keys(records, value, keys), ...);
    if (keys.size() > before) continue;
    return refused(std::string(name) + ": expected the code or pubkey of " + noun + " of the ledger, found '" +
                   one_line(value, kMostOfValue) + "'");
  }
  return {};
}

}  // namespace

Result<RecordFilter> RecordFilter::read(std::string_view query, const client::Snapshot* records,
                                        const Profile& profile) {
  RecordFilter filter;
  filter.profile_ = &profile;
  const auto kinds = values_of(query, "kind");
  const auto is_link = [](const auto& kind) { return same_spelling(kind, to_text(RecordKind::Link)); };
  const bool links = std::any_of(kinds.begin(), kinds.end(), is_link);
  const bool devices = !std::all_of(kinds.begin(), kinds.end(), is_link);
  if (links != devices) filter.kind_ = links ? RecordKind::Link : RecordKind::Device;
  filter.statuses_ = values_of(query, "status");
  filter.desired_ = values_of(query, "desired_status");
  filter.healths_ = values_of(query, "health");
  filter.conditions_ = values_of(query, "condition");
  if (records == nullptr) {
    for (const auto* name : {"contributor", "device", "metro"}) {
      if (!values_of(query, name).empty()) return fail(ErrorKind::Retry, "the ledger has not been read yet");
    }
    return filter;
  }
  DZ_TRY(name_keys(query, "contributor", "a contributor", filter.contributors_, records->contributors));
  DZ_TRY(name_keys(query, "device", "a device", filter.devices_, records->devices));
  DZ_TRY(name_keys(query, "metro", "an exchange or location", filter.metros_, records->exchanges, records->locations));
  return filter;
}

bool RecordFilter::asks_nothing() const {
  return !kind_ && statuses_.empty() && desired_.empty() && healths_.empty() && conditions_.empty() && !asks_of_place();
}

bool RecordFilter::fits_health(std::string_view spelled) const { return says(healths_, spelled); }

bool RecordFilter::fits_condition(verdict::ConditionState state) const { return says(conditions_, to_text(state)); }

bool RecordFilter::fits(const client::Snapshot& records, RecordKind kind, const Pubkey& key) const {
  const auto fits_record = [&](const auto& all) {
    const auto found = all.find(key);
    if (found == all.end()) return false;
    const auto& record = found->second;
    return says(statuses_, to_text(record.status)) && says(desired_, to_text(record.desired_status)) &&
           fits_health(spell(*profile_, kind, record.health)) && stands_there(records, kind, key);
  };
  if (!fits_kind(kind)) return false;
  return kind == RecordKind::Link ? fits_record(records.links) : fits_record(records.devices);
}

bool RecordFilter::stands_there(const client::Snapshot& records, RecordKind kind, const Pubkey& key) const {
  if (!asks_of_place()) return true;
  if (kind == RecordKind::Device) return is_there(records, key);
  const auto link = records.links.find(key);
  return link != records.links.end() && ends_there(records, link->second);
}

bool RecordFilter::is_there(const client::Snapshot& records, const Pubkey& device) const {
  const auto found = records.devices.find(device);
  if (found == records.devices.end()) return false;
  const auto& d = found->second;
  return (contributors_.empty() || has(contributors_, d.contributor)) && (devices_.empty() || has(devices_, device)) &&
         (metros_.empty() || has(metros_, d.exchange) || has(metros_, d.location));
}

// Each question may be met by another side.
bool RecordFilter::ends_there(const client::Snapshot& records, const Link& link) const {
  const auto either = [&](const auto& meets) {
    for (const auto& side : {link.side_a, link.side_z}) {
      const auto device = records.devices.find(side);
      if (device != records.devices.end() && meets(side, device->second)) return true;
    }
    return false;
  };
  return (contributors_.empty() || has(contributors_, link.contributor) ||
          either([&](const Pubkey&, const Device& d) { return has(contributors_, d.contributor); })) &&
         (devices_.empty() || has(devices_, link.side_a) || has(devices_, link.side_z)) &&
         (metros_.empty() ||
          either([&](const Pubkey&, const Device& d) { return has(metros_, d.exchange) || has(metros_, d.location); }));
}

}  // namespace dz::monitor
