// A ledger of the live network in memory: alice has the devices ams and lon, bob has fra.
#pragma once

#include "program/test_ledger.h"

namespace dz::program::live {

class LiveTest : public testing::Test {
 protected:
  explicit LiveTest(const ProgramOptions& options = {}) : ledger(v034_profile(), options) { ledger.set_up(); }

  Device device(const Pubkey& at) const { return ledger.get<Device>(at); }
  Link link(const Pubkey& at) const { return ledger.get<Link>(at); }
  Interface port(const Pubkey& at, const std::string& name) const { return *find_interface(device(at), name); }

  // The device as it is, changed behind the program's back.
  template <typename Change>
  void change_device(const Pubkey& at, Change change) {
    auto record = device(at);
    change(record);
    ledger.force(at, record);
  }
  template <typename Change>
  void change_link(const Pubkey& at, Change change) {
    auto record = link(at);
    change(record);
    ledger.force(at, record);
  }

  Pubkey add_topology(const std::string& name) {
    const auto at = wire::topology_address(ledger.program, name).address;
    ledger.accounts[at].owner = ledger.program;
    ledger.accounts[at].lamports = rent_exempt_minimum(45 + name.size());
    Topology topology;
    topology.owner = ledger.foundation;
    topology.name = name;
    ledger.force(at, topology);
    return at;
  }
  std::uint32_t links_of(const Pubkey& topology) const { return ledger.get<Topology>(topology).reference_count; }

  TestLedger ledger;
};

}  // namespace dz::program::live
