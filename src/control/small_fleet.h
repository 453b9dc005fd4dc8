// For tests alone: a fleet of two devices and a link, with rows and minutes at hand.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "control/plan_monitor.h"
#include "control/record_book.h"
#include "evidence/evidence.h"
#include "verdict/policy.h"

namespace dz::control {

// The links that the book finds at each device that is judged are those that looking at all of them finds.
inline void expect_links_of_devices(const MonitorInputs& inputs, const RecordBook& book) {
  for (const auto& [device, _] : inputs.devices) {
    if (!inputs.owns(device)) continue;
    std::vector<std::pair<Pubkey, const Link*>> wanted, found;
    for (const auto& [key, link] : inputs.links) {
      if (link.side_a == device || link.side_z == device) wanted.emplace_back(key, &link);
    }
    for (const auto& [key, link] : book.links_at(inputs, device)) found.emplace_back(key, link);
    EXPECT_EQ(found, wanted);
  }
}

using namespace std::chrono_literals;

inline constexpr Minute kFleetStart{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};

inline Pubkey fleet_key(std::uint8_t n) {
  Pubkey key;
  key.bytes.fill(n);
  return key;
}

// Two devices, one link between their Ethernet1 ports, a DIA port Ethernet2 at the first. Rows come once a minute.
class SmallFleet {
 public:
  static inline const Pubkey kAms = fleet_key(1), kLon = fleet_key(2), kLink = fleet_key(9);

  SmallFleet() {
    for (const auto& [key, code] : {std::pair{kAms, "ams"}, {kLon, "lon"}}) {
      auto& d = devices[key];
      d.code = code;
      d.public_ip = ipv4_from(0x08080808);
      d.dz_prefixes = {{ipv4_from(0x08080800), 29}};
      d.status = Status::HardDrained;
      d.health = Health::Unknown;
      for (const auto* name : {"Ethernet1", "Ethernet2"}) {
        Interface port;
        port.name = name;
        port.status = InterfaceStatus::Activated;
        d.interfaces.push_back(port);
      }
      d.interfaces[1].dia = Dia::Dia;
    }
    auto& l = links[kLink];
    l.code = "ams:lon";
    l.side_a = kAms;
    l.side_z = kLon;
    l.side_a_iface = l.side_z_iface = "Ethernet1";
    l.status = Status::HardDrained;
    l.health = Health::Unknown;
    policy.of(verdict::CriterionId::DeviceQa).mode = verdict::Mode::Shadow;
    policy.of(verdict::CriterionId::DeviceTelemetryAgent).mode = verdict::Mode::Shadow;
  }

  // Clean minutes up to `to`, except those of `silent` devices.
  void feed_until(Minute to, const std::vector<Pubkey>& silent = {}) {
    for (; fed < to; fed += 1min) {
      const auto at = Timestamp{fed} + 20s;
      octets += 1000;
      for (const auto& [key, device] : devices) {
        if (std::find(silent.begin(), silent.end(), key) != silent.end()) continue;
        for (const auto& port : device.interfaces) {
          ASSERT_TRUE(evidence.add_counters(key, port.name, {at, octets, octets, {}, {}, {}}, at));
        }
        evidence.add_getconfig(key, at, 1, at);
      }
      const auto closed = Timestamp{fed} + 90s;
      evidence.accepting(kFleetStart - 1min, closed);
      evidence.advance(closed);
    }
  }

  MonitorInputs inputs(Timestamp now) const { return {links, devices, revision, evidence, policy, mode, true, now}; }
  // A pass just after the last minute fed was closed.
  MonitorPlan pass() { return plan_monitor(inputs(fed + 30s), book); }
  // The ledger takes what was planned.
  void apply(const MonitorPlan& plan) {
    for (const auto& change : plan.changes) set_health(change.key, change.to);
  }
  void set_health(const Pubkey& key, Health health) {
    (links.contains(key) ? links[key].health : devices[key].health) = health;
    ++revision;
  }
  Link& link() { return ++revision, links[kLink]; }

  std::map<Pubkey, Link> links;
  std::map<Pubkey, Device> devices;
  std::uint64_t revision = 0;
  evidence::Evidence evidence;
  verdict::Policy policy;
  RecordBook book;
  WriteMode mode = WriteMode::Write;
  Minute fed = kFleetStart;
  std::uint64_t octets = 1;
};

// A fleet in which everything is healthy, and adopted by the monitor.
struct HealthyFleet : SmallFleet {
  HealthyFleet() {
    for (const auto& key : {kAms, kLon, kLink}) set_health(key, Health::Healthy);
    feed_until(kFleetStart + 25h - 2min);
    pass();
    feed_until(kFleetStart + 25h);  // the stay rule holds
    pass();
  }
};

}  // namespace dz::control
