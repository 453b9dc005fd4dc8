#include "storage/file_lock.h"

#include <cerrno>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

namespace dz::storage {
namespace {

constexpr int kMostLinks = 40;  // as the operating system follows them

// Two names of one file are one lock, also before the file is there.
std::string lock_path(std::filesystem::path path) {
  std::error_code error;
  for (int links = 0; links < kMostLinks && std::filesystem::is_symlink(path, error); ++links) {
    path = path.parent_path() / std::filesystem::read_symlink(path, error);
  }
  const auto real = std::filesystem::weakly_canonical(path, error);
  return (error ? path : real).string() + "-lock";
}

// "process 1234 (doublezero-monitor)", for people: the lock itself is what counts.
std::string own_name() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  return fmt::format("process {} ({})", ::getpid(), error ? "unknown" : program.filename().string());
}

}  // namespace

Result<FileLock> FileLock::take(const std::string& path) {
  const auto name = lock_path(path);
  DZ_TRY_ASSIGN(auto file, OpenFile::open(name, O_RDWR | O_CREAT, 0600));
  while (::flock(file.descriptor(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return tl::unexpected(system_error("locking " + name));
    const auto holder = file.read_all();
    return refused(
        fmt::format("{}: expected no other process on this file, found that {} has it (it holds {}); stop "
                    "that one first, or give this one a file of its own",
                    path, holder && !holder->empty() ? *holder : std::string("another process"), name));
  }
  // A file that cannot say who holds it is a lock all the same.
  if (::ftruncate(file.descriptor(), 0) == 0) (void)file.write(own_name());
  return FileLock(std::move(file));
}

}  // namespace dz::storage
