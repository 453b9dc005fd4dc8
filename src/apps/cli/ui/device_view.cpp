#include "apps/cli/ui/device_view.h"

#include "apps/cli/ui/ledger_rules.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

std::vector<std::string> cyoa_ips(const Device& device) {
  std::vector<std::string> ips;
  for (const auto& interface : device.interfaces) {
    if (interface.cyoa != Cyoa::None && !interface.ip_net.is_default())
      ips.push_back(to_text(interface.ip_net.address));
  }
  return ips;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& text : texts) all += (all.empty() ? "" : ",") + text;
  return all;
}

template <typename Record>
std::string name_of(const client::Records<Record>& records, const Pubkey& key) {
  const auto found = records.find(key);
  return found == records.end() ? "" : found->second.name;
}

template <typename Word>
std::string word(Word value) {
  return std::string(to_text(value));
}

std::string ip_text(const NetworkV4& net) { return net.is_default() ? "" : to_text(net); }

}  // namespace

DeviceItem device_item(const client::Snapshot& snapshot, const client::Found<Device>& found) {
  const auto& device = *found.record;
  return {found,
          client::code_of(snapshot.contributors, device.contributor),
          client::code_of(snapshot.locations, device.location),
          name_of(snapshot.locations, device.location),
          client::code_of(snapshot.exchanges, device.exchange),
          name_of(snapshot.exchanges, device.exchange),
          std::string(rules_for(snapshot).spell(RecordKind::Device, device.health))};
}

json::object to_json(const DeviceItem& item) {
  const auto& d = *item.found.record;
  json::array ips;
  for (const auto& ip : cyoa_ips(d)) ips.push_back(json::value(ip));
  json::array prefixes;
  for (const auto& prefix : d.dz_prefixes) prefixes.push_back(json::value(to_text(prefix)));
  json::object record{{"kind", to_text(RecordKind::Device)},
                      {"pubkey", to_text(item.found.key)},
                      {"code", d.code},
                      {"bump_seed", d.bump},
                      {"contributor_pubkey", to_text(d.contributor)},
                      {"contributor_code", item.contributor},
                      {"location_pubkey", to_text(d.location)},
                      {"location_code", item.location},
                      {"location_name", item.location_name},
                      {"exchange_pubkey", to_text(d.exchange)},
                      {"exchange_code", item.exchange},
                      {"exchange_name", item.exchange_name},
                      {"device_type", to_text(d.type)},
                      {"public_ip", to_text(d.public_ip)},
                      {"dz_prefixes", std::move(prefixes)},
                      {"cyoa_ips", std::move(ips)},
                      {"users", d.users_count},
                      {"max_users", d.max_users},
                      {"unicast_users_count", d.unicast_users_count},
                      {"max_unicast_users", d.max_unicast_users},
                      {"multicast_subscribers_count", d.multicast_subscribers_count},
                      {"max_multicast_subscribers", d.max_multicast_subscribers},
                      {"multicast_publishers_count", d.multicast_publishers_count},
                      {"max_multicast_publishers", d.max_multicast_publishers},
                      {"status", to_text(d.status)},
                      {"health", item.health},
                      {"desired_status", to_text(d.desired_status)},
                      {"accepts_new_users", accepts_new_users(d.status)},
                      {"keeps_users", keeps_users(d.status)},
                      {"mgmt_vrf", d.mgmt_vrf},
                      {"metrics_publisher_pubkey", pubkey_or_null(d.metrics_publisher)},
                      {"reference_count", d.reference_count},
                      {"owner", to_text(d.owner)}};
  add_news(record, item.news);
  return record;
}

json::object interface_json(const Interface& i) {
  return {{"name", i.name},
          {"status", to_text(i.status)},
          {"interface_type", to_text(i.type)},
          {"loopback_type", to_text(i.loopback)},
          {"interface_cyoa", to_text(i.cyoa)},
          {"interface_dia", to_text(i.dia)},
          {"ip_net", i.ip_net.is_default() ? json::value(nullptr) : json::value(to_text(i.ip_net))},
          {"vlan_id", i.vlan_id},
          {"bandwidth_bps", i.bandwidth},
          {"cir_bps", i.cir},
          {"mtu", i.mtu},
          {"routing_mode", to_text(i.routing_mode)},
          {"node_segment_idx", i.node_segment_idx},
          {"user_tunnel_endpoint", i.user_tunnel_endpoint}};
}

ListColumns<DeviceItem> device_columns() {
  using I = DeviceItem;
  std::vector<Column<I>> columns = {
      {"pubkey", [](const I& i) { return to_text(i.found.key); }},
      {"code", [](const I& i) { return i.found.record->code; }},
      {"contributor", [](const I& i) { return i.contributor; }},
      {"location", [](const I& i) { return i.location; }},
      {"exchange", [](const I& i) { return i.exchange; }},
      {"device_type", [](const I& i) { return word(i.found.record->type); }},
      {"public_ip", [](const I& i) { return to_text(i.found.record->public_ip); }},
      {"dz_prefixes", [](const I& i) { return networks_text(i.found.record->dz_prefixes); }},
      {"cyoa_ips", [](const I& i) { return joined(cyoa_ips(*i.found.record)); }},
      {"users", [](const I& i) { return std::to_string(i.found.record->users_count); },
       [](const I& i) { return static_cast<double>(i.found.record->users_count); }},
      {"max_users", [](const I& i) { return std::to_string(i.found.record->max_users); },
       [](const I& i) { return static_cast<double>(i.found.record->max_users); }},
      {"status", [](const I& i) { return word(i.found.record->status); }},
      {"desired_status", [](const I& i) { return word(i.found.record->desired_status); }},
      {"health", [](const I& i) { return i.health; }},
      {"mgmt_vrf", [](const I& i) { return i.found.record->mgmt_vrf; }},
      {"owner", [](const I& i) { return to_text(i.found.record->owner); }}};
  for (auto& more : news_columns<I>()) columns.push_back(std::move(more));
  return {.all = std::move(columns),
          .usual = {"code", "status", "health", "since", "time", "why"},
          .first_to_go = {"since", "time", "health"},
          .narrow = {"code", "contributor", "location", "users", "status", "desired_status", "health"}};
}

std::vector<Column<const Interface*>> interface_columns() {
  using I = const Interface*;
  return {{"name", [](const I& i) { return i->name; }},
          {"interface_type", [](const I& i) { return word(i->type); }},
          {"loopback_type", [](const I& i) { return word(i->loopback); }},
          {"interface_cyoa", [](const I& i) { return word(i->cyoa); }},
          {"interface_dia", [](const I& i) { return word(i->dia); }},
          {"bandwidth", [](const I& i) { return bandwidth_text(i->bandwidth); }},
          {"cir", [](const I& i) { return bandwidth_text(i->cir); }},
          {"mtu", [](const I& i) { return std::to_string(i->mtu); }},
          {"routing_mode", [](const I& i) { return word(i->routing_mode); }},
          {"vlan_id", [](const I& i) { return std::to_string(i->vlan_id); }},
          {"ip_net", [](const I& i) { return ip_text(i->ip_net); }},
          {"node_segment_idx", [](const I& i) { return std::to_string(i->node_segment_idx); }},
          {"user_tunnel_endpoint", [](const I& i) { return std::string(i->user_tunnel_endpoint ? "true" : "false"); }},
          {"status", [](const I& i) { return word(i->status); }}};
}

}  // namespace dz::cli
