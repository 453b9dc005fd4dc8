#include "client/rpc_client.h"

#include <algorithm>
#include <random>
#include <utility>

#include <fmt/format.h>

#include "base/base64.h"
#include "base/shown_url.h"
#include "client/rpc_json.h"
#include "net/http_client.h"
#include "net/retry_after.h"

namespace dz::client {
namespace {

namespace json = boost::json;

template <typename Items>
json::array texts_of(const Items& items) {
  json::array list;
  for (const auto& item : items) list.push_back(json::value(to_text(item)));
  return list;
}

std::function<double()> random_jitter() {
  return [engine = std::minstd_rand(std::random_device{}())]() mutable {
    return std::uniform_real_distribution<double>(0, 1)(engine);
  };
}

// Error answers of JSON-RPC servers come with any status.
bool may_be_an_answer(const RpcReply& reply) {
  return reply.status == 200 || (reply.body.starts_with('{') && reply.status < 500);
}

}  // namespace

RpcTransport http_transport(std::string url, LineLimits limits) {
  net::ClientOptions options;
  options.timeout = limits.timeout;
  options.connect_timeout = std::min(options.connect_timeout, limits.timeout);
  options.patience = limits.patience;
  options.max_body = limits.max_answer;
  options.stop = std::move(limits.stop);
  auto http = std::make_shared<net::HttpClient>(options);
  return [http, url = std::move(url)](std::string_view body) -> Result<RpcReply> {
    auto response = http->post(url, body, {{"content-type", "application/json"}});
    if (!response) return with_context("ledger", response.error());
    RpcReply reply(std::move(response->body));
    reply.status = response->status;
    reply.headers = std::move(response->headers);
    reply.server = shown_url(url);
    return reply;
  };
}

RetryOptions without_waiting() { return {.attempts = 1, .patience = Duration{0}, .jitter = {}}; }

RpcClient::RpcClient(RpcTransport transport, Clock clock, RetryOptions retries)
    : transport_(std::move(transport)),
      clock_(std::move(clock)),
      retries_(retries),
      gate_(retries.jitter ? retries.jitter : random_jitter()) {}

// ---- the conversation

Result<void> RpcClient::wait_for_gate(std::string_view method) {
  const auto now = clock_.now();
  if (now >= gate_.opens()) return {};
  const auto left = gate_.opens() - now;
  if (left > retries_.patience) {
    return fail(ErrorKind::Retry, fmt::format("{} was not sent: the ledger is left alone for {}, because {}", method,
                                              duration_text(left), gate_.reason()));
  }
  clock_.sleep(left);
  return {};
}

Result<void> RpcClient::check_reply(const Result<RpcReply>& reply) {
  const auto now = clock_.now();
  if (!reply) {
    if (reply.error().kind == ErrorKind::Retry) gate_.silent(now);
    return tl::unexpected(reply.error());
  }
  const bool limited = reply->status == 429;
  const bool failing = reply->status >= 500;
  const auto asked = net::retry_after(reply->headers, now);
  if (limited || (failing && asked)) {
    gate_.limited(now, asked);
  } else if (failing) {
    gate_.silent(now);
  } else if (may_be_an_answer(*reply)) {
    return {};
  }
  return fail(limited || failing ? ErrorKind::Retry : ErrorKind::Refused,
              fmt::format("ledger {}: expected HTTP 200, found {} '{}'", reply->server, reply->status,
                          reply->body.substr(0, 200)));
}

void RpcClient::note_error(const rpc::RpcError& error) {
  const bool limited = error.code == 429 || error.code == -32429;
  if (limited) {
    gate_.limited(clock_.now(), std::nullopt);
  } else if (rpc::to_error("", error).kind == ErrorKind::Retry) {
    gate_.silent(clock_.now());
  } else {
    gate_.succeeded();
  }
}

Result<rpc::Answer> RpcClient::exchange(std::string_view method, json::array params) {
  DZ_TRY(wait_for_gate(method));
  const auto id = ++last_id_;
  const auto reply = transport_(rpc::render_request(id, method, std::move(params)));
  DZ_TRY(check_reply(reply));
  DZ_TRY_ASSIGN(auto answer, rpc::parse_answer(reply->body, id));
  if (answer.error) {
    note_error(*answer.error);
  } else {
    gate_.succeeded();
  }
  return answer;
}

Result<json::value> RpcClient::call_once(std::string_view method, json::array params) {
  DZ_TRY_ASSIGN(auto answer, exchange(method, std::move(params)));
  if (answer.error) {
    auto error = rpc::to_error(method, *answer.error);
    if (answer.error->code == rpc::kSlotNotReached)
      error.message += fmt::format("; expected slot {} or later, is the node behind?", required_.value);
    return tl::unexpected(std::move(error));
  }
  if (const auto slot = rpc::find_context_slot(answer.result); slot && *slot < required_) {
    gate_.silent(clock_.now());
    return fail(ErrorKind::Retry,
                fmt::format("{}: expected an answer of slot {} or later, found one of slot {}; is the "
                            "node behind?",
                            method, required_.value, slot->value));
  }
  return std::move(answer.result);
}

template <typename T>
Result<T> RpcClient::read(std::string_view method, const json::array& params, Result<T> (*decode)(const json::value&)) {
  for (int attempt = 1;; ++attempt) {
    const auto result = call_once(method, params);
    if (result) {
      auto decoded = decode(*result);
      if (!decoded) return with_context(fmt::format("the ledger's answer to {}", method), decoded.error());
      return decoded;
    }
    if (result.error().kind != ErrorKind::Retry || attempt >= retries_.attempts) return tl::unexpected(result.error());
  }
}

json::object RpcClient::confirmed() const {
  json::object options{{"commitment", "confirmed"}};
  if (required_ > Slot{}) options["minContextSlot"] = required_.value;
  return options;
}

json::object RpcClient::base64_confirmed() const {
  auto options = confirmed();
  options["encoding"] = "base64";
  return options;
}

// ---- the calls

Result<AccountsAnswer> RpcClient::get_program_accounts(const Pubkey& program, const AccountFilters& filters) {
  return read("getProgramAccounts", rpc::program_accounts_params(program, filters, base64_confirmed()),
              rpc::parse_program_accounts);
}

Result<std::optional<wire::Account>> RpcClient::get_account(const Pubkey& key) {
  return read("getAccountInfo", {json::value(to_text(key)), base64_confirmed()}, rpc::parse_account_info);
}

Result<NamedAccounts> RpcClient::get_multiple_accounts(std::span<const Pubkey> keys) {
  return read_accounts(keys, base64_confirmed());
}

Result<NamedAccounts> RpcClient::get_account_parts(std::span<const Pubkey> keys, DataSlice slice) {
  auto options = base64_confirmed();
  options["dataSlice"] = rpc::slice_json(slice);
  return read_accounts(keys, options);
}

Result<NamedAccounts> RpcClient::read_accounts(std::span<const Pubkey> keys, const json::object& options) {
  auto answer = read("getMultipleAccounts", {texts_of(keys), options}, rpc::parse_accounts);
  if (answer && answer->accounts.size() != keys.size()) {
    return corrupt(
        fmt::format("getMultipleAccounts: expected {} accounts, found {}", keys.size(), answer->accounts.size()));
  }
  return answer;
}

Result<std::uint64_t> RpcClient::get_balance(const Pubkey& key) {
  return read("getBalance", {json::value(to_text(key)), confirmed()}, rpc::parse_value_number);
}

Result<LatestBlockhash> RpcClient::get_latest_blockhash() {
  return read("getLatestBlockhash", {confirmed()}, rpc::parse_latest_blockhash);
}

Result<Slot> RpcClient::get_slot() {
  DZ_TRY_ASSIGN(const auto slot, read("getSlot", {confirmed()}, rpc::parse_number));
  return Slot{slot};
}

Result<std::uint64_t> RpcClient::get_block_height() { return read("getBlockHeight", {confirmed()}, rpc::parse_number); }

Result<std::optional<Timestamp>> RpcClient::get_block_time(Slot slot) {
  auto time = read("getBlockTime", {json::value(slot.value)}, rpc::parse_block_time);
  if (!time && time.error().kind == ErrorKind::NotFound) return std::nullopt;  // a skipped slot
  return time;
}

Result<EpochInfo> RpcClient::get_epoch_info() { return read("getEpochInfo", {confirmed()}, rpc::parse_epoch_info); }

Result<wire::Blockhash> RpcClient::get_genesis_hash() { return read("getGenesisHash", {}, rpc::parse_hash); }

Result<std::vector<std::optional<SignatureStatus>>> RpcClient::get_signature_statuses(
    std::span<const wire::Signature> signatures) {
  auto statuses = read("getSignatureStatuses", {texts_of(signatures), json::object{{"searchTransactionHistory", true}}},
                       rpc::parse_signature_statuses);
  if (statuses && statuses->size() != signatures.size()) {
    return corrupt(
        fmt::format("getSignatureStatuses: expected {} statuses, found {}", signatures.size(), statuses->size()));
  }
  return statuses;
}

Result<std::vector<TrailEntry>> RpcClient::get_signatures_for_address(const Pubkey& address, const TrailRange& range) {
  auto params = rpc::trail_params(address, range);
  // A trail that ends before the state that was acted upon would prove what has changed since.
  if (required_ > Slot{}) params.back().as_object()["minContextSlot"] = required_.value;
  return read("getSignaturesForAddress", params, rpc::parse_trail);
}

Result<std::optional<ConfirmedTransaction>> RpcClient::get_transaction(const wire::Signature& signature) {
  return read("getTransaction", rpc::transaction_params(signature), rpc::parse_confirmed_transaction);
}

Result<wire::Signature> RpcClient::request_airdrop(const Pubkey& key, std::uint64_t lamports) {
  DZ_TRY_ASSIGN(const auto result, call_once("requestAirdrop", {json::value(to_text(key)), json::value(lamports)}));
  return rpc::parse_signature_answer(result);
}

Result<SimulationResult> RpcClient::simulate_transaction(const wire::Transaction& transaction) {
  return read("simulateTransaction", {json::value(encode_base64(encode(transaction))), base64_confirmed()},
              rpc::parse_simulation);
}

tl::expected<wire::Signature, SendFailure> RpcClient::send_transaction(const wire::Transaction& transaction,
                                                                       const SendOptions& options) {
  const auto failed = [](Error error) { return tl::unexpected(SendFailure{std::move(error), std::nullopt, {}}); };
  const auto answer = exchange("sendTransaction", rpc::send_params(encode_base64(encode(transaction)), options));
  if (!answer) return failed(answer.error());
  if (answer->error) return tl::unexpected(rpc::to_send_failure(*answer->error));
  auto signature = rpc::parse_signature_answer(answer->result);
  if (!signature) return failed(signature.error());
  return *signature;
}

}  // namespace dz::client
