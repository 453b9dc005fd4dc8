// The global state of a new ledger.
#pragma once

#include "domain/records.h"

namespace dz::program {

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
