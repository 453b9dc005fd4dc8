// A run that one number decides: a network is onboarded while lines, processes, sources, devices and people do what
// they do on bad days; then everything is mended, and what the tables say has to come about and to stay.
#pragma once

#include <string>
#include <vector>

#include "attest/bundle.h"
#include "sim/world.h"

namespace dz::sim {

struct WalkReport {
  std::string options;  // all that was chosen by the seed
  // Violations of safety, then of liveness, then decisions that judged again are not the same; empty: all is well.
  std::vector<std::string> problems;
  std::vector<std::string> story;
  Safety::Counts counts;
  int promises_kept = 0;                  // in the calm: records that turned healthy at the time named for them
  Duration simulated{};                   // history included
  FaultCounts faults;                     // what was injected, by kind
  std::vector<attest::Bundle> decisions;  // what the monitors recorded of them (recording.h)
};

// live: on a network of profile v0.34.
WalkReport random_walk(std::uint64_t seed, bool live = false);

// Every process up, every line good, every device well; the faults that still are scheduled end.
void calm(World& world);
// What is wrong at the end of a calm time: records that are not where the tables say. Empty: nothing.
std::vector<std::string> unsettled(const World& world);

}  // namespace dz::sim
