#include "service/stderr_log.h"

#include <cstdio>

#include "base/safe_text.h"
#include "net/loop.h"

namespace dz::service {

LogSink stderr_log(bool debug) {
  return [debug](LogLevel level, std::string_view event, const LogFields& fields) {
    if (level == LogLevel::Debug && !debug) return;
    std::fprintf(stderr, "%s\n", render_log_line(dz::to_text(net::system_now()), level, event, fields).c_str());
  };
}

void say_error(const Error& error) { std::fprintf(stderr, "Error: %s\n", escaped_lines(error.message).c_str()); }

}  // namespace dz::service
