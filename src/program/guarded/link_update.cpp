// UpdateLink: by side A (the link's contributor), by side Z, by the activator's key (status alone), by the foundation.
#include "program/guarded/handlers.h"
#include "program/guarded/lifecycle_write.h"
#include "program/rules/allocator.h"
#include "program/rules/interface_rules.h"
#include "program/rules/link_rules.h"
#include "program/rules/pools.h"

namespace dz::program::guarded {
namespace {

struct UpdateAccounts {
  Record<Link> link;
  Record<Contributor> contributor;  // of the side that writes
  std::optional<AccountRef> as_side_z;
  Record<GlobalState> state;
  std::optional<Record<Device>> side_a, side_z;  // with tunnel_net
  std::optional<LinkPools> pools;                // with tunnel_net or tunnel_id
};

Outcome<UpdateAccounts> take_accounts(Accounts& accounts, const wire::UpdateLinkArgs& args) {
  if (args.topologies && !args.topologies->empty()) {
    return reject(wire::ProgramError::FeatureNotEnabled, "this ledger has no topologies");
  }
  UpdateAccounts all;
  DZ_TRY_ASSIGN(all.link, accounts.record<Link>("link"));
  DZ_TRY_ASSIGN(all.contributor, accounts.record<Contributor>("contributor"));
  if (accounts.peek_type() == wire::AccountType::Device) {
    DZ_TRY_ASSIGN(all.as_side_z, accounts.next("side Z device"));
  }
  DZ_TRY_ASSIGN(all.state, accounts.record<GlobalState>("global state"));
  if (args.tunnel_net) {
    DZ_TRY_ASSIGN(all.side_a, accounts.record<Device>("side A device"));
    DZ_TRY_ASSIGN(all.side_z, accounts.record<Device>("side Z device"));
  }
  if (moves_tunnel(args)) {
    DZ_TRY_ASSIGN(all.pools, next_link_pools(accounts));
  }
  DZ_TRY(accounts.tail());
  return all;
}

// The contributor account says for which side the signer writes.
Check check_side(const Accounts& accounts, const UpdateAccounts& all) {
  if (!all.as_side_z) return check_key(all.contributor.at, all.link->contributor, wire::ProgramError::NotAllowed);
  DZ_TRY(check_key(*all.as_side_z, all.link->side_z, wire::ProgramError::InvalidAccountOwner));
  DZ_TRY_ASSIGN(const auto side_z, accounts.load<Device>(*all.as_side_z));
  return check_key(all.contributor.at, side_z->contributor, wire::ProgramError::NotAllowed);
}

lifecycle::Roles roles_here(const UpdateAccounts& all, const Authority& authority) {
  const bool is_a = all.contributor.at.key == all.link->contributor;
  const bool is_z = all.as_side_z.has_value();
  return roles_of(authority, is_a ? &*all.contributor : nullptr, is_z ? &*all.contributor : nullptr);
}

bool has_side_a_fields(const wire::UpdateLinkArgs& args) {
  return args.code || args.type || args.bandwidth || args.mtu || args.delay_ns || args.jitter_ns ||
         args.unicast_drained;
}

bool is_status_only(const wire::UpdateLinkArgs& args) {
  wire::UpdateLinkArgs rest = args;
  rest.status.reset();
  return args.status && rest == wire::UpdateLinkArgs{};
}

Check authorize_update(const UpdateAccounts& all, const Authority& authority, const lifecycle::Roles& roles,
                       const wire::UpdateLinkArgs& args) {
  if (roles.activator && is_status_only(args)) return {};  // whether it may is for the lifecycle to say
  DZ_TRY(authorize_contributor(authority, *all.contributor, wire::ProgramError::NotAllowed, "change this link"));
  if (has_side_a_fields(args) && !roles.side_a && !roles.foundation) {
    return reject(wire::ProgramError::NotAllowed,
                  "code, type, bandwidth, mtu, delay, jitter and unicast_drained are side A's to write");
  }
  if (moves_tunnel(args) && !roles.foundation) {
    return reject(wire::ProgramError::NotAllowed, "tunnel_id and tunnel_net are the foundation's to write");
  }
  return {};
}

Check check_fixed_fields(const Link& link, const wire::UpdateLinkArgs& args) {
  if (args.contributor && *args.contributor != link.contributor) {
    return reject(wire::ProgramError::ImmutableField,
                  "a link stays with its contributor: delete it and create it anew");
  }
  if (args.type && *args.type != link.type) {
    return reject(wire::ProgramError::ImmutableField, "a link stays WAN or DZX: delete it and create it anew");
  }
  return {};
}

Check set_fields(Link& link, const wire::UpdateLinkArgs& args) {
  DZ_TRY(set_side_a_fields(link, args));
  set_if(link.delay_override_ns, args.delay_override_ns);
  if (args.unicast_drained) set_unicast_drained(link, *args.unicast_drained);
  return {};
}

Check move_id(Link& link, LinkPools& pools, std::uint16_t id) {
  if (id == link.tunnel_id) return {};
  release(*pools.link_ids, link.tunnel_id);
  DZ_TRY(take(pools.link_ids, id));
  link.tunnel_id = id;
  return {};
}

Check move_end(Device& device, std::string_view port_name, const NetworkV4& net, End end) {
  DZ_TRY_ASSIGN(Interface* const port, expect_interface(device, port_name));
  port->ip_net = end_address(net, end);
  return {};
}

Check move_network(UpdateAccounts& all, const NetworkV4& net) {
  auto& link = *all.link;
  if (net.prefix != 31) {
    return reject(wire::ProgramError::InvalidTunnelNet,
                  fmt::format("expected a /31 for a link, found {}", to_text(net)));
  }
  DZ_TRY(check_key(all.side_a->at, link.side_a, wire::ProgramError::InvalidAccountOwner));
  DZ_TRY(check_key(all.side_z->at, link.side_z, wire::ProgramError::InvalidAccountOwner));
  release(*all.pools->tunnel_block, link.tunnel_net);
  DZ_TRY(take(all.pools->tunnel_block, net));
  link.tunnel_net = net;
  DZ_TRY(move_end(**all.side_a, link.side_a_iface, net, End::A));
  return move_end(**all.side_z, link.side_z_iface, net, End::Z);
}

Check move_tunnel(const Accounts& accounts, UpdateAccounts& all, const wire::UpdateLinkArgs& args) {
  DZ_TRY(check_onchain(args.use_onchain_allocation));
  if (!has_resources(*all.link)) {
    return reject(wire::ProgramError::InvalidStatus,
                  fmt::format("link '{}' is {} and has no tunnel yet", all.link->code, to_text(all.link->status)));
  }
  if (args.tunnel_id) DZ_TRY(move_id(*all.link, *all.pools, *args.tunnel_id));
  if (args.tunnel_net) {
    DZ_TRY(move_network(all, *args.tunnel_net));
    DZ_TRY(accounts.save(*all.side_a, *all.side_z));
  }
  return save(accounts, *all.pools);
}

}  // namespace

Check update_link(Accounts& accounts, const wire::UpdateLinkArgs& args) {
  DZ_TRY_ASSIGN(auto all, take_accounts(accounts, args));
  DZ_TRY(check_side(accounts, all));
  DZ_TRY_ASSIGN(const auto authority, read_authority(accounts, *all.state));
  const auto roles = roles_here(all, authority);
  DZ_TRY(authorize_update(all, authority, roles, args));
  DZ_TRY(check_fixed_fields(*all.link, args));
  DZ_TRY(write_lifecycle(*all.link, {args.status, args.desired_status}, roles));
  DZ_TRY(set_fields(*all.link, args));
  if (moves_tunnel(args)) DZ_TRY(move_tunnel(accounts, all, args));
  return accounts.save(all.link);
}

}  // namespace dz::program::guarded
