#include "wire/transaction.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/check.h"
#include "wire/borsh.h"

namespace dz::wire {
namespace {

// Accounts in the order of a message: each once, with the strongest rights asked for anywhere.
std::vector<AccountMeta> order_accounts(std::span<const Instruction> instructions, const Pubkey& payer) {
  std::vector<AccountMeta> metas{{.key = payer, .signer = true, .writable = true}};
  const auto add = [&metas](const AccountMeta& meta) {
    const auto known = std::find_if(metas.begin(), metas.end(), [&](const auto& m) { return m.key == meta.key; });
    if (known == metas.end()) {
      metas.push_back(meta);
      return;
    }
    known->signer |= meta.signer;
    known->writable |= meta.writable;
  };
  for (const auto& instruction : instructions) {
    for (const auto& meta : instruction.accounts) add(meta);
    add({.key = instruction.program, .signer = false, .writable = false});
  }
  const auto rank = [](const AccountMeta& m) { return (m.signer ? 0 : 2) + (m.writable ? 0 : 1); };
  std::stable_sort(metas.begin() + 1, metas.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  return metas;
}

// Compact-u16: seven bits a byte, low ones first, the high bit says that more follow.
void put_compact(BorshWriter& out, std::size_t number) {
  DZ_CHECK(number <= 0xffff);
  for (; number >= 0x80; number >>= 7) out(static_cast<std::uint8_t>((number & 0x7f) | 0x80));
  out(static_cast<std::uint8_t>(number));
}

// Only the shortest form counts, as on the ledger: otherwise one transaction would have several encodings.
bool get_compact(BorshCursor& in, std::size_t& number) {
  number = 0;
  for (int i = 0; i < 3; ++i) {
    std::uint8_t byte = 0;
    if (!in.get(byte)) return false;
    number |= std::size_t{byte & 0x7fU} << (7 * i);
    if ((byte & 0x80) == 0) return (i == 0 || byte != 0) && number <= 0xffff;
  }
  return false;
}

template <typename T>
bool get_list(BorshCursor& in, std::vector<T>& values) {
  std::size_t count = 0;
  if (!get_compact(in, count) || count > in.rest().size()) return false;  // every element has at least one byte
  values.resize(count);
  for (auto& value : values) {
    if (!in.get(value)) return false;
  }
  return true;
}

bool get_instruction(BorshCursor& in, CompiledInstruction& instruction) {
  return in.get(instruction.program_index) && get_list(in, instruction.account_indexes) &&
         get_list(in, instruction.data);
}

bool get_message(BorshCursor& in, Message& message) {
  if (!in.get(message.required_signatures) || !in.get(message.readonly_signed) || !in.get(message.readonly_unsigned) ||
      !get_list(in, message.account_keys) || !in.get(message.recent_blockhash)) {
    return false;
  }
  std::size_t count = 0;
  if (!get_compact(in, count) || count > in.rest().size()) return false;
  message.instructions.resize(count);
  for (auto& instruction : message.instructions) {
    if (!get_instruction(in, instruction)) return false;
  }
  return true;
}

// How many accounts the lookup tables at the end of a message of version 0 stand for.
bool get_lookups(BorshCursor& in, std::size_t& accounts) {
  std::size_t tables = 0;
  if (!get_compact(in, tables) || tables > in.rest().size()) return false;
  for (std::size_t i = 0; i < tables; ++i) {
    Pubkey table;
    std::vector<std::uint8_t> writable, read_only;
    if (!in.get(table) || !get_list(in, writable) || !get_list(in, read_only)) return false;
    accounts += writable.size() + read_only.size();
  }
  return true;
}

// What the ledger calls sanitize: numbers that refer to something. Empty when all do.
std::string find_flaw(const Transaction& transaction, std::size_t most_accounts) {
  const auto& m = transaction.message;
  const auto keys = m.account_keys.size();
  if (transaction.signatures.size() != m.required_signatures) {
    return fmt::format("expected {} signatures as the header says, found {}", m.required_signatures,
                       transaction.signatures.size());
  }
  if (m.required_signatures == 0 || m.readonly_signed >= m.required_signatures) {
    return "expected a writable signer to pay the fee, found none";
  }
  if (std::size_t{m.required_signatures} + m.readonly_unsigned > keys) {
    return fmt::format("expected as many account keys as the header counts, found {}", keys);
  }
  if (keys > most_accounts) return fmt::format("expected at most {} accounts, found {}", most_accounts, keys);
  for (const auto& instruction : m.instructions) {
    const auto& indexes = instruction.account_indexes;
    const bool in_range = std::all_of(indexes.begin(), indexes.end(), [&](auto i) { return i < keys; });
    if (!in_range || instruction.program_index >= keys || instruction.program_index == 0) {
      return "expected instructions that name accounts of the transaction, and a program other than the fee payer";
    }
  }
  return {};
}

constexpr std::uint8_t kVersionZero = 0x80;  // the first byte of its message
constexpr std::size_t kMostIndexes = 256;    // of one byte

bool is_versioned(const BorshCursor& in) { return !in.empty() && (in.rest()[0] & kVersionZero) != 0; }

tl::unexpected<Error> no_transaction() { return corrupt("expected the bytes of one transaction and no others"); }

Result<void> get_signatures(BorshCursor& in, Transaction& transaction) {
  const auto bytes = in.rest().size();
  if (bytes > kMaxTransactionBytes) {
    return corrupt(fmt::format("expected a transaction of at most {} bytes, found {}", kMaxTransactionBytes, bytes));
  }
  std::size_t count = 0;
  if (!get_compact(in, count) || count * 64 > in.rest().size()) {
    return corrupt("expected the signatures of a transaction, found too few bytes");
  }
  transaction.signatures.resize(count);
  for (auto& signature : transaction.signatures) in.get(signature.bytes);
  return {};
}

}  // namespace

bool Message::is_signer(std::size_t account) const { return account < required_signatures; }

bool Message::is_writable(std::size_t account) const {
  if (is_signer(account)) return account < std::size_t{required_signatures} - readonly_signed;
  return account < account_keys.size() - readonly_unsigned;
}

Message compile_message(std::span<const Instruction> instructions, const Pubkey& payer, const Blockhash& blockhash) {
  Message message;
  message.recent_blockhash = blockhash;
  const auto metas = order_accounts(instructions, payer);
  DZ_CHECK(metas.size() <= 256);  // indexes are bytes
  for (const auto& meta : metas) {
    message.account_keys.push_back(meta.key);
    if (meta.signer) ++message.required_signatures;
    if (!meta.writable) ++(meta.signer ? message.readonly_signed : message.readonly_unsigned);
  }
  const auto index_of = [&](const Pubkey& key) {
    const auto at = std::find(message.account_keys.begin(), message.account_keys.end(), key);
    return static_cast<std::uint8_t>(at - message.account_keys.begin());
  };
  for (const auto& instruction : instructions) {
    CompiledInstruction compiled{index_of(instruction.program), {}, instruction.data};
    for (const auto& meta : instruction.accounts) compiled.account_indexes.push_back(index_of(meta.key));
    message.instructions.push_back(std::move(compiled));
  }
  return message;
}

Bytes encode(const Message& message) {
  BorshWriter out;
  out(message.required_signatures, message.readonly_signed, message.readonly_unsigned);
  put_compact(out, message.account_keys.size());
  for (const auto& key : message.account_keys) out(key);
  out(message.recent_blockhash);
  put_compact(out, message.instructions.size());
  for (const auto& instruction : message.instructions) {
    out(instruction.program_index);
    put_compact(out, instruction.account_indexes.size());
    out.raw(instruction.account_indexes);
    put_compact(out, instruction.data.size());
    out.raw(instruction.data);
  }
  return std::move(out).take();
}

Bytes encode(const Transaction& transaction) {
  BorshWriter out;
  put_compact(out, transaction.signatures.size());
  for (const auto& signature : transaction.signatures) out.raw(signature.view());
  out.raw(encode(transaction.message));
  return std::move(out).take();
}

Result<Transaction> sign_transaction(std::span<const Instruction> instructions, const Keypair& payer,
                                     std::span<const Keypair* const> others, const Blockhash& blockhash) {
  const auto accounts = order_accounts(instructions, payer.pubkey()).size();
  if (accounts > kMaxTransactionAccounts) {
    return refused(fmt::format("a transaction names at most {} accounts, this one {}; send fewer instructions at once",
                               kMaxTransactionAccounts, accounts));
  }
  for (const auto& instruction : instructions) {
    if (instruction.data.size() > kMaxTransactionBytes) return refused("an instruction is larger than a transaction");
  }
  Transaction transaction{{}, compile_message(instructions, payer.pubkey(), blockhash)};
  const auto message = encode(transaction.message);
  for (std::size_t i = 0; i < transaction.message.required_signatures; ++i) {
    const auto& key = transaction.message.account_keys[i];
    const auto other = std::find_if(others.begin(), others.end(), [&](const auto* k) { return k->pubkey() == key; });
    if (key != payer.pubkey() && other == others.end()) {
      return refused(fmt::format("the key of {} has to sign this transaction and is not at hand", to_text(key)));
    }
    transaction.signatures.push_back(key == payer.pubkey() ? payer.sign(message) : (*other)->sign(message));
  }
  if (const auto size = encode(transaction).size(); size > kMaxTransactionBytes) {
    return refused(fmt::format("a transaction has at most {} bytes, this one {}; send fewer instructions at once",
                               kMaxTransactionBytes, size));
  }
  return transaction;
}

Result<Transaction> parse_transaction(ByteView bytes) {
  BorshCursor in(bytes);
  Transaction transaction;
  DZ_TRY(get_signatures(in, transaction));
  if (is_versioned(in)) return corrupt("expected a legacy transaction, found a versioned one; send it as legacy");
  if (!get_message(in, transaction.message) || !in.empty()) return no_transaction();
  if (auto flaw = find_flaw(transaction, kMaxTransactionAccounts); !flaw.empty()) return corrupt(std::move(flaw));
  return transaction;
}

Result<Transaction> parse_landed_transaction(ByteView bytes, std::span<const Pubkey> loaded) {
  BorshCursor in(bytes);
  Transaction transaction;
  DZ_TRY(get_signatures(in, transaction));
  if (!is_versioned(in)) return parse_transaction(bytes);
  std::uint8_t version = 0;
  std::size_t looked_up = 0;
  if (!in.get(version) || version != kVersionZero) {
    return corrupt(fmt::format("expected a transaction of the legacy form or version 0, found version {}",
                               version & ~kVersionZero));
  }
  auto& message = transaction.message;
  if (!get_message(in, message) || !get_lookups(in, looked_up) || !in.empty()) return no_transaction();
  if (looked_up != loaded.size()) {
    return corrupt(fmt::format("expected the {} accounts of its lookup tables, found {}", looked_up, loaded.size()));
  }
  message.account_keys.insert(message.account_keys.end(), loaded.begin(), loaded.end());
  if (auto flaw = find_flaw(transaction, kMostIndexes); !flaw.empty()) return corrupt(std::move(flaw));
  return transaction;
}

bool verify_signatures(const Transaction& transaction) {
  const auto& m = transaction.message;
  if (transaction.signatures.size() != m.required_signatures || m.account_keys.size() < m.required_signatures) {
    return false;
  }
  const auto message = encode(m);
  for (std::size_t i = 0; i < transaction.signatures.size(); ++i) {
    if (!verify(transaction.signatures[i], m.account_keys[i], message)) return false;
  }
  return true;
}

}  // namespace dz::wire
