#include "program/rules/user_rules.h"

#include <algorithm>

#include <fmt/format.h>

#include "program/rules/allocator.h"
#include "program/rules/pools.h"

namespace dz::program {
namespace {

constexpr std::uint32_t kTunnelAddresses = 2;

Outcome<Record<ResourceExtension>> load_user_pool(const Accounts& accounts, const AccountRef& at,
                                                  const wire::ResourceType& type) {
  DZ_TRY(check_usable(accounts, at));
  return load_pool(accounts, at, type);
}

// Of the first block that has one.
Outcome<Ipv4> take_address(UserPools& pools) {
  for (auto& block : pools.prefixes) {
    if (const auto network = allocate_network(*block, 1)) return network->address;
  }
  return reject(wire::ProgramError::AllocationFailed, "the device's dz_prefixes have no address left");
}

bool has_own_address(UserType type) { return type == UserType::IbrlWithAllocatedIp || type == UserType::EdgeFiltering; }

template <typename Count>
void count_down(Count& count) {
  if (count > 0) --count;
}

std::uint16_t& count_of(Device& device, const User& user) {
  if (is_unicast(user.type)) return device.unicast_users_count;
  const bool publisher = (user.tunnel_flags & kTunnelFlagCreatedAsPublisher) != 0;
  return publisher ? device.multicast_publishers_count : device.multicast_subscribers_count;
}

std::uint16_t& count_of(AccessPass& pass, UserType type) {
  return is_unicast(type) ? pass.unicast_user_count : pass.multicast_user_count;
}

}  // namespace

Check check_usable(const Accounts& accounts, const AccountRef& at) {
  DZ_TRY(accounts.check_owner(at));
  DZ_TRY(check_writable(at));
  if (!at.account->data.empty()) return {};
  return reject_accounts(fmt::format("account '{}' ({}) is empty", at.what, to_text(at.key)));
}

Check take_payer(Accounts& accounts) {
  DZ_TRY_ASSIGN(const auto payer, accounts.next("payer"));
  if (!payer.signer) return reject_accounts(fmt::format("the payer {} did not sign", to_text(payer.key)));
  return accounts.pay_from(payer);
}

Check check_pass_account(const Accounts& accounts, const AccountRef& at) {
  if (at.account->data.empty()) {
    return reject(wire::ProgramError::AccessPassNotFound, fmt::format("there is no access pass {}", to_text(at.key)));
  }
  return accounts.check_owner(at);
}

Check check_prefix_count(std::uint8_t count) {
  if (count > 0) return {};
  return reject(wire::ProgramError::InvalidArgument, "dz_prefix_count is 0, expected the blocks of the device");
}

Outcome<UserPoolAccounts> next_user_pools(Accounts& accounts, const PoolCounts& counts) {
  UserPoolAccounts pools;
  DZ_TRY_ASSIGN(pools.tunnel_block, accounts.next("user tunnel block"));
  if (counts.publisher_block) {
    DZ_TRY_ASSIGN(pools.publisher_block, accounts.next("multicast publisher block"));
  }
  DZ_TRY_ASSIGN(pools.tunnel_ids, accounts.next("tunnel ids of the device"));
  for (int i = 0; i < counts.prefixes; ++i) {
    DZ_TRY_ASSIGN(const auto block, accounts.next("dz_prefix block"));
    pools.prefixes.push_back(block);
  }
  return pools;
}

Outcome<UserPools> load_user_pools(const Accounts& accounts, const UserPoolAccounts& at, const Pubkey& device,
                                   bool with_publisher_block) {
  UserPools pools;
  DZ_TRY_ASSIGN(pools.tunnel_block,
                load_user_pool(accounts, at.tunnel_block, {.kind = wire::ResourceKind::UserTunnelBlock}));
  if (with_publisher_block && at.publisher_block) {
    DZ_TRY_ASSIGN(pools.publisher_block,
                  load_user_pool(accounts, *at.publisher_block, {.kind = wire::ResourceKind::MulticastPublisherBlock}));
  }
  DZ_TRY_ASSIGN(pools.tunnel_ids, load_user_pool(accounts, at.tunnel_ids, {wire::ResourceKind::TunnelIds, device, 0}));
  for (std::size_t i = 0; i < at.prefixes.size(); ++i) {
    DZ_TRY_ASSIGN(auto block, load_user_pool(accounts, at.prefixes[i], {wire::ResourceKind::DzPrefixBlock, device, i}));
    pools.prefixes.push_back(std::move(block));
  }
  return pools;
}

Check save(const Accounts& accounts, const UserPools& pools) {
  DZ_TRY(accounts.save(pools.tunnel_block, pools.tunnel_ids));
  if (pools.publisher_block) DZ_TRY(accounts.save(*pools.publisher_block));
  for (const auto& block : pools.prefixes) DZ_TRY(accounts.save(block));
  return {};
}

Check allocate(User& user, UserPools& pools) {
  DZ_TRY_ASSIGN(user.tunnel_net, take_network(pools.tunnel_block, kTunnelAddresses));
  DZ_TRY_ASSIGN(user.tunnel_id, take_id(pools.tunnel_ids));
  user.dz_ip = user.client_ip;
  if (has_own_address(user.type)) {
    DZ_TRY_ASSIGN(user.dz_ip, take_address(pools));
  }
  return {};
}

void release_dz_ip(const User& user, UserPools& pools) {
  if (user.dz_ip == Ipv4{} || user.dz_ip == user.client_ip) return;
  const NetworkV4 address{user.dz_ip, 32};
  if (pools.publisher_block && release(**pools.publisher_block, address)) return;
  for (auto& block : pools.prefixes) {
    if (release(*block, address)) return;
  }
}

void release(const User& user, UserPools& pools) {
  release(*pools.tunnel_block, user.tunnel_net);
  release(*pools.tunnel_ids, user.tunnel_id);
  release_dz_ip(user, pools);
}

Outcome<Record<AccessPass>> load_pass(const Accounts& accounts, const AccountRef& at, Ipv4 client_ip,
                                      const Pubkey& user_payer) {
  const auto exact = wire::access_pass_address(accounts.program(), client_ip, user_payer).address;
  const auto any = wire::access_pass_address(accounts.program(), Ipv4{}, user_payer).address;
  if (at.key != exact && at.key != any) {
    return reject_accounts(fmt::format("access pass: expected {} for {} or {} for any address, found {}",
                                       to_text(exact), to_text(client_ip), to_text(any), to_text(at.key)));
  }
  DZ_TRY_ASSIGN(auto pass, accounts.load<AccessPass>(at));
  if (pass->user_payer != user_payer) {
    return reject(wire::ProgramError::Unauthorized,
                  fmt::format("the access pass is for {}, not for {}", to_text(pass->user_payer), to_text(user_payer)));
  }
  const bool fits = pass->client_ip == Ipv4{} || pass->client_ip == client_ip || pass->allows_multiple_ip();
  if (fits) return pass;
  return reject(wire::ProgramError::Unauthorized, fmt::format("the access pass is for the address {}, not for {}",
                                                              to_text(pass->client_ip), to_text(client_ip)));
}

void add_to(Device& device, UserType type) {
  ++device.reference_count;
  ++device.users_count;
  User user;
  user.type = type;
  ++count_of(device, user);
}

void remove_from(Device& device, const User& user) {
  count_down(device.reference_count);
  count_down(device.users_count);
  count_down(count_of(device, user));
}

void add_to(AccessPass& pass, UserType type) {
  ++pass.connection_count;
  pass.status = AccessPassStatus::Connected;
  if (pass.type.kind == AccessPassKind::EdgeSeat) ++count_of(pass, type);
}

void remove_from(AccessPass& pass, const User& user) {
  count_down(pass.connection_count);
  pass.status = pass.connection_count > 0 ? AccessPassStatus::Connected : AccessPassStatus::Disconnected;
  if (pass.type.kind == AccessPassKind::EdgeSeat) {
    count_down(count_of(pass, user.type));
    for (auto& seat : pass.type.seats) {
      const bool held = std::find(user.feeds.begin(), user.feeds.end(), seat.feed) != user.feeds.end();
      if (held && user.type == UserType::Multicast) count_down(seat.current_users);
    }
  }
  if (pass.connection_count == 0 && pass.allows_multiple_ip()) pass.client_ip = {};
}

Check check_tenant(const Accounts& accounts, const AccountRef& at) {
  if (at.account->data.empty()) {
    return reject(wire::ProgramError::InvalidTenantPubkey, fmt::format("there is no tenant {}", to_text(at.key)));
  }
  DZ_TRY(accounts.check_owner(at));
  DZ_TRY(check_writable(at));
  if (wire::account_type(at.account->data) != wire::AccountType::Tenant) {
    return reject(wire::ProgramError::InvalidAccountType, fmt::format("{} is no tenant", to_text(at.key)));
  }
  return reject(wire::ProgramError::FeatureNotEnabled, "this ledger keeps no tenants");
}

}  // namespace dz::program
