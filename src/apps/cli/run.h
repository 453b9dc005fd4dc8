// Runs the verb that the command line chose, and turns what comes of it into an exit code.
#pragma once

#include "apps/cli/command_line.h"
#include "apps/cli/ui/context.h"

namespace dz::cli {

// Passes everything on with escapes for what a terminal would act on: what the CLI shows was written by others.
Writer escaping(Writer to);

// 0; with the error on context.err 1, or 2 for wrong usage; or what the verb set. Whatever the verb prints is escaped.
int run_verb(const Verb& verb, Context& context);

}  // namespace dz::cli
