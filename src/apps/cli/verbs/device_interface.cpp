// device interface: both `create DEVICE NAME` and `create --device DEVICE --name NAME`.
#include "apps/cli/ui/device_view.h"
#include "apps/cli/ui/record_args.h"
#include "apps/cli/verbs/verbs.h"
#include "client/topologies.h"
#include "domain/interface_name.h"
#include "domain/link_limits.h"

namespace dz::cli {
namespace {

constexpr std::uint16_t kLinkMtu = 9000, kEdgeMtu = 1500;

struct Target {
  std::string device, name;
};
void declare_device(Options& options, std::string& device) {
  options.text("device,--device", device, "device, by pubkey or code").required().codes_of("device");
}
void declare_target(Options& options, Target& args) {
  declare_device(options, args.device);
  options
      .parsed("name,--name", args.name, "such as Ethernet1/1, Switch1/1/1, Loopback255, Port-Channel1, or et1/1",
              normalise_interface_name)
      .required();
}

Result<const Interface*> find_on(const client::Found<Device>& device, const std::string& name) {
  if (const auto* interface = find_interface(*device.record, name)) return interface;
  return not_found(fmt::format("device '{}' has no interface {}: see 'doublezero device interface list {}'",
                               device.record->code, name, device.record->code));
}

// The interface's status as the ledger has it after the write.
Result<void> finish(Context& context, const client::Written& written, const std::string& name) {
  DZ_TRY_ASSIGN(const auto snapshot, client::fetch_accounts(scope_of(context), {&written.record, 1}));
  const auto device = snapshot.devices.find(written.record);
  const auto* interface = device == snapshot.devices.end() ? nullptr : find_interface(device->second, name);
  context.written["device"] = client::code_of(snapshot.devices, written.record);
  context.written["name"] = name;
  print_written(context, written, Wrote::Change, interface == nullptr ? "deleted" : to_text(interface->status));
  return {};
}

// --wait is accepted here too: an interface has its status as soon as the write is confirmed.

// --- create -------------------------------------------------------------------------------------------------------

struct CreateArgs {
  Target target;
  std::optional<LoopbackType> loopback;
  std::optional<Cyoa> cyoa;
  std::optional<Dia> dia;
  std::optional<NetworkV4> ip_net;
  std::uint64_t bandwidth = 0, cir = 0;
  std::optional<std::uint16_t> mtu, vlan_id;
  std::optional<RoutingMode> routing_mode;
  bool user_tunnel_endpoint = false;
  WaitArgs wait;
};
void declare_create(Options& options, CreateArgs& args) {
  declare_target(options, args.target);
  options.word("--loopback-type", args.loopback, "kind of loopback (none)");
  options.word("--interface-cyoa", args.cyoa, "how users reach it (none)");
  options.word("--interface-dia", args.dia, "internet port (none)");
  options.parsed("--ip-net", args.ip_net, "address, such as 195.219.120.66/29", parse_network);
  options.parsed("--bandwidth", args.bandwidth, "up to 400Gbps, such as 10Gbps (0bps)", parse_port_bandwidth);
  options.parsed("--cir", args.cir, "committed rate, such as 1Gbps (0bps)", parse_port_bandwidth);
  options.number("--mtu", args.mtu, "bytes (9000; 1500 for CYOA and DIA)");
  options.word("--routing-mode", args.routing_mode, "routing (static)");
  options.number("--vlan-id", args.vlan_id, "VLAN (0)");
  options.parsed("--user-tunnel-endpoint", args.user_tunnel_endpoint, "users' tunnels end here: true or false (false)",
                 parse_bool);
  declare_wait(options, args.wait);
}

wire::CreateInterfaceArgs instruction_args(const CreateArgs& args) {
  wire::CreateInterfaceArgs interface;
  interface.name = args.target.name;
  interface.loopback = args.loopback.value_or(LoopbackType::None);
  interface.cyoa = args.cyoa.value_or(Cyoa::None);
  interface.dia = args.dia.value_or(Dia::None);
  interface.ip_net = args.ip_net;
  interface.bandwidth = args.bandwidth;
  interface.cir = args.cir;
  const bool edge = interface.cyoa != Cyoa::None || interface.dia != Dia::None;
  interface.mtu = args.mtu.value_or(edge ? kEdgeMtu : kLinkMtu);
  interface.routing_mode = args.routing_mode.value_or(RoutingMode::Static);
  interface.vlan_id = args.vlan_id.value_or(0);
  interface.user_tunnel_endpoint = args.user_tunnel_endpoint;
  return interface;
}

// A port of this kind is there to carry links.
void warn_of_bandwidth(Context& context, const wire::CreateInterfaceArgs& port) {
  const bool link_port = port.cyoa == Cyoa::None && port.dia == Dia::None && !port.name.starts_with("Loopback");
  if (!link_port || port.bandwidth >= kMinLinkBandwidth) return;
  warn(context, "Warning: {} has {}: a link needs a port of {} to {}: doublezero device interface update --bandwidth",
       port.name, bandwidth_text(port.bandwidth), bandwidth_text(kMinLinkBandwidth), bandwidth_text(kMaxLinkBandwidth));
}

Result<void> create(Context& context, const CreateArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context, wire::AccountType::Device, args.target.device));
  DZ_TRY_ASSIGN(const auto device, client::find_record(session->snapshot.devices, "device", args.target.device));
  if (find_interface(*device.record, args.target.name) != nullptr) {
    return refused(
        fmt::format("device '{}' has an interface {} already: change it with 'doublezero device interface "
                    "update'",
                    device.record->code, args.target.name));
  }
  std::vector<Pubkey> topologies;  // in each, the loopback gets a node segment
  if (args.loopback == LoopbackType::Vpnv4) {
    DZ_TRY_ASSIGN(const auto there, client::fetch_topologies(context.ledger, context.settings.ids));
    for (const auto& [key, topology] : there) topologies.push_back(key);
  }
  const auto interface = instruction_args(args);
  warn_of_bandwidth(context, interface);
  DZ_TRY_ASSIGN(const auto written, session->provisioner.create_interface(device, interface, topologies));
  return finish(context, written, args.target.name);
}

// --- update -------------------------------------------------------------------------------------------------------

struct UpdateArgs {
  Target target;
  wire::UpdateInterfaceArgs change;
  std::optional<std::string> topologies;
  WaitArgs wait;
};
void declare_update(Options& options, UpdateArgs& args) {
  auto& change = args.change;
  declare_target(options, args.target);
  options.word("--loopback-type", change.loopback, "kind of loopback");
  options.word("--interface-cyoa", change.cyoa, "how users reach it");
  options.word("--interface-dia", change.dia, "internet port");
  options.parsed("--ip-net", change.ip_net, "address", parse_network);
  options.parsed("--bandwidth", change.bandwidth, "up to 400Gbps, such as 10Gbps", parse_port_bandwidth);
  options.parsed("--cir", change.cir, "committed rate", parse_port_bandwidth);
  options.number("--mtu", change.mtu, "bytes");
  options.word("--routing-mode", change.routing_mode, "routing");
  options.number("--vlan-id", change.vlan_id, "VLAN");
  options.parsed("--user-tunnel-endpoint", change.user_tunnel_endpoint, "true or false", parse_bool);
  options.word("--status", change.status, "of a DIA or CYOA port: activated or unlinked; link ports follow their link");
  options.number("--node-segment-idx", change.node_segment_idx, "segment routing index (foundation)");
  options
      .text("--topologies", args.topologies,
            "topologies in which a vpnv4 loopback has a segment from now on, by name, comma separated, or none "
            "(foundation)")
      .codes_of("topology");
  declare_wait(options, args.wait);
}
Result<void> update(Context& context, const UpdateArgs& args) {
  if (args.change == wire::UpdateInterfaceArgs{} && !args.topologies) return refuse_empty_update(context);
  DZ_TRY_ASSIGN(const auto session, open_session(context, wire::AccountType::Device, args.target.device));
  DZ_TRY_ASSIGN(const auto device, client::find_record(session->snapshot.devices, "device", args.target.device));
  DZ_TRY_ASSIGN(const auto* interface, find_on(device, args.target.name));
  wire::UpdateInterfaceArgs change = args.change;
  change.name = interface->name;
  std::optional<std::vector<Pubkey>> topologies;
  if (args.topologies) {
    DZ_TRY_ASSIGN(const auto there, client::fetch_topologies(context.ledger, context.settings.ids));
    DZ_TRY_ASSIGN(topologies, client::find_topologies(there, *args.topologies));
  }
  DZ_TRY_ASSIGN(const auto written, session->provisioner.update_interface(device, change, topologies));
  return finish(context, written, interface->name);
}

// --- list, get, delete --------------------------------------------------------------------------------------------

struct InterfaceItem {
  std::string device;
  const Interface* interface;
  LedgerRules rules;
};
boost::json::object to_json(const InterfaceItem& item) {
  return interface_json(item.device, *item.interface, item.rules);
}

struct ListArgs {
  std::optional<std::string> device;
  OutputArgs output;
};
void declare_list(Options& options, ListArgs& args) {
  options.text("device,--device", args.device, "only of this device, by pubkey or code").codes_of("device");
  declare_output(options, args.output);
}
Result<void> list(Context& context, const ListArgs& args) {
  DZ_TRY_ASSIGN(const auto snapshot, args.device ? read_record(context, wire::AccountType::Device, *args.device)
                                                 : read_types(context, {wire::AccountType::Device}));
  std::optional<Pubkey> only;
  if (args.device) {
    DZ_TRY_ASSIGN(const auto device, client::find_record(snapshot.devices, "device", *args.device));
    only = device.key;
  }
  const auto rules = rules_for(snapshot);
  std::vector<InterfaceItem> items;
  for (const auto& [key, device] : snapshot.devices) {
    if (only && *only != key) continue;
    for (const auto& interface : device.interfaces) items.push_back({device.code, &interface, rules});
  }
  std::vector<Column<InterfaceItem>> columns = {{"device", [](const InterfaceItem& i) { return i.device; }}};
  for (const auto& column : interface_columns()) {
    columns.push_back({column.header, [text = column.text](const InterfaceItem& i) { return text(i.interface); }});
  }
  std::stable_sort(items.begin(), items.end(),
                   [](const InterfaceItem& a, const InterfaceItem& b) { return a.device < b.device; });
  show_list(context, args.output, items, {columns, to_json});
  return {};
}

struct GetInterfaceArgs {
  Target target;
  OutputArgs output;
};
void declare_get_interface(Options& options, GetInterfaceArgs& args) {
  declare_target(options, args.target);
  declare_output(options, args.output);
}
Result<void> get(Context& context, const GetInterfaceArgs& args) {
  DZ_TRY_ASSIGN(const auto snapshot, read_record(context, wire::AccountType::Device, args.target.device));
  DZ_TRY_ASSIGN(const auto device, client::find_record(snapshot.devices, "device", args.target.device));
  DZ_TRY_ASSIGN(const auto* interface, find_on(device, args.target.name));
  auto record = interface_json(*interface);
  record["device"] = device.record->code;
  if (wants_json(args.output)) record = to_json({device.record->code, interface, rules_for(snapshot)});
  show_record(context, args.output, record);
  return {};
}

// The link that runs over the interface, if one does.
const Link* link_over(const client::Snapshot& snapshot, const Pubkey& device, const std::string& name) {
  for (const auto& link : links_of_device(snapshot, device)) {
    const auto& end = link.record->side_a == device ? link.record->side_a_iface : link.record->side_z_iface;
    if (interface_key(end) == interface_key(name)) return link.record;
  }
  return nullptr;
}

Result<void> remove(Context& context, const Target& args) {
  using Type = wire::AccountType;
  DZ_TRY_ASSIGN(const auto session, open_session(context, {.records = {{Type::Device, args.device, {Type::Link}}}}));
  DZ_TRY_ASSIGN(const auto device, client::find_record(session->snapshot.devices, "device", args.device));
  DZ_TRY_ASSIGN(const auto* interface, find_on(device, args.name));
  if (const auto* link = link_over(session->snapshot, device.key, interface->name)) {
    return refused(
        fmt::format("interface {} of device '{}' carries link '{}': delete the link first, with 'doublezero "
                    "link delete --pubkey {}'",
                    interface->name, device.record->code, link->code, link->code));
  }
  const std::string name = interface->name;
  DZ_TRY_ASSIGN(const auto written, session->provisioner.delete_interface(device, name));
  return finish(context, written, name);
}

}  // namespace

void add_device_interface(Commands& device) {
  auto noun = device.noun("interface", "ports and loopbacks of a device");
  noun.verb<CreateArgs>("create", "add an interface", declare_create, create);
  noun.verb<UpdateArgs>("update", "change an interface", declare_update, update);
  noun.verb<ListArgs>("list", "interfaces of one device or of all", declare_list, list);
  noun.verb<GetInterfaceArgs>("get", "one interface", declare_get_interface, get);
  noun.verb<Target>("delete", "remove an interface that carries no link", declare_target, remove);
}

}  // namespace dz::cli
