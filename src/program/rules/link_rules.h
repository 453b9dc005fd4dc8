// What creation, acceptance, update and deletion of links share, in both programs. Above all the two ends of a link:
// which interfaces may be one, and what a link makes of them. A physical interface that is no CYOA or DIA port is
// activated exactly while one link uses it.
#pragma once

#include <string_view>

#include "program/rules/entities.h"
#include "program/runtime/accounts.h"
#include "wire/instructions/link.h"

namespace dz::program {

// What the arguments and the accounts say of a new link; code, owner, status, desired_status and health are the
// caller's.
Link new_link(const wire::CreateLinkArgs& args, const wire::LinkEnds& ends);
Check check_link_mtu(std::uint32_t mtu);  // 9000
// The device is this contributor's, else `otherwise`.
Check check_side(const Record<Device>& side, const Record<Contributor>& contributor, wire::ProgramError otherwise);
Check check_requested(const Link& link);  // a DZX link that side Z has not accepted

// The fields of an update that only side A writes.
Check set_side_a_fields(Link& link, const wire::UpdateLinkArgs& args);
void set_unicast_drained(Link& link, bool drained);
inline bool moves_tunnel(const wire::UpdateLinkArgs& args) { return args.tunnel_id || args.tunnel_net; }

// A port that a link uses.
constexpr bool has_link(const Interface& i) {
  return i.type == InterfaceType::Physical && !is_edge(i) && i.status == InterfaceStatus::Activated;
}
Check check_no_link(const Interface& i);

// The interface of this exact name, fit to carry so much; the pointer lives as long as the record.
Outcome<Interface*> find_port(Record<Device>& device, std::string_view name, std::uint64_t bandwidth);

// Free for a new link.
Check check_free(const Interface& port);

// The pools from which a link takes its tunnel network and its id.
struct LinkPools {
  Record<ResourceExtension> tunnel_block;
  Record<ResourceExtension> link_ids;
};
Outcome<LinkPools> next_link_pools(Accounts& accounts);
Check save(const Accounts& accounts, const LinkPools& pools);

// True from acceptance (WAN: from creation) on.
inline bool has_resources(const Link& link) { return !link.tunnel_net.is_default(); }
// Takes tunnel network and id, and both ports: side A gets the network's first address, side Z the second; a port that
// has an address of its own keeps it.
Check occupy(Link& link, LinkPools& pools, Interface& side_a, Interface& side_z);
// Gives all of it back. A port that is gone or was given to nobody is left alone.
void vacate(Link& link, LinkPools& pools, Device& side_a, Device& side_z);
// An end of a link, numbered by its place in the tunnel network.
enum class End : std::uint32_t { A = 0, Z = 1 };
// The port is in service, with the address of its end unless it has one of its own.
void use_port(Interface& port, const NetworkV4& tunnel_net, End end);
NetworkV4 end_address(const NetworkV4& tunnel_net, End end);

// Numbers and addresses are given out by this program alone; the flag of older clients that bring their own is refused.
Check check_onchain(bool flag);

}  // namespace dz::program
