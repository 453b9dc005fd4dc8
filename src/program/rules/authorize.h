// Who may run an instruction: permission bits of the payer's permission account, or the older rule by the lists and
// keys of GlobalState.
#pragma once

#include <string_view>

#include "domain/records.h"
#include "lifecycle/authority.h"
#include "program/runtime/accounts.h"

namespace dz::program {

// feature_flags bit: only permission accounts count, the lists and keys of GlobalState do not.
inline constexpr unsigned __int128 kRequirePermissionAccounts = 2;

// By the list alone, whatever the feature flags say.
bool is_foundation(const GlobalState& state, const Pubkey& key);

// What one signer may do. The state must outlive it.
struct Authority {
  const GlobalState* state = nullptr;
  Pubkey signer;
  unsigned __int128 permissions = 0;  // of its activated permission account, when it was given

  // True when any of the permission bits allows it.
  bool allows(unsigned __int128 any_of) const;
};

// The payer's authority, with the permission account of the tail if there is one.
Outcome<Authority> read_authority(const Accounts& accounts, const GlobalState& state);

// NotAllowed unless one of the bits does. `action` completes "may not ...".
Check authorize(const Authority& authority, unsigned __int128 any_of, std::string_view action);
Check authorize(const Accounts& accounts, const GlobalState& state, unsigned __int128 any_of, std::string_view action);

// The contributor's owner, or the foundation; else `otherwise`.
Check authorize_contributor(const Authority& authority, const Contributor& contributor, wire::ProgramError otherwise,
                            std::string_view action);

// What the signer is to a record of these contributors (null: there is no such side).
lifecycle::Roles roles_of(const Authority& authority, const Contributor* side_a, const Contributor* side_z);

}  // namespace dz::program
