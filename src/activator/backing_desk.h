// Whether k judges stand behind the health that records would be moved by (docs/operating/quorum.md): what a
// transaction makes true is asked of the monitors, which are not believed, and the judges' signatures in it are checked
// here. So who holds the health key alone brings nothing into service. Nothing here waits: questions leave through a
// seam, and a monitor that hangs keeps back the records that it alone has a word on.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "control/plan_activator.h"
#include "quorum/stated_opinions.h"
#include "quorum/statement_book.h"
#include "service/api_questions.h"
#include "wire/transaction.h"

namespace dz::activator {

struct BackingOptions {
  quorum::Rules rules;                // k and the keys that count
  std::vector<std::string> monitors;  // URLs of their APIs
  bool on() const { return !rules.judges.empty(); }
};

struct BackingSeams {
  service::AskApi ask;
  std::function<void()> wake;  // an answer arrived: update() soon
};

struct BackingCounters {
  std::uint64_t questions = 0, failures = 0;  // of and to monitors
  std::uint64_t backed = 0, refused = 0;      // writes of health that were looked at
};

class BackingDesk {
 public:
  BackingDesk(BackingOptions options, Pubkey program);

  bool on() const { return options_.on(); }
  void connect(BackingSeams seams) { seams_ = std::move(seams); }

  struct Ledger {
    const control::GovernedRecords& records;
    const control::Proofs& proofs;
    const std::optional<wire::Blockhash>& genesis;  // none: not known yet
  };
  // Takes what arrived, looks at it, asks for what is missing of the writes of health in the proofs.
  void update(const Ledger& ledger, Timestamp now);

  // Of every write of health in the proofs of the last update(). Null when no judges are asked for.
  const control::Backings* backings() const { return on() ? &backings_ : nullptr; }
  // When update() has something to do at the latest.
  std::optional<Timestamp> next_look() const;

  const BackingOptions& options() const { return options_; }
  const quorum::StatementBook& book() const { return book_; }
  const BackingCounters& counters() const { return counters_; }
  // "opinions of 2 of the judges A, B, C"
  std::string wanted_text() const;

 private:
  struct Arrived {
    quorum::StatementBook::Question question;
    Result<std::string> body;
  };

  void follow(const Ledger& ledger);
  void take(const Arrived& arrived, Timestamp now);
  void ask(Timestamp now);
  void look_at(const Pubkey& key, control::Backing& backing, const Ledger& ledger);
  Result<void> check(const Pubkey& key, const control::HealthWrite& write, const control::GovernedRecord& record,
                     const quorum::Network& network) const;
  std::string silence_text(const std::string& transaction) const;

  BackingOptions options_;
  Pubkey program_;
  BackingSeams seams_;
  quorum::StatementBook book_;
  std::vector<Arrived> arrived_;
  control::Backings backings_;
  BackingCounters counters_;
};

// The statements in the answer of /api/v1/statements?transaction=..., in their order. Corrupt: it is none.
Result<std::vector<Bytes>> read_statements(const std::string& body);

}  // namespace dz::activator
