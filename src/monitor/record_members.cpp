#include "monitor/record_members.h"

#include <algorithm>

#include <boost/json.hpp>

namespace dz::monitor {
namespace {

namespace json = boost::json;

// The code, or the pubkey of what the ledger does not have; null where none is named.
template <typename Record>
json::value code_or_null(const client::Records<Record>& records, const Pubkey& key) {
  return key == Pubkey{} ? json::value(nullptr) : json::value(client::code_of(records, key));
}

json::value text_or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }

json::value metro_of(const client::Snapshot& records, const Pubkey& device) {
  const auto found = records.devices.find(device);
  return found == records.devices.end() ? json::value(nullptr)
                                        : code_or_null(records.exchanges, found->second.exchange);
}

json::object side_json(const client::Snapshot& records, const Pubkey& device, const std::string& interface) {
  const auto found = records.devices.find(device);
  const bool there = found != records.devices.end();
  return {
      {"device", code_or_null(records.devices, device)},
      {"interface", text_or_null(interface)},
      {"metro", metro_of(records, device)},
      {"contributor", there ? code_or_null(records.contributors, found->second.contributor) : json::value(nullptr)}};
}

void add_members_of(const client::Snapshot& records, const Link& link, json::object& out) {
  out["contributor"] = code_or_null(records.contributors, link.contributor);
  out["metros"] = json::array{metro_of(records, link.side_a), metro_of(records, link.side_z)};
  out["link_type"] = to_text(link.type);
  out["bandwidth_bps"] = link.bandwidth;
  out["side_a"] = side_json(records, link.side_a, link.side_a_iface);
  out["side_z"] = side_json(records, link.side_z, link.side_z_iface);
}

void add_members_of(const client::Snapshot& records, const Device& device, json::object& out) {
  out["contributor"] = code_or_null(records.contributors, device.contributor);
  out["metro"] = code_or_null(records.exchanges, device.exchange);
  out["location"] = code_or_null(records.locations, device.location);
  out["device_type"] = to_text(device.type);
}

template <typename Record>
void add_places(const client::Records<Record>& records, std::string_view kind, json::array& places) {
  std::vector<typename client::Records<Record>::const_iterator> by_code;
  for (auto record = records.begin(); record != records.end(); ++record) by_code.push_back(record);
  std::stable_sort(by_code.begin(), by_code.end(),
                   [](const auto& a, const auto& b) { return a->second.code < b->second.code; });
  for (const auto& record : by_code) {
    places.push_back(json::object{{"pubkey", to_text(record->first)},
                                  {"code", record->second.code},
                                  {"name", record->second.name},
                                  {"kind", kind},
                                  {"lat", record->second.lat},
                                  {"lng", record->second.lng}});
  }
}

}  // namespace

json::value maintenance_json(const Monitor& monitor, const Pubkey& key, std::optional<Timestamp> asked) {
  const auto* maintenance = monitor.maintenance_of(key, asked);
  if (maintenance == nullptr) return nullptr;
  const auto& window = maintenance->window;
  return json::object{{"id", maintenance->id},
                      {"code", monitor.ledger().code_of(window.record)},
                      {"from", to_text(window.from)},
                      {"to", to_text(window.to)},
                      {"why", window.why},
                      {"by", to_text(maintenance->by)}};
}

void add_members(const Monitor& monitor, const Pubkey& key, Timestamp asked, json::object& assessment) {
  assessment["pubkey"] = to_text(key);
  assessment["maintenance"] = maintenance_json(monitor, key, asked);
  const auto& records = *monitor.ledger().snapshot();
  if (const auto link = records.links.find(key); link != records.links.end())
    add_members_of(records, link->second, assessment);
  if (const auto device = records.devices.find(key); device != records.devices.end())
    add_members_of(records, device->second, assessment);
}

json::array metros_json(const client::Snapshot& records) {
  json::array places;
  add_places(records.exchanges, "exchange", places);
  add_places(records.locations, "location", places);
  return places;
}

}  // namespace dz::monitor
