// The network as a whole: its beginning. What follows is the same in both programs (rules/global_state.cpp).
#include "program/guarded/handlers.h"
#include "program/rules/initial_state.h"

namespace dz::program::guarded {

Check init_global_state(Accounts& accounts) {
  DZ_TRY_ASSIGN(const auto config_at, accounts.next("program config"));
  DZ_TRY_ASSIGN(const auto state_at, accounts.next("global state"));
  DZ_TRY(accounts.tail());
  if (!config_at.account->data.empty() || !state_at.account->data.empty()) {
    return reject(wire::ProgramError::AlreadyInitialized, "this ledger is initialized already; that happens once");
  }
  const auto config_address = wire::program_config_address(accounts.program());
  const auto state_address = wire::global_state_address(accounts.program());
  const auto config = initial_config(*accounts.invocation().profile, config_address.bump);
  auto state = initial_state(accounts.payer().key);
  state.bump = state_address.bump;
  DZ_TRY(accounts.create(config_at, config_address, config));
  return accounts.create(state_at, state_address, state);
}

}  // namespace dz::program::guarded
