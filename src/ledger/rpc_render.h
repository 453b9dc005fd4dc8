// Answers as Solana's JSON-RPC gives them.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "ledger/rpc_value.h"

namespace dz::ledger {

inline constexpr std::string_view kApiVersion = "2.2.0";  // whose shapes these are

// {"context":{"slot":..},"value":..}
boost::json::object with_context_slot(Slot slot, boost::json::value value);

// Refused when base58 is asked for, or nothing is, and there are more than 128 bytes. Reads ask this first;
// notifications carry a complaint in place of the data.
RpcResult<void> check_encodable(const wire::Account& account, const ReadConfig& config);
// What is shown of an account, and nothing else: its data are those of the slice that was asked for.
struct ShownAccount {
  std::uint64_t lamports = 0;
  Bytes data;
  Pubkey owner;
  bool executable = false;
  std::size_t space = 0;
};
ShownAccount shown(const wire::Account& account, const ReadConfig& config);
boost::json::object render_account(const ShownAccount& account, const ReadConfig& config);
boost::json::object render_account(const wire::Account& account, const ReadConfig& config);
boost::json::object render_keyed_account(const Pubkey& key, const wire::Account& account, const ReadConfig& config);

boost::json::value render_error(const std::optional<wire::TransactionError>& error);  // null when there is none
// What a simulation found: the value of simulateTransaction and the data of a failed preflight.
boost::json::object render_execution(const Execution& execution);

// How a transaction that landed is shown.
enum class TransactionDetails : std::uint8_t { Full, Accounts };
struct TransactionView {
  Encoding encoding = Encoding::Json;
  TransactionDetails details = TransactionDetails::Full;
  bool rewards = true;                        // in its meta; there never are any
  std::optional<std::uint64_t> most_version;  // that the client reads; none: the legacy form only
};
// Members version, transaction and meta. Refused: it is of a version that the client does not read.
Answer render_transaction(const TransactionRecord& record, const TransactionView& view);
// "[12] the text; [5] other": what its memos say; null when it has none.
boost::json::value render_memos(const TransactionRecord& record);
std::int64_t unix_seconds(Timestamp time);

}  // namespace dz::ledger
