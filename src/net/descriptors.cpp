#include "net/descriptors.h"

#include <sys/resource.h>

#include <algorithm>

namespace dz::net {
namespace {
constexpr rlim_t kOthers = 128;  // for files, stores, webhooks, the ledger
}

std::size_t connections_by_descriptors(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  if (const auto needed = wanted + kOthers; limit.rlim_cur < needed) {
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, needed);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  const auto left = limit.rlim_cur > 2 * kOthers ? limit.rlim_cur - kOthers : limit.rlim_cur / 2;
  return std::min<std::size_t>(wanted, left);
}

}  // namespace dz::net
