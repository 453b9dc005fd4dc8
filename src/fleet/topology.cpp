#include "fleet/topology.h"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include <fmt/format.h>

#include "domain/interface_name.h"

namespace dz::fleet {
namespace {

namespace json = boost::json;

// One object of the file and where it stands, so that every refusal can name the place.
class Node {
 public:
  Node(const json::object& object, std::string path) : object_(object), path_(std::move(path)) {}

  std::string place(std::string_view member) const {
    return path_.empty() ? std::string(member) : fmt::format("{}.{}", path_, member);
  }

  Result<std::string> text(std::string_view member) const {
    const auto* value = object_.if_contains(member);
    if (value == nullptr || !value->is_string() || value->get_string().empty()) return wrong(member, "a text", value);
    return std::string(value->get_string());
  }
  Result<std::string> text_or(std::string_view member, std::string fallback) const {
    if (object_.contains(member)) return text(member);
    return fallback;
  }
  Result<std::uint64_t> number(std::string_view member) const {
    const auto* value = object_.if_contains(member);
    boost::system::error_code error;
    if (value == nullptr || !value->is_number()) return wrong(member, "a whole number", value);
    const auto number = value->to_number<std::uint64_t>(error);
    if (error) return wrong(member, "a whole number", value);
    return number;
  }
  Result<std::uint64_t> number_or(std::string_view member, std::uint64_t fallback) const {
    if (object_.contains(member)) return number(member);
    return fallback;
  }
  Result<double> degrees(std::string_view member) const {
    const auto* value = object_.if_contains(member);
    boost::system::error_code error;
    if (value == nullptr || !value->is_number()) return wrong(member, "degrees", value);
    return value->to_number<double>(error);
  }
  Result<bool> flag_or(std::string_view member, bool fallback) const {
    const auto* value = object_.if_contains(member);
    if (value == nullptr) return fallback;
    if (!value->is_bool()) return wrong(member, "true or false", value);
    return value->get_bool();
  }
  Result<std::vector<Node>> nodes(std::string_view member) const {
    const auto* value = object_.if_contains(member);
    if (value == nullptr || !value->is_array()) return wrong(member, "a list of objects", value);
    std::vector<Node> out;
    for (const auto& item : value->get_array()) {
      const std::string where = fmt::format("{}[{}]", place(member), out.size());
      if (!item.is_object())
        return refused(fmt::format("{}: expected an object, found {}", where, json::serialize(item)));
      out.push_back(Node(item.get_object(), where));
    }
    return out;
  }
  Result<std::vector<std::string>> texts(std::string_view member) const {
    const auto* value = object_.if_contains(member);
    if (value == nullptr || !value->is_array()) return wrong(member, "a list of texts", value);
    std::vector<std::string> out;
    for (const auto& item : value->get_array()) {
      if (!item.is_string()) return wrong(member, "a list of texts", value);
      out.emplace_back(item.get_string());
    }
    return out;
  }
  // The member as text, through a parser of the domain.
  template <typename T>
  Result<T> parsed(std::string_view member, Result<T> (*parse)(std::string_view)) const {
    DZ_TRY_ASSIGN(const std::string words, text(member));
    auto value = parse(words);
    if (!value) return with_context(place(member), std::move(value).error());
    return *value;
  }

 private:
  tl::unexpected<Error> wrong(std::string_view member, std::string_view expected, const json::value* found) const {
    return refused(fmt::format("{}: expected {}, found {}", place(member), expected,
                               found == nullptr ? "nothing" : json::serialize(*found)));
  }

  const json::object& object_;
  std::string path_;
};

Result<TopologySite> parse_site(const Node& node, bool with_country) {
  TopologySite site;
  DZ_TRY_ASSIGN(site.code, node.text("code"));
  DZ_TRY_ASSIGN(site.name, node.text("name"));
  if (with_country) {
    DZ_TRY_ASSIGN(site.country, node.text("country"));
  }
  DZ_TRY_ASSIGN(site.lat, node.degrees("lat"));
  DZ_TRY_ASSIGN(site.lng, node.degrees("lng"));
  return site;
}

Result<TopologyInterface> parse_interface(const Node& node) {
  TopologyInterface out;
  DZ_TRY_ASSIGN(out.name, node.text("name"));
  if (auto normal = normalise_interface_name(out.name); !normal)
    return with_context(node.place("name"), normal.error());
  DZ_TRY_ASSIGN(const std::string loopback, node.text_or("loopback", "none"));
  auto word = parse_word<LoopbackType>(loopback);
  if (!word) return with_context(node.place("loopback"), word.error());
  out.loopback = *word;
  DZ_TRY_ASSIGN(out.dia, node.flag_or("dia", false));
  DZ_TRY_ASSIGN(out.bandwidth_bps, node.number_or("bandwidth_bps", 0));
  DZ_TRY_ASSIGN(const std::uint64_t vlan, node.number_or("vlan", 0));
  if (vlan > 4094) return refused(fmt::format("{}: expected a VLAN up to 4094, found {}", node.place("vlan"), vlan));
  out.vlan = static_cast<std::uint16_t>(vlan);
  return out;
}

Result<TopologyDevice> parse_device(const Node& node) {
  TopologyDevice out;
  DZ_TRY_ASSIGN(out.code, node.text("code"));
  DZ_TRY_ASSIGN(out.contributor, node.text("contributor"));
  DZ_TRY_ASSIGN(out.location, node.text("location"));
  DZ_TRY_ASSIGN(out.exchange, node.text("exchange"));
  DZ_TRY_ASSIGN(out.type, node.parsed<DeviceType>("device_type", parse_word<DeviceType>));
  DZ_TRY_ASSIGN(out.public_ip, node.parsed<Ipv4>("public_ip", parse_ipv4));
  DZ_TRY_ASSIGN(const auto prefixes, node.texts("dz_prefixes"));
  for (const std::string& prefix : prefixes) {
    auto network = parse_network(prefix);
    if (!network) return with_context(node.place("dz_prefixes"), network.error());
    out.dz_prefixes.push_back(*network);
  }
  DZ_TRY_ASSIGN(const std::string publisher, node.text_or("metrics_publisher", "own"));
  if (publisher != "own" && publisher != "unset") {
    return refused(
        fmt::format("{}: expected \"own\" or \"unset\", found \"{}\"", node.place("metrics_publisher"), publisher));
  }
  out.has_metrics_publisher = publisher == "own";
  DZ_TRY_ASSIGN(const auto interfaces, node.nodes("interfaces"));
  std::set<std::string> names;
  for (const Node& item : interfaces) {
    DZ_TRY_ASSIGN(TopologyInterface one, parse_interface(item));
    if (!names.insert(interface_key(one.name)).second) {
      return refused(
          fmt::format("{}: {} is there twice; names differ by more than case", item.place("name"), one.name));
    }
    out.interfaces.push_back(std::move(one));
  }
  return out;
}

Result<TopologyLink> parse_link(const Node& node) {
  TopologyLink out;
  DZ_TRY_ASSIGN(out.code, node.text("code"));
  DZ_TRY_ASSIGN(out.type, node.parsed<LinkType>("link_type", parse_word<LinkType>));
  DZ_TRY_ASSIGN(out.bandwidth_bps, node.number("bandwidth_bps"));
  DZ_TRY_ASSIGN(out.delay_ns, node.number("delay_ns"));
  DZ_TRY_ASSIGN(out.jitter_ns, node.number("jitter_ns"));
  DZ_TRY_ASSIGN(out.side_a, node.text("side_a"));
  DZ_TRY_ASSIGN(out.side_a_iface, node.text("side_a_iface"));
  DZ_TRY_ASSIGN(out.side_z, node.text("side_z"));
  DZ_TRY_ASSIGN(out.side_z_iface, node.text("side_z_iface"));
  return out;
}

template <typename List>
bool names(const List& list, std::string_view code) {
  return std::any_of(list.begin(), list.end(), [&](const auto& item) { return item.code == code; });
}

template <typename List>
Result<void> check_codes_differ(std::string_view member, const List& list) {
  std::set<std::string> codes;
  for (const auto& item : list) {
    if (!codes.insert(item.code).second)
      return refused(fmt::format("{}: the code {} is there twice", member, item.code));
  }
  return {};
}

tl::unexpected<Error> dangling(std::string_view place, std::string_view list, std::string_view code) {
  return refused(
      fmt::format("{}: expected a code from {}, found \"{}\"; add it there or mend the name", place, list, code));
}

Result<void> check_link_end(const FleetTopology& topology, const TopologyLink& link, const std::string& device,
                            const std::string& interface) {
  const std::string place = fmt::format("links, {}", link.code);
  const TopologyDevice* found = find_device(topology, device);
  if (found == nullptr) return dangling(place, "devices", device);
  const std::string key = interface_key(interface);
  for (const TopologyInterface& one : found->interfaces) {
    if (interface_key(one.name) == key && one.loopback == LoopbackType::None && !one.dia) return {};
  }
  return refused(fmt::format("{}: expected a port of {} that is neither loopback nor DIA, found \"{}\"", place, device,
                             interface));
}

Result<void> check_references(const FleetTopology& topology) {
  DZ_TRY(check_codes_differ("locations", topology.locations));
  DZ_TRY(check_codes_differ("exchanges", topology.exchanges));
  DZ_TRY(check_codes_differ("devices", topology.devices));
  DZ_TRY(check_codes_differ("links", topology.links));
  for (const TopologyDevice& device : topology.devices) {
    const std::string place = fmt::format("devices, {}", device.code);
    if (std::find(topology.contributors.begin(), topology.contributors.end(), device.contributor) ==
        topology.contributors.end()) {
      return dangling(place, "contributors", device.contributor);
    }
    if (!names(topology.locations, device.location)) return dangling(place, "locations", device.location);
    if (!names(topology.exchanges, device.exchange)) return dangling(place, "exchanges", device.exchange);
  }
  for (const TopologyLink& link : topology.links) {
    DZ_TRY(check_link_end(topology, link, link.side_a, link.side_a_iface));
    DZ_TRY(check_link_end(topology, link, link.side_z, link.side_z_iface));
  }
  return {};
}

template <typename T, typename Parse>
Result<std::vector<T>> parse_all(const Node& root, std::string_view member, Parse parse) {
  DZ_TRY_ASSIGN(const auto nodes, root.nodes(member));
  std::vector<T> out;
  for (const Node& node : nodes) {
    DZ_TRY_ASSIGN(T item, parse(node));
    out.push_back(std::move(item));
  }
  return out;
}

}  // namespace

Result<FleetTopology> parse_topology(std::string_view text) {
  boost::system::error_code error;
  const json::value parsed = json::parse(json::string_view(text.data(), text.size()), error);
  if (error) return refused(fmt::format("expected JSON, found a mistake in it: {}", error.message()));
  if (!parsed.is_object())
    return refused("expected a JSON object with contributors, locations, exchanges, devices and links");
  const Node root(parsed.get_object(), "");
  FleetTopology out;
  DZ_TRY_ASSIGN(out.name, root.text("name"));
  DZ_TRY_ASSIGN(out.contributors,
                parse_all<std::string>(root, "contributors", [](const Node& node) { return node.text("code"); }));
  DZ_TRY_ASSIGN(out.locations,
                parse_all<TopologySite>(root, "locations", [](const Node& node) { return parse_site(node, true); }));
  DZ_TRY_ASSIGN(out.exchanges,
                parse_all<TopologySite>(root, "exchanges", [](const Node& node) { return parse_site(node, false); }));
  DZ_TRY_ASSIGN(out.devices, parse_all<TopologyDevice>(root, "devices", parse_device));
  DZ_TRY_ASSIGN(out.links, parse_all<TopologyLink>(root, "links", parse_link));
  DZ_TRY(check_references(out));
  return out;
}

const TopologyDevice* find_device(const FleetTopology& topology, std::string_view code) {
  for (const TopologyDevice& device : topology.devices) {
    if (device.code == code) return &device;
  }
  return nullptr;
}

const TopologyLink* find_link(const FleetTopology& topology, std::string_view code) {
  for (const TopologyLink& link : topology.links) {
    if (link.code == code) return &link;
  }
  return nullptr;
}

std::vector<std::string> counted_ports(const TopologyDevice& device) {
  std::vector<std::string> ports;
  std::set<std::string> seen;
  for (const TopologyInterface& one : device.interfaces) {
    if (one.loopback != LoopbackType::None) continue;
    const std::string port(parent_port(one.name));
    if (seen.insert(interface_key(port)).second) ports.push_back(port);
  }
  return ports;
}

}  // namespace dz::fleet
