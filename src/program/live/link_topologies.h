// The topologies that links are tagged with, and their counts of such links.
#pragma once

#include <vector>

#include "program/runtime/accounts.h"

namespace dz::program::live {

// Tags a new link with UNICAST-DEFAULT, whose account always comes with the instruction, when that topology exists.
Check tag_with_default(const Accounts& accounts, Link& link, const AccountRef& topology);

// The link gets exactly these topologies. `given` has each that comes or goes.
Check set_topologies(const Accounts& accounts, Link& link, const std::vector<Pubkey>& topologies,
                     const std::vector<AccountRef>& given);

// The link goes: one link less for each of its topologies, all of which are given.
Check untag_all(const Accounts& accounts, const Link& link, const std::vector<AccountRef>& given);

}  // namespace dz::program::live
