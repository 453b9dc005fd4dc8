#include "fleet/fleet.h"

#include <algorithm>

#include "base/check.h"
#include "domain/interface_name.h"

namespace dz::fleet {

Fleet::Fleet(FleetTopology topology, const std::map<std::string, Pubkey>& devices, FleetOptions options)
    : topology_(std::move(topology)),
      options_(std::move(options)),
      directions_(probed_directions(topology_)),
      said_(options_.start) {
  for (const TopologyDevice& device : topology_.devices) {
    const auto pubkey = devices.find(device.code);
    if (pubkey == devices.end()) continue;
    devices_.emplace_back(device, pubkey->second, options_.seed, options_.start);
    if (tested_by_qa(device)) qa_devices_.push_back({device.code, pubkey->second});
  }
}

Result<std::uint64_t> Fleet::add_fault(const Fault& fault) {
  DZ_TRY(check_fault(fault, topology_));
  numbered_.push_back({++last_id_, fault});
  faults_.push_back(fault);
  return last_id_;
}

bool Fleet::end_fault(std::uint64_t id, Timestamp at) {
  for (std::size_t i = 0; i < numbered_.size(); ++i) {
    if (numbered_[i].id != id) continue;
    Fault& fault = numbered_[i].fault;
    const bool held_rows = fault.kind == FaultKind::Late && fault.period == Duration{0};
    if (held_rows && fault.to) {
      for (Line& line : held_) {
        if (line.sent == *fault.to) line.sent = std::min(line.sent, at);
      }
    }
    fault.to = std::max(fault.from, std::min(at, fault.to.value_or(at)));
    faults_[i] = fault;
    return true;
  }
  return false;
}

bool Fleet::carries_traffic(const std::string& device, std::string_view port) const {
  const auto on_port = [&](const std::string& code, const std::string& interface) {
    return code == device && interface_key(parent_port(interface)) == interface_key(port);
  };
  return std::any_of(topology_.links.begin(), topology_.links.end(), [&](const TopologyLink& link) {
    return carrying_.contains(link.code) &&
           (on_port(link.side_a, link.side_a_iface) || on_port(link.side_z, link.side_z_iface));
  });
}

void Fleet::set_carrying(std::string_view code, bool carrying, Timestamp at) {
  const TopologyLink* link = find_link(topology_, code);
  if (link == nullptr) return;
  if (carrying) {
    carrying_.insert(link->code);
  } else {
    carrying_.erase(link->code);
  }
  for (DeviceModel& device : devices_) {
    for (const auto& [code_of_side, interface] :
         {std::pair{link->side_a, link->side_a_iface}, std::pair{link->side_z, link->side_z_iface}}) {
      if (device.code() != code_of_side) continue;
      // Sub-interfaces share their port: it is busy while any link on it is.
      device.set_busy(interface, carries_traffic(device.code(), parent_port(interface)), std::max(at, said_));
    }
  }
}

std::vector<std::string> Fleet::lines_until(Timestamp now, Duration cadence) {
  DZ_CHECK(cadence > Duration{0});
  if (now > said_) {
    for (DeviceModel& device : devices_) device.lines_between({{said_, now}, cadence}, faults_, held_);
    qa_lines_between({qa_devices_, options_.env, options_.seed}, {said_, now}, faults_, held_);
    said_ = now;
  }
  std::stable_sort(held_.begin(), held_.end(), [](const Line& a, const Line& b) { return a.sent < b.sent; });
  const auto due = std::find_if(held_.begin(), held_.end(), [&](const Line& line) { return line.sent >= now; });
  std::vector<std::string> out;
  for (auto line = held_.begin(); line != due; ++line) out.push_back(std::move(line->text));
  held_.erase(held_.begin(), due);
  return out;
}

std::vector<Sample> Fleet::samples(const Direction& direction, Timestamp from, Timestamp to) const {
  const TopologyLink* link = find_link(topology_, direction.link);
  DZ_CHECK(link != nullptr);
  return samples_between({*link, direction, options_.seed}, {std::max(from, options_.start), to}, faults_);
}

}  // namespace dz::fleet
