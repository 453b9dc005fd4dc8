// What a new ledger begins with.
#pragma once

#include "domain/profile.h"
#include "domain/records.h"

namespace dz::program {

// The versions are those that the profile is recognised by.
inline ProgramConfig initial_config(const Profile& profile, std::uint8_t bump) {
  return {bump, profile.version, profile.min_compatible_version};
}

// Everything is the payer's; bump is the caller's.
inline GlobalState initial_state(const Pubkey& payer) {
  constexpr std::uint64_t kContributorAirdrop = 1'000'000'000, kUserAirdrop = 40'000;
  GlobalState state;
  state.foundation_allowlist = state.device_allowlist = state.qa_allowlist = {payer};
  state.activator_authority = state.sentinel_authority = state.health_oracle = payer;
  state.contributor_airdrop_lamports = kContributorAirdrop;
  state.user_airdrop_lamports = kUserAirdrop;
  return state;
}

}  // namespace dz::program
