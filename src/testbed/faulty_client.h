// A ledger that is far away, behind a bad line: LedgerClient that loses requests, loses answers, and gives old ones.
// For tests and the simulation.
#pragma once

#include <functional>
#include <map>
#include <string_view>

#include "client/ledger_client.h"

namespace dz {

enum class LineFault : std::uint8_t {
  None,
  RequestLost,  // nothing happened at the ledger; Retry
  AnswerLost,   // it happened, and nobody hears of it; Retry
  StaleAnswer,  // reads of accounts: what an earlier read gave; other calls: None
};

class FaultyClient final : public LedgerClient {
 public:
  // decide is asked once a call, with its name ("send_transaction"). The inner client outlives this one.
  FaultyClient(LedgerClient& inner, std::function<LineFault(std::string_view call)> decide);

  // The process at this end starts anew: it has acted upon nothing yet.
  void restart() { required_ = {}; }

  void require_slot(Slot slot) override;
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
  struct EarlierAccount {
    Slot slot;
    std::optional<Account> account;
  };
  template <typename Answer, typename Call>
  Result<Answer> ask(std::string_view name, Call call);

  LedgerClient& inner_;
  std::function<LineFault(std::string_view)> decide_;
  Slot required_;
  std::map<std::pair<Pubkey, AccountFilters>, AccountsAnswer> earlier_programs_;
  std::map<Pubkey, EarlierAccount> earlier_accounts_;
};

}  // namespace dz
