#include "monitor/file_writes.h"

namespace dz::monitor {

bool FileWrites::kept(const Result<void>& written, std::string_view what) {
  if (written) {
    if (const auto failed = failing_.find(what); failed != failing_.end()) failing_.erase(failed);
    return true;
  }
  ++failures_;
  failing_.insert_or_assign(std::string(what), Failing{written.error().message, pass_});
  log_(service::LogLevel::Error, "store_failed", {{"what", std::string(what)}, {"error", written.error().message}});
  return false;
}

void FileWrites::forget_earlier() {
  std::erase_if(failing_, [this](const auto& entry) { return entry.second.pass < pass_; });
}

std::string FileWrites::problem() const {
  if (failing_.empty()) return {};
  const auto& [what, failing] = *failing_.begin();
  return "the monitor's file cannot be written (" + what + "): " + failing.reason;
}

}  // namespace dz::monitor
