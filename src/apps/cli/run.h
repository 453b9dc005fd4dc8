// Runs the verb that the command line chose, and turns what comes of it into an exit code.
#pragma once

#include "apps/cli/command_line.h"
#include "apps/cli/ui/context.h"

namespace dz::cli {

// "Error: ..." and one line "caused by: ..." for each cause.
std::string render_error(const Error& error);

// Passes everything on with escapes for what a terminal would act on: what the CLI shows was written by others.
Writer escaping(Writer to);

// 0, or 1 with the error on context.err. Whatever the verb prints is escaped.
int run_verb(const Verb& verb, Context& context);

}  // namespace dz::cli
