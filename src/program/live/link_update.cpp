// UpdateLink on the live network: by side A, whose the link is, by side Z, or with more rights by NETWORK_ADMIN. Either
// side writes any status. What a side may not write is left as it is without a word.
#include "program/live/caller.h"
#include "program/live/handlers.h"
#include "program/live/link_resources.h"
#include "program/live/link_topologies.h"
#include "program/live/transition_hook.h"
#include "program/rules/allocator.h"
#include "program/rules/interface_rules.h"
#include "program/rules/link_rules.h"
#include "program/rules/pools.h"

namespace dz::program::live {
namespace {

struct UpdateAccounts {
  AccountRef link, contributor, state;
  std::optional<AccountRef> as_side_z;       // the device of side Z, when its contributor writes
  std::optional<AccountRef> side_a, side_z;  // with tunnel_net
  std::optional<LinkPoolAccounts> pools;     // with tunnel_net or tunnel_id
  std::vector<AccountRef> topologies;
};

// The third account says by its key whether the writer acts for side Z.
Outcome<UpdateAccounts> take_accounts(Accounts& accounts, const wire::UpdateLinkArgs& args) {
  UpdateAccounts all;
  DZ_TRY_ASSIGN(all.link, accounts.next("link"));
  DZ_TRY_ASSIGN(all.contributor, accounts.next("contributor"));
  DZ_TRY_ASSIGN(all.state, accounts.next("global state"));
  if (all.state.key != wire::global_state_address(accounts.program()).address) {
    all.state.what = "side Z device";
    all.as_side_z = all.state;
    DZ_TRY_ASSIGN(all.state, accounts.next("global state"));
  }
  DZ_TRY(accounts.check_tail_follows());
  if (args.tunnel_net) {
    DZ_TRY_ASSIGN(all.side_a, accounts.next_before_tail("side A device"));
    DZ_TRY_ASSIGN(all.side_z, accounts.next_before_tail("side Z device"));
  }
  if (moves_tunnel(args)) {
    LinkPoolAccounts pools;
    DZ_TRY_ASSIGN(pools.tunnel_block, accounts.next_before_tail("device tunnel block"));
    DZ_TRY_ASSIGN(pools.link_ids, accounts.next_before_tail("link ids"));
    all.pools = pools;
  }
  while (accounts.left_before_tail() > 0) {
    DZ_TRY_ASSIGN(const auto topology, accounts.next("topology"));
    all.topologies.push_back(topology);
  }
  DZ_TRY(accounts.tail());
  DZ_TRY(accounts.check_owner(all.link, all.contributor, all.state));
  DZ_TRY(check_writable(all.link));
  return all;
}

// Which side writes; the device of side Z is read before the link.
Outcome<Record<Link>> load_link(const Accounts& accounts, const UpdateAccounts& all) {
  if (!all.as_side_z) {
    DZ_TRY_ASSIGN(auto link, accounts.load<Link>(all.link));
    DZ_TRY(check_key(all.contributor, link->contributor, wire::ProgramError::NotAllowed));
    return link;
  }
  if (all.as_side_z->account->owner != accounts.program()) {
    return reject(wire::ProgramError::InvalidAccountOwner, "expected a device of side Z");
  }
  DZ_TRY_ASSIGN(const auto side_z, accounts.load<Device>(*all.as_side_z));
  DZ_TRY_ASSIGN(auto link, accounts.load<Link>(all.link));
  DZ_TRY(check_key(side_z.at, link->side_z, wire::ProgramError::InvalidAccountOwner));
  DZ_TRY(check_key(all.contributor, side_z->contributor, wire::ProgramError::NotAllowed));
  return link;
}

void set_shared_fields(Link& link, const wire::UpdateLinkArgs& args) {
  set_if(link.delay_override_ns, args.delay_override_ns);
  set_if(link.desired_status, args.desired_status);
  set_if(link.status, args.status);
}

Check rebook(Link& link, const wire::UpdateLinkArgs& args, LinkPools& pools) {
  if (args.tunnel_id) {
    if (link.tunnel_id != 0) program::release(*pools.link_ids, link.tunnel_id);
    if (*args.tunnel_id != 0) DZ_TRY(take(pools.link_ids, *args.tunnel_id));
    link.tunnel_id = *args.tunnel_id;
  }
  if (args.tunnel_net) {
    if (!link.tunnel_net.is_default()) program::release(*pools.tunnel_block, link.tunnel_net);
    if (!args.tunnel_net->is_default()) DZ_TRY(take(pools.tunnel_block, *args.tunnel_net));
    link.tunnel_net = *args.tunnel_net;
  }
  return {};
}

struct Port {
  AccountRef device;
  std::string_view name;
  End end;
};

// The port gets the address of its end of the tunnel.
Check readdress(const Accounts& accounts, const Port& of, const NetworkV4& tunnel_net) {
  DZ_TRY_ASSIGN(auto device, accounts.load<Device>(of.device));
  DZ_TRY_ASSIGN(Interface* const port, expect_interface(*device, of.name));
  if (tunnel_net.prefix == 32 && of.end == End::Z) return reject_accounts("a tunnel network needs two addresses");
  port->ip_net = end_address(tunnel_net, of.end);
  return accounts.save(device);
}

Check move_tunnel(const Accounts& accounts, const UpdateAccounts& all, Link& link, const wire::UpdateLinkArgs& args,
                  const Caller& caller) {
  if (!caller.privileged)
    return reject(wire::ProgramError::NotAllowed, "the tunnel is the network administrators' to move");
  DZ_TRY_ASSIGN(auto pools, load(accounts, *all.pools));
  DZ_TRY(rebook(link, args, pools));
  DZ_TRY(save(accounts, pools));
  if (!args.tunnel_net) return {};
  DZ_TRY(accounts.check_owner(*all.side_a, *all.side_z));
  DZ_TRY(check_writable(*all.side_a));
  DZ_TRY(check_writable(*all.side_z));
  DZ_TRY(check_key(*all.side_a, link.side_a, wire::InstructionErrorKind::InvalidAccountData));
  DZ_TRY(check_key(*all.side_z, link.side_z, wire::InstructionErrorKind::InvalidAccountData));
  DZ_TRY(readdress(accounts, {*all.side_a, link.side_a_iface, End::A}, link.tunnel_net));
  return readdress(accounts, {*all.side_z, link.side_z_iface, End::Z}, link.tunnel_net);
}

}  // namespace

Check update_link(Accounts& accounts, const wire::UpdateLinkArgs& args) {
  if (moves_tunnel(args)) DZ_TRY(check_onchain(args.use_onchain_allocation));
  DZ_TRY_ASSIGN(const auto all, take_accounts(accounts, args));
  DZ_TRY_ASSIGN(const auto state, accounts.load<GlobalState>(all.state));
  DZ_TRY_ASSIGN(const auto contributor, accounts.load<Contributor>(all.contributor));
  const auto caller = caller_of(accounts, *state, *contributor);
  DZ_TRY(authorize(caller, wire::ProgramError::NotAllowed, "change this link"));
  DZ_TRY_ASSIGN(auto record, load_link(accounts, all));
  auto& link = *record;
  const bool side_a = all.contributor.key == link.contributor;
  if (side_a) DZ_TRY(set_side_a_fields(link, args));
  set_shared_fields(link, args);
  if (moves_tunnel(args)) DZ_TRY(move_tunnel(accounts, all, link, args, caller));
  if (args.topologies) {
    if (!caller.privileged) return reject(wire::ProgramError::NotAllowed, "topologies are the network administrators'");
    DZ_TRY(set_topologies(accounts, link, *args.topologies, all.topologies));
  }
  if (args.unicast_drained) {
    if (!side_a && !caller.privileged) {
      return reject(wire::ProgramError::NotAllowed, "unicast_drained is side A's and the network administrators'");
    }
    set_unicast_drained(link, *args.unicast_drained);
  }
  run_transition_hook(link, accounts.invocation().options);
  return accounts.save(record);
}

}  // namespace dz::program::live
