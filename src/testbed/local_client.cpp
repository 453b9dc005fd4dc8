#include "testbed/local_client.h"

#include <utility>

#include "testbed/bank_reads.h"

namespace dz::testbed {
LocalClient::LocalClient(ledger::Ledger& ledger, std::function<Timestamp()> now, bool commit_at_once)
    : ledger_(ledger), now_(std::move(now)), commit_at_once_(commit_at_once) {}

const ledger::Bank& LocalClient::bank() {
  ledger_.advance(now_());
  return ledger_.bank();
}

Result<void> LocalClient::settle() { return commit_at_once_ ? ledger_.commit() : Result<void>(); }

Result<client::AccountsAnswer> LocalClient::get_program_accounts(const Pubkey& program,
                                                                 const client::AccountFilters& filters) {
  return program_accounts(bank(), program, filters);
}

Result<std::optional<wire::Account>> LocalClient::get_account(const Pubkey& key) {
  return std::move(named_accounts(bank(), {&key, 1}).accounts.front());
}

Result<client::NamedAccounts> LocalClient::get_multiple_accounts(std::span<const Pubkey> keys) {
  return named_accounts(bank(), keys);
}

Result<client::NamedAccounts> LocalClient::get_account_parts(std::span<const Pubkey> keys, client::DataSlice slice) {
  return cut(named_accounts(bank(), keys), slice);
}

Result<std::uint64_t> LocalClient::get_balance(const Pubkey& key) {
  const auto* account = bank().find(key);
  return account != nullptr ? account->lamports : 0;
}

Result<client::LatestBlockhash> LocalClient::get_latest_blockhash() { return latest_blockhash(bank()); }

Result<Slot> LocalClient::get_slot() { return bank().slot(); }
Result<std::uint64_t> LocalClient::get_block_height() { return bank().slot().value; }

Result<std::optional<Timestamp>> LocalClient::get_block_time(Slot slot) { return block_time(bank(), slot); }
Result<client::EpochInfo> LocalClient::get_epoch_info() { return epoch_info(bank()); }

Result<wire::Blockhash> LocalClient::get_genesis_hash() { return ledger::genesis_hash(bank().genesis()); }

Result<std::vector<std::optional<client::SignatureStatus>>> LocalClient::get_signature_statuses(
    std::span<const wire::Signature> signatures) {
  ledger_.advance(now_());
  std::vector<std::optional<client::SignatureStatus>> statuses;
  for (const auto& signature : signatures) {
    DZ_TRY_ASSIGN(const auto status, ledger_.status(signature));
    auto& answer = statuses.emplace_back();
    if (!status) continue;
    answer = client::SignatureStatus{
        status->slot, status->durable ? client::Commitment::Finalized : client::Commitment::Processed, status->error};
  }
  return statuses;
}

Result<std::vector<client::TrailEntry>> LocalClient::get_signatures_for_address(const Pubkey& address,
                                                                                const client::TrailRange& range) {
  ledger_.advance(now_());
  DZ_TRY_ASSIGN(const auto records,
                ledger_.archive().find_by_address(address, {range.before, range.until, range.limit}));
  std::vector<client::TrailEntry> history;
  for (const auto& record : records) {
    history.push_back(
        {record.signature, record.slot, record.error.has_value(), block_time(ledger_.bank(), record.slot)});
  }
  return history;
}

Result<std::optional<client::ConfirmedTransaction>> LocalClient::get_transaction(const wire::Signature& signature) {
  ledger_.advance(now_());
  DZ_TRY_ASSIGN(auto record, ledger_.archive().find(signature));
  if (!record) return std::nullopt;
  DZ_TRY_ASSIGN(const auto transaction, wire::parse_transaction(record->bytes));
  const auto own = static_cast<std::ptrdiff_t>(transaction.message.account_keys.size());
  return client::ConfirmedTransaction{std::move(record->bytes),
                                      record->slot,
                                      record->error.has_value(),
                                      block_time(ledger_.bank(), record->slot),
                                      {record->addresses.begin() + own, record->addresses.end()},
                                      std::move(record->logs)};
}

Result<wire::Signature> LocalClient::request_airdrop(const Pubkey& key, std::uint64_t lamports) {
  ledger_.advance(now_());
  DZ_TRY_ASSIGN(const auto signature, ledger_.airdrop(key, lamports));
  DZ_TRY(settle());
  return signature;
}

Result<client::SimulationResult> LocalClient::simulate_transaction(const wire::Transaction& transaction) {
  auto execution = bank().simulate(transaction);
  return client::SimulationResult{execution.error, std::move(execution.logs), execution.units_consumed};
}

tl::expected<wire::Signature, client::SendFailure> LocalClient::send_transaction(const wire::Transaction& transaction,
                                                                                 const client::SendOptions& options) {
  ledger_.advance(now_());
  auto submission = ledger_.submit(transaction, !options.skip_preflight);
  if (!submission.accepted) {
    auto& execution = submission.execution;
    const auto why = execution.error ? to_text(*execution.error) : "declined";
    return tl::unexpected(client::SendFailure{{ErrorKind::Refused, why}, execution.error, std::move(execution.logs)});
  }
  if (auto settled = settle(); !settled) return tl::unexpected(client::SendFailure{settled.error(), std::nullopt, {}});
  return transaction.signatures.front();
}

}  // namespace dz::testbed
