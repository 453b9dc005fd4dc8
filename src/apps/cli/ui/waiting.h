// --wait: until a record has the status that was asked for.
#pragma once

#include <optional>

#include "apps/cli/ui/context.h"
#include "lifecycle/authority.h"

namespace dz::cli {

// The status in force once the ledger did what is wanted: deleted is reached by way of hard-drained. Nothing when
// nothing is wanted.
std::optional<Status> status_for(DesiredStatus desired);
// What a write of these leads to.
std::optional<Status> status_after(const lifecycle::LifecycleWrite& write);

// Nothing unless args.wait and something is wanted. Progress on stderr; Retry when the time is over or the record is
// gone.
Result<void> wait_for_link(Context& context, const WaitArgs& args, const Pubkey& link, std::optional<Status> wanted);
Result<void> wait_for_device(Context& context, const WaitArgs& args, const Pubkey& device,
                             std::optional<Status> wanted);

}  // namespace dz::cli
