// Words of status, desired status and health. Ledgers have different ones: the command line understands those of every
// ledger, and once the ledger was read check_words refuses those that it does not have.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "apps/cli/ui/ledger_rules.h"
#include "apps/cli/ui/options.h"

namespace dz::cli {

// Options; the help says what words each kind of ledger has.
Declared declare_status(Options& options, std::optional<Status>& target, RecordKind kind, const std::string& help);
Declared declare_desired(Options& options, std::optional<DesiredStatus>& target, RecordKind kind,
                         const std::string& help);
Declared declare_health(Options& options, std::optional<Health>& target, RecordKind kind, const std::string& help);

// What a verb was given of the three.
struct LedgerWords {
  std::optional<Status> status = {};
  std::optional<DesiredStatus> desired_status = {};
  std::optional<Health> health = {};
};
// Refused: the message lists the words that this ledger has.
Result<void> check_words(const LedgerRules& rules, RecordKind kind, const LedgerWords& words);

}  // namespace dz::cli
