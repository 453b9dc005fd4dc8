// A node that is behind: it answers from the ledger as it was when it stopped following, and passes on what is sent to
// it to nodes that are not. For tests of what is acted on.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "ledger/ledger.h"
#include "testbed/forwarding_client.h"

namespace dz::testbed {

// How a node is behind.
struct Lag {
  // Answers nothing when a later slot is required than it has; else it answers all the same, and what it answers is
  // refused where the answer names its slot, as the client over JSON-RPC does.
  bool honours_slots = true;
  // Calls, by name ("get_latest_blockhash"), that another node answers which is not behind.
  std::set<std::string, std::less<>> current = {};
};

class LaggingClient final : public ForwardingClient {
 public:
  // Both outlive this one.
  LaggingClient(const ledger::Ledger& ledger, client::LedgerClient& current)
      : ForwardingClient(current), ledger_(ledger) {}

  void stop_following(Lag lag = {});
  // Another way of being behind, with the state that it has.
  void set(Lag lag) {
    if (behind_) behind_->lag = std::move(lag);
  }
  void follow() { behind_.reset(); }
  // The process at this end starts anew: it has required nothing yet.
  void restart() { required_ = {}; }
  Slot required() const { return required_; }

  void require_slot(Slot slot) override { required_ = std::max(required_, slot); }
  Result<client::AccountsAnswer> get_program_accounts(const Pubkey& program,
                                                      const client::AccountFilters& filters) override;
  Result<std::optional<wire::Account>> get_account(const Pubkey& key) override;
  Result<client::NamedAccounts> get_multiple_accounts(std::span<const Pubkey> keys) override;
  Result<client::NamedAccounts> get_account_parts(std::span<const Pubkey> keys, client::DataSlice slice) override;
  Result<client::LatestBlockhash> get_latest_blockhash() override;
  Result<Slot> get_slot() override;
  Result<std::uint64_t> get_block_height() override;
  Result<std::optional<Timestamp>> get_block_time(Slot slot) override;
  Result<client::EpochInfo> get_epoch_info() override;
  Result<std::vector<std::optional<client::SignatureStatus>>> get_signature_statuses(
      std::span<const wire::Signature> signatures) override;
  Result<std::vector<client::TrailEntry>> get_signatures_for_address(const Pubkey& address,
                                                                     const client::TrailRange& range) override;
  Result<std::optional<client::ConfirmedTransaction>> get_transaction(const wire::Signature& signature) override;

 private:
  struct Behind {
    ledger::Bank bank;
    Lag lag;
  };
  bool answers_late(std::string_view call) const { return behind_ && !behind_->lag.current.contains(call); }
  // What an answer is worth when it names the slot it is of, and when it does not.
  Result<void> check_named_slot() const;
  Result<void> check_slot() const;

  const ledger::Ledger& ledger_;
  Slot required_;
  std::optional<Behind> behind_;
};

}  // namespace dz::testbed
