// Words of status, desired status and health. Ledgers have different ones: on the command line those of any ledger are
// understood, and once the ledger was read check_words refuses those that it does not have.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "apps/cli/ui/options.h"
#include "client/snapshot.h"

namespace dz::cli {

// Options; the help says what words each kind of ledger has.
Declared declare_status(Options& options, std::optional<Status>& target, RecordKind kind, const std::string& help);
Declared declare_desired(Options& options, std::optional<DesiredStatus>& target, RecordKind kind,
                         const std::string& help);
Declared declare_health(Options& options, std::optional<Health>& target, RecordKind kind, const std::string& help);

// What a verb was given of the three.
struct LedgerWords {
  std::optional<Status> status;
  std::optional<DesiredStatus> desired_status;
  std::optional<Health> health;
};
// Refused: the message lists the words that this ledger has.
Result<void> check_words(const Profile& profile, RecordKind kind, const LedgerWords& words);

// Whose words the records of the snapshot are shown in. A ledger of an unknown version has no records to show.
const Profile& shown_profile(const client::Snapshot& snapshot);

// The word for a device or link that is out of service and carries nothing: hard-drained, or drained where that is the
// only one.
Status out_of_service(const Profile& profile, RecordKind kind);
bool has_soft_drain(const Profile& profile, RecordKind kind);

}  // namespace dz::cli
