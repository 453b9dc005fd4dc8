#include "service/off_turn_client.h"

namespace dz::service {

Result<client::AccountsAnswer> OffTurnClient::get_program_accounts(const Pubkey& program,
                                                                   const client::AccountFilters& filters) {
  return away([&] { return ledger_.get_program_accounts(program, filters); });
}
Result<std::optional<wire::Account>> OffTurnClient::get_account(const Pubkey& key) {
  return away([&] { return ledger_.get_account(key); });
}
Result<client::NamedAccounts> OffTurnClient::get_multiple_accounts(std::span<const Pubkey> keys) {
  return away([&] { return ledger_.get_multiple_accounts(keys); });
}
Result<client::NamedAccounts> OffTurnClient::get_account_parts(std::span<const Pubkey> keys, client::DataSlice slice) {
  return away([&] { return ledger_.get_account_parts(keys, slice); });
}
Result<wire::Blockhash> OffTurnClient::get_genesis_hash() {
  return away([&] { return ledger_.get_genesis_hash(); });
}
Result<std::uint64_t> OffTurnClient::get_balance(const Pubkey& key) {
  return away([&] { return ledger_.get_balance(key); });
}
Result<client::LatestBlockhash> OffTurnClient::get_latest_blockhash() {
  return away([&] { return ledger_.get_latest_blockhash(); });
}
Result<Slot> OffTurnClient::get_slot() {
  return away([&] { return ledger_.get_slot(); });
}
Result<std::uint64_t> OffTurnClient::get_block_height() {
  return away([&] { return ledger_.get_block_height(); });
}
Result<std::optional<Timestamp>> OffTurnClient::get_block_time(Slot slot) {
  return away([&] { return ledger_.get_block_time(slot); });
}
Result<client::EpochInfo> OffTurnClient::get_epoch_info() {
  return away([&] { return ledger_.get_epoch_info(); });
}
Result<std::vector<std::optional<client::SignatureStatus>>> OffTurnClient::get_signature_statuses(
    std::span<const wire::Signature> signatures) {
  return away([&] { return ledger_.get_signature_statuses(signatures); });
}
Result<std::vector<client::TrailEntry>> OffTurnClient::get_signatures_for_address(const Pubkey& address,
                                                                                  const client::TrailRange& range) {
  return away([&] { return ledger_.get_signatures_for_address(address, range); });
}
Result<std::optional<client::ConfirmedTransaction>> OffTurnClient::get_transaction(const wire::Signature& signature) {
  return away([&] { return ledger_.get_transaction(signature); });
}
Result<wire::Signature> OffTurnClient::request_airdrop(const Pubkey& key, std::uint64_t lamports) {
  return away([&] { return ledger_.request_airdrop(key, lamports); });
}
Result<client::SimulationResult> OffTurnClient::simulate_transaction(const wire::Transaction& transaction) {
  return away([&] { return ledger_.simulate_transaction(transaction); });
}
tl::expected<wire::Signature, client::SendFailure> OffTurnClient::send_transaction(const wire::Transaction& transaction,
                                                                                   const client::SendOptions& options) {
  return away([&] { return ledger_.send_transaction(transaction, options); });
}

}  // namespace dz::service
