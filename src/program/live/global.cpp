// The network as a whole: its beginning and its program version. What else belongs to it is the same in both programs
// (rules/global_state.cpp).
#include "program/live/site_handlers.h"
#include "program/rules/entities.h"
#include "program/rules/initial_state.h"

namespace dz::program::live {
namespace {

// Anybody may write it, and as often as he likes: an upgrade of the program is followed by it.
Check write_program_config(const Accounts& accounts, const AccountRef& at) {
  const auto address = wire::program_config_address(accounts.program());
  DZ_TRY(check_key(at, address.address));
  const auto config = initial_config(*accounts.invocation().profile, address.bump);
  if (at.account->data.empty()) return accounts.create(at, address, config);
  return accounts.save(Record<ProgramConfig>{at, config});
}

}  // namespace

Check init_global_state(Accounts& accounts) {
  DZ_TRY_ASSIGN(const auto config_at, accounts.next("program config"));
  DZ_TRY_ASSIGN(const auto state_at, accounts.next("global state"));
  DZ_TRY(accounts.tail());
  DZ_TRY(check_writable(config_at));
  DZ_TRY(check_writable(state_at));
  DZ_TRY(write_program_config(accounts, config_at));
  const auto address = wire::global_state_address(accounts.program());
  DZ_TRY(check_key(state_at, address.address));
  if (!state_at.account->data.empty()) return {};
  auto state = initial_state(accounts.payer().key);
  state.bump = address.bump;
  return accounts.create(state_at, address, state);
}

Check set_min_version(Accounts& accounts, const wire::SetMinVersionArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("program config"));
  DZ_TRY_ASSIGN(const auto state_at, accounts.next("global state"));
  DZ_TRY(accounts.tail());
  DZ_TRY(accounts.check_owner(at, state_at));
  DZ_TRY(check_writable(state_at));
  DZ_TRY(check_key(state_at, wire::global_state_address(accounts.program()).address));
  DZ_TRY_ASSIGN(const auto state, accounts.load<GlobalState>(state_at));
  DZ_TRY(authorize(accounts, *state, permission::kGlobalStateAdmin, "set the minimum version of clients"));
  DZ_TRY_ASSIGN(auto config, accounts.load<ProgramConfig>(at));
  config->min_compatible_version = args.version;
  return accounts.save(config);  // which refuses one above the program's own
}

}  // namespace dz::program::live
