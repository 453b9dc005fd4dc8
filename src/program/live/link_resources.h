// What a link takes and gives back in the live program: a tunnel network, an id, and its two interfaces.
#pragma once

#include <string_view>

#include "program/rules/link_rules.h"

namespace dz::program::live {

// Looked at only when something is taken or given back.
struct LinkPoolAccounts {
  AccountRef tunnel_block, link_ids;
};
Outcome<LinkPoolAccounts> next_link_pool_accounts(Accounts& accounts);

Outcome<LinkPools> load(const Accounts& accounts, const LinkPoolAccounts& pools);

// The next /31 and the next id, each unless the link has one.
Check allocate(const Accounts& accounts, Link& link, const LinkPoolAccounts& pools);
Check release(const Accounts& accounts, const Link& link, const LinkPoolAccounts& pools);

// By any spelling of the name: InterfaceNotFound, InvalidStatus. The pointer lives as long as the device.
Outcome<Interface*> find_unlinked(Device& device, std::string_view name);

// Unlinked, without the address that a link gave it; a CYOA or DIA port keeps its own. Nothing when it is not there.
void unlink(Device& device, std::string_view name);

}  // namespace dz::program::live
