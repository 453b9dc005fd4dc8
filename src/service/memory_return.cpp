#include "service/memory_return.h"

#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

namespace dz::service {
namespace {

constexpr Duration kBetweenLooks = std::chrono::seconds{5};
constexpr int kLargeBlock = 256 << 10;  // bytes; unset, glibc raises it to 32 MiB by what was freed

// Zero when the system does not say.
std::size_t resident_bytes() {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/self/statm", "r"), &std::fclose);
  unsigned long all = 0, resident = 0;
  if (!file || std::fscanf(file.get(), "%lu %lu", &all, &resident) != 2) return 0;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

bool MemoryEbb::is_due(std::size_t resident, std::size_t peak, std::size_t held) {
  if (floor_ == 0) floor_ = resident;
  if (peak >= kWorthIt) looks_left_ = kLooksAfterFlood;
  if (held >= kWorthIt) return false;  // the crowd is here
  if (looks_left_ == 0) return resident >= floor_ + kWorthIt;
  --looks_left_;
  return true;
}

void give_memory_back(net::Loop& loop, net::Connections& connections) {
  ::mallopt(M_MMAP_THRESHOLD, kLargeBlock);
  const auto ebb = std::make_shared<MemoryEbb>();
  loop.every(kBetweenLooks, [ebb, &connections] {
    if (!ebb->is_due(resident_bytes(), connections.take_peak(), connections.bytes())) return;
    ::malloc_trim(0);
    ebb->given_back(resident_bytes());
  });
}

}  // namespace dz::service
