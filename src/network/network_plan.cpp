#include "network/network_plan.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "domain/interface_name.h"
#include "network/code_index.h"
#include "network/ledger_entries.h"
#include "network/who_writes.h"

namespace dz::network {
namespace {

namespace json = boost::json;

std::vector<MemberChange> changes_between(const json::object& wanted, const json::object& present) {
  std::vector<MemberChange> changes;
  for (const auto& member : wanted) {
    const auto* there = present.if_contains(member.key());
    if (there != nullptr && *there == member.value()) continue;
    changes.push_back({std::string(member.key()), there == nullptr ? json::value() : *there, member.value()});
  }
  return changes;
}

// Takes the changes of these members out of the list.
std::vector<MemberChange> take(std::vector<MemberChange>& from, const std::set<std::string_view>& members) {
  const auto kept = std::stable_partition(from.begin(), from.end(),
                                          [&](const auto& change) { return members.count(change.member) == 0; });
  std::vector<MemberChange> taken(std::make_move_iterator(kept), std::make_move_iterator(from.end()));
  from.erase(kept, from.end());
  return taken;
}

// What a record has after its creation whatever was wanted; only another value takes a second write.
bool is_first_value(const json::value& value) {
  if (value.is_uint64()) return value.get_uint64() == 0;
  if (value.is_bool()) return !value.get_bool();
  return value.is_string() && value.get_string() == "unlinked";
}

class Planner {
 public:
  Planner(const NetworkFile& file, const client::Snapshot& snapshot, const PlanFor& plan_for)
      : file_(file),
        snapshot_(snapshot),
        for_(plan_for),
        profile_(snapshot.profile != nullptr ? *snapshot.profile : *all_profiles().front()),
        who_(file, snapshot, plan_for.signer),
        locations_(snapshot.locations),
        exchanges_(snapshot.exchanges),
        contributors_(snapshot.contributors),
        devices_(snapshot.devices),
        links_(snapshot.links),
        location_at_(places_of(file.locations)),
        exchange_at_(places_of(file.exchanges)),
        contributor_at_(places_of(file.contributors)),
        device_at_(places_of(file.devices)),
        link_at_(places_of(file.links)) {
    for (const auto& [key, device] : snapshot.devices) addresses_.emplace(device.public_ip, code_key(device.code));
  }

  NetworkPlan plan() {
    plan_config();
    for (std::size_t i = 0; i < file_.topologies.size(); ++i) plan_topology(i);
    for (std::size_t i = 0; i < file_.locations.size(); ++i) plan_location(i);
    for (std::size_t i = 0; i < file_.exchanges.size(); ++i) plan_exchange(i);
    for (std::size_t i = 0; i < file_.contributors.size(); ++i) plan_contributor(i);
    for (std::size_t i = 0; i < file_.devices.size(); ++i) plan_device(i);
    for (std::size_t i = 0; i < file_.links.size(); ++i) plan_link(i);
    list_rest();
    refuse_unread();
    std::stable_sort(plan_.steps.begin(), plan_.steps.end(),
                     [](const Step& a, const Step& b) { return a.kind < b.kind; });
    return std::move(plan_);
  }

 private:
  void complain(int line, std::string_view what) {
    plan_.complaints.push_back(fmt::format("{}:{}: {}", for_.file_name, line, what));
  }
  void add(StepKind kind, std::size_t entry, std::string name, std::vector<MemberChange> changes,
           std::size_t part = 0) {
    if (const auto who = who_.else_than_signer(kind, entry)) return leave(kind, entry, name, *who);
    plan_.steps.push_back({kind, entry, part, std::move(name), std::move(changes)});
  }
  // A second write after the creation, for what the creation does not take.
  void add_later(StepKind kind, std::size_t entry, const std::string& name, std::vector<MemberChange> changes,
                 std::size_t part = 0) {
    std::erase_if(changes, [](const auto& change) { return is_first_value(change.after); });
    if (!changes.empty()) add(kind, entry, name, std::move(changes), part);
  }
  void add_change(StepKind kind, std::size_t entry, const std::string& name, std::vector<MemberChange> changes,
                  std::size_t part = 0) {
    if (changes.empty()) {
      ++plan_.as_they_are;
    } else {
      add(kind, entry, name, std::move(changes), part);
    }
  }

  void leave(StepKind kind, std::size_t entry, const std::string& name, const std::string& who) {
    const bool part = kind == StepKind::CreateInterface || kind == StepKind::ChangeInterface;
    const auto what = part ? fmt::format("device '{}'", file_.devices[entry].code) : name;
    wait_for(fmt::format("{}: {} writes it, by applying the same file", what, who));
  }
  void wait_for(std::string line) {
    auto& all = plan_.waiting;
    if (std::find(all.begin(), all.end(), line) == all.end()) all.push_back(std::move(line));
  }

  template <typename Record>
  bool check_name(const CodeIndex<Record>& index, const std::string& name, const std::string& code) {
    if (!index.is_ambiguous(code)) return true;
    plan_.conflicts.push_back(
        fmt::format("{}: several records of the ledger have this code; give all but one another code", name));
    return false;
  }
  template <typename Record>
  bool check_stays(const CodeIndex<Record>& index, const std::string& name, const std::string& code) {
    const auto* record = index.find_leaving(code);
    if (record == nullptr) return true;
    plan_.conflicts.push_back(
        fmt::format("{}: it is {} on the ledger; it can be made anew once it is gone", name, to_text(record->status)));
    return false;
  }
  // What can only be given at creation.
  void refuse_fixed(const std::string& name, const std::vector<MemberChange>& changes) {
    for (const auto& change : changes) {
      plan_.conflicts.push_back(fmt::format(
          "{}: {} is {} on the ledger and {} in the file; it cannot be changed: delete the record and create it anew",
          name, change.member, value_text(change.before), value_text(change.after)));
    }
  }

  // What cannot be read may be what the file names: then it would be made a second time.
  void refuse_unread() {
    using Type = wire::AccountType;
    constexpr Type kNamed[] = {Type::Location, Type::Exchange, Type::Contributor, Type::Device, Type::Link};
    const bool makes =
        std::any_of(plan_.steps.begin(), plan_.steps.end(), [](const Step& s) { return creates(s.kind); });
    for (const auto& [key, bad] : snapshot_.undecodable) {
      if (!makes || std::find(std::begin(kNamed), std::end(kNamed), bad.type) == std::end(kNamed)) continue;
      plan_.conflicts.push_back(
          fmt::format("account {} of the ledger cannot be read ({}), and may be what the file "
                      "would make a second time",
                      to_text(key), bad.reason));
    }
  }

  void plan_config() {
    if (!file_.global_config) {
      const bool makes_records = !file_.exchanges.empty() || !file_.devices.empty() || !file_.links.empty();
      if (!snapshot_.global_config && makes_records) {
        plan_.conflicts.push_back(
            "the ledger has no global configuration: add [global_config] to the file, or run 'doublezero "
            "global-config set'");
      }
      return;
    }
    json::object present;
    if (snapshot_.global_config) present = members_of(entry_of(*snapshot_.global_config, snapshot_.global_state));
    auto changes = changes_between(members_of(*file_.global_config), present);
    auto airdrop = take(changes, {"contributor_airdrop_lamports", "user_airdrop_lamports"});
    add_change(StepKind::SetGlobalConfig, 0, "the global configuration", std::move(changes));
    if (!snapshot_.global_config) std::erase_if(airdrop, [](const auto& c) { return is_first_value(c.after); });
    if (!airdrop.empty()) add(StepKind::SetAirdrop, 0, "the airdrop amounts", std::move(airdrop));
  }

  void plan_topology(std::size_t i) {
    const auto& e = file_.topologies[i];
    const auto name = fmt::format("topology '{}'", e.name);
    if (profile_.guarded) {
      return complain(e.line,
                      fmt::format("{}: expected no topologies, as the program of this ledger serves none", name));
    }
    const auto there = client::find_topology(for_.topologies, e.name);
    if (!there) return add(StepKind::CreateTopology, i, name, changes_between(members_of(e), {}));
    const auto changes = changes_between(members_of(e), members_of(entry_of(*there->record)));
    refuse_fixed(name, changes);
    if (changes.empty()) ++plan_.as_they_are;
  }
  // Those of the file and of the ledger.
  std::vector<std::string> all_topologies() const {
    std::vector<std::string> names;
    for (const auto& e : file_.topologies) names.push_back(e.name);
    for (const auto& [key, topology] : for_.topologies) names.push_back(entry_of(topology).name);
    return names;
  }
  void check_topologies(const LinkEntry& e, const std::string& name) {
    if (!e.topologies) return;
    const auto all = all_topologies();
    for (const auto& one : *e.topologies) {
      if (std::find(all.begin(), all.end(), one) != all.end()) continue;
      complain(e.line, fmt::format("{}: expected a topology of the file or of the ledger, found '{}'", name, one));
    }
  }

  void plan_location(std::size_t i) {
    const auto& e = file_.locations[i];
    const auto name = fmt::format("location '{}'", e.code);
    if (!check_name(locations_, name, e.code)) return;
    const auto* record = locations_.find(e.code);
    if (record == nullptr) return add(StepKind::CreateLocation, i, name, changes_between(members_of(e), {}));
    add_change(StepKind::ChangeLocation, i, name, changes_between(members_of(e), members_of(entry_of(*record))));
  }

  void plan_exchange(std::size_t i) {
    const auto& e = file_.exchanges[i];
    const auto name = fmt::format("exchange '{}'", e.code);
    if (!check_name(exchanges_, name, e.code)) return;
    for (const auto& seat : {e.device1, e.device2}) {
      if (seat && *seat != "none") need_device(e.line, name, *seat);
    }
    const auto* record = exchanges_.find(e.code);
    auto changes =
        changes_between(members_of(e), record == nullptr ? json::object() : members_of(entry_of(snapshot_, *record)));
    auto seats = take(changes, {"device1", "device2"});
    std::erase_if(seats, [&](const auto& seat) { return record == nullptr && seat.after == "none"; });
    if (record == nullptr) {
      add(StepKind::CreateExchange, i, name, std::move(changes));
    } else if (!changes.empty() || seats.empty()) {
      add_change(StepKind::ChangeExchange, i, name, std::move(changes));
    }
    for (auto& seat : seats) {
      const std::size_t number = seat.member == "device1" ? 1 : 2;
      add(StepKind::SetSeat, i, fmt::format("seat {} of {}", number, name), {std::move(seat)}, number);
    }
  }

  void plan_contributor(std::size_t i) {
    const auto& e = file_.contributors[i];
    const auto name = fmt::format("contributor '{}'", e.code);
    if (!check_name(contributors_, name, e.code)) return;
    const auto* record = contributors_.find(e.code);
    if (record != nullptr) {
      return add_change(StepKind::ChangeContributor, i, name,
                        changes_between(members_of(e), members_of(entry_of(*record))));
    }
    auto changes = changes_between(members_of(e), {});
    auto later = take(changes, {"ops_manager"});
    add(StepKind::CreateContributor, i, name, std::move(changes));
    add_later(StepKind::ChangeContributor, i, name, std::move(later));
  }

  // --- devices

  void need_device(int line, const std::string& who, const std::string& code) {
    if (device_at_.count(code) == 0) need(line, who, "device", code, devices_);
  }
  template <typename Record>
  void need(int line, const std::string& who, std::string_view noun, const std::string& code,
            const CodeIndex<Record>& index) {
    if (index.find(code) != nullptr && !index.is_ambiguous(code)) return;
    complain(line, fmt::format("{}: expected a {} of the file or of the ledger, found '{}'", who, noun, code));
  }
  void check_desired(int line, RecordKind kind, const std::string& who, const std::optional<DesiredStatus>& desired) {
    const auto& words = profile_.desired(kind);
    if (!desired || words.code(*desired)) return;
    complain(line, fmt::format("{}: expected a desired_status that this ledger has, {}, found {}", who, words_in(words),
                               to_text(*desired)));
  }

  // An address of a device that the file names may be on its way to another; that of any other device is taken.
  void check_address(const DeviceEntry& e, const std::string& name) {
    const auto taken = addresses_.find(e.public_ip);
    if (taken == addresses_.end() || device_at_.count(taken->second) > 0) return;
    complain(e.line, fmt::format("{}: expected a public_ip of its own, found {}, which device '{}' of the ledger has",
                                 name, to_text(e.public_ip), taken->second));
  }

  // What the foundation has to make before a contributor can make the device.
  std::optional<std::string> missing_site(const DeviceEntry& e) const {
    if (!contributors_.find(e.contributor)) return fmt::format("contributor '{}'", e.contributor);
    if (!locations_.find(e.location)) return fmt::format("location '{}'", e.location);
    if (!exchanges_.find(e.exchange)) return fmt::format("exchange '{}'", e.exchange);
    return std::nullopt;
  }

  void plan_device(std::size_t i) {
    const auto& e = file_.devices[i];
    const auto name = fmt::format("device '{}'", e.code);
    const auto* record = devices_.find(e.code);
    if (!check_name(devices_, name, e.code) || !check_stays(devices_, name, e.code)) return;
    if (contributor_at_.count(e.contributor) == 0) need(e.line, name, "contributor", e.contributor, contributors_);
    if (location_at_.count(e.location) == 0) need(e.line, name, "location", e.location, locations_);
    if (exchange_at_.count(e.exchange) == 0) need(e.line, name, "exchange", e.exchange, exchanges_);
    check_desired(e.line, RecordKind::Device, name, e.desired_status);
    check_address(e, name);
    if (record == nullptr && !who_.writes_all()) {
      if (const auto missing = missing_site(e))
        return wait_for(fmt::format("{}: {} has to be there first", name, *missing));
    }
    if (record == nullptr) {
      auto changes = changes_between(members_of(e), {});
      auto later =
          take(changes, {"max_users", "max_unicast_users", "max_multicast_subscribers", "max_multicast_publishers"});
      add(StepKind::CreateDevice, i, name, std::move(changes));
      add_later(StepKind::ChangeDevice, i, name, std::move(later));
    } else {
      auto changes = changes_between(members_of(e), members_of(entry_of(snapshot_, *record)));
      refuse_fixed(name, take(changes, {"exchange"}));
      add_change(StepKind::ChangeDevice, i, name, std::move(changes));
    }
    for (std::size_t port = 0; port < e.interfaces.size(); ++port) plan_interface(i, port, record);
  }

  void plan_interface(std::size_t i, std::size_t part, const Device* device) {
    auto e = file_.devices[i].interfaces[part];
    const auto name = fmt::format("interface {} of device '{}'", e.name, file_.devices[i].code);
    if (e.ip_net && e.ip_net->is_default()) e.ip_net.reset();
    const auto* record = device == nullptr ? nullptr : find_interface(*device, e.name);
    if (record == nullptr) {
      auto changes = changes_between(members_of(e), {});
      auto later = take(changes, {"status"});
      add(StepKind::CreateInterface, i, name, std::move(changes), part);
      return add_later(StepKind::ChangeInterface, i, name, std::move(later), part);
    }
    auto changes = changes_between(members_of(e), members_of(entry_of(snapshot_, *record)));
    take(changes, {"name"});  // another spelling of the same
    add_change(StepKind::ChangeInterface, i, name, std::move(changes), part);
  }

  // --- links

  void check_end(const LinkEntry& link, const std::string& name, const std::string& device, const std::string& port) {
    const auto* e = find_entry(file_.devices, device_at_, device);
    const auto* record = devices_.find(device);
    if (e == nullptr && record == nullptr) return need_device(link.line, name, device);
    const bool in_file = e != nullptr && std::any_of(e->interfaces.begin(), e->interfaces.end(), [&](const auto& one) {
                           return interface_key(one.name) == interface_key(port);
                         });
    if (in_file || (record != nullptr && find_interface(*record, port) != nullptr)) return;
    complain(link.line, fmt::format("{}: expected an interface of device '{}', in the file or on the ledger, found {}",
                                    name, device, port));
  }

  // What the ledger would refuse when it is this link's turn, as far as the file tells.
  void check_port(const LinkEntry& link, const std::string& name, const std::string& device, const std::string& port) {
    const auto* e = find_entry(file_.devices, device_at_, device);
    if (e == nullptr) return;
    const auto one = std::find_if(e->interfaces.begin(), e->interfaces.end(), [&](const auto& candidate) {
      return interface_key(candidate.name) == interface_key(port);
    });
    if (one == e->interfaces.end()) return;
    if (one->name.starts_with("Loopback") || is_edge(*one)) {
      complain(link.line, fmt::format("{}: expected a port that is no loopback and no CYOA or DIA port, found {} of "
                                      "device '{}'",
                                      name, port, device));
    }
    const auto* record = devices_.find(device);
    const auto* there = record == nullptr ? nullptr : find_interface(*record, port);
    const auto bandwidth = one->bandwidth_bps.value_or(there == nullptr ? 0 : there->bandwidth);
    if (bandwidth >= link.bandwidth_bps) return;
    complain(link.line, fmt::format("{}: expected bandwidth_bps of at least {} at {} of device '{}', found {}", name,
                                    link.bandwidth_bps, port, device, bandwidth));
  }

  void check_link(const LinkEntry& e, const std::string& name) {
    check_end(e, name, e.side_a, e.side_a_interface);
    if (e.side_z_interface) {
      check_end(e, name, e.side_z, *e.side_z_interface);
    } else {
      need_device(e.line, name, e.side_z);
    }
    check_desired(e.line, RecordKind::Link, name, e.desired_status);
    check_topologies(e, name);
    const auto a = who_.contributor_of(e.side_a), z = who_.contributor_of(e.side_z);
    if (e.link_type == LinkType::Wan && !a.empty() && !z.empty() && a != z) {
      complain(e.line, fmt::format("{}: expected one contributor at both sides of a WAN link, found '{}' and '{}': "
                                   "between contributors it is a DZX link",
                                   name, a, z));
    }
  }

  void plan_acceptance(std::size_t i, const std::string& name, std::vector<MemberChange> changes) {
    const auto contributor = who_.contributor_of(file_.links[i].side_z);
    if (who_.acts_for(contributor)) return add(StepKind::AcceptLink, i, name, std::move(changes));
    wait_for(
        fmt::format("{}: contributor '{}' accepts it, with 'doublezero link accept --code {} "
                    "--side-z-interface {}' or by applying the same file",
                    name, contributor, file_.links[i].code, *file_.links[i].side_z_interface));
  }

  void plan_link(std::size_t i) {
    const auto& e = file_.links[i];
    const auto name = fmt::format("link '{}'", e.code);
    const auto* record = links_.find(e.code);
    if (!check_name(links_, name, e.code) || !check_stays(links_, name, e.code)) return;
    check_link(e, name);
    if (record == nullptr) return plan_new_link(i, name);
    auto changes = changes_between(members_of(e), members_of(entry_of(snapshot_, *record, for_.topologies)));
    const auto acceptance = take(changes, {record->status == Status::Requested ? "side_z_interface" : ""});
    refuse_fixed(name, take(changes, {"link_type", "side_a", "side_a_interface", "side_z", "side_z_interface"}));
    if (!acceptance.empty()) plan_acceptance(i, name, acceptance);
    const bool topologies = leave_topologies(name, changes);
    if ((acceptance.empty() && !topologies) || !changes.empty())
      add_change(StepKind::ChangeLink, i, name, std::move(changes));
  }

  void plan_new_link(std::size_t i, const std::string& name) {
    const auto& e = file_.links[i];
    check_port(e, name, e.side_a, e.side_a_interface);
    if (e.side_z_interface) check_port(e, name, e.side_z, *e.side_z_interface);
    auto changes = changes_between(members_of(e), {});
    auto later = take(changes, {"delay_override_ns", "unicast_drained", "topologies"});
    if (e.topologies == default_topologies(all_topologies())) take(later, {"topologies"});  // the program tags it
    auto acceptance = take(changes, {e.link_type == LinkType::Dzx ? "side_z_interface" : ""});
    for (const auto& device : {e.side_a, e.side_z}) {
      if (!who_.has_device(device)) return wait_for(fmt::format("{}: device '{}' has to be there first", name, device));
    }
    const auto steps = plan_.steps.size();
    add(StepKind::CreateLink, i, name, std::move(changes));
    if (plan_.steps.size() == steps) return;  // somebody else makes it
    if (!acceptance.empty()) plan_acceptance(i, name, std::move(acceptance));
    leave_topologies(name, later);
    add_later(StepKind::ChangeLink, i, name, std::move(later));
  }

  // Which topologies a link is tagged with, contributors do not decide. True when that is left to the foundation.
  bool leave_topologies(const std::string& name, std::vector<MemberChange>& changes) {
    if (who_.writes_all() || take(changes, {"topologies"}).empty()) return false;
    wait_for(fmt::format("the topologies of {}: the foundation writes them, by applying the same file", name));
    return true;
  }

  // --- what the file does not name

  template <typename Record>
  void list(std::string_view noun, const client::Records<Record>& records,
            const std::map<std::string, std::size_t>& at) {
    for (const auto& [key, record] : records) {
      if (at.count(code_key(record.code)) == 0) {
        plan_.only_on_ledger.push_back(fmt::format("{} '{}'", noun, record.code));
      }
    }
  }
  void list_rest() {
    for (const auto& [key, topology] : for_.topologies) {
      const auto named = [name = entry_of(topology).name](const TopologyEntry& e) { return e.name == name; };
      if (std::none_of(file_.topologies.begin(), file_.topologies.end(), named))
        plan_.only_on_ledger.push_back(fmt::format("topology '{}'", topology.name));
    }
    list("location", snapshot_.locations, location_at_);
    list("exchange", snapshot_.exchanges, exchange_at_);
    list("contributor", snapshot_.contributors, contributor_at_);
    list("device", snapshot_.devices, device_at_);
    list("link", snapshot_.links, link_at_);
    for (const auto& e : file_.devices) {
      const auto* record = devices_.find(e.code);
      if (record == nullptr) continue;
      std::set<std::string> named;
      for (const auto& port : e.interfaces) named.insert(interface_key(port.name));
      for (const auto& port : record->interfaces) {
        if (named.count(interface_key(port.name)) > 0) continue;
        plan_.only_on_ledger.push_back(fmt::format("interface {} of device '{}'", port.name, record->code));
      }
    }
  }

  const NetworkFile& file_;
  const client::Snapshot& snapshot_;
  const PlanFor& for_;
  const Profile& profile_;  // a ledger of an unknown version has no records: the first stands in
  WhoWrites who_;
  CodeIndex<Location> locations_;
  CodeIndex<Exchange> exchanges_;
  CodeIndex<Contributor> contributors_;
  CodeIndex<Device> devices_;
  CodeIndex<Link> links_;
  std::map<std::string, std::size_t> location_at_, exchange_at_, contributor_at_, device_at_, link_at_;
  std::map<Ipv4, std::string> addresses_;  // of the ledger's devices, with their codes
  NetworkPlan plan_;
};

}  // namespace

bool creates(StepKind kind) {
  return kind == StepKind::CreateLocation || kind == StepKind::CreateExchange || kind == StepKind::CreateContributor ||
         kind == StepKind::CreateDevice || kind == StepKind::CreateInterface || kind == StepKind::CreateLink ||
         kind == StepKind::CreateTopology;
}

bool Step::changes_member(std::string_view member) const {
  return std::any_of(changes.begin(), changes.end(), [&](const auto& change) { return change.member == member; });
}

NetworkPlan plan_network(const NetworkFile& file, const client::Snapshot& snapshot, const PlanFor& plan_for) {
  return Planner(file, snapshot, plan_for).plan();
}

}  // namespace dz::network
