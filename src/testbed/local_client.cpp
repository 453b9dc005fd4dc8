#include "testbed/local_client.h"

#include <algorithm>
#include <utility>

namespace dz::testbed {
namespace {

bool matches(const wire::Account& account, const client::AccountFilters& filters) {
  if (filters.data_size && account.data.size() != *filters.data_size) return false;
  return std::all_of(filters.memcmp.begin(), filters.memcmp.end(), [&](const client::MemcmpFilter& filter) {
    const ByteView data = account.data;
    if (filter.offset > data.size() || filter.bytes.size() > data.size() - filter.offset) return false;
    const auto part = data.subspan(filter.offset, filter.bytes.size());
    return std::equal(part.begin(), part.end(), filter.bytes.begin());
  });
}

std::optional<wire::Account> copy_of(const wire::Account* account) {
  return account != nullptr ? std::optional(*account) : std::nullopt;
}

}  // namespace

LocalClient::LocalClient(ledger::Ledger& ledger, std::function<Timestamp()> now, bool commit_at_once)
    : ledger_(ledger), now_(std::move(now)), commit_at_once_(commit_at_once) {}

const ledger::Bank& LocalClient::bank() {
  ledger_.advance(now_());
  return ledger_.bank();
}

Result<void> LocalClient::settle() { return commit_at_once_ ? ledger_.commit() : Result<void>(); }

Result<client::AccountsAnswer> LocalClient::get_program_accounts(const Pubkey& program,
                                                                 const client::AccountFilters& filters) {
  const auto& state = bank();
  client::AccountsAnswer answer{state.slot(), {}};
  for (const auto& key : state.owned_by(program)) {
    const auto* account = state.find(key);
    if (account != nullptr && matches(*account, filters)) answer.accounts.push_back({key, *account});
  }
  return answer;
}

Result<std::optional<wire::Account>> LocalClient::get_account(const Pubkey& key) { return copy_of(bank().find(key)); }

Result<client::NamedAccounts> LocalClient::get_multiple_accounts(std::span<const Pubkey> keys) {
  const auto& state = bank();
  client::NamedAccounts answer{state.slot(), {}};
  for (const auto& key : keys) answer.accounts.push_back(copy_of(state.find(key)));
  return answer;
}

Result<std::uint64_t> LocalClient::get_balance(const Pubkey& key) {
  const auto* account = bank().find(key);
  return account != nullptr ? account->lamports : 0;
}

Result<client::LatestBlockhash> LocalClient::get_latest_blockhash() {
  const auto& latest = bank().latest_blockhash();
  return client::LatestBlockhash{latest.slot, latest.hash, latest.slot.value + ledger::kBlockhashSlots};
}

Result<Slot> LocalClient::get_slot() { return bank().slot(); }
Result<std::uint64_t> LocalClient::get_block_height() { return bank().slot().value; }

Result<std::optional<Timestamp>> LocalClient::get_block_time(Slot slot) {
  const auto& state = bank();
  if (slot > state.slot()) return std::nullopt;
  return time_of(slot);
}

Timestamp LocalClient::time_of(Slot slot) const {
  return std::chrono::floor<std::chrono::seconds>(ledger_.bank().clock().time_of(slot));
}

Result<client::EpochInfo> LocalClient::get_epoch_info() {
  const auto slot = bank().slot();
  return client::EpochInfo{slot.value, slot.value, ledger::epoch_of(slot), slot.value % ledger::kSlotsPerEpoch,
                           ledger::kSlotsPerEpoch};
}

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
    history.push_back({record.signature, record.slot, record.error.has_value(), time_of(record.slot)});
  }
  return history;
}

Result<std::optional<client::ConfirmedTransaction>> LocalClient::get_transaction(const wire::Signature& signature) {
  ledger_.advance(now_());
  DZ_TRY_ASSIGN(auto record, ledger_.archive().find(signature));
  if (!record) return std::nullopt;
  return client::ConfirmedTransaction{std::move(record->bytes), record->slot, record->error.has_value(),
                                      time_of(record->slot)};
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
