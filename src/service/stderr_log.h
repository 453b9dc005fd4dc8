// What a program says on standard error: JSON lines, dated by the wall clock, and why it ends.
#pragma once

#include "base/result.h"
#include "service/log.h"

namespace dz::service {

LogSink stderr_log(bool debug);

// "Error: ..." for people.
void say_error(const Error& error);

}  // namespace dz::service
