// The ledger as a pass on a thread of its own asks it: the turn is given away during every call, and taken again before
// the call returns. Used by that thread alone, and only by whoever has the turn: so calls are never concurrent and
// never nested, and what stands behind (connection, request gate, required slot) needs no lock.
#pragma once

#include "client/ledger_client.h"
#include "service/timings.h"
#include "service/turn.h"

namespace dz::service {

class OffTurnClient final : public client::LedgerClient {
 public:
  // Both outlive the client.
  OffTurnClient(client::LedgerClient& ledger, Turn& turn) : ledger_(ledger), turn_(turn) {}

  void require_slot(Slot slot) override { ledger_.require_slot(slot); }  // waits for nothing
  Result<client::AccountsAnswer> get_program_accounts(const Pubkey& program,
                                                      const client::AccountFilters& filters) override;
  Result<std::optional<wire::Account>> get_account(const Pubkey& key) override;
  Result<client::NamedAccounts> get_multiple_accounts(std::span<const Pubkey> keys) override;
  Result<client::NamedAccounts> get_account_parts(std::span<const Pubkey> keys, client::DataSlice slice) override;
  Result<std::uint64_t> get_balance(const Pubkey& key) override;
  Result<wire::Blockhash> get_genesis_hash() override;
  Result<client::LatestBlockhash> get_latest_blockhash() override;
  Result<Slot> get_slot() override;
  Result<std::uint64_t> get_block_height() override;
  Result<std::optional<Timestamp>> get_block_time(Slot slot) override;
  Result<client::EpochInfo> get_epoch_info() override;
  Result<std::vector<std::optional<client::SignatureStatus>>> get_signature_statuses(
      std::span<const wire::Signature> signatures) override;
  Result<std::vector<client::TrailEntry>> get_signatures_for_address(const Pubkey& address,
                                                                     const client::TrailRange& range) override;
  Result<std::optional<client::ConfirmedTransaction>> get_transaction(const wire::Signature& signature) override;
  Result<wire::Signature> request_airdrop(const Pubkey& key, std::uint64_t lamports) override;
  Result<client::SimulationResult> simulate_transaction(const wire::Transaction& transaction) override;
  tl::expected<wire::Signature, client::SendFailure> send_transaction(const wire::Transaction& transaction,
                                                                      const client::SendOptions& options) override;

  const Timings& calls() const { return calls_; }

 private:
  // Measures the call alone, without the wait for the turn after it.
  template <typename Call>
  auto away(const Call& call) {
    return turn_.away([&] {
      const Timings::Measured measured(calls_);
      return call();
    });
  }

  client::LedgerClient& ledger_;
  Turn& turn_;
  Timings calls_;
};

}  // namespace dz::service
