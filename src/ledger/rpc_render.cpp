#include "ledger/rpc_render.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/base58.h"
#include "base/base64.h"

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

json::value render_message(const Transaction& transaction) {
  const Message& message = transaction.message;
  json::array signatures, keys, instructions;
  for (const auto& signature : transaction.signatures) signatures.emplace_back(to_text(signature));
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
  return json::object{{"signatures", std::move(signatures)},
                      {"message", json::object{{"accountKeys", std::move(keys)},
                                               {"header", header},
                                               {"recentBlockhash", to_text(message.recent_blockhash)},
                                               {"instructions", std::move(instructions)}}}};
}

json::value render_bytes(const Bytes& bytes, Encoding encoding) {
  if (encoding == Encoding::Base58) return json::array{encode_base58(bytes), "base58"};
  if (encoding == Encoding::Base64) return json::array{encode_base64(bytes), "base64"};
  const auto transaction = parse_transaction(bytes);
  return transaction ? render_message(*transaction) : json::value{};
}

}  // namespace

json::object with_context_slot(Slot slot, json::value value) {
  return {{"context", json::object{{"slot", slot.value}, {"apiVersion", kApiVersion}}}, {"value", std::move(value)}};
}

Answer render_account(const Account& account, const ReadConfig& config) {
  const ByteView data = sliced(account.data, config.slice);
  const bool base58 = config.encoding == Encoding::Base58;
  if (base58 && data.size() > kMaxBase58Data) {
    return rpc_error(kInvalidRequest,
                     "Encoded binary (base 58) data should be less than 128 bytes, please use Base64 encoding.");
  }
  return json::object{
      {"lamports", account.lamports},
      {"data", base58 ? json::array{encode_base58(data), "base58"} : json::array{encode_base64(data), "base64"}},
      {"owner", to_text(account.owner)},
      {"executable", account.executable},
      {"rentEpoch", std::numeric_limits<std::uint64_t>::max()},
      {"space", account.data.size()}};
}

Answer render_keyed_account(const Pubkey& key, const Account& account, const ReadConfig& config) {
  DZ_TRY_ASSIGN(json::value rendered, render_account(account, config));
  return json::object{{"pubkey", to_text(key)}, {"account", std::move(rendered)}};
}

json::value render_error(const std::optional<TransactionError>& error) {
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
          {"transaction", render_bytes(record.bytes, encoding)},
          {"meta", std::move(meta)}};
}

std::int64_t unix_seconds(Timestamp time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace dz::ledger
