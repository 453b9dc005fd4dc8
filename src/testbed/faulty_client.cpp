#include "testbed/faulty_client.h"

#include <algorithm>
#include <utility>

#include "testbed/bank_reads.h"

namespace dz::testbed {
namespace {

Error lost() { return {ErrorKind::Retry, "no answer from the ledger"}; }
Error too_old() { return {ErrorKind::Retry, "the ledger's answer is older than what was acted upon"}; }

}  // namespace

FaultyClient::FaultyClient(client::LedgerClient& inner, std::function<LineFault(std::string_view call)> decide,
                           client::LedgerClient* other)
    : inner_(inner), other_(other), node_(&inner), decide_(std::move(decide)) {}

LineFault FaultyClient::choose(std::string_view call) {
  const auto fault = decide_(call);
  node_ = fault == LineFault::OtherNode && other_ != nullptr ? other_ : &inner_;
  return fault;
}

template <typename Answer, typename Call>
Result<Answer> FaultyClient::ask(std::string_view name, Call call) {
  const auto fault = choose(name);
  if (fault == LineFault::RequestLost) return tl::unexpected(lost());
  Result<Answer> answer = call();
  if (fault == LineFault::AnswerLost) return tl::unexpected(lost());
  return answer;
}

void FaultyClient::require_slot(Slot slot) {
  required_ = std::max(required_, slot);
  inner_.require_slot(slot);
  if (other_ != nullptr) other_->require_slot(slot);
}

Result<client::AccountsAnswer> FaultyClient::get_program_accounts(const Pubkey& program,
                                                                  const client::AccountFilters& filters) {
  const auto fault = choose("get_program_accounts");
  if (fault == LineFault::RequestLost || fault == LineFault::AnswerLost) return tl::unexpected(lost());
  const auto wanted = std::pair(program, filters);
  const auto earlier = earlier_programs_.find(wanted);
  if (fault == LineFault::StaleAnswer && earlier != earlier_programs_.end()) {
    if (earlier->second.slot < required_) return tl::unexpected(too_old());
    return earlier->second;
  }
  auto answer = node_->get_program_accounts(program, filters);
  if (answer && keeps_) earlier_programs_.insert_or_assign(wanted, *answer);
  return answer;
}

Result<std::optional<wire::Account>> FaultyClient::get_account(const Pubkey& key) {
  const Pubkey keys[] = {key};
  auto answer = get_multiple_accounts(keys);
  if (!answer) return tl::unexpected(answer.error());
  return std::move(answer->accounts.front());
}

// A node that is behind is behind with all that it says: the oldest of what was seen is its state.
Result<client::NamedAccounts> FaultyClient::get_multiple_accounts(std::span<const Pubkey> keys) {
  const auto fault = choose("get_multiple_accounts");
  if (fault == LineFault::RequestLost || fault == LineFault::AnswerLost) return tl::unexpected(lost());
  auto answer = node_->get_multiple_accounts(keys);
  if (!answer) return answer;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto earlier = earlier_accounts_.find(keys[i]);
    if (fault == LineFault::StaleAnswer && earlier != earlier_accounts_.end()) {
      answer->accounts[i] = earlier->second.account;
      answer->slot = std::min(answer->slot, earlier->second.slot);
    } else if (keeps_) {
      earlier_accounts_.insert_or_assign(keys[i], EarlierAccount{answer->slot, answer->accounts[i]});
    }
  }
  if (answer->slot < required_) return tl::unexpected(too_old());
  return answer;
}

Result<client::NamedAccounts> FaultyClient::get_account_parts(std::span<const Pubkey> keys, client::DataSlice slice) {
  DZ_TRY_ASSIGN(auto answer, get_multiple_accounts(keys));
  return cut(std::move(answer), slice);
}

Result<std::uint64_t> FaultyClient::get_balance(const Pubkey& key) {
  return ask<std::uint64_t>("get_balance", [&] { return node_->get_balance(key); });
}
Result<client::LatestBlockhash> FaultyClient::get_latest_blockhash() {
  return ask<client::LatestBlockhash>("get_latest_blockhash", [&] { return node_->get_latest_blockhash(); });
}
Result<Slot> FaultyClient::get_slot() {
  return ask<Slot>("get_slot", [&] { return node_->get_slot(); });
}
Result<std::uint64_t> FaultyClient::get_block_height() {
  return ask<std::uint64_t>("get_block_height", [&] { return node_->get_block_height(); });
}
Result<std::optional<Timestamp>> FaultyClient::get_block_time(Slot slot) {
  return ask<std::optional<Timestamp>>("get_block_time", [&] { return node_->get_block_time(slot); });
}
Result<client::EpochInfo> FaultyClient::get_epoch_info() {
  return ask<client::EpochInfo>("get_epoch_info", [&] { return node_->get_epoch_info(); });
}
Result<wire::Blockhash> FaultyClient::get_genesis_hash() {
  return ask<wire::Blockhash>("get_genesis_hash", [&] { return inner_.get_genesis_hash(); });
}
Result<std::vector<std::optional<client::SignatureStatus>>> FaultyClient::get_signature_statuses(
    std::span<const wire::Signature> signatures) {
  return ask<std::vector<std::optional<client::SignatureStatus>>>(
      "get_signature_statuses", [&] { return node_->get_signature_statuses(signatures); });
}
Result<std::vector<client::TrailEntry>> FaultyClient::get_signatures_for_address(const Pubkey& address,
                                                                                 const client::TrailRange& range) {
  return ask<std::vector<client::TrailEntry>>("get_signatures_for_address",
                                              [&] { return node_->get_signatures_for_address(address, range); });
}
Result<std::optional<client::ConfirmedTransaction>> FaultyClient::get_transaction(const wire::Signature& signature) {
  return ask<std::optional<client::ConfirmedTransaction>>("get_transaction",
                                                          [&] { return node_->get_transaction(signature); });
}
Result<wire::Signature> FaultyClient::request_airdrop(const Pubkey& key, std::uint64_t lamports) {
  return ask<wire::Signature>("request_airdrop", [&] { return node_->request_airdrop(key, lamports); });
}
Result<client::SimulationResult> FaultyClient::simulate_transaction(const wire::Transaction& transaction) {
  return ask<client::SimulationResult>("simulate_transaction",
                                       [&] { return node_->simulate_transaction(transaction); });
}

tl::expected<wire::Signature, client::SendFailure> FaultyClient::send_transaction(const wire::Transaction& transaction,
                                                                                  const client::SendOptions& options) {
  const auto fault = choose("send_transaction");
  if (fault == LineFault::RequestLost) return tl::unexpected(client::SendFailure{lost(), {}, {}});
  auto sent = node_->send_transaction(transaction, options);
  if (fault == LineFault::AnswerLost) return tl::unexpected(client::SendFailure{lost(), {}, {}});
  return sent;
}

}  // namespace dz::testbed
