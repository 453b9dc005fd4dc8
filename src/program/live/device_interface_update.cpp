// UpdateDeviceInterface on the live network. Its status is whatever the writer says.
#include <algorithm>

#include <fmt/format.h>

#include "program/live/device_interface.h"
#include "program/live/handlers.h"
#include "program/rules/allocator.h"

namespace dz::program::live {

Outcome<std::vector<Pubkey>> check_topologies(const Accounts& accounts, const std::vector<AccountRef>& given) {
  std::vector<Pubkey> keys;
  for (const auto& at : given) {
    if (at.account->owner != accounts.program() ||
        wire::account_type(at.account->data) != wire::AccountType::Topology) {
      return reject_accounts(fmt::format("account {}: expected a topology", to_text(at.key)));
    }
    if (std::find(keys.begin(), keys.end(), at.key) != keys.end()) {
      return reject(wire::ProgramError::InvalidArgument, fmt::format("topology {} is named twice", to_text(at.key)));
    }
    keys.push_back(at.key);
  }
  return keys;
}

Check add_segments(Interface& i, const std::vector<Pubkey>& topologies, Record<ResourceExtension>& ids) {
  for (const auto& topology : topologies) {
    DZ_TRY_ASSIGN(const auto segment, take_id(ids));
    i.flex_algo_segments.push_back({topology, segment});
  }
  return {};
}

namespace {

struct UpdateAccounts {
  InterfaceList of;
  std::optional<AccountRef> segment_ids;
  std::vector<AccountRef> topologies;
};

Outcome<UpdateAccounts> take_accounts(Accounts& accounts, const wire::UpdateInterfaceArgs& args) {
  UpdateAccounts all;
  DZ_TRY_ASSIGN(all.of, take_interface_list(accounts));
  DZ_TRY(accounts.check_tail_follows());
  if (args.update_topologies || accounts.left_before_tail() > 0) {
    DZ_TRY_ASSIGN(all.segment_ids, accounts.next_before_tail("segment routing ids"));
  }
  for (std::size_t i = 0; args.update_topologies && i < args.topology_count; ++i) {
    DZ_TRY_ASSIGN(const auto topology, accounts.next_before_tail("topology"));
    all.topologies.push_back(topology);
  }
  DZ_TRY(accounts.take_last_tail());
  return all;
}

Check check_edge_change(const Interface& i, bool assigns) {
  if (!assigns || i.status != InterfaceStatus::Activated || i.type != InterfaceType::Physical) return {};
  return reject(wire::ProgramError::InterfaceHasEdgeAssignment,
                fmt::format("{} is activated and cannot become a CYOA or DIA port", i.name));
}

Check set_fields(Interface& i, const wire::UpdateInterfaceArgs& args) {
  DZ_TRY(set_free_fields(i, args));
  DZ_TRY(check_edge_change(i, args.cyoa.value_or(Cyoa::None) != Cyoa::None));
  set_if(i.cyoa, args.cyoa);
  DZ_TRY(check_edge_change(i, args.dia.value_or(Dia::None) != Dia::None));
  set_if(i.dia, args.dia);
  set_if(i.status, args.status);
  if (args.ip_net) DZ_TRY(check_may_have_address(i));
  set_if(i.ip_net, args.ip_net);
  return {};
}

Outcome<Record<ResourceExtension>> load_segment_ids(const Accounts& accounts, const UpdateAccounts& all) {
  if (all.segment_ids) return load_pool(accounts, *all.segment_ids, wire::ResourceKind::SegmentRoutingIds);
  return reject(wire::ProgramError::InvalidArgument, "expected the account of the segment routing ids");
}

// The interface gets exactly these topologies; it keeps the segments of those that it had.
Check set_topologies(const Accounts& accounts, Interface& i, const UpdateAccounts& all) {
  if (i.loopback != LoopbackType::Vpnv4) {
    return reject(wire::ProgramError::InvalidArgument, fmt::format("{}: only vpnv4 loopbacks have topologies", i.name));
  }
  DZ_TRY_ASSIGN(auto ids, load_segment_ids(accounts, all));
  DZ_TRY_ASSIGN(auto missing, check_topologies(accounts, all.topologies));
  std::vector<FlexAlgoSegment> kept;
  for (const auto& segment : i.flex_algo_segments) {
    if (std::erase(missing, segment.topology) > 0) {
      kept.push_back(segment);
    } else {
      release(*ids, segment.node_segment_idx);
    }
  }
  i.flex_algo_segments = std::move(kept);
  DZ_TRY(add_segments(i, missing, ids));
  return accounts.save(ids);
}

}  // namespace

// Whether the system program is named right is not looked at.
Check update_interface(Accounts& accounts, const wire::UpdateInterfaceArgs& args) {
  DZ_TRY_ASSIGN(const auto all, take_accounts(accounts, args));
  DZ_TRY_ASSIGN(auto opened, open_device(accounts, all.of, wire::ProgramError::NotAllowed));
  DZ_TRY_ASSIGN(Interface* const i, expect_interface(*opened.device, args.name));
  DZ_TRY(set_fields(*i, args));
  if (args.node_segment_idx) {
    if (!opened.caller.privileged)
      return reject(wire::ProgramError::NotAllowed, "node segments are the network administrators'");
    DZ_TRY_ASSIGN(auto ids, load_segment_ids(accounts, all));
    DZ_TRY(move_segment(*i, *args.node_segment_idx, ids));
    DZ_TRY(accounts.save(ids));
  }
  if (args.update_topologies) DZ_TRY(set_topologies(accounts, *i, all));
  DZ_TRY(check_cyoa_address(*i));
  DZ_TRY(check_mtu(*i));
  if (args.cyoa || args.dia || args.bandwidth) DZ_TRY(check_edge_bandwidth(*i));
  return accounts.save(opened.device);
}

}  // namespace dz::program::live
