// Whose minutes a criterion may read of a record: each calls use(subject) for the subjects of one link or device.
#pragma once

#include <string>

#include "domain/interface_name.h"
#include "domain/records.h"
#include "evidence/minute_marks.h"
#include "verdict/policy.h"

namespace dz::history {

// A port and, of a sub-interface, the one it belongs to.
template <typename Use>
void each_port(const Pubkey& device, const std::string& name, const Use& use) {
  use(evidence::interface_subject(device, name));
  if (is_sub_interface(name)) use(evidence::interface_subject(device, parent_port(name)));
}

template <typename Use>
void each_added(const std::string& criterion, const Pubkey& key, const std::string& interface, const Use& use) {
  use(evidence::added_subject(criterion, key, interface));
  if (is_sub_interface(interface)) use(evidence::added_subject(criterion, key, parent_port(interface)));
}

template <typename Use>
void each_subject(const verdict::Policy& policy, const Pubkey& key, const Link& link, const Use& use) {
  each_port(link.side_a, link.side_a_iface, use);
  each_port(link.side_z, link.side_z_iface, use);
  use(evidence::probes_subject(key, link.side_a));
  use(evidence::probes_subject(key, link.side_z));
  for (const auto& criterion : policy.added) {
    if (criterion.subject == verdict::AddedKind::Link) each_added(criterion.id, key, "", use);
    if (criterion.subject == verdict::AddedKind::SideA) each_added(criterion.id, link.side_a, link.side_a_iface, use);
    if (criterion.subject == verdict::AddedKind::SideZ) each_added(criterion.id, link.side_z, link.side_z_iface, use);
  }
}

// What a device itself is heard by; its silence may be excused, and then that of its ports is too.
template <typename Use>
void each_signal_of_device(const Pubkey& key, const Use& use) {
  for (const auto kind :
       {evidence::SubjectKind::Reporting, evidence::SubjectKind::ConfigAgent, evidence::SubjectKind::TelemetryAgent}) {
    use(device_subject(kind, key));
  }
}

template <typename Use>
void each_subject(const verdict::Policy& policy, const Pubkey& key, const Device& device, const Use& use) {
  each_signal_of_device(key, use);
  for (const auto& port : device.interfaces) {
    if (is_edge(port)) each_port(key, port.name, use);
  }
  for (const auto& criterion : policy.added) {
    if (criterion.subject == verdict::AddedKind::Device) each_added(criterion.id, key, "", use);
  }
}

}  // namespace dz::history
