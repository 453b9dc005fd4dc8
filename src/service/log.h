// What a daemon says about itself: one event, one line. main() decides where it goes (JSON on stderr).
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dz::service {

enum class LogLevel : std::uint8_t { Debug, Info, Warn, Error };
std::string_view to_text(LogLevel level);

using LogFields = std::vector<std::pair<std::string_view, std::string>>;
using LogSink = std::function<void(LogLevel, std::string_view event, const LogFields&)>;

// Tells what a library threw, where it was caught: the first time, the second, the fourth, and so on, for a peer may
// make it happen as often as it likes.
std::function<void(std::string_view what)> failure_log(LogSink log, std::string event);

// {"time":"...","level":"info","event":"...","field":"..."}
std::string render_log_line(std::string_view time, LogLevel level, std::string_view event, const LogFields& fields);

}  // namespace dz::service
