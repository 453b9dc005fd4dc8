// LedgerClient over JSON-RPC 2.0 and HTTP. Reads are tried up to four times (500 ms, 1 s, 2 s apart) when there was no
// answer; sends once, for their outcome is then unknown. Calls block for up to the transport's deadline.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "client/clock.h"
#include "client/ledger_client.h"

namespace dz {

// Posts one JSON body and gives back the answer's body. Retry: no answer, or HTTP 429 and 5xx; Refused: other statuses.
using RpcTransport = std::function<Result<std::string>(std::string_view body)>;

// Over one kept-alive HTTP connection; each call ends within `timeout`.
RpcTransport http_transport(std::string url, Duration timeout = std::chrono::seconds{30});

struct RetryOptions {
  int attempts = 4;  // in all
  Duration first_pause = std::chrono::milliseconds{500};
  Duration longest_pause = std::chrono::seconds{5};
};

class RpcClient final : public LedgerClient {
 public:
  RpcClient(RpcTransport transport, Clock clock, RetryOptions retries = {});

  void require_slot(Slot slot) override { required_ = std::max(required_, slot); }
  Result<AccountsAnswer> get_program_accounts(const Pubkey& program, const AccountFilters& filters) override;
  Result<std::optional<Account>> get_account(const Pubkey& key) override;
  Result<NamedAccounts> get_multiple_accounts(std::span<const Pubkey> keys) override;
  Result<std::uint64_t> get_balance(const Pubkey& key) override;
  Result<LatestBlockhash> get_latest_blockhash() override;
  Result<Slot> get_slot() override;
  Result<std::uint64_t> get_block_height() override;
  Result<std::optional<Timestamp>> get_block_time(Slot slot) override;
  Result<EpochInfo> get_epoch_info() override;
  Result<std::vector<std::optional<SignatureStatus>>> get_signature_statuses(
      std::span<const Signature> signatures) override;
  Result<std::vector<HistoryEntry>> get_signatures_for_address(const Pubkey& address,
                                                               const HistoryRange& range) override;
  Result<std::optional<ConfirmedTransaction>> get_transaction(const Signature& signature) override;
  Result<Signature> request_airdrop(const Pubkey& key, std::uint64_t lamports) override;
  Result<SimulationResult> simulate_transaction(const Transaction& transaction) override;
  tl::expected<Signature, SendFailure> send_transaction(const Transaction& transaction,
                                                        const SendOptions& options) override;

 private:
  // One attempt, and the answer as it came.
  Result<boost::json::value> call_once(std::string_view method, boost::json::array params);
  // A read: tried again while there is no answer, then decoded.
  template <typename T>
  Result<T> read(std::string_view method, const boost::json::array& params,
                 Result<T> (*decode)(const boost::json::value&));

  // Options of a read: what is confirmed, of the required slot or later.
  boost::json::object confirmed() const;
  boost::json::object base64_confirmed() const;

  RpcTransport transport_;
  Clock clock_;
  RetryOptions retries_;
  std::uint64_t last_id_ = 0;
  Slot required_;
};

}  // namespace dz
