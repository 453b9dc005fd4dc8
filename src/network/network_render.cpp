// Records rendered as a network file. TOML and JSON come from one tree, so they say the same.
#include <array>
#include <utility>

#include <boost/json/serialize.hpp>

#include "network/entry_fields.h"
#include "wire/json_text.h"

namespace dz::network {
namespace {

namespace json = boost::json;

// Members with their values, those that are set.
struct MemberWriter {
  json::object members;
  template <typename Value, typename As>
  void operator()(const char* member, const Value& value, const As& as) {
    members[member] = as.write(value);
  }
  template <typename Value, typename As>
  void operator()(const char* member, const std::optional<Value>& value, const As& as) {
    if (value) members[member] = as.write(*value);
  }
};

// What a record has when nothing is said. A member's name means the same default wherever it stands.
bool has_default(std::string_view member, const json::value& value) {
  if (value.is_uint64()) {
    constexpr std::array<std::string_view, 10> kZero{"loc_id",
                                                     "cir_bps",
                                                     "vlan_id",
                                                     "delay_override_ns",
                                                     "max_users",
                                                     "max_unicast_users",
                                                     "max_multicast_subscribers",
                                                     "max_multicast_publishers",
                                                     "contributor_airdrop_lamports",
                                                     "user_airdrop_lamports"};
    return value.get_uint64() == 0 && std::find(kZero.begin(), kZero.end(), member) != kZero.end();
  }
  if (value.is_bool()) return !value.get_bool();
  if (!value.is_string()) return false;
  constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kWords{{{"loopback_type", "none"},
                                                                                  {"constraint", "include-any"},
                                                                                  {"device_type", "hybrid"},
                                                                                  {"interface_cyoa", "none"},
                                                                                  {"interface_dia", "none"},
                                                                                  {"routing_mode", "static"},
                                                                                  {"ip_net", "0.0.0.0/0"},
                                                                                  {"desired_status", "activated"},
                                                                                  {"mgmt_vrf", "default"},
                                                                                  {"device1", "none"},
                                                                                  {"device2", "none"}}};
  const std::string_view text(value.get_string().data(), value.get_string().size());
  return std::find(kWords.begin(), kWords.end(), std::pair{member, text}) != kWords.end();
}

json::object without_defaults(const json::object& members) {
  json::object kept;
  for (const auto& member : members) {
    if (!has_default(member.key(), member.value())) kept[member.key()] = member.value();
  }
  return kept;
}

json::object rendered(const InterfaceEntry& port) {
  auto members = without_defaults(members_of(port));
  if (port.mtu == default_mtu(port)) members.erase("mtu");
  if (port.bandwidth_bps == 0U) members.erase("bandwidth_bps");
  if (port.status && *port.status != InterfaceStatus::Activated) members.erase("status");
  return members;
}
json::object rendered(const LinkEntry& link) {
  auto members = without_defaults(members_of(link));
  if (link.mtu == kLinkMtu) members.erase("mtu");
  return members;
}
json::object rendered(const DeviceEntry& device) {
  auto members = without_defaults(members_of(device));
  json::array ports;
  for (const auto& port : device.interfaces) ports.push_back(rendered(port));
  if (!ports.empty()) members["interfaces"] = std::move(ports);
  return members;
}
template <typename Entry>
json::object rendered(const Entry& one) {
  return without_defaults(members_of(one));
}

template <typename Entry>
void add_list(json::object& root, std::string_view name, const std::vector<Entry>& entries) {
  json::array list;
  for (const auto& one : entries) list.push_back(rendered(one));
  if (!list.empty()) root[name] = std::move(list);
}

json::object tree_of(const NetworkFile& file) {
  json::object root{{"format", kNetworkFormat}};
  if (file.global_config) root["global_config"] = rendered(*file.global_config);
  add_list(root, "topologies", file.topologies);
  add_list(root, "locations", file.locations);
  add_list(root, "exchanges", file.exchanges);
  add_list(root, "contributors", file.contributors);
  add_list(root, "devices", file.devices);
  add_list(root, "links", file.links);
  return root;
}

// --- TOML
// -------------------------------------------------------------------------------------------------------------

// A character beyond U+FFFF is one escape in TOML, where JSON and what guards a terminal write two.
std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    if (byte(i) >= 0xF0 && i + 3 < text.size()) {
      const char32_t c =
          (byte(i) & 0x07U) << 18U | (byte(i + 1) & 0x3FU) << 12U | (byte(i + 2) & 0x3FU) << 6U | (byte(i + 3) & 0x3FU);
      out += fmt::format("\\U{:08X}", static_cast<std::uint32_t>(c));
      i += 3;
    } else if (byte(i) < ' ' || byte(i) == 0x7F) {
      out += fmt::format("\\u{:04X}", byte(i));
    } else {
      if (text[i] == '"' || text[i] == '\\') out += '\\';
      out += text[i];
    }
  }
  return out + '"';
}

std::string toml_value(const json::value& value) {
  if (const auto* text = value.if_string()) return toml_text({text->data(), text->size()});
  if (value.is_double()) return fmt::format("{}", value.get_double());
  const auto* list = value.if_array();
  if (list == nullptr) return json::serialize(value);
  std::string out = "[";
  for (const auto& item : *list) out += (out.size() > 1 ? ", " : "") + toml_value(item);
  return out + "]";
}

bool is_list_of_tables(const json::value& value) {
  const auto* list = value.if_array();
  return list != nullptr && !list->empty() && list->front().is_object();
}

// The plain members first, for what follows a table's name belongs to the table.
void add_toml(std::string& out, const json::object& members, const std::string& path) {
  for (const auto& member : members) {
    if (member.value().is_object() || is_list_of_tables(member.value())) continue;
    out += fmt::format("{} = {}\n", std::string_view(member.key()), toml_value(member.value()));
  }
  for (const auto& member : members) {
    const auto name = (path.empty() ? "" : path + ".") + std::string(member.key());
    if (const auto* table = member.value().if_object()) {
      out += fmt::format("\n[{}]\n", name);
      add_toml(out, *table, name);
    } else if (is_list_of_tables(member.value())) {
      for (const auto& item : member.value().get_array()) {
        out += fmt::format("\n[[{}]]\n", name);
        add_toml(out, item.get_object(), name);
      }
    }
  }
}

template <typename Write>
json::object written(Write write) {
  MemberWriter writer;
  write(writer);
  return std::move(writer.members);
}

}  // namespace

json::object members_of(const GlobalConfigEntry& e) {
  return written([&](auto& io) { entry::config_fields(e, io); });
}
json::object members_of(const TopologyEntry& e) {
  return written([&](auto& io) { entry::topology_fields(e, io); });
}
json::object members_of(const LocationEntry& e) {
  return written([&](auto& io) { entry::location_fields(e, io); });
}
json::object members_of(const ExchangeEntry& e) {
  return written([&](auto& io) { entry::exchange_fields(e, io); });
}
json::object members_of(const ContributorEntry& e) {
  return written([&](auto& io) { entry::contributor_fields(e, io, nullptr); });
}
json::object members_of(const InterfaceEntry& e) {
  return written([&](auto& io) { entry::interface_fields(e, io); });
}
json::object members_of(const DeviceEntry& e) {
  return written([&](auto& io) { entry::device_fields(e, io, nullptr); });
}
json::object members_of(const LinkEntry& e) {
  return written([&](auto& io) { entry::link_fields(e, io); });
}

std::string render_network_file(const NetworkFile& file, NetworkFormat format) {
  const auto tree = tree_of(file);
  if (format == NetworkFormat::Json) return wire::render_json(tree, wire::JsonStyle::Pretty) + "\n";
  std::string out =
      "# A network: 'doublezero export' writes such a file, 'doublezero apply' brings a ledger to what it says.\n";
  add_toml(out, tree, "");
  return out;
}

}  // namespace dz::network
