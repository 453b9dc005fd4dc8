// Private to storage/: a file descriptor that closes itself, with failures as errors.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace dz::storage {

// What the operating system said last ("No space left on device"), after what was being done and before what helps
// against it. NotFound: ENOENT; else
// Retry.
Error system_error(std::string_view doing);

class OpenFile {
 public:
  // flags and mode are those of open(2); programs that are started never inherit the file.
  static Result<OpenFile> open(const std::string& path, int flags, int mode = 0);
  OpenFile(OpenFile&& other) noexcept;
  OpenFile& operator=(OpenFile&& other) noexcept;
  ~OpenFile();

  int descriptor() const { return descriptor_; }
  Result<void> write(std::string_view bytes) const;  // all of them, at the present place
  Result<void> sync() const;
  Result<std::string> read_all() const;  // from the present place on

 private:
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace dz::storage
