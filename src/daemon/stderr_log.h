// JSON lines on standard error, dated by the wall clock.
#pragma once

#include "daemon/log.h"

namespace dz {

LogSink stderr_log(bool debug);

}  // namespace dz
