// A LedgerClient that passes every call on: the base of test clients that change one of them.
#pragma once

#include "client/ledger_client.h"

namespace dz::testbed {

class ForwardingClient : public client::LedgerClient {
 public:
  explicit ForwardingClient(client::LedgerClient& inner) : inner_(inner) {}

  void require_slot(Slot slot) override { inner_.require_slot(slot); }
  Result<client::AccountsAnswer> get_program_accounts(const Pubkey& program,
                                                      const client::AccountFilters& filters) override {
    return inner_.get_program_accounts(program, filters);
  }
  Result<std::optional<wire::Account>> get_account(const Pubkey& key) override { return inner_.get_account(key); }
  Result<client::NamedAccounts> get_multiple_accounts(std::span<const Pubkey> keys) override {
    return inner_.get_multiple_accounts(keys);
  }
  Result<client::NamedAccounts> get_account_parts(std::span<const Pubkey> keys, client::DataSlice slice) override {
    return inner_.get_account_parts(keys, slice);
  }
  Result<std::uint64_t> get_balance(const Pubkey& key) override { return inner_.get_balance(key); }
  Result<client::LatestBlockhash> get_latest_blockhash() override { return inner_.get_latest_blockhash(); }
  Result<Slot> get_slot() override { return inner_.get_slot(); }
  Result<std::uint64_t> get_block_height() override { return inner_.get_block_height(); }
  Result<std::optional<Timestamp>> get_block_time(Slot slot) override { return inner_.get_block_time(slot); }
  Result<client::EpochInfo> get_epoch_info() override { return inner_.get_epoch_info(); }
  Result<wire::Blockhash> get_genesis_hash() override { return inner_.get_genesis_hash(); }
  Result<std::vector<std::optional<client::SignatureStatus>>> get_signature_statuses(
      std::span<const wire::Signature> signatures) override {
    return inner_.get_signature_statuses(signatures);
  }
  Result<std::vector<client::TrailEntry>> get_signatures_for_address(const Pubkey& address,
                                                                     const client::TrailRange& range) override {
    return inner_.get_signatures_for_address(address, range);
  }
  Result<std::optional<client::ConfirmedTransaction>> get_transaction(const wire::Signature& signature) override {
    return inner_.get_transaction(signature);
  }
  Result<wire::Signature> request_airdrop(const Pubkey& key, std::uint64_t lamports) override {
    return inner_.request_airdrop(key, lamports);
  }
  Result<client::SimulationResult> simulate_transaction(const wire::Transaction& transaction) override {
    return inner_.simulate_transaction(transaction);
  }
  tl::expected<wire::Signature, client::SendFailure> send_transaction(const wire::Transaction& transaction,
                                                                      const client::SendOptions& options) override {
    return inner_.send_transaction(transaction, options);
  }

 private:
  client::LedgerClient& inner_;
};

}  // namespace dz::testbed
