// The methods by subject. Included by rpc*.cpp only.
#pragma once

#include <memory>
#include <span>

#include "ledger/long_result.h"
#include "ledger/rpc_value.h"

namespace dz::ledger {

struct Method {
  std::string_view name;
  Answer (*call)(Ledger& ledger, const Params& params) = nullptr;
  RpcResult<std::unique_ptr<LongResult>> (*begin)(Ledger& ledger, const Params& params) = nullptr;  // or this one
};

std::span<const Method> chain_methods();
std::span<const Method> account_methods();
std::span<const Method> transaction_methods();

// Refuses a minContextSlot not yet reached.
RpcResult<void> check_context_slot(const Ledger& ledger, const ReadConfig& config);
// What every read does first: commits unless processed state is asked for, and checks the context slot.
RpcResult<void> begin_read(Ledger& ledger, const ReadConfig& config);
// The same, with the configuration at that parameter.
RpcResult<ReadConfig> begin_read(Ledger& ledger, const Params& params, std::size_t index);

}  // namespace dz::ledger
