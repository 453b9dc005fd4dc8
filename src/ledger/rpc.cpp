#include "ledger/rpc.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "ledger/rpc_methods.h"

namespace dz::ledger {

namespace json = boost::json;

namespace {

constexpr std::size_t kLong = 1U << 20;

json::object render_error(const RpcError& error, const json::value& id) {
  json::object out{{"code", error.code}, {"message", error.message}};
  if (error.data) out["data"] = *error.data;
  return {{"jsonrpc", "2.0"}, {"error", std::move(out)}, {"id", id}};
}

// A number beyond what a double holds is read as infinite, which no JSON can say again.
bool is_finite(const json::value& value) { return !value.is_double() || std::isfinite(value.get_double()); }

json::object render_refusal(const tl::unexpected<RpcError>& error, const json::value& id) {
  return render_error(error.value(), id);
}

tl::unexpected<RpcError> invalid_request(const std::string& what) {
  return rpc_error(kInvalidRequest, "Invalid request: " + what);
}

tl::unexpected<RpcError> answer_too_long() {
  return invalid_request(
      fmt::format("expected answers of at most {} bytes in all; ask for less at once", kMostAnswerBytes));
}

}  // namespace

RpcAnswer::RpcAnswer(std::string_view text, MethodHandler call) : call_(std::move(call)) {
  boost::system::error_code error;
  request_ = json::parse({text.data(), text.size()}, error);
  const auto* batch = error ? nullptr : request_.if_array();
  if (error) {
    put(render_refusal(rpc_error(kParseError, "Parse error: " + error.message()), nullptr));
  } else if (batch == nullptr) {
    members_.push_back(&request_);
  } else if (batch->empty() || batch->size() > kMaxBatchRequests) {
    put(render_refusal(invalid_request(fmt::format("expected 1 to {} requests in a batch, found {}", kMaxBatchRequests,
                                                   batch->size())),
                       nullptr));
  } else {
    batch_ = true;
    for (const auto& member : *batch) members_.push_back(&member);
  }
}

bool RpcAnswer::go_on() {
  // A long text is not moved again and again while it grows; memory is taken as it is filled.
  if (text_.size() > kLong && text_.capacity() < kMostAnswerBytes) text_.reserve(kMostAnswerBytes + kLong);
  if (long_) {
    end_long();
  } else if (next_ < members_.size()) {
    answer_next();
  }
  if (long_ || next_ < members_.size()) return false;
  if (batch_ && !text_.empty()) text_ += ']';
  return true;
}

// What separates it from the answer before.
void RpcAnswer::begin_answer() {
  begun_at_ = text_.size();
  if (batch_) text_ += text_.empty() ? '[' : ',';
}

void RpcAnswer::put(const json::object& answer) {
  begin_answer();
  text_ += json::serialize(answer);
}

void RpcAnswer::answer_next() {
  const auto& request = *members_[next_++];
  const auto malformed = [&](const char* what) { put(render_refusal(invalid_request(what), nullptr)); };
  const auto* object = request.if_object();
  if (object == nullptr) return malformed("expected a JSON-RPC object");
  const auto* id = object->if_contains("id");
  const auto* method = object->if_contains("method");
  const auto* params = object->if_contains("params");
  const auto* version = object->if_contains("jsonrpc");
  if (id != nullptr && !id->is_string() && !id->is_number() && !id->is_null()) {
    return malformed("expected id as a string or a number");
  }
  if (id != nullptr && !is_finite(*id)) return malformed("expected id as a number that JSON can say, such as 1");
  if (version == nullptr || *version != "2.0") return malformed("expected \"jsonrpc\":\"2.0\"");
  if (method == nullptr || !method->is_string()) return malformed("expected method as a string");
  id_ = id;
  if (params != nullptr && !params->is_array() && !params->is_null()) {
    if (id != nullptr) put(render_refusal(invalid_params("expected params as a list"), *id));
    return;
  }
  if (full_ || text_.size() > kMostAnswerBytes) {
    full_ = true;
    if (id != nullptr) put(render_refusal(answer_too_long(), *id));
    return;
  }
  call(*object);
}

// Nothing is said to a message without id.
void RpcAnswer::call(const json::object& request) {
  static const json::array kNone;
  const auto& name = request.at("method").get_string();
  const auto* params = request.if_contains("params");
  auto outcome =
      call_({name.data(), name.size()}, params != nullptr && params->is_array() ? params->get_array() : kNone);
  if (id_ == nullptr) return;
  if (!outcome) return put(render_error(outcome.error(), *id_));
  if (auto* const result = std::get_if<std::unique_ptr<LongResult>>(&*outcome)) {
    long_ = std::move(*result);
    begin_answer();
    text_ += R"({"jsonrpc":"2.0","result":)";
    return;
  }
  put({{"jsonrpc", "2.0"}, {"result", std::move(std::get<json::value>(*outcome))}, {"id", *id_}});
}

void RpcAnswer::end_long() {
  const auto whole = long_->go_on(text_);
  if (!whole) {
    text_.resize(begun_at_);
    put(render_error(whole.error(), *id_));
  } else if (text_.size() > kMostAnswerBytes) {
    text_.resize(begun_at_);
    full_ = true;
    put(render_refusal(answer_too_long(), *id_));
  } else if (*whole) {
    text_ += R"(,"id":)" + json::serialize(*id_) + "}";
  } else {
    return;
  }
  long_.reset();
}

Outcome call_method(Ledger& ledger, std::string_view method, const json::array& params) {
  for (const auto methods : {chain_methods(), account_methods(), transaction_methods(), block_methods()}) {
    const auto found = std::find_if(methods.begin(), methods.end(), [&](const Method& m) { return m.name == method; });
    if (found == methods.end()) continue;
    if (found->begin != nullptr) {
      DZ_TRY_ASSIGN(auto result, found->begin(ledger, Params(params)));
      return result;
    }
    DZ_TRY_ASSIGN(auto result, found->call(ledger, Params(params)));
    return result;
  }
  return rpc_error(kMethodNotFound, "Method not found");
}

std::string handle_rpc(std::string_view text, Ledger& ledger) {
  RpcAnswer answer(text, [&ledger](std::string_view method, const json::array& params) {
    return call_method(ledger, method, params);
  });
  while (!answer.go_on()) {
  }
  return answer.take();
}

RpcResult<void> check_context_slot(const Ledger& ledger, const ReadConfig& config) {
  const std::uint64_t slot = ledger.bank().slot().value;
  if (config.min_context_slot && *config.min_context_slot > slot) {
    return tl::unexpected<RpcError>(
        RpcError{kMinContextSlot, "Minimum context slot has not been reached", json::object{{"contextSlot", slot}}});
  }
  return {};
}

RpcResult<void> begin_read(Ledger& ledger, const ReadConfig& config) {
  if (config.commitment != Commitment::Processed) {
    if (const auto committed = ledger.commit(); !committed) return unhealthy(committed.error());
  }
  return check_context_slot(ledger, config);
}

RpcResult<ReadConfig> begin_read(Ledger& ledger, const Params& params, std::size_t index) {
  DZ_TRY_ASSIGN(const json::object* object, params.config(index));
  DZ_TRY_ASSIGN(const ReadConfig config, read_config(*object));
  DZ_TRY(begin_read(ledger, config));
  return config;
}

RpcResult<ReadConfig> begin_confirmed_read(Ledger& ledger, const Params& params, std::size_t index) {
  DZ_TRY_ASSIGN(const ReadConfig config, begin_read(ledger, params, index));
  if (config.commitment != Commitment::Processed) return config;
  return rpc_error(kInvalidParams, "Method does not support commitment below `confirmed`");
}

RpcResult<TransactionView> begin_history_read(Ledger& ledger, const Params& params, std::size_t index) {
  TransactionView view;
  if (params.at(index).is_string()) {
    DZ_TRY_ASSIGN(const auto encoding, read_encoding(params.at(index)));
    view.encoding = encoding.value_or(view.encoding);
    DZ_TRY(begin_read(ledger, ReadConfig{}));
    return view;
  }
  DZ_TRY_ASSIGN(const ReadConfig config, begin_confirmed_read(ledger, params, index));
  DZ_TRY_ASSIGN(const json::object* object, params.config(index));
  DZ_TRY_ASSIGN(view.most_version, read_number(*object, "maxSupportedTransactionVersion"));
  view.encoding = config.encoding.value_or(view.encoding);
  return view;
}

}  // namespace dz::ledger
