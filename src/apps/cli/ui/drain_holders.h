// Who else keeps a DZX link drained, where the ledger's program keeps no holds: the link's own transactions on the
// ledger tell. Every verb that can bring a link back asks.
#pragma once

#include "apps/cli/ui/context.h"
#include "apps/cli/ui/lifecycle_text.h"

namespace dz::cli {

// Before a write that brings a drained link back: refused, with the name of who drained it, when that was not the
// signer's side, or when nobody can tell. Unless `yes`. Nothing to refuse on one-sided records, on records that are in
// service, and where the program keeps holds by itself.
Result<void> check_other_side(Context& context, const Session& session, const LifecycleRecord& record, bool yes);

}  // namespace dz::cli
