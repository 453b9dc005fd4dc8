#include "wire/transaction.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/check.h"
#include "base/sha256.h"
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

// A list whose elements are read by `get_one`; each has at least one byte.
template <typename T>
bool get_each(BorshCursor& in, std::vector<T>& values, bool (*get_one)(BorshCursor&, T&)) {
  std::size_t count = 0;
  if (!get_compact(in, count) || count > in.rest().size()) return false;
  values.resize(count);
  return std::all_of(values.begin(), values.end(), [&](T& value) { return get_one(in, value); });
}

bool get_lookup(BorshCursor& in, AddressLookup& lookup) {
  return in.get(lookup.table) && get_list(in, lookup.writable) && get_list(in, lookup.read_only);
}

bool get_message(BorshCursor& in, Message& message) {
  return in.get(message.required_signatures) && in.get(message.readonly_signed) && in.get(message.readonly_unsigned) &&
         get_list(in, message.account_keys) && in.get(message.recent_blockhash) &&
         get_each(in, message.instructions, get_instruction) &&
         (message.version == MessageVersion::Legacy || get_each(in, message.lookups, get_lookup));
}

constexpr std::uint8_t kVersionZero = 0x80;  // the first byte of its message
constexpr std::size_t kMostIndexes = 256;    // of one byte

// What the ledger calls sanitize: numbers that refer to something. Empty when all do.
std::string find_flaw(const Transaction& transaction) {
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
  const auto accounts = m.account_count();
  if (accounts > kMostIndexes) return fmt::format("expected at most {} accounts, found {}", kMostIndexes, accounts);
  const auto is_idle = [](const AddressLookup& l) { return l.writable.empty() && l.read_only.empty(); };
  if (std::any_of(m.lookups.begin(), m.lookups.end(), is_idle)) {
    return "expected at least one account of each lookup table, found none of one";
  }
  for (const auto& instruction : m.instructions) {
    const auto& indexes = instruction.account_indexes;
    const bool in_range = std::all_of(indexes.begin(), indexes.end(), [&](auto i) { return i < accounts; });
    if (!in_range || instruction.program_index >= keys || instruction.program_index == 0) {
      return "expected instructions that name accounts of the transaction, and a program that is neither the fee payer "
             "nor looked up in a table";
    }
  }
  return {};
}

bool is_versioned(const BorshCursor& in) { return !in.empty() && (in.rest()[0] & kVersionZero) != 0; }

tl::unexpected<Error> no_transaction() { return corrupt("expected the bytes of one transaction and no others"); }

tl::unexpected<Error> too_long(std::size_t bytes) {
  return corrupt(fmt::format("expected a transaction of at most {} bytes, found {}", kMaxTransactionBytes, bytes));
}

Result<void> get_signatures(BorshCursor& in, Transaction& transaction) {
  std::size_t count = 0;
  if (!get_compact(in, count) || count * 64 > in.rest().size()) {
    return corrupt("expected the signatures of a transaction, found too few bytes");
  }
  transaction.signatures.resize(count);
  for (auto& signature : transaction.signatures) in.get(signature.bytes);
  return {};
}

// A legacy message has no byte for it: its first one counts signatures, of which there are few.
Result<void> get_version(BorshCursor& in, Message& message) {
  if (!is_versioned(in)) return {};
  std::uint8_t version = 0;
  in.get(version);
  if (version != kVersionZero) {
    return corrupt(fmt::format("expected a transaction of the legacy form or version 0, found version {}",
                               version & ~kVersionZero));
  }
  message.version = MessageVersion::Zero;
  return {};
}

}  // namespace

bool Message::is_signer(std::size_t account) const { return account < required_signatures; }

bool Message::is_writable(std::size_t account) const {
  if (is_signer(account)) return account < std::size_t{required_signatures} - readonly_signed;
  if (account >= account_keys.size()) return account - account_keys.size() < writable_lookups();
  return account < account_keys.size() - readonly_unsigned;
}

std::size_t Message::writable_lookups() const {
  std::size_t count = 0;
  for (const auto& lookup : lookups) count += lookup.writable.size();
  return count;
}

std::size_t Message::account_count() const {
  std::size_t count = account_keys.size() + writable_lookups();
  for (const auto& lookup : lookups) count += lookup.read_only.size();
  return count;
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
  if (message.version == MessageVersion::Zero) out(kVersionZero);
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
  if (message.version == MessageVersion::Legacy) return std::move(out).take();
  put_compact(out, message.lookups.size());
  for (const auto& lookup : message.lookups) {
    out(lookup.table);
    put_compact(out, lookup.writable.size());
    out.raw(lookup.writable);
    put_compact(out, lookup.read_only.size());
    out.raw(lookup.read_only);
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
  if (bytes.size() > kMaxTransactionBytes) return too_long(bytes.size());
  auto transaction = take_transaction(bytes);
  if (transaction && !bytes.empty()) return no_transaction();
  return transaction;
}

Result<Transaction> take_transaction(ByteView& bytes) {
  BorshCursor in(bytes);
  Transaction transaction;
  DZ_TRY(get_signatures(in, transaction));
  DZ_TRY(get_version(in, transaction.message));
  if (!get_message(in, transaction.message)) return no_transaction();
  const auto size = bytes.size() - in.rest().size();
  if (size > kMaxTransactionBytes) return too_long(size);
  if (auto flaw = find_flaw(transaction); !flaw.empty()) return corrupt(std::move(flaw));
  bytes = in.rest();
  return transaction;
}

Result<std::vector<Pubkey>> all_accounts(const Message& message, std::span<const Pubkey> loaded) {
  const auto looked_up = message.account_count() - message.account_keys.size();
  if (looked_up != loaded.size()) {
    return corrupt(fmt::format("expected the {} accounts of its lookup tables, found {}", looked_up, loaded.size()));
  }
  auto accounts = message.account_keys;
  accounts.insert(accounts.end(), loaded.begin(), loaded.end());
  return accounts;
}

MessageHash message_hash(const Message& message) { return {sha256(encode(message))}; }

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
