// LedgerClient over JSON-RPC 2.0 and HTTP, with the care that a ledger needs which others use too. While it does not
// answer as it should (no answer, HTTP 429 or 5xx, a node that is behind) everything waits (request_gate.h); reads are
// then tried again, sends are not, for their outcome is unknown. Calls block for as long as the transport does.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "client/clock.h"
#include "client/ledger_client.h"
#include "client/request_gate.h"
#include "client/rpc_json.h"

namespace dz::client {

// What came back over HTTP.
struct RpcReply {
  std::string body;
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  // names lower-cased
  std::string server;                                        // for messages

  RpcReply() = default;
  // A body alone is a good answer.
  RpcReply(std::string text) : body(std::move(text)) {}  // NOLINT(google-explicit-constructor)
};

// Posts one JSON body. Retry: there was no answer.
using RpcTransport = std::function<Result<RpcReply>(std::string_view body)>;

// What one call may cost, whatever the other side does.
struct LineLimits {
  Duration timeout = std::chrono::seconds{30};   // the whole of it
  Duration patience = std::chrono::seconds{10};  // with silence, or with less than 1,000 bytes a second
  std::size_t max_answer = 256U << 20;           // bytes
  std::stop_token stop = {};                     // ends the call under way, and every later one, with Retry
};

// Over one kept-alive HTTP connection.
RpcTransport http_transport(std::string url, LineLimits limits = {});

struct RetryOptions {
  int attempts = 4;                              // at a read, in all
  Duration patience = std::chrono::seconds{30};  // a call that would have to wait longer fails at once, unsent
  std::function<double()> jitter;                // draws from [0, 1); empty: at random
};

// For daemons, which have other work meanwhile: one attempt, and no waiting.
RetryOptions without_waiting();

class RpcClient final : public LedgerClient {
 public:
  RpcClient(RpcTransport transport, Clock clock, RetryOptions retries = {});

  void require_slot(Slot slot) override { required_ = std::max(required_, slot); }
  Result<AccountsAnswer> get_program_accounts(const Pubkey& program, const AccountFilters& filters) override;
  Result<std::optional<wire::Account>> get_account(const Pubkey& key) override;
  Result<NamedAccounts> get_multiple_accounts(std::span<const Pubkey> keys) override;
  Result<NamedAccounts> get_account_parts(std::span<const Pubkey> keys, DataSlice slice) override;
  Result<std::uint64_t> get_balance(const Pubkey& key) override;
  Result<LatestBlockhash> get_latest_blockhash() override;
  Result<Slot> get_slot() override;
  Result<std::uint64_t> get_block_height() override;
  Result<std::optional<Timestamp>> get_block_time(Slot slot) override;
  Result<EpochInfo> get_epoch_info() override;
  Result<wire::Blockhash> get_genesis_hash() override;
  Result<std::vector<std::optional<SignatureStatus>>> get_signature_statuses(
      std::span<const wire::Signature> signatures) override;
  Result<std::vector<TrailEntry>> get_signatures_for_address(const Pubkey& address, const TrailRange& range) override;
  Result<std::optional<ConfirmedTransaction>> get_transaction(const wire::Signature& signature) override;
  Result<wire::Signature> request_airdrop(const Pubkey& key, std::uint64_t lamports) override;
  Result<SimulationResult> simulate_transaction(const wire::Transaction& transaction) override;
  tl::expected<wire::Signature, SendFailure> send_transaction(const wire::Transaction& transaction,
                                                              const SendOptions& options) override;

 private:
  // One attempt, once the gate is open, and the answer as it came.
  Result<rpc::Answer> exchange(std::string_view method, boost::json::array params);
  Result<void> wait_for_gate(std::string_view method);
  // What the reply means before its body is looked at; closes the gate when the server wants or needs a rest.
  Result<void> check_reply(const Result<RpcReply>& reply);
  // The same of an error in the body.
  void note_error(const rpc::RpcError& error);
  // One attempt at a read.
  Result<boost::json::value> call_once(std::string_view method, boost::json::array params);
  // A read: tried again while there is no answer, then decoded.
  template <typename T>
  Result<T> read(std::string_view method, const boost::json::array& params,
                 Result<T> (*decode)(const boost::json::value&));

  Result<NamedAccounts> read_accounts(std::span<const Pubkey> keys, const boost::json::object& options);

  // Options of a read: what is confirmed, of the required slot or later.
  boost::json::object confirmed() const;
  boost::json::object base64_confirmed() const;

  RpcTransport transport_;
  Clock clock_;
  RetryOptions retries_;
  RequestGate gate_;
  std::uint64_t last_id_ = 0;
  Slot required_;
};

}  // namespace dz::client
