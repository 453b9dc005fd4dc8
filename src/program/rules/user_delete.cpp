// DeleteUser, and RequestBanUser, which takes everything from a user but its account.
#include "program/rules/authorize.h"
#include "program/rules/entities.h"
#include "program/rules/user_handlers.h"
#include "program/rules/user_rules.h"

namespace dz::program {
namespace {

struct DeleteAccounts {
  AccountRef user, pass, state, device;
  UserPoolAccounts pools;
  std::optional<AccountRef> tenant;
  AccountRef owner;
};

// Whether a tenant's account follows is for the user to say, so it is read before anything is checked.
Outcome<DeleteAccounts> take_delete_accounts(Accounts& accounts, const PoolCounts& counts) {
  DeleteAccounts all;
  DZ_TRY_ASSIGN(all.user, accounts.next("user"));
  DZ_TRY_ASSIGN(all.pass, accounts.next("access pass"));
  DZ_TRY_ASSIGN(all.state, accounts.next("global state"));
  DZ_TRY_ASSIGN(all.device, accounts.next("device"));
  DZ_TRY_ASSIGN(all.pools, next_user_pools(accounts, counts));
  const auto user = wire::decode_user(all.user.account->data);
  if (!user) return reject(wire::InstructionErrorKind::InvalidAccountData, user.error().message);
  if (!user->tenant.is_zero()) {
    DZ_TRY_ASSIGN(all.tenant, accounts.next("tenant"));
  }
  DZ_TRY_ASSIGN(all.owner, accounts.next("owner of the user"));
  DZ_TRY(accounts.tail());
  return all;
}

// Its owner, or the administrators of users.
Check authorize_deletion(const Accounts& accounts, const GlobalState& state, const User& user) {
  if (user.owner == accounts.payer().key) return {};
  return authorize(accounts, state, permission::kUserAdmin, "delete another's user");
}

Check check_without_groups(const User& user) {
  if (user.publishers.empty() && user.subscribers.empty()) return {};
  return reject(wire::ProgramError::ReferenceCountNotZero,
                fmt::format("{} publishes to {} and subscribes to {} multicast groups: leave those first",
                            to_text(user.client_ip), user.publishers.size(), user.subscribers.size()));
}

// The device and the owner are those of the user.
Outcome<Record<Device>> load_own_device(const Accounts& accounts, const DeleteAccounts& all, const User& user) {
  DZ_TRY(accounts.check_owner(all.device));
  if (all.device.account->data.empty()) return reject_accounts("the device account is empty");
  constexpr auto kOtherwise = wire::InstructionErrorKind::InvalidAccountData;
  DZ_TRY(check_key(all.device, user.device, kOtherwise));
  DZ_TRY(check_key(all.owner, user.owner, kOtherwise));
  return accounts.load<Device>(all.device);
}

struct BanAccounts {
  AccountRef user, state;
  UserPoolAccounts pools;
};

Outcome<BanAccounts> take_ban_accounts(Accounts& accounts, const PoolCounts& counts) {
  BanAccounts all;
  DZ_TRY_ASSIGN(all.user, accounts.next("user"));
  DZ_TRY_ASSIGN(all.state, accounts.next("global state"));
  DZ_TRY_ASSIGN(all.pools, next_user_pools(accounts, counts));
  DZ_TRY(accounts.tail());
  return all;
}

}  // namespace

Check delete_user(Accounts& accounts, const wire::DeleteUserArgs& args) {
  DZ_TRY(check_prefix_count(args.dz_prefix_count));
  const PoolCounts counts{args.dz_prefix_count, args.multicast_publisher_count > 0};
  DZ_TRY_ASSIGN(const auto all, take_delete_accounts(accounts, counts));
  DZ_TRY(check_usable(accounts, all.user));
  DZ_TRY(check_pass_account(accounts, all.pass));
  DZ_TRY(check_writable(all.pass));
  DZ_TRY_ASSIGN(const auto state, accounts.load<GlobalState>(all.state));
  DZ_TRY_ASSIGN(const auto user, accounts.load<User>(all.user));
  DZ_TRY(authorize_deletion(accounts, *state, *user));
  DZ_TRY_ASSIGN(auto pass, load_pass(accounts, all.pass, user->client_ip, user->owner));
  DZ_TRY(check_without_groups(*user));
  DZ_TRY_ASSIGN(auto device, load_own_device(accounts, all, *user));
  DZ_TRY_ASSIGN(auto pools, load_user_pools(accounts, all.pools, user->device, true));
  if (all.tenant) return reject_accounts("the user has a tenant, and this ledger keeps none");

  release(*user, pools);
  remove_from(*device, *user);
  remove_from(*pass, *user);
  DZ_TRY(save(accounts, pools));
  DZ_TRY(accounts.save(pass, device));
  return close(all.user, all.owner);
}

Check request_ban_user(Accounts& accounts, const wire::RequestBanUserArgs& args) {
  DZ_TRY(check_prefix_count(args.dz_prefix_count));
  const PoolCounts counts{args.dz_prefix_count, args.multicast_publisher_count > 0};
  DZ_TRY_ASSIGN(const auto all, take_ban_accounts(accounts, counts));
  DZ_TRY(check_usable(accounts, all.user));
  DZ_TRY_ASSIGN(const auto state, accounts.load<GlobalState>(all.state));
  DZ_TRY(authorize(accounts, *state, permission::kUserAdmin, "ban users"));
  DZ_TRY_ASSIGN(auto user, accounts.load<User>(all.user));
  if (user->status != UserStatus::Activated && user->status != UserStatus::Suspended) {
    return reject(wire::ProgramError::InvalidStatus, fmt::format("{} is {}, expected activated or suspended",
                                                                 to_text(user->client_ip), to_text(user->status)));
  }
  DZ_TRY(check_without_groups(*user));
  DZ_TRY_ASSIGN(auto pools, load_user_pools(accounts, all.pools, user->device, true));

  release(*user, pools);
  user->tunnel_net = {};
  user->tunnel_id = 0;
  user->dz_ip = {};
  user->status = UserStatus::Banned;
  DZ_TRY(save(accounts, pools));
  return accounts.save(user);
}

}  // namespace dz::program
