// resource verify: whether the pools and the records that hold what came out of them say the same.
#include <map>
#include <set>

#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/resource_pools.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/verbs/verbs.h"

namespace dz::cli {
namespace {

namespace json = boost::json;
using Kind = wire::ResourceKind;

struct Finding {
  std::string pool, value, what, mend;
};

// Everything that records hold, by pool and value, and what the pools say of it.
class Audit {
 public:
  explicit Audit(const client::Snapshot& snapshot) : snapshot_(snapshot) {}

  std::vector<Finding> run() {
    for (const auto& [key, link] : snapshot_.links) take_link(link);
    for (const auto& [key, device] : snapshot_.devices) take_device(device);
    for (const auto& [key, user] : snapshot_.users) take_user(user);
    check({Kind::DeviceTunnelBlock, {}, 0});
    check({Kind::LinkIds, {}, 0});
    check({Kind::SegmentRoutingIds, {}, 0});
    check({Kind::UserTunnelBlock, {}, 0});
    for (const auto& [key, device] : snapshot_.devices) check({Kind::TunnelIds, key, 0});
    return std::move(findings_);
  }
  std::size_t checked() const { return checked_; }

 private:
  using Held = std::map<std::uint32_t, std::vector<std::string>>;

  static std::pair<Kind, Pubkey> place(Kind kind, const Pubkey& device = {}) { return {kind, device}; }

  void take(Kind kind, std::uint32_t value, const std::string& who, const Pubkey& device = {}) {
    held_[place(kind, device)][value].push_back(who);
  }
  void take_network(Kind kind, const NetworkV4& net, const std::string& who) {
    if (net.is_default()) return;
    const auto count = std::uint32_t{1} << (32U - net.prefix);
    const auto first = net.address.number() / count * count;
    for (std::uint32_t i = 0; i < count && i < 4; ++i) take(kind, first + i, who);
  }
  void take_link(const Link& link) {
    if (link.tunnel_net.is_default()) return;  // asked for, and not accepted yet
    const auto who = "link " + link.code;
    take_network(Kind::DeviceTunnelBlock, link.tunnel_net, who);
    take(Kind::LinkIds, link.tunnel_id, who);
  }
  // Loopbacks for routing have their address from the block of tunnels; a port has its own.
  void take_device(const Device& device) {
    for (const auto& i : device.interfaces) {
      const auto who = "interface " + device.code + " " + i.name;
      const bool routing = i.loopback == LoopbackType::Vpnv4 || i.loopback == LoopbackType::Ipv4;
      if (routing && in_block(i.ip_net)) take_network(Kind::DeviceTunnelBlock, i.ip_net, who);
      if (i.node_segment_idx != 0) take(Kind::SegmentRoutingIds, i.node_segment_idx, who);
      for (const auto& segment : i.flex_algo_segments) take(Kind::SegmentRoutingIds, segment.node_segment_idx, who);
    }
  }
  void take_user(const User& user) {
    const auto who = "user " + to_text(user.client_ip);
    take_network(Kind::UserTunnelBlock, user.tunnel_net, who);
    if (user.tunnel_id != 0) take(Kind::TunnelIds, user.tunnel_id, who, user.device);
  }
  bool in_block(const NetworkV4& net) const {
    if (!snapshot_.global_config || net.is_default()) return false;
    const auto& block = snapshot_.global_config->device_tunnel_block;
    const auto base = block.address.number(), ip = net.address.number();
    return ip >= base && ip - base < (std::uint64_t{1} << (32U - block.prefix));
  }

  std::string pool_text(const wire::ResourceType& pool) const {
    return std::string(name_of(pool.kind)) +
           (belongs_to_device(pool.kind) ? " of " + client::code_of(snapshot_.devices, pool.device) : "");
  }
  std::string command(std::string_view verb, const wire::ResourceType& pool, std::string_view flag,
                      const std::string& value) const {
    const auto device = belongs_to_device(pool.kind)
                            ? fmt::format(" --device {}", client::code_of(snapshot_.devices, pool.device))
                            : std::string();
    return fmt::format("doublezero resource {} --resource-type {}{} {} {}", verb, name_of(pool.kind), device, flag,
                       value);
  }

  void check(const wire::ResourceType& pool) {
    const auto& held = held_[place(pool.kind, pool.device)];
    const auto found = snapshot_.resources.find(resource_address(snapshot_.ids.serviceability, pool).address);
    if (found == snapshot_.resources.end()) {
      if (!held.empty()) {
        findings_.push_back({pool_text(pool), "", fmt::format("there is no such pool, and {} are held", held.size()),
                             "doublezero resource create --resource-type " + std::string(name_of(pool.kind))});
      }
      return;
    }
    const auto& record = found->second;
    const auto list = taken_of(record);
    const std::set<std::uint32_t> taken(list.begin(), list.end());
    const auto written = [&](std::uint32_t value) { return taken_text(record, value) + (record.ip ? "/32" : ""); };
    for (const auto value : taken) {
      ++checked_;
      if (!held.contains(value))
        findings_.push_back({pool_text(pool), written(value), "taken, and no record holds it",
                             command("deallocate", pool, "--value", written(value))});
    }
    for (const auto& [value, who] : held) {
      if (who.size() > 1)
        findings_.push_back({pool_text(pool), written(value), fmt::format("held by {} and by {}", who[0], who[1]),
                             "one of them has to be given another by hand"});
      if (!taken.contains(value))
        findings_.push_back({pool_text(pool), written(value), "free, and held by " + who.front(),
                             command("allocate", pool, "--requested-allocation", written(value))});
    }
  }

  const client::Snapshot& snapshot_;
  std::map<std::pair<Kind, Pubkey>, Held> held_;
  std::vector<Finding> findings_;
  std::size_t checked_ = 0;
};

json::object to_json(const Finding& f) {
  return {{"pool", f.pool}, {"value", f.value}, {"finding", f.what}, {"mend", f.mend}};
}

Result<void> verify(Context& context, const OutputArgs& output) {
  using Type = wire::AccountType;
  DZ_TRY_ASSIGN(const auto snapshot,
                read_types(context, {Type::ResourceExtension, Type::Link, Type::Device, Type::User}));
  Audit audit(snapshot);
  const auto findings = audit.run();
  const std::vector<Column<Finding>> columns = {{"pool", [](const Finding& f) { return f.pool; }},
                                                {"value", [](const Finding& f) { return f.value; }},
                                                {"finding", [](const Finding& f) { return f.what; }},
                                                {"mend", [](const Finding& f) { return f.mend; }}};
  if (wants_json(output) || !findings.empty()) show_list(context, output, findings, {columns, to_json});
  if (findings.empty()) {
    if (!wants_json(output)) print(context, "{} allocations, each held by one record.", audit.checked());
    return {};
  }
  return refused(
      fmt::format("{} differences between pools and records: look at each before mending it, another "
                  "client may be in the middle of a change",
                  findings.size()));
}

}  // namespace

void add_resource_verify(Commands& resource) {
  resource.verb<OutputArgs>("verify", "whether pools and the records that hold their values agree", declare_output,
                            verify);
}

}  // namespace dz::cli
