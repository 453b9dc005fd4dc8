// For tests: two devices and a link between their Ethernet1 ports; Ethernet2 of each is a DIA port. Rows come once a
// minute.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "attest/state_change.h"
#include "attest/testing.h"
#include "base/check.h"
#include "control/plan_monitor.h"

namespace dz::attest {

struct StateFixture {
  static constexpr Minute kStart{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};
  static constexpr std::chrono::minutes kFed{90};
  const Pubkey ams = key_of(1), lon = key_of(2), link = key_of(9);

  StateFixture() {
    for (const auto& [key, code] : {std::pair{ams, "ams"}, {lon, "lon"}}) {
      auto& d = devices[key];
      d.code = code;
      d.public_ip = ipv4_from(0x08080808);
      d.dz_prefixes = {{ipv4_from(0x08080800), 29}};
      d.status = Status::HardDrained;
      d.health = Health::Pending;
      for (const auto* name : {"Ethernet1", "Ethernet2"}) {
        Interface port;
        port.name = name;
        port.status = InterfaceStatus::Activated;
        d.interfaces.push_back(port);
      }
      d.interfaces[1].dia = Dia::Dia;
    }
    auto& l = links[link];
    l.code = "ams:lon";
    l.side_a = ams;
    l.side_z = lon;
    l.side_a_iface = l.side_z_iface = "Ethernet1";
    l.status = Status::HardDrained;
    l.health = Health::Pending;
    policy.window = policy.recovery_window = policy.qa.max_gap = std::chrono::minutes{60};
  }

  struct Faults {
    bool errors = false;    // of Ethernet1 of ams rise in minute 70
    bool dark_dia = false;  // no rows of Ethernet2 of ams from minute 60 on
  };
  void feed(const Faults& faults) {
    using std::chrono::minutes;
    std::uint64_t octets = 1;
    for (auto fed = kStart; fed < kStart + kFed; fed += minutes{1}) {
      const auto at = Timestamp{fed} + std::chrono::seconds{20};
      octets += 1000;
      for (const auto& [key, device] : devices) {
        for (const auto& port : device.interfaces) {
          std::optional<std::uint64_t> errors;
          const bool of_link = key == ams && port.name == "Ethernet1";
          if (faults.errors && of_link && fed == kStart) errors = 5;
          if (faults.errors && of_link && fed == kStart + minutes{70}) errors = 9;
          if (faults.dark_dia && key == ams && !of_link && fed >= kStart + minutes{60}) continue;
          DZ_CHECK(evidence.add_counters(key, port.name, {at, octets, octets, errors, {}, {}}, at).has_value());
        }
      }
      evidence.accepting(kStart - minutes{1}, Timestamp{fed} + std::chrono::seconds{90});
      evidence.advance(Timestamp{fed} + std::chrono::seconds{90});
    }
  }

  control::MonitorInputs inputs(const evidence::Evidence& by, Timestamp now) const {
    return {links, devices, 1, by, policy, control::WriteMode::Write, true, now};
  }

  std::map<Pubkey, Link> links;
  std::map<Pubkey, Device> devices;
  evidence::Evidence evidence;
  verdict::Policy policy;
};

}  // namespace dz::attest
