// Legacy Solana transactions: docs/formats/transactions.md. Parsing accepts exactly the bytes of one transaction; what
// landed may be of version 0, too.
#pragma once

#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/pubkey.h"
#include "base/result.h"
#include "wire/instruction.h"
#include "wire/keypair.h"

namespace dz::wire {

inline constexpr std::size_t kMaxTransactionBytes = 1232;
inline constexpr std::size_t kMaxTransactionAccounts = 64;

using Blockhash = Pubkey;  // 32 bytes, base58 as text

struct CompiledInstruction {
  std::uint8_t program_index = 0;
  std::vector<std::uint8_t> account_indexes;
  Bytes data;
  bool operator==(const CompiledInstruction&) const = default;
};

// Account keys are ordered: writable signers (the fee payer first), read-only signers, writable, read-only.
struct Message {
  std::uint8_t required_signatures = 0;
  std::uint8_t readonly_signed = 0;
  std::uint8_t readonly_unsigned = 0;
  std::vector<Pubkey> account_keys;
  Blockhash recent_blockhash;
  std::vector<CompiledInstruction> instructions;

  bool is_signer(std::size_t account) const;
  bool is_writable(std::size_t account) const;
  bool operator==(const Message&) const = default;
};

struct Transaction {
  std::vector<Signature> signatures;
  Message message;
  bool operator==(const Transaction&) const = default;
};

// payer signs first; every signer named in an instruction must be the payer or among `others`.
Message compile_message(std::span<const Instruction> instructions, const Pubkey& payer, const Blockhash& blockhash);
Bytes encode(const Message& message);
Bytes encode(const Transaction& transaction);

// Refused: a signer without a key here, or a transaction over kMaxTransactionBytes.
Result<Transaction> sign_transaction(std::span<const Instruction> instructions, const Keypair& payer,
                                     std::span<const Keypair* const> others, const Blockhash& blockhash);

// Corrupt unless all bytes are one well-formed legacy transaction (indexes in range, no trailing bytes, within the
// limits above). Signatures are not verified here.
Result<Transaction> parse_transaction(ByteView bytes);

// The same of one that landed, which may be of version 0 too. loaded: the accounts of its lookup tables, first all that
// are writable, as the ledger names them beside it; they follow account_keys. Corrupt when they are not as many as it
// looks up.
Result<Transaction> parse_landed_transaction(ByteView bytes, std::span<const Pubkey> loaded);

// True when every required signature is that key's signature of the message.
bool verify_signatures(const Transaction& transaction);

}  // namespace dz::wire
