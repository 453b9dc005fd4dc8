#include "service/log.h"

#include <boost/json.hpp>

#include "base/safe_text.h"

namespace dz::service {

std::string_view to_text(LogLevel level) {
  switch (level) {
    case LogLevel::Debug: return "debug";
    case LogLevel::Info: return "info";
    case LogLevel::Warn: return "warn";
    case LogLevel::Error: return "error";
  }
  return "info";
}

std::string render_log_line(std::string_view time, LogLevel level, std::string_view event, const LogFields& fields) {
  boost::json::object line{{"time", time}, {"level", to_text(level)}, {"event", event}};
  for (const auto& [name, value] : fields) line[name] = value;
  return escaped_lines(boost::json::serialize(line));
}

}  // namespace dz::service
