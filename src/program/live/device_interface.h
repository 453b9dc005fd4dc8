// What creation, deletion and update of interfaces share in the live program.
#pragma once

#include <vector>

#include "program/live/caller.h"
#include "program/rules/interface_rules.h"
#include "program/rules/pools.h"

namespace dz::program::live {

// The device can be written, which is looked at first.
Outcome<InterfaceAccounts> take_interface_accounts(Accounts& accounts);

// The owner of the device's contributor, or NETWORK_ADMIN with any contributor.
Outcome<Caller> authorize_interface(const Accounts& accounts, const InterfaceAccounts& all,
                                    wire::ProgramError otherwise);

Check check_mtu(const Interface& i);               // the expected one
Check check_may_have_address(const Interface& i);  // CYOA and DIA ports and user tunnel endpoints
Check check_cyoa_address(const Interface& i);      // a CYOA port has one

// The keys of topologies that follow in the account list: each a topology of this program, each once.
Outcome<std::vector<Pubkey>> next_topologies(Accounts& accounts, std::size_t count);
// A segment for each topology.
Check add_segments(Interface& i, const std::vector<Pubkey>& topologies, Record<ResourceExtension>& ids);

}  // namespace dz::program::live
