#include "storage/open_file.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace dz::storage {

namespace {

std::string_view advice_of(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT: return "; free space on the disk";
    case EFBIG: return "; raise the limit on the size of files";
    case EROFS: return "; mount the file system for writing";
    case EACCES:
    case EPERM: return "; let this user write the file and its folder";
    default: return "";
  }
}

}  // namespace

Error system_error(std::string_view doing) {
  const int error = errno;
  const auto kind = error == ENOENT ? ErrorKind::NotFound : ErrorKind::Retry;
  return {kind, std::string(doing) + ": " + std::strerror(error) + std::string(advice_of(error))};
}

Result<OpenFile> OpenFile::open(const std::string& path, int flags, int mode) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  if (descriptor < 0) return tl::unexpected(system_error("opening " + path));
  return OpenFile(descriptor);
}

OpenFile::OpenFile(OpenFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}
OpenFile::~OpenFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> OpenFile::write(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return tl::unexpected(system_error("writing"));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> OpenFile::sync() const {
  if (::fsync(descriptor_) != 0) return tl::unexpected(system_error("writing to the disk"));
  return {};
}

Result<std::string> OpenFile::read_all() const {
  std::string bytes;
  std::array<char, 4096> part;
  for (;;) {
    const auto read = ::read(descriptor_, part.data(), part.size());
    if (read < 0 && errno == EINTR) continue;
    if (read < 0) return tl::unexpected(system_error("reading"));
    if (read == 0) return bytes;
    bytes.append(part.data(), static_cast<std::size_t>(read));
  }
}

}  // namespace dz::storage
