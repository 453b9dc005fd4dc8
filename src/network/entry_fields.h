// The members of each record of a network file, said once: reading and rendering both go through these lists.
// `io(name, member, as)` is called for each in the order of the file; `as` says how the value is read and written.
#pragma once

#include <limits>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "domain/interface_name.h"
#include "domain/network.h"
#include "network/file_value.h"
#include "network/network_file.h"

namespace dz::network::entry {

inline tl::unexpected<Error> wrong(std::string_view expected, const FileValue& found) {
  return refused(fmt::format("expected {}, found {}", expected, found_text(found)));
}

// A text that goes through a parser of its own.
template <typename Value>
struct Parsed {
  std::string_view expected;
  Result<Value> (*parse)(std::string_view);
  std::string (*show)(const Value&);

  Result<Value> read(const FileValue& value) const {
    if (value.kind != FileValue::Kind::Text) return wrong(expected, value);
    return parse(value.text);
  }
  boost::json::value write(const Value& value) const { return boost::json::value(show(value)); }
};

Result<std::string> parse_lower_code(std::string_view text);
Result<std::string> parse_lower_link_code(std::string_view text);
Result<std::string> parse_seat(std::string_view text);
Result<std::string> parse_any_text(std::string_view text);
Result<std::string> parse_topology_name(std::string_view text);

inline std::string same(const std::string& text) { return text; }
inline constexpr Parsed<std::string> kCode{"a code, such as \"ams\"", parse_lower_code, same};
inline constexpr Parsed<std::string> kLinkCode{"a code, such as \"ams-lon\"", parse_lower_link_code, same};
inline constexpr Parsed<std::string> kSeat{"the code of a device, or \"none\"", parse_seat, same};
inline constexpr Parsed<std::string> kText{"a text", parse_any_text, same};
inline constexpr Parsed<std::string> kTopology{"the name of a topology, such as \"CORE\"", parse_topology_name, same};
inline constexpr Parsed<std::string> kPort{"the name of an interface, such as \"Ethernet1\"", normalise_interface_name,
                                           same};
inline constexpr Parsed<NetworkV4> kNetwork{"a network, such as \"10.0.0.0/16\"", parse_network,
                                            [](const NetworkV4& net) { return to_text(net); }};
inline constexpr Parsed<Ipv4> kAddress{"an IPv4 address, such as \"195.219.120.1\"", parse_ipv4,
                                       [](const Ipv4& ip) { return to_text(ip); }};

template <typename Word>
struct Words {
  Result<Word> read(const FileValue& value) const {
    if (value.kind != FileValue::Kind::Text) return wrong("one of " + words_of<Word>(), value);
    return parse_word<Word>(value.text);
  }
  boost::json::value write(Word word) const { return boost::json::value(std::string(to_text(word))); }
};

template <typename Number>
struct Whole {
  Result<Number> read(const FileValue& value) const {
    constexpr auto kMost =
        std::min<std::uint64_t>(std::numeric_limits<Number>::max(), std::numeric_limits<std::int64_t>::max());
    if (value.kind != FileValue::Kind::Whole || value.whole < 0 || static_cast<std::uint64_t>(value.whole) > kMost) {
      return wrong(fmt::format("a whole number from 0 to {}", kMost), value);
    }
    return static_cast<Number>(value.whole);
  }
  boost::json::value write(Number number) const { return boost::json::value(std::uint64_t{number}); }
};

struct Degrees {
  double most;
  Result<double> read(const FileValue& value) const {
    const bool number = value.kind == FileValue::Kind::Whole || value.kind == FileValue::Kind::Number;
    if (number && value.number >= -most && value.number <= most) return value.number;
    return wrong(fmt::format("degrees from -{} to {}", most, most), value);
  }
  boost::json::value write(double degrees) const { return boost::json::value(degrees); }
};

struct Flag {
  Result<bool> read(const FileValue& value) const {
    if (value.kind != FileValue::Kind::Flag) return wrong("true or false", value);
    return value.flag;
  }
  boost::json::value write(bool flag) const { return boost::json::value(flag); }
};

// A pubkey, or "me" for the key of the reader.
struct Key {
  const std::optional<Pubkey>* me = nullptr;
  Result<Pubkey> read(const FileValue& value) const;
  boost::json::value write(const Pubkey& key) const { return boost::json::value(to_text(key)); }
};

struct Networks {
  Result<std::vector<NetworkV4>> read(const FileValue& value) const;
  boost::json::value write(const std::vector<NetworkV4>& networks) const;
};

// Names of topologies, in any order and case.
struct TopologyNames {
  Result<std::vector<std::string>> read(const FileValue& value) const;
  boost::json::value write(const std::vector<std::string>& names) const;
};

template <typename Entry, typename Io>
void config_fields(Entry& e, Io& io) {
  io("local_asn", e.local_asn, Whole<std::uint32_t>{});
  io("remote_asn", e.remote_asn, Whole<std::uint32_t>{});
  io("device_tunnel_block", e.device_tunnel_block, kNetwork);
  io("user_tunnel_block", e.user_tunnel_block, kNetwork);
  io("multicast_group_block", e.multicast_group_block, kNetwork);
  io("multicast_publisher_block", e.multicast_publisher_block, kNetwork);
  io("contributor_airdrop_lamports", e.contributor_airdrop_lamports, Whole<std::uint64_t>{});
  io("user_airdrop_lamports", e.user_airdrop_lamports, Whole<std::uint64_t>{});
}

template <typename Entry, typename Io>
void topology_fields(Entry& e, Io& io) {
  io("name", e.name, kTopology);
  io("constraint", e.constraint, Words<TopologyConstraint>{});
}

template <typename Entry, typename Io>
void location_fields(Entry& e, Io& io) {
  io("code", e.code, kCode);
  io("name", e.name, kText);
  io("country", e.country, kText);
  io("lat", e.lat, Degrees{90});
  io("lng", e.lng, Degrees{180});
  io("loc_id", e.loc_id, Whole<std::uint32_t>{});
}

template <typename Entry, typename Io>
void exchange_fields(Entry& e, Io& io) {
  io("code", e.code, kCode);
  io("name", e.name, kText);
  io("lat", e.lat, Degrees{90});
  io("lng", e.lng, Degrees{180});
  io("device1", e.device1, kSeat);
  io("device2", e.device2, kSeat);
}

template <typename Entry, typename Io>
void contributor_fields(Entry& e, Io& io, const std::optional<Pubkey>* me) {
  io("code", e.code, kCode);
  io("owner", e.owner, Key{me});
  io("ops_manager", e.ops_manager, Key{me});
}

template <typename Entry, typename Io>
void interface_fields(Entry& e, Io& io) {
  io("name", e.name, kPort);
  io("loopback_type", e.loopback_type, Words<LoopbackType>{});
  io("interface_cyoa", e.cyoa, Words<Cyoa>{});
  io("interface_dia", e.dia, Words<Dia>{});
  io("ip_net", e.ip_net, kNetwork);
  io("bandwidth_bps", e.bandwidth_bps, Whole<std::uint64_t>{});
  io("cir_bps", e.cir_bps, Whole<std::uint64_t>{});
  io("mtu", e.mtu, Whole<std::uint16_t>{});
  io("routing_mode", e.routing_mode, Words<RoutingMode>{});
  io("vlan_id", e.vlan_id, Whole<std::uint16_t>{});
  io("user_tunnel_endpoint", e.user_tunnel_endpoint, Flag{});
  io("status", e.status, Words<InterfaceStatus>{});
}

template <typename Entry, typename Io>
void device_fields(Entry& e, Io& io, const std::optional<Pubkey>* me) {
  io("code", e.code, kCode);
  io("contributor", e.contributor, kCode);
  io("location", e.location, kCode);
  io("exchange", e.exchange, kCode);
  io("device_type", e.device_type, Words<DeviceType>{});
  io("public_ip", e.public_ip, kAddress);
  io("dz_prefixes", e.dz_prefixes, Networks{});
  io("metrics_publisher", e.metrics_publisher, Key{me});
  io("mgmt_vrf", e.mgmt_vrf, kText);
  io("desired_status", e.desired_status, Words<DesiredStatus>{});
  io("max_users", e.max_users, Whole<std::uint16_t>{});
  io("max_unicast_users", e.max_unicast_users, Whole<std::uint16_t>{});
  io("max_multicast_subscribers", e.max_multicast_subscribers, Whole<std::uint16_t>{});
  io("max_multicast_publishers", e.max_multicast_publishers, Whole<std::uint16_t>{});
}

template <typename Entry, typename Io>
void link_fields(Entry& e, Io& io) {
  io("code", e.code, kLinkCode);
  io("link_type", e.link_type, Words<LinkType>{});
  io("side_a", e.side_a, kCode);
  io("side_a_interface", e.side_a_interface, kPort);
  io("side_z", e.side_z, kCode);
  io("side_z_interface", e.side_z_interface, kPort);
  io("bandwidth_bps", e.bandwidth_bps, Whole<std::uint64_t>{});
  io("mtu", e.mtu, Whole<std::uint32_t>{});
  io("delay_ns", e.delay_ns, Whole<std::uint64_t>{});
  io("jitter_ns", e.jitter_ns, Whole<std::uint64_t>{});
  io("delay_override_ns", e.delay_override_ns, Whole<std::uint64_t>{});
  io("desired_status", e.desired_status, Words<DesiredStatus>{});
  io("unicast_drained", e.unicast_drained, Flag{});
  io("topologies", e.topologies, TopologyNames{});
}

}  // namespace dz::network::entry
