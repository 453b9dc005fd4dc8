#include "monitor/file_writes.h"

namespace dz::monitor {

bool FileWrites::kept(const Result<void>& written, std::string_view what) {
  if (written) return true;
  ++failures_;
  log_(service::LogLevel::Error, "store_failed", {{"what", std::string(what)}, {"error", written.error().message}});
  return false;
}

}  // namespace dz::monitor
