// Many transactions at once: each is sent without waiting for the one before, in order, and the outcomes are gathered
// at the end. What a single one needs, and what happens when its answer is lost, is client/sender.h's matter.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "client/clock.h"
#include "client/ledger_client.h"
#include "client/sender.h"

namespace dz::fleet {

struct BatchOutcome {
  bool landed = false;  // confirmed, without an error
  std::string reason;   // when it is not: what the ledger said, or that the outcome is unknown
};

class TransactionBatch {
 public:
  // anchor: the block hash from before what they rest on was read (client/ledger_view.h); none: they rest on nothing.
  TransactionBatch(client::LedgerClient& ledger, client::Clock clock,
                   std::optional<client::LatestBlockhash> anchor = std::nullopt,
                   Duration give_up = std::chrono::seconds{30});

  // Sends it now; its outcome will be at the number returned (0, 1, ...).
  std::size_t add(std::span<const wire::Instruction> instructions, const wire::Keypair& payer);
  // Waits until every outcome is known, at most give_up. The batch is empty afterwards.
  std::vector<BatchOutcome> finish();

 private:
  client::LedgerClient& ledger_;
  client::Clock clock_;
  std::optional<client::LatestBlockhash> anchor_;
  Duration give_up_;
  client::TransactionSender sender_;
  std::vector<BatchOutcome> outcomes_;
  struct Open {
    std::size_t number;
    wire::Signature signature;
  };
  std::vector<Open> open_;
};

}  // namespace dz::fleet
