// A disk without space, for as long as it lives: a limit on the size of this process's files stands in for it. The
// write-ahead log of the database cannot grow, and everything else goes on.
#pragma once

#include <csignal>
#include <filesystem>
#include <string>

#include <sys/resource.h>

namespace dz::testbed {

class FullDisk {
 public:
  explicit FullDisk(const std::string& database) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit full{std::filesystem::file_size(database + "-wal"), before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &full);
  }
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
};

}  // namespace dz::testbed
