// Who else keeps a DZX link drained, where the ledger's program keeps no holds: the link's own transactions on the
// ledger tell. Every verb that can bring a link back asks.
#pragma once

#include "apps/cli/ui/lifecycle_text.h"
#include "client/ledger_client.h"

namespace dz::cli {

// To be asked before a write that brings a drained link back. Refused, unless `yes`, when somebody else than the
// signer's side drained it last, with their name, or when nobody can tell who did. Never refused for one-sided records,
// for records in service, and where the program keeps holds by itself.
Result<void> check_other_side(client::LedgerClient& ledger, const client::Snapshot& snapshot, const Pubkey& signer,
                              const LifecycleRecord& record, bool yes);

}  // namespace dz::cli
