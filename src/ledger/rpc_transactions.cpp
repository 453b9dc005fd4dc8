// Sending transactions and finding them again.
#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "base/base64.h"
#include "ledger/rpc_methods.h"
#include "ledger/rpc_render.h"

namespace dz::ledger {

namespace json = boost::json;

namespace {

constexpr std::size_t kMaxSignatures = 256;
constexpr std::uint64_t kMaxHistory = 1000;

// One whose accounts cannot be told, as nodes say it; `data` has the error for programs.
tl::unexpected<RpcError> invalid_transaction(const wire::TransactionError& error) {
  return tl::unexpected<RpcError>(
      RpcError{kInvalidParams, "invalid transaction: " + to_text(error), json::object{{"err", to_json(error)}}});
}

tl::unexpected<RpcError> preflight_failure(const Execution& execution) {
  if (execution.error->kind == wire::TransactionErrorKind::SignatureFailure) {
    return rpc_error(kSignatureFailure, "Transaction signature verification failure");
  }
  if (is_lookup_failure(execution.error->kind)) return invalid_transaction(*execution.error);
  return tl::unexpected<RpcError>(RpcError{
      kPreflightFailure, "Transaction simulation failed: " + to_text(*execution.error), render_execution(execution)});
}

Answer send_transaction(Ledger& ledger, const Params& params) {
  DZ_TRY_ASSIGN(const std::string_view text, params.text(0, "a transaction"));
  DZ_TRY_ASSIGN(const json::object* object, params.config(1));
  DZ_TRY_ASSIGN(const ReadConfig config, read_config(*object));
  DZ_TRY_ASSIGN(const bool skip_preflight, read_bool(*object, "skipPreflight"));
  DZ_TRY_ASSIGN(const wire::Transaction transaction, read_transaction(text, config.encoding));
  if (!skip_preflight) DZ_TRY(check_context_slot(ledger, config));
  if (const auto ready = ledger.ready_to_take(); !ready) return unhealthy(ready.error());
  const Submission submission = ledger.submit(transaction, !skip_preflight);
  if (!submission.accepted) return preflight_failure(submission.execution);
  return json::string(to_text(transaction.signatures.front()));
}

// The accounts asked for with {"accounts":{"addresses":[..]}}, as they would be.
Answer accounts_after(const Bank& bank, const Execution& execution, const json::object& wanted) {
  DZ_TRY_ASSIGN(const ReadConfig config, read_config(wanted));
  const auto* addresses = wanted.if_contains("addresses");
  if (addresses == nullptr || !addresses->is_array()) return invalid_params("expected accounts.addresses as a list");
  if (addresses->get_array().size() > wire::kMaxTransactionAccounts)
    return invalid_params("too many accounts.addresses");
  const auto& keys = execution.keys;
  json::array out;
  for (const auto& value : addresses->get_array()) {
    DZ_TRY_ASSIGN(const Pubkey key, read_pubkey(value));
    const auto at = static_cast<std::size_t>(std::find(keys.begin(), keys.end(), key) - keys.begin());
    const wire::Account* account = at < keys.size() ? &execution.after[at] : bank.find(key);
    if (account == nullptr || !account->exists()) {
      out.emplace_back(nullptr);
      continue;
    }
    DZ_TRY(check_encodable(*account, config));
    out.push_back(render_account(*account, config));
  }
  return out;
}

Answer simulate_transaction(Ledger& ledger, const Params& params) {
  DZ_TRY_ASSIGN(const std::string_view text, params.text(0, "a transaction"));
  DZ_TRY_ASSIGN(const json::object* object, params.config(1));
  DZ_TRY_ASSIGN(const ReadConfig config, begin_read(ledger, params, 1));
  DZ_TRY_ASSIGN(const bool verify, read_bool(*object, "sigVerify"));
  DZ_TRY_ASSIGN(const bool replace, read_bool(*object, "replaceRecentBlockhash"));
  if (verify && replace) return invalid_params("sigVerify may not be used with replaceRecentBlockhash");
  DZ_TRY_ASSIGN(const wire::Transaction transaction, read_transaction(text, config.encoding));
  const Bank& bank = ledger.bank();
  const Execution execution = bank.simulate(transaction, {verify, !replace});
  if (execution.error && is_lookup_failure(execution.error->kind)) return invalid_transaction(*execution.error);
  json::object value = render_execution(execution);
  if (replace) {
    const auto& latest = bank.latest_blockhash();
    value["replacementBlockhash"] = json::object{{"blockhash", to_text(latest.hash)},
                                                 {"lastValidBlockHeight", latest.slot.value + kBlockhashSlots}};
  }
  const auto* wanted = object->if_contains("accounts");
  if (wanted != nullptr && wanted->is_object() && execution.landed) {
    DZ_TRY_ASSIGN(value["accounts"], accounts_after(bank, execution, wanted->get_object()));
  }
  return with_context_slot(bank.slot(), std::move(value));
}

Answer render_status(Ledger& ledger, const wire::Signature& signature) {
  auto found = ledger.status(signature);
  if (!found) return internal_error(found.error());
  if (!*found) return json::value{};
  const Ledger::Status& status = **found;
  const json::value error = render_error(status.error);
  return json::object{{"slot", status.slot.value},
                      {"confirmations", status.durable ? json::value{} : json::value(0)},
                      {"err", error},
                      {"status", json::object{{error.is_null() ? "Ok" : "Err", error}}},
                      {"confirmationStatus", to_text(status.durable ? Commitment::Finalized : Commitment::Processed)}};
}

Answer get_signature_statuses(Ledger& ledger, const Params& params) {
  DZ_TRY_ASSIGN(const json::array* signatures, params.list(0, kMaxSignatures));
  DZ_TRY(params.config(1));  // searchTransactionHistory: the history is always searched
  json::array statuses;
  for (const auto& value : *signatures) {
    DZ_TRY_ASSIGN(const wire::Signature signature, read_signature(value));
    DZ_TRY_ASSIGN(json::value status, render_status(ledger, signature));
    statuses.push_back(std::move(status));
  }
  return with_context_slot(ledger.bank().slot(), std::move(statuses));
}

Answer get_transaction(Ledger& ledger, const Params& params) {
  DZ_TRY_ASSIGN(const wire::Signature signature, params.signature(0));
  DZ_TRY_ASSIGN(const TransactionView view, begin_history_read(ledger, params, 1));
  const auto record = ledger.archive().find(signature);
  if (!record) return internal_error(record.error());
  if (!*record) return json::value{};
  const Slot slot = (*record)->slot;
  DZ_TRY_ASSIGN(json::value shown, render_transaction(**record, view));
  json::object out{{"slot", slot.value}, {"blockTime", unix_seconds(ledger.bank().clock().time_of(slot))}};
  for (auto& [name, value] : shown.get_object()) out[name] = std::move(value);
  return out;
}

RpcResult<LedgerArchive::Range> read_range(const json::object& config) {
  LedgerArchive::Range range;
  DZ_TRY_ASSIGN(const auto limit, read_number(config, "limit"));
  if (limit && (*limit == 0 || *limit > kMaxHistory)) {
    return invalid_params(fmt::format("Invalid limit; expected 1 to {}, found {}", kMaxHistory, *limit));
  }
  range.limit = limit.value_or(kMaxHistory);
  for (const auto& [name, target] : {std::pair{"before", &range.before}, std::pair{"until", &range.until}}) {
    const auto* value = config.if_contains(name);
    if (value == nullptr || value->is_null()) continue;
    DZ_TRY_ASSIGN(*target, read_signature(*value));
  }
  return range;
}

// Those that were there when it was asked, read and shown some at a time: new ones have other places, and what is
// forgotten meanwhile is left out.
class History final : public LongResult {
 public:
  History(Ledger& ledger, std::vector<std::int64_t> places) : ledger_(ledger), places_(std::move(places)) {}

  RpcResult<bool> go_on(std::string& text) override {
    constexpr std::size_t kPiece = 50;
    if (next_ == 0) text += '[';
    for (const auto end = std::min(places_.size(), next_ + kPiece); next_ < end; ++next_) {
      const auto record = ledger_.archive().record_at(places_[next_]);
      if (!record) return internal_error(record.error());
      if (!*record) continue;
      if (std::exchange(begun_, true)) text += ',';
      text += json::serialize(render(**record));
    }
    if (next_ < places_.size()) return false;
    text += ']';
    return true;
  }

 private:
  json::object render(const TransactionRecord& record) const {
    return {{"signature", to_text(record.signature)},
            {"slot", record.slot.value},
            {"err", render_error(record.error)},
            {"memo", render_memos(record)},
            {"blockTime", unix_seconds(ledger_.bank().clock().time_of(record.slot))},
            {"confirmationStatus", "finalized"}};
  }

  Ledger& ledger_;
  std::vector<std::int64_t> places_;
  std::size_t next_ = 0;
  bool begun_ = false;
};

RpcResult<std::unique_ptr<LongResult>> begin_signatures_for_address(Ledger& ledger, const Params& params) {
  DZ_TRY_ASSIGN(const Pubkey address, params.pubkey(0));
  DZ_TRY_ASSIGN(const json::object* object, params.config(1));
  DZ_TRY_ASSIGN(const LedgerArchive::Range range, read_range(*object));
  DZ_TRY(begin_confirmed_read(ledger, params, 1));
  auto places = ledger.archive().places_of(address, range);
  if (!places) return internal_error(places.error());
  return std::make_unique<History>(ledger, std::move(*places));
}

Answer request_airdrop(Ledger& ledger, const Params& params) {
  DZ_TRY_ASSIGN(const Pubkey to, params.pubkey(0));
  DZ_TRY_ASSIGN(const std::uint64_t lamports, params.number(1, "lamports"));
  DZ_TRY(params.config(2));
  if (const auto ready = ledger.ready_to_take(); !ready) return unhealthy(ready.error());
  const auto signature = ledger.airdrop(to, lamports);
  if (!signature) return internal_error(signature.error());
  return json::string(to_text(*signature));
}

// A message is a transaction whose signatures are not there yet.
Answer get_fee_for_message(Ledger& ledger, const Params& params) {
  DZ_TRY_ASSIGN(const std::string_view text, params.text(0, "a message"));
  DZ_TRY(begin_read(ledger, params, 1));
  const auto message = text.size() <= 2 * wire::kMaxTransactionBytes ? decode_base64(text) : refused("too long");
  if (!message || message->empty()) return invalid_params("expected a message in base64");
  const bool versioned = (message->front() & 0x80) != 0;  // then a byte that counts signatures comes second
  const std::uint8_t signatures = versioned ? (message->size() > 1 ? (*message)[1] : 0) : message->front();
  if (signatures >= 0x80) return invalid_params("expected a message of few signatures");
  Bytes bytes{signatures};
  bytes.insert(bytes.end(), std::size_t{signatures} * 64, 0);
  bytes.insert(bytes.end(), message->begin(), message->end());
  const auto transaction = wire::parse_transaction(bytes);
  if (!transaction) return invalid_params("failed to deserialize the message: " + transaction.error().message);
  json::value fee;
  if (ledger.bank().find_blockhash(transaction->message.recent_blockhash)) fee = kFeePerSignature * signatures;
  return with_context_slot(ledger.bank().slot(), std::move(fee));
}

constexpr Method kMethods[] = {
    {"sendTransaction", send_transaction},
    {"simulateTransaction", simulate_transaction},
    {"getSignatureStatuses", get_signature_statuses},
    {"getTransaction", get_transaction},
    {"getSignaturesForAddress", nullptr, begin_signatures_for_address},
    {"requestAirdrop", request_airdrop},
    {"getFeeForMessage", get_fee_for_message},
};

}  // namespace

std::span<const Method> transaction_methods() { return kMethods; }

}  // namespace dz::ledger
