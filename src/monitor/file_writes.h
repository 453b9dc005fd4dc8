// Whether what the monitor keeps in its own file was written. A failure is logged and counted and does not end a pass;
// the caller decides what must not happen then.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "service/log.h"

namespace dz::monitor {

class FileWrites {
 public:
  explicit FileWrites(service::LogSink log) : log_(std::move(log)) {}

  // True when it was written. what: for the log ("evidence", "decisions").
  bool kept(const Result<void>& written, std::string_view what);
  std::uint64_t failures() const { return failures_; }
  void begin_pass() { ++pass_; }
  // The file can be written: what failed before this pass and was not tried again since no longer says the contrary.
  void forget_earlier();
  // What could not be written when it was last tried, with the reason; empty when all was.
  std::string problem() const;

 private:
  service::LogSink log_;
  std::uint64_t failures_ = 0;
  std::uint64_t pass_ = 0;
  struct Failing {
    std::string reason;
    std::uint64_t pass = 0;
  };
  std::map<std::string, Failing, std::less<>> failing_;  // by what
};

}  // namespace dz::monitor
