// What a ledger starts from. Everything random about a ledger comes from the secret: block hashes, genesis hash, and
// the faucet's key.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "ledger/slot_clock.h"
#include "program/runtime/runtime.h"
#include "wire/keypair.h"
#include "wire/transaction.h"

namespace dz::ledger {

struct Genesis {
  std::array<std::uint8_t, 32> secret{};
  Timestamp time;  // of slot 0
  std::uint64_t faucet_lamports = 0;
  bool operator==(const Genesis&) const = default;
};

wire::Blockhash blockhash_of(const Genesis& genesis, Slot slot);
wire::Blockhash genesis_hash(const Genesis& genesis);
wire::Keypair faucet_key(const Genesis& genesis);

struct GenesisAccount {
  Pubkey key;
  wire::Account account;
};
// The faucet with all lamports there are, and the programs.
std::vector<GenesisAccount> genesis_accounts(const Genesis& genesis, const wire::ProgramIds& ids);

}  // namespace dz::ledger
