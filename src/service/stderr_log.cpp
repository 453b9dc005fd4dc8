#include "service/stderr_log.h"

#include <cstdio>

#include "net/loop.h"

namespace dz::service {

LogSink stderr_log(bool debug) {
  return [debug](LogLevel level, std::string_view event, const LogFields& fields) {
    if (level == LogLevel::Debug && !debug) return;
    std::fprintf(stderr, "%s\n", render_log_line(dz::to_text(net::system_now()), level, event, fields).c_str());
  };
}

}  // namespace dz::service
