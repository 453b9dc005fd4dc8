// CreateUser. Whoever has a pass for the address connects with it; done once more, it changes nothing.
#include <algorithm>

#include "program/rules/authorize.h"
#include "program/rules/entities.h"
#include "program/rules/user_handlers.h"
#include "program/rules/user_rules.h"

namespace dz::program {
namespace {

struct CreateAccounts {
  AccountRef user, device, pass, state;
  UserPoolAccounts pools;
  std::optional<AccountRef> tenant;  // there when one account more is
};

Outcome<CreateAccounts> take_create_accounts(Accounts& accounts, std::uint8_t prefixes) {
  constexpr std::size_t kTail = 2;  // no permission account: it would stand where a tenant's list has the payer
  CreateAccounts all;
  DZ_TRY_ASSIGN(all.user, accounts.next("user"));
  DZ_TRY_ASSIGN(all.device, accounts.next("device"));
  DZ_TRY_ASSIGN(all.pass, accounts.next("access pass"));
  DZ_TRY_ASSIGN(all.state, accounts.next("global state"));
  DZ_TRY_ASSIGN(all.pools, next_user_pools(accounts, {prefixes, true}));
  if (accounts.left() > kTail) {
    DZ_TRY_ASSIGN(all.tenant, accounts.next("tenant"));
  }
  DZ_TRY(take_payer(accounts));
  return all;
}

struct Place {
  wire::ProgramAddress address;
  AccountIndex index = 0;  // 0: an address of today
};

Outcome<Place> place_of(const Accounts& accounts, const AccountRef& user, const GlobalState& state,
                        const wire::CreateUserArgs& args, bool old_addresses) {
  const auto address = wire::user_address(accounts.program(), args.client_ip, args.type);
  if (user.key == address.address) return Place{address};
  const AccountIndex next = state.account_index + 1;
  const auto old = wire::old_user_address(accounts.program(), next);
  if (old_addresses && user.key == old.address) return Place{old, next};
  return reject(wire::ProgramError::InvalidUserPubkey,
                fmt::format("user account: expected {} for {} as {}, found {}", to_text(address.address),
                            to_text(args.client_ip), to_text(args.type), to_text(user.key)));
}

Check check_device_account(const Accounts& accounts, const AccountRef& at) {
  if (wire::account_type(at.account->data) != wire::AccountType::Device) {
    return reject(wire::ProgramError::InvalidDevicePubkey, fmt::format("{} is no device", to_text(at.key)));
  }
  if (at.account->owner == accounts.program()) return {};
  return reject(wire::InstructionErrorKind::IncorrectProgramId, "the device is another program's");
}

// What is there already is the user that is asked for, or another.
Check check_same(const Accounts& accounts, const CreateAccounts& all, UserType type) {
  if (all.user.account->owner != accounts.program()) {
    return reject(wire::InstructionErrorKind::IncorrectProgramId, "the user account is another program's");
  }
  DZ_TRY_ASSIGN(const auto user, accounts.load<User>(all.user));
  const bool same = user->owner == accounts.payer().key && user->device == all.device.key && user->type == type &&
                    user->tenant.is_zero();
  if (!same) {
    return reject(wire::InstructionErrorKind::AccountAlreadyInitialized,
                  fmt::format("{} is connected already, to {}, by {}", to_text(user->client_ip), to_text(user->device),
                              to_text(user->owner)));
  }
  if (user->status != UserStatus::Banned) return {};
  return reject(wire::ProgramError::InvalidStatus, fmt::format("{} is banned", to_text(user->client_ip)));
}

// Multicast users need neither tenant nor time.
Check check_admission(const Accounts& accounts, const AccessPass& pass, UserType type) {
  if (!is_unicast(type)) return {};
  const auto& tenants = pass.tenant_allowlist;
  const bool for_tenants = std::any_of(tenants.begin(), tenants.end(), [](const auto& key) { return !key.is_zero(); });
  if (for_tenants && !contains(tenants, Pubkey{})) {
    return reject(wire::ProgramError::TenantNotInAccessPassAllowlist, "the access pass is for users of a tenant");
  }
  const auto epoch = accounts.invocation().clock.epoch;
  if (pass.last_access_epoch >= epoch) return {};
  return reject(wire::ProgramError::AccessPassUnauthorized,
                fmt::format("the access pass ran out with epoch {}, this is {}", pass.last_access_epoch, epoch));
}

Check check_pass_room(const AccessPass& pass, UserType type) {
  if (pass.type.kind != AccessPassKind::EdgeSeat) return {};
  if (is_unicast(type)) {
    if (pass.unicast_user_count < pass.max_unicast_users) return {};
    return reject(wire::ProgramError::AccessPassMaxUnicastUsersExceeded,
                  fmt::format("{} unicast users have the access pass, which is for {}", pass.unicast_user_count,
                              pass.max_unicast_users));
  }
  if (pass.multicast_user_count < pass.max_multicast_users) return {};
  return reject(wire::ProgramError::AccessPassMaxMulticastUsersExceeded,
                fmt::format("{} multicast users have the access pass, which is for {}", pass.multicast_user_count,
                            pass.max_multicast_users));
}

User new_user(const Accounts& accounts, const wire::CreateUserArgs& args, const Place& place, const AccessPass& pass) {
  User user;
  user.owner = accounts.payer().key;
  user.index = place.index;
  user.bump = place.address.bump;
  user.type = args.type;
  user.cyoa = args.cyoa;
  user.client_ip = args.client_ip;
  user.tunnel_endpoint = args.tunnel_endpoint;
  if (pass.type.kind == AccessPassKind::SolanaValidator) user.validator = pass.type.node;
  return user;
}

Check check_seats_of_type(const Device& device, UserType type) {
  const bool unicast = is_unicast(type);
  const auto count = unicast ? device.unicast_users_count : device.multicast_subscribers_count;
  const auto most = unicast ? device.max_unicast_users : device.max_multicast_subscribers;
  if (most == 0 || count < most) return {};
  return reject(
      unicast ? wire::ProgramError::MaxUnicastUsersExceeded : wire::ProgramError::MaxMulticastSubscribersExceeded,
      fmt::format("device '{}' has {} {} of {}", device.code, count,
                  unicast ? "unicast users" : "multicast subscribers", most));
}

}  // namespace

Check check_seats(const Device& device, const Guest& guest) {
  if (guest.qa) return {};
  if (device.users_count + device.reserved_seats >= device.max_users) {
    return reject(wire::ProgramError::MaxUsersExceeded,
                  fmt::format("device '{}' has {} users and {} reserved seats, max_users is {}", device.code,
                              device.users_count, device.reserved_seats, device.max_users));
  }
  return check_seats_of_type(device, guest.type);
}

Check create_user(Accounts& accounts, const wire::CreateUserArgs& args, Door door, bool old_addresses) {
  DZ_TRY(check_prefix_count(args.dz_prefix_count));
  DZ_TRY_ASSIGN(const auto all, take_create_accounts(accounts, args.dz_prefix_count));
  DZ_TRY(check_pass_account(accounts, all.pass));
  if (all.tenant) DZ_TRY(check_tenant(accounts, *all.tenant));
  DZ_TRY_ASSIGN(auto state, accounts.load<GlobalState>(all.state));
  DZ_TRY_ASSIGN(const auto place, place_of(accounts, all.user, *state, args, old_addresses));
  DZ_TRY(check_device_account(accounts, all.device));
  DZ_TRY_ASSIGN(auto pass, load_pass(accounts, all.pass, args.client_ip, accounts.payer().key));
  if (!all.user.account->data.empty()) return check_same(accounts, all, args.type);
  DZ_TRY(check_admission(accounts, *pass, args.type));
  DZ_TRY_ASSIGN(auto device, accounts.load<Device>(all.device));
  const auto& payer = accounts.payer().key;
  DZ_TRY(door(*device, {is_foundation(*state, payer), contains(state->qa_allowlist, payer), args.type}));
  DZ_TRY(check_pass_room(*pass, args.type));
  DZ_TRY_ASSIGN(auto pools, load_user_pools(accounts, all.pools, device.at.key, false));

  auto user = new_user(accounts, args, place, *pass);
  user.device = device.at.key;
  DZ_TRY(allocate(user, pools));
  add_to(*device, args.type);
  add_to(*pass, args.type);
  DZ_TRY(save(accounts, pools));
  DZ_TRY(accounts.create(all.user, place.address, user));
  if (place.index != 0) {
    state->account_index = place.index;
    DZ_TRY(accounts.save(state));
  }
  return accounts.save(device, pass);
}

}  // namespace dz::program
