// The 16 counters of an EOS port, and what they read at any time: a closed form of time, so that a reading does not
// depend on who asked before. All are cumulative since boot.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "fleet/fault.h"

namespace dz::fleet {

using Reading = std::array<std::uint64_t, kCounterCount>;

// Traffic of a port in bytes a second.
struct PortRates {
  std::uint64_t in_busy = 0, out_busy = 0;    // while a link on it carries traffic
  std::uint64_t in_quiet = 0, out_quiet = 0;  // probes and control traffic only
  std::uint64_t frame_bytes = 600;
};

class SimulatedCounters {
 public:
  // The port has been busy since long before `start`, whatever it does after it: a fleet that starts again never shows
  // lower counters than before. `seed` picks rates and what small counters read at first.
  SimulatedCounters(std::uint64_t seed, Timestamp start);

  // From `at` on; at must not be before an earlier call's.
  void set_busy(bool busy, Timestamp at);

  // What the port counts at `at`, under those of the faults that concern it.
  Reading read(Timestamp at, const std::vector<const Fault*>& faults) const;

 private:
  struct Stretch {
    Timestamp from;
    bool busy;
  };
  Reading since_boot(Timestamp at, const std::vector<const Fault*>& faults) const;

  PortRates rates_;
  Reading first_{};
  std::vector<Stretch> stretches_;
};

}  // namespace dz::fleet
