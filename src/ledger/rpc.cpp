#include "ledger/rpc.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "ledger/rpc_methods.h"

namespace dz::ledger {

namespace json = boost::json;

namespace {

json::object render_answer(Answer answer, const json::value& id) {
  json::object out{{"jsonrpc", "2.0"}};
  if (answer) {
    out["result"] = std::move(*answer);
  } else {
    json::object error{{"code", answer.error().code}, {"message", answer.error().message}};
    if (answer.error().data) error["data"] = std::move(*answer.error().data);
    out["error"] = std::move(error);
  }
  out["id"] = id;
  return out;
}

// A number beyond what a double holds is read as infinite, which no JSON can say again.
bool is_finite(const json::value& value) {
  return !value.is_double() || std::isfinite(value.get_double());
}

// Nothing for a message without id.
std::optional<json::object> answer_one(const json::value& request, const MethodHandler& call) {
  const auto malformed = [](const char* what) {
    return render_answer(rpc_error(kInvalidRequest, std::string("Invalid request: ") + what), nullptr);
  };
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
  if (params != nullptr && !params->is_array() && !params->is_null()) {
    if (id == nullptr) return std::nullopt;
    return render_answer(invalid_params("expected params as a list"), *id);
  }
  static const json::array kNone;
  const auto& name = method->get_string();
  Answer answer =
      call({name.data(), name.size()}, params != nullptr && params->is_array() ? params->get_array() : kNone);
  if (id == nullptr) return std::nullopt;
  return render_answer(std::move(answer), *id);
}

std::string answer_batch(const json::array& batch, const MethodHandler& call) {
  if (batch.empty() || batch.size() > kMaxBatchRequests) {
    return json::serialize(render_answer(
        rpc_error(kInvalidRequest, fmt::format("Invalid request: expected 1 to {} requests in a batch, found {}",
                                               kMaxBatchRequests, batch.size())),
        nullptr));
  }
  json::array answers;
  for (const auto& request : batch) {
    if (auto answer = answer_one(request, call)) answers.push_back(std::move(*answer));
  }
  return answers.empty() ? std::string{} : json::serialize(answers);
}

}  // namespace

std::string answer_json_rpc(std::string_view text, const MethodHandler& call) {
  boost::system::error_code error;
  const json::value request = json::parse({text.data(), text.size()}, error);
  if (error) return json::serialize(render_answer(rpc_error(kParseError, "Parse error: " + error.message()), nullptr));
  if (const auto* batch = request.if_array()) return answer_batch(*batch, call);
  const auto answer = answer_one(request, call);
  return answer ? json::serialize(*answer) : std::string{};
}

Answer call_method(Ledger& ledger, std::string_view method, const json::array& params) {
  for (const auto methods : {chain_methods(), account_methods(), transaction_methods()}) {
    const auto found = std::find_if(methods.begin(), methods.end(), [&](const Method& m) { return m.name == method; });
    if (found != methods.end()) return found->call(ledger, Params(params));
  }
  return rpc_error(kMethodNotFound, "Method not found");
}

std::string handle_rpc(std::string_view text, Ledger& ledger) {
  return answer_json_rpc(text, [&ledger](std::string_view method, const json::array& params) {
    return call_method(ledger, method, params);
  });
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

}  // namespace dz::ledger
