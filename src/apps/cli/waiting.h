// --wait: until a record has the status that was asked for.
#pragma once

#include "apps/cli/context.h"

namespace dz::cli {

// The status in force once the ledger did what is wanted: deleted is reached by way of hard-drained.
Status status_for(DesiredStatus desired);

// Nothing unless args.wait. Progress on stderr; Retry when the time is over or the record is gone.
Result<void> wait_for_link(Context& context, const WaitArgs& args, const Pubkey& link, Status wanted);
Result<void> wait_for_device(Context& context, const WaitArgs& args, const Pubkey& device, Status wanted);

}  // namespace dz::cli
