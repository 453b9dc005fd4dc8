#include "client/rpc_json.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/base58.h"
#include "base/base64.h"
#include "base/safe_text.h"

namespace dz::client::rpc {
namespace {

// Answers may nest a few levels and no more; a deeper one is not ours.
constexpr std::size_t kMaxDepth = 32;

Result<const json::value*> field(const json::value& object, std::string_view name) {
  if (const auto* members = object.if_object()) {
    if (const auto* value = members->if_contains(name)) return value;
  }
  return corrupt(fmt::format("expected a field '{}'", name));
}

Result<std::uint64_t> number(const json::value& value, std::string_view name) {
  boost::system::error_code error;
  const auto n = value.to_number<std::uint64_t>(error);
  if (error) {
    return corrupt(fmt::format("{}: expected a whole number, found {}", name, cut_text(json::serialize(value), 80)));
  }
  return n;
}

Result<std::uint64_t> number_field(const json::value& object, std::string_view name) {
  DZ_TRY_ASSIGN(const auto* value, field(object, name));
  return number(*value, name);
}

Result<std::string_view> text_field(const json::value& object, std::string_view name) {
  DZ_TRY_ASSIGN(const auto* value, field(object, name));
  const auto* text = value->if_string();
  if (text == nullptr) return corrupt(fmt::format("{}: expected text", name));
  return std::string_view(text->data(), text->size());
}

Result<Pubkey> pubkey_field(const json::value& object, std::string_view name) {
  DZ_TRY_ASSIGN(const auto text, text_field(object, name));
  auto key = parse_pubkey(text);
  if (!key) return corrupt(fmt::format("{}: {}", name, key.error().message));
  return *key;
}

Result<const json::array*> array_of(const json::value& value, std::string_view what) {
  if (const auto* items = value.if_array()) return items;
  return corrupt(fmt::format("{}: expected an array", what));
}

Result<Slot> context_slot(const json::value& result) {
  DZ_TRY_ASSIGN(const auto* context, field(result, "context"));
  DZ_TRY_ASSIGN(const auto slot, number_field(*context, "slot"));
  return Slot{slot};
}

// ["<base64>","base64"]
Result<Bytes> base64_pair(const json::value& data, std::string_view name) {
  const auto* pair = data.if_array();
  if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_string() || (*pair)[1] != "base64") {
    return corrupt(fmt::format(R"({}: expected ["...","base64"])", name));
  }
  const auto& text = (*pair)[0].get_string();
  auto bytes = decode_base64(std::string_view(text.data(), text.size()));
  if (!bytes) return corrupt(fmt::format("{}: {}", name, bytes.error().message));
  return bytes;
}

Result<std::optional<Timestamp>> unix_time(const json::value& value, std::string_view name) {
  if (value.is_null()) return std::nullopt;
  DZ_TRY_ASSIGN(const auto seconds, number(value, name));
  constexpr auto kLast = std::chrono::floor<std::chrono::seconds>(kLastTime).time_since_epoch().count();
  if (seconds > static_cast<std::uint64_t>(kLast)) {
    return corrupt(fmt::format("{}: expected seconds since 1970, before the year 10000, found {}", name, seconds));
  }
  return Timestamp{std::chrono::seconds{static_cast<std::int64_t>(seconds)}};
}

// Nodes leave it out for blocks whose time they do not keep.
Result<std::optional<Timestamp>> block_time_field(const json::value& object) {
  const auto found = field(object, "blockTime");
  return found ? unix_time(**found, "blockTime") : std::optional<Timestamp>();
}

// Left out where no lookup table was used.
Result<std::vector<Pubkey>> loaded_addresses(const json::value& meta) {
  std::vector<Pubkey> keys;
  const auto loaded = field(meta, "loadedAddresses");
  if (!loaded || (*loaded)->is_null()) return keys;
  for (const auto* kind : {"writable", "readonly"}) {
    DZ_TRY_ASSIGN(const auto* list, field(**loaded, kind));
    DZ_TRY_ASSIGN(const auto* entries, array_of(*list, kind));
    for (const auto& entry : *entries) {
      const auto* text = entry.if_string();
      if (text == nullptr) return corrupt(fmt::format("{}: expected keys as text", kind));
      DZ_TRY_ASSIGN(const auto key, parse_pubkey(std::string_view(text->data(), text->size())));
      keys.push_back(key);
    }
  }
  return keys;
}

Result<std::optional<wire::Account>> optional_account(const json::value& value) {
  if (value.is_null()) return std::nullopt;
  DZ_TRY_ASSIGN(auto account, parse_account(value));
  return account;
}

// None: there is no such list.
std::optional<std::vector<std::string>> lines_in(const json::value& object, std::string_view name) {
  const auto found = field(object, name);
  const auto* logs = found ? (*found)->if_array() : nullptr;
  if (logs == nullptr) return std::nullopt;
  std::vector<std::string> lines;
  for (const auto& line : *logs) {
    if (const auto* text = line.if_string()) lines.emplace_back(text->data(), text->size());
  }
  return lines;
}

std::vector<std::string> parse_logs(const json::value& object) {
  return lines_in(object, "logs").value_or(std::vector<std::string>{});
}

Result<std::optional<wire::TransactionError>> optional_transaction_error(const json::value& object) {
  DZ_TRY_ASSIGN(const auto* value, field(object, "err"));
  if (value->is_null()) return std::nullopt;
  DZ_TRY_ASSIGN(auto error, wire::parse_transaction_error(*value));
  return error;
}

// Absent (older nodes leave it out) reads as finalized: such nodes report rooted transactions only.
Result<Commitment> parse_commitment(const json::value& status) {
  const auto text = text_field(status, "confirmationStatus");
  if (!text) return Commitment::Finalized;
  for (const auto commitment : {Commitment::Processed, Commitment::Confirmed, Commitment::Finalized}) {
    if (*text == to_text(commitment)) return commitment;
  }
  return corrupt(fmt::format("confirmationStatus: found '{}'", *text));
}

Result<std::optional<SignatureStatus>> parse_status(const json::value& value) {
  if (value.is_null()) return std::nullopt;
  SignatureStatus status;
  DZ_TRY_ASSIGN(const auto slot, number_field(value, "slot"));
  status.slot = Slot{slot};
  DZ_TRY_ASSIGN(status.error, optional_transaction_error(value));
  DZ_TRY_ASSIGN(status.commitment, parse_commitment(value));
  return status;
}

Result<json::value> parse_text(std::string_view text) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = kMaxDepth;
  auto value = json::parse(json::string_view(text.data(), text.size()), error, {}, options);
  if (error) return corrupt("expected JSON, found '" + valid_utf8(one_line(text, 80)) + "': " + error.message());
  return value;
}

RpcError parse_rpc_error(const json::value& value) {
  RpcError error;
  const auto code = field(value, "code");
  if (code && (*code)->is_int64()) error.code = static_cast<int>((*code)->get_int64());
  error.message = std::string(text_field(value, "message").value_or("no message"));
  if (const auto data = field(value, "data")) error.data = **data;
  return error;
}

}  // namespace

std::string render_request(std::uint64_t id, std::string_view method, json::array params) {
  json::object request;
  request["jsonrpc"] = "2.0";
  request["id"] = id;
  request["method"] = json::string_view(method.data(), method.size());
  request["params"] = std::move(params);
  return json::serialize(request);
}

Result<Answer> parse_answer(std::string_view text, std::uint64_t id) {
  DZ_TRY_ASSIGN(auto value, parse_text(text));
  if (const auto error = field(value, "error")) return Answer{nullptr, parse_rpc_error(**error)};
  DZ_TRY_ASSIGN(const auto answered, number_field(value, "id"));
  if (answered != id) return corrupt(fmt::format("expected the answer to request {}, found {}", id, answered));
  DZ_TRY_ASSIGN(const auto* result, field(value, "result"));
  return Answer{*result, std::nullopt};
}

Error to_error(std::string_view method, const RpcError& error) {
  auto kind = ErrorKind::Refused;
  switch (error.code) {
    case -32005:  // node is behind
    case -32014:  // block status not yet known
    case kSlotNotReached:
    case -32429:  // too many requests, like 429
    case 429: kind = ErrorKind::Retry; break;
    case -32004:  // block not available
    case -32007:  // slot skipped
    case -32009: kind = ErrorKind::NotFound; break;
    default: break;
  }
  return Error{kind, fmt::format("the ledger declined {}: {} (code {})", method, error.message, error.code)};
}

SendFailure to_send_failure(const RpcError& error) {
  SendFailure failure{to_error("the transaction", error), std::nullopt, parse_logs(error.data)};
  if (const auto cause = field(error.data, "err")) {
    if (auto parsed = wire::parse_transaction_error(**cause)) failure.rejected = *parsed;
  }
  return failure;
}

json::object slice_json(const DataSlice& slice) { return {{"offset", slice.offset}, {"length", slice.length}}; }

json::array program_accounts_params(const Pubkey& program, const AccountFilters& filters, json::object options) {
  json::array list;
  for (const auto& filter : filters.memcmp) {
    list.push_back(
        json::object{{"memcmp", json::object{{"offset", filter.offset}, {"bytes", encode_base58(filter.bytes)}}}});
  }
  if (filters.data_size) list.push_back(json::object{{"dataSize", *filters.data_size}});
  options["withContext"] = true;
  if (!list.empty()) options["filters"] = std::move(list);
  if (filters.slice) options["dataSlice"] = slice_json(*filters.slice);
  return json::array{json::value(to_text(program)), json::value(std::move(options))};
}

json::array trail_params(const Pubkey& address, const TrailRange& range) {
  json::object options{{"limit", range.limit}, {"commitment", "confirmed"}};
  if (range.before) options["before"] = to_text(*range.before);
  if (range.until) options["until"] = to_text(*range.until);
  return json::array{json::value(to_text(address)), json::value(std::move(options))};
}

json::array transaction_params(const wire::Signature& signature) {
  return json::array{
      json::value(to_text(signature)),
      json::object{{"encoding", "base64"}, {"commitment", "confirmed"}, {"maxSupportedTransactionVersion", 0}}};
}

json::array send_params(std::string_view transaction_base64, const SendOptions& options) {
  return json::array{
      json::string_view(transaction_base64.data(), transaction_base64.size()),
      json::object{
          {"encoding", "base64"}, {"skipPreflight", options.skip_preflight}, {"preflightCommitment", "processed"}}};
}

std::optional<Slot> find_context_slot(const json::value& result) {
  const auto slot = context_slot(result);
  return slot ? std::optional(*slot) : std::nullopt;
}

Result<wire::Account> parse_account(const json::value& value) {
  wire::Account account;
  DZ_TRY_ASSIGN(account.lamports, number_field(value, "lamports"));
  DZ_TRY_ASSIGN(account.owner, pubkey_field(value, "owner"));
  DZ_TRY_ASSIGN(const auto* data, field(value, "data"));
  DZ_TRY_ASSIGN(account.data, base64_pair(*data, "data"));
  const auto executable = field(value, "executable");
  account.executable = executable && (*executable)->is_bool() && (*executable)->get_bool();
  return account;
}

Result<KeyedAccount> parse_keyed_account(const json::value& entry) {
  KeyedAccount keyed;
  DZ_TRY_ASSIGN(keyed.key, pubkey_field(entry, "pubkey"));
  DZ_TRY_ASSIGN(const auto* account, field(entry, "account"));
  auto parsed = parse_account(*account);
  if (!parsed) return with_context("account " + to_text(keyed.key), parsed.error());
  keyed.account = std::move(*parsed);
  return keyed;
}

Result<AccountsAnswer> parse_program_accounts(const json::value& result) {
  AccountsAnswer answer;
  DZ_TRY_ASSIGN(answer.slot, context_slot(result));
  DZ_TRY_ASSIGN(const auto* value, field(result, "value"));
  DZ_TRY_ASSIGN(const auto* entries, array_of(*value, "value"));
  for (const auto& entry : *entries) {
    DZ_TRY_ASSIGN(auto keyed, parse_keyed_account(entry));
    answer.accounts.push_back(std::move(keyed));
  }
  std::sort(answer.accounts.begin(), answer.accounts.end(),
            [](const KeyedAccount& a, const KeyedAccount& b) { return a.key < b.key; });
  return answer;
}

Result<NamedAccounts> parse_accounts(const json::value& result) {
  NamedAccounts answer;
  DZ_TRY_ASSIGN(answer.slot, context_slot(result));
  DZ_TRY_ASSIGN(const auto* value, field(result, "value"));
  DZ_TRY_ASSIGN(const auto* entries, array_of(*value, "value"));
  for (const auto& entry : *entries) {
    DZ_TRY_ASSIGN(auto account, optional_account(entry));
    answer.accounts.push_back(std::move(account));
  }
  return answer;
}

Result<std::optional<wire::Account>> parse_account_info(const json::value& result) {
  DZ_TRY_ASSIGN(const auto* value, field(result, "value"));
  return optional_account(*value);
}

Result<std::uint64_t> parse_value_number(const json::value& result) { return number_field(result, "value"); }
Result<std::uint64_t> parse_number(const json::value& result) { return number(result, "result"); }

Result<wire::Blockhash> parse_hash(const json::value& result) {
  const auto* text = result.if_string();
  if (text == nullptr) return corrupt("result: expected a hash as text");
  return parse_pubkey(std::string_view(text->data(), text->size()));
}

Result<LatestBlockhash> parse_latest_blockhash(const json::value& result) {
  LatestBlockhash latest;
  DZ_TRY_ASSIGN(latest.slot, context_slot(result));
  DZ_TRY_ASSIGN(const auto* value, field(result, "value"));
  DZ_TRY_ASSIGN(latest.hash, pubkey_field(*value, "blockhash"));
  DZ_TRY_ASSIGN(latest.last_valid_block_height, number_field(*value, "lastValidBlockHeight"));
  return latest;
}

Result<EpochInfo> parse_epoch_info(const json::value& result) {
  EpochInfo info;
  DZ_TRY_ASSIGN(info.absolute_slot, number_field(result, "absoluteSlot"));
  DZ_TRY_ASSIGN(info.block_height, number_field(result, "blockHeight"));
  DZ_TRY_ASSIGN(info.epoch, number_field(result, "epoch"));
  DZ_TRY_ASSIGN(info.slot_index, number_field(result, "slotIndex"));
  DZ_TRY_ASSIGN(info.slots_in_epoch, number_field(result, "slotsInEpoch"));
  return info;
}

Result<std::vector<std::optional<SignatureStatus>>> parse_signature_statuses(const json::value& result) {
  DZ_TRY_ASSIGN(const auto* value, field(result, "value"));
  DZ_TRY_ASSIGN(const auto* entries, array_of(*value, "value"));
  std::vector<std::optional<SignatureStatus>> statuses;
  for (const auto& entry : *entries) {
    DZ_TRY_ASSIGN(auto status, parse_status(entry));
    statuses.push_back(std::move(status));
  }
  return statuses;
}

Result<std::vector<TrailEntry>> parse_trail(const json::value& result) {
  DZ_TRY_ASSIGN(const auto* entries, array_of(result, "result"));
  std::vector<TrailEntry> history;
  for (const auto& entry : *entries) {
    auto& item = history.emplace_back();
    DZ_TRY_ASSIGN(const auto signature, text_field(entry, "signature"));
    auto parsed = wire::parse_signature(signature);
    if (!parsed) return corrupt("signature: " + parsed.error().message);
    item.signature = *parsed;
    DZ_TRY_ASSIGN(const auto slot, number_field(entry, "slot"));
    item.slot = Slot{slot};
    DZ_TRY_ASSIGN(const auto* error, field(entry, "err"));
    item.failed = !error->is_null();
    DZ_TRY_ASSIGN(item.block_time, block_time_field(entry));
  }
  return history;
}

Result<std::optional<ConfirmedTransaction>> parse_confirmed_transaction(const json::value& result) {
  if (result.is_null()) return std::nullopt;
  ConfirmedTransaction transaction;
  DZ_TRY_ASSIGN(const auto slot, number_field(result, "slot"));
  transaction.slot = Slot{slot};
  DZ_TRY_ASSIGN(transaction.block_time, block_time_field(result));
  DZ_TRY_ASSIGN(const auto* bytes, field(result, "transaction"));
  DZ_TRY_ASSIGN(transaction.bytes, base64_pair(*bytes, "transaction"));
  DZ_TRY_ASSIGN(const auto* meta, field(result, "meta"));
  DZ_TRY_ASSIGN(const auto* error, field(*meta, "err"));
  transaction.failed = !error->is_null();
  DZ_TRY_ASSIGN(transaction.loaded, loaded_addresses(*meta));
  transaction.logs = lines_in(*meta, "logMessages");
  return transaction;
}

Result<SimulationResult> parse_simulation(const json::value& result) {
  DZ_TRY_ASSIGN(const auto* value, field(result, "value"));
  SimulationResult simulation;
  DZ_TRY_ASSIGN(simulation.error, optional_transaction_error(*value));
  simulation.logs = parse_logs(*value);
  simulation.units_consumed = number_field(*value, "unitsConsumed").value_or(0);
  return simulation;
}

Result<std::optional<Timestamp>> parse_block_time(const json::value& result) { return unix_time(result, "result"); }

Result<wire::Signature> parse_signature_answer(const json::value& result) {
  const auto* text = result.if_string();
  if (text == nullptr) return corrupt("expected a signature");
  auto signature = wire::parse_signature(std::string_view(text->data(), text->size()));
  if (!signature) return corrupt(signature.error().message);
  return signature;
}

Result<SubscriptionMessage> parse_subscription_message(std::string_view text, std::uint64_t request_id) {
  DZ_TRY_ASSIGN(const auto value, parse_text(text));
  SubscriptionMessage message;
  const auto method = text_field(value, "method");
  if (!method) {
    const auto id = number_field(value, "id");
    if (!id || *id != request_id) return message;
    if (const auto error = field(value, "error")) {
      message.error = parse_rpc_error(**error);
      return message;
    }
    DZ_TRY_ASSIGN(message.subscribed, number_field(value, "result"));
    return message;
  }
  if (*method != "programNotification") return message;
  DZ_TRY_ASSIGN(const auto* params, field(value, "params"));
  DZ_TRY_ASSIGN(const auto* result, field(*params, "result"));
  DZ_TRY_ASSIGN(const auto slot, context_slot(*result));
  DZ_TRY_ASSIGN(const auto* entry, field(*result, "value"));
  DZ_TRY_ASSIGN(auto keyed, parse_keyed_account(*entry));
  message.notification = AccountNotification{slot, keyed.key, std::move(keyed.account)};
  return message;
}

}  // namespace dz::client::rpc
