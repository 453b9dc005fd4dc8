// A ledger that is far away, behind a bad line: LedgerClient that loses requests, loses answers, and gives old ones.
// For tests and the simulation.
#pragma once

#include <functional>
#include <map>
#include <string_view>

#include "client/ledger_client.h"

namespace dz::testbed {

enum class LineFault : std::uint8_t {
  None,
  RequestLost,  // nothing happened at the ledger; Retry
  AnswerLost,   // it happened, and nobody hears of it; Retry
  StaleAnswer,  // reads of accounts: what an earlier read gave; other calls: None
  OtherNode,    // the call reaches the other node behind the same address
};

class FaultyClient final : public client::LedgerClient {
 public:
  // decide is asked once a call, with its name ("send_transaction"). The clients outlive this one; without another node
  // there is one.
  FaultyClient(client::LedgerClient& inner, std::function<LineFault(std::string_view call)> decide,
               client::LedgerClient* other = nullptr);

  // Whether answers are kept, to be given again as old ones. From the start, unless said otherwise.
  void keep_answers(bool keep) { keeps_ = keep; }

  // The process at this end starts anew: it has acted upon nothing yet.
  void restart() { required_ = {}; }

  void require_slot(Slot slot) override;
  Result<client::AccountsAnswer> get_program_accounts(const Pubkey& program,
                                                      const client::AccountFilters& filters) override;
  Result<std::optional<wire::Account>> get_account(const Pubkey& key) override;
  Result<client::NamedAccounts> get_multiple_accounts(std::span<const Pubkey> keys) override;
  Result<client::NamedAccounts> get_account_parts(std::span<const Pubkey> keys, client::DataSlice slice) override;
  Result<std::uint64_t> get_balance(const Pubkey& key) override;
  Result<client::LatestBlockhash> get_latest_blockhash() override;
  Result<Slot> get_slot() override;
  Result<std::uint64_t> get_block_height() override;
  Result<std::optional<Timestamp>> get_block_time(Slot slot) override;
  Result<client::EpochInfo> get_epoch_info() override;
  Result<wire::Blockhash> get_genesis_hash() override;
  Result<std::vector<std::optional<client::SignatureStatus>>> get_signature_statuses(
      std::span<const wire::Signature> signatures) override;
  Result<std::vector<client::TrailEntry>> get_signatures_for_address(const Pubkey& address,
                                                                     const client::TrailRange& range) override;
  Result<std::optional<client::ConfirmedTransaction>> get_transaction(const wire::Signature& signature) override;
  Result<wire::Signature> request_airdrop(const Pubkey& key, std::uint64_t lamports) override;
  Result<client::SimulationResult> simulate_transaction(const wire::Transaction& transaction) override;
  tl::expected<wire::Signature, client::SendFailure> send_transaction(const wire::Transaction& transaction,
                                                                      const client::SendOptions& options) override;

 private:
  struct EarlierAccount {
    Slot slot;
    std::optional<wire::Account> account;
  };
  LineFault choose(std::string_view call);
  template <typename Answer, typename Call>
  Result<Answer> ask(std::string_view name, Call call);

  client::LedgerClient& inner_;
  client::LedgerClient* other_;
  client::LedgerClient* node_;  // that the present call reaches
  std::function<LineFault(std::string_view)> decide_;
  Slot required_;
  bool keeps_ = true;
  std::map<std::pair<Pubkey, client::AccountFilters>, client::AccountsAnswer> earlier_programs_;
  std::map<Pubkey, EarlierAccount> earlier_accounts_;
};

}  // namespace dz::testbed
