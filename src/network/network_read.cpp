// A network file as text, read into records. Every mistake is told with its line, not only the first.
#include <algorithm>
#include <cctype>
#include <map>

#include <fmt/ranges.h>

#include "base/safe_text.h"
#include "domain/record_code.h"
#include "network/entry_fields.h"
#include "wire/addresses.h"

namespace dz::network {

namespace entry {

Result<std::string> parse_lower_code(std::string_view text) {
  DZ_TRY_ASSIGN(const auto code, parse_code(text));
  return code_key(code);
}

Result<std::string> parse_lower_link_code(std::string_view text) {
  DZ_TRY_ASSIGN(const auto code, parse_link_code(text));
  return code_key(code);
}

Result<std::string> parse_seat(std::string_view text) { return parse_lower_code(text); }

// What a name may be is the ledger's to say.
Result<std::string> parse_any_text(std::string_view text) { return std::string(text); }

// As the ledger's program has it.
Result<std::string> parse_topology_name(std::string_view text) {
  const auto name = wire::topology_name(text);
  const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto fits = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; };
  const bool good = !name.empty() && name.size() <= wire::kMaxSeed && is_letter(name.front()) &&
                    std::all_of(name.begin(), name.end(), fits);
  if (good) return name;
  return refused(
      fmt::format("expected the name of a topology, a letter and then letters, digits and '-', up to 32, found '{}'",
                  text.substr(0, 60)));
}

Result<std::vector<std::string>> TopologyNames::read(const FileValue& value) const {
  if (value.kind != FileValue::Kind::List) return wrong("a list of names, such as [\"CORE\"]", value);
  std::vector<std::string> names;
  for (const auto& item : value.items) {
    DZ_TRY_ASSIGN(auto name, kTopology.read(item));
    names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  if (std::adjacent_find(names.begin(), names.end()) != names.end()) return refused("expected each topology once");
  return names;
}

boost::json::value TopologyNames::write(const std::vector<std::string>& names) const {
  boost::json::array list;
  for (const auto& name : names) list.push_back(boost::json::value(name));
  return list;
}

Result<Pubkey> Key::read(const FileValue& value) const {
  if (value.kind != FileValue::Kind::Text) return wrong("a pubkey, or \"me\" for the signing key", value);
  if (value.text != "me") return parse_pubkey(value.text);
  if (me != nullptr && *me) return **me;
  return refused("\"me\" is the signing key, and none can be read: name it with --keypair, or write the pubkey");
}

Result<std::vector<NetworkV4>> Networks::read(const FileValue& value) const {
  constexpr auto kExpected = "a list of networks, such as [\"195.219.121.96/28\"]";
  if (value.kind != FileValue::Kind::List || value.items.empty()) return wrong(kExpected, value);
  std::vector<NetworkV4> networks;
  for (const auto& item : value.items) {
    DZ_TRY_ASSIGN(const auto network, kNetwork.read(item));
    networks.push_back(network);
  }
  return networks;
}

boost::json::value Networks::write(const std::vector<NetworkV4>& networks) const {
  boost::json::array list;
  for (const auto& network : networks) list.push_back(boost::json::value(to_text(network)));
  return list;
}

}  // namespace entry

namespace {

// Where mistakes are gathered, with the name of the file.
struct Gathered {
  std::string_view name;
  Complaints complaints = {};
  void add(int line, std::string_view what) {
    complaints.push_back(fmt::format("{}:{}: {}", name, line, escaped(what)));
  }
};

// Takes the members of one table, and complains of those that nobody took.
class TableReader {
 public:
  TableReader(const FileValue& table, std::string path, Gathered& to) : table_(table), path_(std::move(path)), to_(to) {
    if (table.kind != FileValue::Kind::Table)
      to.add(table.line, place("") + "expected a table, found " + found_text(table));
  }
  ~TableReader() {
    for (const auto& [name, value] : table_.members) {
      if (std::find(taken_.begin(), taken_.end(), name) != taken_.end()) continue;
      to_.add(value.line, fmt::format("{}expected one of {}", place(name), fmt::join(taken_, ", ")));
    }
  }
  TableReader(const TableReader&) = delete;
  TableReader& operator=(const TableReader&) = delete;

  const FileValue* take(const std::string& member) {
    taken_.push_back(member);
    return table_.find(member);
  }
  template <typename Value, typename As>
  void operator()(const char* member, Value& target, const As& as) {
    const auto* value = take(member);
    if (value != nullptr) return read(member, *value, target, as);
    if (table_.kind == FileValue::Kind::Table) {
      to_.add(table_.line, fmt::format("{}expected a value, found none: this member has to be there", place(member)));
    }
  }
  template <typename Value, typename As>
  void operator()(const char* member, std::optional<Value>& target, const As& as) {
    const auto* value = take(member);
    if (value != nullptr) read(member, *value, target, as);
  }
  // Reads each table of a list, in the order of the file.
  template <typename Entry, typename Read>
  void list(const char* member, std::vector<Entry>& entries, Read read_one) {
    const auto* value = take(member);
    if (value == nullptr) return;
    if (value->kind != FileValue::Kind::List) {
      return to_.add(value->line, place(member) + "expected a list of tables, found " + found_text(*value));
    }
    for (const auto& item : value->items) {
      const auto path = fmt::format("{}{}[{}]", path_.empty() ? "" : path_ + ".", member, entries.size());
      entries.push_back(read_one(item, path, to_));
    }
  }

 private:
  std::string place(std::string_view member) const {
    if (path_.empty() && member.empty()) return "";
    return fmt::format("{}{}{}: ", path_, path_.empty() || member.empty() ? "" : ".", member);
  }
  template <typename Value, typename Target, typename As>
  void assign(const char* member, const FileValue& value, Target& target, Result<Value> read_as, const As&) {
    if (read_as) {
      target = std::move(*read_as);
    } else {
      to_.add(value.line, place(member) + read_as.error().message);
    }
  }
  template <typename Target, typename As>
  void read(const char* member, const FileValue& value, Target& target, const As& as) {
    assign(member, value, target, as.read(value), as);
  }

  const FileValue& table_;
  std::string path_;
  Gathered& to_;
  std::vector<std::string> taken_;
};

template <typename Entry, typename Fields>
Entry read_entry(const FileValue& value, const std::string& path, Gathered& to, Fields fields) {
  Entry read;
  read.line = value.line;
  TableReader table(value, path, to);
  fields(read, table);
  return read;
}

InterfaceEntry read_interface(const FileValue& value, const std::string& path, Gathered& to) {
  return read_entry<InterfaceEntry>(value, path, to, [](auto& e, auto& io) { entry::interface_fields(e, io); });
}

DeviceEntry read_device(const FileValue& value, const std::string& path, Gathered& to,
                        const std::optional<Pubkey>& me) {
  return read_entry<DeviceEntry>(value, path, to, [&](auto& e, auto& io) {
    entry::device_fields(e, io, &me);
    io.list("interfaces", e.interfaces, read_interface);
  });
}

NetworkFile read_all(const FileValue& root, Gathered& to, const std::optional<Pubkey>& me) {
  NetworkFile file;
  TableReader table(root, "", to);
  if (const auto* format = table.take("format"); format != nullptr && format->whole != kNetworkFormat) {
    to.add(format->line, fmt::format("format: expected {}, found {}: a later program wrote this file", kNetworkFormat,
                                     found_text(*format)));
  }
  if (const auto* config = table.take("global_config")) {
    file.global_config = read_entry<GlobalConfigEntry>(*config, "global_config", to,
                                                       [](auto& e, auto& io) { entry::config_fields(e, io); });
  }
  table.list("topologies", file.topologies, [](const auto& value, const auto& path, auto& gathered) {
    return read_entry<TopologyEntry>(value, path, gathered, [](auto& e, auto& io) { entry::topology_fields(e, io); });
  });
  table.list("locations", file.locations, [](const auto& value, const auto& path, auto& gathered) {
    return read_entry<LocationEntry>(value, path, gathered, [](auto& e, auto& io) { entry::location_fields(e, io); });
  });
  table.list("exchanges", file.exchanges, [](const auto& value, const auto& path, auto& gathered) {
    return read_entry<ExchangeEntry>(value, path, gathered, [](auto& e, auto& io) { entry::exchange_fields(e, io); });
  });
  table.list("contributors", file.contributors, [&](const auto& value, const auto& path, auto& gathered) {
    return read_entry<ContributorEntry>(value, path, gathered,
                                        [&](auto& e, auto& io) { entry::contributor_fields(e, io, &me); });
  });
  table.list("devices", file.devices, [&](const auto& value, const auto& path, auto& gathered) {
    return read_device(value, path, gathered, me);
  });
  table.list("links", file.links, [](const auto& value, const auto& path, auto& gathered) {
    return read_entry<LinkEntry>(value, path, gathered, [](auto& e, auto& io) { entry::link_fields(e, io); });
  });
  return file;
}

// --- what records of one file may not do to each other
// ----------------------------------------------------------------

// first: the line where each name was seen.
void check_once(std::map<std::string, int>& first, const std::string& name, int line, Gathered& to) {
  const auto [seen, added] = first.emplace(name, line);
  if (!added) to.add(line, fmt::format("expected each once, found {} again: it is in line {} too", name, seen->second));
}

template <typename Entry>
void check_codes(std::string_view noun, const std::vector<Entry>& entries, Gathered& to) {
  std::map<std::string, int> first;
  for (const auto& one : entries) {
    if (!one.code.empty()) check_once(first, fmt::format("{} '{}'", noun, one.code), one.line, to);
  }
}

// Ports of links follow their link, loopbacks are always in service.
void check_status(const InterfaceEntry& port, Gathered& to) {
  if (!port.status) return;
  const bool word = *port.status == InterfaceStatus::Activated || *port.status == InterfaceStatus::Unlinked;
  if (word && is_edge(port) && !port.name.starts_with("Loopback")) return;
  to.add(port.line, fmt::format("interface {}: expected status activated or unlinked, of a CYOA or DIA port alone, "
                                "found {}: other interfaces have none that people write",
                                port.name, to_text(*port.status)));
}

void check_devices(const std::vector<DeviceEntry>& devices, Gathered& to) {
  std::map<std::string, int> addresses;
  for (const auto& device : devices) {
    if (device.public_ip != Ipv4{}) check_once(addresses, "public_ip " + to_text(device.public_ip), device.line, to);
    for (const auto& prefix : device.dz_prefixes) {
      if (!prefix.contains(device.public_ip)) continue;
      to.add(device.line, fmt::format("device '{}': expected a public_ip outside of its dz_prefixes, found {} in {}: "
                                      "users would be given it",
                                      device.code, to_text(device.public_ip), to_text(prefix)));
    }
    std::map<std::string, int> names;
    for (const auto& port : device.interfaces) {
      if (!port.name.empty()) check_once(names, fmt::format("interface {}", port.name), port.line, to);
      check_status(port, to);
    }
  }
}

void check_links(const std::vector<LinkEntry>& links, Gathered& to) {
  std::map<std::string, int> ports;
  for (const auto& link : links) {
    if (link.side_a == link.side_z && !link.side_a.empty()) {
      to.add(link.line,
             fmt::format("link '{}': expected two devices, found '{}' at both sides", link.code, link.side_a));
    }
    if (link.link_type == LinkType::Wan && !link.side_z_interface) {
      to.add(link.line, fmt::format("link '{}': expected a side_z_interface, found none: only a DZX link that side Z "
                                    "has not accepted has none",
                                    link.code));
    }
    check_once(ports, fmt::format("port {} of device '{}'", link.side_a_interface, link.side_a), link.line, to);
    if (link.side_z_interface) {
      check_once(ports, fmt::format("port {} of device '{}'", *link.side_z_interface, link.side_z), link.line, to);
    }
  }
}

}  // namespace

ReadNetwork read_network_file(std::string_view name, std::string_view text, const std::optional<Pubkey>& me) {
  const auto root = parse_file(name, text);
  if (!root) return {{}, {escaped(root.error().message)}};
  Gathered to{name};
  ReadNetwork read;
  read.file = read_all(*root, to, me);
  std::map<std::string, int> topologies;
  for (const auto& one : read.file.topologies) {
    if (!one.name.empty()) check_once(topologies, fmt::format("topology '{}'", one.name), one.line, to);
  }
  check_codes("location", read.file.locations, to);
  check_codes("exchange", read.file.exchanges, to);
  check_codes("contributor", read.file.contributors, to);
  check_codes("device", read.file.devices, to);
  check_codes("link", read.file.links, to);
  check_devices(read.file.devices, to);
  if (to.complaints.empty()) check_links(read.file.links, to);
  read.complaints = std::move(to.complaints);
  return read;
}

std::string code_key(std::string_view code) {
  std::string key(code);
  for (char& c : key) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return key;
}

bool is_edge(const InterfaceEntry& e) {
  return e.cyoa.value_or(Cyoa::None) != Cyoa::None || e.dia.value_or(Dia::None) != Dia::None;
}

std::uint16_t default_mtu(const InterfaceEntry& e) {
  constexpr std::uint16_t kEdgeMtu = 1500;
  return is_edge(e) ? kEdgeMtu : std::uint16_t{kLinkMtu};
}

}  // namespace dz::network
