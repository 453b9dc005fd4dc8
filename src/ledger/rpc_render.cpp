#include "ledger/rpc_render.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/base58.h"
#include "base/base64.h"
#include "base/zstd.h"

namespace dz::ledger {

namespace json = boost::json;

namespace {

constexpr std::size_t kMaxBase58Data = 128;

ByteView sliced(ByteView data, const std::optional<DataSlice>& slice) {
  if (!slice) return data;
  const std::size_t from = std::min<std::uint64_t>(slice->offset, data.size());
  return data.subspan(from, std::min<std::uint64_t>(slice->length, data.size() - from));
}

template <typename T>
json::array list(const std::vector<T>& items) {
  json::array array;
  for (const auto& item : items) array.emplace_back(item);
  return array;
}

json::object render_message(const wire::Message& message) {
  json::array keys, instructions;
  for (const auto& key : message.account_keys) keys.emplace_back(to_text(key));
  for (const auto& instruction : message.instructions) {
    instructions.push_back(json::object{{"programIdIndex", instruction.program_index},
                                        {"accounts", list(instruction.account_indexes)},
                                        {"data", encode_base58(instruction.data)},
                                        {"stackHeight", nullptr}});
  }
  const json::object header{{"numRequiredSignatures", message.required_signatures},
                            {"numReadonlySignedAccounts", message.readonly_signed},
                            {"numReadonlyUnsignedAccounts", message.readonly_unsigned}};
  return {{"accountKeys", std::move(keys)},
          {"header", header},
          {"recentBlockhash", to_text(message.recent_blockhash)},
          {"instructions", std::move(instructions)}};
}

// With keys in place of indexes. Instructions are shown as of programs that a node has no parser for.
json::object render_parsed_message(const wire::Message& message) {
  json::array keys, instructions;
  for (std::size_t i = 0; i < message.account_keys.size(); ++i) {
    keys.push_back(json::object{{"pubkey", to_text(message.account_keys[i])},
                                {"signer", message.is_signer(i)},
                                {"source", "transaction"},
                                {"writable", message.is_writable(i)}});
  }
  for (const auto& instruction : message.instructions) {
    json::array accounts;
    for (const std::size_t i : instruction.account_indexes) accounts.emplace_back(to_text(message.account_keys[i]));
    instructions.push_back(json::object{{"programId", to_text(message.account_keys[instruction.program_index])},
                                        {"accounts", std::move(accounts)},
                                        {"data", encode_base58(instruction.data)},
                                        {"stackHeight", nullptr}});
  }
  return {{"accountKeys", std::move(keys)},
          {"recentBlockhash", to_text(message.recent_blockhash)},
          {"instructions", std::move(instructions)}};
}

json::value render_transaction_bytes(const Bytes& bytes, Encoding encoding) {
  switch (encoding) {
    case Encoding::Binary: return json::string(encode_base58(bytes));
    case Encoding::Base58: return json::array{encode_base58(bytes), "base58"};
    case Encoding::Base64:
    case Encoding::Base64Zstd: return json::array{encode_base64(bytes), "base64"};
    case Encoding::Json:
    case Encoding::JsonParsed: break;
  }
  const auto transaction = wire::parse_transaction(bytes);
  if (!transaction) return {};
  json::array signatures;
  for (const auto& signature : transaction->signatures) signatures.emplace_back(to_text(signature));
  const wire::Message& message = transaction->message;
  return json::object{
      {"signatures", std::move(signatures)},
      {"message", encoding == Encoding::Json ? render_message(message) : render_parsed_message(message)}};
}

std::string base58_or_complaint(ByteView data) {
  return data.size() > kMaxBase58Data ? "error: data too large for bs58 encoding" : encode_base58(data);
}

json::value render_data(ByteView data, Encoding encoding) {
  switch (encoding) {
    case Encoding::Binary: return json::string(base58_or_complaint(data));
    case Encoding::Base58: return json::array{base58_or_complaint(data), "base58"};
    case Encoding::Base64Zstd: return json::array{encode_base64(compress_zstd(data)), "base64+zstd"};
    case Encoding::Base64:
    case Encoding::Json:
    case Encoding::JsonParsed: break;  // no account here is one that a node parses
  }
  return json::array{encode_base64(data), "base64"};
}

}  // namespace

json::object with_context_slot(Slot slot, json::value value) {
  return {{"context", json::object{{"slot", slot.value}, {"apiVersion", kApiVersion}}}, {"value", std::move(value)}};
}

RpcResult<void> check_encodable(const wire::Account& account, const ReadConfig& config) {
  const Encoding encoding = config.encoding.value_or(Encoding::Binary);
  const bool base58 = encoding == Encoding::Binary || encoding == Encoding::Base58;
  if (!base58 || sliced(account.data, config.slice).size() <= kMaxBase58Data) return {};
  return rpc_error(kInvalidRequest,
                   "Encoded binary (base 58) data should be less than 128 bytes, please use Base64 encoding.");
}

ShownAccount shown(const wire::Account& account, const ReadConfig& config) {
  const auto data = sliced(account.data, config.slice);
  return {account.lamports, Bytes(data.begin(), data.end()), account.owner, account.executable, account.data.size()};
}

json::object render_account(const ShownAccount& account, const ReadConfig& config) {
  return {{"lamports", account.lamports},
          {"data", render_data(account.data, config.encoding.value_or(Encoding::Binary))},
          {"owner", to_text(account.owner)},
          {"executable", account.executable},
          {"rentEpoch", std::numeric_limits<std::uint64_t>::max()},
          {"space", account.space}};
}

json::object render_account(const wire::Account& account, const ReadConfig& config) {
  return render_account(shown(account, config), config);
}

json::object render_keyed_account(const Pubkey& key, const wire::Account& account, const ReadConfig& config) {
  return {{"pubkey", to_text(key)}, {"account", render_account(account, config)}};
}

json::value render_error(const std::optional<wire::TransactionError>& error) {
  return error ? to_json(*error) : json::value{};
}

json::object render_execution(const Execution& execution) {
  return {{"err", render_error(execution.error)},
          {"logs", list(execution.logs)},
          {"accounts", nullptr},
          {"unitsConsumed", execution.units_consumed},
          {"returnData", nullptr},
          {"innerInstructions", nullptr},
          {"replacementBlockhash", nullptr}};
}

json::object render_transaction(const TransactionRecord& record, Encoding encoding, Timestamp block_time) {
  const json::value error = render_error(record.error);
  const json::object status{{error.is_null() ? "Ok" : "Err", error}};
  json::object meta{{"err", error},
                    {"status", status},
                    {"fee", record.fee},
                    {"preBalances", list(record.pre_balances)},
                    {"postBalances", list(record.post_balances)},
                    {"innerInstructions", json::array{}},
                    {"logMessages", list(record.logs)},
                    {"preTokenBalances", json::array{}},
                    {"postTokenBalances", json::array{}},
                    {"rewards", json::array{}},
                    {"loadedAddresses", json::object{{"writable", json::array{}}, {"readonly", json::array{}}}},
                    {"computeUnitsConsumed", record.units_consumed}};
  return {{"slot", record.slot.value},
          {"blockTime", unix_seconds(block_time)},
          {"version", "legacy"},
          {"transaction", render_transaction_bytes(record.bytes, encoding)},
          {"meta", std::move(meta)}};
}

std::int64_t unix_seconds(Timestamp time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace dz::ledger
