#include "service/log.h"

#include <bit>
#include <cstdint>

#include <boost/json.hpp>

#include "base/safe_text.h"

namespace dz::service {
namespace {
constexpr std::size_t kMostField = 4096;  // bytes of one field: what others sent may be in it
}

std::string_view to_text(LogLevel level) {
  switch (level) {
    case LogLevel::Debug: return "debug";
    case LogLevel::Info: return "info";
    case LogLevel::Warn: return "warn";
    case LogLevel::Error: return "error";
  }
  return "info";
}

std::function<void(std::string_view what)> failure_log(LogSink log, std::string event) {
  return [log = std::move(log), event = std::move(event), times = std::uint64_t{0}](std::string_view what) mutable {
    if (std::has_single_bit(++times)) {
      log(LogLevel::Error, event, {{"what", std::string(what)}, {"times", std::to_string(times)}});
    }
  };
}

std::string render_log_line(std::string_view time, LogLevel level, std::string_view event, const LogFields& fields) {
  boost::json::object line{{"time", time}, {"level", to_text(level)}, {"event", event}};
  for (const auto& [name, value] : fields) line[name] = cut_text(value, kMostField);
  return escaped_lines(boost::json::serialize(line));
}

}  // namespace dz::service
