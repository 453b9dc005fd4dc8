// JSON lines on standard error, dated by the wall clock.
#pragma once

#include "service/log.h"

namespace dz::service {

LogSink stderr_log(bool debug);

}  // namespace dz::service
