// Transactions of version 0 and lookup tables, for tests.
#pragma once

#include <algorithm>

#include "wire/borsh.h"
#include "wire/lookup_table.h"
#include "wire/pda.h"
#include "wire/program_ids.h"
#include "wire/transaction.h"

namespace dz::wire {

struct TestTable {
  Pubkey key;
  std::vector<Pubkey> keys;
};

// Those of the AddressLookupTable program. slot: one of the last.
struct TableInstructions {
  Pubkey authority;
  std::uint64_t slot = 0;

  ProgramAddress address() const {
    const auto bytes = slot_bytes();
    const ByteView seeds[] = {authority.view(), bytes};
    return find_program_address(seeds, lookup_table_program_id());
  }
  Instruction create() const {
    BorshWriter data;
    data(std::uint32_t{0}, slot, address().bump);
    return instruction(std::move(data), {{authority, true, true}, {kSystemProgramId, false, false}});
  }
  Instruction freeze() const { return tagged(1); }
  Instruction extend(const std::vector<Pubkey>& keys) const {
    BorshWriter data;
    data(std::uint32_t{2}, std::uint64_t{keys.size()});
    for (const auto& key : keys) data(key);
    return instruction(std::move(data), {{authority, true, true}, {kSystemProgramId, false, false}});
  }
  Instruction deactivate() const { return tagged(3); }
  Instruction close(const Pubkey& receiver) const {
    BorshWriter data;
    data(std::uint32_t{4});
    return instruction(std::move(data), {{receiver, false, true}});
  }

 private:
  Bytes slot_bytes() const {
    BorshWriter out;
    out(slot);
    return std::move(out).take();
  }
  Instruction tagged(std::uint32_t tag) const {
    BorshWriter data;
    data(tag);
    return instruction(std::move(data), {});
  }
  Instruction instruction(BorshWriter data, std::vector<AccountMeta> more) const {
    Instruction out{lookup_table_program_id(), {{address().address, false, true}, {authority, true, false}}, {}};
    out.accounts.insert(out.accounts.end(), more.begin(), more.end());
    out.data = std::move(data).take();
    return out;
  }
};

// A message of version 0 that names through the table what the table has, except signers and programs.
inline Message versioned_message(std::span<const Instruction> instructions, const Pubkey& payer, const Blockhash& hash,
                                 const TestTable* table = nullptr) {
  const Message legacy = compile_message(instructions, payer, hash);
  Message out = legacy;
  out.version = MessageVersion::Zero;
  if (table == nullptr) return out;
  out.account_keys.clear();
  AddressLookup lookup{table->key, {}, {}};
  std::vector<Pubkey> writable, read_only;
  for (std::size_t i = 0; i < legacy.account_keys.size(); ++i) {
    const auto& key = legacy.account_keys[i];
    const auto at = std::find(table->keys.begin(), table->keys.end(), key);
    const bool is_program = std::any_of(legacy.instructions.begin(), legacy.instructions.end(),
                                        [&](const auto& instruction) { return instruction.program_index == i; });
    if (legacy.is_signer(i) || is_program || at == table->keys.end()) {
      out.account_keys.push_back(key);
      continue;
    }
    const bool writes = legacy.is_writable(i);
    (writes ? lookup.writable : lookup.read_only).push_back(static_cast<std::uint8_t>(at - table->keys.begin()));
    (writes ? writable : read_only).push_back(key);
    if (!writes) --out.readonly_unsigned;
  }
  out.lookups.push_back(lookup);
  std::vector<Pubkey> all = out.account_keys;
  all.insert(all.end(), writable.begin(), writable.end());
  all.insert(all.end(), read_only.begin(), read_only.end());
  const auto moved = [&](std::uint8_t index) {
    const auto at = std::find(all.begin(), all.end(), legacy.account_keys[index]);
    return static_cast<std::uint8_t>(at - all.begin());
  };
  for (auto& instruction : out.instructions) {
    instruction.program_index = moved(instruction.program_index);
    for (auto& index : instruction.account_indexes) index = moved(index);
  }
  return out;
}

inline Transaction signed_message(Message message, const Keypair& payer) {
  const auto signature = payer.sign(encode(message));
  return {{signature}, std::move(message)};
}

}  // namespace dz::wire
