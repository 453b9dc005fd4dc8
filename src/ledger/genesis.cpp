#include "ledger/genesis.h"

#include "base/sha256.h"

namespace dz::ledger {

namespace {

std::array<std::uint8_t, 32> derive(const Genesis& genesis, std::string_view purpose, std::uint64_t number) {
  std::array<std::uint8_t, 8> number_bytes{};
  for (std::size_t i = 0; i < 8; ++i) number_bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
  const ByteView parts[] = {as_bytes(purpose), genesis.secret, number_bytes};
  return sha256_of(parts);
}

// As Solana shows a program that is part of the node: one lamport, its name as data.
GenesisAccount program_account(const Pubkey& id, std::string_view name) {
  static const Pubkey kNativeLoader = pubkey_literal("NativeLoader1111111111111111111111111111111");
  return {id, wire::Account{
                  .lamports = 1, .data = Bytes(name.begin(), name.end()), .owner = kNativeLoader, .executable = true}};
}

// A program that somebody brought to Solana; its bytes are not kept here.
GenesisAccount loaded_program(const Pubkey& id) {
  static const Pubkey kLoader = pubkey_literal("BPFLoader2111111111111111111111111111111111");
  return {id, wire::Account{.lamports = 1, .data = {}, .owner = kLoader, .executable = true}};
}

}  // namespace

wire::Blockhash blockhash_of(const Genesis& genesis, Slot slot) {
  return {derive(genesis, "doublezero blockhash", slot.value)};
}
wire::Blockhash genesis_hash(const Genesis& genesis) { return {derive(genesis, "doublezero genesis", 0)}; }
wire::Keypair faucet_key(const Genesis& genesis) {
  return wire::Keypair::from_seed(derive(genesis, "doublezero faucet", 0));
}

std::vector<GenesisAccount> genesis_accounts(const Genesis& genesis, const wire::ProgramIds& ids) {
  return {
      {faucet_key(genesis).pubkey(), wire::Account{genesis.faucet_lamports, {}, wire::kSystemProgramId, false}},
      program_account(wire::kSystemProgramId, "system_program"),
      program_account(wire::compute_budget_program_id(), "compute_budget_program"),
      program_account(wire::lookup_table_program_id(), "address_lookup_table_program"),
      loaded_program(wire::memo_program_id()),
      loaded_program(wire::old_memo_program_id()),
      program_account(ids.serviceability, "doublezero_serviceability"),
      program_account(ids.telemetry, "doublezero_telemetry"),
  };
}

}  // namespace dz::ledger
