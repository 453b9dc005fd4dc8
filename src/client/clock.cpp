#include "client/clock.h"

#include <thread>

#include "net/loop.h"

namespace dz::client {

Clock system_clock() {
  return {net::system_now, [](Duration duration) { std::this_thread::sleep_for(duration); }};
}

}  // namespace dz::client
