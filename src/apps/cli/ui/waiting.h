// --wait: until a record has the status that was asked for.
#pragma once

#include <optional>

#include "apps/cli/ui/context.h"
#include "apps/cli/ui/lifecycle_text.h"
#include "lifecycle/authority.h"

namespace dz::cli {

// The status that is in force once what is wanted has been done; a record that is to be deleted is first hard-drained.
// Nothing when nothing is wanted.
std::optional<Status> status_for(DesiredStatus desired);
// The status that a write of status and desired status leads to.
std::optional<Status> status_after(const lifecycle::LifecycleWrite& write);

// Returns at once unless args.wait and something is wanted. Progress on stderr; Retry when the time is over or the
// record is gone.
Result<void> wait_for(Context& context, const WaitArgs& args, const FindAgain& find, std::optional<Status> wanted);

}  // namespace dz::cli
