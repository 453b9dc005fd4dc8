#include "program/live/link_resources.h"

#include <fmt/format.h>

#include "program/rules/allocator.h"
#include "program/rules/interface_rules.h"
#include "program/rules/pools.h"

namespace dz::program::live {

Outcome<LinkPoolAccounts> next_link_pool_accounts(Accounts& accounts) {
  DZ_TRY_ASSIGN(const auto block, accounts.next("device tunnel block"));
  DZ_TRY_ASSIGN(const auto ids, accounts.next("link ids"));
  return LinkPoolAccounts{block, ids};
}

Outcome<LinkPools> load(const Accounts& accounts, const LinkPoolAccounts& pools) {
  DZ_TRY_ASSIGN(auto block, load_pool(accounts, pools.tunnel_block, wire::ResourceKind::DeviceTunnelBlock));
  DZ_TRY_ASSIGN(auto ids, load_pool(accounts, pools.link_ids, wire::ResourceKind::LinkIds));
  return LinkPools{std::move(block), std::move(ids)};
}

Check allocate(const Accounts& accounts, Link& link, const LinkPoolAccounts& pools) {
  DZ_TRY_ASSIGN(auto records, load(accounts, pools));
  if (link.tunnel_net.is_default()) {
    DZ_TRY_ASSIGN(link.tunnel_net, take_network(records.tunnel_block, 2));
  }
  if (link.tunnel_id == 0) {
    DZ_TRY_ASSIGN(link.tunnel_id, take_id(records.link_ids));
  }
  return save(accounts, records);
}

// Also of a link that never took any: the id 0 that it then seems to have is given back although another link has it.
Check release(const Accounts& accounts, const Link& link, const LinkPoolAccounts& pools) {
  DZ_TRY_ASSIGN(auto records, load(accounts, pools));
  program::release(*records.tunnel_block, link.tunnel_net);
  program::release(*records.link_ids, link.tunnel_id);
  return save(accounts, records);
}

Outcome<Interface*> find_unlinked(Device& device, std::string_view name) {
  DZ_TRY_ASSIGN(Interface* const found, expect_interface(device, name));
  if (found->status == InterfaceStatus::Unlinked) return found;
  return reject(wire::ProgramError::InvalidStatus,
                fmt::format("{} of '{}' is {}, expected unlinked", name, device.code, to_text(found->status)));
}

void unlink(Device& device, std::string_view name) {
  auto* const port = find_interface(device, name);
  if (port == nullptr) return;
  port->status = InterfaceStatus::Unlinked;
  if (port->type != InterfaceType::Physical || !is_edge(*port)) port->ip_net = NetworkV4{};
}

}  // namespace dz::program::live
