// An added criterion: one that an operator declared in the policy file as a query to a store and what its values mean.
// Each is asked and watched on its own: it has a watermark, a window and a mode like every other criterion.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace dz::verdict {

// What one value of the query speaks of.
enum class AddedKind : std::uint8_t {
  Device,  // a device, by device_label
  Link,    // a link, by link_label
  SideA,   // the interface of a link's side A, by device_label and interface_label; its parent port when it has none
  SideZ,
};
std::string_view to_text(AddedKind subject);  // "device", "link", "side-a", "side-z"

// How a query's answer names things and what its values mean. Labels are tags (InfluxDB), labels (Prometheus) or
// columns (ClickHouse); a device or link is named by pubkey or code.
struct AddedCriterion {
  std::string id;  // "device.ntp_sync"; begins with "link." or "device."
  AddedKind subject = AddedKind::Device;
  std::string source;  // the name of a [[source]] of the monitor
  std::string query;   // in the store's language, with $from and $to (docs/formats/policy.md)
  std::string device_label = "device_pubkey", interface_label = "intf", link_label = "link_pubkey";
  // A minute is good when every value of it is within; at least one bound is given.
  std::optional<double> at_least, at_most;
  bool absent_is_bad = true;      // a minute without a value while the store answers; else it is unobserved
  std::chrono::minutes every{1};  // how many minutes one value speaks for, from its own time on
  std::string meaning;            // what holds when it is met, for people
  int line = 0;                   // where it was declared, for complaints; not part of its meaning

  bool is_of_links() const { return subject != AddedKind::Device; }
  bool holds(double value) const { return (!at_least || value >= *at_least) && (!at_most || value <= *at_most); }
  bool operator==(const AddedCriterion& o) const {
    return std::tie(id, subject, source, query, device_label, interface_label, link_label, at_least, at_most,
                    absent_is_bad, every, meaning) == std::tie(o.id, o.subject, o.source, o.query, o.device_label,
                                                               o.interface_label, o.link_label, o.at_least, o.at_most,
                                                               o.absent_is_bad, o.every, o.meaning);
  }
};

}  // namespace dz::verdict
