#include "monitor/sides_json.h"

#include <boost/json.hpp>

namespace dz::monitor {
namespace {

namespace json = boost::json;

template <typename Record>
json::value code_or_null(const client::Records<Record>& records, const Pubkey& key) {
  const auto found = records.find(key);
  return found == records.end() ? json::value(nullptr) : json::value(found->second.code);
}

json::value metro_of(const client::Snapshot& records, const Device& device) {
  return code_or_null(records.exchanges, device.exchange);
}

json::object side_json(const client::Snapshot& records, const char* name, const Pubkey& key, const std::string& port) {
  json::object side{{"side", name},          {"pubkey", to_text(key)}, {"device", code_or_null(records.devices, key)},
                    {"interface", nullptr},  {"contributor", nullptr}, {"metro", nullptr}};
  if (!port.empty()) side["interface"] = port;
  const auto device = records.devices.find(key);
  if (device == records.devices.end()) return side;
  side["contributor"] = code_or_null(records.contributors, device->second.contributor);
  side["metro"] = metro_of(records, device->second);
  return side;
}

}  // namespace

void add_sides(json::object& assessment, const client::Snapshot& records, const Pubkey& key) {
  if (const auto device = records.devices.find(key); device != records.devices.end()) {
    assessment["contributor"] = code_or_null(records.contributors, device->second.contributor);
    assessment["metro"] = metro_of(records, device->second);
  }
  const auto found = records.links.find(key);
  if (found == records.links.end()) return;
  const auto& link = found->second;
  assessment["contributor"] = code_or_null(records.contributors, link.contributor);
  assessment["link_type"] = to_text(link.type);
  assessment["bandwidth_bps"] = link.bandwidth;
  assessment["sides"] = json::array{side_json(records, "A", link.side_a, link.side_a_iface),
                                    side_json(records, "Z", link.side_z, link.side_z_iface)};
}

}  // namespace dz::monitor
