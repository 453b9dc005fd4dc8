// --watch: the same again and again, in place on a terminal.
#pragma once

#include <optional>

#include "apps/cli/ui/context.h"

namespace dz::cli {

struct WatchArgs {
  bool watch = false;
  std::optional<Duration> interval, timeout;
};
void declare_watch(Options& options, WatchArgs& args);

// Calls show once, or with --watch until the time is over or somebody interrupts. What a later look cannot read is said
// and tried again; an error of the first is the result.
Result<void> show_or_watch(Context& context, const WatchArgs& args, const std::function<Result<void>(Context&)>& show);

}  // namespace dz::cli
