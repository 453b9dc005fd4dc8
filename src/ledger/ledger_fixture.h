// A ledger in memory on virtual time, and what tests send to it.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/base64.h"
#include "ledger/ledger.h"
#include "ledger/rpc.h"

namespace dz::ledger {

inline constexpr std::uint64_t kSol = 1'000'000'000;

inline Timestamp start_time() { return Timestamp{std::chrono::seconds{1'795'000'000}}; }

inline wire::Keypair key_number(std::uint8_t n) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(n);
  return wire::Keypair::from_seed(seed);
}

inline wire::Instruction system_transfer(const Pubkey& from, const Pubkey& to, std::uint64_t lamports) {
  wire::Instruction out{wire::kSystemProgramId, {{from, true, true}, {to, false, true}}, {2, 0, 0, 0}};
  for (int i = 0; i < 8; ++i) out.data.push_back(static_cast<std::uint8_t>(lamports >> (8 * i)));
  return out;
}

inline wire::Transaction signed_by(const wire::Keypair& payer, std::vector<wire::Instruction> instructions,
                                   const wire::Blockhash& hash) {
  return sign_transaction(instructions, payer, {}, hash).value();
}

struct LedgerFixture {
  Timestamp now = start_time();
  std::unique_ptr<Ledger> ledger = Ledger::open(make_memory_archive(), LedgerOptions{.secret = {7}}, now).value();
  wire::Keypair alice = key_number(1);
  wire::Keypair bob = key_number(2);

  const Bank& bank() const { return ledger->bank(); }
  void pass(Duration time) { ledger->advance(now += time); }
  void fund(const Pubkey& key, std::uint64_t lamports = 10 * kSol) {
    ASSERT_TRUE(ledger->airdrop(key, lamports).has_value());
    ASSERT_TRUE(ledger->commit().has_value());
  }
  std::uint64_t balance(const Pubkey& key) const {
    const wire::Account* account = bank().find(key);
    return account == nullptr ? 0 : account->lamports;
  }
  wire::Transaction transfer(const wire::Keypair& from, const Pubkey& to, std::uint64_t lamports) const {
    return signed_by(from, {system_transfer(from.pubkey(), to, lamports)}, bank().latest_blockhash().hash);
  }
  boost::json::value rpc(const std::string& method, const std::string& params) {
    const std::string request = R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" + params + "}";
    return boost::json::parse(handle_rpc(request, *ledger));
  }
};

inline std::string base64_of(const wire::Transaction& transaction) { return encode_base64(encode(transaction)); }

}  // namespace dz::ledger
