#include "ledger/rpc_render.h"

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "base/base58.h"
#include "base/base64.h"
#include "base/safe_text.h"
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

json::array key_texts(std::span<const Pubkey> keys) {
  json::array texts;
  for (const auto& key : keys) texts.emplace_back(to_text(key));
  return texts;
}

// Of version 0 only, where there are none too.
void put_lookups(const wire::Message& message, json::object& out) {
  if (message.version == wire::MessageVersion::Legacy) return;
  json::array lookups;
  for (const auto& lookup : message.lookups) {
    lookups.push_back(json::object{{"accountKey", to_text(lookup.table)},
                                   {"writableIndexes", list(lookup.writable)},
                                   {"readonlyIndexes", list(lookup.read_only)}});
  }
  out["addressTableLookups"] = std::move(lookups);
}

json::object render_message(const wire::Message& message) {
  json::array instructions;
  for (const auto& instruction : message.instructions) {
    instructions.push_back(json::object{{"programIdIndex", instruction.program_index},
                                        {"accounts", list(instruction.account_indexes)},
                                        {"data", encode_base58(instruction.data)},
                                        {"stackHeight", nullptr}});
  }
  const json::object header{{"numRequiredSignatures", message.required_signatures},
                            {"numReadonlySignedAccounts", message.readonly_signed},
                            {"numReadonlyUnsignedAccounts", message.readonly_unsigned}};
  json::object out{{"accountKeys", key_texts(message.account_keys)},
                   {"header", header},
                   {"recentBlockhash", to_text(message.recent_blockhash)},
                   {"instructions", std::move(instructions)}};
  put_lookups(message, out);
  return out;
}

// accounts: those that it looks up among them.
json::array render_account_keys(const wire::Message& message, const std::vector<Pubkey>& accounts) {
  json::array keys;
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    keys.push_back(json::object{{"pubkey", to_text(accounts[i])},
                                {"signer", message.is_signer(i)},
                                {"source", i < message.account_keys.size() ? "transaction" : "lookupTable"},
                                {"writable", message.is_writable(i)}});
  }
  return keys;
}

bool is_memo(const Pubkey& program) {
  return program == wire::memo_program_id() || program == wire::old_memo_program_id();
}

// With keys in place of indexes. Instructions are shown as of programs that a node has no parser for; but memos, which
// every node reads.
json::object render_parsed_message(const wire::Message& message, const std::vector<Pubkey>& accounts) {
  json::array instructions;
  for (const auto& instruction : message.instructions) {
    const auto& program = accounts[instruction.program_index];
    if (is_memo(program) && is_utf8(as_text(instruction.data))) {
      instructions.push_back(json::object{{"program", "spl-memo"},
                                          {"programId", to_text(program)},
                                          {"parsed", as_text(instruction.data)},
                                          {"stackHeight", nullptr}});
      continue;
    }
    json::array named;
    for (const std::size_t i : instruction.account_indexes) named.emplace_back(to_text(accounts[i]));
    instructions.push_back(json::object{{"programId", to_text(accounts[instruction.program_index])},
                                        {"accounts", std::move(named)},
                                        {"data", encode_base58(instruction.data)},
                                        {"stackHeight", nullptr}});
  }
  json::object out{{"accountKeys", render_account_keys(message, accounts)},
                   {"recentBlockhash", to_text(message.recent_blockhash)},
                   {"instructions", std::move(instructions)}};
  put_lookups(message, out);
  return out;
}

}  // namespace

json::value render_memos(const TransactionRecord& record) {
  if (std::none_of(record.addresses.begin(), record.addresses.end(), is_memo)) return nullptr;
  const auto transaction = wire::parse_transaction(record.bytes);
  if (!transaction) return nullptr;
  std::string text;
  for (const auto& instruction : transaction->message.instructions) {
    if (!is_memo(record.addresses[instruction.program_index])) continue;
    const auto memo = as_text(instruction.data);
    text += fmt::format("{}[{}] {}", text.empty() ? "" : "; ", memo.size(), is_utf8(memo) ? memo : "(unparseable)");
  }
  return text.empty() ? json::value() : json::value(text);
}

namespace {

json::array signature_texts(const wire::Transaction& transaction) {
  json::array signatures;
  for (const auto& signature : transaction.signatures) signatures.emplace_back(to_text(signature));
  return signatures;
}

json::value render_sent(const TransactionRecord& record, const wire::Transaction& transaction, Encoding encoding) {
  switch (encoding) {
    case Encoding::Binary: return json::string(encode_base58(record.bytes));
    case Encoding::Base58: return json::array{encode_base58(record.bytes), "base58"};
    case Encoding::Base64:
    case Encoding::Base64Zstd: return json::array{encode_base64(record.bytes), "base64"};
    case Encoding::Json:
    case Encoding::JsonParsed: break;
  }
  const wire::Message& message = transaction.message;
  return json::object{{"signatures", signature_texts(transaction)},
                      {"message", encoding == Encoding::Json ? render_message(message)
                                                             : render_parsed_message(message, record.addresses)}};
}

// What every way of showing a transaction says of its execution.
json::object render_balances(const TransactionRecord& record) {
  const json::value error = render_error(record.error);
  const json::object status{{error.is_null() ? "Ok" : "Err", error}};
  return {{"err", error},
          {"status", status},
          {"fee", record.fee},
          {"preBalances", list(record.pre_balances)},
          {"postBalances", list(record.post_balances)},
          {"preTokenBalances", json::array{}},
          {"postTokenBalances", json::array{}}};
}

json::object render_meta(const TransactionRecord& record, const wire::Message& message, const TransactionView& view) {
  json::object meta = render_balances(record);
  meta["innerInstructions"] = json::array{};
  meta["logMessages"] = list(record.logs);
  meta["computeUnitsConsumed"] = record.units_consumed;
  if (view.rewards) meta["rewards"] = json::array{};
  if (view.encoding == Encoding::JsonParsed) return meta;  // which has them among its keys
  const auto loaded = std::span(record.addresses).subspan(message.account_keys.size());
  const auto writable = message.writable_lookups();
  meta["loadedAddresses"] =
      json::object{{"writable", key_texts(loaded.first(writable))}, {"readonly", key_texts(loaded.subspan(writable))}};
  return meta;
}

// Nothing for a client that named no version: it knows the legacy form only, and is shown nothing else.
RpcResult<void> put_version(const wire::Message& message, const TransactionView& view, json::object& out) {
  if (message.version == wire::MessageVersion::Zero && !view.most_version) {
    return rpc_error(kUnsupportedVersion,
                     "Transaction version (0) is not supported by the requesting client. Please try the request again "
                     "with the following configuration parameter: \"maxSupportedTransactionVersion\": 0");
  }
  if (!view.most_version) return {};
  out["version"] = message.version == wire::MessageVersion::Zero ? json::value(0) : json::value("legacy");
  return {};
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

Answer render_transaction(const TransactionRecord& record, const TransactionView& view) {
  const auto transaction = wire::parse_transaction(record.bytes);
  if (!transaction) return internal_error(transaction.error());
  json::object out;
  DZ_TRY(put_version(transaction->message, view, out));
  if (view.details == TransactionDetails::Accounts) {
    out["transaction"] = json::object{{"signatures", signature_texts(*transaction)},
                                      {"accountKeys", render_account_keys(transaction->message, record.addresses)}};
    out["meta"] = render_balances(record);
  } else {
    out["transaction"] = render_sent(record, *transaction, view.encoding);
    out["meta"] = render_meta(record, transaction->message, view);
  }
  return out;
}

std::int64_t unix_seconds(Timestamp time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace dz::ledger
