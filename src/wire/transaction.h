// Solana transactions, legacy and of version 0: docs/formats/transactions.md. Parsing accepts exactly the bytes of one
// transaction.
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

using Blockhash = Pubkey;    // 32 bytes, base58 as text
using MessageHash = Pubkey;  // SHA-256 of a message

struct CompiledInstruction {
  std::uint8_t program_index = 0;
  std::vector<std::uint8_t> account_indexes;
  Bytes data;
  bool operator==(const CompiledInstruction&) const = default;
};

enum class MessageVersion : std::uint8_t { Legacy, Zero };

// Accounts that are named by their place in a lookup table.
struct AddressLookup {
  Pubkey table;
  std::vector<std::uint8_t> writable;
  std::vector<std::uint8_t> read_only;
  bool operator==(const AddressLookup&) const = default;
};

// Account keys are ordered: writable signers (the fee payer first), read-only signers, writable, read-only. Indexes
// count on after them with what the lookup tables stand for: first the writable ones of all tables, then the others.
struct Message {
  std::uint8_t required_signatures = 0;
  std::uint8_t readonly_signed = 0;
  std::uint8_t readonly_unsigned = 0;
  std::vector<Pubkey> account_keys;
  Blockhash recent_blockhash;
  std::vector<CompiledInstruction> instructions;
  MessageVersion version = MessageVersion::Legacy;
  std::vector<AddressLookup> lookups;  // of version 0

  bool is_signer(std::size_t account) const;
  bool is_writable(std::size_t account) const;
  std::size_t writable_lookups() const;
  std::size_t account_count() const;  // with those looked up
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

// Corrupt unless all bytes are one well-formed transaction, legacy or of version 0 (indexes in range, no trailing
// bytes, within the limits above). Signatures are not verified here.
Result<Transaction> parse_transaction(ByteView bytes);

// The one that they begin with, where more bytes follow; they are cut off what is given.
Result<Transaction> take_transaction(ByteView& bytes);

// All accounts of a message, in the order of its indexes. loaded: what its lookup tables stand for, first all that are
// writable. Corrupt when they are not as many as it looks up.
Result<std::vector<Pubkey>> all_accounts(const Message& message, std::span<const Pubkey> loaded);

// The same for every set of signatures of one message: by it the ledger knows what it has done.
MessageHash message_hash(const Message& message);

// True when every required signature is that key's signature of the message.
bool verify_signatures(const Transaction& transaction);

}  // namespace dz::wire
