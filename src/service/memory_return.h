// Memory that was freed goes back to the system. The allocator keeps what it has once had; after a crowd has left, a
// daemon would stay as large as the crowd made it.
#pragma once

#include <cstddef>

#include "base/time.h"
#include "net/connections.h"
#include "net/loop.h"

namespace dz::service {

// Whether it is time to give memory back, by what is seen at each look. Pure.
class MemoryEbb {
 public:
  static constexpr std::size_t kWorthIt = 32U << 20;  // bytes
  static constexpr int kLooksAfterFlood = 3;

  // resident: of the process; peak: the most that connections held since the last look; held: what they hold now.
  bool is_due(std::size_t resident, std::size_t peak, std::size_t held);
  void given_back(std::size_t resident) { floor_ = resident; }

 private:
  std::size_t floor_ = 0;  // resident after memory was given back last
  int looks_left_ = 0;     // after a flood: what was in use at one look may be free at the next
};

// From now on: asks the allocator to map large blocks on their own, so that they go back as they are freed, and looks
// every few seconds whether small ones are worth giving back. All outlive the loop's run.
void give_memory_back(net::Loop& loop, net::Connections& connections);

}  // namespace dz::service
