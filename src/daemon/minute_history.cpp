#include "daemon/minute_history.h"

#include <set>

#include "domain/interface_name.h"

namespace dz {
namespace {

char letter(MinuteState state) {
  switch (state) {
    case MinuteState::Good: return 'g';
    case MinuteState::Bad: return 'b';
    case MinuteState::Unobserved: return '-';
  }
  return '-';
}

class Rows {
 public:
  Rows(const EvidenceStore& evidence, Minute minute) : evidence_(evidence), minute_(minute) {}

  void interface(const Pubkey& device, const std::string& name) {
    add("interface " + to_text(device) + " " + interface_key(name), evidence_.find_interface(device, name),
        {Signal::Data, Signal::Errors, Signal::Utilization});
  }
  void device(const Pubkey& device) {
    add("device " + to_text(device), evidence_.find_device(device),
        {Signal::Reporting, Signal::ConfigAgent, Signal::TelemetryAgent});
  }
  void direction(const Pubkey& link, const Pubkey& origin) {
    const auto subject = "direction " + to_text(link) + " " + to_text(origin);
    rows_.push_back(
        {minute_, subject, std::string(1, letter(evidence_.minute(evidence_.find_direction(link, origin), minute_)))});
  }
  std::vector<MonitorArchive::MinuteRow> take() && { return std::move(rows_); }

 private:
  template <typename Ref>
  void add(std::string subject, Ref ref, std::initializer_list<Signal> signals) {
    if (!seen_.insert(subject).second) return;
    std::string states;
    for (const auto signal : signals) states += letter(evidence_.minute(ref, signal, minute_));
    rows_.push_back({minute_, std::move(subject), std::move(states)});
  }

  const EvidenceStore& evidence_;
  Minute minute_;
  std::set<std::string> seen_;
  std::vector<MonitorArchive::MinuteRow> rows_;
};

}  // namespace

std::vector<MonitorArchive::MinuteRow> minute_rows(const EvidenceStore& evidence, const std::map<Pubkey, Link>& links,
                                                   const std::map<Pubkey, Device>& devices, Minute minute) {
  Rows rows(evidence, minute);
  for (const auto& [key, link] : links) {
    rows.interface(link.side_a, link.side_a_iface);
    rows.interface(link.side_z, link.side_z_iface);
    rows.direction(key, link.side_a);
    rows.direction(key, link.side_z);
  }
  for (const auto& [key, device] : devices) {
    rows.device(key);
    for (const auto& port : device.interfaces) {
      if (is_edge(port)) rows.interface(key, port.name);
    }
  }
  return std::move(rows).take();
}

}  // namespace dz
