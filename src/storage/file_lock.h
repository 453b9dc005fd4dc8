// One process at a time: a lock that the operating system drops when its process ends, however it ends.
#pragma once

#include <string>

#include "base/result.h"
#include "storage/open_file.h"

namespace dz::storage {

class FileLock {
 public:
  // Locks PATH-lock beside the file `path`, symbolic links followed, which need not exist yet. Refused: another holder
  // has it; the message names the file and the holder. Retry: the lock file cannot be made.
  static Result<FileLock> take(const std::string& path);

 private:
  explicit FileLock(OpenFile file) : file_(std::move(file)) {}
  OpenFile file_;
};

}  // namespace dz::storage
