#include "testbed/lagging_client.h"

#include <algorithm>

#include "testbed/bank_reads.h"

namespace dz::testbed {

void LaggingClient::stop_following(Lag lag) { behind_.emplace(Behind{ledger_.bank(), std::move(lag)}); }

Result<void> LaggingClient::check_named_slot() const {
  if (behind_->bank.slot() >= required_) return {};
  return fail(ErrorKind::Retry, "the node is behind: it has not seen the required slot yet");
}

Result<void> LaggingClient::check_slot() const {
  return behind_->lag.honours_slots ? check_named_slot() : Result<void>();
}

Result<client::AccountsAnswer> LaggingClient::get_program_accounts(const Pubkey& program,
                                                                   const client::AccountFilters& filters) {
  if (!answers_late("get_program_accounts")) return ForwardingClient::get_program_accounts(program, filters);
  DZ_TRY(check_named_slot());
  return program_accounts(behind_->bank, program, filters);
}

Result<std::optional<wire::Account>> LaggingClient::get_account(const Pubkey& key) {
  DZ_TRY_ASSIGN(auto answer, get_multiple_accounts({&key, 1}));
  return std::move(answer.accounts.front());
}

Result<client::NamedAccounts> LaggingClient::get_multiple_accounts(std::span<const Pubkey> keys) {
  if (!answers_late("get_multiple_accounts")) return ForwardingClient::get_multiple_accounts(keys);
  DZ_TRY(check_named_slot());
  return named_accounts(behind_->bank, keys);
}

Result<client::NamedAccounts> LaggingClient::get_account_parts(std::span<const Pubkey> keys, client::DataSlice slice) {
  DZ_TRY_ASSIGN(auto answer, get_multiple_accounts(keys));
  return cut(std::move(answer), slice);
}

Result<client::LatestBlockhash> LaggingClient::get_latest_blockhash() {
  if (!answers_late("get_latest_blockhash")) return ForwardingClient::get_latest_blockhash();
  DZ_TRY(check_named_slot());
  return latest_blockhash(behind_->bank);
}

Result<Slot> LaggingClient::get_slot() {
  if (!answers_late("get_slot")) return ForwardingClient::get_slot();
  DZ_TRY(check_slot());
  return behind_->bank.slot();
}

Result<std::uint64_t> LaggingClient::get_block_height() {
  if (!answers_late("get_block_height")) return ForwardingClient::get_block_height();
  DZ_TRY(check_slot());
  return behind_->bank.slot().value;
}

Result<std::optional<Timestamp>> LaggingClient::get_block_time(Slot slot) {
  if (!answers_late("get_block_time")) return ForwardingClient::get_block_time(slot);
  return block_time(behind_->bank, slot);
}

Result<client::EpochInfo> LaggingClient::get_epoch_info() {
  if (!answers_late("get_epoch_info")) return ForwardingClient::get_epoch_info();
  DZ_TRY(check_slot());
  return epoch_info(behind_->bank);
}

Result<std::vector<std::optional<client::SignatureStatus>>> LaggingClient::get_signature_statuses(
    std::span<const wire::Signature> signatures) {
  auto statuses = ForwardingClient::get_signature_statuses(signatures);
  if (!statuses || !answers_late("get_signature_statuses")) return statuses;
  for (auto& status : *statuses) {
    if (status && status->slot > behind_->bank.slot()) status.reset();
  }
  return statuses;
}

Result<std::vector<client::TrailEntry>> LaggingClient::get_signatures_for_address(const Pubkey& address,
                                                                                  const client::TrailRange& range) {
  if (!answers_late("get_signatures_for_address")) return ForwardingClient::get_signatures_for_address(address, range);
  DZ_TRY(check_slot());
  // What it does not know bounds nothing.
  auto known = range;
  for (auto* bound : {&known.before, &known.until}) {
    if (!*bound) continue;
    DZ_TRY_ASSIGN(const auto transaction, get_transaction(**bound));
    if (!transaction) bound->reset();
  }
  // The newest that it has seen, however many newer ones it has not.
  std::vector<client::TrailEntry> seen;
  for (bool more = true; more && seen.size() < range.limit;) {
    DZ_TRY_ASSIGN(const auto page, ForwardingClient::get_signatures_for_address(address, known));
    more = !page.empty() && page.size() >= known.limit;
    if (more) known.before = page.back().signature;
    for (const auto& entry : page) {
      if (entry.slot <= behind_->bank.slot() && seen.size() < range.limit) seen.push_back(entry);
    }
  }
  return seen;
}

Result<std::optional<client::ConfirmedTransaction>> LaggingClient::get_transaction(const wire::Signature& signature) {
  auto transaction = ForwardingClient::get_transaction(signature);
  if (!transaction || !*transaction || !answers_late("get_transaction")) return transaction;
  if ((*transaction)->slot > behind_->bank.slot()) return std::nullopt;
  return transaction;
}

}  // namespace dz::testbed
