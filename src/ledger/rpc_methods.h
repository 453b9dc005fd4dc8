// The methods by subject. Included by rpc*.cpp only.
#pragma once

#include <memory>
#include <span>

#include "ledger/long_result.h"
#include "ledger/rpc_render.h"
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
std::span<const Method> block_methods();

// Refuses a minContextSlot not yet reached.
RpcResult<void> check_context_slot(const Ledger& ledger, const ReadConfig& config);
// What every read does first: commits unless processed state is asked for, and checks the context slot.
RpcResult<void> begin_read(Ledger& ledger, const ReadConfig& config);
// The same, with the configuration at that parameter.
RpcResult<ReadConfig> begin_read(Ledger& ledger, const Params& params, std::size_t index);
// The same of what is kept of the past: nodes keep nothing that is only processed, and refuse it.
RpcResult<ReadConfig> begin_confirmed_read(Ledger& ledger, const Params& params, std::size_t index);
// The same, and how transactions are to be shown. In place of the configuration there may be just an encoding.
RpcResult<TransactionView> begin_history_read(Ledger& ledger, const Params& params, std::size_t index);

}  // namespace dz::ledger
