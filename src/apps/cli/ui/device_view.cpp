#include "apps/cli/ui/device_view.h"

#include "apps/cli/ui/ledger_rules.h"
#include "apps/cli/ui/upstream_json.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

std::vector<std::string> cyoa_ips(const Device& device) {
  std::vector<std::string> ips;
  for (const auto& interface : device.interfaces) {
    if (interface.cyoa != Cyoa::None && !interface.ip_net.is_default()) ips.push_back(to_text(interface.ip_net));
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
          std::string(rules_for(snapshot).spell(RecordKind::Device, device.health)),
          rules_for(snapshot)};
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

namespace {

json::array texts(const std::vector<std::string>& list) {
  json::array array;
  for (const auto& text : list) array.push_back(json::value(text));
  return array;
}

json::object upstream_counts(const Device& d) {
  return {{"users", d.users_count},
          {"users_count", d.users_count},
          {"max_users", d.max_users},
          {"unicast_users_count", d.unicast_users_count},
          {"max_unicast_users", d.max_unicast_users},
          {"multicast_subscribers_count", d.multicast_subscribers_count},
          {"max_multicast_subscribers", d.max_multicast_subscribers},
          {"multicast_publishers_count", d.multicast_publishers_count},
          {"max_multicast_publishers", d.max_multicast_publishers},
          {"reserved_seats", d.reserved_seats},
          {"reference_count", d.reference_count}};
}

json::object upstream_json(const DeviceItem& item, JsonForm form) {
  const auto& d = *item.found.record;
  const UpstreamWords words(form);
  auto record = upstream_counts(d);
  const json::object rest{{"account", to_text(item.found.key)},
                          {"code", d.code},
                          {"bump_seed", d.bump},
                          {"contributor", to_text(d.contributor)},
                          {"contributor_pk", to_text(d.contributor)},
                          {"contributor_code", item.contributor},
                          {"location", to_text(d.location)},
                          {"location_pk", to_text(d.location)},
                          {"location_code", item.location},
                          {"location_name", item.location_name},
                          {"exchange", to_text(d.exchange)},
                          {"exchange_pk", to_text(d.exchange)},
                          {"exchange_code", item.exchange},
                          {"exchange_name", item.exchange_name},
                          {"device_type", words.word(to_text(d.type))},
                          {"public_ip", to_text(d.public_ip)},
                          {"dz_prefixes", networks_text(d.dz_prefixes)},
                          {"cyoa_ips", texts(cyoa_ips(d))},
                          {"status", words.status(to_text(d.status))},
                          {"health", words.word(item.health)},
                          {"desired_status", words.word(to_text(d.desired_status))},
                          {"mgmt_vrf", d.mgmt_vrf},
                          {"metrics_publisher", to_text(d.metrics_publisher)},
                          {"metrics_publisher_pk", to_text(d.metrics_publisher)},
                          {"owner", to_text(d.owner)}};
  for (const auto& member : rest) record[member.key()] = member.value();
  return record;
}

// As `device get` has them, which calls them otherwise than `device interface list`.
json::object upstream_interface_of_get(const Interface& i) {
  const UpstreamWords words(JsonForm::Get);
  return {{"name", i.name},
          {"status", to_text(i.status)},
          {"interface_type", to_text(i.type)},
          {"cyoa", upstream_cyoa(words, i.cyoa)},
          {"dia", to_text(i.dia)},
          {"loopback", to_text(i.loopback)},
          {"ip_net", to_text(i.ip_net)},
          {"vlan_id", i.vlan_id},
          {"bandwidth", bandwidth_text(i.bandwidth)},
          {"bandwidth_bps", i.bandwidth},
          {"cir", bandwidth_text(i.cir)},
          {"cir_bps", i.cir},
          {"mtu", i.mtu},
          {"routing", to_text(i.routing_mode)},
          {"seg_idx", i.node_segment_idx},
          {"tunnel_endpoint", i.user_tunnel_endpoint}};
}

// As `device interface list` has it: the names of variants, and words for the status alone.
json::object upstream_interface(const Interface& i) {
  const UpstreamWords words(JsonForm::List);
  return {{"name", i.name},
          {"interface_type", words.word(to_text(i.type))},
          {"loopback_type", words.word(to_text(i.loopback))},
          {"interface_cyoa", upstream_cyoa(words, i.cyoa)},
          {"interface_dia", i.dia == Dia::Dia ? "DIA" : words.word(to_text(i.dia))},
          {"bandwidth", i.bandwidth},
          {"cir", i.cir},
          {"mtu", i.mtu},
          {"routing_mode", i.routing_mode == RoutingMode::Bgp ? "BGP" : words.word(to_text(i.routing_mode))},
          {"vlan_id", i.vlan_id},
          {"ip_net", to_text(i.ip_net)},
          {"node_segment_idx", i.node_segment_idx},
          {"user_tunnel_endpoint", i.user_tunnel_endpoint},
          {"status", to_text(i.status)}};
}

}  // namespace

json::object list_json(const DeviceItem& item) {
  auto record = to_json(item);
  add_upstream(record, upstream_json(item, JsonForm::List), item.rules);
  return record;
}

json::object get_json(const DeviceItem& item) {
  auto record = to_json(item);
  add_upstream(record, upstream_json(item, JsonForm::Get), item.rules);
  json::array interfaces;
  for (const auto& interface : item.found.record->interfaces) {
    auto one = interface_json(interface);
    add_upstream(one, upstream_interface_of_get(interface), item.rules);
    interfaces.push_back(std::move(one));
  }
  record["interfaces"] = std::move(interfaces);
  return record;
}

json::object interface_json(const std::string& device, const Interface& interface, const LedgerRules& rules) {
  json::object record{{"device", device}};
  for (auto& member : interface_json(interface)) record.emplace(member.key(), member.value());
  add_upstream(record, upstream_interface(interface), rules);
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
