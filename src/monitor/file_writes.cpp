#include "monitor/file_writes.h"

namespace dz::monitor {

bool FileWrites::kept(const Result<void>& written, std::string_view what) {
  if (written) {
    if (const auto failed = failing_.find(what); failed != failing_.end()) failing_.erase(failed);
    return true;
  }
  ++failures_;
  failing_.insert_or_assign(std::string(what), written.error().message);
  log_(service::LogLevel::Error, "store_failed", {{"what", std::string(what)}, {"error", written.error().message}});
  return false;
}

std::string FileWrites::problem() const {
  if (failing_.empty()) return {};
  const auto& [what, error] = *failing_.begin();
  return "the monitor's file cannot be written (" + what + "): " + error;
}

}  // namespace dz::monitor
