// UpdateUser by the administrators of users; what others report of one: its pass and its BGP session.
#include "program/rules/allocator.h"
#include "program/rules/authorize.h"
#include "program/rules/entities.h"
#include "program/rules/pools.h"
#include "program/rules/user_handlers.h"
#include "program/rules/user_rules.h"

namespace dz::program {
namespace {

struct UpdateAccounts {
  AccountRef user, state;
  UserPoolAccounts pools;
  bool tenants = false;  // the old one and the new one
};

Outcome<UpdateAccounts> take_update_accounts(Accounts& accounts, const PoolCounts& counts) {
  constexpr std::size_t kTail = 2, kTenants = 2;
  UpdateAccounts all;
  DZ_TRY_ASSIGN(all.user, accounts.next("user"));
  DZ_TRY_ASSIGN(all.state, accounts.next("global state"));
  DZ_TRY_ASSIGN(all.pools, next_user_pools(accounts, counts));
  const auto leading = accounts.left_before_tail();
  if (accounts.left() < kTail || (leading != 0 && leading != kTenants)) {
    return reject(wire::ProgramError::InvalidArgument,
                  fmt::format("{} accounts after the pools, expected payer and system program, or before them the old "
                              "and the new tenant",
                              accounts.left()));
  }
  all.tenants = leading == kTenants;
  if (all.tenants) {
    DZ_TRY(accounts.next("old tenant"));
    DZ_TRY(accounts.next("new tenant"));
  }
  DZ_TRY(accounts.tail());
  return all;
}

Check move_tunnel_id(User& user, std::uint16_t id, UserPools& pools) {
  if (user.tunnel_id != 0) release(*pools.tunnel_ids, user.tunnel_id);
  user.tunnel_id = id;
  return id == 0 ? Check{} : take(pools.tunnel_ids, id);
}

Check move_tunnel_net(User& user, NetworkV4 net, UserPools& pools) {
  if (!user.tunnel_net.is_default()) release(*pools.tunnel_block, user.tunnel_net);
  user.tunnel_net = net;
  return net.is_default() ? Check{} : take(pools.tunnel_block, net);
}

Check move_dz_ip(User& user, Ipv4 ip, UserPools& pools) {
  release_dz_ip(user, pools);
  user.dz_ip = ip;
  if (ip == Ipv4{} || ip == user.client_ip) return {};
  const NetworkV4 address{ip, 32};
  if (pools.publisher_block && allocate(**pools.publisher_block, address)) return {};
  for (auto& block : pools.prefixes) {
    if (allocate(*block, address)) return {};
  }
  return reject(wire::ProgramError::AllocationFailed, fmt::format("{} is free in no block of the device", to_text(ip)));
}

Check set_fields(User& user, const wire::UpdateUserArgs& args, UserPools& pools) {
  if (args.tunnel_id) DZ_TRY(move_tunnel_id(user, *args.tunnel_id, pools));
  if (args.tunnel_net) DZ_TRY(move_tunnel_net(user, *args.tunnel_net, pools));
  if (args.dz_ip) DZ_TRY(move_dz_ip(user, *args.dz_ip, pools));
  set_if(user.type, args.type);
  set_if(user.cyoa, args.cyoa);
  set_if(user.validator, args.validator);
  set_if(user.tunnel_endpoint, args.tunnel_endpoint);
  set_if(user.tenant, args.tenant);
  return {};
}

}  // namespace

Check update_user(Accounts& accounts, const wire::UpdateUserArgs& args, MayUpdate may) {
  DZ_TRY(check_prefix_count(args.dz_prefix_count));
  DZ_TRY_ASSIGN(const auto all,
                take_update_accounts(accounts, {args.dz_prefix_count, args.multicast_publisher_count > 0}));
  DZ_TRY(check_usable(accounts, all.user));
  DZ_TRY_ASSIGN(const auto state, accounts.load<GlobalState>(all.state));
  DZ_TRY(authorize(accounts, *state, permission::kUserAdmin, "change users"));
  DZ_TRY_ASSIGN(auto user, accounts.load<User>(all.user));
  DZ_TRY(may(*user, args));
  DZ_TRY_ASSIGN(auto pools, load_user_pools(accounts, all.pools, user->device, true));
  DZ_TRY(set_fields(*user, args, pools));
  if (all.tenants && args.tenant) return reject_accounts("there is no such tenant: this ledger keeps none");
  DZ_TRY(save(accounts, pools));
  return accounts.save(user);
}

Check check_user_access_pass(Accounts& accounts) {
  DZ_TRY_ASSIGN(const auto user_at, accounts.next("user"));
  DZ_TRY_ASSIGN(const auto pass_at, accounts.next("access pass"));
  DZ_TRY_ASSIGN(const auto state_at, accounts.next("global state"));
  DZ_TRY(accounts.tail());
  DZ_TRY(check_usable(accounts, user_at));
  DZ_TRY(check_pass_account(accounts, pass_at));
  DZ_TRY(check_writable(pass_at));
  DZ_TRY_ASSIGN(const auto state, accounts.load<GlobalState>(state_at));
  DZ_TRY(authorize(accounts, *state, permission::kActivator, "check access passes"));
  DZ_TRY_ASSIGN(auto user, accounts.load<User>(user_at));
  DZ_TRY(check_key(pass_at, wire::access_pass_address(accounts.program(), user->client_ip, user->owner).address));
  DZ_TRY_ASSIGN(auto pass, accounts.load<AccessPass>(pass_at));
  if (user->status != UserStatus::Activated && user->status != UserStatus::OutOfCredits) {
    return reject(wire::ProgramError::InvalidStatus, fmt::format("{} is {}, expected activated or out of credits",
                                                                 to_text(user->client_ip), to_text(user->status)));
  }
  user->status = UserStatus::Activated;
  pass->status = pass->connection_count > 0 ? AccessPassStatus::Connected : AccessPassStatus::Requested;
  return accounts.save(user, pass);
}

Check set_user_bgp_status(Accounts& accounts, const wire::SetUserBgpStatusArgs& args) {
  DZ_TRY_ASSIGN(const auto user_at, accounts.next("user"));
  DZ_TRY_ASSIGN(const auto device, accounts.record<Device>("device"));
  DZ_TRY(take_payer(accounts));
  const auto& payer = accounts.payer();
  DZ_TRY(check_usable(accounts, user_at));
  DZ_TRY_ASSIGN(auto user, accounts.load<User>(user_at));
  if (device->metrics_publisher != payer.key) {
    return reject(wire::ProgramError::NotAllowed, fmt::format("expected the device's metrics publisher {}, found {}",
                                                              to_text(device->metrics_publisher), to_text(payer.key)));
  }
  DZ_TRY(check_key(device.at, user->device, wire::ProgramError::NotAllowed));
  const auto slot = accounts.invocation().clock.slot.value;
  user->bgp_status = args.status;
  user->bgp_rtt_ns = args.rtt_ns;
  user->last_bgp_reported_at = slot;
  if (args.status == BgpStatus::Up) user->last_bgp_up_at = slot;
  return accounts.save(user);
}

}  // namespace dz::program
