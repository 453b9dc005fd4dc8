// What the monitors of a world recorded of their decisions: judged again at the end of a walk by the code of today, and
// kept as files (tests/simulation/recorded) which the code of every later day has to give the same bytes for.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "attest/bundle.h"
#include "sim/world.h"

namespace dz::sim {

// Of every monitor that runs, what is kept of its decisions, in their order: statement, account, minutes, policy, and
// the index in its log. Transaction and place in the log are left out. Corrupt: of a decision something is missing that
// the monitor has to have.
Result<std::vector<attest::Bundle>> recorded_decisions(World& world);

// Those that judged again are not what was recorded, and how; empty: every byte is the same.
std::vector<std::string> differ_when_judged_again(std::span<const attest::Bundle> decisions);

// A file: a zstd frame of decision bundles (docs/formats/decision-bundle.md), one behind the other.
Bytes encode_recording(std::span<const attest::Bundle> decisions);
Result<std::vector<attest::Bundle>> decode_recording(ByteView file);

}  // namespace dz::sim
