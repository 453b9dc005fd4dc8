// Solana's JSON-RPC over a ledger, from request text to answer text: docs/formats/json-rpc.md.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "ledger/ledger.h"
#include "ledger/rpc_value.h"

namespace dz::ledger {

inline constexpr std::size_t kMaxBatchRequests = 100;

// Takes one method call; Answer's error is MethodNotFound for a name it does not know.
using MethodHandler = std::function<Answer(std::string_view method, const boost::json::array& params)>;

// The frame around the calls: parsing, ids, batches, errors. Any text has an answer; empty when the text asks for none
// (a message without id).
std::string answer_json_rpc(std::string_view text, const MethodHandler& call);

// The methods. Reads at confirmed or finalized make durable first what is only processed.
Answer call_method(Ledger& ledger, std::string_view method, const boost::json::array& params);

// Both together.
std::string handle_rpc(std::string_view text, Ledger& ledger);

}  // namespace dz::ledger
