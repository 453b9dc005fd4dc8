// The JSON-RPC conversation with a ledger: requests as text, answers as values. No socket here (rpc_client.h has it),
// so every shape, malformed ones included, is tested as text.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "client/ledger_client.h"

namespace dz::client::rpc {

namespace json = boost::json;

std::string render_request(std::uint64_t id, std::string_view method, json::array params);

// The ledger understood the request and answered with an error.
struct RpcError {
  int code = 0;
  std::string message;
  json::value data;
};
struct Answer {
  json::value result;
  std::optional<RpcError> error;  // when set, result is null
};
// Corrupt when the text is not the JSON-RPC answer to this id.
Result<Answer> parse_answer(std::string_view text, std::uint64_t id);

// The node has not seen the required slot yet.
inline constexpr int kSlotNotReached = -32016;

// Retry for errors of the moment (node behind, rate limit), NotFound for a slot without a block, else Refused.
Error to_error(std::string_view method, const RpcError& error);
SendFailure to_send_failure(const RpcError& error);

json::object slice_json(const DataSlice& slice);
// options: encoding, commitment and what else all reads have.
json::array program_accounts_params(const Pubkey& program, const AccountFilters& filters, json::object options);
json::array trail_params(const Pubkey& address, const TrailRange& range);
json::array transaction_params(const wire::Signature& signature);
json::array send_params(std::string_view transaction_base64, const SendOptions& options);

// The slot of the state that a result tells of; none when it does not say.
std::optional<Slot> find_context_slot(const json::value& result);

// Decoders of `result`. All are Corrupt with the missing or wrong field named.
Result<wire::Account> parse_account(const json::value& account);
Result<KeyedAccount> parse_keyed_account(const json::value& entry);
Result<AccountsAnswer> parse_program_accounts(const json::value& result);            // withContext
Result<NamedAccounts> parse_accounts(const json::value& result);                     // value: [..]
Result<std::optional<wire::Account>> parse_account_info(const json::value& result);  // value: {..}
Result<std::uint64_t> parse_value_number(const json::value& result);                 // value: n
Result<std::uint64_t> parse_number(const json::value& result);                       // n
Result<wire::Blockhash> parse_hash(const json::value& result);                       // "base58"
Result<LatestBlockhash> parse_latest_blockhash(const json::value& result);
Result<std::optional<Timestamp>> parse_block_time(const json::value& result);
Result<EpochInfo> parse_epoch_info(const json::value& result);
Result<std::vector<std::optional<SignatureStatus>>> parse_signature_statuses(const json::value& result);
Result<std::vector<TrailEntry>> parse_trail(const json::value& result);  // [..]
Result<std::optional<ConfirmedTransaction>> parse_confirmed_transaction(const json::value& result);
Result<SimulationResult> parse_simulation(const json::value& result);
Result<wire::Signature> parse_signature_answer(const json::value& result);

// A message of a programSubscribe stream.
struct SubscriptionMessage {
  std::optional<std::uint64_t> subscribed;  // the answer to our request: the subscription's number
  std::optional<AccountNotification> notification;
  std::optional<RpcError> error;  // the request was declined
};
// Messages that are neither (answers to other requests, other notifications) come back empty.
Result<SubscriptionMessage> parse_subscription_message(std::string_view text, std::uint64_t request_id);

}  // namespace dz::client::rpc
