// What the instructions on users share: the pools that a user takes from, the access pass that lets it in, its place in
// the counts of its device and its pass.
#pragma once

#include <optional>
#include <vector>

#include "domain/users.h"
#include "program/runtime/accounts.h"

namespace dz::program {

// Of this program, with data, to be written; else ProgramFailedToComplete.
Check check_usable(const Accounts& accounts, const AccountRef& at);
// The end of a list in which no permission account may follow: the payer, who signs, else ProgramFailedToComplete; the
// system program.
Check take_payer(Accounts& accounts);
// A pass that is there, else AccessPassNotFound; of this program.
Check check_pass_account(const Accounts& accounts, const AccountRef& at);

// In their order: user tunnel block, [multicast publisher block], the device's tunnel ids, its prefix blocks.
struct UserPoolAccounts {
  AccountRef tunnel_block;
  std::optional<AccountRef> publisher_block;
  AccountRef tunnel_ids;
  std::vector<AccountRef> prefixes;
};
struct PoolCounts {
  std::uint8_t prefixes = 0;  // of the device, in order; the others are not looked at
  bool publisher_block = false;
};
// At least one prefix block comes with an instruction, else InvalidArgument.
Check check_prefix_count(std::uint8_t count);
Outcome<UserPoolAccounts> next_user_pools(Accounts& accounts, const PoolCounts& counts);

struct UserPools {
  Record<ResourceExtension> tunnel_block;
  std::optional<Record<ResourceExtension>> publisher_block;
  Record<ResourceExtension> tunnel_ids;
  std::vector<Record<ResourceExtension>> prefixes;
};
// Each at its address, else ProgramFailedToComplete. The publisher block is left out where nothing is taken from it.
Outcome<UserPools> load_user_pools(const Accounts& accounts, const UserPoolAccounts& at, const Pubkey& device,
                                   bool with_publisher_block);
Check save(const Accounts& accounts, const UserPools& pools);

// A /31, a tunnel id and, for a type that has one of its own, an address of the device's prefixes; else
// AllocationFailed.
Check allocate(User& user, UserPools& pools);
// What is not allocated stays so.
void release(const User& user, UserPools& pools);
void release_dz_ip(const User& user, UserPools& pools);

// The pass at its address for this client or for any, which is for this key and address: ProgramFailedToComplete,
// InvalidAccountData, Unauthorized.
Outcome<Record<AccessPass>> load_pass(const Accounts& accounts, const AccountRef& at, Ipv4 client_ip,
                                      const Pubkey& user_payer);

// One user more or less.
void add_to(Device& device, UserType type);
void remove_from(Device& device, const User& user);
void add_to(AccessPass& pass, UserType type);
void remove_from(AccessPass& pass, const User& user);

// There are no tenants on a ledger of this project: whatever is given as one is refused as upstream does it.
Check check_tenant(const Accounts& accounts, const AccountRef& at);

}  // namespace dz::program
