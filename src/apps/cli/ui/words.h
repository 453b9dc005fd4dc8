// Words of status, desired status and health. Ledgers have different ones: the command line understands those of every
// ledger, and once the ledger was read check_words refuses those that it does not have. Whoever mistypes one is offered
// the words of the ledger at hand only, where it can be asked.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "apps/cli/ui/ledger_rules.h"
#include "apps/cli/ui/options.h"

namespace dz::cli {

struct Context;

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
// Wrong usage: the message lists the words that this ledger has.
Result<void> check_words(Context& context, const LedgerRules& rules, RecordKind kind, const LedgerWords& words);

// Words given as text, such as those of a filter, in the words of one ledger.
Result<Status> parse_status(const Profile& profile, RecordKind kind, std::string_view text);
Result<DesiredStatus> parse_desired(const Profile& profile, RecordKind kind, std::string_view text);
Result<Health> parse_health_word(const Profile& profile, RecordKind kind, std::string_view text);

}  // namespace dz::cli
