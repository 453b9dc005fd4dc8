// What creation, deletion and update of interfaces share in the live program.
#pragma once

#include <vector>

#include "program/live/caller.h"
#include "program/rules/interface_rules.h"
#include "program/rules/pools.h"

namespace dz::program::live {

// The first accounts of each list, not read yet.
struct InterfaceList {
  AccountRef device, contributor, state;
};
Outcome<InterfaceList> take_interface_list(Accounts& accounts);

// What an instruction on an interface works with, and who runs it.
struct OpenedDevice {
  Record<Device> device;
  Caller caller;
};
// The owner of the device's contributor, or NETWORK_ADMIN with any contributor. Looks at the list in upstream's order:
// whose the accounts are, that the device can be written, then the rights, then the device.
Outcome<OpenedDevice> open_device(const Accounts& accounts, const InterfaceList& list, wire::ProgramError otherwise);

Check check_mtu(const Interface& i);               // the expected one
Check check_may_have_address(const Interface& i);  // CYOA and DIA ports and user tunnel endpoints
Check check_cyoa_address(const Interface& i);      // a CYOA port has one

// The keys of the topologies that are given: each a topology of this program, each once.
Outcome<std::vector<Pubkey>> check_topologies(const Accounts& accounts, const std::vector<AccountRef>& given);
// A segment for each topology.
Check add_segments(Interface& i, const std::vector<Pubkey>& topologies, Record<ResourceExtension>& ids);

}  // namespace dz::program::live
