// Access passes: set by their administrators for a key and an address, closed when nobody is connected with them.
#include "program/rules/authorize.h"
#include "program/rules/entities.h"
#include "program/rules/user_handlers.h"
#include "program/rules/user_rules.h"

namespace dz::program {
namespace {

struct SetAccounts {
  AccountRef pass;
  Record<GlobalState> state;
  AccountRef user_payer;
  std::optional<AccountRef> tenant_off;  // to be taken off the list; after it in the list one to be put on
};

// The zero key is none.
Check refuse_tenant(const AccountRef& at) {
  if (at.key.is_zero()) return {};
  return reject_accounts(fmt::format("{} {}: this ledger keeps no tenants", at.what, to_text(at.key)));
}

Outcome<SetAccounts> take_set_accounts(Accounts& accounts) {
  constexpr std::size_t kWithTenants = 7;
  SetAccounts all;
  const bool tenants = accounts.left() >= kWithTenants;
  DZ_TRY_ASSIGN(all.pass, accounts.next("access pass"));
  DZ_TRY_ASSIGN(const auto state, accounts.next("global state"));
  DZ_TRY_ASSIGN(all.user_payer, accounts.next("user_payer"));
  if (tenants) {
    DZ_TRY_ASSIGN(all.tenant_off, accounts.next("tenant to take off"));
    DZ_TRY_ASSIGN(const auto on, accounts.next("tenant to put on"));
    DZ_TRY(refuse_tenant(on));
  }
  DZ_TRY(accounts.tail());
  DZ_TRY_ASSIGN(all.state, accounts.load<GlobalState>(state));
  return all;
}

Check check_args(const Accounts& accounts, const wire::SetAccessPassArgs& args) {
  if (args.type.kind == AccessPassKind::SolanaValidator && args.type.node.is_zero()) {
    return reject(wire::ProgramError::InvalidSolanaPubkey, "a pass for a validator names its key");
  }
  const auto epoch = accounts.invocation().clock.epoch;
  if (args.last_access_epoch == 0 || args.last_access_epoch >= epoch) return {};
  return reject(wire::ProgramError::InvalidLastAccessEpoch,
                fmt::format("last_access_epoch is {}, but this is epoch {}", args.last_access_epoch, epoch));
}

// The feed authority changes its own passes only.
Check check_author(const Accounts& accounts, const GlobalState& state, const AccessPass& pass) {
  const auto& payer = accounts.payer().key;
  if (payer != state.feed_authority || pass.owner == payer) return {};
  return reject(wire::ProgramError::NotAllowed,
                fmt::format("the access pass is of {}: the feed authority changes its own only", to_text(pass.owner)));
}

void set_fields(AccessPass& pass, const wire::SetAccessPassArgs& args) {
  const bool keeps_seats = pass.type.kind == AccessPassKind::EdgeSeat && args.type.kind == AccessPassKind::EdgeSeat;
  if (!keeps_seats) pass.type = args.type;
  pass.last_access_epoch = args.last_access_epoch;
  pass.flags &= static_cast<std::uint8_t>(~kPassFlagAllowMultipleIp);
  if (args.allow_multiple_ip) pass.flags |= kPassFlagAllowMultipleIp;
  pass.max_unicast_users = args.max_unicast_users;
  pass.max_multicast_users = args.max_multicast_users;
}

Check create_pass(const Accounts& accounts, const SetAccounts& all, const wire::SetAccessPassArgs& args) {
  const auto address = wire::access_pass_address(accounts.program(), args.client_ip, all.user_payer.key);
  // An account that is the program's already and empty is what an old fault left.
  const bool fresh = all.pass.account->owner != accounts.program();
  if (fresh && all.pass.account->owner != wire::kSystemProgramId) {
    return reject_accounts("the account of the access pass is another program's");
  }
  AccessPass pass;
  pass.owner = accounts.payer().key;
  pass.bump = address.bump;
  pass.client_ip = args.client_ip;
  pass.user_payer = all.user_payer.key;
  set_fields(pass, args);
  if (all.tenant_off && fresh) pass.tenant_allowlist = {Pubkey{}};
  return accounts.create(all.pass, address, pass);
}

Check update_pass(const Accounts& accounts, const SetAccounts& all, const wire::SetAccessPassArgs& args) {
  DZ_TRY_ASSIGN(auto pass, accounts.load<AccessPass>(all.pass));
  DZ_TRY(check_author(accounts, *all.state, *pass));
  set_fields(*pass, args);
  return accounts.save(pass);
}

// What a user needs to pay for its account, for as many as may connect.
Check airdrop(const Accounts& accounts, const SetAccounts& all, const wire::SetAccessPassArgs& args) {
  constexpr std::size_t kUserBytes = 906;
  const std::uint64_t users =
      args.allow_multiple_ip ? std::uint64_t{args.max_unicast_users} + args.max_multicast_users : 1;
  const auto wanted = (rent_exempt_minimum(kUserBytes) + all.state->user_airdrop_lamports) * users;
  const auto there = all.user_payer.account->lamports;
  return there >= wanted ? Check{} : accounts.pay(all.user_payer, wanted - there);
}

struct PassAccounts {
  AccountRef pass;
  AccountRef state;
};

// One pass, the global state and the tail: of the others.
Outcome<PassAccounts> take_pass_accounts(Accounts& accounts) {
  DZ_TRY_ASSIGN(const auto pass, accounts.next("access pass"));
  DZ_TRY_ASSIGN(const auto state, accounts.next("global state"));
  DZ_TRY(accounts.tail());
  DZ_TRY(check_pass_account(accounts, pass));
  DZ_TRY(check_writable(pass));
  return PassAccounts{pass, state};
}

}  // namespace

Check set_access_pass(Accounts& accounts, const wire::SetAccessPassArgs& args) {
  DZ_TRY_ASSIGN(const auto all, take_set_accounts(accounts));
  DZ_TRY(check_writable(all.pass));
  DZ_TRY(
      check_key(all.pass, wire::access_pass_address(accounts.program(), args.client_ip, all.user_payer.key).address));
  DZ_TRY(authorize(accounts, *all.state, permission::kAccessPassAdmin, "set access passes"));
  DZ_TRY(check_args(accounts, args));
  DZ_TRY(all.pass.account->data.empty() ? create_pass(accounts, all, args) : update_pass(accounts, all, args));
  if (all.tenant_off) DZ_TRY(refuse_tenant(*all.tenant_off));
  return airdrop(accounts, all, args);
}

Check close_access_pass(Accounts& accounts) {
  DZ_TRY_ASSIGN(const auto all, take_pass_accounts(accounts));
  DZ_TRY_ASSIGN(const auto state, accounts.load<GlobalState>(all.state));
  DZ_TRY(authorize(accounts, *state, permission::kAccessPassAdmin, "close access passes"));
  if (wire::account_type(all.pass.account->data) != wire::AccountType::AccessPass) {
    return reject(wire::ProgramError::InvalidAccountType, "the account is no access pass");
  }
  DZ_TRY_ASSIGN(const auto pass, accounts.load<AccessPass>(all.pass));
  DZ_TRY(check_author(accounts, *state, *pass));
  if (pass->connection_count != 0) {
    return reject(wire::ProgramError::AccessPassInUse,
                  fmt::format("{} users are connected with the access pass", pass->connection_count));
  }
  return close(all.pass, accounts.payer());
}

Check check_access_pass(Accounts& accounts) {
  DZ_TRY_ASSIGN(const auto all, take_pass_accounts(accounts));
  DZ_TRY_ASSIGN(const auto state, accounts.load<GlobalState>(all.state));
  DZ_TRY(authorize(accounts, *state, permission::kActivator | permission::kUserAdmin, "check access passes"));
  DZ_TRY_ASSIGN(auto pass, accounts.load<AccessPass>(all.pass));
  pass->status = pass->connection_count > 0 ? AccessPassStatus::Connected : AccessPassStatus::Requested;
  return accounts.save(pass);
}

Check set_access_pass_flags(Accounts& accounts, const wire::SetAccessPassFlagsArgs& args) {
  DZ_TRY_ASSIGN(const auto all, take_pass_accounts(accounts));
  DZ_TRY_ASSIGN(const auto state, accounts.load<GlobalState>(all.state));
  DZ_TRY(authorize(accounts, *state, permission::kAccessPassAdmin, "change access passes"));
  if (!args.allow_multiple_ip && !args.locked) {
    return reject(wire::ProgramError::InvalidArgument, "no flag is given");
  }
  DZ_TRY_ASSIGN(auto pass, accounts.load<AccessPass>(all.pass));
  DZ_TRY(check_author(accounts, *state, *pass));
  const auto set = [&pass](std::uint8_t flag, const std::optional<bool>& on) {
    if (!on) return;
    pass->flags = static_cast<std::uint8_t>(*on ? pass->flags | flag : pass->flags & ~flag);
  };
  set(kPassFlagAllowMultipleIp, args.allow_multiple_ip);
  set(kPassFlagLocked, args.locked);
  return accounts.save(pass);
}

}  // namespace dz::program
