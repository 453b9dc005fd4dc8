#include "scenario_network.h"

#include <fmt/format.h>

#include "base/check.h"
#include "fleet/fleet.h"

namespace dz {
namespace {

using namespace std::chrono_literals;

constexpr Duration kCadence = 20s;
constexpr const char* kDia = "Switch1/16/1";

fleet::TopologyInterface port(const std::string& name, bool dia) {
  fleet::TopologyInterface out;
  out.name = name;
  out.dia = dia;
  out.bandwidth_bps = 10'000'000'000;
  return out;
}

fleet::TopologyDevice device_of(const std::string& code, const std::string& interface, int number) {
  fleet::TopologyDevice device;
  device.code = code;
  device.contributor = "alder";
  device.location = "ams";
  device.exchange = "xams";
  device.public_ip = *parse_ipv4(fmt::format("45.34.0.{}", number));
  device.dz_prefixes = {*parse_network(fmt::format("45.33.{}.0/28", number))};
  device.interfaces = {port(interface, false), port(kDia, true)};
  return device;
}

fleet::FleetTopology topology_of(const std::vector<Scenario>& all) {
  fleet::FleetTopology topology;
  topology.contributors = {"alder"};
  topology.locations = {{"ams", "Amsterdam", "NL", 52.3, 4.9}};
  topology.exchanges = {{"xams", "Amsterdam", "", 52.3, 4.9}};
  for (const Scenario& one : all) {
    fleet::TopologyLink link;
    link.code = one.name;
    link.bandwidth_bps = 10'000'000'000;
    link.delay_ns = 5'000'000;
    link.jitter_ns = 1'000'000;
    link.side_a = fmt::format("{}-a", one.name);
    link.side_z = fmt::format("{}-z", one.name);
    link.side_a_iface = link.side_z_iface = one.interface;
    for (const std::string& code : {link.side_a, link.side_z}) {
      topology.devices.push_back(device_of(code, one.interface, static_cast<int>(topology.devices.size()) + 1));
    }
    topology.links.push_back(link);
  }
  return topology;
}

}  // namespace

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> all{
      {"good", "Switch1/1/1", {}},
      {"errors",
       "Switch1/1/1",
       {"errors device=errors-a interface=Switch1/1/1 counter=in-errors every=10s at=-3h for=2m",
        "errors device=errors-z interface=Switch1/1/1 counter=out-errors every=10s at=-20m for=30s"}},
      {"fcs",
       "Switch1/1/1",
       {"errors device=fcs-z interface=Switch1/1/1 counter=in-fcs-errors every=10s at=-23h for=10s"}},
      {"silent", "Switch1/1/1", {"silence device=silent-z at=-5h for=90m"}},
      {"blink", "Switch1/1/1", {"silence device=blink-a at=-18m for=3m"}},
      {"reset", "Switch1/1/1", {"reset device=reset-a at=-2h"}},
      {"replay", "Switch1/1/1", {"replay device=replay-a age=7m at=-4h for=2m"}},
      {"idle", "Switch1/1/1", {"idle device=idle-a interface=Switch1/1/1 at=-1h for=5m"}},
      {"sub",
       "Switch1/1/1.1001",
       {"errors device=sub-z interface=Switch1/1/1 counter=in-errors every=10s at=-90m for=1m"}},
      {"bundle", "Port-Channel1000", {"errors device=bundle-a interface=Port-Channel1000 every=10s at=-80m for=1m"}},
      {"late", "Switch1/1/1", {"late device=late-a at=-20m for=2m delay=3m"}},
      {"late-errors",
       "Switch1/1/1",
       {"late device=late-errors-a at=-20m for=3m delay=3m",
        "errors device=late-errors-a interface=Switch1/1/1 every=10s at=-19m for=30s"}},
      {"away", "Switch1/1/1", {"no-config-agent device=away-a at=-7h for=20m"}},
      {"render", "Switch1/1/1", {"no-config-agent device=render-z at=-3h for=5m"}},
      {"churn", "Switch1/1/1", {}},
      {"qa-failure", "Switch1/1/1", {"qa-failure device=qa-failure-a at=-5h for=2h"}},
      {"qa-gap", "Switch1/1/1", {"no-config-agent device=qa-gap-a at=-9h for=8h"}},
      {"versions", "Switch1/1/1", {}},
  };
  return all;
}

ScenarioNetwork::ScenarioNetwork() : monitor_(bench_.funded()), topology_(topology_of(scenarios())), end_(bench_.now) {
  fleet::OnboardingKeys keys = bench_.keys_for(topology_);
  keys.monitor = monitor_.pubkey();
  const auto done = onboard({bench_.client, bench_.clock, wire::local_program_ids()}, topology_, keys);
  EXPECT_TRUE(done) << done.error().message;
  snapshot_ = *fetch_snapshot(bench_.client, wire::local_program_ids());
  make_input();
}

Pubkey ScenarioNetwork::device(std::string_view code) const {
  return client::find_record(snapshot_.devices, "device", std::string(code))->key;
}

void ScenarioNetwork::make_input() {
  std::map<std::string, Pubkey> devices;
  for (const fleet::TopologyDevice& one : topology_.devices) devices.emplace(one.code, device(one.code));
  fleet::Fleet fleet(topology_, devices, {.seed = 1, .start = start()});
  for (const Scenario& one : scenarios()) {
    for (const char* text : one.faults) {
      const auto fault = fleet::parse_fault(text, end_);
      EXPECT_TRUE(fault) << text;
      EXPECT_TRUE(fleet.add_fault(*fault)) << text;
    }
  }
  for (Timestamp at = start() + 1min; at <= end_; at += 1min) {
    InputPart part{at, ""};
    for (const std::string& line : fleet.lines_until(at, kCadence)) part.lines.append(line).push_back('\n');
    parts_.push_back(std::move(part));
  }
}

}  // namespace dz
