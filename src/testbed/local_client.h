// LedgerClient on a ledger in the same process, without sockets, on whatever time it is given: for tests of the CLI and
// for the simulation.
#pragma once

#include <functional>

#include "client/ledger_client.h"
#include "ledger/ledger.h"

namespace dz::testbed {

class LocalClient final : public client::LedgerClient {
 public:
  // Every call first advances the ledger to now(). commit_at_once: what is sent is durable, so confirmed, before the
  // call returns; otherwise the ledger's owner commits. The ledger must outlive the client.
  LocalClient(ledger::Ledger& ledger, std::function<Timestamp()> now, bool commit_at_once = true);

  void require_slot(Slot) override {}  // there is one state, and it goes forward
  Result<client::AccountsAnswer> get_program_accounts(const Pubkey& program,
                                                      const client::AccountFilters& filters) override;
  Result<std::optional<wire::Account>> get_account(const Pubkey& key) override;
  Result<client::NamedAccounts> get_multiple_accounts(std::span<const Pubkey> keys) override;
  Result<client::NamedAccounts> get_account_parts(std::span<const Pubkey> keys, client::DataSlice slice) override;
  Result<std::uint64_t> get_balance(const Pubkey& key) override;
  Result<client::LatestBlockhash> get_latest_blockhash() override;
  Result<Slot> get_slot() override;
  Result<std::uint64_t> get_block_height() override;
  Result<std::optional<Timestamp>> get_block_time(Slot slot) override;
  Result<client::EpochInfo> get_epoch_info() override;
  Result<wire::Blockhash> get_genesis_hash() override;
  Result<std::vector<std::optional<client::SignatureStatus>>> get_signature_statuses(
      std::span<const wire::Signature> signatures) override;
  Result<std::vector<client::TrailEntry>> get_signatures_for_address(const Pubkey& address,
                                                                     const client::TrailRange& range) override;
  Result<std::optional<client::ConfirmedTransaction>> get_transaction(const wire::Signature& signature) override;
  Result<wire::Signature> request_airdrop(const Pubkey& key, std::uint64_t lamports) override;
  Result<client::SimulationResult> simulate_transaction(const wire::Transaction& transaction) override;
  tl::expected<wire::Signature, client::SendFailure> send_transaction(const wire::Transaction& transaction,
                                                                      const client::SendOptions& options) override;

 private:
  const ledger::Bank& bank();  // as of now
  Result<void> settle();

  ledger::Ledger& ledger_;
  std::function<Timestamp()> now_;
  bool commit_at_once_;
};

}  // namespace dz::testbed
